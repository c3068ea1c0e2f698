/* Tones for the mixer's tests: made, coded, and looked for again (Goertzel). */
#ifndef SCCPGW_TESTS_MEDIA_TONES_H
#define SCCPGW_TESTS_MEDIA_TONES_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/media/member.h"

#define TONE_PI 3.14159265358979323846

/* `count` samples from sample `at` on; `rate` per millisecond. */
static inline void tone_fill(int16_t *samples, size_t count, size_t at, double hz, double loud, unsigned rate)
{
        for (size_t i = 0; i < count; i++)
                samples[i] = (int16_t)lrint(loud * sin(2 * TONE_PI * hz * (double)(at + i) / (1000.0 * rate)));
}

/* How loud a tone is in there: what `loud` was when it was made. */
static inline double tone_loud(const int16_t *samples, size_t count, double hz, unsigned rate)
{
        double step = 2 * TONE_PI * hz / (1000.0 * rate), real = 0, imaginary = 0;
        for (size_t i = 0; i < count; i++) {
                real += samples[i] * cos(step * (double)i);
                imaginary += samples[i] * sin(step * (double)i);
        }
        return 2 * hypot(real, imaginary) / (double)count;
}

static inline double root_mean_square(const int16_t *samples, size_t count)
{
        double sum = 0;
        for (size_t i = 0; i < count; i++)
                sum += (double)samples[i] * samples[i];
        return sqrt(sum / (double)count);
}

/* The quietest 20 ms: a drop-out shows. */
static inline double quietest(const int16_t *samples, size_t count, unsigned rate)
{
        double least = INFINITY;
        for (size_t at = 0, frame = 20 * rate; at + frame <= count; at += frame)
                least = fmin(least, root_mean_square(samples + at, frame));
        return least;
}

static inline unsigned rate_heard(enum codec codec)
{
        return voice_is_wide(codec) ? MEMBER_WIDE : MEMBER_NARROW;
}

/* One who sends a tone of one codec, packet by packet. */
struct talker {
        double hz, loud;
        struct voice_encoder encoder;
        struct rtp rtp;
        unsigned packet_ms;
        size_t at; /* samples made */
};

static inline struct talker talker_new(enum codec codec, double hz, double loud, unsigned packet_ms)
{
        struct talker talker = {.hz = hz, .loud = loud, .packet_ms = packet_ms};
        talker.rtp = (struct rtp){
                .payload_type = codec_info(codec)->payload_type,
                .sequence = (uint16_t)(65500 + (unsigned)hz),
                .timestamp = UINT32_MAX - 1600 - (uint32_t)hz,
                .ssrc = (uint32_t)(hz * 1000),
        };
        voice_encoder_start(&talker.encoder, codec);
        return talker;
}

/* The payload; the header is talker->rtp until the next. */
static inline size_t talker_next(struct talker *talker, uint8_t payload[RTP_VOICE_MAX])
{
        unsigned rate = rate_heard(talker->encoder.codec);
        size_t len = (size_t)talker->packet_ms * RTP_UNITS_MS, count = talker->packet_ms * rate;
        int16_t samples[RTP_VOICE_MAX * 2];
        if (talker->at) {
                talker->rtp.sequence++;
                talker->rtp.timestamp += (uint32_t)len;
        }
        tone_fill(samples, count, talker->at, talker->hz, talker->loud, rate);
        talker->at += count;
        voice_encode(&talker->encoder, samples, payload, len);
        return len;
}

#endif
