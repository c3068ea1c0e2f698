/* Loss and jitter by RFC 3550, checked against sums made the long way. */
#include "gateway/media/reception.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CLOCK  8000
#define PERIOD 20000 /* us of a packet */
#define UNITS  160

static void note(struct reception *reception, uint32_t ssrc, uint16_t sequence, uint32_t timestamp, int64_t now_us)
{
        uint8_t header[12] = {0x80};
        header[2] = (uint8_t)(sequence >> 8);
        header[3] = (uint8_t)sequence;
        for (unsigned i = 0; i < 4; i++) {
                header[4 + i] = (uint8_t)(timestamp >> (24 - 8 * i));
                header[8 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
        }
        reception_note(reception, header, now_us, CLOCK);
}

/* The n-th packet of a source that began with `first`, on time. */
static void note_nth(struct reception *reception, uint32_t ssrc, uint16_t first, unsigned n)
{
        note(reception, ssrc, (uint16_t)(first + n), n * UNITS, (int64_t)n * PERIOD);
}

static void nothing_is_lost_of_what_comes_in_order_and_evenly(void **state)
{
        (void)state;
        struct reception reception = {0};
        for (unsigned n = 0; n < 200000; n++) /* the sequence number begins again three times, the timestamp never */
                note_nth(&reception, 1, 65000, n);
        assert_int_equal(reception_lost(&reception), 0);
        assert_int_equal(reception_jitter(&reception), 0);
}

static void each_missing_packet_is_lost_until_it_comes_late(void **state)
{
        (void)state;
        struct reception reception = {0};
        for (unsigned n = 0; n < 100; n++)
                if (n % 10 != 3)
                        note_nth(&reception, 1, 65500, n);
        assert_int_equal(reception_lost(&reception), 10);
        note_nth(&reception, 1, 65500, 93);
        assert_int_equal(reception_lost(&reception), 9);
}

static void packets_that_come_twice_make_nothing_negative(void **state)
{
        (void)state;
        struct reception reception = {0};
        for (unsigned n = 0; n < 50; n++) {
                note_nth(&reception, 1, 0, n);
                note_nth(&reception, 1, 0, n);
        }
        assert_int_equal(reception_lost(&reception), 0);
}

static void another_source_keeps_what_the_one_before_lost(void **state)
{
        (void)state;
        struct reception reception = {0};
        note_nth(&reception, 1, 10, 0);
        note_nth(&reception, 1, 10, 5);
        note_nth(&reception, 2, 40000, 0);
        assert_int_equal(reception_lost(&reception), 4);
        note_nth(&reception, 2, 40000, 2);
        assert_int_equal(reception_lost(&reception), 5);
}

/* One packet with a wild number is no loss of thousands; two in order are a source that began anew. */
static void a_jump_of_the_sequence_is_no_loss(void **state)
{
        (void)state;
        struct reception reception = {0};
        for (unsigned n = 0; n < 10; n++)
                note_nth(&reception, 1, 100, n);
        note(&reception, 1, 30000, 10 * UNITS, 10 * PERIOD);
        note_nth(&reception, 1, 100, 10);
        assert_int_equal(reception_lost(&reception), 0);
        note(&reception, 1, 50000, 11 * UNITS, 11 * PERIOD);
        note(&reception, 1, 50001, 12 * UNITS, 12 * PERIOD);
        note(&reception, 1, 50003, 14 * UNITS, 14 * PERIOD);
        assert_int_equal(reception_lost(&reception), 1);
}

/* Packets that are a millisecond early and late by turns differ by two from one to the next: 16 units, where the
 * jitter settles. */
static void jitter_settles_at_the_mean_difference(void **state)
{
        (void)state;
        struct reception reception = {0};
        for (unsigned n = 0; n < 500; n++)
                note(&reception, 1, (uint16_t)n, n * UNITS, (int64_t)n * PERIOD + (n % 2 ? 1000 : -1000) + 5000);
        assert_in_range(reception_jitter(&reception), 15, 16);
}

static void packets_of_one_time_and_pauses_are_no_jitter(void **state)
{
        (void)state;
        struct reception reception = {0};
        for (unsigned n = 0; n < 20; n++)
                note_nth(&reception, 1, 0, n);
        for (unsigned n = 0; n < 20; n++) /* a telephone event */
                note(&reception, 1, (uint16_t)(20 + n), 20 * UNITS, (int64_t)(20 + n) * PERIOD);
        assert_int_equal(reception_jitter(&reception), 0);
        for (unsigned n = 0; n < 20; n++) /* its clock stood still for an hour */
                note(&reception, 1, (uint16_t)(40 + n), (40 + n) * UNITS, 3600000000LL + (int64_t)n * PERIOD);
        assert_int_equal(reception_jitter(&reception), 0);
}

/* Any subset of packets in a slightly wrong order: lost is what did not come, up to the newest that did. */
static void loss_is_right_for_random_losses_and_orders(void **state)
{
        (void)state;
        srand(9);
        for (unsigned round = 0; round < 300; round++) {
                struct reception reception = {0};
                unsigned order[400], count = 0, newest = 0, missing = 0;
                bool came[400] = {false};
                uint16_t first = (uint16_t)rand();
                for (unsigned n = 0; n < 400; n++)
                        if (n == 0 || rand() % 8)
                                order[count++] = n;
                for (unsigned i = 2; i < count; i++) /* the first one begins */
                        if (rand() % 5 == 0) {
                                unsigned kept = order[i];
                                order[i] = order[i - 1];
                                order[i - 1] = kept;
                        }
                for (unsigned i = 0; i < count; i++) {
                        note_nth(&reception, 1, first, order[i]);
                        came[order[i]] = true;
                        newest = order[i] > newest ? order[i] : newest;
                }
                for (unsigned n = 0; n < newest; n++)
                        missing += !came[n];
                assert_int_equal(reception_lost(&reception), missing);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(nothing_is_lost_of_what_comes_in_order_and_evenly),
                cmocka_unit_test(each_missing_packet_is_lost_until_it_comes_late),
                cmocka_unit_test(packets_that_come_twice_make_nothing_negative),
                cmocka_unit_test(another_source_keeps_what_the_one_before_lost),
                cmocka_unit_test(a_jump_of_the_sequence_is_no_loss),
                cmocka_unit_test(jitter_settles_at_the_mean_difference),
                cmocka_unit_test(packets_of_one_time_and_pauses_are_no_jitter),
                cmocka_unit_test(loss_is_right_for_random_losses_and_orders),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
