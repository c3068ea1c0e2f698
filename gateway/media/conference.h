/* Conferences in the relay: sides of streams that hear each other, all but themselves, mixed by a thread of its own.
 *
 * A member is one side of an open stream: towards a phone or towards a SIP peer, whatever else is known of the call. It
 * keeps its ports, sockets, source rule, counters and events; relay_set, relay_hold and relay_close mean what they
 * always do. Only where its packets go changes:
 *
 *   no side is a member      what comes in at one side leaves at the other (relay.h)
 *   one side is a member     it speaks to and hears its conference; the other side is cut off: its packets are counted
 *                            and dropped, nothing is sent there, and its silence is expected
 *   both sides are members   each speaks to and hears its conference; it may be the same or another
 *
 * So a phone in calls A and B becomes a conference of three by joining A's phone side, which is its only audio, A's SIP
 * side and B's SIP side. The phone leaves by conference_leave of A's phone side, and A and B go on. A side that leaves
 * while the other is no member is relayed again as before; conference_leave for one, relay_close for good.
 * RTCP of members ends here: it is counted and answered by nobody.
 *
 * Members may speak G.711 or G.722 in packets of up to 60 ms, whatever was agreed with them, and are sent what was
 * agreed. Telephone events are passed on to the other members that have a payload type for them; packets of other
 * payload types are not heard. A muted member is not heard and goes on hearing. The first packet to a new member, and
 * the first relayed one after it left, are of another RTP source than the packets before.
 *
 * Like all of the relay this is for one thread, the one that owns the calls, and nothing waits. Commands take effect in
 * their order within milliseconds. Every reason for refusal is found before anything changes: a leg that was not joined
 * goes on as before. Names of conferences are the caller's, not 0, no two open ones alike.
 * A member that has left counts among relay_settings.max_members until the mixer's next tick, and until relay_next was
 * read after that: leave room for a few. Nobody is renegotiated here: a party that speaks G.729 is to be offered
 * another codec before it can join.
 *
 * Events (relay_next): RELAY_LATCHED, RELAY_SILENT and RELAY_CLOSED as ever. RELAY_DEAD is told of a stream with
 * members when no member of any of its conferences was heard for rtp_timeout_s: one who only listens is not the end. */
#ifndef SCCPGW_MEDIA_CONFERENCE_H
#define SCCPGW_MEDIA_CONFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/audio.h"
#include "gateway/media/relay.h"

enum { CONFERENCE_MEMBERS_MAX = 8 };

/* What is sent to the party, and what its packets are taken for. */
struct conference_terms {
        enum codec codec;          /* CODEC_PCMU, CODEC_PCMA or CODEC_G722 */
        uint8_t payload_type;      /* of that codec, as the party wants to receive it */
        uint8_t packet_ms;         /* 10, 20 ... 60; 0: 20 */
        uint8_t dtmf_payload_type; /* of telephone events, from and to it; 0: none */
};

enum conference_answer {
        CONFERENCE_JOINED,
        CONFERENCE_NONE,     /* no such conference, or no such stream */
        CONFERENCE_MEMBER,   /* that side is a member already, of this conference or another */
        CONFERENCE_FULL,     /* it has CONFERENCE_MEMBERS_MAX members */
        CONFERENCE_NO_CODEC, /* cannot be mixed, or no such packet time */
        CONFERENCE_BUSY,     /* relay_settings.max_members are in conferences, or the media thread is far behind */
};

struct conference_counters {
        uint64_t ticks;   /* of 20 ms, made while there were members */
        uint64_t missed;  /* ticks more than 20 ms late: made then, in a burst, or given up after 100 ms */
        uint64_t dropped; /* packets, to or from the mixer, because one of the threads was far behind */
};

/* False: as many as members are allowed are open, or max_members is 0. An empty conference costs nothing. */
bool conference_open(struct relay *relay, uint32_t conference);

enum conference_answer conference_join(struct relay *relay, uint32_t conference, uint32_t stream, enum relay_side side,
                                       const struct conference_terms *terms);

/* False: no such stream, or its side is no member (it left, or the stream or conference was closed). */
bool conference_leave(struct relay *relay, uint32_t stream, enum relay_side side);

/* False as above, and when the media thread is far behind: then nothing changed. A member is not muted when it joins.
 */
bool conference_mute(struct relay *relay, uint32_t stream, enum relay_side side, bool muted);

/* All its members leave; their streams stay open. Closing a stream makes its members leave; the conference stays open.
 * False: no such conference. */
bool conference_close(struct relay *relay, uint32_t conference);

size_t conference_members(const struct relay *relay, uint32_t conference); /* 0 also when there is none */
struct conference_counters conference_counters(const struct relay *relay); /* of all, since the start */

#endif
