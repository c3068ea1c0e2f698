/* Lines that several phones share: what one phone's calls look like on the others, and the keys for them there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/core/look.h"
#include "gateway/core/phone.h"
#include "tests/unit/core_story.h"

static void play(struct call *call, const struct call_rules *rules, const char *events)
{
        char copy[160], *rest = NULL;
        TEXT_SET(copy, events);
        for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
                struct event event = story_event(word);
                struct actions actions;
                assert_true(call_step(call, &event, rules, &actions));
        }
}

static struct call after(const char *events)
{
        struct call call = {.reference = 1, .line = 1, .shared = true};
        struct call_rules rules = story_rules(false);
        play(&call, &rules, events);
        return call;
}

/* What others see: up, held, secret, may be taken, may be joined. */
static void sees(const char *events, const char *expected)
{
        struct call call = after(events);
        struct remote_view view;
        char text[16] = "";
        call_remote_view(&call, &view);
        text_printf(text, sizeof text, "%s%s%s%s%s", view.up ? "u" : "", view.held ? "h" : "", view.secret ? "s" : "",
                    view.may_take ? "t" : "", view.may_join ? "j" : "");
        if (!text_equal(text, expected))
                fail_msg("after %s others see '%s', not '%s'", events, text, expected);
}

static void others_see_what_goes_on_and_not_what_is_typed(void **state)
{
        (void)state;
        sees("off-hook", "");
        sees("off-hook digit:1", "");
        sees("number:1002", "u");
        sees("number:1002 progress:180", "u");
        sees("offer:pcmu", "");
        sees("offer:pcmu answer", "utj");
        sees("number:1002 answered:pcmu rx-open", "utj");
        sees("number:1002 answered:pcmu rx-open reoffer:pcmu/sendonly", "ut");
        sees("number:1002 answered:pcmu rx-open hold", "uht");
        sees("number:1002 answered:pcmu rx-open hold resume", "utj");
        sees("number:1002 failed:486", "");
        sees("number:1002 answered:pcmu rx-open hang-up", "");
}

static void who_is_consulted_or_sent_away_stays_where_he_is(void **state)
{
        (void)state;
        sees("number:1002 answered:pcmu rx-open hold:consult", "u");
        sees("number:1002 answered:pcmu rx-open hold transfer:1003", "u");
        sees("number:1002 answered:pcmu rx-open confer", "u");
        sees("number:1002 answered:pcmu rx-open join", "");
}

static void a_call_left_on_hold_by_a_phone_that_is_away_can_be_taken(void **state)
{
        (void)state;
        sees("number:1002 answered:pcmu rx-open hold reoffer-answered:pcmu/recvonly phone-away", "uht");
        sees("number:1002 answered:pcmu rx-open phone-away", "u");
}

static void what_is_secret_is_seen_and_not_touched(void **state)
{
        (void)state;
        sees("number:1002 answered:pcmu rx-open private", "us");
        sees("number:1002 answered:pcmu rx-open private hold", "uhs");
        sees("number:1002 answered:pcmu rx-open private private", "utj");
}

static void a_shadow_tells_no_names_of_what_is_secret(void **state)
{
        (void)state;
        struct call open = after("remote"), secret = after("remote:secret");
        struct look look;
        call_look(&open, &look);
        assert_int_equal(look.shown, LOOK_REMOTE);
        assert_int_equal(look.info, INFO_INCOMING);
        assert_string_equal(look.parties.calling.number, "2001");
        call_look(&secret, &look);
        assert_int_equal(look.shown, LOOK_REMOTE);
        assert_int_equal(look.lamp, LOOK_LAMP_ON);
        assert_int_equal(look.info, INFO_NONE);
        assert_int_equal(look.keys, LOOK_KEYS_REMOTE_SECRET);
}

static void ports_are_for_the_phone_that_answers(void **state)
{
        (void)state;
        struct call call = after("offer:pcmu");
        assert_false(call.relayed);
        call = after("offer:pcmu answer");
        assert_true(call.relayed);
}

static void without_ports_who_answered_refuses(void **state)
{
        (void)state;
        struct call call = after("offer:pcmu answer");
        struct call_rules rules = story_rules(false);
        struct event event = story_event("media-failed");
        struct actions actions;
        char done[160];
        assert_true(call_step(&call, &event, &rules, &actions));
        assert_int_equal(call.state, CALL_IDLE);
        assert_string_equal(story_print(&actions, done, sizeof done), "close-rx refuse:503 timer:0 done");
}

static void a_call_that_moves_speaks_what_its_new_phone_can(void **state)
{
        (void)state;
        static const enum codec old[] = {CODEC_PCMA};
        static const struct media_ability ability[] = {{CODEC_PCMA, 40}};
        struct call call = after("number:1002 answered:g722,pcma rx-open hold");
        struct call_rules rules = story_rules(false);
        assert_int_equal(call.stream.codec, CODEC_G722);
        rules.audio = media_ours(ability, 1, old, 1, 0, false);
        play(&call, &rules, "moved resume");
        assert_int_equal(call.state, CALL_RESUMING);
        assert_int_equal(call.stream.codec, CODEC_PCMA);
        assert_int_equal(call.ours.n_codecs, 1);
}

static void who_cannot_be_mixed_does_not_join(void **state)
{
        (void)state;
        static const enum codec far[] = {CODEC_G729};
        static const struct media_ability ability[] = {{CODEC_G729, 40}};
        struct call call = after("remote");
        struct call_rules rules = story_rules(false);
        rules.audio = media_ours(ability, 1, far, 1, 0, false);
        play(&call, &rules, "barge");
        assert_int_equal(call.state, CALL_REMOTE);
        struct look look;
        call_look(&call, &look);
        assert_int_equal(look.prompt, PROMPT_BARGE_FAILED);
}

/* ---- keys ---- */

static const struct {
        const char *here, *there; /* an own call, and the other one */
        enum phone_key key;
        uint32_t reference;
        const char *expected; /* the steps: 1 is the own call, 2 the other one, 0 a new one */
} presses[] = {
        {NULL, "remote", PHONE_STEAL, 2, "2:steal"},
        {NULL, "remote", PHONE_BARGE, 2, "2:barge"},
        {NULL, "remote:secret", PHONE_STEAL, 2, ""},
        {NULL, "remote:secret", PHONE_BARGE, 2, ""},
        {NULL, "remote:held", PHONE_STEAL, 2, ""},
        {NULL, "remote:held", PHONE_RESUME, 2, "2:resume"},
        {NULL, "remote:held", PHONE_RESUME, 0, "2:resume"},
        {NULL, "remote:held", PHONE_HOLD, 2, "2:resume"},
        {NULL, "remote:held", PHONE_LINE, 0, "2:resume"},
        {NULL, "remote", PHONE_LINE, 0, "0:off-hook"},
        {NULL, "remote", PHONE_OFF_HOOK, 2, "0:off-hook"},
        {NULL, "remote", PHONE_END_CALL, 2, ""},
        {NULL, "remote", PHONE_ANSWER, 2, ""},
        {NULL, "remote barge", PHONE_END_CALL, 2, "2:hang-up"},
        {NULL, "remote barge rx-open", PHONE_ON_HOOK, 0, "2:hang-up"},
        {NULL, "remote barge rx-open", PHONE_HOLD, 2, ""},
        {NULL, "remote barge rx-open", PHONE_NEW_CALL, 0, "2:hang-up 0:off-hook"},
        {"number:1002 answered:pcmu rx-open", "remote:held", PHONE_RESUME, 2, "1:hold 2:resume"},
        {"number:1002 answered:pcmu rx-open", "remote", PHONE_STEAL, 2, "1:hold 2:steal"},
        {"number:1002 answered:pcmu rx-open hold", "remote:held", PHONE_RESUME, 0, "1:resume"},
        {"number:1002 answered:pcmu rx-open", "remote", PHONE_PRIVATE, 0, "1:private"},
};

static void keys_take_and_join_calls_of_other_phones(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof presses / sizeof *presses; i++) {
                struct call own = after(presses[i].here ? presses[i].here : ""), other = after(presses[i].there);
                own.age = 1, other.age = 2, other.reference = 2;
                const struct call *calls[] = {&other, &own};
                struct phone_view view = {.calls = calls,
                                          .n_calls = presses[i].here ? 2 : 1,
                                          .n_lines = 1,
                                          .max_per_line = 2,
                                          .busy_trigger = 1};
                struct phone_press press = {.key = presses[i].key, .line = 1, .reference = presses[i].reference};
                struct phone_steps steps;
                char text[80] = "";
                phone_press(&view, &press, &steps);
                for (unsigned n = 0; n < steps.count; n++)
                        text_append(text, sizeof text, "%s%d:%s", n ? " " : "",
                                    steps.at[n].call == PHONE_NEW_CALL_SLOT ? 0 : 2 - steps.at[n].call,
                                    event_name(steps.at[n].event));
                if (!text_equal(text, presses[i].expected))
                        fail_msg("press %zu: '%s', not '%s'", i, text, presses[i].expected);
        }
}

static void calls_of_other_phones_take_no_place_on_the_line(void **state)
{
        (void)state;
        struct call other = after("remote"), joined = after("remote barge rx-open");
        const struct call *calls[] = {&other, &joined};
        struct phone_view view = {.calls = calls, .n_calls = 2, .n_lines = 1, .max_per_line = 1, .busy_trigger = 1};
        assert_int_equal(phone_refuses(&view, 1), 0);
        assert_int_equal(phone_count_own(&view), 0);
        assert_int_equal(phone_lamp(&view, 1), LOOK_LAMP_ON);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(others_see_what_goes_on_and_not_what_is_typed),
                cmocka_unit_test(who_is_consulted_or_sent_away_stays_where_he_is),
                cmocka_unit_test(a_call_left_on_hold_by_a_phone_that_is_away_can_be_taken),
                cmocka_unit_test(what_is_secret_is_seen_and_not_touched),
                cmocka_unit_test(a_shadow_tells_no_names_of_what_is_secret),
                cmocka_unit_test(ports_are_for_the_phone_that_answers),
                cmocka_unit_test(without_ports_who_answered_refuses),
                cmocka_unit_test(a_call_that_moves_speaks_what_its_new_phone_can),
                cmocka_unit_test(who_cannot_be_mixed_does_not_join),
                cmocka_unit_test(keys_take_and_join_calls_of_other_phones),
                cmocka_unit_test(calls_of_other_phones_take_no_place_on_the_line),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
