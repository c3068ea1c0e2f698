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
#include "sccp/models.h"

struct sccp_server;
struct sccp_session; /* one registered phone; valid from up() until down() returns */

#define SCCP_LINES_MAX       42
#define SCCP_SPEED_DIALS_MAX 99

/* What a phone is told about itself when it registers; made by the owner of the configuration. Texts are UTF-8 and
 * borrowed until the next call of admit: the server copies what it keeps. */
struct sccp_profile_button {
        enum { SCCP_SLOT_EMPTY, SCCP_SLOT_LINE, SCCP_SLOT_SPEED_DIAL } kind;
        const char *number; /* line: directory number; speed dial: what it dials */
        const char *label;
        const char *name; /* line: full name */
};

struct sccp_profile {
        const char *description;
        const char *date_template; /* "D.M.Y", at most 6 characters */
        const char *timezone;      /* IANA name */
        const struct sccp_profile_button *buttons;
        size_t n_buttons;
        const struct sccp_model *model; /* NULL: by the device type the phone says */
};

enum sccp_input_kind {
        SCCP_INPUT_OFF_HOOK,
        SCCP_INPUT_ON_HOOK,
        SCCP_INPUT_DIGIT,      /* digit: '0'-'9' '*' '#' '+' */
        SCCP_INPUT_NUMBER,     /* en bloc: number */
        SCCP_INPUT_LINE_KEY,   /* line */
        SCCP_INPUT_SPEED_DIAL, /* instance: 1-based */
        SCCP_INPUT_SOFT_KEY,   /* key: soft key or the hard key that means the same */
        SCCP_INPUT_RX_OPENED,  /* party, endpoint */
        SCCP_INPUT_RX_FAILED,  /* party, status */
        SCCP_INPUT_TX_FAILED,  /* party: MediaTransmissionFailure, or a start acknowledged with an error */
        SCCP_INPUT_STATISTICS, /* statistics */
};

struct sccp_input {
        enum sccp_input_kind kind;
        uint32_t line;      /* 1-based, 0: not said */
        uint32_t reference; /* call reference, 0: not said */
        uint32_t party;     /* pass-through party id, 0: not said */
        uint32_t instance;
        uint32_t status;
        char digit;
        uint32_t key; /* enum sccp_soft_key of values.def */
        char number[32];
        struct endpoint endpoint;
        struct {
                uint32_t packets_sent, packets_received, packets_lost, jitter_ms, latency_ms;
        } statistics;
};

enum sccp_down_reason { SCCP_DOWN_UNREGISTERED, SCCP_DOWN_LOST, SCCP_DOWN_SILENT, SCCP_DOWN_REPLACED, SCCP_DOWN_PROTOCOL, SCCP_DOWN_CLOSED };

struct sccp_handlers {
        /* May `name` register, and as what? NULL: admitted and *profile filled. Otherwise the text its display shows. */
        const char *(*admit)(void *owner, const char *name, uint32_t device_type, const struct endpoint *from,
                             struct sccp_profile *profile);
        void (*up)(void *owner, struct sccp_session *session);
        void (*down)(void *owner, struct sccp_session *session, enum sccp_down_reason reason);
        void (*input)(void *owner, struct sccp_session *session, const struct sccp_input *input);
        bool (*in_call)(void *owner, struct sccp_session *session); /* Unregister is refused, keepalive is patient */
};

struct sccp_server_settings {
        const struct endpoint *listen;
        size_t n_listen;
        const struct network *allow; /* none: everybody */
        size_t n_allow;
        unsigned keepalive_s;
        uint8_t dscp;
        const char *const *servers; /* names for ServerRes; none: our own address */
        size_t n_servers;
        const char *node_name;
        size_t max_connections;
};

/* Listens; NULL with a sentence in `why`. */
struct sccp_server *sccp_server_new(struct loop *loop, const struct sccp_server_settings *settings,
                                    const struct sccp_handlers *handlers, void *owner, char *why, size_t why_size);
void sccp_server_stop(struct sccp_server *server); /* no new connections; Reset(restart) to every phone, flushed */
void sccp_server_free(struct sccp_server *server); /* closes all without further callbacks */

struct sccp_session *sccp_session_find(struct sccp_server *server, const char *name); /* NULL: not registered */
size_t sccp_server_registered(const struct sccp_server *server);

const char *sccp_session_name(const struct sccp_session *session);
const struct sccp_model *sccp_session_model(const struct sccp_session *session);
unsigned sccp_session_version(const struct sccp_session *session); /* negotiated protocol */
bool sccp_session_utf8(const struct sccp_session *session);
bool sccp_session_dynamic(const struct sccp_session *session); /* understands 0x0142..0x014A */
struct endpoint sccp_session_peer(const struct sccp_session *session);
struct ip sccp_session_local(const struct sccp_session *session); /* the address the phone reached us at */
const struct sccp_capability *sccp_session_capabilities(const struct sccp_session *session, size_t *count);
void *sccp_session_user(const struct sccp_session *session);
void sccp_session_user_set(struct sccp_session *session, void *user);

/* Messages of one turn leave in one segment. A phone that stops reading is dropped, never waited for. */
void sccp_session_send(struct sccp_session *session, const struct sccp_message *message);
void sccp_session_send_time(struct sccp_session *session); /* DefineTimeDate in the phone's time zone */
void sccp_session_reset(struct sccp_session *session, bool restart);
void sccp_session_trace(struct sccp_session *session, bool on); /* every message as a debug line */

#endif
