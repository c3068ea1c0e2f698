/* Which payload types of RTP one side may send: those agreed on, and for a while those agreed on before, because
 * packets are on their way when an offer is answered. Before anything was agreed every type may come. Pure. */
#ifndef SCCPGW_MEDIA_TYPES_H
#define SCCPGW_MEDIA_TYPES_H

#include <stdbool.h>
#include <stdint.h>

enum {
        TYPES_BEFORE_S = 3, /* how long those agreed on before may come, in looks */
        TYPES_COMFORT = 13, /* comfort noise (RFC 3389), which some send unasked: it does no harm */
};

/* Payload types, 0 to 127. */
struct types_set {
        uint64_t bits[2];
};

struct types {
        struct types_set agreed, before;
        uint8_t before_s; /* looks until `before` is forgotten */
        bool known;       /* something was agreed */
};

static inline void types_add(struct types_set *set, uint8_t type)
{
        set->bits[type >> 6 & 1] |= UINT64_C(1) << (type & 63);
}

static inline bool types_has(const struct types_set *set, uint8_t type)
{
        return set->bits[type >> 6 & 1] >> (type & 63) & 1;
}

static inline bool types_allow(const struct types *types, uint8_t type)
{
        return !types->known || types_has(&types->agreed, type) || types_has(&types->before, type);
}

void types_agree(struct types *types, const struct types_set *set);
void types_second(struct types *types); /* once a second */

#endif
