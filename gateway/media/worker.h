/* One relay thread: a loop, the streams given to it, and two queues. Whoever starts a worker names its streams by slot,
 * 0 to slots - 1, and uses a slot again only after its RELAY_CLOSED was taken; members of conferences, whose names are
 * those of all workers, likewise after the event that they have left. Workers share nothing but the mixer. */
#ifndef SCCPGW_MEDIA_WORKER_H
#define SCCPGW_MEDIA_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/media/mixer.h"
#include "gateway/media/relay.h"
#include "gateway/media/stream.h"

struct worker;

enum worker_verb {
        WORKER_OPEN,
        WORKER_SET,
        WORKER_RTCP,
        WORKER_SECURE,
        WORKER_HOLD,
        WORKER_CLOSE,
        WORKER_JOIN,
        WORKER_LEAVE,
        WORKER_MUTE,
        WORKER_TERMS,
        WORKER_DIGIT,
        WORKER_STOP
};

struct worker_command {
        enum worker_verb verb;
        uint32_t slot;
        uint32_t stream;               /* open: the name its events carry */
        enum relay_side side;          /* set, rtcp, secure, join, leave, mute, digit */
        bool on;                       /* hold, mute; rtcp: on the port of RTP; digit: promised */
        struct endpoint endpoint;      /* set, rtcp */
        struct crypto_keys keys;       /* secure */
        struct stream_sockets sockets; /* open: the worker's from now on */
        uint32_t member, room;         /* join */
        struct digits_terms types;     /* terms */
        char digit;                    /* digit, and for how long */
        unsigned ms;
};

struct worker_event {
        uint32_t slot;
        struct relay_event event;
        bool has_left; /* no event of a stream: this member has left */
        uint32_t member;
};

struct worker_settings {
        unsigned number;       /* among the workers */
        size_t slots, members; /* 0 members: `lane` may be NULL */
        unsigned rtp_timeout_s, keepalive_s;
        const struct latch_rule *rule; /* the caller's */
        struct mixer_lane *lane;       /* the worker's until it is stopped */
};

/* NULL with a sentence in `why`. */
struct worker *worker_start(const struct worker_settings *settings, char *why, size_t why_size);
void worker_stop(struct worker *worker); /* closes every stream, joins, frees */

/* A close or leave always finds room, others are refused when the worker is far behind: false, nothing happened. */
bool worker_tell(struct worker *worker, const struct worker_command *command);

/* What was counted of the slot's stream at the last sweep; false: nothing yet of the stream of that name. */
bool worker_look(const struct worker *worker, uint32_t slot, uint32_t stream, struct relay_counters *counters);

bool worker_next(struct worker *worker, struct worker_event *event);
void worker_timeout_set(struct worker *worker, unsigned rtp_timeout_s);
uint64_t worker_heard(const struct worker *worker, uint32_t slot, enum relay_side side); /* of an open stream */
int worker_fd(const struct worker *worker); /* readable when worker_next may have something */

#endif
