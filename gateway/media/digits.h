/* Keys and payload types in the relay.
 *
 * Inside the relay voice has the static payload type of its codec and telephone events (RFC 4733) have DIGITS_TYPE;
 * what a side sends and wants instead is translated at the door. So the two sides of a stream, and the members of a
 * conference, may have agreed on different numbers. Events for a side that wants none are dropped; what a side sends
 * under a number that nobody agreed to is dropped before (types.h).
 *
 * A key is said in the stream of the side it comes from, as if that side had sent the event: to the other side, or to
 * all others of its conference. Keys wait for each other and for voice; dtmf.h has how they are told.
 *
 * Who sends events himself is not said twice. A SIP peer that has sent one is believed to send all. A phone that is to
 * send them tells of its keys beside that too, some milliseconds before or after: such a key waits until the event is
 * there, and is said only if none comes for a while, because the phone was not ready yet, or does not do what it
 * promised.
 *
 * Like all of the relay this is for one thread, the one that owns the calls. */
#ifndef SCCPGW_MEDIA_DIGITS_H
#define SCCPGW_MEDIA_DIGITS_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/media/dtmf.h"
#include "gateway/media/relay.h"
#include "gateway/media/types.h"

enum { DIGITS_TYPE = 101 };

/* Payload types of one side: as what it sends, and as what it wants. */
struct digits_types {
        uint8_t voice_in, voice_out;
        uint8_t event_in, event_out; /* 0: none */
        struct types_set others_in;  /* what it may send besides */
};

struct digits_terms {
        uint8_t voice[2];          /* static payload type of the codec, by enum relay_side */
        uint8_t packet_ms;         /* 0: nothing is agreed yet, packets pass as they are */
        uint32_t clock_hz;         /* of the codec's timestamps; 0: 8000 */
        bool report;               /* events from the SIP side are wanted as RELAY_DIGIT */
        struct digits_types of[2]; /* by enum relay_side */
};

/* Both false: no such stream, or its thread's queue is full. Unless said, keys are held for DTMF_TONE_MS (ms 0). */
bool relay_terms(struct relay *relay, uint32_t stream, const struct digits_terms *terms);
bool relay_digit(struct relay *relay, uint32_t stream, enum relay_side side, char digit, unsigned ms);
bool relay_digit_promised(struct relay *relay, uint32_t stream,
                          char digit); /* by the phone, which is to send it itself */

/* --- for the relay's threads --- */

/* What comes from one side. */
struct digits_way {
        struct dtmf_sender sender;
        bool heard;                /* it sends events itself: */
        char promised[DTMF_QUEUE]; /* keys whose events have not come, the oldest first; a text */
        uint8_t ahead[DTMF_CODES]; /* events whose keys have not come, by code */
        uint8_t waited;            /* ticks since the last key or event */
        uint8_t again;             /* copies of `end` to be sent */
        struct rtp end;
        uint8_t end_event[DTMF_EVENT_LEN];
        uint32_t event_ssrc, event_timestamp; /* the newest one */
        uint32_t packets, packets_seen;       /* that came, and when the clock looked last */
        uint8_t quiet;                        /* ticks without any */
};

struct digits {
        struct digits_terms terms;
        struct digits_way from[2]; /* by enum relay_side */
};

enum digits_answer {
        DIGITS_PASS,
        DIGITS_NEW_EVENT, /* the first packet of a key, which passes */
};

/* A packet came from `side`; header, payload and length may be others afterwards. `digit`: of DIGITS_NEW_EVENT. */
enum digits_answer digits_in(struct digits *digits, enum relay_side side, uint8_t *packet, size_t *len, char *digit);
/* A packet goes to `side`; false: it is nothing for it. */
bool digits_out(const struct digits *digits, enum relay_side side, uint8_t *packet);

void digits_agree(struct digits *digits, const struct digits_terms *terms);
struct types_set digits_may_send(const struct digits_terms *terms, enum relay_side side);
bool digits_press(struct digits *digits, enum relay_side side, char digit, unsigned ms);
void digits_promise(struct digits *digits, enum relay_side side, char digit);
/* After digits_in and digits_tick, until 0: the length of another packet to be passed. */
size_t digits_again(struct digits *digits, enum relay_side side, uint8_t packet[RTP_PACKET_MAX]);
/* Every packet_ms while digits_wait(): what the clock has to make because nothing comes. The length; 0: nothing. */
size_t digits_tick(struct digits *digits, enum relay_side side, const struct rtp *fresh,
                   uint8_t packet[RTP_PACKET_MAX]);
bool digits_wait(const struct digits *digits);
unsigned digits_packet_ms(const struct digits *digits);

#endif
