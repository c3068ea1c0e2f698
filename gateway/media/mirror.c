/* A sequence lock. Every word is an atomic of its own, released by the one and acquired by the other: who reads a word
 * of a newer version reads its odd number behind it, or a later one, and begins again. */
#include "gateway/media/mirror.h"

#include <string.h>

_Static_assert(sizeof(struct relay_counters) == MIRROR_WORDS * sizeof(uint64_t),
               "counters are words, and nothing else");

enum { TRIES = 100 }; /* a change takes less than a microsecond, once a second; then the looker gives up */

void mirror_show(struct mirror *mirror, uint32_t name, const struct relay_counters *counters)
{
        uint64_t words[MIRROR_WORDS];
        memcpy(words, counters, sizeof words);
        uint_fast32_t version = atomic_load_explicit(&mirror->version, memory_order_relaxed);
        atomic_store_explicit(&mirror->version, version + 1, memory_order_relaxed);
        atomic_store_explicit(&mirror->name, name, memory_order_release);
        for (unsigned i = 0; i < MIRROR_WORDS; i++)
                atomic_store_explicit(&mirror->words[i], words[i], memory_order_release);
        atomic_store_explicit(&mirror->version, version + 2, memory_order_release);
}

static bool look_once(const struct mirror *mirror, uint32_t *name, struct relay_counters *counters)
{
        uint64_t words[MIRROR_WORDS];
        uint_fast32_t version = atomic_load_explicit(&mirror->version, memory_order_acquire);
        *name = (uint32_t)atomic_load_explicit(&mirror->name, memory_order_acquire);
        for (unsigned i = 0; i < MIRROR_WORDS; i++)
                words[i] = atomic_load_explicit(&mirror->words[i], memory_order_acquire);
        memcpy(counters, words, sizeof words);
        return version % 2 == 0 && atomic_load_explicit(&mirror->version, memory_order_relaxed) == version;
}

bool mirror_look(const struct mirror *mirror, uint32_t name, struct relay_counters *counters)
{
        uint32_t shown;
        for (unsigned i = 0; i < TRIES; i++)
                if (look_once(mirror, &shown, counters))
                        return shown == name;
        return false;
}
