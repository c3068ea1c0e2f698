/* The range of ports RTP may use, given out in pairs: RTP on the even port, RTCP on the next (RFC 3550 section 11).
 * A pair is bound before its number is told, so nobody else can have it; one given back rests for half a minute,
 * because packets of its last call may still arrive. The order is shuffled once and then longest unused first.
 * One thread owns it; the owner says what time it is. */
#ifndef SCCPGW_MEDIA_PORTS_H
#define SCCPGW_MEDIA_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/addr.h"

#define PORTS_REST_MS 30000

struct ports;

struct port_pair {
        uint16_t port; /* of RTP */
        int rtp, rtcp; /* descriptors, the taker's from now on */
};

enum ports_answer {
        PORTS_TAKEN,
        PORTS_NONE_LEFT, /* all in use, resting, or held by somebody else on this machine */
        PORTS_REFUSED,   /* the machine gives no socket: errno says why */
};

/* From the first even port on, as many whole pairs as the range holds; none is valid too. NULL: no memory. */
struct ports *ports_new(uint16_t first, uint16_t last, const struct ip *bind, uint8_t dscp);
void ports_free(struct ports *ports);

enum ports_answer ports_take(struct ports *ports, int64_t now_ms, struct port_pair *pair);
/* Both after the descriptors were closed. The first for pairs that were told to anybody; the second for one that was
 * not: it need not rest. */
void ports_give(struct ports *ports, int64_t now_ms, uint16_t port);
void ports_give_unused(struct ports *ports, uint16_t port);

size_t ports_used(const struct ports *ports);  /* pairs */
size_t ports_total(const struct ports *ports); /* pairs */

#endif
