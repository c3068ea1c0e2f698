/* Keys for features against the calls a phone has: pickup, park, call back, forwards, reports. */
#include "tests/unit/core_phone.h"

#include "gateway/core/cause.h"

static void pickup_keys_begin_a_call_with_the_codes_of_the_pbx(void **state)
{
        (void)state;
        static const struct row rows[] = {
                {"", PHONE_PICKUP, 0, 0, "new1:number/pickup*8"},
                {"", PHONE_PICKUP, 2, 0, "new2:number/pickup*8"},
                {"", PHONE_OTHER_PICKUP, 0, 0, "new1:number/pickup*7"},
                {"", PHONE_GROUP_PICKUP, 0, 0, "new1:off-hook/pickup**"},
                {"1:off-hook", PHONE_PICKUP, 0, 0, "101:hang-up new1:number/pickup*8"},
                {"1:talking", PHONE_GROUP_PICKUP, 0, 0, "101:hold new1:off-hook/pickup**"},
                {"1:offered", PHONE_PICKUP, 0, 0, "new1:number/pickup*8"},
                {"1:held 1:held 1:held", PHONE_PICKUP, 0, 0, "refused"},
                {"1:answering", PHONE_PICKUP, 0, 0, ""},
        };
        check_rows(rows, ROWS(rows));
}

static void pickup_key_without_a_code_does_nothing(void **state)
{
        (void)state;
        static const enum phone_key keys[] = {PHONE_PICKUP, PHONE_OTHER_PICKUP, PHONE_GROUP_PICKUP, PHONE_PARK};
        for (size_t i = 0; i < ROWS(keys); i++) {
                struct phone phone;
                struct phone_press press = {.key = keys[i]};
                struct phone_steps steps;
                phone_make(&phone, "1:talking");
                phone.view.codes = (struct phone_codes){0};
                phone_press(&phone.view, &press, &steps);
                assert_int_equal(steps.count, 0);
                assert_false(phone_key_works(&phone.view, &press));
        }
}

static void group_pickup_prefers_groups_to_phones(void **state)
{
        (void)state;
        struct phone phone;
        struct phone_press press = {.key = PHONE_GROUP_PICKUP};
        struct phone_steps steps;
        phone_make(&phone, "");
        phone.view.codes.group_pickup = "*9";
        phone_press(&phone.view, &press, &steps);
        assert_string_equal(steps.at[0].prefix, "*9");
}

static void park_sends_the_call_that_is_up_away(void **state)
{
        (void)state;
        static const struct row rows[] = {
                {"1:talking", PHONE_PARK, 0, 0, "101:transfer/700"},
                {"1:talking", PHONE_PARK, 1, 101, "101:transfer/700"},
                {"1:held 1:talking", PHONE_PARK, 0, 0, "102:transfer/700"},
                {"1:held 1:talking", PHONE_PARK, 1, 101, "101:transfer/700"},
                {"1:held", PHONE_PARK, 1, 101, "101:transfer/700"},
                {"1:held", PHONE_PARK, 0, 0, "101:transfer/700"},
                {"1:ringback", PHONE_PARK, 0, 0, ""},
                {"1:offered", PHONE_PARK, 1, 101, ""},
                {"1:talking", PHONE_PARK, 1, 999, ""},
                {"", PHONE_PARK, 0, 0, ""},
        };
        check_rows(rows, ROWS(rows));
}

static void private_key_is_for_the_number_that_is_typed_or_the_next(void **state)
{
        (void)state;
        static const struct row rows[] = {
                {"", PHONE_PRIVATE, 0, 0, "new1:off-hook/private"},
                {"1:held", PHONE_PRIVATE, 2, 0, "new2:off-hook/private"},
                {"1:off-hook", PHONE_PRIVATE, 0, 0, "101:private"},
                {"1:dialing", PHONE_PRIVATE, 1, 101, "101:private"},
                {"1:calling", PHONE_PRIVATE, 0, 0, ""},
                {"1:talking", PHONE_PRIVATE, 0, 0, ""},
        };
        check_rows(rows, ROWS(rows));
}

static void reports_are_about_the_call_that_is_meant(void **state)
{
        (void)state;
        static const struct row rows[] = {
                {"1:talking", PHONE_MALICIOUS, 0, 0, "101:malicious"},
                {"1:offered", PHONE_MALICIOUS, 1, 101, "101:malicious"},
                {"1:held", PHONE_MALICIOUS, 1, 101, "101:malicious"},
                {"1:dialing", PHONE_MALICIOUS, 0, 0, ""},
                {"", PHONE_MALICIOUS, 0, 0, ""},
                {"1:talking", PHONE_QUALITY, 0, 0, "101:quality"},
                {"1:early", PHONE_QUALITY, 0, 0, "101:quality"},
                {"1:held", PHONE_QUALITY, 1, 101, ""},
                {"1:talking", PHONE_QUALITY, 1, 999, ""},
        };
        check_rows(rows, ROWS(rows));
}

static void forward_keys_ask_for_a_number_or_take_that_of_the_call(void **state)
{
        (void)state;
        static const struct row rows[] = {
                {"", PHONE_FORWARD_ALL, 0, 0, "new1:off-hook/0"},
                {"", PHONE_FORWARD_BUSY, 2, 0, "new2:off-hook/1"},
                {"", PHONE_FORWARD_NO_ANSWER, 7, 0, ""},
                {"1:off-hook", PHONE_FORWARD_ALL, 1, 101, "101:hang-up new1:off-hook/0"},
                {"2:talking", PHONE_FORWARD_ALL, 0, 0, "new2:set/0=1003"},
                {"1:ringback", PHONE_FORWARD_NO_ANSWER, 0, 0, "new1:set/2=1003"},
                {"1:held", PHONE_FORWARD_ALL, 1, 0, "new1:off-hook/0"},
                {"1:telling", PHONE_FORWARD_ALL, 1, 0, ""}, /* one after the other */
        };
        check_rows(rows, ROWS(rows));
        struct phone phone;
        struct phone_press press = {.key = PHONE_FORWARD_ALL, .active = true};
        struct phone_steps steps;
        char got[120];
        phone_make(&phone, "1:talking");
        phone_press(&phone.view, &press, &steps);
        steps_print(&phone, &steps, got, sizeof got);
        assert_string_equal(got, "new1:set/0=");
        press.active = false;
        phone.calls[0].incoming = true; /* who hides the own number cannot be forwarded to */
        phone_press(&phone.view, &press, &steps);
        assert_int_equal(steps.count, 0);
}

static void divert_key_sends_callers_to_leave_a_message(void **state)
{
        (void)state;
        static const struct {
                const char *calls;
                uint32_t reference;
                const char *steps;
                bool works;
        } rows[] = {
                {"", 0, "", false},
                {"1:offered", 0, "101:divert", true},
                {"1:talking 2:offered", 0, "102:divert", true},
                {"1:talking 2:offered", 101, "101:hold 101:transfer/pressed", true},
                {"1:talking", 0, "101:hold 101:transfer/pressed", true},
                {"1:held", 101, "101:transfer/pressed", true},
                {"1:answering", 101, "", true}, /* in a moment */
                {"1:ringback", 0, "", false},
                {"1:talking", 999, "", false},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct phone phone;
                struct phone_press press = {.key = PHONE_DIVERT, .reference = rows[i].reference, .number = "1900"};
                struct phone_steps steps;
                char got[120];
                phone_make(&phone, rows[i].calls);
                phone_press(&phone.view, &press, &steps);
                steps_print(&phone, &steps, got, sizeof got);
                assert_string_equal(got, rows[i].steps);
                assert_true(phone_key_works(&phone.view, &press) == rows[i].works);
        }
}

/* A lamp of somebody who rings is pressed: what is dialled was found for it. */
static void lamp_of_who_rings_picks_him_up(void **state)
{
        (void)state;
        static const struct {
                const char *calls, *number, *steps;
                bool works; /* also when it will in a moment */
        } rows[] = {
                {"", "**1003", "new1:number/pickup**1003", true},
                {"", "", "", false},
                {"1:talking", "**1003", "101:hold new1:number/pickup**1003", true},
                {"1:off-hook", "**1003", "101:hang-up new1:number/pickup**1003", true},
                {"1:offered", "**1003", "new1:number/pickup**1003", true},
                {"1:held 1:held 1:held", "**1003", "refused", false},
                {"1:answering", "**1003", "", true},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct phone phone;
                struct phone_press press = {.key = PHONE_PICK_UP};
                struct phone_steps steps;
                char got[120];
                TEXT_SET(press.number, rows[i].number);
                phone_make(&phone, rows[i].calls);
                phone_press(&phone.view, &press, &steps);
                steps_print(&phone, &steps, got, sizeof got);
                assert_string_equal(got, rows[i].steps);
                assert_int_equal(phone_key_works(&phone.view, &press), rows[i].works);
        }
}

/* The key is about a call that reaches nobody, or ends the waiting for who was wanted before. */
static void call_back_key_is_about_who_is_not_reached(void **state)
{
        (void)state;
        enum { NOTHING, CALL = PHONE_RECALL_CALL, STOP = PHONE_RECALL_STOP };
        static const struct {
                const char *calls;
                uint32_t reference;
                int idle, waiting; /* what comes of it while nobody is waited for, and while somebody is */
                int call;
        } rows[] = {
                {"", 0, NOTHING, STOP, -1},
                {"1:ringback", 0, CALL, CALL, 0},
                {"1:early", 0, CALL, CALL, 0},
                {"1:held 1:ringback", 0, CALL, CALL, 1},
                {"1:held 1:ringback", 102, CALL, CALL, 1},
                {"1:held 1:ringback", 101, NOTHING, STOP, -1},
                {"1:ringback", 999, NOTHING, STOP, -1},
                {"1:talking", 0, NOTHING, STOP, -1},
                {"1:calling", 0, NOTHING, STOP, -1},
                {"1:offered", 0, NOTHING, STOP, -1},
                {"1:dialing", 0, NOTHING, STOP, -1},
        };
        for (size_t i = 0; i < 2 * ROWS(rows); i++) {
                bool waiting = i % 2;
                int expected = waiting ? rows[i / 2].waiting : rows[i / 2].idle;
                struct phone phone;
                struct phone_press press = {
                        .key = PHONE_CALL_BACK, .reference = rows[i / 2].reference, .active = waiting};
                struct phone_steps steps;
                phone_make(&phone, rows[i / 2].calls);
                phone_press(&phone.view, &press, &steps);
                assert_int_equal(steps.recall, expected);
                assert_int_equal(steps.count, 0);
                assert_int_equal(phone_key_works(&phone.view, &press), expected != NOTHING);
                if (expected == CALL)
                        assert_int_equal(steps.recalled, rows[i / 2].call);
        }
}

/* Who is busy, or away, may be called back; what was no number may not, nor who called us. */
static void call_back_is_for_numbers_of_ours(void **state)
{
        (void)state;
        static const struct outcome busy = {.name = "busy", .prompt = PROMPT_BUSY};
        struct phone_press press = {.key = PHONE_CALL_BACK};
        struct phone_steps steps;
        struct phone phone;
        phone_make(&phone, "1:failed");
        phone.calls[0].outcome = &busy;
        phone_press(&phone.view, &press, &steps);
        assert_int_equal(steps.recall, PHONE_RECALL_CALL);
        phone.calls[0].purpose = CALL_PICKUP;
        phone_press(&phone.view, &press, &steps);
        assert_int_equal(steps.recall, 0);
        phone.calls[0].purpose = CALL_PLAIN;
        phone.calls[0].incoming = true;
        phone_press(&phone.view, &press, &steps);
        assert_int_equal(steps.recall, 0);
        phone_make(&phone, "1:ringback");
        TEXT_SET(phone.calls[0].number, "*97");
        phone_press(&phone.view, &press, &steps);
        assert_int_equal(steps.recall, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(pickup_keys_begin_a_call_with_the_codes_of_the_pbx),
                cmocka_unit_test(pickup_key_without_a_code_does_nothing),
                cmocka_unit_test(group_pickup_prefers_groups_to_phones),
                cmocka_unit_test(park_sends_the_call_that_is_up_away),
                cmocka_unit_test(private_key_is_for_the_number_that_is_typed_or_the_next),
                cmocka_unit_test(reports_are_about_the_call_that_is_meant),
                cmocka_unit_test(forward_keys_ask_for_a_number_or_take_that_of_the_call),
                cmocka_unit_test(divert_key_sends_callers_to_leave_a_message),
                cmocka_unit_test(lamp_of_who_rings_picks_him_up),
                cmocka_unit_test(call_back_key_is_about_who_is_not_reached),
                cmocka_unit_test(call_back_is_for_numbers_of_ours),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
