/* Twice the rate and half the rate: a half-band filter (every second coefficient is 0, the middle one a half). Flat to
 * 3.4 kHz, whatever would fold lies 50 dB down from 4.6 kHz on. Zero is a valid state. Pure. */
#ifndef SCCPGW_MEDIA_RESAMPLE_H
#define SCCPGW_MEDIA_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

enum {
        RESAMPLE_PAIRS = 12,                /* coefficients on one side, without the zeros */
        RESAMPLE_PAST = 4 * RESAMPLE_PAIRS, /* samples kept from call to call, more than are needed */
        RESAMPLE_MOST = 320,                /* samples of the higher rate in one call */
};

struct resample {
        int16_t past[RESAMPLE_PAST]; /* of the input */
};

void resample_up(struct resample *resample, const int16_t *in, size_t count, int16_t *out);   /* writes 2 * count */
void resample_down(struct resample *resample, const int16_t *in, size_t count, int16_t *out); /* writes count / 2 */

#endif
