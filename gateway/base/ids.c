/* Slots that carry a generation, and a small hash map without tombstones. */
#include "gateway/base/ids.h"

#include <assert.h>
#include <stdlib.h>

bool id_pool_init(struct id_pool *pool, uint32_t slots)
{
        assert(slots && (slots & (slots - 1)) == 0 && slots <= 1u << 20);
        pool->generation = calloc(slots, sizeof *pool->generation);
        pool->free = malloc(slots * sizeof *pool->free);
        if (!pool->generation || !pool->free) {
                id_pool_free(pool);
                return false;
        }
        for (uint32_t i = 0; i < slots; i++)
                pool->free[i] = i;
        pool->slots = pool->n_free = slots;
        pool->next_free = 0;
        return true;
}

void id_pool_free(struct id_pool *pool)
{
        free(pool->generation);
        free(pool->free);
        *pool = (struct id_pool){0};
}

/* Half of the generations are free states, so a slot's name repeats after 2^30 / slots uses. */
static uint32_t id_of(const struct id_pool *pool, uint32_t slot)
{
        uint32_t round = (pool->generation[slot] / 2) % (0x7fffffffu / pool->slots - 1);
        return (round + 1) * pool->slots + slot;
}

uint32_t id_take(struct id_pool *pool)
{
        if (!pool->n_free)
                return 0;
        uint32_t slot = pool->free[pool->next_free];
        pool->next_free = (pool->next_free + 1) & (pool->slots - 1);
        pool->n_free--;
        pool->generation[slot]++;
        return id_of(pool, slot);
}

void id_give(struct id_pool *pool, uint32_t id)
{
        assert(id_valid(pool, id));
        uint32_t slot = id_slot(pool, id);
        pool->generation[slot]++;
        pool->free[(pool->next_free + pool->n_free) & (pool->slots - 1)] = slot;
        pool->n_free++;
}

uint32_t id_slot(const struct id_pool *pool, uint32_t id)
{
        return id & (pool->slots - 1);
}

bool id_valid(const struct id_pool *pool, uint32_t id)
{
        uint32_t slot = id_slot(pool, id);
        return pool->generation[slot] % 2 == 1 && id_of(pool, slot) == id;
}

bool id_map_init(struct id_map *map, uint32_t most)
{
        map->room = 16;
        while (map->room < 2 * most)
                map->room *= 2;
        map->keys = calloc(map->room, sizeof *map->keys);
        map->values = calloc(map->room, sizeof *map->values);
        map->used = 0;
        if (map->keys && map->values)
                return true;
        id_map_free(map);
        return false;
}

void id_map_free(struct id_map *map)
{
        free(map->keys);
        free(map->values);
        *map = (struct id_map){0};
}

static uint32_t home(const struct id_map *map, uint32_t key)
{
        return key * 2654435761u & (map->room - 1); /* Knuth's multiplicative hash: neighbours spread */
}

static uint32_t find(const struct id_map *map, uint32_t key)
{
        uint32_t at = home(map, key);
        while (map->keys[at] && map->keys[at] != key)
                at = (at + 1) & (map->room - 1);
        return at;
}

void id_map_set(struct id_map *map, uint32_t key, uint32_t value)
{
        assert(key && value);
        uint32_t at = find(map, key);
        if (!map->keys[at]) {
                assert(2 * map->used < map->room);
                map->used++;
        }
        map->keys[at] = key;
        map->values[at] = value;
}

uint32_t id_map_get(const struct id_map *map, uint32_t key)
{
        return key ? map->values[find(map, key)] : 0;
}

/* What follows in the same run is put back in its place, so that no tombstones are needed. */
void id_map_remove(struct id_map *map, uint32_t key)
{
        uint32_t hole = find(map, key);
        if (!map->keys[hole])
                return;
        map->keys[hole] = map->values[hole] = 0;
        map->used--;
        for (uint32_t at = (hole + 1) & (map->room - 1); map->keys[at]; at = (at + 1) & (map->room - 1)) {
                uint32_t moved = map->keys[at], value = map->values[at];
                map->keys[at] = map->values[at] = 0;
                uint32_t to = find(map, moved);
                map->keys[to] = moved;
                map->values[to] = value;
        }
}
