/* One TCP connection: its link, its station, and the deadlines between them. Made by the server for every connection;
 * its public face is in server.h. */
#ifndef SCCPGW_SCCP_SESSION_H
#define SCCPGW_SCCP_SESSION_H

#include "gateway/base/addr.h"
#include "gateway/base/log.h"
#include "gateway/base/loop.h"
#include "sccp/charsets.h"
#include "sccp/hosts.h"
#include "sccp/link.h"
#include "sccp/rate.h"
#include "sccp/registry.h"
#include "sccp/server.h"
#include "sccp/station.h"
#include "sccp/zones.h"

#define SESSION_CALLS 8  /* call references remembered to read messages by */
#define STRANGERS     20 /* log lines about who is no phone of ours, per STRANGERS_S seconds */
#define STRANGERS_S   60
#define NEWS          2000 /* log lines about phones that come and go, per NEWS_S seconds: 1,000 may restart */
#define NEWS_OF_ONE   8    /* of them about one connection */
#define NEWS_S        60
#define WARNINGS      5 /* about one phone, per WARNINGS_S seconds */
#define WARNINGS_S    60

/* What all sessions of a server share; owned by the server, alive as long as any open session. */
struct session_house {
        struct loop *loop;
        struct sccp_handlers handlers;
        void *owner;
        const struct network *allow; /* none: everybody */
        size_t n_allow;
        struct sccp_limits limits;
        const char *node_name;
        const char *const *servers;
        size_t n_servers;
        unsigned keepalive_s;
        uint64_t dice;            /* state of the random numbers that spread keepalives */
        struct registry registry; /* registered phones, and the list of all sessions */
        struct registry arriving; /* phones that are on their way to it; no list */
        struct hosts hosts;
        struct zones zones;
        struct charsets charsets;
        struct sccp_totals totals;
        struct tls_room *tls_room; /* owned by the server; NULL: no phone comes over TLS */
        unsigned handshake_s;
        struct log_limit strangers, names, news;
        bool watched; /* handlers.seen is told of every message */
};

/* How often phones from different addresses took one name from each other, each time within DUEL_MS of the last; goes
 * from the session that lost it to the one that won. */
struct duel {
        unsigned replacements;
        int64_t last_ms; /* a replacement, or an attempt that was turned away */
        bool said;
};

struct held; /* a Register that is not answered yet (session_register.c) */

struct sccp_session {
        struct link link; /* first: the link's callbacks cast back */
        struct loop_timer deadline;
        struct session_house *house;
        struct registry_node node;
        struct guest guest;
        struct rate messages, bytes;
        struct duel duel;
        struct held *held; /* owned; NULL: none */
        struct sccp_station station;
        const struct zone *zone;
        struct endpoint peer, local;
        unsigned keepalive_s; /* the setting when it was admitted */
        int64_t since_ms;     /* connected, admitted or unregistered since */
        int64_t heard_ms;     /* the last message */
        int64_t time_sent_ms; /* DefineTimeDate */
        uint32_t calls[SESSION_CALLS];
        uint8_t next_call;
        char last_reason[SCCP_REASON_SIZE]; /* why it came; empty: it did not say */
        char firmware[64];                  /* likewise */
        bool fresh;                         /* ... after it was switched on or reset */
        bool up;                            /* reported to the owner */
        bool standby;  /* sends keepalives without registering: a phone that is registered elsewhere */
        bool rejected; /* closed at the deadline */
        bool closed;
        char asked[SCCP_NAME_SIZE]; /* the name in its latest Register or token, admitted or not */
        struct log_limit warnings, news;
        void *user;
};

/* Takes over the socket, with TLS or without; false when memory is out, and it stays with the caller. */
bool session_new(struct session_house *house, int socket, const struct endpoint *peer, bool tls);

/* Reports a registered phone down, `why` (may be NULL) for the log, closes, and puts off freeing to the end of the
 * turn. session_drop does it without a word. */
void session_close(struct sccp_session *session, enum sccp_down_reason reason, const char *why);
void session_drop(struct sccp_session *session);

/* Only the report; no effect on a phone that is not up. Comes before its station changes its name. The owner may have
 * closed the session afterwards. */
void session_report_down(struct sccp_session *session, enum sccp_down_reason reason, const char *why);

/* A frame from the link (session_step.c). */
void session_frame(struct link *link, const struct frame *frame);

/* Registration (session_register.c): a Register, or a name that is none; the end of the dialogue, when the newest
 * wins and the owner is told; UnregisterReq, whose reason is known if `len` of its payload has it. */
void session_register(struct sccp_session *session, const struct sccp_register_req *request,
                      const struct sccp_happened *asked);
void session_ready(struct sccp_session *session);
const char *session_ask_admission(struct sccp_session *session, const struct sccp_happened *asked,
                                  struct sccp_profile *profile); /* NULL: yes; `profile` NULL: for a token only */
void session_unregister(struct sccp_session *session, const struct sccp_unregister_req *request, size_t len);

/* The deadline of a Register that is held came; and it is not wanted any more (no effect if there is none). */
void session_held_due(struct sccp_session *session);
void session_held_drop(struct sccp_session *session);

/* It is in no registry by its name any more; comes before its station changes that. */
void session_forget_name(struct sccp_session *session);

/* May the log say that the phone came or went? Neither one that registers without end nor many that come and go fill
 * it. */
bool session_news(struct sccp_session *session);

/* May the log say what it sent? Neither one connection nor many strangers fill it. */
bool session_warns(struct sccp_session *session);

struct sccp_session *session_of_guest(struct guest *guest);

/* What answers say about this gateway and to this phone. */
struct sccp_facts session_facts(const struct sccp_session *session);
void session_put_replies(struct sccp_session *session, const struct sccp_replies *replies);

/* Sends whether or not the phone is up. */
void session_put(struct sccp_session *session, const struct sccp_message *message);
void session_put_time(struct sccp_session *session);

/* Looks again after `ms`; or when the phase of its station has changed, as that one wants it. */
void session_watch(struct sccp_session *session, int64_t ms);
void session_watch_phase(struct sccp_session *session);

struct endpoint session_local(int socket); /* our end of a socket */

bool session_in_call(struct sccp_session *session);
/* Has it been silent for longer than its keepalive allows? It may be kept all the same: because of a call, or because
 * such phones sleep. */
bool session_overdue(const struct sccp_session *session);
struct sccp_context session_context(const struct sccp_session *session);

/* The phone's name for the log, or its address before it has one, which `buffer` then holds. */
const char *session_subject(const struct sccp_session *session, char buffer[ENDPOINT_TEXT_SIZE]);

/* For the debug log, and for those who look on. `message` NULL: it could not be read, `fault` says why. */
void session_trace(const struct sccp_session *session, bool to_phone, const struct sccp_message *message, uint32_t id,
                   const char *fault);

#endif
