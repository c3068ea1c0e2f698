/* What relay.c and conference.c share: the owner's half of the relay. Nobody else includes it. */
#ifndef SCCPGW_MEDIA_RELAY_OWN_H
#define SCCPGW_MEDIA_RELAY_OWN_H

#include "gateway/base/ids.h"
#include "gateway/base/log.h"
#include "gateway/media/conference.h"
#include "gateway/media/relay.h"
#include "gateway/media/worker.h"

/* The owner's half of conferences (conference.c). */
struct conferences {
        struct mixer *mixer; /* NULL: none, and all else is empty */
        size_t most;         /* members, and conferences */
        struct id_map open;  /* conference to room + 1 */
        uint8_t *count;      /* by room: members */
        struct conference_leg {
                uint32_t slot, room;
                enum relay_side side;
                bool joined;
        } * legs;                            /* by member */
        uint32_t *free_members, *free_rooms; /* stacks, lowest on top */
        size_t n_free_members, n_free_rooms;
};

struct relay_slot {
        struct relay_ports ports;
        uint32_t member[STREAM_SIDES]; /* + 1; 0: none */
};

/* One of the threads, with its part of the slots. */
struct relay_hand {
        struct worker *worker;
        uint32_t *free_slots; /* its own numbers; a stack, lowest on top: slots never used cost no memory */
        size_t n_free;
};

struct relay {
        struct ports *ports;
        struct latch_rule rule; /* of all sockets */
        struct relay_hand *hands;
        size_t n_hands, slots_each, next_hand; /* the last: whose events are read next */
        int events;                            /* an epoll of all their descriptors */
        size_t max_streams, streams;           /* slots that may be, and are, taken */
        struct id_map open;                    /* stream to slot + 1; a stream leaves when it is told to close */
        struct relay_slot *in;                 /* by slot: those of the first hand, of the second ... */
        struct conferences conferences;
        struct log_limit refusals;
};

/* False for a stream that is not open: closed meanwhile, or never opened. */
bool relay_slot_of(const struct relay *relay, uint32_t stream, uint32_t *slot);

size_t relay_hand_of(const struct relay *relay, uint32_t slot);
/* To the worker of command->slot; false as worker_tell. */
bool relay_tell(struct relay *relay, struct worker_command command);

bool conferences_start(struct conferences *conferences, size_t members, size_t lanes, char *why, size_t why_size);
void conferences_leave_all(struct relay *relay);                             /* before the workers are stopped */
void conferences_stop(struct conferences *conferences);                      /* after the workers were */
void conferences_forget(struct relay *relay, uint32_t slot);                 /* its stream is being closed */
void conferences_has_left(struct conferences *conferences, uint32_t member); /* the name may be used again */

#endif
