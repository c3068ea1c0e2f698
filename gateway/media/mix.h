/* Adding voices, and what each listener hears of the sum: all but himself. Several loud talkers are more than a sample
 * holds; the listener's volume then goes down with the loudest sample, within 2 ms, and comes back in about half a
 * second, so nothing is cut off but the first peak. Pure. */
#ifndef SCCPGW_MEDIA_MIX_H
#define SCCPGW_MEDIA_MIX_H

#include <stddef.h>
#include <stdint.h>

enum { MIX_MOST = 320 /* samples of 20 ms at 16 kHz */ };

struct mix_volume {
        float turned_down; /* 0: as it is, 1: silent */
};

void mix_add(int32_t *sum, const int16_t *voice, size_t count);
/* `own` may be NULL: one who only listens. */
void mix_listen(const int32_t *sum, const int16_t *own, size_t count, struct mix_volume *volume, int16_t *heard);

#endif
