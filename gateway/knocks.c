#include "gateway/knocks.h"

#include <string.h>

#include "gateway/base/text.h"

/* Where it stands; the count when it does not. */
static size_t place_of(const struct knocks *knocks, const char *name)
{
        size_t i = 0;
        while (i < knocks->count && !text_equal(knocks->at[i].name, name))
                i++;
        return i;
}

void knocks_add(struct knocks *knocks, const struct knock *knock)
{
        size_t place = place_of(knocks, knock->name);
        unsigned times = place < knocks->count ? knocks->at[place].times : 0;
        if (place == KNOCKS_MAX)
                place--;
        else if (place == knocks->count)
                knocks->count++;
        memmove(&knocks->at[1], &knocks->at[0], place * sizeof knocks->at[0]);
        knocks->at[0] = *knock;
        knocks->at[0].times = times + 1;
        knocks->total++;
}

void knocks_remove(struct knocks *knocks, const char *name)
{
        size_t place = place_of(knocks, name);
        if (place == knocks->count)
                return;
        knocks->count--;
        memmove(&knocks->at[place], &knocks->at[place + 1], (knocks->count - place) * sizeof knocks->at[0]);
}
