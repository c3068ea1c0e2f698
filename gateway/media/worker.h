/* One relay thread: a loop, the streams given to it, and two queues. Whoever starts a worker names streams by slot,
 * 0 to slots - 1, and uses a slot again only after its RELAY_CLOSED was taken. Workers share nothing. */
#ifndef SCCPGW_MEDIA_WORKER_H
#define SCCPGW_MEDIA_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/media/relay.h"
#include "gateway/media/stream.h"

struct worker;

enum worker_verb { WORKER_OPEN, WORKER_SET, WORKER_HOLD, WORKER_CLOSE, WORKER_STOP };

struct worker_command {
        enum worker_verb verb;
        uint32_t slot;
        uint32_t stream;               /* open: the name its events carry */
        enum relay_side side;          /* set */
        bool held;                     /* hold */
        struct endpoint endpoint;      /* set */
        struct stream_sockets sockets; /* open: the worker's from now on */
};

struct worker_event {
        uint32_t slot;
        struct relay_event event;
};

/* NULL with a sentence in `why`. */
struct worker *worker_start(size_t slots, unsigned rtp_timeout_s, char *why, size_t why_size);
void worker_stop(struct worker *worker); /* closes every stream, joins, frees */

/* A close always finds room, others are refused when the worker is far behind: false, nothing happened. */
bool worker_tell(struct worker *worker, const struct worker_command *command);
bool worker_next(struct worker *worker, struct worker_event *event);
int worker_fd(const struct worker *worker); /* readable when worker_next may have something */

#endif
