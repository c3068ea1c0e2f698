/* The mixer: a thread that makes 20 ms of every conference at each tick of its own clock. It has no sockets: the
 * relay's workers hand it the packets of members and send what it makes of them. Members are named by the caller, 0 to
 * members - 1; so are rooms. While there are no members the thread sleeps.
 *
 * Who is in which room is said by one thread, the owner's, so that it happens in its order: a room may be used for
 * others right after its members were told to leave. Packets come and go on lanes, one for each worker's thread.
 * Everything crosses over bounded queues of fixed-size values, and nothing waits.
 *
 * A member's name is free again when both have said that it left: the owner (mixer_leave), then its lane (mixer_done,
 * behind the last packet); the lane then hears of it (a word without a packet). */
#ifndef SCCPGW_MEDIA_MIXER_H
#define SCCPGW_MEDIA_MIXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/media/conference.h"
#include "gateway/media/member.h"

struct mixer;
struct mixer_lane;

/* What the mixer says: a packet for a member, or, without one, that a member has left and its name is free. */
struct mixer_word {
        uint32_t member;
        uint16_t len; /* 0: has left */
        uint8_t packet[RTP_PACKET_MAX];
};

struct mixer *mixer_start(size_t members, size_t lanes, char *why, size_t why_size); /* NULL with a sentence in `why` */
struct mixer_lane *mixer_lane(struct mixer *mixer, size_t lane);                     /* 0 to lanes - 1 */

/* On the owner's thread. Both always find room, because a name is used again only when it is free; a room has
 * ROOM_MEMBERS at most. Stop when no lane is used any more. */
void mixer_join(struct mixer *mixer, uint32_t member, uint32_t room, size_t lane, const struct member_terms *terms);
void mixer_leave(struct mixer *mixer, uint32_t member);
void mixer_stop(struct mixer *mixer);

/* On the lane's thread. A packet of a member as it came is dropped, and counted, when the mixer is far behind; one of
 * who is no member yet is dropped. */
void mixer_hear(struct mixer_lane *lane, uint32_t member, const uint8_t *packet, size_t len);
void mixer_done(struct mixer_lane *lane, uint32_t member); /* after mixer_leave: nothing of it follows; finds room */
bool mixer_next(struct mixer_lane *lane, struct mixer_word *word);
int mixer_fd(const struct mixer_lane *lane); /* readable when mixer_next may have something */

/* What workers tell each other of a room: when one of its members was last not silent, by the clock of the loops. */
void mixer_note_heard(struct mixer_lane *lane, uint32_t room, int64_t now_ms);
int64_t mixer_heard_ms(const struct mixer_lane *lane, uint32_t room);

struct conference_counters mixer_counters(const struct mixer *mixer); /* from any thread */

#endif
