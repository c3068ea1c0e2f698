/* The registration dialogue of one phone: a message in, answers and what happened out. No socket, no clock, no log; the
 * session that owns it does what it says. Every request is answered whenever it comes and however often (field guide
 * R15, flows 4). */
#ifndef SCCPGW_SCCP_STATION_H
#define SCCPGW_SCCP_STATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/addr.h"
#include "sccp/alarm.h"
#include "sccp/input.h"
#include "sccp/models.h"
#include "sccp/schema.h"
#include "sccp/setup.h"

#define SCCP_NAME_SIZE        16 /* device names have up to 15 characters */
#define SCCP_CAPABILITIES_MAX 12 /* the codecs we know: G.711, G.722 and the G.729 family */
#define SCCP_REPLIES_MAX      2
#define SCCP_TOKEN_WAIT_S     60 /* how long a refused token request has to wait (flows 3) */

/* All zeros is a connection nobody has registered on. */
struct sccp_station {
        enum sccp_phase phase;
        char name[SCCP_NAME_SIZE]; /* upper case; empty before it is admitted */
        uint32_t device_type;
        const struct sccp_model *model;     /* NULL before */
        uint8_t version;                    /* negotiated, 0 before */
        uint16_t features;                  /* as the phone says: SCCP_FEATURE_... */
        uint32_t user_id, instance;         /* echoed in ConfigStat */
        const struct sccp_charset *charset; /* of the texts it is sent; NULL before */
        struct sccp_setup *setup;           /* owned; NULL before */
        bool has_soft_keys;                 /* it was told the sets */
        bool addons_said;                   /* what it says of its add-ons was compared with what is configured */
        bool telephone_events;              /* its list has RFC 4733 */
        uint8_t n_capabilities;
        struct sccp_capability capabilities[SCCP_CAPABILITIES_MAX];
};

/* What answers say about this gateway; texts are borrowed for the call. */
struct sccp_facts {
        const char *node_name;
        const char *const *servers;
        size_t n_servers;                   /* none: the local address */
        struct endpoint local;              /* where the phone reached us */
        unsigned keepalive_s;               /* to announce now; the caller draws it (field guide R9) */
        const struct sccp_charset *charset; /* admitting: of a phone without UTF-8; NULL: ISO 8859-1 */
};

/* To be sent in this order, together. */
struct sccp_replies {
        size_t count;
        struct sccp_message at[SCCP_REPLIES_MAX];
};

enum sccp_happening {
        SCCP_HAPPENED_NOTHING,    /* answered, or of no consequence */
        SCCP_HAPPENED_KEEPALIVE,  /* answered */
        SCCP_HAPPENED_REFUSED,    /* dropped: the message does not belong into this phase, or not from a phone */
        SCCP_HAPPENED_ALARM,      /* the phone says why it came: news */
        SCCP_HAPPENED_NOTED,      /* something for the log: news.line */
        SCCP_HAPPENED_REGISTER,   /* decide, then sccp_station_admit or sccp_station_reject */
        SCCP_HAPPENED_MISNAMED,   /* a Register with a name no phone has: sccp_station_reject */
        SCCP_HAPPENED_TOKEN,      /* decide, then sccp_station_token */
        SCCP_HAPPENED_UNREGISTER, /* decide, then sccp_station_leave */
        SCCP_HAPPENED_TIME,       /* send the time */
        SCCP_HAPPENED_READY,      /* registered: send the time, then whatever else */
        SCCP_HAPPENED_INPUT,      /* the user did something, or the phone's media did: input */
};

struct sccp_happened {
        enum sccp_happening what;
        char name[SCCP_NAME_SIZE];   /* REGISTER, MISNAMED, TOKEN: who asks, in upper case */
        uint32_t device_type;        /* and what it says it is */
        struct sccp_input input;     /* INPUT */
        struct sccp_alarm_news news; /* ALARM, NOTED */
};

/* Takes one message. `replies` is written from its beginning, `happened` whole. */
void sccp_station_step(struct sccp_station *station, const struct sccp_facts *facts, const struct sccp_message *message,
                       struct sccp_replies *replies, struct sccp_happened *happened);

/* The verdict on a Register: the dialogue begins anew, with the model the profile names or the one the phone says it
 * is; or the phone shows `text` (UTF-8). Admitting fails when memory is out: nothing changed, reject instead. */
bool sccp_station_admit(struct sccp_station *station, const struct sccp_register_req *request,
                        const struct sccp_profile *profile, const struct sccp_facts *facts,
                        struct sccp_replies *replies);
void sccp_station_reject(struct sccp_station *station, const struct sccp_register_req *request, const char *text,
                         struct sccp_replies *replies);

/* The verdict on a token request: come home, or ask again after `wait_s`. */
void sccp_station_token(const struct sccp_message *request, bool granted, uint32_t wait_s,
                        struct sccp_replies *replies);

/* The verdict on UnregisterReq: refused while in a call. Else the station forgets what it was told. */
void sccp_station_leave(struct sccp_station *station, bool refused, struct sccp_replies *replies);

/* A phone that asked everything it wanted to ask but never for the time is ready too; false if it was not on its way.
 */
bool sccp_station_force(struct sccp_station *station);

/* Frees what it holds; all zeros again. */
void sccp_station_clear(struct sccp_station *station);

bool sccp_station_utf8(const struct sccp_station *station);
bool sccp_station_dynamic(const struct sccp_station *station); /* understands 0x0142 to 0x014A */
bool sccp_station_rfc2833(const struct sccp_station *station); /* knows telephone events inside RTP */

/* The version to speak with a phone that says `said` (protocol/README section 2); never 0. */
uint8_t sccp_version_negotiate(uint8_t said, const struct sccp_model *model);

#endif
