/* One TCP connection: its link, its station, and the deadlines between them. Made by the server for every connection;
 * its public face is in server.h. */
#ifndef SCCPGW_SCCP_SESSION_H
#define SCCPGW_SCCP_SESSION_H

#include "gateway/base/addr.h"
#include "gateway/base/log.h"
#include "gateway/base/loop.h"
#include "sccp/link.h"
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

/* What all sessions of a server share; owned by the server, alive as long as any open session. */
struct session_house {
        struct loop *loop;
        struct sccp_handlers handlers;
        void *owner;
        const char *node_name;
        const char *const *servers;
        size_t n_servers;
        unsigned keepalive_s;
        uint64_t dice; /* state of the random numbers that spread keepalives */
        struct registry registry;
        struct zones zones;
        struct sccp_totals totals;
        struct log_limit strangers, news;
        bool watched; /* handlers.seen is told of every message */
};

struct sccp_session {
        struct link link; /* first: the link's callbacks cast back */
        struct loop_timer deadline;
        struct session_house *house;
        struct registry_node node;
        struct sccp_station station;
        const struct zone *zone;
        struct endpoint peer, local;
        int64_t since_ms;     /* connected, or unregistered since */
        int64_t heard_ms;     /* the last message */
        int64_t time_sent_ms; /* DefineTimeDate */
        uint32_t calls[SESSION_CALLS];
        uint8_t next_call;
        bool up;       /* reported to the owner */
        bool standby;  /* sends keepalives without registering: a phone that is registered elsewhere */
        bool rejected; /* closed at the deadline */
        bool closed;
        char asked[SCCP_NAME_SIZE]; /* the name in its latest Register or token, admitted or not */
        struct log_limit warnings, news;
        void *user;
};

/* Takes over the socket; false when memory is out, and it stays with the caller. */
bool session_new(struct session_house *house, int socket, const struct endpoint *peer);

/* Reports a registered phone down, `why` (may be NULL) for the log, closes, and puts off freeing to the end of the
 * turn. session_drop does it without a word. */
void session_close(struct sccp_session *session, enum sccp_down_reason reason, const char *why);
void session_drop(struct sccp_session *session);

/* Only the report; no effect on a phone that is not up. Comes before its station changes its name. The owner may have
 * closed the session afterwards. */
void session_report_down(struct sccp_session *session, enum sccp_down_reason reason, const char *why);

/* A frame from the link (session_step.c); and the end of a registration: newest wins, the owner is told. */
void session_frame(struct link *link, const struct frame *frame);
void session_ready(struct sccp_session *session);

/* May the log say that the phone came or went? Neither one that registers without end nor many that come and go fill
 * it. */
bool session_news(struct sccp_session *session);

/* Sends whether or not the phone is up. */
void session_put(struct sccp_session *session, const struct sccp_message *message);
void session_put_time(struct sccp_session *session);

/* Looks again after `ms`; or when the phase of its station has changed, as that one wants it. */
void session_watch(struct sccp_session *session, int64_t ms);
void session_watch_phase(struct sccp_session *session);

struct endpoint session_local(int socket); /* our end of a socket */

bool session_in_call(struct sccp_session *session);
struct sccp_context session_context(const struct sccp_session *session);

/* The phone's name for the log, or its address before it has one, which `buffer` then holds. */
const char *session_subject(const struct sccp_session *session, char buffer[ENDPOINT_TEXT_SIZE]);

/* For the debug log, and for those who look on. `message` NULL: it could not be read, `fault` says why. */
void session_trace(const struct sccp_session *session, bool to_phone, const struct sccp_message *message, uint32_t id,
                   const char *fault);

#endif
