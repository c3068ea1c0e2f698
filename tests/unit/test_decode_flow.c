/* TCP segments in every order become the bytes that were sent; what was not captured is told, with its size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/decode/flow.h"

#define SECOND INT64_C(1000000000)

enum { ROOM = 1 << 18, SENT = 200 };

/* What a flow gave. */
struct heard {
        uint8_t bytes[ROOM];
        size_t len;
        size_t missing, gaps, unknown_gaps, late;
        int64_t last_ns;
};

static struct heard heard;

static void hear(void *owner, int64_t time_ns, const uint8_t *bytes, size_t len)
{
        struct heard *h = owner;
        assert_true(len > 0 && h->len + len <= ROOM);
        memcpy(h->bytes + h->len, bytes, len);
        h->len += len;
        h->last_ns = time_ns;
}

static void hear_missing(void *owner, int64_t time_ns, size_t len)
{
        struct heard *h = owner;
        (void)time_ns;
        h->missing += len;
        h->gaps++;
        h->unknown_gaps += len == 0;
}

static void hear_late(void *owner, int64_t time_ns, size_t len)
{
        struct heard *h = owner;
        (void)time_ns;
        h->late += len;
}

static const struct flow_sink sink = {hear, hear_missing, hear_late, &heard};

static void forget(void)
{
        memset(&heard, 0, sizeof heard);
}

static uint8_t sent_byte(size_t place)
{
        return (uint8_t)(place * 7 + place / 256);
}

/* The bytes from `place` on, in memory of exactly their size. */
static void segment(struct flow *flow, uint32_t first, int64_t time_ns, size_t place, size_t have, size_t len)
{
        uint8_t *bytes = malloc(have ? have : 1);
        assert_non_null(bytes);
        for (size_t i = 0; i < have; i++)
                bytes[i] = sent_byte(place + i);
        flow_take(flow, &sink, time_ns, first + (uint32_t)place, bytes, have, len);
        free(bytes);
}

static void heard_is(size_t from, size_t to)
{
        assert_int_equal(heard.len, to - from);
        for (size_t i = 0; i < heard.len; i++)
                assert_int_equal(heard.bytes[i], sent_byte(from + i));
}

/* Heap's algorithm: calls `visit` with every order of the `n` numbers. */
static void every_order(unsigned *order, size_t n, void (*visit)(const unsigned *))
{
        if (n <= 1) {
                visit(order);
                return;
        }
        for (size_t i = 0; i < n; i++) {
                every_order(order, n - 1, visit);
                size_t other = n % 2 ? 0 : i;
                unsigned kept = order[other];
                order[other] = order[n - 1];
                order[n - 1] = kept;
        }
}

/* 200 bytes, each at least once: plain ones, retransmitted, overlapping at either end, one inside another. */
static const struct {
        size_t place, len;
} cuts[] = {{0, 40}, {40, 60}, {100, 30}, {20, 50}, {130, 70}, {100, 30}, {110, 5}};

enum { CUTS = sizeof cuts / sizeof *cuts };

static unsigned orders;
static uint32_t first_place;

static void order_heard(const unsigned *order)
{
        struct flow flow = {0};
        forget();
        flow_start(&flow, first_place);
        for (size_t i = 0; i < CUTS; i++)
                segment(&flow, first_place, (int64_t)i, cuts[order[i]].place, cuts[order[i]].len, cuts[order[i]].len);
        heard_is(0, SENT);
        assert_int_equal(flow.held, 0);
        assert_int_equal(flow.n_pieces, 0);
        assert_null(flow.pieces);
        flow_end(&flow, &sink, 0);
        assert_int_equal(heard.gaps + heard.late, 0);
        orders++;
}

static void segments_in_every_order_are_what_was_sent(void **state)
{
        (void)state;
        static const uint32_t firsts[] = {0, 1000, UINT32_MAX - 150, UINT32_MAX, INT32_MAX - 50};
        for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
                unsigned order[CUTS] = {0, 1, 2, 3, 4, 5, 6};
                first_place = firsts[i];
                every_order(order, CUTS, order_heard);
        }
        assert_int_equal(orders, 5 * 5040);
}

/* Every segment is lost once, in every order of the others. */
static const struct {
        size_t place, len;
} row[] = {{0, 10}, {10, 20}, {30, 30}, {60, 40}, {100, 100}};

enum { ROWS = sizeof row / sizeof *row };

static size_t lost;

static void order_with_a_loss(const unsigned *order)
{
        struct flow flow = {0};
        forget();
        flow_start(&flow, 77);
        for (size_t i = 0; i < ROWS; i++)
                if (order[i] != lost)
                        segment(&flow, 77, (int64_t)i, row[order[i]].place, row[order[i]].len, row[order[i]].len);
        flow_end(&flow, &sink, 0);
        assert_int_equal(heard.len, SENT - row[lost].len);
        bool last = lost == ROWS - 1; /* nobody knows of it */
        assert_int_equal(heard.missing, last ? 0 : row[lost].len);
        assert_int_equal(heard.gaps, last ? 0 : 1);
        for (size_t i = 0; i < heard.len; i++)
                assert_int_equal(heard.bytes[i], sent_byte(i < row[lost].place ? i : i + row[lost].len));
        orders++;
}

static void a_lost_segment_is_told_with_its_size(void **state)
{
        (void)state;
        orders = 0;
        for (lost = 0; lost < ROWS; lost++) {
                unsigned order[ROWS] = {0, 1, 2, 3, 4};
                every_order(order, ROWS, order_with_a_loss);
        }
        assert_int_equal(orders, 5 * 120);
}

static void a_flow_may_begin_anywhere(void **state)
{
        (void)state;
        struct flow flow = {0};
        forget();
        segment(&flow, 5, 0, 50, 0, 0); /* an empty one says nothing */
        assert_false(flow.started);
        segment(&flow, 5, 0, 50, 10, 10);
        segment(&flow, 5, 0, 60, 10, 10);
        segment(&flow, 5, 0, 40, 20, 20);
        heard_is(50, 70);
        assert_int_equal(heard.late, 10);
        flow_end(&flow, &sink, 0);
}

static void a_keepalive_says_nothing(void **state)
{
        (void)state;
        struct flow flow = {0};
        forget();
        flow_start(&flow, 5);
        segment(&flow, 5, 0, 0, 10, 10);
        segment(&flow, 5, 0, 9, 1, 1);
        segment(&flow, 5, 0, 10, 10, 10);
        heard_is(0, 20);
        assert_int_equal(heard.late + heard.gaps, 0);
        flow_end(&flow, &sink, 0);
}

static void what_a_snap_length_cut_is_missing(void **state)
{
        (void)state;
        struct flow flow = {0};
        forget();
        flow_start(&flow, 5);
        segment(&flow, 5, 0, 0, 10, 30);
        segment(&flow, 5, 0, 50, 0, 10); /* held, nothing of it was captured */
        segment(&flow, 5, 0, 30, 20, 20);
        assert_int_equal(heard.len, 30);
        assert_int_equal(heard.missing, 30);
        assert_int_equal(heard.gaps, 2);
        segment(&flow, 5, 0, 60, 5, 5);
        assert_int_equal(heard.len, 35);
        flow_end(&flow, &sink, 0);
}

static void what_the_peer_has_is_waited_for_a_second(void **state)
{
        (void)state;
        struct flow flow = {0};
        forget();
        flow_start(&flow, 5);
        segment(&flow, 5, 0, 20, 10, 10);
        flow_acked(&flow, &sink, SECOND / 2, 5 + 30);
        assert_int_equal(heard.gaps, 0);
        flow_acked(&flow, &sink, SECOND, 5 + 10); /* an old one */
        assert_int_equal(heard.missing, 20);
        assert_int_equal(heard.len, 10);
        flow_end(&flow, &sink, 0);
}

static void what_only_the_peer_has_seen_is_missing(void **state)
{
        (void)state;
        struct flow flow = {0};
        forget();
        flow_acked(&flow, &sink, 0, 70); /* before anything was seen */
        flow_start(&flow, 5);
        segment(&flow, 5, 0, 0, 10, 10);
        flow_acked(&flow, &sink, 0, 5 + 10);
        flow_acked(&flow, &sink, 0, 5 + 25);
        assert_int_equal(heard.gaps, 0);
        flow_acked(&flow, &sink, SECOND, 5 + 25);
        assert_int_equal(heard.missing, 15);
        flow_acked(&flow, &sink, SECOND, 5 + 30);
        flow_end(&flow, &sink, 0);
        assert_int_equal(heard.missing, 20);
}

static void what_nobody_has_is_waited_for_a_minute(void **state)
{
        (void)state;
        struct flow flow = {0};
        forget();
        flow_start(&flow, 5);
        segment(&flow, 5, 0, 20, 10, 10);
        flow_acked(&flow, &sink, 59 * SECOND, 5 + 10);
        assert_int_equal(heard.gaps, 0);
        segment(&flow, 5, 59 * SECOND, 0, 20, 20); /* retransmitted at last */
        heard_is(0, 30);
        segment(&flow, 5, 60 * SECOND, 40, 10, 10);
        flow_acked(&flow, &sink, 120 * SECOND, 5 + 30);
        assert_int_equal(heard.missing, 10);
        assert_int_equal(heard.last_ns, 60 * SECOND);
        flow_end(&flow, &sink, 0);
}

static void an_empty_segment_shows_what_was_sent_before_it(void **state)
{
        (void)state;
        struct flow flow = {0};
        forget();
        flow_start(&flow, 5);
        segment(&flow, 5, 0, 0, 10, 10);
        segment(&flow, 5, 0, 30, 0, 0);
        segment(&flow, 5, 0, 30, 0, 0);
        assert_int_equal(flow.n_pieces, 1);
        segment(&flow, 5, 0, 10, 5, 5);
        segment(&flow, 5, 0, 0x70000000, 0, 0); /* of another connection */
        flow_end(&flow, &sink, 0);
        heard_is(0, 15);
        assert_int_equal(heard.missing, 15);
        assert_int_equal(heard.gaps, 1);
}

static void the_end_takes_a_place_and_no_byte(void **state)
{
        (void)state;
        for (unsigned order = 0; order < 4; order++) {
                struct flow flow = {0};
                forget();
                flow_start(&flow, 5);
                if (order & 1)
                        segment(&flow, 5, 0, 21, 0, 0); /* acknowledges the peer's end before its own is seen */
                if (order & 2)
                        flow_fin(&flow, &sink, 0, 5 + 20);
                segment(&flow, 5, 0, 0, 20, 20);
                if (!(order & 2))
                        flow_fin(&flow, &sink, 0, 5 + 20);
                segment(&flow, 5, 0, 21, 0, 0);
                flow_end(&flow, &sink, 0);
                heard_is(0, 20);
                assert_int_equal(heard.gaps, 0);
        }
        struct flow flow = {0};
        forget();
        flow_start(&flow, 5);
        flow_fin(&flow, &sink, 0, 5 + 20);
        segment(&flow, 5, 0, 21, 0, 0);
        flow_end(&flow, &sink, 0);
        assert_int_equal(heard.missing, 20);
}

static void memory_is_bounded(void **state)
{
        (void)state;
        static const size_t sizes[] = {1, 100, 1400, 60000};
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
                struct flow flow = {0};
                forget();
                flow_start(&flow, 5);
                for (size_t i = 1; i < 1000 && heard.len < ROOM / 2; i++) {
                        segment(&flow, 5, 0, i * (sizes[s] + 1), sizes[s], sizes[s]);
                        assert_true(flow.held <= FLOW_HELD_MAX && flow.n_pieces <= FLOW_PIECES_MAX);
                }
                assert_true(heard.len > 0);
                flow_end(&flow, &sink, 0);
                assert_null(flow.pieces);
        }
}

static void a_far_jump_is_another_connection(void **state)
{
        (void)state;
        struct flow flow = {0};
        forget();
        flow_start(&flow, 5);
        segment(&flow, 5, 0, 0, 10, 10);
        segment(&flow, 0x70000000, 0, 10, 10, 10);
        assert_int_equal(heard.unknown_gaps, 1);
        heard_is(0, 20);
        segment(&flow, 5, 0, 20, 10, 10);
        assert_int_equal(heard.unknown_gaps, 2);
        heard_is(0, 30);
        flow_end(&flow, &sink, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(segments_in_every_order_are_what_was_sent),
                cmocka_unit_test(a_lost_segment_is_told_with_its_size),
                cmocka_unit_test(a_flow_may_begin_anywhere),
                cmocka_unit_test(a_keepalive_says_nothing),
                cmocka_unit_test(what_a_snap_length_cut_is_missing),
                cmocka_unit_test(what_the_peer_has_is_waited_for_a_second),
                cmocka_unit_test(what_only_the_peer_has_seen_is_missing),
                cmocka_unit_test(what_nobody_has_is_waited_for_a_minute),
                cmocka_unit_test(an_empty_segment_shows_what_was_sent_before_it),
                cmocka_unit_test(the_end_takes_a_place_and_no_byte),
                cmocka_unit_test(memory_is_bounded),
                cmocka_unit_test(a_far_jump_is_another_connection),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
