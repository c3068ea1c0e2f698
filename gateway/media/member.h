/* One party of a conference as its ears and mouth: packets of its codec in, 20 ms of samples out, and back. Knows no
 * sockets and no other members. Pure. */
#ifndef SCCPGW_MEDIA_MEMBER_H
#define SCCPGW_MEDIA_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/media/conceal.h"
#include "gateway/media/jitter.h"
#include "gateway/media/mix.h"
#include "gateway/media/resample.h"
#include "gateway/media/rtp.h"
#include "gateway/media/voice.h"

enum { MEMBER_EVENT_LEN = 4 };
enum { MEMBER_NARROW = 8, MEMBER_WIDE = 16 /* samples per millisecond */, MEMBER_FRAME_MS = 20 };

/* What was agreed with the party. */
struct member_terms {
        enum codec codec;
        uint8_t payload_type;      /* of the codec */
        uint8_t packet_ms;         /* of what we send: 10, 20 ... 60 */
        uint8_t dtmf_payload_type; /* telephone events (RFC 4733), which are passed on; 0: none */
};

struct member {
        struct member_terms terms;
        unsigned rate; /* of the conference: samples per millisecond */

        enum codec heard; /* what the party sends; CODEC_NONE: nothing yet */
        struct jitter jitter;
        struct voice_decoder decoder;
        struct conceal conceal;
        struct resample in;
        struct member_event {
                uint32_t timestamp; /* of the newest: when it began */
                uint32_t units;     /* since then, by our clock */
                bool known, begins;
        } event;

        struct voice_encoder encoder;
        struct mix_volume volume;
        struct resample out;
        struct rtp rtp; /* of the next packet */
        size_t unsent;  /* bytes of it that are there */
        uint8_t packet[RTP_HEADER_LEN + RTP_VOICE_MAX + JITTER_FRAME];
};

/* Somebody who puts packets on their way to the party; `packet` is the member's again on return. */
typedef void member_send(void *to, const struct member *member, const uint8_t *packet, size_t len);

/* `rtp` has the source, sequence number and timestamp to begin with: random ones (RFC 3550 section 5.1). */
void member_start(struct member *member, const struct member_terms *terms, const struct rtp *rtp);

/* A packet from the party. It may use any codec of ours under its static number, whatever was agreed; comfort noise and
 * what we do not know are no voice and ignored. True: it was a telephone event, to be told to the others. */
bool member_hear(struct member *member, const struct rtp *rtp, const uint8_t *payload, size_t len);

/* The event that `from` just sent, to one who agreed to such; at the time it began in the listener's own stream. */
void member_tell_event(struct member *member, const struct member *from, const uint8_t event[MEMBER_EVENT_LEN],
                       member_send *send, void *to);

/* Both once per 20 ms, with the rate of the conference; `samples` are 20 * rate. */
void member_speak(struct member *member, unsigned rate, int16_t *samples);
void member_listen(struct member *member, unsigned rate, const int16_t *samples, member_send *send, void *to);

/* So many times 20 ms nothing was made for the party: timestamps go on, the marker tells (RFC 3551 section 4.1). */
void member_skip(struct member *member, uint32_t ticks);

#endif
