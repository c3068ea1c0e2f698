/* The phone as a whole: it registers like a real one, keeps itself alive, opens and closes its audio when told, and
 * sends what its user does. */
#ifndef SCCPPHONE_DEVICE_H
#define SCCPPHONE_DEVICE_H

#include "face.h"
#include "failover.h"
#include "gateway/base/loop.h"
#include "kinds.h"
#include "link.h"
#include "media.h"

enum ack { ACK_OK, ACK_FAIL, ACK_NONE };

struct device {
        bool keeps_audio; /* the connection goes, and its audio does not */
        bool was_there;   /* it has registered before, and was not switched off since */
        struct loop *loop;
        const struct kind *kind;
        char name[16];
        unsigned version;    /* asked for */
        const char *charset; /* of its texts; NULL: ISO 8859-1, or UTF-8 if its kind says so */
        uint32_t addons[2];  /* key modules it says it has, SCCP_ADDON_... */
        unsigned n_addons;
        struct endpoint server;
        struct ip local;
        enum codec codecs[CODECS];
        unsigned n_codecs;
        bool g729_ab; /* G.729 is named with both annexes */

        struct link link;
        struct face face;
        struct media media;
        struct loop_timer keepalive, ack_timer;
        unsigned keepalive_s;
        unsigned keepalives_unanswered;
        unsigned asked; /* how far the registration dialogue got */
        bool registering;

        enum ack ack;
        uint32_t ack_status;
        bool ack_clear_only; /* a channel with a key is refused */
        unsigned ack_delay_ms;
        struct sccp_open_receive_channel opening;
        bool refuses;      /* ... because of its key */
        bool unregistered; /* UnregisterAck came */

        struct failover failover;
};

void device_init(struct device *device, struct loop *loop, const struct kind *kind, const char *name, unsigned hz);
bool device_register(struct device *device); /* connects and begins; false: no connection */
void device_unregister(struct device *device);
void device_close(struct device *device);
void device_drop(struct device *device); /* the connection, not its audio */ /* drops TCP without a word */

void device_off_hook(struct device *device);
void device_on_hook(struct device *device);
void device_digit(struct device *device, char digit);
void device_soft_key(struct device *device, uint32_t event, uint32_t line, uint32_t ref);
void device_choose(struct device *device, const char *text); /* in the list that is shown */
void device_stimulus(struct device *device, uint32_t stimulus, uint32_t instance);
void device_enbloc(struct device *device, const char *number, uint32_t line);
void device_hook_flash(struct device *device);

#endif
