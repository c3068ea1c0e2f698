/* The words every room uses for one audio stream: codecs by name, and one side's description of what it can
 * receive. SCCP numbers stay in sccp/, payload types towards SIP are negotiated in sip/; both translate here. */
#ifndef SCCPGW_BASE_AUDIO_H
#define SCCPGW_BASE_AUDIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/addr.h"
#include "gateway/base/crypto.h"

enum codec {
        CODEC_NONE,
        CODEC_PCMU,
        CODEC_PCMA,
        CODEC_G722,
        CODEC_G729,
        CODECS,
};

/* What is true of a codec whoever speaks it (RFC 3551). G.722's RTP clock is 8000 although it samples at 16000. */
struct codec_info {
        const char *name;        /* configuration, logs: "pcmu" */
        const char *encoding;    /* rtpmap: "PCMU" */
        uint8_t payload_type;    /* static payload type */
        uint32_t clock_hz;       /* RTP clock */
        unsigned bytes_per_20ms; /* RTP payload of 20 ms of sound */
        uint8_t packet_ms;       /* what is meant where nothing is said */
        uint8_t packet_step_ms;  /* packets hold whole ones of these: its frames, or tens, which phones know */
        uint8_t samples_ms;      /* samples per millisecond where we can hear and speak it; 0: it only passes */
};

const struct codec_info *codec_info(enum codec codec); /* NULL for CODEC_NONE */
enum codec codec_by_name(const char *name);            /* case does not matter; CODEC_NONE when unknown */

#define AUDIO_CODECS_MAX 8

/* Direction as seen by the side that says it (RFC 3264 section 5.1). */
enum audio_direction { AUDIO_SENDRECV, AUDIO_SENDONLY, AUDIO_RECVONLY, AUDIO_INACTIVE };

struct audio_codec {
        enum codec codec;
        uint8_t payload_type;  /* what this side wants to receive it as */
        uint8_t packet_max_ms; /* of ours: the longest packet of it; 0: not known */
        enum codec instead; /* of ours: what the phone speaks, which the relay turns into it; CODEC_NONE: it itself */
};

/* One side of an audio stream: where it receives and what, best first. Empty (n_codecs 0) means no description. */
struct audio {
        struct endpoint rtp;  /* port 0: stream refused; rtcp is the next port, unless something else is said: */
        struct endpoint rtcp; /* RFC 3605; without a port: the next, without an address: that of RTP */
        bool rtcp_mux;        /* it can have both on the port of RTP (RFC 5761); so it is when both sides can */
        uint8_t n_codecs;
        struct audio_codec codecs[AUDIO_CODECS_MAX];
        uint8_t packet_ms;         /* 0: not said, the codec's own is meant */
        uint8_t packet_max_ms;     /* 0: not said */
        uint8_t dtmf_payload_type; /* RFC 4733 telephone-event; 0: none */
        enum audio_direction direction;
        bool plain;              /* no keys are offered: the phone itself speaks there, and cannot use them */
        struct crypto_keys keys; /* of what they say: agreed by it, or as soon as it is answered; none: plain RTP */
};

bool audio_has(const struct audio *audio, enum codec codec);

/* The codecs of `mine` that `theirs` also has, in the order of `mine`, with their payload types.
 * The result keeps everything else of `mine`. n_codecs 0: nothing in common. */
struct audio audio_common(const struct audio *mine, const struct audio *theirs);

#endif
