/* A Kaiser window (beta 5) over the ideal half-band response, in 1/32768, scaled so that a constant stays what it is.
 * The output is late by half the filter's length: 1.5 ms. */
#include "gateway/media/resample.h"

#include <assert.h>
#include <string.h>

/* At distances 1, 3, 5 ... from the middle, whose own is 16384. */
static const int32_t pairs[RESAMPLE_PAIRS] = {10399, -3360, 1893, -1229, 839, -580, 397, -266, 171, -103, 57, -26};

static int16_t saturated(int32_t sample)
{
        return (int16_t)(sample > INT16_MAX ? INT16_MAX : sample < INT16_MIN ? INT16_MIN : sample);
}

/* The past, then the input. */
static void line_up(struct resample *resample, const int16_t *in, size_t count, int16_t *line)
{
        memcpy(line, resample->past, sizeof resample->past);
        memcpy(line + RESAMPLE_PAST, in, count * sizeof *in);
        memcpy(resample->past, line + count, sizeof resample->past);
}

/* The samples given stay as they are; those between them are the filter's, with twice its weight. */
void resample_up(struct resample *resample, const int16_t *in, size_t count, int16_t *out)
{
        int16_t line[RESAMPLE_PAST + RESAMPLE_MOST / 2];
        assert(count <= RESAMPLE_MOST / 2);
        line_up(resample, in, count, line);
        const int16_t *at = line + RESAMPLE_PAST - RESAMPLE_PAIRS;
        for (size_t i = 0; i < count; i++, at++) {
                int32_t between = 1 << 13;
                for (int k = 0; k < RESAMPLE_PAIRS; k++)
                        between += pairs[k] * (at[-k] + at[1 + k]);
                out[2 * i] = at[0];
                out[2 * i + 1] = saturated(between >> 14);
        }
}

void resample_down(struct resample *resample, const int16_t *in, size_t count, int16_t *out)
{
        int16_t line[RESAMPLE_PAST + RESAMPLE_MOST];
        assert(count <= RESAMPLE_MOST && count % 2 == 0);
        line_up(resample, in, count, line);
        const int16_t *at = line + RESAMPLE_PAST / 2;
        for (size_t i = 0; i < count / 2; i++, at += 2) {
                int32_t sum = at[0] * 16384 + (1 << 14);
                for (int k = 0; k < RESAMPLE_PAIRS; k++)
                        sum += pairs[k] * (at[-1 - 2 * k] + at[1 + 2 * k]);
                out[i] = saturated(sum >> 15);
        }
}
