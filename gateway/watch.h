/* Busy lamps: whom the keys of the phones that are there watch. One subscription per number, however many keys show it;
 * it is paid for by a line of one of those phones, and by another one when that goes. What a state means is
 * core/presence.h, how a key shows it busy_lamp.c. Facts: flows.md 17. */
#ifndef SCCPGW_GATEWAY_WATCH_H
#define SCCPGW_GATEWAY_WATCH_H

#include "gateway/core/presence.h"
#include "gateway/gateway.h"

struct watch_target;

/* A key of a phone that is there. */
struct watch_key {
        struct phone *phone;
        struct watch_target *target;
        struct watch_key *next; /* of the same target */
        unsigned dial;          /* the n-th speed dial of the phone, 1-based */
        const struct config_button *button;
        bool due; /* what it shows may be old */
        enum presence_state shown;
        char label[2 * PARTY_NAME_SIZE]; /* that was sent last; "": the one it has from its configuration */
};

bool watch_start(struct gateway *gateway);
void watch_stop(struct gateway *gateway); /* when the phones are gone */

void watch_phone_up(struct phone *phone);
void watch_phone_down(struct phone *phone);
void watch_line_up(struct account *account); /* it is in service: it can pay */
/* SIP_WATCHED that is not about a line's mailbox. */
void watch_event(struct gateway *gateway, const struct sip_event *event);

const struct presence_look *watch_look(const struct watch_key *key);
struct watch_key *watch_key_of(const struct phone *phone, unsigned dial); /* NULL: no lamp, or nobody to ask */

#endif
