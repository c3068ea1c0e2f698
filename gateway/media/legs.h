/* The worker's half of conferences: which side of which of its streams is which member of the mixer. All of it runs on
 * the worker's thread. A member's name is used again, here or by another worker, only after legs_next said that it has
 * left. */
#ifndef SCCPGW_MEDIA_LEGS_H
#define SCCPGW_MEDIA_LEGS_H

#include "gateway/media/mixer.h"
#include "gateway/media/stream.h"

struct leg {
        struct stream *stream; /* NULL: left, or never there */
        enum relay_side side;
        uint32_t room;
};

struct legs {
        struct mixer_lane *lane;
        size_t count;
        struct leg *of; /* by member */
};

bool legs_init(struct legs *legs, struct mixer_lane *lane,
               size_t members); /* `lane` NULL: no members. False: no memory */
void legs_free(struct legs *legs);

/* That a member joins and leaves was said to the mixer by its owner, before. */
void legs_join(struct legs *legs, uint32_t member, uint32_t room, struct stream *stream, enum relay_side side);
void legs_leave(struct legs *legs, struct stream *stream, enum relay_side side); /* nothing when it is no member */
void legs_hear(struct legs *legs, const struct stream *stream, enum relay_side side, const uint8_t *packet, size_t len);

/* One word of the mixer: a packet is sent, a member that has left is told. False: no word is there. */
bool legs_next(struct legs *legs, bool *has_left, uint32_t *member);

/* Once a second, after the streams' own: who of the rooms is heard; then whether a stream is kept alive by its rooms,
 * whose other members may be with other workers: they look at other moments, so what a second ago was is believed. */
void legs_second(struct legs *legs, unsigned timeout_s, int64_t now_ms);
bool legs_keep_alive(const struct legs *legs, const struct stream *stream, int64_t now_ms);

#endif
