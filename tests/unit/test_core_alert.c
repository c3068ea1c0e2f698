/* How calls are announced: rings, answers without a hand, and what time asks of calls that stay as they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/core/phone.h"
#include "tests/unit/core_story.h"

struct scene {
        struct call calls[3];
        const struct call *viewed[3];
        struct phone_view view;
};

/* Calls are given as the events that lead to them. */
static struct scene *scene_make(size_t n, const char *const *events)
{
        static struct scene scene;
        struct call_rules rules = story_rules(false);
        scene = (struct scene){.view = {.calls = scene.viewed, .n_calls = n, .n_lines = 1, .max_per_line = 4}};
        for (size_t i = 0; i < n; i++) {
                char copy[160], *rest = NULL;
                scene.calls[i] = (struct call){.reference = (uint32_t)(101 + i), .line = 1, .age = i + 1};
                scene.viewed[i] = &scene.calls[i];
                TEXT_SET(copy, events[i]);
                for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
                        struct event event = story_event(word);
                        struct actions actions;
                        event.alerting = (struct alerting){.answer = true, .one_way = true};
                        assert_true(call_step(&scene.calls[i], &event, &rules, &actions));
                }
        }
        return &scene;
}

#define SCENE(...)                                                                                                     \
        scene_make(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), (const char *const[]){__VA_ARGS__})

#define TALKING "number:1002 answered:pcmu rx-open"

static struct phone_look look_of(const struct scene *scene)
{
        struct phone_look look;
        phone_look(&scene->view, &look);
        return look;
}

static void a_ring_asked_for_wins_over_where_the_call_comes_from(void **state)
{
        (void)state;
        static const struct {
                enum ring asked;
                enum phone_ring inside, outside;
        } rows[] = {
                {RING_DEFAULT, PHONE_RING_INSIDE, PHONE_RING_OUTSIDE},
                {RING_INSIDE, PHONE_RING_INSIDE, PHONE_RING_INSIDE},
                {RING_OUTSIDE, PHONE_RING_OUTSIDE, PHONE_RING_OUTSIDE},
                {RING_FEATURE, PHONE_RING_FEATURE, PHONE_RING_FEATURE},
                {RING_URGENT, PHONE_RING_URGENT, PHONE_RING_URGENT},
                {RING_BELLCORE_1, PHONE_RING_BELLCORE_1, PHONE_RING_BELLCORE_1},
                {RING_BELLCORE_2, PHONE_RING_BELLCORE_2, PHONE_RING_BELLCORE_2},
                {RING_BELLCORE_3, PHONE_RING_BELLCORE_3, PHONE_RING_BELLCORE_3},
                {RING_BELLCORE_4, PHONE_RING_BELLCORE_4, PHONE_RING_BELLCORE_4},
                {RING_BELLCORE_5, PHONE_RING_BELLCORE_5, PHONE_RING_BELLCORE_5},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct scene *scene = SCENE("offer:pcmu");
                scene->calls[0].alerting.ring = rows[i].asked;
                assert_int_equal(look_of(scene).ring, rows[i].inside);
                scene->calls[0].outside = true;
                assert_int_equal(look_of(scene).ring, rows[i].outside);
        }
}

static void whatever_ring_was_asked_for_it_is_not_heard_in_a_call(void **state)
{
        (void)state;
        struct scene *scene = SCENE(TALKING, "offer:pcmu");
        scene->calls[1].alerting.ring = RING_URGENT;
        assert_int_equal(look_of(scene).ring, PHONE_RING_SILENT);
}

static void a_phone_answers_alone_unless_its_user_is_in_a_call(void **state)
{
        (void)state;
        struct scene *scene = SCENE("offer:pcmu");
        assert_true(phone_answers_alone(&scene->view, &scene->calls[0]));
        scene->calls[0].alerting.answer = false;
        assert_false(phone_answers_alone(&scene->view, &scene->calls[0]));
        scene = SCENE(TALKING, "offer:pcmu");
        assert_false(phone_answers_alone(&scene->view, &scene->calls[1]));
        scene = SCENE("off-hook", "offer:pcmu");
        assert_false(phone_answers_alone(&scene->view, &scene->calls[1]));
        scene = SCENE(TALKING " hold", "offer:pcmu");
        assert_true(phone_answers_alone(&scene->view, &scene->calls[1]));
        scene = SCENE("offer:pcmu answer");
        assert_false(phone_answers_alone(&scene->view, &scene->calls[0]));
}

static void who_was_answered_alone_is_announced_by_a_tone_and_only_listened_to_if_so_wanted(void **state)
{
        (void)state;
        struct phone_look look = look_of(SCENE("offer:pcmu answer-alone"));
        assert_true(look.speaker && look.mute);
        assert_int_equal(look.zip_reference, 101);
        assert_int_equal(look.ring, PHONE_RING_OFF);
        look = look_of(SCENE("offer:pcmu answer-alone rx-open"));
        assert_true(look.mute);
        look = look_of(SCENE("offer:pcmu answer rx-open"));
        assert_true(!look.mute && !look.zip_reference);
}

static void after_a_hold_it_is_a_call_like_any_other(void **state)
{
        (void)state;
        struct phone_look look = look_of(SCENE("offer:pcmu answer-alone rx-open hold"));
        assert_true(!look.mute && !look.zip_reference && !look.speaker);
        look = look_of(SCENE("offer:pcmu answer-alone rx-open hold resume"));
        assert_true(!look.mute && !look.zip_reference && look.speaker);
}

static void an_answer_without_a_hand_is_refused_as_configured(void **state)
{
        (void)state;
        static const struct {
                bool answer, required, allowed, busy_refuses, busy;
                int status;
        } rows[] = {
                {false, false, false, true, true, 0}, {true, false, true, false, false, 0},
                {true, false, false, true, true, 0},  {true, true, false, false, false, 403},
                {true, false, true, false, true, 0},  {true, false, true, true, true, 486},
                {true, true, true, false, true, 486}, {true, true, true, true, false, 0},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct scene *scene = rows[i].busy ? SCENE(TALKING) : SCENE(TALKING " hold");
                struct alerting alerting = {.answer = rows[i].answer, .required = rows[i].required};
                assert_int_equal(phone_refuses_alone(&scene->view, &alerting, rows[i].allowed, rows[i].busy_refuses),
                                 rows[i].status);
        }
}

static void time_asks_for_answers_tones_and_reminders(void **state)
{
        (void)state;
        struct scene *scene = SCENE("offer:pcmu");
        assert_int_equal(phone_nudge(&scene->view, &scene->calls[0], false), NUDGE_ANSWER);
        assert_int_equal(phone_nudge(&scene->view, &scene->calls[0], true), NUDGE_NONE);
        scene = SCENE(TALKING, "offer:pcmu");
        assert_int_equal(phone_nudge(&scene->view, &scene->calls[0], false), NUDGE_NONE);
        assert_int_equal(phone_nudge(&scene->view, &scene->calls[1], true), NUDGE_WAITING);
        scene = SCENE(TALKING " hold");
        assert_int_equal(phone_nudge(&scene->view, &scene->calls[0], false), NUDGE_HELD);
        scene = SCENE(TALKING " hold:consult"); /* who consults knows */
        assert_int_equal(phone_nudge(&scene->view, &scene->calls[0], false), NUDGE_NONE);
        scene = SCENE(TALKING " hold transfer:1003");
        assert_int_equal(phone_nudge(&scene->view, &scene->calls[0], false), NUDGE_NONE);
}

static void reminders_ring_or_beep_and_end_with_the_hold(void **state)
{
        (void)state;
        struct phone_look look = look_of(SCENE(TALKING " hold remind"));
        assert_int_equal(look.ring, PHONE_RING_REMINDER);
        assert_int_equal(look.ring_reference, 101);
        assert_int_equal(look.ring_count, 1);
        assert_int_equal(look_of(SCENE(TALKING " hold remind remind")).ring_count, 2);
        look = look_of(SCENE(TALKING " hold remind", TALKING));
        assert_int_equal(look.ring, PHONE_RING_OFF);
        assert_int_equal(look.beeps, 1);
        assert_int_equal(look.beep_reference, 102);
        assert_int_equal(look_of(SCENE(TALKING " hold remind", "offer:pcmu")).ring, PHONE_RING_INSIDE);
        assert_int_equal(look_of(SCENE(TALKING " hold remind resume rx-open hold")).ring, PHONE_RING_OFF);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_ring_asked_for_wins_over_where_the_call_comes_from),
                cmocka_unit_test(whatever_ring_was_asked_for_it_is_not_heard_in_a_call),
                cmocka_unit_test(a_phone_answers_alone_unless_its_user_is_in_a_call),
                cmocka_unit_test(who_was_answered_alone_is_announced_by_a_tone_and_only_listened_to_if_so_wanted),
                cmocka_unit_test(after_a_hold_it_is_a_call_like_any_other),
                cmocka_unit_test(an_answer_without_a_hand_is_refused_as_configured),
                cmocka_unit_test(time_asks_for_answers_tones_and_reminders),
                cmocka_unit_test(reminders_ring_or_beep_and_end_with_the_hold),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
