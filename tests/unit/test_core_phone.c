/* Keys against the calls a phone has: hook, lines, calls, transfer. */
#include "tests/unit/core_phone.h"

static void off_hook_answers_the_oldest_or_begins_a_call(void **state)
{
        (void)state;
        static const struct row rows[] = {
                {"", PHONE_OFF_HOOK, 0, 0, "new1:off-hook"},
                {"", PHONE_OFF_HOOK, 2, 0, "new2:off-hook"},
                {"", PHONE_OFF_HOOK, 7, 0, ""}, /* no such line */
                {"1:offered", PHONE_OFF_HOOK, 0, 0, "101:answer"},
                {"2:offered 1:offered", PHONE_OFF_HOOK, 0, 0, "101:answer"},
                {"2:offered 1:offered", PHONE_OFF_HOOK, 1, 102, "102:answer"},
                {"1:held 2:offered", PHONE_OFF_HOOK, 0, 0, "102:answer"},
                {"1:held", PHONE_OFF_HOOK, 0, 0, "new1:off-hook"},
                {"1:talking 1:offered", PHONE_OFF_HOOK, 0, 0, ""}, /* from speaker to handset */
                {"1:dialing", PHONE_OFF_HOOK, 0, 0, ""},
                {"", PHONE_OFF_HOOK, 1, 999, "new1:off-hook"}, /* what rang is gone, the handset is up */
                {"1:offered", PHONE_OFF_HOOK, 1, 999, "101:answer"},
                {"1:held 1:held 1:held", PHONE_OFF_HOOK, 0, 0, "refused"},
                {"1:held 1:held 1:held", PHONE_OFF_HOOK, 2, 0, "new2:off-hook"},
        };
        check_rows(rows, ROWS(rows));
}

static void on_hook_ends_the_active_call_only(void **state)
{
        (void)state;
        static const struct row rows[] = {
                {"", PHONE_ON_HOOK, 0, 0, "silence"},
                {"1:offered", PHONE_ON_HOOK, 0, 0, "silence"},
                {"1:held", PHONE_ON_HOOK, 0, 0, "silence"},
                {"1:talking", PHONE_ON_HOOK, 0, 0, "101:hang-up"},
                {"1:held 2:talking 2:offered", PHONE_ON_HOOK, 0, 0, "102:hang-up"},
                {"1:failed", PHONE_ON_HOOK, 0, 0, "101:hang-up"},
                {"1:off-hook", PHONE_ON_HOOK, 1, 0, "101:hang-up"},
                {"1:held 1:ringback", PHONE_ON_HOOK, 1, 102, "102:hang-up"},
                {"1:held 1:talking", PHONE_ON_HOOK, 1, 101, ""}, /* C8: a held call is not dropped */
                {"1:offered 1:talking", PHONE_ON_HOOK, 1, 101, ""},
                {"1:talking", PHONE_ON_HOOK, 1, 999, ""}, /* another phone's call, or one long gone */
        };
        check_rows(rows, ROWS(rows));
}

static void line_key_does_what_the_line_needs(void **state)
{
        (void)state;
        static const struct row rows[] = {
                {"", PHONE_LINE, 1, 0, "new1:off-hook"},
                {"", PHONE_LINE, 2, 0, "new2:off-hook"},
                {"", PHONE_LINE, 3, 0, ""},
                {"", PHONE_LINE, 0, 0, ""},
                {"1:offered", PHONE_LINE, 1, 0, "101:answer"},
                {"1:held", PHONE_LINE, 1, 0, "101:resume"},
                {"1:held 1:held", PHONE_LINE, 1, 102, "102:resume"}, /* SPA phones always say line 1 */
                {"1:talking", PHONE_LINE, 1, 0, ""},
                {"1:talking 1:offered", PHONE_LINE, 1, 0, "101:hold 102:answer"},
                {"1:talking 1:held", PHONE_LINE, 1, 0, ""},
                {"1:talking 2:held", PHONE_LINE, 2, 0, "101:hold 102:resume"},
                {"1:talking", PHONE_LINE, 2, 0, "101:hold new2:off-hook"},
                {"1:dialing", PHONE_LINE, 2, 0, "101:hang-up new2:off-hook"},
                {"1:answering", PHONE_LINE, 2, 0, ""}, /* a moment that passes */
                {"1:failed 2:offered", PHONE_LINE, 2, 0, "101:hang-up 102:answer"},
        };
        check_rows(rows, ROWS(rows));
}

static void new_call_puts_the_active_one_away(void **state)
{
        (void)state;
        static const struct row rows[] = {
                {"", PHONE_NEW_CALL, 0, 0, "new1:off-hook"},
                {"1:talking", PHONE_NEW_CALL, 1, 101, "101:hold new1:off-hook"},
                {"1:opening", PHONE_NEW_CALL, 0, 0, "101:hold new1:off-hook"},
                {"1:agreeing", PHONE_NEW_CALL, 0, 0, "101:hold new1:off-hook"},
                {"1:resuming", PHONE_NEW_CALL, 2, 0, "101:hold new2:off-hook"},
                {"1:ringback", PHONE_NEW_CALL, 0, 0, "101:hang-up new1:off-hook"},
                {"1:early", PHONE_NEW_CALL, 0, 0, "101:hang-up new1:off-hook"},
                {"1:failed", PHONE_NEW_CALL, 0, 0, "101:hang-up new1:off-hook"},
                {"1:off-hook", PHONE_NEW_CALL, 0, 0, ""},
                {"1:dialing", PHONE_NEW_CALL, 0, 0, ""},
                {"1:offered", PHONE_NEW_CALL, 0, 0, "new1:off-hook"},
                {"1:held 1:held 1:talking", PHONE_NEW_CALL, 1, 0, "refused"},
                {"1:held 1:held 1:failed", PHONE_NEW_CALL, 1, 0, "103:hang-up new1:off-hook"},
        };
        check_rows(rows, ROWS(rows));
}

static void answer_end_hold_and_resume_find_their_calls(void **state)
{
        (void)state;
        static const struct row rows[] = {
                {"", PHONE_ANSWER, 0, 0, ""},
                {"1:offered", PHONE_ANSWER, 1, 101, "101:answer"},
                {"1:talking 1:offered", PHONE_ANSWER, 1, 102, "101:hold 102:answer"},
                {"1:ringback 2:offered", PHONE_ANSWER, 2, 102, "101:hang-up 102:answer"},
                {"1:talking 2:offered 1:offered", PHONE_ANSWER, 0, 0, "101:hold 102:answer"},
                {"1:talking", PHONE_ANSWER, 1, 101, ""},
                {"1:offered", PHONE_ANSWER, 1, 999, ""},
                {"1:answering 2:offered", PHONE_ANSWER, 2, 102, ""},
                {"1:talking 2:held", PHONE_END_CALL, 0, 0, "101:hang-up"},
                {"1:talking 2:held", PHONE_END_CALL, 2, 102, "102:hang-up"},
                {"1:talking 2:offered", PHONE_END_CALL, 2, 102, "102:hang-up"},
                {"1:held 2:offered", PHONE_END_CALL, 0, 0, "102:hang-up"},
                {"1:held", PHONE_END_CALL, 0, 0, ""},
                {"1:talking", PHONE_END_CALL, 1, 999, ""},
                {"1:talking", PHONE_HOLD, 1, 101, "101:hold"},
                {"1:talking", PHONE_HOLD, 0, 0, "101:hold"},
                {"1:talking", PHONE_HOLD, 1, 999, ""},
                {"1:ringback", PHONE_HOLD, 0, 0, ""},
                {"1:answering", PHONE_HOLD, 0, 0, ""},
                {"1:held", PHONE_HOLD, 0, 0, "101:resume"}, /* one button for both, Stimulus 3 */
                {"1:held 2:talking", PHONE_HOLD, 0, 0, "102:hold"},
                {"1:held 2:talking", PHONE_HOLD, 1, 101, "102:hold 101:resume"},
                {"1:held 1:off-hook", PHONE_HOLD, 0, 0, "102:hang-up 101:resume"}, /* an analogue phone's way back */
                {"1:held 1:dialing", PHONE_HOLD, 1, 102, "102:hang-up 101:resume"},
                {"1:held 1:failed", PHONE_HOLD, 0, 0, "102:hang-up 101:resume"},
                {"1:held 1:ringback", PHONE_HOLD, 0, 0, ""},
                {"1:off-hook", PHONE_HOLD, 0, 0, ""},
                {"", PHONE_HOLD, 0, 0, ""},
                {"1:held", PHONE_RESUME, 1, 101, "101:resume"},
                {"1:held 2:held", PHONE_RESUME, 2, 0, "102:resume"},
                {"1:held 2:held", PHONE_RESUME, 0, 0, "101:resume"},
                {"1:held 2:talking", PHONE_RESUME, 1, 101, "102:hold 101:resume"},
                {"1:held 2:dialing", PHONE_RESUME, 1, 101, "102:hang-up 101:resume"},
                {"1:talking", PHONE_RESUME, 1, 101, ""},
                {"1:held", PHONE_RESUME, 1, 999, ""},
        };
        check_rows(rows, ROWS(rows));
}

static void digits_and_numbers_go_to_the_active_call(void **state)
{
        (void)state;
        static const struct row rows[] = {
                {"", PHONE_DIGIT, 0, 0, ""},
                {"1:off-hook", PHONE_DIGIT, 0, 0, "101:digit"},
                {"1:held 2:dialing", PHONE_DIGIT, 2, 102, "102:digit"},
                {"1:held 2:dialing", PHONE_DIGIT, 1, 101, ""},
                {"1:dialing", PHONE_DIGIT, 1, 999, ""},
                {"1:dialing", PHONE_BACKSPACE, 0, 0, "101:backspace"},
                {"1:dialing", PHONE_DIAL, 0, 0, "101:dial"},
                {"1:offered", PHONE_DIGIT, 0, 0, ""},
                {"", PHONE_NUMBER, 0, 0, "new1:number"},
                {"", PHONE_NUMBER, 2, 0, "new2:number"},
                {"1:off-hook", PHONE_NUMBER, 0, 0, "101:number"},
                {"1:dialing", PHONE_NUMBER, 0, 0, "101:number"},
                {"1:talking", PHONE_NUMBER, 0, 0, "101:hold new1:number"},
                {"1:failed", PHONE_NUMBER, 0, 0, "101:hang-up new1:number"},
                {"", PHONE_ENBLOC, 0, 0, "new1:number"},
                {"", PHONE_ENBLOC, 9, 0, ""},
                {"1:off-hook", PHONE_ENBLOC, 0, 0, "101:number"},
                {"1:failed", PHONE_ENBLOC, 0, 0, "101:hang-up new1:number"},
                {"1:talking", PHONE_ENBLOC, 0, 0, ""}, /* C5: not a new call */
                {"1:held", PHONE_ENBLOC, 0, 0, "new1:number"},
        };
        check_rows(rows, ROWS(rows));
}

static void transfer_keys_find_their_two_calls(void **state)
{
        (void)state;
        static const struct row rows[] = {
                {"1:talking", PHONE_TRANSFER, 1, 101, "101:hold/consult new1:off-hook/consult"},
                {"1:talking", PHONE_TRANSFER, 0, 0, "101:hold/consult new1:off-hook/consult"},
                {"2:talking", PHONE_TRANSFER, 0, 0, "101:hold/consult new2:off-hook/consult"},
                {"1:ringback", PHONE_TRANSFER, 1, 101, ""},
                {"1:held", PHONE_TRANSFER, 1, 101, ""},
                {"", PHONE_TRANSFER, 0, 0, ""},
                {"1:held 1:held 1:talking", PHONE_TRANSFER, 0, 0, "refused"},
                {"1:held +1:off-hook", PHONE_TRANSFER, 1, 102, ""},
                {"1:held +1:dialing", PHONE_TRANSFER, 1, 102, ""},
                {"1:held +1:calling", PHONE_TRANSFER, 1, 102, "102:hang-up 101:transfer/1003"},
                {"1:held +1:ringback", PHONE_TRANSFER, 1, 102, "102:hang-up 101:transfer/1003"},
                {"1:held +1:early", PHONE_TRANSFER, 0, 0, "102:hang-up 101:transfer/1003"},
                {"1:held +1:talking", PHONE_TRANSFER, 1, 102, "102:hand-over 101:transfer/to-call"},
                {"1:held +1:talking", PHONE_TRANSFER, 1, 101, ""}, /* of the call that is not active */
                {"1:held +1:failed", PHONE_TRANSFER, 1, 102, ""},
                {"1:talking +1:held", PHONE_TRANSFER, 1, 101, "101:hand-over 102:transfer/to-call"},
                {"1:held 1:talking", PHONE_TRANSFER, 1, 102, "102:hold/consult new1:off-hook/consult"},
                {"1:held 1:talking", PHONE_DIRECT_TRANSFER, 1, 102, "102:hand-over 101:transfer/to-call"},
                {"1:held 2:held", PHONE_DIRECT_TRANSFER, 1, 101, "102:hand-over 101:transfer/to-call"},
                {"1:held 1:ringback", PHONE_DIRECT_TRANSFER, 1, 102, ""},
                {"1:held 1:held 1:talking", PHONE_DIRECT_TRANSFER, 1, 103, ""}, /* which one? */
                {"1:talking", PHONE_DIRECT_TRANSFER, 1, 101, ""},
        };
        check_rows(rows, ROWS(rows));
}

static void hook_of_an_analog_phone_goes_between_two_calls(void **state)
{
        (void)state;
        static const struct row rows[] = {
                {"", PHONE_FLASH, 0, 0, ""},
                {"1:talking", PHONE_FLASH, 0, 0, "101:hold/consult new1:off-hook/consult"},
                {"1:held +1:off-hook", PHONE_FLASH, 0, 0, "102:hang-up 101:resume"},
                {"1:held +1:ringback", PHONE_FLASH, 0, 0, "102:hang-up 101:resume"},
                {"1:held +1:failed", PHONE_FLASH, 0, 0, "102:hang-up 101:resume"},
                {"1:held +1:talking", PHONE_FLASH, 0, 0, "102:hold 101:resume"},
                {"1:talking +1:held", PHONE_FLASH, 0, 0, "101:hold 102:resume"},
                {"1:held 1:off-hook", PHONE_FLASH, 0, 0, "102:hang-up 101:resume"},
                {"1:ringback", PHONE_FLASH, 0, 0, ""},
                {"1:talking 1:offered", PHONE_FLASH, 0, 0, "101:hold 102:answer"},
        };
        check_rows(rows, ROWS(rows));
}

static void hanging_up_on_who_was_consulted_transfers_where_that_is_wanted(void **state)
{
        (void)state;
        static const struct {
                const char *calls, *off, *on;
        } rows[] = {
                {"1:held +1:talking", "102:hang-up", "102:hand-over 101:transfer/to-call 102:hang-up"},
                {"1:held +1:ringback", "102:hang-up", "102:hang-up 101:transfer/1003"},
                {"1:held +1:off-hook", "102:hang-up", "102:hang-up"},
                {"1:held +1:failed", "102:hang-up", "102:hang-up"},
                {"1:held 1:talking", "102:hang-up", "102:hang-up"}, /* nobody was consulted */
                {"1:talking +1:held", "101:hang-up", "101:hand-over 102:transfer/to-call 101:hang-up"},
        };
        for (size_t i = 0; i < ROWS(rows); i++)
                for (int on = 0; on < 2; on++) {
                        struct phone phone;
                        struct phone_press press = {.key = PHONE_ON_HOOK};
                        struct phone_steps steps;
                        char got[160];
                        phone_make(&phone, rows[i].calls);
                        phone.view.transfer_on_hook = on;
                        phone_press(&phone.view, &press, &steps);
                        steps_print(&phone, &steps, got, sizeof got);
                        assert_string_equal(got, on ? rows[i].on : rows[i].off);
                }
}

static void a_key_works_when_its_call_would_do_something(void **state)
{
        (void)state;
        static const struct {
                const char *calls;
                enum phone_key key;
                uint32_t reference;
                bool works;
        } rows[] = {
                {"", PHONE_NEW_CALL, 0, true},
                {"", PHONE_NUMBER, 0, true},
                {"", PHONE_END_CALL, 0, false},
                {"1:off-hook", PHONE_DIAL, 101, false},
                {"1:off-hook", PHONE_BACKSPACE, 101, false},
                {"1:off-hook", PHONE_END_CALL, 101, true},
                {"1:dialing", PHONE_DIAL, 101, true},
                {"1:dialing", PHONE_BACKSPACE, 101, true},
                {"1:calling", PHONE_HOLD, 101, false},
                {"1:early", PHONE_HOLD, 101, false},
                {"1:early", PHONE_END_CALL, 101, true},
                {"1:offered", PHONE_ANSWER, 101, true},
                {"1:answering", PHONE_HOLD, 101, false},
                {"1:answering 1:offered", PHONE_ANSWER, 102, true}, /* in a moment: keys do not flicker */
                {"1:agreeing", PHONE_HOLD, 101, true},
                {"1:talking", PHONE_HOLD, 101, true},
                {"1:talking", PHONE_RESUME, 101, false},
                {"1:talking 1:held", PHONE_RESUME, 102, true},
                {"1:held", PHONE_HOLD, 101, true}, /* the button resumes */
                {"1:held", PHONE_NEW_CALL, 101, true},
                {"1:held 1:held 1:held", PHONE_NEW_CALL, 101, false}, /* the line is full */
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct phone phone;
                struct phone_press press = {.key = rows[i].key, .line = 1, .reference = rows[i].reference};
                phone_make(&phone, rows[i].calls);
                if (phone_key_works(&phone.view, &press) != rows[i].works)
                        fail_msg("\"%s\": %s", rows[i].calls, phone_key_name(rows[i].key));
        }
}

/* A key that puts a call away relies on the call's own rules. */
static void active_calls_can_be_put_away(void **state)
{
        (void)state;
        for (enum call_state from = 0; from < CALL_STATE_COUNT; from++) {
                struct phone phone;
                struct phone_press press = {.key = PHONE_ANSWER};
                struct phone_steps steps;
                phone_make(&phone, "1:talking 2:offered");
                phone.calls[0].state = from;
                phone_press(&phone.view, &press, &steps);
                if (steps.count == 2)
                        assert_true(call_takes(from, steps.at[0].event));
                else
                        assert_true(from == CALL_ANSWERING || !call_is_active(&phone.calls[0]));
        }
}

static void keys_have_names(void **state)
{
        (void)state;
        for (enum phone_key key = 0; key < PHONE_KEYS; key++)
                assert_true(strlen(phone_key_name(key)) > 3);
        assert_string_equal(phone_key_name(PHONE_ENBLOC), "enbloc");
        assert_string_equal(phone_key_name(PHONE_KEYS), "unknown");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(off_hook_answers_the_oldest_or_begins_a_call),
                cmocka_unit_test(on_hook_ends_the_active_call_only),
                cmocka_unit_test(line_key_does_what_the_line_needs),
                cmocka_unit_test(new_call_puts_the_active_one_away),
                cmocka_unit_test(answer_end_hold_and_resume_find_their_calls),
                cmocka_unit_test(digits_and_numbers_go_to_the_active_call),
                cmocka_unit_test(transfer_keys_find_their_two_calls),
                cmocka_unit_test(hook_of_an_analog_phone_goes_between_two_calls),
                cmocka_unit_test(hanging_up_on_who_was_consulted_transfers_where_that_is_wanted),
                cmocka_unit_test(a_key_works_when_its_call_would_do_something),
                cmocka_unit_test(active_calls_can_be_put_away),
                cmocka_unit_test(keys_have_names),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
