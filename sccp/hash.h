/* Sixteen bytes to a bucket: names of devices and addresses both fit. The key is drawn at start, so that nobody outside
 * can choose names or addresses that meet in one bucket. */
#ifndef SCCPGW_SCCP_HASH_H
#define SCCPGW_SCCP_HASH_H

#include <stdint.h>
#include <string.h>

struct hash_key {
        uint64_t words[2];
};

/* The high half of a product depends on all bits of both factors; two rounds, so that no factor is known outside. */
static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
        __extension__ typedef unsigned __int128 product;
        product wide = (product)a * b;
        return (uint64_t)wide ^ (uint64_t)(wide >> 64);
}

static inline uint64_t hash_16(const struct hash_key *key, const uint8_t bytes[16])
{
        uint64_t words[2];
        memcpy(words, bytes, sizeof words);
        uint64_t folded = hash_fold(words[0] ^ key->words[0], words[1] ^ key->words[1]);
        return hash_fold(folded ^ key->words[1], key->words[0] | 1);
}

#endif
