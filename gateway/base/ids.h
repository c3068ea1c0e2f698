/* Names for things that come and go: a slot and how often it was used. A name that outlived its thing finds nothing,
 * so names may cross threads and wires where pointers may not. */
#ifndef SCCPGW_BASE_IDS_H
#define SCCPGW_BASE_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A fixed number of slots; names are 1..0x7fffffff and come back only after all generations of their slot, which is
 * minutes at any rate of calls (SCCP call references must not be reused soon, flows.md section 1). */
struct id_pool {
        uint32_t *generation; /* per slot; odd while taken */
        uint32_t *free;       /* a ring: the slot longest unused is taken next */
        uint32_t slots, n_free, next_free;
};

bool id_pool_init(struct id_pool *pool, uint32_t slots); /* a power of two, at most 2^20; false: no memory */
void id_pool_free(struct id_pool *pool);
uint32_t id_take(struct id_pool *pool);                         /* 0: all taken */
void id_give(struct id_pool *pool, uint32_t id);
bool id_valid(const struct id_pool *pool, uint32_t id);         /* taken now, and of this generation */
uint32_t id_slot(const struct id_pool *pool, uint32_t id);      /* index for a valid id */

/* Foreign names (SIP's) to ours: open addressing, never fuller than half. */
struct id_map {
        uint32_t *keys, *values; /* key 0: empty */
        uint32_t room, used;
};

bool id_map_init(struct id_map *map, uint32_t most); /* holds at most so many */
void id_map_free(struct id_map *map);
void id_map_set(struct id_map *map, uint32_t key, uint32_t value);
uint32_t id_map_get(const struct id_map *map, uint32_t key); /* 0: not there */
void id_map_remove(struct id_map *map, uint32_t key);

#endif
