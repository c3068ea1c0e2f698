/* What becomes of calls before they ring, by values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/core/forward.h"

/* "all 1003 busy 1004 no_answer 1005" */
static struct forwards forwards_of(const char *text)
{
        struct forwards forwards = {0};
        char copy[128], *rest = NULL;
        TEXT_SET(copy, text);
        for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
                for (enum forward_kind kind = 0; kind < FORWARD_KINDS; kind++)
                        if (strcmp(word, forward_name(kind)) == 0)
                                TEXT_SET(forwards.to[kind], strtok_r(NULL, " ", &rest));
        return forwards;
}

/* "to 1003 for 0", "refuse 486", "ring", "ring and stay" */
static const char *decide(const char *forwards, struct forward_facts facts)
{
        static char out[64];
        static struct forwards these;
        these = forwards_of(forwards);
        facts.forwards = &these;
        facts.caller = facts.caller ? facts.caller : "2001";
        facts.dnd_status = facts.dnd_status ? facts.dnd_status : 486;
        struct forward_verdict verdict = forward_decide(&facts);
        if (verdict.to)
                text_printf(out, sizeof out, "to %s for %d", verdict.to, (int)verdict.reason);
        else if (verdict.status)
                text_printf(out, sizeof out, "refuse %d", verdict.status);
        else
                text_copy(out, sizeof out, verdict.stays ? "ring and stay" : "ring");
        return out;
}

#define FACTS(...)                                                                                                     \
        (struct forward_facts)                                                                                         \
        {                                                                                                              \
                __VA_ARGS__                                                                                            \
        }

static void call_without_forwards_rings_or_is_refused(void **state)
{
        (void)state;
        assert_string_equal(decide("", FACTS(0)), "ring and stay");
        assert_string_equal(decide("", FACTS(.busy = 486)), "refuse 486");
        assert_string_equal(decide("", FACTS(.away = true)), "refuse 480");
        assert_string_equal(decide("", FACTS(.dnd = DND_REJECT)), "refuse 486");
        assert_string_equal(decide("", FACTS(.dnd = DND_REJECT, .dnd_status = 603)), "refuse 603");
        assert_string_equal(decide("", FACTS(.dnd = DND_SILENT)), "ring and stay");
        assert_string_equal(decide("", FACTS(.dnd = DND_SILENT, .busy = 486)), "refuse 486");
}

static void every_call_is_forwarded_whatever_the_phone_does(void **state)
{
        (void)state;
        assert_string_equal(decide("all 1003", FACTS(0)), "to 1003 for 0");
        assert_string_equal(decide("all 1003", FACTS(.away = true)), "to 1003 for 0");
        assert_string_equal(decide("all 1003 busy 1004", FACTS(.busy = 486)), "to 1003 for 0");
        assert_string_equal(decide("all 1003", FACTS(.dnd = DND_REJECT)), "to 1003 for 0");
}

static void busy_phone_forwards_and_so_does_one_that_is_not_to_be_disturbed(void **state)
{
        (void)state;
        assert_string_equal(decide("busy 1004", FACTS(.busy = 486)), "to 1004 for 1");
        assert_string_equal(decide("busy 1004", FACTS(.dnd = DND_REJECT)), "to 1004 for 1");
        assert_string_equal(decide("busy 1004", FACTS(0)), "ring and stay");
        assert_string_equal(decide("busy 1004", FACTS(.away = true)), "refuse 480");
}

static void phone_that_is_away_does_not_answer(void **state)
{
        (void)state;
        assert_string_equal(decide("no_answer 1005", FACTS(.away = true)), "to 1005 for 2");
        assert_string_equal(decide("no_answer 1005", FACTS(0)), "ring");
}

static void circles_end(void **state)
{
        (void)state;
        assert_string_equal(decide("all 1003", FACTS(.came_by = true)), "refuse 482");
        assert_string_equal(decide("all 1003", FACTS(.hops = FORWARD_HOPS_MAX)), "refuse 482");
        assert_string_equal(decide("all 1003", FACTS(.hops = FORWARD_HOPS_MAX - 1)), "to 1003 for 0");
        assert_string_equal(decide("no_answer 1005", FACTS(.came_by = true)), "ring and stay");
        assert_string_equal(decide("", FACTS(.came_by = true)), "ring and stay");
}

static void who_gets_the_calls_may_call_himself(void **state)
{
        (void)state;
        assert_string_equal(decide("all 1003", FACTS(.caller = "1003")), "ring and stay");
        assert_string_equal(decide("all 1003 busy 1004", FACTS(.caller = "1003", .busy = 486)), "to 1004 for 1");
}

static void only_lines_whose_calls_go_somewhere_are_kept(void **state)
{
        (void)state;
        static const struct {
                const char *forwards;
                bool kept;
        } rows[] = {{"", false}, {"all 1", true}, {"busy 1", false}, {"no_answer 1", true}};
        for (size_t i = 0; i < 4; i++) {
                struct forwards forwards = forwards_of(rows[i].forwards);
                assert_true(forward_keeps(&forwards) == rows[i].kept);
        }
}

/* Lines 1 to 9; owner[i] is where i forwards, '-' nowhere. */
static const char *next_of(const void *owner, const char *number)
{
        static char to[2];
        to[0] = ((const char *)owner)[*number - '0'];
        return to[0] == '-' ? NULL : to;
}

static void forwards_that_lead_back_are_found(void **state)
{
        (void)state;
        assert_true(forward_loops("1", "1", next_of, "----------"));
        assert_false(forward_loops("1", "2", next_of, "----------"));
        assert_true(forward_loops("1", "2", next_of, "--1-------"));
        assert_true(forward_loops("1", "2", next_of, "--341-----"));
        assert_false(forward_loops("1", "2", next_of, "--34------"));
        assert_true(forward_loops("1", "2", next_of, "--32------")); /* a circle of others */
}

static void purposes_and_names_belong_together(void **state)
{
        (void)state;
        assert_int_equal(forward_of_purpose(CALL_FORWARD_BUSY), FORWARD_BUSY);
        assert_int_equal(forward_of_purpose(CALL_DND), FORWARD_KINDS);
        assert_string_equal(forward_name(FORWARD_NO_ANSWER), "no_answer");
        assert_string_equal(dnd_name(DND_SILENT), "silent");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(call_without_forwards_rings_or_is_refused),
                cmocka_unit_test(every_call_is_forwarded_whatever_the_phone_does),
                cmocka_unit_test(busy_phone_forwards_and_so_does_one_that_is_not_to_be_disturbed),
                cmocka_unit_test(phone_that_is_away_does_not_answer),
                cmocka_unit_test(circles_end),
                cmocka_unit_test(who_gets_the_calls_may_call_himself),
                cmocka_unit_test(only_lines_whose_calls_go_somewhere_are_kept),
                cmocka_unit_test(forwards_that_lead_back_are_found),
                cmocka_unit_test(purposes_and_names_belong_together),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
