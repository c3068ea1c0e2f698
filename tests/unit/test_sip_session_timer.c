/* RFC 4028 as a table: who asks for what, who refreshes then, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sip/session_timer.h"

static void answering_side_grants_what_is_asked(void **state)
{
        static const struct {
                struct session_terms request;
                struct session_timer timer;
        } cases[] = {
                {{0, SESSION_REFRESHER_OPEN, true}, {0, false}},
                {{1800, SESSION_REFRESHER_OPEN, true}, {1800, false}},
                {{1800, SESSION_REFRESHER_UAC, true}, {1800, false}},
                {{1800, SESSION_REFRESHER_UAS, true}, {1800, true}},
                {{600, SESSION_REFRESHER_OPEN, false}, {600, true}},
                {{600, SESSION_REFRESHER_UAC, false}, {600, true}},
        };
        (void)state;
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                struct session_timer timer = session_timer_answer(&cases[i].request);
                assert_int_equal(timer.interval_s, cases[i].timer.interval_s);
                assert_int_equal(timer.ours, cases[i].timer.ours);
        }
}

static void asking_side_takes_what_is_granted(void **state)
{
        static const struct {
                struct session_terms response;
                struct session_timer timer;
        } cases[] = {
                {{0, SESSION_REFRESHER_OPEN, false}, {0, false}},
                {{90, SESSION_REFRESHER_UAC, true}, {90, true}},
                {{90, SESSION_REFRESHER_UAS, true}, {90, false}},
                {{90, SESSION_REFRESHER_OPEN, true}, {90, true}},
        };
        (void)state;
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                struct session_timer timer = session_timer_granted(&cases[i].response);
                assert_int_equal(timer.interval_s, cases[i].timer.interval_s);
                assert_int_equal(timer.ours, cases[i].timer.ours);
        }
}

static void refresh_at_half_time_and_end_before_the_end(void **state)
{
        (void)state;
        assert_int_equal(session_timer_wait_ms(&(struct session_timer){1800, true}), 900000);
        assert_int_equal(session_timer_wait_ms(&(struct session_timer){1800, false}), 1768000);
        assert_int_equal(session_timer_wait_ms(&(struct session_timer){90, false}), 60000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(answering_side_grants_what_is_asked),
                cmocka_unit_test(asking_side_takes_what_is_granted),
                cmocka_unit_test(refresh_at_half_time_and_end_before_the_end),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
