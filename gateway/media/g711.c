/* Both laws are a sign, a segment of three bits whose step doubles, and four bits within it; what they keep of a sample
 * is a floating-point number. µ-law shifts the scale by a bias so that the segments meet (G.711 table 2a), A-law has
 * two segments of the same step at the bottom (table 1a). On the wire µ-law is inverted, A-law every other bit of it.
 */
#include "gateway/media/g711.h"

enum {
        SIGN = 0x80,
        ULAW_BIAS = 0x84,     /* 33 in the 14 bits of the standard */
        ULAW_LARGEST = 32635, /* the bias still fits 15 bits */
        ALAW_INVERTED = 0x55,
};

/* The place of the highest bit set, `magnitude` not 0. */
static unsigned highest_bit(unsigned magnitude)
{
        return 31u - (unsigned)__builtin_clz(magnitude);
}

int16_t ulaw_decode(uint8_t byte)
{
        unsigned code = (uint8_t)~byte;
        int magnitude = (int)((((code & 0x0f) << 3) + ULAW_BIAS) << (code >> 4 & 7)) - ULAW_BIAS;
        return (int16_t)(code & SIGN ? -magnitude : magnitude);
}

uint8_t ulaw_encode(int16_t sample)
{
        int magnitude = sample < 0 ? -sample : sample;
        if (magnitude > ULAW_LARGEST)
                magnitude = ULAW_LARGEST;
        unsigned biased = (unsigned)magnitude + ULAW_BIAS;
        unsigned segment = highest_bit(biased) - 7;
        unsigned code = (sample < 0 ? SIGN : 0u) | segment << 4 | (biased >> (segment + 3) & 0x0f);
        return (uint8_t)~code;
}

int16_t alaw_decode(uint8_t byte)
{
        unsigned code = byte ^ ALAW_INVERTED;
        unsigned segment = code >> 4 & 7;
        unsigned magnitude = (code & 0x0f) << 4 | 8;
        if (segment > 0)
                magnitude = (magnitude | 0x100) << (segment - 1);
        return (int16_t)(code & SIGN ? (int)magnitude : -(int)magnitude);
}

/* Below 0 A-law counts from -1: its smallest steps are 0 to 15 and -1 to -16. */
uint8_t alaw_encode(int16_t sample)
{
        unsigned magnitude = sample < 0 ? (unsigned)~(int)sample : (unsigned)sample;
        unsigned segment = magnitude < 0x100 ? 0 : highest_bit(magnitude) - 7;
        unsigned step = segment > 1 ? segment + 3 : 4;
        unsigned code = (sample < 0 ? 0u : SIGN) | segment << 4 | (magnitude >> step & 0x0f);
        return (uint8_t)(code ^ ALAW_INVERTED);
}
