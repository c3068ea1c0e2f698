/* Near is one edit in three characters, one at least; of equals the first wins. */
#include "config/nearest.h"

#include <string.h>

#include "gateway/base/text.h"

#define WORD_MAX 64

bool nearest_offer(struct nearest *nearest, const char *candidate)
{
        size_t len = strlen(nearest->word);
        if (len == 0 || len > WORD_MAX || strlen(candidate) > WORD_MAX)
                return false;
        unsigned limit = len < 6 ? 1 + (len > 3) : (unsigned)len / 3;
        unsigned distance = text_distance(nearest->word, candidate, limit);
        if (distance > limit || (nearest->best && distance >= nearest->distance))
                return false;
        nearest->best = candidate;
        nearest->distance = distance;
        return true;
}

const char *nearest_word(const char *word, const char *const *words)
{
        struct nearest nearest = {.word = word};
        for (; *words; words++)
                nearest_offer(&nearest, *words);
        return nearest.best;
}
