/* Likeness is correlation, squared, by loudness: no square root, and a shift into silence is not alike. A hole is
 * filled by turning on the spot, so its period is looked for once, when it begins. */
#include "gateway/media/conceal.h"

#include <string.h>

enum {
        PERIOD_LEAST_X4 = 10, /* quarter milliseconds: 2.5 ms, 400 Hz */
        PERIOD_MOST_MS = 15,  /* 66 Hz */
        COMPARED_MS = 10,
        WHOLE_MS = 10, /* before it begins to fade */
        FADED_MS = 60,
        BLEND_MS = 4,
};

void conceal_start(struct conceal *conceal, unsigned rate)
{
        *conceal = (struct conceal){.rate = rate};
}

static int16_t *past_of(struct conceal *conceal)
{
        return conceal->past + CONCEAL_PAST - CONCEAL_PAST_MS * conceal->rate;
}

static void remember(struct conceal *conceal, const int16_t *samples, size_t count)
{
        size_t room = CONCEAL_PAST_MS * conceal->rate;
        int16_t *past = past_of(conceal);
        if (count >= room) {
                memcpy(past, samples + count - room, room * sizeof *past);
                return;
        }
        memmove(past, past + count, (room - count) * sizeof *past);
        memcpy(past + room - count, samples, count * sizeof *past);
}

/* Both as sums of squares: alike when the one is large in terms of the other. */
static double likeness_at(const int16_t *samples, size_t blend, size_t shift)
{
        int64_t product = 0, loudness = 1;
        for (size_t i = 0; i < blend; i++) {
                int32_t there = samples[i + shift];
                product += samples[i] * there;
                loudness += there * there;
        }
        double like = (double)product;
        return like * (like < 0 ? -like : like) / (double)loudness;
}

size_t conceal_likeness(const int16_t *samples, size_t blend, size_t least, size_t most)
{
        size_t best = least;
        double best_like = likeness_at(samples, blend, least);
        for (size_t shift = least + 1; shift <= most; shift++) {
                double like = likeness_at(samples, blend, shift);
                if (like > best_like) {
                        best = shift;
                        best_like = like;
                }
        }
        return best;
}

static int16_t mixed(int from, int to, size_t step, size_t steps)
{
        return (int16_t)(from + (to - from) * (int)step / (int)steps);
}

void conceal_squeeze(const int16_t *samples, size_t shift, size_t blend, int16_t *squeezed, size_t count)
{
        for (size_t i = 0; i < blend; i++)
                squeezed[i] = mixed(samples[i], samples[i + shift], i, blend);
        memcpy(squeezed + blend, samples + shift + blend, (count - blend) * sizeof *samples);
}

/* The end of the past is compared with what was `period` before it, so the search runs backwards from the end. */
static size_t period_of(struct conceal *conceal)
{
        unsigned rate = conceal->rate;
        size_t room = CONCEAL_PAST_MS * rate, compared = COMPARED_MS * rate, longest = PERIOD_MOST_MS * rate;
        int16_t backwards[CONCEAL_PAST];
        const int16_t *past = past_of(conceal);
        for (size_t i = 0; i < compared + longest; i++)
                backwards[i] = past[room - 1 - i];
        return conceal_likeness(backwards, compared, PERIOD_LEAST_X4 * rate / 4, longest);
}

static int16_t filled(struct conceal *conceal, size_t at)
{
        size_t whole = WHOLE_MS * conceal->rate, faded = FADED_MS * conceal->rate;
        if (at >= faded)
                return 0;
        size_t room = CONCEAL_PAST_MS * conceal->rate;
        int sample = past_of(conceal)[room - conceal->period + at % conceal->period];
        return at < whole ? (int16_t)sample : mixed(sample, 0, at - whole, faded - whole);
}

void conceal_lost(struct conceal *conceal, int16_t *samples, size_t count)
{
        if (conceal->lost == 0)
                conceal->period = period_of(conceal);
        for (size_t i = 0; i < count; i++)
                samples[i] = filled(conceal, conceal->lost + i);
        size_t faded = FADED_MS * conceal->rate;
        conceal->lost = conceal->lost + count < faded ? conceal->lost + count : faded;
}

void conceal_broken(struct conceal *conceal)
{
        if (conceal->lost > 0)
                return;
        int16_t one;
        conceal_lost(conceal, &one, 1);
        conceal->lost = 1;
}

void conceal_heard(struct conceal *conceal, int16_t *samples, size_t count)
{
        if (conceal->lost > 0) {
                size_t blend = BLEND_MS * conceal->rate;
                if (blend > count)
                        blend = count;
                for (size_t i = 0; i < blend; i++)
                        samples[i] = mixed(filled(conceal, conceal->lost + i), samples[i], i, blend);
                conceal->lost = 0;
        }
        remember(conceal, samples, count);
}
