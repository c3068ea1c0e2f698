/* Keys as telephone events (RFC 4733), for one direction of a stream. What was pressed waits here and takes the place
 * of the voice that comes along, packet for packet: timestamps and source stay those of whoever speaks, and the time an
 * event has lasted is the time its packets tell. Only when no voice comes for a while, because a phone sends nothing
 * while it is muted, packets are made by the clock. Sequence numbers of what follows move up where packets were added,
 * and go on from one source to the next.
 *
 * An event is 100 ms or as long as was asked for, and the next one begins at least 60 ms after it. Its last packet is
 * sent three times, at once as most do and not at the pace of the voice (RFC 4733 section 2.5.1.4): PBXs begin to
 * listen anew when a session changes, which a key often is the reason of, and would take the second for another key.
 * All codecs here have a clock of 8000. Pure. */
#ifndef SCCPGW_MEDIA_DTMF_H
#define SCCPGW_MEDIA_DTMF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/media/rtp.h"

enum {
        DTMF_EVENT_LEN = 4,
        DTMF_CODES = 16, /* of keys */
        DTMF_QUEUE = 64, /* more than anybody types ahead, or has in a phone book */
        DTMF_TONE_MS = 100,
        DTMF_TONE_MIN_MS = 60, /* what every receiver hears */
        DTMF_TONE_MAX_MS = 8000,
        DTMF_PAUSE_MS = 60,
};

struct dtmf_event {
        uint8_t code;   /* 0-9, 10 *, 11 #, 12-15 A-D, beyond that: no key */
        bool end;       /* it is over; `duration` is final */
        uint8_t volume; /* in -dBm0, 0-63 */
        uint16_t duration;
};

/* False when the payload is too short. What follows the first event (RFC 4733 section 2.3.1) is not looked at. */
bool dtmf_read(const uint8_t *payload, size_t len, struct dtmf_event *event);
void dtmf_write(const struct dtmf_event *event, uint8_t payload[DTMF_EVENT_LEN]);

bool dtmf_code(char digit, uint8_t *code); /* '0'-'9' '*' '#' 'A'-'D', small letters too; false: no key */
char dtmf_digit(uint8_t code);             /* '\0': no key */

/* Zero is a sender that has seen no packet and has nothing to send. */
struct dtmf_sender {
        struct dtmf_pressed {
                uint8_t code;
                uint16_t units; /* how long */
        } waiting[DTMF_QUEUE];
        uint8_t first, count;

        struct dtmf_pressed now; /* units 0: none */
        uint32_t elapsed;        /* since it began */
        uint32_t timestamp;      /* ... in the stream's time */
        bool ended;

        bool known;        /* what follows: of the newest packet */
        bool guessed;      /* ... which was made by the clock */
        uint32_t ssrc;     /* as sent */
        uint16_t sequence; /* as sent */
        uint16_t shift;    /* as sent minus as it came */
        uint32_t newest;   /* timestamp */
};

/* False: no key, or too many wait already. */
bool dtmf_press(struct dtmf_sender *sender, char digit, unsigned ms);
bool dtmf_is_busy(const struct dtmf_sender *sender); /* something waits, is being sent, or was a moment ago */

/* A packet came. Not 0: it was voice that spans `units`, and so many packets go in its place, all with this payload,
 * `out` being the header of the first; its payload type is left to the caller. 0: it goes itself, with the sequence
 * number of `out`. */
unsigned dtmf_take(struct dtmf_sender *sender, const struct rtp *in, bool voice, uint32_t units, struct rtp *out,
                   uint8_t payload[DTMF_EVENT_LEN]);

/* No packet came for `units`, and dtmf_is_busy(). How many packets of `packet_units` each are to be sent, as above.
 * `fresh` are the numbers to begin with when there never was a packet: random ones. */
unsigned dtmf_tick(struct dtmf_sender *sender, const struct rtp *fresh, uint32_t units, uint32_t packet_units,
                   struct rtp *out, uint8_t payload[DTMF_EVENT_LEN]);

#endif
