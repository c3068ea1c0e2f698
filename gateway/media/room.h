/* A conference for 20 ms: every member speaks, the voices are added, every member hears the others. In 16 kHz when
 * somebody hears wide-band, else in 8. Pure. */
#ifndef SCCPGW_MEDIA_ROOM_H
#define SCCPGW_MEDIA_ROOM_H

#include "gateway/media/member.h"

enum { ROOM_MEMBERS = 8 };

struct room {
        unsigned count;
        struct member *members[ROOM_MEMBERS];
};

void room_enter(struct room *room, struct member *member); /* there must be a place */
void room_leave(struct room *room, const struct member *member);
/* A packet of a member; what is to be passed on at once, is. */
void room_hear(struct room *room, struct member *from, const struct rtp *rtp, const uint8_t *payload, size_t len,
               member_send *send, void *to);
void room_tick(struct room *room, member_send *send, void *to);

/* Ticks that were not made: what is sent next says so. */
void room_skip(struct room *room, uint32_t ticks);

#endif
