/* The ear's side of what is missing: a hole is filled with the last period of the voice, which fades within 60 ms; what
 * comes after it is blended in; and some milliseconds are taken out of a voice where it is like itself. Samples are of
 * one rate, 8 or 16 a millisecond, as long as the state is not begun anew. Start it first. Pure. */
#ifndef SCCPGW_MEDIA_CONCEAL_H
#define SCCPGW_MEDIA_CONCEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONCEAL_PAST_MS = 40, CONCEAL_RATE_MOST = 16, CONCEAL_PAST = CONCEAL_PAST_MS * CONCEAL_RATE_MOST };

struct conceal {
        unsigned rate;              /* samples per millisecond */
        size_t lost;                /* samples filled since the hole began */
        size_t period;              /* of the voice before it */
        int16_t past[CONCEAL_PAST]; /* heard last; the newest at the end */
};

void conceal_start(struct conceal *conceal, unsigned rate);
void conceal_heard(struct conceal *conceal, int16_t *samples, size_t count); /* blended in when it follows a hole */
void conceal_lost(struct conceal *conceal, int16_t *samples, size_t count);  /* fills */
void conceal_broken(struct conceal *conceal); /* what is heard next does not follow: blend it in */

/* The shift, `least` to `most` samples, at which `samples` is most like itself; `most` + `blend` must be there. */
size_t conceal_likeness(const int16_t *samples, size_t blend, size_t least, size_t most);
/* Writes `count` samples of `samples` with `shift` of them taken out, blended over the first `blend`; `count` + `shift`
 * must be there. */
void conceal_squeeze(const int16_t *samples, size_t shift, size_t blend, int16_t *squeezed, size_t count);

#endif
