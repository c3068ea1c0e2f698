/* Keys against the calls a phone has, as a table; and the phone as a whole.
 * Calls are written "line:state", oldest first, with references 101, 102 ... in that order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/core/forward.h"
#include "gateway/core/phone.h"
#include "tests/unit/core_story.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))
#define CALLS_MAX   8

struct phone {
        struct call calls[CALLS_MAX];
        const struct call *pointers[CALLS_MAX];
        struct phone_view view;
};

/* A call behind '+' was begun to transfer the one before it. */
static void phone_make(struct phone *phone, const char *calls)
{
        char copy[160], *rest = NULL;
        *phone = (struct phone){
                .view = {.n_lines = 2,
                         .max_per_line = 3,
                         .busy_trigger = 2,
                         .codes = {.pickup = "*8", .other_pickup = "*7", .directed_pickup = "**", .park = "700"}}};
        phone->view.calls = phone->pointers;
        text_copy(copy, sizeof copy, calls);
        for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
                size_t i = phone->view.n_calls++;
                bool consult = *word == '+';
                word += consult;
                phone->calls[i] = (struct call){
                        .purpose = consult ? CALL_CONSULT : CALL_PLAIN,
                        .partner = consult ? (uint32_t)(100 + i) : 0,
                        .number = "1003",
                        .line = (unsigned)(word[0] - '0'),
                        .reference = (uint32_t)(101 + i),
                        .age = i + 1,
                        .state = story_state(word + 2),
                        .incoming = strcmp(word + 2, "offered") == 0,
                };
                phone->pointers[i] = &phone->calls[i];
        }
}

/* "101:hold new1:off-hook", "refused", "silence", "" */
static void steps_print(const struct phone *phone, const struct phone_steps *steps, char *out, size_t size)
{
        *out = '\0';
        for (unsigned i = 0; i < steps->count; i++) {
                const struct phone_step *step = &steps->at[i];
                bool is_new = step->call == PHONE_NEW_CALL_SLOT;
                text_append(out, size, "%s%s%u:%s", i ? " " : "", is_new ? "new" : "",
                            is_new ? step->line : phone->view.calls[step->call]->reference, event_name(step->event));
                if (step->purpose == CALL_CONSULT)
                        text_append(out, size, "/consult");
                if (step->purpose == CALL_PICKUP)
                        text_append(out, size, "/pickup%s%s", step->number ? step->number : "",
                                    step->prefix ? step->prefix : "");
                if (step->purpose == CALL_PRIVATE)
                        text_append(out, size, "/private");
                if (call_is_setting(step->purpose))
                        text_append(out, size, "/%d", (int)forward_of_purpose(step->purpose));
                if (step->event == EV_SET)
                        text_append(out, size, "=%s", step->number);
                if (step->event == EV_TRANSFER && !step->partner && !step->number)
                        text_append(out, size, "/pressed");
                else if (step->event == EV_TRANSFER)
                        text_append(out, size, "/%s", step->partner ? "to-call" : step->number);
        }
        text_append(out, size, "%s%s%s", steps->refused ? "refused" : "", steps->silence ? "silence" : "",
                    steps->dnd ? "dnd" : "");
}

struct row {
        const char *calls;
        enum phone_key key;
        unsigned line;
        uint32_t reference;
        const char *steps;
};

static void check_rows(const struct row *rows, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                struct phone phone;
                struct phone_press press = {.key = rows[i].key, .line = rows[i].line, .reference = rows[i].reference};
                struct phone_steps steps;
                char got[120];
                phone_make(&phone, rows[i].calls);
                phone_press(&phone.view, &press, &steps);
                steps_print(&phone, &steps, got, sizeof got);
                if (strcmp(got, rows[i].steps) != 0)
                        fail_msg("[%s] %s line %u call %u: '%s', expected '%s'", rows[i].calls,
                                 phone_key_name(rows[i].key), rows[i].line, rows[i].reference, got, rows[i].steps);
        }
}

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

static void who_is_not_to_be_disturbed_sees_calls_and_hears_none(void **state)
{
        (void)state;
        struct phone phone;
        struct phone_look look;
        struct phone_press press = {.key = PHONE_DND};
        struct phone_steps steps;
        phone_make(&phone, "1:offered");
        phone.view.silent = true;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_FLASH);
        phone_make(&phone, "1:talking 1:offered");
        phone.view.silent = true;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_SILENT);
        assert_int_equal(look.waiting_for, 0);
        phone_press(&phone.view, &press, &steps);
        assert_true(steps.dnd && steps.count == 0 && phone_key_works(&phone.view, &press));
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

static void line_is_busy_with_held_and_ringing_calls_too(void **state)
{
        (void)state;
        struct phone phone;
        phone_make(&phone, "1:held");
        assert_int_equal(phone_refuses(&phone.view, 1), 0);
        phone_make(&phone, "1:held 1:offered");
        assert_int_equal(phone_refuses(&phone.view, 1), 486);
        assert_int_equal(phone_refuses(&phone.view, 2), 0);
        phone_make(&phone, "1:idle 1:held");
        assert_int_equal(phone_refuses(&phone.view, 1), 0);
        phone.view.max_per_line = 1;
        assert_int_equal(phone_refuses(&phone.view, 1), 486);
}

static void second_call_waits_silently_and_rings_when_the_first_ends(void **state)
{
        (void)state;
        struct phone phone;
        struct phone_look look;
        phone_make(&phone, "1:talking 2:offered");
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_SILENT);
        assert_int_equal(look.ring_reference, 102);
        assert_int_equal(look.waiting_reference, 101);
        assert_int_equal(look.waiting_line, 1);
        assert_int_equal(look.waiting_for, 102);
        assert_true(look.speaker);
        assert_int_equal(look.plane_line, 1);
        phone.calls[0].state = CALL_IDLE;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_INSIDE);
        assert_int_equal(look.ring_reference, 102);
        assert_int_equal(look.waiting_for, 0);
        assert_false(look.speaker);
        assert_int_equal(look.plane_line, 0);
}

static void each_call_that_waits_is_heard_once(void **state)
{
        (void)state;
        struct phone phone;
        struct phone_look look;
        phone_make(&phone, "1:talking 2:offered 1:offered");
        phone_look(&phone.view, &look);
        assert_int_equal(look.waiting_for, 103);
        assert_int_equal(look.ring_reference, 102);
        phone_make(&phone, "1:offered 2:talking");
        phone_look(&phone.view, &look);
        assert_int_equal(look.waiting_for, 101);
        assert_int_equal(look.waiting_reference, 102);
}

static void a_call_that_is_only_seen_does_not_ring(void **state)
{
        (void)state;
        struct phone phone;
        struct phone_look look;
        phone_make(&phone, "1:offered");
        phone.calls[0].unheard = true;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_FLASH);
        assert_int_equal(look.ring_reference, 101);
        assert_int_equal(phone_lamp(&phone.view, 1), LOOK_LAMP_BLINK);
        phone_make(&phone, "1:offered 2:offered"); /* another one is heard, although it came later */
        phone.calls[0].unheard = true;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_INSIDE);
        assert_int_equal(look.ring_reference, 102);
        phone_make(&phone, "2:talking 1:offered");
        phone.calls[1].unheard = true;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_SILENT);
        assert_int_equal(look.waiting_for, 0);
}

static void call_waiting_does_not_interrupt_another_tone(void **state)
{
        (void)state;
        struct phone phone;
        struct phone_look look;
        phone_make(&phone, "1:ringback 2:offered");
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_SILENT);
        assert_int_equal(look.waiting_for, 0);
}

static void oldest_call_decides_the_ring(void **state)
{
        (void)state;
        struct phone phone;
        struct phone_look look;
        phone_make(&phone, "2:offered 1:offered");
        phone.calls[0].outside = true;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_OUTSIDE);
        assert_int_equal(look.ring_line, 2);
        phone.calls[0].state = CALL_IDLE;
        phone_look(&phone.view, &look);
        assert_int_equal(look.ring, PHONE_RING_INSIDE);
        assert_int_equal(look.ring_line, 1);
}

static void lamp_shows_the_most_urgent_call_of_its_line(void **state)
{
        (void)state;
        static const struct {
                const char *calls;
                enum look_lamp lamp;
        } rows[] = {
                {"", LOOK_LAMP_OFF},
                {"2:talking", LOOK_LAMP_OFF},
                {"1:held", LOOK_LAMP_WINK},
                {"1:held 1:talking", LOOK_LAMP_ON},
                {"1:offered 1:talking 1:held", LOOK_LAMP_BLINK},
                {"1:dialing", LOOK_LAMP_ON},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct phone phone;
                phone_make(&phone, rows[i].calls);
                assert_int_equal(phone_lamp(&phone.view, 1), rows[i].lamp);
        }
}

static void calls_of_a_line_are_numbered_by_age(void **state)
{
        (void)state;
        struct phone phone;
        phone_make(&phone, "1:held 2:held 1:talking");
        assert_int_equal(phone_call_instance(&phone.view, &phone.calls[0]), 1);
        assert_int_equal(phone_call_instance(&phone.view, &phone.calls[1]), 1);
        assert_int_equal(phone_call_instance(&phone.view, &phone.calls[2]), 2);
}

static void keys_have_names(void **state)
{
        (void)state;
        for (enum phone_key key = 0; key < PHONE_KEYS; key++)
                assert_true(strlen(phone_key_name(key)) > 3);
        assert_string_equal(phone_key_name(PHONE_ENBLOC), "enbloc");
        assert_string_equal(phone_key_name(PHONE_KEYS), "unknown");
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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(off_hook_answers_the_oldest_or_begins_a_call),
                cmocka_unit_test(pickup_keys_begin_a_call_with_the_codes_of_the_pbx),
                cmocka_unit_test(pickup_key_without_a_code_does_nothing),
                cmocka_unit_test(group_pickup_prefers_groups_to_phones),
                cmocka_unit_test(park_sends_the_call_that_is_up_away),
                cmocka_unit_test(private_key_is_for_the_number_that_is_typed_or_the_next),
                cmocka_unit_test(reports_are_about_the_call_that_is_meant),
                cmocka_unit_test(on_hook_ends_the_active_call_only),
                cmocka_unit_test(line_key_does_what_the_line_needs),
                cmocka_unit_test(new_call_puts_the_active_one_away),
                cmocka_unit_test(answer_end_hold_and_resume_find_their_calls),
                cmocka_unit_test(digits_and_numbers_go_to_the_active_call),
                cmocka_unit_test(transfer_keys_find_their_two_calls),
                cmocka_unit_test(hook_of_an_analog_phone_goes_between_two_calls),
                cmocka_unit_test(hanging_up_on_who_was_consulted_transfers_where_that_is_wanted),
                cmocka_unit_test(forward_keys_ask_for_a_number_or_take_that_of_the_call),
                cmocka_unit_test(divert_key_sends_callers_to_leave_a_message),
                cmocka_unit_test(who_is_not_to_be_disturbed_sees_calls_and_hears_none),
                cmocka_unit_test(a_key_works_when_its_call_would_do_something),
                cmocka_unit_test(line_is_busy_with_held_and_ringing_calls_too),
                cmocka_unit_test(second_call_waits_silently_and_rings_when_the_first_ends),
                cmocka_unit_test(each_call_that_waits_is_heard_once),
                cmocka_unit_test(a_call_that_is_only_seen_does_not_ring),
                cmocka_unit_test(call_waiting_does_not_interrupt_another_tone),
                cmocka_unit_test(oldest_call_decides_the_ring),
                cmocka_unit_test(lamp_shows_the_most_urgent_call_of_its_line),
                cmocka_unit_test(calls_of_a_line_are_numbered_by_age),
                cmocka_unit_test(active_calls_can_be_put_away),
                cmocka_unit_test(keys_have_names),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
