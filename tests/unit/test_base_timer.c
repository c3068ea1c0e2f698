/* The timer heap: stories, and a random walk against a plain list of deadlines. */
#include "gateway/base/timer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A timer that writes its name into the world's record when it expires, and may do more. */
struct named {
        struct timer timer;
        struct world *world;
        char name;
        int64_t again_ms;    /* set again for this time, when not 0 */
        struct named *clear; /* another one to clear */
};

struct world {
        struct timer_heap heap;
        char record[32];
        size_t count;
};

static void note(struct timer *timer)
{
        struct named *named = (struct named *)timer;
        struct world *world = named->world;
        assert_int_equal(timer->place, 0);
        assert_true(world->count + 1 < sizeof world->record);
        world->record[world->count++] = named->name;
        if (named->again_ms)
                assert_true(timer_set(&world->heap, timer, named->again_ms));
        if (named->clear)
                timer_clear(&world->heap, &named->clear->timer);
}

static struct named named(struct world *world, char name)
{
        return (struct named){.timer.expired = note, .world = world, .name = name};
}

static void due_timers_are_called_earliest_first(void **state)
{
        (void)state;
        struct world world = {0};
        struct named a = named(&world, 'a'), b = named(&world, 'b'), c = named(&world, 'c');
        assert_true(timer_set(&world.heap, &c.timer, 30));
        assert_true(timer_set(&world.heap, &a.timer, 10));
        assert_true(timer_set(&world.heap, &b.timer, 20));
        assert_int_equal(timer_next_ms(&world.heap), 10);
        timer_run(&world.heap, 9);
        assert_string_equal(world.record, "");
        timer_run(&world.heap, 20);
        assert_string_equal(world.record, "ab");
        assert_int_equal(timer_next_ms(&world.heap), 30);
        timer_run(&world.heap, 1000);
        assert_string_equal(world.record, "abc");
        timer_heap_free(&world.heap);
}

static void an_empty_heap_is_never_due(void **state)
{
        (void)state;
        struct timer_heap heap = {0};
        assert_true(timer_next_ms(&heap) == INT64_MAX);
        timer_run(&heap, INT64_MAX);
        timer_heap_free(&heap);
}

static void setting_a_set_timer_moves_it(void **state)
{
        (void)state;
        struct world world = {0};
        struct named a = named(&world, 'a'), b = named(&world, 'b');
        timer_set(&world.heap, &a.timer, 10);
        timer_set(&world.heap, &b.timer, 20);
        timer_set(&world.heap, &a.timer, 30);
        assert_int_equal(world.heap.count, 2);
        assert_int_equal(timer_next_ms(&world.heap), 20);
        timer_set(&world.heap, &a.timer, 5);
        assert_int_equal(timer_next_ms(&world.heap), 5);
        timer_run(&world.heap, 100);
        assert_string_equal(world.record, "ab");
        timer_heap_free(&world.heap);
}

static void a_cleared_timer_stays_silent_and_may_be_cleared_again(void **state)
{
        (void)state;
        struct world world = {0};
        struct named a = named(&world, 'a');
        timer_clear(&world.heap, &a.timer);
        timer_set(&world.heap, &a.timer, 10);
        timer_clear(&world.heap, &a.timer);
        timer_clear(&world.heap, &a.timer);
        timer_run(&world.heap, 10);
        assert_string_equal(world.record, "");
        timer_heap_free(&world.heap);
}

static void a_timer_may_clear_another_that_is_due_too(void **state)
{
        (void)state;
        struct world world = {0};
        struct named a = named(&world, 'a'), b = named(&world, 'b'), c = named(&world, 'c');
        a.clear = &b;
        timer_set(&world.heap, &a.timer, 1);
        timer_set(&world.heap, &b.timer, 2);
        timer_set(&world.heap, &c.timer, 3);
        timer_run(&world.heap, 10);
        assert_string_equal(world.record, "ac");
        timer_heap_free(&world.heap);
}

static void a_timer_may_set_itself_again(void **state)
{
        (void)state;
        struct world world = {0};
        struct named a = named(&world, 'a');
        a.again_ms = 50;
        timer_set(&world.heap, &a.timer, 10);
        timer_run(&world.heap, 10);
        assert_string_equal(world.record, "a");
        assert_int_equal(timer_next_ms(&world.heap), 50);
        timer_heap_free(&world.heap);
}

static void a_timer_that_is_always_due_again_cannot_hold_a_run(void **state)
{
        (void)state;
        struct world world = {0};
        struct named a = named(&world, 'a'), b = named(&world, 'b');
        a.again_ms = 10;
        timer_set(&world.heap, &a.timer, 10);
        timer_set(&world.heap, &b.timer, 5);
        timer_run(&world.heap, 10);
        assert_string_equal(world.record, "ba");
        assert_int_equal(timer_next_ms(&world.heap), 10);
        timer_heap_free(&world.heap);
}

static void free_itself(struct timer *timer)
{
        free(timer);
}

static void a_timer_may_be_freed_by_its_own_call(void **state)
{
        (void)state;
        struct timer_heap heap = {0};
        for (int i = 0; i < 10; i++) {
                struct timer *timer = calloc(1, sizeof *timer);
                timer->expired = free_itself;
                timer_set(&heap, timer, i % 3);
        }
        timer_run(&heap, 5);
        assert_int_equal(heap.count, 0);
        timer_heap_free(&heap);
}

static void freeing_the_heap_clears_what_is_set(void **state)
{
        (void)state;
        struct world world = {0};
        struct named a = named(&world, 'a');
        timer_set(&world.heap, &a.timer, 10);
        timer_heap_free(&world.heap);
        assert_int_equal(a.timer.place, 0);
        timer_clear(&world.heap, &a.timer);
        assert_true(timer_set(&world.heap, &a.timer, 10));
        assert_int_equal(timer_next_ms(&world.heap), 10);
        timer_heap_free(&world.heap);
}

#define WALKERS 500

static unsigned walk_calls;

static void count_call(struct timer *timer)
{
        assert_int_equal(timer->place, 0);
        walk_calls++;
}

static void heap_is_sound(const struct timer_heap *heap)
{
        for (size_t place = 1; place <= heap->count; place++) {
                assert_int_equal(heap->entries[place - 1]->place, place);
                assert_true(place == 1 || heap->entries[place / 2 - 1]->due_ms <= heap->entries[place - 1]->due_ms);
        }
}

static void a_random_walk_agrees_with_a_plain_list(void **state)
{
        (void)state;
        struct timer_heap heap = {0};
        struct timer timers[WALKERS] = {0};
        int64_t due[WALKERS], now = 0; /* INT64_MAX: not set */
        for (size_t i = 0; i < WALKERS; i++)
                due[i] = INT64_MAX, timers[i].expired = count_call;
        srand(17);
        for (int step = 0; step < 20000; step++) {
                size_t i = (size_t)rand() % WALKERS;
                unsigned expected = 0;
                int64_t next = INT64_MAX;
                switch (rand() % 4) {
                case 0:
                        timer_clear(&heap, &timers[i]);
                        due[i] = INT64_MAX;
                        break;
                case 1:
                        now += rand() % 20;
                        for (size_t j = 0; j < WALKERS; j++)
                                if (due[j] <= now)
                                        expected++, due[j] = INT64_MAX;
                        walk_calls = 0;
                        timer_run(&heap, now);
                        assert_int_equal(walk_calls, expected);
                        break;
                default:
                        due[i] = now + rand() % 1000;
                        assert_true(timer_set(&heap, &timers[i], due[i]));
                }
                for (size_t j = 0; j < WALKERS; j++) {
                        next = due[j] < next ? due[j] : next;
                        assert_int_equal(timers[j].place != 0, due[j] != INT64_MAX);
                }
                assert_true(timer_next_ms(&heap) == next);
                heap_is_sound(&heap);
        }
        timer_heap_free(&heap);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(due_timers_are_called_earliest_first),
                cmocka_unit_test(an_empty_heap_is_never_due),
                cmocka_unit_test(setting_a_set_timer_moves_it),
                cmocka_unit_test(a_cleared_timer_stays_silent_and_may_be_cleared_again),
                cmocka_unit_test(a_timer_may_clear_another_that_is_due_too),
                cmocka_unit_test(a_timer_may_set_itself_again),
                cmocka_unit_test(a_timer_that_is_always_due_again_cannot_hold_a_run),
                cmocka_unit_test(a_timer_may_be_freed_by_its_own_call),
                cmocka_unit_test(freeing_the_heap_clears_what_is_set),
                cmocka_unit_test(a_random_walk_agrees_with_a_plain_list),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
