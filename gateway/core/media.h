/* Offer and answer (RFC 3264) for one audio stream: what we may say, what an answer means, what a new offer changes.
 * No state: values in, values out. Where "ours" has no address (rtp.ip.family 0) the relay's is put in by the gateway.
 *
 * The codecs of ours carry the payload types we want to receive; the static ones. */
#ifndef SCCPGW_CORE_MEDIA_H
#define SCCPGW_CORE_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/audio.h"

#define MEDIA_PACKET_MS     20 /* what every phone can do */
#define MEDIA_PACKET_MAX_MS 60 /* longer ones are not asked for */

/* What was agreed, as the phone and the relay need to know it. codec CODEC_NONE: nothing yet. */
struct media_stream {
        enum codec codec;          /* the phone's ... */
        enum codec far_codec;      /* ... and what it becomes, in the relay, where the far end speaks another */
        uint8_t packet_ms;         /* what both sides send */
        uint8_t payload_type;      /* as which the far end wants the codec */
        uint8_t dtmf_payload_type; /* as which it wants RFC 4733 events; 0: not at all */
        struct endpoint far;       /* where it listens */
        struct endpoint far_rtcp;  /* as in struct audio */
        bool rtcp_mux;             /* agreed: RTCP is where RTP is, both ways */
        struct crypto_keys keys;   /* of its SRTP; a matter of the relay's, not of the phone's */
        bool send;                 /* it wants to hear us: neither sendonly nor inactive nor address 0.0.0.0 */
};

/* What a phone can do. */
struct media_ability {
        enum codec codec;
        unsigned packet_max_ms; /* as it says; nonsense is not believed */
};

enum media_change {
        MEDIA_SAME,
        MEDIA_SEND,  /* only address, payload types or direction: restart what we send */
        MEDIA_CODEC, /* codec or packet time: the phone's channels must be closed and opened again */
};

/* All we can offer for a phone: its codecs in the configured order (an unordered codec is not offered); with `convert`
 * also, behind them, those that the relay can make of one of them.
 * dtmf_payload_type 0: the phone does not send RFC 4733. n_codecs 0: phone and configuration have nothing in common. */
struct audio media_ours(const struct media_ability *phone, size_t n_phone, const enum codec *order, size_t n_order,
                        uint8_t dtmf_payload_type, bool convert);

/* Without those that have to be converted. */
struct audio media_unconverted(const struct audio *ours);

bool media_is_converted(const struct media_stream *stream);
bool media_is_mixed(enum codec codec); /* the relay can hear and speak it: what conferences are made of */

/* Our answer to `offer`: one codec, for both directions, the first of ours that is offered, under the offerer's payload
 * type; packet time as the offerer asks, as far as the phone can do it (maxptime of both sides, whole frames);
 * direction mirrored (held: we send music or nothing, and listen to nothing). The result has no address. False: nothing
 * in common, or the stream is refused (port 0). */
bool media_answer(const struct audio *ours, const struct audio *offer, bool held, struct audio *answer);

/* Our offer: all of ours, or with a codec agreed before: that one first, and its packet time. Sendrecv, or sendonly
 * when held. */
struct audio media_offer(const struct audio *ours, const struct media_stream *agreed, bool held);

/* What `theirs`, an answer to an offer of ours or an offer we answered, makes of the stream: its first codec of which
 * nothing has to be converted, else its first. False as above. */
bool media_agree(const struct audio *ours, const struct audio *theirs, struct media_stream *stream);

enum media_change media_compare(const struct media_stream *from, const struct media_stream *to);

bool media_reachable(const struct endpoint *rtp); /* has a port and an address that is not all zeros */

#endif
