/* Why a call failed, and what the user gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/core/cause.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

static void every_final_status_has_tone_text_and_an_end(void **state)
{
        (void)state;
        for (int status = 300; status < 700; status++) {
                const struct outcome *outcome = cause_outcome(status, 0);
                assert_non_null(outcome);
                assert_true(outcome->tone == LOOK_TONE_BUSY || outcome->tone == LOOK_TONE_REORDER);
                assert_int_not_equal(outcome->prompt, PROMPT_NONE);
                assert_int_equal(outcome->release_ms, 15000);
                assert_true(outcome->name && *outcome->name);
        }
}

static void statuses_are_told_apart(void **state)
{
        (void)state;
        static const struct {
                int status, q850;
                const char *name;
        } rows[] = {
                {486, 0, "busy"},
                {600, 0, "busy"},
                {404, 0, "unknown-number"},
                {410, 0, "unknown-number"},
                {484, 0, "unknown-number"},
                {604, 0, "unknown-number"},
                {408, 0, "temporary-failure"},
                {480, 0, "temporary-failure"},
                {500, 0, "temporary-failure"},
                {503, 0, "temporary-failure"},
                {302, 0, "temporary-failure"},
                {699, 0, "temporary-failure"},
                {0, 0, "temporary-failure"},
                {-1, -1, "temporary-failure"},
                {403, 0, "declined"},
                {603, 0, "declined"},
                {488, 0, "no-common-codec"},
                {606, 0, "no-common-codec"},
                {415, 0, "no-common-codec"},
                {487, 0, "no-answer"},
                /* a cause knows better than the status, unless it says nothing */
                {480, 17, "busy"},
                {503, 1, "unknown-number"},
                {480, 19, "no-answer"},
                {500, 21, "declined"},
                {486, 16, "busy"},
                {404, 127, "unknown-number"},
                {404, 9999, "unknown-number"},
                {486, 34, "temporary-failure"},
                /* our own failures are not to be talked over */
                {CAUSE_BAD_NUMBER, 17, "unknown-number"},
                {CAUSE_NO_NUMBER, 0, "unknown-number"},
                {CAUSE_NO_ANSWER, 0, "no-answer"},
                {CAUSE_NO_CODEC, 0, "no-common-codec"},
                {CAUSE_CHANNEL, 0, "no-channel"},
                {CAUSE_NO_PORTS, 0, "no-ports"},
                {CAUSE_NOT_REGISTERED, 0, "not-registered"},
                {CAUSE_OVERLOAD, 0, "temporary-failure"},
        };
        for (size_t i = 0; i < ROWS(rows); i++)
                assert_string_equal(cause_outcome(rows[i].status, rows[i].q850)->name, rows[i].name);
}

static void busy_and_unknown_numbers_are_told_by_tone_and_look(void **state)
{
        (void)state;
        assert_int_equal(cause_outcome(486, 0)->tone, LOOK_TONE_BUSY);
        assert_int_equal(cause_outcome(486, 0)->shown, LOOK_BUSY);
        assert_int_equal(cause_outcome(404, 0)->tone, LOOK_TONE_REORDER);
        assert_int_equal(cause_outcome(404, 0)->shown, LOOK_INVALID_NUMBER);
}

static void own_failures_have_a_status_and_a_cause_for_the_far_end(void **state)
{
        (void)state;
        for (enum cause_own own = CAUSE_NONE; own < CAUSES_OWN; own++) {
                assert_true(cause_status(own) >= 400 && cause_status(own) < 600);
                assert_true(cause_q850(own) >= 1 && cause_q850(own) <= 127);
        }
        assert_int_equal(cause_status(CAUSE_NO_CODEC), 488);
        assert_int_equal(cause_status(CAUSE_NO_PORTS), 503);
        assert_int_equal(cause_status(CAUSE_CHANNEL), 500);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_final_status_has_tone_text_and_an_end),
                cmocka_unit_test(statuses_are_told_apart),
                cmocka_unit_test(busy_and_unknown_numbers_are_told_by_tone_and_look),
                cmocka_unit_test(own_failures_have_a_status_and_a_cause_for_the_far_end),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
