/* Counters that one thread shows now and then and another looks at whenever it likes, without waiting for each other.
 */
#ifndef SCCPGW_MEDIA_MIRROR_H
#define SCCPGW_MEDIA_MIRROR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway/media/relay.h"

enum { MIRROR_WORDS = sizeof(struct relay_counters) / sizeof(uint64_t) };

/* Zero: nothing was shown. */
struct mirror {
        atomic_uint_fast32_t version; /* odd while it changes */
        atomic_uint_fast32_t name;
        atomic_uint_fast64_t words[MIRROR_WORDS];
};

void mirror_show(struct mirror *mirror, uint32_t name, const struct relay_counters *counters);

/* The newest that was shown under that name; false: none. */
bool mirror_look(const struct mirror *mirror, uint32_t name, struct relay_counters *counters);

#endif
