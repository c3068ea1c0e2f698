/* What calls look like, through the events that make them so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/core/look.h"
#include "tests/unit/core_story.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

static void look_after(const char *events, bool direct, struct look *look)
{
        char copy[160], *rest = NULL;
        struct call call = {.reference = 1, .line = 1, .self = {"Alice", "1001"}};
        struct call_rules rules = story_rules(direct);
        text_copy(copy, sizeof copy, events);
        for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
                struct event event = story_event(word);
                struct actions actions;
                if (event.kind == EV_FAILED)
                        TEXT_SET(event.reason, "Go away");
                if (event.kind == EV_IDENTITY)
                        TEXT_SET(event.party.name, "Bob");
                assert_true(call_step(&call, &event, &rules, &actions));
        }
        call_look(&call, look);
}

static void every_state_looks_as_the_field_guide_says(void **state)
{
        (void)state;
        static const struct {
                const char *events;
                enum look_state shown;
                enum look_keys keys;
                enum look_lamp lamp;
                enum look_tone tone;
                enum look_prompt prompt;
                const char *text;
                enum look_info info;
        } rows[] = {
                {"", LOOK_ON_HOOK, LOOK_KEYS_ON_HOOK, LOOK_LAMP_OFF, LOOK_TONE_SILENT, PROMPT_NONE, "", INFO_NONE},
                {"off-hook", LOOK_OFF_HOOK, LOOK_KEYS_OFF_HOOK, LOOK_LAMP_ON, LOOK_TONE_INSIDE_DIAL,
                 PROMPT_ENTER_NUMBER, "", INFO_NONE},
                {"off-hook:forward", LOOK_OFF_HOOK, LOOK_KEYS_DIGITS, LOOK_LAMP_ON, LOOK_TONE_ZIP, PROMPT_ENTER_NUMBER,
                 "", INFO_NONE},
                {"set:dnd", LOOK_ON_HOOK, LOOK_KEYS_ON_HOOK, LOOK_LAMP_OFF, LOOK_TONE_SILENT, PROMPT_NONE, "",
                 INFO_NONE},
                {"off-hook digit:1", LOOK_OFF_HOOK, LOOK_KEYS_DIGITS, LOOK_LAMP_ON, LOOK_TONE_SILENT,
                 PROMPT_ENTER_NUMBER, "", INFO_NONE},
                {"off-hook digit:9", LOOK_OFF_HOOK, LOOK_KEYS_DIGITS, LOOK_LAMP_ON, LOOK_TONE_OUTSIDE_DIAL,
                 PROMPT_ENTER_NUMBER, "", INFO_NONE},
                {"off-hook digit:9 digit:1", LOOK_OFF_HOOK, LOOK_KEYS_DIGITS, LOOK_LAMP_ON, LOOK_TONE_SILENT,
                 PROMPT_ENTER_NUMBER, "", INFO_NONE},
                {"off-hook digit:1 backspace", LOOK_OFF_HOOK, LOOK_KEYS_OFF_HOOK, LOOK_LAMP_ON, LOOK_TONE_INSIDE_DIAL,
                 PROMPT_ENTER_NUMBER, "", INFO_NONE},
                {"number:1002", LOOK_PROCEED, LOOK_KEYS_RING_OUT, LOOK_LAMP_ON, LOOK_TONE_SILENT, PROMPT_PROCEED,
                 "1002", INFO_OUTGOING},
                {"number:1002 progress:180", LOOK_RING_OUT, LOOK_KEYS_RING_OUT, LOOK_LAMP_ON, LOOK_TONE_RINGBACK,
                 PROMPT_RING_OUT, "1002", INFO_OUTGOING},
                {"number:1002 progress:180 early:pcmu", LOOK_RING_OUT, LOOK_KEYS_RING_OUT, LOOK_LAMP_ON,
                 LOOK_TONE_SILENT, PROMPT_RING_OUT, "1002", INFO_OUTGOING},
                {"offer:pcmu", LOOK_RING_IN, LOOK_KEYS_RING_IN, LOOK_LAMP_BLINK, LOOK_TONE_SILENT, PROMPT_FROM, "2001",
                 INFO_INCOMING},
                {"offer:pcmu identity:2002", LOOK_RING_IN, LOOK_KEYS_RING_IN, LOOK_LAMP_BLINK, LOOK_TONE_SILENT,
                 PROMPT_FROM, "Bob (2002)", INFO_INCOMING},
                {"offer:pcmu answer", LOOK_OFF_HOOK, LOOK_KEYS_CONNECTED, LOOK_LAMP_ON, LOOK_TONE_SILENT, PROMPT_FROM,
                 "2001", INFO_INCOMING},
                {"offer:- answer rx-open", LOOK_CONNECTED, LOOK_KEYS_CONNECTED, LOOK_LAMP_ON, LOOK_TONE_SILENT,
                 PROMPT_CONNECTED, "2001", INFO_INCOMING},
                {"number:1002 answered:pcmu", LOOK_CONNECTED, LOOK_KEYS_CONNECTED, LOOK_LAMP_ON, LOOK_TONE_SILENT,
                 PROMPT_CONNECTED, "1002", INFO_OUTGOING},
                {"offer:pcmu answer rx-open", LOOK_CONNECTED, LOOK_KEYS_CONNECTED, LOOK_LAMP_ON, LOOK_TONE_SILENT,
                 PROMPT_CONNECTED, "2001", INFO_INCOMING},
                {"offer:pcmu answer rx-open reoffer:pcmu/sendonly", LOOK_CONNECTED, LOOK_KEYS_CONNECTED, LOOK_LAMP_ON,
                 LOOK_TONE_SILENT, PROMPT_HELD_BY_FAR, "", INFO_INCOMING},
                {"offer:pcmu answer rx-open hold", LOOK_HOLD, LOOK_KEYS_ON_HOLD, LOOK_LAMP_WINK, LOOK_TONE_SILENT,
                 PROMPT_HOLD, "", INFO_INCOMING},
                {"offer:pcmu answer rx-open hold resume", LOOK_OFF_HOOK, LOOK_KEYS_CONNECTED, LOOK_LAMP_ON,
                 LOOK_TONE_SILENT, PROMPT_CONNECTED, "2001", INFO_INCOMING},
                {"number:1002 failed:486", LOOK_BUSY, LOOK_KEYS_OFF_HOOK, LOOK_LAMP_ON, LOOK_TONE_BUSY, PROMPT_BUSY, "",
                 INFO_OUTGOING},
                {"number:1002 failed:603", LOOK_CONGESTION, LOOK_KEYS_OFF_HOOK, LOOK_LAMP_ON, LOOK_TONE_REORDER,
                 PROMPT_DECLINED, "Go away", INFO_OUTGOING},
                {"off-hook digit:7", LOOK_INVALID_NUMBER, LOOK_KEYS_OFF_HOOK, LOOK_LAMP_ON, LOOK_TONE_REORDER,
                 PROMPT_UNKNOWN_NUMBER, "", INFO_NONE},
                {"offer:pcmu answer rx-open ended", LOOK_ON_HOOK, LOOK_KEYS_ON_HOOK, LOOK_LAMP_OFF, LOOK_TONE_SILENT,
                 PROMPT_NONE, "", INFO_NONE},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct look look;
                look_after(rows[i].events, false, &look);
                bool same = look.shown == rows[i].shown && look.keys == rows[i].keys && look.lamp == rows[i].lamp &&
                            look.tone == rows[i].tone && look.prompt == rows[i].prompt && look.info == rows[i].info;
                if (!same || strcmp(look.text, rows[i].text) != 0)
                        fail_msg("after '%s': shown %d keys %d lamp %d tone %d prompt %d info %d '%s'", rows[i].events,
                                 (int)look.shown, (int)look.keys, (int)look.lamp, (int)look.tone, (int)look.prompt,
                                 (int)look.info, look.text);
        }
}

static void direct_call_rings_back_beside_its_silent_channel(void **state)
{
        (void)state;
        struct look look;
        look_after("number:1002 rx-open progress:180", true, &look);
        assert_int_equal(look.tone, LOOK_TONE_RINGBACK);
        look_after("number:1002 rx-open progress:180 early:g722", true, &look);
        assert_int_equal(look.tone, LOOK_TONE_SILENT);
}

static void caller_without_a_number_is_shown_by_name_or_not_at_all(void **state)
{
        (void)state;
        struct call call = {.state = CALL_OFFERED, .incoming = true, .parties = {.calling = {.name = "Carol"}}};
        struct look look;
        call_look(&call, &look);
        assert_string_equal(look.text, "Carol");
        assert_string_equal(look.parties.calling.name, "Carol");
        call.parties = (struct parties){0};
        call_look(&call, &look);
        assert_string_equal(look.text, "");
        assert_int_equal(look.prompt, PROMPT_FROM_PRIVATE);
}

static void longest_names_fit(void **state)
{
        (void)state;
        struct call call = {.state = CALL_OFFERED, .incoming = true};
        struct look look;
        memset(call.parties.calling.name, 'n', PARTY_NAME_SIZE - 1);
        memset(call.parties.calling.number, '1', PARTY_NUMBER_SIZE - 1);
        call_look(&call, &look);
        assert_int_equal(strlen(look.text), PARTY_NAME_SIZE - 1 + PARTY_NUMBER_SIZE - 1 + 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_state_looks_as_the_field_guide_says),
                cmocka_unit_test(direct_call_rings_back_beside_its_silent_channel),
                cmocka_unit_test(caller_without_a_number_is_shown_by_name_or_not_at_all),
                cmocka_unit_test(longest_names_fit),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
