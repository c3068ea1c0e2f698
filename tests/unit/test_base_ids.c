/* Names with generations, and the map from foreign names to ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gateway/base/ids.h"

static void an_id_that_was_given_back_is_not_valid(void **state)
{
        (void)state;
        struct id_pool pool;
        assert_true(id_pool_init(&pool, 4));
        uint32_t first = id_take(&pool);
        assert_true(id_valid(&pool, first));
        id_give(&pool, first);
        assert_false(id_valid(&pool, first));
        for (int i = 0; i < 4; i++)
                assert_int_not_equal(id_take(&pool), first);
        assert_false(id_valid(&pool, first));
        id_pool_free(&pool);
}

static void a_full_pool_answers_zero_and_recovers(void **state)
{
        (void)state;
        struct id_pool pool;
        assert_true(id_pool_init(&pool, 2));
        uint32_t a = id_take(&pool), b = id_take(&pool);
        assert_true(a && b && a != b);
        assert_int_equal(id_take(&pool), 0);
        id_give(&pool, a);
        uint32_t c = id_take(&pool);
        assert_true(c && c != a && id_slot(&pool, c) == id_slot(&pool, a));
        id_pool_free(&pool);
}

static void ids_stay_below_2_31_and_never_zero(void **state)
{
        (void)state;
        struct id_pool pool;
        assert_true(id_pool_init(&pool, 1u << 20));
        for (int i = 0; i < 3; i++) /* wrap the generations by hand: a real run would take 2^31 calls */
                pool.generation[i] = 0xfffffff0u;
        for (int i = 0; i < 5000000; i++) {
                uint32_t id = id_take(&pool);
                assert_true(id && id < 0x80000000u && id_valid(&pool, id));
                id_give(&pool, id);
        }
        id_pool_free(&pool);
}

static void zero_is_never_valid(void **state)
{
        (void)state;
        struct id_pool pool;
        assert_true(id_pool_init(&pool, 8));
        assert_false(id_valid(&pool, 0));
        for (int i = 0; i < 8; i++)
                id_take(&pool);
        assert_false(id_valid(&pool, 0));
        id_pool_free(&pool);
}

static void the_map_agrees_with_a_plain_array(void **state)
{
        (void)state;
        enum { KEYS = 500 };
        struct id_map map;
        uint32_t expected[KEYS + 1] = {0};
        assert_true(id_map_init(&map, KEYS));
        srand(7);
        for (int i = 0; i < 200000; i++) {
                uint32_t key = 1 + (uint32_t)rand() % KEYS;
                if (rand() % 2) {
                        expected[key] = 1 + (uint32_t)rand();
                        id_map_set(&map, key << 20 | key, expected[key]);
                } else {
                        expected[key] = 0;
                        id_map_remove(&map, key << 20 | key);
                }
                uint32_t probe = 1 + (uint32_t)rand() % KEYS;
                assert_int_equal(id_map_get(&map, probe << 20 | probe), expected[probe]);
        }
        assert_int_equal(id_map_get(&map, 0), 0);
        id_map_free(&map);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_id_that_was_given_back_is_not_valid),
                cmocka_unit_test(a_full_pool_answers_zero_and_recovers),
                cmocka_unit_test(ids_stay_below_2_31_and_never_zero),
                cmocka_unit_test(zero_is_never_valid),
                cmocka_unit_test(the_map_agrees_with_a_plain_array),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
