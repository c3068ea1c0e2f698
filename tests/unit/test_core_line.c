/* A line between its phone and its registration: the whole table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/core/line.h"

/* Rows: state; columns: phone-up phone-down registered refused unreachable. The state after it, with + for register
 * and - for unregister. */
static const char *const with_pbx[LINE_STATES][LINE_KEEP] = {
        [LINE_ABSENT] = {"+registering", "absent", "absent", "absent", "absent"},
        [LINE_TRYING] = {"registering", "-absent", "in service", "not registered", "no answer from the PBX"},
        [LINE_IN_SERVICE] = {"in service", "-absent", "in service", "not registered", "no answer from the PBX"},
        [LINE_NOT_REGISTERED] = {"not registered", "-absent", "in service", "not registered", "no answer from the PBX"},
        [LINE_NO_PBX] = {"no answer from the PBX", "-absent", "in service", "not registered", "no answer from the PBX"},
};

static void line_follows_phone_and_registration(void **state)
{
        (void)state;
        for (enum line_state from = 0; from < LINE_STATES; from++)
                for (enum line_event event = 0; event < LINE_KEEP; event++) {
                        const char *expected = with_pbx[from][event];
                        struct line line = {.has_pbx = true, .state = from};
                        enum line_action action = line_step(&line, event, 403);
                        char sign = action == LINE_DO_REGISTER ? '+' : action == LINE_DO_UNREGISTER ? '-' : ' ';
                        bool signed_row = *expected == '+' || *expected == '-';
                        assert_int_equal(sign, signed_row ? *expected : ' ');
                        assert_string_equal(line_state_name(line.state), expected + signed_row);
                }
}

static void without_a_pbx_the_phone_is_enough(void **state)
{
        (void)state;
        struct line line = {0};
        assert_int_equal(line_step(&line, LINE_REGISTERED, 0), LINE_DO_NOTHING);
        assert_int_equal(line.state, LINE_ABSENT);
        assert_int_equal(line_step(&line, LINE_PHONE_UP, 0), LINE_DO_REGISTER);
        assert_int_equal(line.state, LINE_IN_SERVICE);
        assert_int_equal(line_step(&line, LINE_UNREACHABLE, 0), LINE_DO_NOTHING);
        assert_int_equal(line.state, LINE_IN_SERVICE);
        assert_int_equal(line_step(&line, LINE_PHONE_DOWN, 0), LINE_DO_UNREGISTER);
        assert_int_equal(line.state, LINE_ABSENT);
}

static void status_of_the_refusal_is_kept_while_it_lasts(void **state)
{
        (void)state;
        struct line line = {.has_pbx = true};
        line_step(&line, LINE_PHONE_UP, 0);
        line_step(&line, LINE_REFUSED, 403);
        assert_int_equal(line.status, 403);
        line_step(&line, LINE_PHONE_UP, 0);
        assert_int_equal(line.status, 403);
        line_step(&line, LINE_REFUSED, 404);
        assert_int_equal(line.status, 404);
        line_step(&line, LINE_REGISTERED, 0);
        assert_int_equal(line.status, 0);
}

static void line_that_is_kept_stays_registered_without_its_phone(void **state)
{
        (void)state;
        struct line line = {.has_pbx = true};
        assert_int_equal(line_step(&line, LINE_KEEP, 0), LINE_DO_REGISTER);
        assert_int_equal(line_step(&line, LINE_REGISTERED, 0), LINE_DO_NOTHING);
        assert_int_equal(line_step(&line, LINE_PHONE_UP, 0), LINE_DO_NOTHING);
        assert_int_equal(line_step(&line, LINE_PHONE_DOWN, 0), LINE_DO_NOTHING);
        assert_int_equal(line.state, LINE_IN_SERVICE);
        assert_int_equal(line_step(&line, LINE_RELEASE, 0), LINE_DO_UNREGISTER);
        assert_int_equal(line.state, LINE_ABSENT);
}

static void line_that_is_not_kept_any_more_stays_for_its_phone(void **state)
{
        (void)state;
        struct line line = {0};
        line_step(&line, LINE_PHONE_UP, 0);
        line_step(&line, LINE_KEEP, 0);
        assert_int_equal(line_step(&line, LINE_RELEASE, 0), LINE_DO_NOTHING);
        assert_int_equal(line.state, LINE_IN_SERVICE);
        assert_int_equal(line_step(&line, LINE_PHONE_DOWN, 0), LINE_DO_UNREGISTER);
}

static void registrations_and_phones_come_and_go_in_pairs(void **state)
{
        (void)state;
        struct line line = {.has_pbx = true};
        int registered = 0;
        unsigned random = 1;
        for (unsigned i = 0; i < 10000; i++) {
                random = random * 1103515245 + 12345;
                enum line_action action = line_step(&line, (random >> 16) % LINE_EVENTS, 401);
                registered += (action == LINE_DO_REGISTER) - (action == LINE_DO_UNREGISTER);
                assert_int_equal(registered, line.state != LINE_ABSENT);
        }
}

static void names_are_known(void **state)
{
        (void)state;
        for (enum line_event event = 0; event < LINE_EVENTS; event++)
                assert_non_null(line_event_name(event));
        assert_string_equal(line_event_name(LINE_UNREACHABLE), "unreachable");
        assert_string_equal(line_event_name(LINE_EVENTS), "unknown");
        assert_string_equal(line_state_name(LINE_STATES), "unknown");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(line_follows_phone_and_registration),
                cmocka_unit_test(without_a_pbx_the_phone_is_enough),
                cmocka_unit_test(status_of_the_refusal_is_kept_while_it_lasts),
                cmocka_unit_test(line_that_is_kept_stays_registered_without_its_phone),
                cmocka_unit_test(line_that_is_not_kept_any_more_stays_for_its_phone),
                cmocka_unit_test(registrations_and_phones_come_and_go_in_pairs),
                cmocka_unit_test(names_are_known),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
