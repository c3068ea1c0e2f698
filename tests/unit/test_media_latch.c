/* The source rule by values: who is heard, who is refused, where packets go. */
#include "gateway/media/latch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

/* An RTP source by its number; `judge` is of always the same. */
static enum latch_answer judge_by(struct latch *latch, const struct latch_rule *rule, const char *from, uint32_t ssrc)
{
        struct endpoint endpoint = at(from);
        bool allowed = latch_allows(latch, rule, &endpoint, ssrc);
        enum latch_answer answer = latch_judge(latch, rule, &endpoint, ssrc);
        assert_int_equal(allowed, answer != LATCH_REFUSED);
        return answer;
}

static const struct latch_rule learn;

static enum latch_answer judge(struct latch *latch, const char *from)
{
        return judge_by(latch, &learn, from, 7);
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

/* --- a source that moves without a word --- */

static struct latch heard_then_quiet(const char *signalled, const char *source)
{
        struct latch latch = {0};
        set(&latch, signalled);
        assert_int_equal(judge(&latch, source), LATCH_TAKEN);
        latch_quiet(&latch);
        return latch;
}

static void a_quiet_source_may_move_within_its_network_under_another_ssrc(void **state)
{
        (void)state;
        struct latch latch = heard_then_quiet("192.0.2.1:4000", "192.0.2.1:4000");
        assert_int_equal(judge_by(&latch, &learn, "192.0.2.1:5000", 8), LATCH_TAKEN);
        assert_target(&latch, "192.0.2.1:5000");
        latch = heard_then_quiet("192.0.2.1:4000", "192.0.2.1:4000");
        assert_int_equal(judge_by(&latch, &learn, "192.0.2.77:5000", 8), LATCH_TAKEN);
        latch = heard_then_quiet("[2001:db8::1]:4000", "[2001:db8::1]:4000");
        assert_int_equal(judge_by(&latch, &learn, "[2001:db8:0:1::1]:5000", 8), LATCH_REFUSED);
        assert_int_equal(judge_by(&latch, &learn, "[2001:db8::2]:5000", 8), LATCH_TAKEN);
}

static void it_may_not_under_the_same_ssrc_or_from_elsewhere_or_while_it_speaks(void **state)
{
        (void)state;
        struct latch latch = heard_then_quiet("192.0.2.1:4000", "192.0.2.1:4000");
        assert_int_equal(judge_by(&latch, &learn, "192.0.2.2:5000", 7), LATCH_REFUSED);
        assert_int_equal(judge_by(&latch, &learn, "192.0.3.1:5000", 8), LATCH_REFUSED);
        assert_int_equal(judge(&latch, "192.0.2.1:4000"), LATCH_BACK);
        assert_int_equal(judge(&latch, "192.0.2.1:4000"), LATCH_SAME);
        assert_int_equal(judge_by(&latch, &learn, "192.0.2.1:5000", 8), LATCH_REFUSED);
}

/* Where it was heard counts, not what it signalled: that is an address behind the NAT. */
static void a_nat_may_choose_another_port_for_a_quiet_source(void **state)
{
        (void)state;
        struct latch latch = heard_then_quiet("10.0.0.1:4000", "198.51.100.7:1025");
        assert_int_equal(judge_by(&latch, &learn, "198.51.100.8:1026", 7), LATCH_REFUSED);
        assert_int_equal(judge_by(&latch, &learn, "198.51.100.7:1026", 7), LATCH_TAKEN);
        assert_target(&latch, "198.51.100.7:1026");
        assert_int_equal(judge_by(&latch, &learn, "198.51.100.7:1025", 7), LATCH_REFUSED); /* the new one speaks */
        latch = heard_then_quiet("192.0.2.1:4000", "192.0.2.1:4000");
        assert_int_equal(judge_by(&latch, &learn, "192.0.2.1:5000", 7), LATCH_TAKEN);
}

/* Its network is that of what was signalled, not of where it was heard. */
static void a_source_behind_nat_moves_only_into_the_signalled_network(void **state)
{
        (void)state;
        struct latch latch = heard_then_quiet("10.0.0.1:4000", "198.51.100.7:1025");
        assert_int_equal(judge_by(&latch, &learn, "198.51.100.7:1026", 8), LATCH_REFUSED);
        assert_int_equal(judge_by(&latch, &learn, "10.0.0.2:1026", 8), LATCH_TAKEN);
}

static void who_moved_yields_to_the_signalled_one(void **state)
{
        (void)state;
        struct latch latch = heard_then_quiet("192.0.2.1:4000", "192.0.2.1:4000");
        judge_by(&latch, &learn, "192.0.2.66:5000", 8);
        assert_int_equal(judge(&latch, "192.0.2.1:4000"), LATCH_TAKEN);
        assert_int_equal(judge_by(&latch, &learn, "192.0.2.66:5000", 8), LATCH_REFUSED);
}

static void a_quiet_source_is_not_final_until_it_is_back(void **state)
{
        (void)state;
        struct latch latch = heard_then_quiet("192.0.2.1:4000", "192.0.2.1:4000");
        assert_false(latch_is_final(&latch));
        assert_target(&latch, "192.0.2.1:4000");
        judge(&latch, "192.0.2.1:4000");
        assert_true(latch_is_final(&latch));
}

static void nobody_heard_cannot_be_quiet(void **state)
{
        (void)state;
        struct latch latch = {0};
        set(&latch, "192.0.2.1:4000");
        latch_quiet(&latch);
        assert_int_equal(judge(&latch, "192.0.2.1:4000"), LATCH_TAKEN);
        assert_int_equal(judge(&latch, "192.0.2.1:4000"), LATCH_SAME);
}

/* --- what the operator allows --- */

static void strictly_only_the_signalled_address_and_port_are_heard(void **state)
{
        (void)state;
        static const struct latch_rule strict = {.strict = true};
        struct latch latch = {0};
        set(&latch, "192.0.2.1:4000");
        assert_int_equal(judge_by(&latch, &strict, "198.51.100.7:1025", 7), LATCH_REFUSED);
        assert_int_equal(judge_by(&latch, &strict, "192.0.2.1:4002", 7), LATCH_REFUSED);
        assert_int_equal(judge_by(&latch, &strict, "192.0.2.1:4000", 7), LATCH_TAKEN);
        latch_quiet(&latch);
        assert_int_equal(judge_by(&latch, &strict, "192.0.2.1:5000", 8), LATCH_REFUSED);
        assert_int_equal(judge_by(&latch, &strict, "192.0.2.1:4000", 8), LATCH_BACK);
}

static void sources_nobody_signalled_must_be_in_the_networks_allowed(void **state)
{
        (void)state;
        struct network networks[2];
        assert_true(network_parse("10.0.0.0/8", &networks[0]) && network_parse("fd00::/8", &networks[1]));
        const struct latch_rule rule = {.networks = networks, .n_networks = 2};
        struct latch latch = {0};
        set(&latch, "192.0.2.1:4000");
        assert_int_equal(judge_by(&latch, &rule, "198.51.100.7:1025", 7), LATCH_REFUSED);
        assert_int_equal(judge_by(&latch, &rule, "10.9.9.9:1025", 7), LATCH_TAKEN);
        assert_int_equal(judge_by(&latch, &rule, "192.0.2.1:4000", 7), LATCH_TAKEN); /* signalled: that is enough */
        latch_quiet(&latch);
        assert_int_equal(judge_by(&latch, &rule, "192.0.2.2:4000", 8), LATCH_REFUSED);
}

/* --- whatever comes in whatever order --- */

static bool is_signalled_source(const struct latch *latch, const struct endpoint *from)
{
        return ip_equal(&latch->signalled.ip, &from->ip) &&
               (latch->signalled.port == 0 || latch->signalled.port == from->port);
}

/* Who is allowed to become the source, in words of its own: `before` is the latch before the packet. */
static void check_taken(const struct latch *before, const struct latch_rule *rule, const struct endpoint *from,
                        uint32_t ssrc)
{
        if (is_signalled_source(before, from))
                return;
        assert_false(rule->strict);
        if (rule->n_networks)
                assert_int_equal(from->ip.bytes[0], 10); /* the networks of the walk */
        if (!latch_heard(before)) {
                assert_false(endpoint_equal(&before->left, from));
                return;
        }
        assert_true(before->quiet);
        if (ssrc == before->ssrc) /* a NAT chose another port */
                assert_true(ip_equal(&from->ip, &before->source.ip));
        else
                assert_memory_equal(from->ip.bytes, before->signalled.ip.bytes, 3);
}

static void check_step(const struct latch *before, const struct latch *after, const struct latch_rule *rule,
                       const struct endpoint *from, uint32_t ssrc, enum latch_answer answer)
{
        bool same = endpoint_equal(&before->source, from);
        if (before->signalled.ip.family == 0)
                assert_int_equal(answer, LATCH_REFUSED);
        else if (same)
                assert_int_equal(answer, before->quiet ? LATCH_BACK : LATCH_SAME);
        else if (is_signalled_source(before, from))
                assert_int_equal(answer, LATCH_TAKEN);
        if (answer == LATCH_TAKEN)
                check_taken(before, rule, from, ssrc);
        if (answer == LATCH_REFUSED)
                assert_memory_equal(before, after, sizeof *before); /* a stranger changes nothing */
        else
                assert_true(endpoint_equal(&after->source, from) && !after->quiet);
        if (after->signalled.port == 0 || ip_is_any(&after->signalled.ip))
                assert_int_equal(latch_target(after).port, 0);
        if (latch_is_final(after))
                assert_true(is_signalled_source(after, &after->source));
}

static void the_rule_holds_in_a_random_walk(void **state)
{
        (void)state;
        static const char *const endpoints[] = {"",
                                                "10.0.0.1",
                                                "0.0.0.0:4000",
                                                "10.0.0.1:4000",
                                                "10.0.0.1:4002",
                                                "10.0.0.2:4000",
                                                "10.0.1.2:4000",
                                                "11.0.0.1:4000",
                                                "[fd00::1]:4000"};
        const unsigned count = sizeof endpoints / sizeof *endpoints, first_source = 3;
        struct network ten;
        unsigned answers[LATCH_TAKEN + 1] = {0}, moved = 0;
        assert_true(network_parse("10.0.0.0/8", &ten));
        const struct latch_rule rules[] = {{0}, {.strict = true}, {.networks = &ten, .n_networks = 1}};
        srand(1);
        for (unsigned walk = 0; walk < 3; walk++) {
                struct latch latch = {0};
                for (unsigned i = 0; i < 200000; i++) {
                        if (rand() % 16 == 0)
                                set(&latch, endpoints[(unsigned)rand() % count]);
                        if (rand() % 4 == 0)
                                latch_quiet(&latch);
                        struct latch before = latch;
                        struct endpoint from = at(endpoints[first_source + (unsigned)rand() % (count - first_source)]);
                        uint32_t ssrc = (uint32_t)rand() % 3;
                        enum latch_answer answer = latch_judge(&latch, &rules[walk], &from, ssrc);
                        check_step(&before, &latch, &rules[walk], &from, ssrc, answer);
                        answers[answer]++;
                        moved += answer == LATCH_TAKEN && latch_heard(&before) && !is_signalled_source(&latch, &from);
                }
        }
        for (unsigned answer = 0; answer <= LATCH_TAKEN; answer++)
                assert_true(answers[answer] > 1000);
        assert_true(moved > 100);
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
                cmocka_unit_test(a_quiet_source_may_move_within_its_network_under_another_ssrc),
                cmocka_unit_test(it_may_not_under_the_same_ssrc_or_from_elsewhere_or_while_it_speaks),
                cmocka_unit_test(a_nat_may_choose_another_port_for_a_quiet_source),
                cmocka_unit_test(a_source_behind_nat_moves_only_into_the_signalled_network),
                cmocka_unit_test(who_moved_yields_to_the_signalled_one),
                cmocka_unit_test(a_quiet_source_is_not_final_until_it_is_back),
                cmocka_unit_test(nobody_heard_cannot_be_quiet),
                cmocka_unit_test(strictly_only_the_signalled_address_and_port_are_heard),
                cmocka_unit_test(sources_nobody_signalled_must_be_in_the_networks_allowed),
                cmocka_unit_test(the_rule_holds_in_a_random_walk),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
