/* What RFC 3550 says of a stream of RTP packets by their headers: how many were lost on the way, and how unevenly they
 * came. One source at a time; what earlier ones lost is kept. Pure. */
#ifndef SCCPGW_MEDIA_RECEPTION_H
#define SCCPGW_MEDIA_RECEPTION_H

#include <stdbool.h>
#include <stdint.h>

struct reception {
        bool begun;
        uint16_t first, newest, jumped_to; /* sequence numbers; the last: expected next if a jump was a new beginning */
        bool has_jumped;
        uint32_t cycles;   /* how often the sequence number has begun again */
        uint32_t received; /* packets of this source, since `first` */
        uint32_t ssrc, timestamp;
        uint32_t transit; /* of the newest: arrival without its timestamp, in units of the timestamp */
        uint32_t jitter;  /* times 16, as in RFC 3550 appendix A.8 */
        uint64_t lost_before;
};

/* A packet came, whose header is one of RTP; `now_us` is any clock that goes evenly, `clock_hz` that of its timestamps.
 */
void reception_note(struct reception *reception, const uint8_t *header, int64_t now_us, uint32_t clock_hz);

uint64_t reception_lost(const struct reception *reception);   /* packets; those that came twice count against it */
uint32_t reception_jitter(const struct reception *reception); /* in units of the timestamp */

#endif
