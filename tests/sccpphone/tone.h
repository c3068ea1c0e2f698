/* Audio in 8 kHz samples: making a tone, G.711, and measuring how much of one frequency is in it. */
#ifndef SCCPPHONE_TONE_H
#define SCCPPHONE_TONE_H

#include <stddef.h>
#include <stdint.h>

#define TONE_RATE 8000

struct tone {
        double phase;
        unsigned hz; /* 0: silence */
};

int16_t tone_next(struct tone *tone, unsigned rate); /* at about -12 dBFS */

uint8_t ulaw_encode(int16_t sample);
uint8_t alaw_encode(int16_t sample);
int16_t ulaw_decode(uint8_t byte);
int16_t alaw_decode(uint8_t byte);

/* The part of the block's energy that lies at `hz`, 0 to 1 (Goertzel); 0 for a block quieter than about -45 dBFS. */
double tone_share(const int16_t *samples, size_t count, unsigned hz);
double tone_level(const int16_t *samples, size_t count); /* root mean square, 0 to 32767 */

#endif
