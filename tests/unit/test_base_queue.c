/* The queue between two threads: order, bounds, and a descriptor that neither sleeps on items nor spins on none. */
#include "gateway/base/queue.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

/* The queue's own calls to the kernel, with a door: what the other thread might do at that moment can be done there. */
static void (*before_write)(struct queue *queue), (*after_read)(struct queue *queue);
static struct queue *watched;

static void open_door(void (**door)(struct queue *queue))
{
        void (*act)(struct queue * queue) = *door;
        if (!act)
                return;
        *door = NULL; /* once: what is done there may come by here again */
        act(watched);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
        open_door(&before_write);
        return syscall(SYS_write, fd, bytes, len);
}

ssize_t read(int fd, void *bytes, size_t len)
{
        ssize_t answer = syscall(SYS_read, fd, bytes, len);
        open_door(&after_read);
        return answer;
}

#define LOST_MS 10000 /* a wake-up this late is a lost one */

static bool is_readable(const struct queue *queue)
{
        struct pollfd fd = {queue_fd(queue), POLLIN, 0};
        return poll(&fd, 1, 0) == 1;
}

static void items_come_out_in_order_and_whole(void **state)
{
        (void)state;
        struct item {
                char text[37];
        } in = {{0}}, out;
        struct queue *queue = queue_new(sizeof in, 4);
        for (int round = 0; round < 10; round++) {
                for (char c = 'a'; c < 'd'; c++) {
                        memset(in.text, c, sizeof in.text);
                        assert_true(queue_push(queue, &in));
                }
                assert_int_equal(queue_length(queue), 3);
                for (char c = 'a'; c < 'd'; c++) {
                        memset(in.text, c, sizeof in.text);
                        assert_true(queue_pop(queue, &out));
                        assert_memory_equal(out.text, in.text, sizeof in.text);
                }
                assert_false(queue_pop(queue, &out));
                assert_int_equal(queue_length(queue), 0);
        }
        queue_free(queue);
}

static void a_full_queue_refuses_and_changes_nothing(void **state)
{
        (void)state;
        struct queue *queue = queue_new(sizeof(int), 2);
        for (int i = 0; i < 2; i++)
                assert_true(queue_push(queue, &i));
        int more = 9, out;
        assert_false(queue_push(queue, &more));
        assert_int_equal(queue_length(queue), 2);
        assert_true(queue_pop(queue, &out));
        assert_int_equal(out, 0);
        assert_true(queue_push(queue, &more));
        assert_true(queue_pop(queue, &out));
        assert_int_equal(out, 1);
        assert_true(queue_pop(queue, &out));
        assert_int_equal(out, 9);
        queue_free(queue);
}

static void a_queue_of_one_slot_works(void **state)
{
        (void)state;
        struct queue *queue = queue_new(1, 1);
        char in = 'x', out = 0;
        assert_true(queue_push(queue, &in));
        assert_false(queue_push(queue, &in));
        assert_true(queue_pop(queue, &out));
        assert_int_equal(out, 'x');
        assert_false(queue_pop(queue, &out));
        queue_free(queue);
}

static void the_descriptor_is_readable_until_pop_says_empty(void **state)
{
        (void)state;
        struct queue *queue = queue_new(sizeof(int), 8);
        int item = 1;
        assert_false(is_readable(queue));
        for (int i = 0; i < 3; i++)
                queue_push(queue, &item);
        for (int i = 0; i < 3; i++) {
                assert_true(is_readable(queue));
                assert_true(queue_pop(queue, &item));
        }
        assert_false(queue_pop(queue, &item));
        assert_false(is_readable(queue));
        queue_push(queue, &item);
        assert_true(is_readable(queue));
        queue_free(queue);
}

static void push_two(struct queue *queue)
{
        for (int i = 1; i <= 2; i++)
                assert_true(queue_push(queue, &i));
}

static void items_that_come_while_the_descriptor_is_quieted_make_it_readable_again(void **state)
{
        (void)state;
        struct queue *queue = watched = queue_new(sizeof(int), 8);
        int item = 0;
        assert_true(queue_push(queue, &item));
        assert_true(queue_pop(queue, &item));
        after_read = push_two;
        assert_true(queue_pop(queue, &item));
        assert_int_equal(item, 1);
        assert_true(is_readable(queue));
        assert_true(queue_pop(queue, &item));
        assert_false(queue_pop(queue, &item));
        assert_false(is_readable(queue));
        queue_free(queue);
}

static void take_all(struct queue *queue)
{
        int item;
        assert_true(queue_pop(queue, &item));
        assert_false(queue_pop(queue, &item));
}

static void an_item_taken_before_its_wake_up_costs_one_empty_visit_and_no_more(void **state)
{
        (void)state;
        struct queue *queue = watched = queue_new(sizeof(int), 8);
        int item = 0;
        before_write = take_all;
        assert_true(queue_push(queue, &item));
        assert_true(is_readable(queue));
        assert_false(queue_pop(queue, &item));
        assert_false(is_readable(queue));
        assert_true(queue_push(queue, &item));
        assert_true(is_readable(queue));
        queue_free(queue);
}

static void freeing_nothing_is_harmless(void **state)
{
        (void)state;
        queue_free(NULL);
}

/* Two threads: the producer counts up, the consumer expects the same count and sleeps whenever there is nothing. */
struct exchange {
        struct queue *queue;
        uint64_t items;
        unsigned batch;        /* the consumer goes back to poll after so many */
        bool wait_until_taken; /* the producer pushes only into an empty queue: every item needs its own wake-up */
};

static void *produce(void *argument)
{
        struct exchange *exchange = argument;
        for (uint64_t i = 0; i < exchange->items; i++) {
                while (exchange->wait_until_taken && queue_length(exchange->queue) > 0)
                        sched_yield();
                while (!queue_push(exchange->queue, &i))
                        sched_yield();
        }
        return NULL;
}

/* How many items one visit found; `next` counts them all. */
static unsigned visit(struct exchange *exchange, uint64_t *next)
{
        uint64_t item;
        unsigned taken = 0;
        while (taken < exchange->batch && queue_pop(exchange->queue, &item)) {
                assert_true(item == *next);
                (*next)++;
                taken++;
        }
        return taken;
}

static void exchange_items(struct exchange exchange, size_t slots)
{
        pthread_t producer;
        uint64_t next = 0, wakes = 0, empty = 0;
        exchange.queue = queue_new(sizeof(uint64_t), slots);
        struct pollfd fd = {queue_fd(exchange.queue), POLLIN, 0};
        assert_int_equal(pthread_create(&producer, NULL, produce, &exchange), 0);
        while (next < exchange.items) {
                assert_int_equal(poll(&fd, 1, LOST_MS), 1);
                wakes++;
                empty += visit(&exchange, &next) == 0;
        }
        pthread_join(producer, NULL);
        exchange.batch = 2; /* the last wake-up may have come after its item was taken */
        assert_int_equal(visit(&exchange, &next), 0);
        assert_false(is_readable(exchange.queue));
        assert_true(empty <=
                    wakes / 2 + 1); /* a wake-up for nothing is followed by one for something: it does not spin */
        queue_free(exchange.queue);
}

static void five_million_items_cross_without_a_lost_wake_up(void **state)
{
        (void)state;
        exchange_items((struct exchange){.items = 5000000, .batch = UINT32_MAX}, 1024);
}

static void a_consumer_that_takes_one_item_a_turn_is_woken_for_the_rest(void **state)
{
        (void)state;
        exchange_items((struct exchange){.items = 500000, .batch = 1}, 16);
}

static void a_consumer_that_sleeps_after_every_item_is_woken_for_the_next(void **state)
{
        (void)state;
        exchange_items((struct exchange){.items = 200000, .batch = UINT32_MAX, .wait_until_taken = true}, 4);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(items_come_out_in_order_and_whole),
                cmocka_unit_test(a_full_queue_refuses_and_changes_nothing),
                cmocka_unit_test(a_queue_of_one_slot_works),
                cmocka_unit_test(the_descriptor_is_readable_until_pop_says_empty),
                cmocka_unit_test(items_that_come_while_the_descriptor_is_quieted_make_it_readable_again),
                cmocka_unit_test(an_item_taken_before_its_wake_up_costs_one_empty_visit_and_no_more),
                cmocka_unit_test(freeing_nothing_is_harmless),
                cmocka_unit_test(five_million_items_cross_without_a_lost_wake_up),
                cmocka_unit_test(a_consumer_that_takes_one_item_a_turn_is_woken_for_the_rest),
                cmocka_unit_test(a_consumer_that_sleeps_after_every_item_is_woken_for_the_next),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
