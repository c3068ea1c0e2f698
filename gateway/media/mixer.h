/* The mixer: a thread that makes 20 ms of every conference at each tick of its own clock. It has no sockets: the
 * relay's worker hands it the packets of members and sends what it makes of them, both over bounded queues of
 * fixed-size values. Members are named by the caller, 0 to members - 1; so are rooms. While there are no members the
 * thread sleeps.
 *
 * Start and stop on any thread, but stop only after the thread that calls the others has ended or will call no more.
 * The others belong to one thread, the worker's. Nothing waits. */
#ifndef SCCPGW_MEDIA_MIXER_H
#define SCCPGW_MEDIA_MIXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/media/conference.h"
#include "gateway/media/member.h"

struct mixer;

/* What the mixer says: a packet for a member, or, without one, that a member has left and its name is free. */
struct mixer_word {
        uint32_t member;
        uint16_t len; /* 0: has left */
        uint8_t packet[RTP_PACKET_MAX];
};

struct mixer *mixer_start(size_t members, char *why, size_t why_size); /* NULL with a sentence in `why` */
void mixer_stop(struct mixer *mixer);

/* A name is used again only after its member has left, so both always find room. A room has ROOM_MEMBERS at most. */
void mixer_join(struct mixer *mixer, uint32_t member, uint32_t room, const struct member_terms *terms);
void mixer_leave(struct mixer *mixer, uint32_t member);

/* A packet of a member as it came; dropped, and counted, when the mixer is far behind. */
void mixer_hear(struct mixer *mixer, uint32_t member, const uint8_t *packet, size_t len);

bool mixer_next(struct mixer *mixer, struct mixer_word *word);
int mixer_fd(const struct mixer *mixer); /* readable when mixer_next may have something */

struct conference_counters mixer_counters(const struct mixer *mixer); /* from any thread */

#endif
