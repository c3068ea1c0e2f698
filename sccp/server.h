/* The phones' front door: listeners, sessions by device name, and the registration dialogue, so that the rest of the
 * house sees registered phones and what their users do. Runs on the loop it is given; all calls on that thread.
 * Nothing here knows calls: references and party ids are echoed numbers. */
#ifndef SCCPGW_SCCP_SERVER_H
#define SCCPGW_SCCP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/addr.h"
#include "gateway/base/loop.h"
#include "sccp/codec.h"
#include "sccp/display.h"
#include "sccp/input.h" /* struct sccp_input: what users do */
#include "sccp/limits.h"
#include "sccp/models.h"
#include "sccp/setup.h" /* struct sccp_profile: what a phone is told about itself */
#include "sccp/tls.h"

struct sccp_server;
struct sccp_session; /* one registered phone; valid from up() until down() returns */

enum sccp_down_reason {
        SCCP_DOWN_UNREGISTERED,
        SCCP_DOWN_LOST,     /* the connection ended */
        SCCP_DOWN_SILENT,   /* no keepalive */
        SCCP_DOWN_REPLACED, /* it registered again, here or on a new connection */
        SCCP_DOWN_PROTOCOL, /* what it sends is no SCCP */
        SCCP_DOWN_CLOSED,   /* by us: it does not read what we send, or sends too much */
        SCCP_DOWN_RESET,    /* by us: sccp_session_end() */
        SCCP_DOWN_REASONS
};

const char *sccp_down_text(enum sccp_down_reason reason); /* "silent" */

/* A message as it crossed the wire, for those who look on. */
struct sccp_seen {
        const char *name; /* of the device, or the one it asks to register as; "" when it has not said */
        bool to_phone;
        const struct sccp_message *message; /* NULL: it could not be read */
        uint32_t id;
        const char *fault; /* why it could not */
};

/* A phone that is registered elsewhere, or about to register, asks for a token. */
struct sccp_token_ask {
        const char *name; /* upper case */
        uint32_t device_type;
        const struct endpoint *from;
        bool live;     /* it is registered here and was heard lately, or registers on this very connection */
        bool cleaning; /* it is registered here on another connection, on which it has fallen silent */
};

struct sccp_handlers {
        /* May `name` (upper case) register, and as what? NULL: admitted and *profile filled, its texts borrowed until
         * the next call. Otherwise the text its display shows. */
        const char *(*admit)(void *owner, const char *name, uint32_t device_type, const struct endpoint *from,
                             struct sccp_profile *profile);
        /* May it come? 0, which promises that it would be admitted (it may never come, so nothing is set aside for
         * it), or the seconds after which it asks again; *why is for the log. */
        unsigned (*token)(void *owner, const struct sccp_token_ask *ask, const char **why);
        void (*up)(void *owner, struct sccp_session *session);
        void (*down)(void *owner, struct sccp_session *session, enum sccp_down_reason reason);
        void (*input)(void *owner, struct sccp_session *session, const struct sccp_input *input);
        bool (*in_call)(void *owner, struct sccp_session *session); /* Unregister is refused, keepalive is patient */
        /* Every message of every phone, while sccp_server_watch is on; may be NULL. It sends and closes nothing. */
        void (*seen)(void *owner, const struct sccp_seen *seen);
};

/* Since the start, for metrics. */
struct sccp_totals {
        uint64_t connections, connections_refused; /* all that came; those not let in, whatever the reason */
        uint64_t refused_not_allowed;              /* of them: not in a network of `allow` */
        uint64_t refused_full;                     /* of them: too many, and no stranger to make room */
        uint64_t refused_per_address;              /* of them: too many from its address, and no stranger of it */
        uint64_t strangers_dropped;                /* unregistered connections closed for a newcomer */
        uint64_t register_timeouts;                /* unregistered connections closed at their deadline */
        uint64_t rate_exceeded;                    /* connections closed: more messages or bytes than the limit */
        uint64_t tls_failed;                       /* connections whose TLS handshake failed, or took too long */
        uint64_t tls_misnamed;                     /* names refused: the certificate is another device's */
        uint64_t stalled;                          /* connections closed: they did not read what we sent */
        uint64_t registrations;
        uint64_t rejections;         /* Registers refused, whether or not they were still there to be told */
        uint64_t rejections_delayed; /* of the rejections: answered late, their address had many */
        uint64_t turned_away;        /* of the rejections: the name has a live phone in a call, or a rival */
        uint64_t replaced;           /* registrations that took the place of one on another connection */
        uint64_t half_open;          /* registered connections found dead when their phone came on a new one */
        uint64_t messages_in, messages_out;
        uint64_t frames_bad;   /* connections closed for it */
        uint64_t undecodable;  /* messages dropped: their bytes contradict their row */
        uint64_t unknown;      /* messages skipped: no row */
        uint64_t out_of_phase; /* messages dropped: not permitted then */
};

struct sccp_server_settings {
        const struct endpoint *listen;
        size_t n_listen;
        const struct network *allow; /* none: everybody */
        size_t n_allow;
        unsigned keepalive_s; /* phones are told 75 to 100 % of it */
        uint8_t dscp;
        const char *const *servers; /* names for ServerRes; none: our own address */
        size_t n_servers;
        const char *node_name;
        struct sccp_limits limits;
        const struct endpoint *tls_listen; /* the listeners behind those without TLS; none: no TLS */
        size_t n_tls_listen;
        struct tls_settings tls;
        unsigned handshake_s; /* at most, with a TLS listener */
};

/* Listens; NULL with a sentence in `why`. Settings and handlers are copied. Port 0 takes any free one. */
struct sccp_server *sccp_server_new(struct loop *loop, const struct sccp_server_settings *settings,
                                    const struct sccp_handlers *handlers, void *owner, char *why, size_t why_size);
/* Other settings from now on, listeners, dscp and how connections are counted excepted; false: no memory, as before. */
bool sccp_server_update(struct sccp_server *server, const struct sccp_server_settings *settings);
void sccp_server_stop(struct sccp_server *server); /* no new connections; Reset(restart) to every phone, flushed */
void sccp_server_free(struct sccp_server *server); /* closes all without further callbacks; NULL is none */

struct sccp_session *sccp_session_find(struct sccp_server *server, const char *name); /* NULL: not registered */
size_t sccp_server_registered(const struct sccp_server *server);
size_t sccp_server_connections(const struct sccp_server *server);
size_t sccp_server_strangers(const struct sccp_server *server); /* connections on which nobody is registered */
const struct sccp_totals *sccp_server_totals(const struct sccp_server *server);
void sccp_server_watch(struct sccp_server *server, bool on); /* off: messages cost nothing more */
struct endpoint sccp_server_address(const struct sccp_server *server, size_t index); /* where listener `index` is */

const char *sccp_session_name(const struct sccp_session *session);
/* Did it come over TLS? `out` then says how. */
bool sccp_session_tls(const struct sccp_session *session, char out[TLS_TEXT_SIZE]);
const struct sccp_model *sccp_session_model(const struct sccp_session *session);
unsigned sccp_session_version(const struct sccp_session *session);     /* negotiated protocol */
uint32_t sccp_session_device_type(const struct sccp_session *session); /* as the phone says */
uint16_t sccp_session_features(const struct sccp_session *session);    /* SCCP_FEATURE_..., likewise */
bool sccp_session_utf8(const struct sccp_session *session);
struct sccp_reader sccp_session_reader(const struct sccp_session *session); /* of texts on its display */
bool sccp_session_dynamic(const struct sccp_session *session);              /* understands 0x0142..0x014A */
bool sccp_session_rfc2833(const struct sccp_session *session);              /* knows telephone events inside RTP */
struct endpoint sccp_session_peer(const struct sccp_session *session);
struct ip sccp_session_local(const struct sccp_session *session); /* the address the phone reached us at */
unsigned sccp_session_lines(const struct sccp_session *session);  /* line n is the n-th of its profile */
/* The key with the busy lamp of the n-th speed dial of its profile; the status is what it is told when it asks. */
struct sccp_busy_lamp sccp_session_busy_lamp(const struct sccp_session *session, unsigned dial);
void sccp_session_busy_lamp_set(struct sccp_session *session, unsigned dial, uint32_t status);
/* Whether the feature with that key (SCCP_BUTTON_...) is on, if the phone has such a key. */
void sccp_session_feature(struct sccp_session *session, uint32_t type, bool on);
/* The codecs we know of those it has, best first; valid until its next event. */
const struct sccp_capability *sccp_session_capabilities(const struct sccp_session *session, size_t *count);
/* Why the phone came, by its alarms on this connection; "": it did not say. Anew with every SCCP_INPUT_REASON. */
const char *sccp_session_firmware(const struct sccp_session *session); /* as its alarm says; NULL: it did not */
const char *sccp_session_last_reason(const struct sccp_session *session);
/* It says that it was switched on or reset: whatever it did before, it does not go on with. */
bool sccp_session_fresh(const struct sccp_session *session);
void *sccp_session_user(const struct sccp_session *session);
void sccp_session_user_set(struct sccp_session *session, void *user);

/* Messages of one turn leave in one segment. A phone that stops reading is dropped, never waited for. Without effect
 * once down() was called. */
void sccp_session_send(struct sccp_session *session, const struct sccp_message *message);
/* The calls of a line go elsewhere now, or stay: told at once, and whenever the phone asks. */
void sccp_session_forwards(struct sccp_session *session, unsigned line, const struct sccp_forwards *forwards);
void sccp_session_send_time(struct sccp_session *session); /* DefineTimeDate in the phone's time zone */
void sccp_session_reset(struct sccp_session *session, bool restart);
/* It is told to restart, and is down for us: what it sends is not listened to until it registers anew. */
void sccp_session_end(struct sccp_session *session, const char *why);

#endif
