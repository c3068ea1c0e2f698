#include "tone.h"

#include <math.h>

#define AMPLITUDE 8000.0
#define QUIET     180.0

int16_t tone_next(struct tone *tone, unsigned rate)
{
        if (!tone->hz)
                return 0;
        tone->phase = fmod(tone->phase + 2 * M_PI * tone->hz / rate, 2 * M_PI);
        return (int16_t)(AMPLITUDE * sin(tone->phase));
}

/* ITU-T G.711: eight segments of sixteen steps; µ-law adds 33 before, counted in 14 bits. */
uint8_t ulaw_encode(int16_t sample)
{
        int sign = sample < 0 ? 0x80 : 0;
        int magnitude = (sample < 0 ? -(int)sample : sample) + 132;
        int segment = 7;
        if (magnitude > 32767)
                magnitude = 32767;
        for (int limit = 0x4000; segment > 0 && !(magnitude & limit); limit >>= 1)
                segment--;
        return (uint8_t) ~(sign | segment << 4 | ((magnitude >> (segment + 3)) & 15));
}

int16_t ulaw_decode(uint8_t byte)
{
        int code = ~byte & 0xff;
        int magnitude = ((((code & 15) << 3) + 132) << ((code >> 4) & 7)) - 132;
        return (int16_t)(code & 0x80 ? -magnitude : magnitude);
}

uint8_t alaw_encode(int16_t sample)
{
        int sign = sample >= 0 ? 0x80 : 0;
        int magnitude = sample >= 0 ? sample : -(int)sample - 1;
        int segment = 7;
        for (int limit = 0x4000; segment > 0 && !(magnitude & limit); limit >>= 1)
                segment--;
        int step = segment ? magnitude >> (segment + 3) & 15 : magnitude >> 4 & 15;
        return (uint8_t)((sign | segment << 4 | step) ^ 0x55);
}

int16_t alaw_decode(uint8_t byte)
{
        int code = byte ^ 0x55;
        int segment = code >> 4 & 7;
        int magnitude = (code & 15) << 4 | 8;
        if (segment)
                magnitude = (magnitude + 0x100) << (segment - 1);
        return (int16_t)(code & 0x80 ? magnitude : -magnitude);
}

double tone_level(const int16_t *samples, size_t count)
{
        double energy = 0;
        for (size_t i = 0; i < count; i++)
                energy += (double)samples[i] * samples[i];
        return count ? sqrt(energy / (double)count) : 0;
}

double tone_share(const int16_t *samples, size_t count, unsigned hz)
{
        double level = tone_level(samples, count);
        double turn = 2 * cos(2 * M_PI * hz / TONE_RATE), s1 = 0, s2 = 0;
        if (level < QUIET)
                return 0;
        for (size_t i = 0; i < count; i++) {
                double s0 = samples[i] + turn * s1 - s2;
                s2 = s1;
                s1 = s0;
        }
        double power = (s1 * s1 + s2 * s2 - turn * s1 * s2) * 2 / (double)count;
        return power / (level * level * (double)count);
}
