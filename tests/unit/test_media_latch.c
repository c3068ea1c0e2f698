/* The source rule by values: who is heard, who is refused, where packets go. */
#include "gateway/media/latch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* Without a port: port 0. */
static struct endpoint at(const char *text)
{
        struct endpoint endpoint = {0};
        if (*text)
                assert_true(endpoint_parse(text, 0, &endpoint));
        return endpoint;
}

static bool set(struct latch *latch, const char *signalled)
{
        struct endpoint endpoint = at(signalled);
        return latch_set(latch, &endpoint);
}

static enum latch_answer judge(struct latch *latch, const char *from)
{
        struct endpoint endpoint = at(from);
        return latch_judge(latch, &endpoint);
}

static void assert_target(const struct latch *latch, const char *expected)
{
        struct endpoint target = latch_target(latch), wanted = at(expected);
        assert_true(endpoint_equal(&target, &wanted));
}

static void nothing_is_accepted_before_anything_was_signalled(void **state)
{
        (void)state;
        struct latch latch = {0};
        assert_int_equal(judge(&latch, "192.0.2.1:4000"), LATCH_REFUSED);
        assert_int_equal(judge(&latch, "[2001:db8::1]:4000"), LATCH_REFUSED);
        assert_false(latch_heard(&latch));
        assert_target(&latch, "");
}

static void packets_go_to_the_signalled_address_until_somebody_is_heard(void **state)
{
        (void)state;
        struct latch latch = {0};
        assert_true(set(&latch, "192.0.2.1:4000"));
        assert_target(&latch, "192.0.2.1:4000");
        assert_false(latch_is_final(&latch));
}

static void the_signalled_source_is_final(void **state)
{
        (void)state;
        struct latch latch = {0};
        set(&latch, "192.0.2.1:4000");
        assert_int_equal(judge(&latch, "192.0.2.1:4000"), LATCH_TAKEN);
        assert_true(latch_is_final(&latch));
        assert_int_equal(judge(&latch, "192.0.2.1:4000"), LATCH_SAME);
        assert_int_equal(judge(&latch, "192.0.2.1:4001"), LATCH_REFUSED);
        assert_int_equal(judge(&latch, "192.0.2.9:4000"), LATCH_REFUSED);
        assert_target(&latch, "192.0.2.1:4000");
}

static void another_source_is_accepted_only_as_the_first(void **state)
{
        (void)state;
        struct latch latch = {0};
        set(&latch, "192.0.2.1:4000");
        assert_int_equal(judge(&latch, "198.51.100.7:1025"), LATCH_TAKEN);
        assert_false(latch_is_final(&latch));
        assert_target(&latch, "198.51.100.7:1025");
        assert_int_equal(judge(&latch, "198.51.100.7:1025"), LATCH_SAME);
        assert_int_equal(judge(&latch, "198.51.100.7:1026"), LATCH_REFUSED);
        assert_int_equal(judge(&latch, "203.0.113.1:4000"), LATCH_REFUSED);
        assert_target(&latch, "198.51.100.7:1025");
}

static void the_signalled_source_replaces_another_at_once(void **state)
{
        (void)state;
        struct latch latch = {0};
        set(&latch, "192.0.2.1:4000");
        judge(&latch, "198.51.100.7:1025");
        assert_int_equal(judge(&latch, "192.0.2.1:4000"), LATCH_TAKEN);
        assert_true(latch_is_final(&latch));
        assert_int_equal(judge(&latch, "198.51.100.7:1025"), LATCH_REFUSED);
}

static void saying_the_same_again_keeps_the_latch(void **state)
{
        (void)state;
        struct latch latch = {0};
        set(&latch, "192.0.2.1:4000");
        judge(&latch, "198.51.100.7:1025");
        assert_false(set(&latch, "192.0.2.1:4000"));
        assert_int_equal(judge(&latch, "198.51.100.7:1025"), LATCH_SAME);
}

static void another_signalled_endpoint_latches_anew(void **state)
{
        (void)state;
        struct latch latch = {0};
        set(&latch, "192.0.2.1:4000");
        judge(&latch, "198.51.100.7:1025");
        assert_true(set(&latch, "192.0.2.1:4002"));
        assert_false(latch_heard(&latch));
        assert_target(&latch, "192.0.2.1:4002");
        assert_int_equal(judge(&latch, "198.51.100.7:1030"), LATCH_TAKEN);
}

/* The far end moves in a re-INVITE; what it sent from the old address may arrive after the change. */
static void late_packets_of_the_address_just_left_do_not_latch(void **state)
{
        (void)state;
        struct latch latch = {0};
        set(&latch, "192.0.2.1:4000");
        judge(&latch, "192.0.2.1:4000");
        set(&latch, "192.0.2.5:6000");
        assert_int_equal(judge(&latch, "192.0.2.1:4000"), LATCH_REFUSED);
        assert_target(&latch, "192.0.2.5:6000");
        assert_int_equal(judge(&latch, "192.0.2.5:6000"), LATCH_TAKEN);
}

/* The same of a peer behind NAT, and when signalling moved twice before anything was heard. */
static void late_packets_of_a_source_nobody_signalled_do_not_latch(void **state)
{
        (void)state;
        struct latch latch = {0};
        set(&latch, "192.0.2.1:4000");
        judge(&latch, "198.51.100.7:1025");
        set(&latch, "192.0.2.5:6000");
        assert_int_equal(judge(&latch, "198.51.100.7:1025"), LATCH_REFUSED);
        set(&latch, "192.0.2.6:6000");
        assert_int_equal(judge(&latch, "198.51.100.7:1025"), LATCH_REFUSED);
        assert_int_equal(judge(&latch, "198.51.100.9:1025"), LATCH_TAKEN);
}

/* A peer behind NAT is held and resumed; its packets come from where they came before. */
static void a_source_nobody_signalled_may_come_back(void **state)
{
        (void)state;
        struct latch latch = {0};
        set(&latch, "192.0.2.1:4000");
        judge(&latch, "198.51.100.7:1025");
        set(&latch, "192.0.2.1");
        set(&latch, "192.0.2.1:4000");
        assert_int_equal(judge(&latch, "198.51.100.7:1025"), LATCH_TAKEN);
        assert_target(&latch, "198.51.100.7:1025");
}

static void hold_with_port_0_sends_nothing_and_still_hears(void **state)
{
        (void)state;
        struct latch latch = {0};
        set(&latch, "192.0.2.1:4000");
        judge(&latch, "192.0.2.1:4000");
        set(&latch, "192.0.2.1");
        assert_target(&latch, "");
        assert_int_equal(judge(&latch, "192.0.2.1:4000"), LATCH_TAKEN);
        assert_true(latch_is_final(&latch));
        assert_target(&latch, "");
        set(&latch, "192.0.2.1:4000");
        assert_target(&latch, "192.0.2.1:4000");
        assert_int_equal(judge(&latch, "192.0.2.1:4000"), LATCH_TAKEN);
}

static void hold_with_address_0_sends_nothing_and_still_hears(void **state)
{
        (void)state;
        struct latch latch = {0};
        set(&latch, "0.0.0.0:4000");
        assert_target(&latch, "");
        assert_int_equal(judge(&latch, "192.0.2.1:4000"), LATCH_TAKEN);
        assert_false(latch_is_final(&latch));
        assert_target(&latch, "");
}

static void a_side_made_unknown_is_deaf_and_mute(void **state)
{
        (void)state;
        struct latch latch = {0};
        set(&latch, "192.0.2.1:4000");
        judge(&latch, "192.0.2.1:4000");
        assert_true(set(&latch, ""));
        assert_int_equal(judge(&latch, "192.0.2.1:4000"), LATCH_REFUSED);
        assert_target(&latch, "");
}

static void addresses_of_both_families_are_told_apart(void **state)
{
        (void)state;
        struct latch latch = {0};
        set(&latch, "[2001:db8::1]:4000");
        assert_int_equal(judge(&latch, "[2001:db8::1]:4000"), LATCH_TAKEN);
        assert_int_equal(judge(&latch, "32.1.13.184:4000"), LATCH_REFUSED); /* the same first four bytes */
}

/* Whatever comes in whatever order: at most one source, no sending to a held side, and the signalled wins at once. */
static void the_rule_holds_in_a_random_walk(void **state)
{
        (void)state;
        static const char *const endpoints[] = {
                "", "10.0.0.1", "0.0.0.0:4000", "10.0.0.1:4000", "10.0.0.1:4002", "10.0.0.2:4000", "[fd00::1]:4000"};
        const unsigned count = sizeof endpoints / sizeof *endpoints, first_source = 3;
        struct latch latch = {0};
        srand(1);
        for (unsigned i = 0; i < 200000; i++) {
                if (rand() % 8 == 0)
                        set(&latch, endpoints[(unsigned)rand() % count]);
                struct endpoint before = latch.source;
                bool was_final = latch_is_final(&latch);
                struct endpoint from = at(endpoints[first_source + (unsigned)rand() % (count - first_source)]);
                enum latch_answer answer = latch_judge(&latch, &from);
                if (answer == LATCH_REFUSED)
                        assert_true(endpoint_equal(&latch.source, &before));
                else
                        assert_true(endpoint_equal(&latch.source, &from));
                if (answer == LATCH_SAME)
                        assert_true(endpoint_equal(&before, &from));
                if (endpoint_equal(&from, &latch.signalled))
                        assert_true(answer != LATCH_REFUSED && latch_is_final(&latch));
                if (was_final && latch.signalled.port)
                        assert_true(endpoint_equal(&latch.source, &before));
                if (latch.signalled.port == 0 || ip_is_any(&latch.signalled.ip))
                        assert_int_equal(latch_target(&latch).port, 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(nothing_is_accepted_before_anything_was_signalled),
                cmocka_unit_test(packets_go_to_the_signalled_address_until_somebody_is_heard),
                cmocka_unit_test(the_signalled_source_is_final),
                cmocka_unit_test(another_source_is_accepted_only_as_the_first),
                cmocka_unit_test(the_signalled_source_replaces_another_at_once),
                cmocka_unit_test(saying_the_same_again_keeps_the_latch),
                cmocka_unit_test(another_signalled_endpoint_latches_anew),
                cmocka_unit_test(late_packets_of_the_address_just_left_do_not_latch),
                cmocka_unit_test(late_packets_of_a_source_nobody_signalled_do_not_latch),
                cmocka_unit_test(a_source_nobody_signalled_may_come_back),
                cmocka_unit_test(hold_with_port_0_sends_nothing_and_still_hears),
                cmocka_unit_test(hold_with_address_0_sends_nothing_and_still_hears),
                cmocka_unit_test(a_side_made_unknown_is_deaf_and_mute),
                cmocka_unit_test(addresses_of_both_families_are_told_apart),
                cmocka_unit_test(the_rule_holds_in_a_random_walk),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
