/* Two samples a byte. What is heard is tones far below half the rate, so that every second sample is enough. */
#include "wide.h"

void wide_start(struct wide *wide)
{
        voice_encoder_start(&wide->encoder, CODEC_G722);
        voice_decoder_start(&wide->decoder, CODEC_G722);
}

void wide_speak(struct wide *wide, struct tone *tone, bool muted, uint8_t *bytes, size_t len)
{
        int16_t samples[2 * WIDE_MOST];
        for (size_t i = 0; i < 2 * len; i++)
                samples[i] = muted ? 0 : tone_next(tone, 2 * TONE_RATE);
        voice_encode(&wide->encoder, samples, bytes, len);
}

void wide_hear(struct wide *wide, const uint8_t *bytes, size_t len, int16_t *samples)
{
        int16_t both[2 * WIDE_MOST];
        voice_decode(&wide->decoder, bytes, len, both);
        for (size_t i = 0; i < len; i++)
                samples[i] = both[2 * i];
}
