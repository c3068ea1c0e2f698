/* Phones that wanted to register and are not known, newest first: whoever sets one up finds it here. Bounded: a name
 * that knocks again is moved up, the oldest makes room. */
#ifndef SCCPGW_GATEWAY_KNOCKS_H
#define SCCPGW_GATEWAY_KNOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "gateway/base/addr.h"

#define KNOCKS_MAX 32

struct knock {
        char name[CONFIG_DEVICE_NAME_MAX + 1];
        uint32_t device_type;
        struct endpoint from;
        char text[48]; /* what its display was told */
        unsigned times;
        int64_t at_ms; /* monotonic */
};

/* Zero is empty. */
struct knocks {
        struct knock at[KNOCKS_MAX];
        size_t count;
        uint64_t total;
};

void knocks_add(struct knocks *knocks, const struct knock *knock); /* `times` is counted here */
void knocks_remove(struct knocks *knocks, const char *name);       /* it was admitted */

#endif
