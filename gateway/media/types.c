#include "gateway/media/types.h"

static bool is_equal(const struct types_set *a, const struct types_set *b)
{
        return a->bits[0] == b->bits[0] && a->bits[1] == b->bits[1];
}

/* Said again nothing changes: what came before is not kept alive by it. */
void types_agree(struct types *types, const struct types_set *set)
{
        struct types_set agreed = *set;
        types_add(&agreed, TYPES_COMFORT);
        if (types->known && is_equal(&types->agreed, &agreed))
                return;
        for (unsigned i = 0; i < 2 && types->known; i++)
                types->before.bits[i] |= types->agreed.bits[i];
        types->before_s = TYPES_BEFORE_S;
        types->agreed = agreed;
        types->known = true;
}

void types_second(struct types *types)
{
        if (types->before_s > 0 && --types->before_s == 0)
                types->before = (struct types_set){0};
}
