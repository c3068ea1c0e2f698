/* Tests of ports need the same thousand ports each time; a run of the same test from another build folder would be in
 * the way. The last port of the thousand is their lock: it goes with its process, however that ends. */
#ifndef SCCPGW_TESTS_MEDIA_GUARD_H
#define SCCPGW_TESTS_MEDIA_GUARD_H

#include <stdint.h>
#include <unistd.h>

#include "gateway/media/udp.h"

#define GUARD_TRIES 2400 /* of 100 ms; ctest gives up at 300 s */

/* -1 when the other run does not end. */
static inline int guard_take(uint16_t first)
{
        static const struct ip loopback = {.family = 4, .bytes = {127, 0, 0, 1}};
        int fd = -1;
        for (unsigned i = 0; i < GUARD_TRIES && (fd = udp_open(&loopback, (uint16_t)(first + 999), 0)) < 0; i++)
                usleep(100000);
        return fd;
}

#endif
