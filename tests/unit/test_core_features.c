/* Calls begun for something else than to talk to a number: pickup, hotlines, calls that do not say who calls; and calls
 * that are parked or put on record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/core/look.h"
#include "tests/unit/core_story.h"

struct scene {
        struct call call;
        struct call_rules rules;
        struct actions actions;
        struct look look;
};

static void play(struct scene *scene, const char *events)
{
        char copy[160], *rest = NULL;
        TEXT_SET(copy, events);
        for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
                struct event event = story_event(word);
                assert_true(call_step(&scene->call, &event, &scene->rules, &scene->actions));
        }
        call_look(&scene->call, &scene->look);
}

static struct scene *after(const char *events)
{
        static struct scene scene;
        scene = (struct scene){.call = {.reference = 1, .line = 1}, .rules = story_rules(false)};
        play(&scene, events);
        return &scene;
}

static void did(const struct scene *scene, const char *expected)
{
        char done[160];
        assert_string_equal(story_print(&scene->actions, done, sizeof done), expected);
}

static void feature_code_goes_out_whatever_the_dial_plan_says(void **state)
{
        (void)state;
        struct scene *scene = after("number:p*88");
        did(scene, "timer:60000 media-open dial"); /* nothing to redial */
        assert_int_equal(scene->call.state, CALL_CALLING);
        assert_string_equal(scene->call.number, "*88");
}

static void number_typed_for_a_pickup_follows_the_code(void **state)
{
        (void)state;
        struct scene *scene = after("off-hook:pickup");
        assert_int_equal(scene->look.prompt, PROMPT_PICKUP);
        play(scene, "digit:1 digit:0 digit:0");
        assert_int_equal(scene->look.prompt, PROMPT_PICKUP);
        play(scene, "digit:2"); /* complete, says the plan */
        did(scene, "timer:60000 media-open dial");
        assert_string_equal(scene->call.number, "**1002");
        assert_string_equal(scene->call.parties.called.number, "1002");
}

static void who_finds_nothing_to_pick_up_is_told_so(void **state)
{
        (void)state;
        static const char *const endings[] = {"failed:404", "failed:403", "failed:486", "failed:480", "failed:503"};
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
                struct scene *scene = after("number:p*8");
                play(scene, endings[i]);
                assert_int_equal(scene->look.prompt, PROMPT_NO_PICKUP);
                assert_int_equal(scene->look.tone, LOOK_TONE_REORDER);
        }
        struct scene *scene = after("number:p*8 failed:488"); /* that is about something else */
        assert_int_equal(scene->look.prompt, PROMPT_NO_COMMON_CODEC);
}

static void parked_call_is_gone_and_its_place_told(void **state)
{
        (void)state;
        struct scene *scene = after("number:1002 answered:pcmu rx-open transfer:park");
        did(scene, "send-transfer");
        assert_int_equal(scene->call.state, CALL_TALKING);
        assert_int_equal(scene->look.shown, LOOK_PARK);
        assert_int_equal(scene->look.prompt, PROMPT_PARKING);
        play(scene, "transfer-news:100");
        assert_int_equal(scene->look.shown, LOOK_PARK);
        struct event news = {.kind = EV_TRANSFER_NEWS, .status = 200, .number = "701"};
        assert_true(call_step(&scene->call, &news, &scene->rules, &scene->actions));
        did(scene, "parked close-rx stop-tx end:16 media-close done");
        assert_string_equal(scene->call.transfer_to, "701");
}

static void pbx_that_does_not_say_where_has_parked_where_it_was_asked_to(void **state)
{
        (void)state;
        struct scene *scene = after("number:1002 answered:pcmu rx-open transfer:park transfer-news:200");
        did(scene, "parked close-rx stop-tx end:16 media-close done");
        assert_string_equal(scene->call.transfer_to, "700");
        /* many say it with a BYE only */
        scene = after("number:1002 answered:pcmu rx-open transfer:park transfer-news:100 ended");
        did(scene, "parked close-rx stop-tx media-close done");
}

static void far_end_that_hangs_up_as_it_is_parked_is_not_parked(void **state)
{
        (void)state;
        struct scene *scene = after("number:1002 answered:pcmu rx-open transfer:park ended"); /* before any answer */
        did(scene, "close-rx stop-tx media-close done");
        scene = after("number:1002 answered:pcmu rx-open transfer:park transfer-news:503 ended");
        did(scene, "close-rx stop-tx media-close done");
}

static void call_that_could_not_be_parked_goes_on(void **state)
{
        (void)state;
        struct scene *scene = after("number:1002 answered:pcmu rx-open transfer:park transfer-news:503");
        did(scene, "");
        assert_int_equal(scene->call.state, CALL_TALKING);
        assert_int_equal(scene->look.shown, LOOK_CONNECTED);
        assert_int_equal(scene->look.prompt, PROMPT_PARK_FAILED);
        play(scene, "hold resume rx-open");
        assert_int_equal(scene->look.prompt, PROMPT_CONNECTED); /* that was long ago */
        play(scene, "transfer:park transfer-news:100 ended");
        did(scene, "parked close-rx stop-tx media-close done");
}

static void transfer_that_rings_is_shown_so(void **state)
{
        (void)state;
        struct scene *scene = after("number:1002 answered:pcmu rx-open hold transfer:1003 transfer-news:100");
        assert_int_equal(scene->look.prompt, PROMPT_TRANSFERRING);
        play(scene, "transfer-news:180 transfer-news:100");
        assert_int_equal(scene->look.shown, LOOK_TRANSFER);
        assert_int_equal(scene->look.prompt, PROMPT_RING_OUT);
        play(scene, "transfer-news:486");
        assert_int_equal(scene->look.shown, LOOK_HOLD);
        assert_int_equal(scene->look.prompt, PROMPT_TRANSFER_FAILED);
        play(scene, "transfer:1004");
        assert_int_equal(scene->look.prompt, PROMPT_TRANSFERRING); /* anew */
}

static void held_call_can_be_parked_and_stays_held_if_it_cannot(void **state)
{
        (void)state;
        struct scene *scene = after("number:1002 answered:pcmu rx-open hold transfer:park");
        assert_int_equal(scene->look.shown, LOOK_PARK);
        play(scene, "transfer-news:486");
        assert_int_equal(scene->call.state, CALL_HELD);
        assert_int_equal(scene->look.shown, LOOK_HOLD);
        assert_int_equal(scene->look.prompt, PROMPT_PARK_FAILED);
}

static void transfer_after_a_park_that_failed_is_a_transfer(void **state)
{
        (void)state;
        struct scene *scene = after(
                "number:1002 answered:pcmu rx-open transfer:park transfer-news:486 hold transfer:1003");
        assert_int_equal(scene->look.shown, LOOK_TRANSFER);
        play(scene, "transfer-news:200");
        did(scene, "end:16 media-close done");
}

static void hotline_calls_when_the_handset_is_lifted(void **state)
{
        (void)state;
        struct scene scene = {.call = {.reference = 1, .line = 1}, .rules = story_rules(false)};
        scene.rules.hotline = "1005";
        play(&scene, "off-hook");
        did(&scene, "dialed timer:60000 media-open dial");
        assert_string_equal(scene.call.number, "1005");
}

static void warm_line_leaves_time_for_a_digit(void **state)
{
        (void)state;
        static const struct {
                const char *events, *number;
        } rows[] = {
                {"off-hook timeout", "1005"},
                {"off-hook digit:1 digit:0 digit:0 digit:2", "1002"},
                {"off-hook digit:1 backspace timeout", "1005"},
                {"off-hook number:1002", "1002"},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct scene scene = {.call = {.reference = 1, .line = 1}, .rules = story_rules(false)};
                scene.rules.hotline = "1005";
                scene.rules.hotline_ms = 5000;
                play(&scene, "off-hook");
                did(&scene, "timer:5000");
                assert_int_equal(scene.look.tone, LOOK_TONE_INSIDE_DIAL);
                scene.call = (struct call){.reference = 1, .line = 1};
                play(&scene, rows[i].events);
                assert_int_equal(scene.call.state, CALL_CALLING);
                assert_string_equal(scene.call.number, rows[i].number);
        }
}

static void hotline_is_for_plain_calls(void **state)
{
        (void)state;
        static const char *const others[] = {"off-hook:consult", "off-hook:pickup"};
        for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
                struct scene scene = {.call = {.reference = 1, .line = 1}, .rules = story_rules(false)};
                scene.rules.hotline = "1005";
                play(&scene, others[i]);
                assert_int_equal(scene.call.state, CALL_OFF_HOOK);
                play(&scene, "timeout");
                assert_int_equal(scene.call.state, CALL_FAILED);
        }
}

static void privacy_is_for_one_call_and_can_be_turned(void **state)
{
        (void)state;
        struct scene *scene = after("off-hook");
        assert_false(scene->call.anonymous);
        play(scene, "private");
        assert_true(scene->call.anonymous);
        assert_int_equal(scene->look.prompt, PROMPT_PRIVATE);
        play(scene, "digit:1 private");
        assert_false(scene->call.anonymous);
        assert_int_equal(scene->look.prompt, PROMPT_ENTER_NUMBER);
        scene = after("off-hook:private digit:1");
        assert_true(scene->call.anonymous);
        assert_int_equal(scene->look.prompt, PROMPT_PRIVATE);
        struct scene always = {.call = {.reference = 1, .line = 1}, .rules = story_rules(false)};
        always.rules.anonymous = true;
        play(&always, "off-hook");
        assert_true(always.call.anonymous);
        play(&always, "private digit:1");
        assert_false(always.call.anonymous);
}

static void caller_who_does_not_say_who_it_is_looks_so(void **state)
{
        (void)state;
        struct scene *scene = after("offer:pcmu");
        assert_int_equal(scene->look.prompt, PROMPT_FROM);
        scene->call.parties.calling = (struct party){0};
        call_look(&scene->call, &scene->look);
        assert_int_equal(scene->look.prompt, PROMPT_FROM_PRIVATE);
        TEXT_SET(scene->call.parties.calling.name, "Reception");
        call_look(&scene->call, &scene->look);
        assert_int_equal(scene->look.prompt, PROMPT_FROM);
}

static void reports_change_nothing_about_the_call(void **state)
{
        (void)state;
        struct scene *scene = after("offer:pcmu malicious");
        did(scene, "report:1");
        assert_int_equal(scene->call.state, CALL_OFFERED);
        scene = after("offer:pcmu answer rx-open quality");
        did(scene, "report");
        assert_int_equal(scene->call.state, CALL_TALKING);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(feature_code_goes_out_whatever_the_dial_plan_says),
                cmocka_unit_test(number_typed_for_a_pickup_follows_the_code),
                cmocka_unit_test(who_finds_nothing_to_pick_up_is_told_so),
                cmocka_unit_test(parked_call_is_gone_and_its_place_told),
                cmocka_unit_test(pbx_that_does_not_say_where_has_parked_where_it_was_asked_to),
                cmocka_unit_test(transfer_that_rings_is_shown_so),
                cmocka_unit_test(far_end_that_hangs_up_as_it_is_parked_is_not_parked),
                cmocka_unit_test(call_that_could_not_be_parked_goes_on),
                cmocka_unit_test(held_call_can_be_parked_and_stays_held_if_it_cannot),
                cmocka_unit_test(transfer_after_a_park_that_failed_is_a_transfer),
                cmocka_unit_test(hotline_calls_when_the_handset_is_lifted),
                cmocka_unit_test(warm_line_leaves_time_for_a_digit),
                cmocka_unit_test(hotline_is_for_plain_calls),
                cmocka_unit_test(privacy_is_for_one_call_and_can_be_turned),
                cmocka_unit_test(caller_who_does_not_say_who_it_is_looks_so),
                cmocka_unit_test(reports_change_nothing_about_the_call),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
