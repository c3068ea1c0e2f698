/* The stories of tests/call_stories.txt, each a test of its own, and what the descriptions a call gives say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/core_story.h"

#define STORIES_MAX 200
#define STEPS_MAX   20
#define LINE_SIZE   160

struct story {
        char name[LINE_SIZE];
        bool direct, chooses;
        unsigned n_steps;
        char steps[STEPS_MAX][LINE_SIZE];
};

static void story_step(const struct story *story, unsigned i, struct call *call, const struct call_rules *rules)
{
        char event_text[LINE_SIZE], state[LINE_SIZE], got[LINE_SIZE * 2];
        int expected = 0;
        assert_int_equal(sscanf(story->steps[i], " %159s %159s %n", event_text, state, &expected), 2);
        struct event event = story_event(event_text);
        struct actions actions;
        bool taken = call_step(call, &event, rules, &actions);
        story_print(&actions, got, sizeof got);
        const char *done = !taken ? "ignored" : *got ? got : "-";
        if (strcmp(done, story->steps[i] + expected) == 0 && strcmp(call_state_name(call->state), state) == 0)
                return;
        fail_msg("step %u, %s: %s, %s\n    expected: %s, %s", i + 1, event_text, call_state_name(call->state), done,
                 state, story->steps[i] + expected);
}

static void run_story(void **state)
{
        const struct story *story = *state;
        struct call call = {.reference = 1, .line = 1, .age = 1};
        struct call_rules rules = story_rules(story->direct);
        if (story->chooses)
                story_rules_choose(&rules, 50);
        assert_true(story->n_steps > 0);
        for (unsigned i = 0; i < story->n_steps; i++)
                story_step(story, i, &call, &rules);
        assert_int_equal(call.state, CALL_IDLE); /* every story ends with everything closed */
        assert_int_equal(call.rx, RX_CLOSED);
        assert_int_equal(call.dialog, DIALOG_NONE);
        assert_false(call.tx || call.relayed || call.timer || call.reoffer_due || call.reoffer_out);
}

static void read_line(struct story *stories, unsigned *n, char *line)
{
        line[strcspn(line, "\n")] = '\0';
        if (*line == '#' || *line == '\0')
                return;
        if (*line == ' ') {
                assert_true(*n > 0 && stories[*n - 1].n_steps < STEPS_MAX);
                TEXT_SET(stories[*n - 1].steps[stories[*n - 1].n_steps++], line);
                return;
        }
        assert_true(*n < STORIES_MAX);
        struct story *story = &stories[(*n)++];
        char *flag = strchr(line, ' ');
        story->direct = flag && strcmp(flag, " direct") == 0;
        story->chooses = flag && strcmp(flag, " auto") == 0;
        if (flag)
                *flag = '\0';
        TEXT_SET(story->name, line);
}

static unsigned read_stories(struct story *stories)
{
        unsigned n = 0;
        char line[LINE_SIZE];
        FILE *file = fopen(SOURCE_DIR "/tests/call_stories.txt", "r");
        if (!file)
                return 0;
        while (fgets(line, sizeof line, file))
                read_line(stories, &n, line);
        fclose(file);
        return n;
}

/* Plays the events, whatever they do. */
static void play_under(struct call *call, const struct call_rules *rules, const char *events)
{
        char copy[256], *rest = NULL;
        TEXT_SET(copy, events);
        for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
                struct event event = story_event(word);
                struct actions actions;
                call_step(call, &event, rules, &actions);
        }
}

static void play(struct call *call, bool direct, const char *events)
{
        struct call_rules rules = story_rules(direct);
        *call = (struct call){.reference = 1, .line = 1, .self = {"Alice", "1001"}};
        play_under(call, &rules, events);
}

static void our_offer_lists_all_codecs_and_leaves_the_address_to_the_relay(void **state)
{
        (void)state;
        struct call call;
        play(&call, false, "number:1002");
        assert_int_equal(call.local.n_codecs, 3);
        assert_int_equal(call.local.codecs[0].codec, CODEC_G722);
        assert_int_equal(call.local.direction, AUDIO_SENDRECV);
        assert_int_equal(call.local.dtmf_payload_type, 101);
        assert_int_equal(call.local.rtp.port, 0);
        assert_string_equal(call.number, "1002");
        assert_string_equal(call.parties.calling.name, "Alice");
        assert_string_equal(call.parties.called.number, "1002");
}

static void our_answer_names_one_codec(void **state)
{
        (void)state;
        struct call call;
        play(&call, false, "offer:pcma,pcmu@4 answer rx-open");
        assert_int_equal(call.local.n_codecs, 1);
        assert_int_equal(call.local.codecs[0].codec, CODEC_PCMU); /* our order, not theirs */
        struct endpoint far = story_endpoint(4);
        assert_true(endpoint_equal(&call.stream.far, &far));
}

static void direct_descriptions_carry_the_phones_address(void **state)
{
        (void)state;
        struct call call;
        struct endpoint first = story_endpoint(50), second = story_endpoint(51);
        play(&call, true, "number:1002 rx-open:50");
        assert_true(endpoint_equal(&call.local.rtp, &first));
        play(&call, true, "offer:pcmu answer rx-open:51");
        assert_true(endpoint_equal(&call.local.rtp, &second));
        play(&call, true, "offer:pcmu answer rx-open:51 hold");
        assert_true(endpoint_equal(&call.local.rtp, &second)); /* closed, but an address of 0 would refuse the stream */
        assert_int_equal(call.local.direction, AUDIO_SENDONLY);
        play(&call, true, "offer:pcmu answer rx-open:51 hold reoffer-answered:pcmu/recvonly resume rx-open:50");
        assert_true(endpoint_equal(&call.local.rtp, &first));
        assert_int_equal(call.local.direction, AUDIO_SENDRECV);
}

static void new_offers_put_the_agreed_codec_first(void **state)
{
        (void)state;
        struct call call;
        play(&call, false, "number:1002 answered:pcma rx-open hold");
        assert_int_equal(call.local.n_codecs, 3);
        assert_int_equal(call.local.codecs[0].codec, CODEC_PCMA);
        assert_int_equal(call.local.codecs[1].codec, CODEC_G722);
}

static void their_hold_is_mirrored(void **state)
{
        (void)state;
        struct call call;
        play(&call, false, "number:1002 answered:pcmu rx-open reoffer:pcmu/sendonly");
        assert_int_equal(call.local.direction, AUDIO_RECVONLY);
        assert_true(call_held_by_far(&call));
        play(&call, false, "number:1002 answered:pcmu rx-open reoffer:pcmu/inactive");
        assert_int_equal(call.local.direction, AUDIO_INACTIVE);
        play(&call, false, "number:1002 answered:pcmu rx-open hold reoffer-answered:pcmu/recvonly reoffer:pcmu");
        assert_int_equal(call.local.direction, AUDIO_SENDONLY);
        play(&call, false, "number:1002 answered:pcmu rx-open hold reoffer-answered:pcmu reoffer:pcmu/sendonly");
        assert_int_equal(call.local.direction, AUDIO_INACTIVE);
}

static void early_offer_is_answered_without_holding(void **state)
{
        (void)state;
        struct call call;
        play(&call, false, "number:1002 early:pcmu rx-open reoffer:pcma rx-open");
        assert_int_equal(call.state, CALL_EARLY);
        assert_int_equal(call.local.direction, AUDIO_SENDRECV);
        assert_int_equal(call.local.codecs[0].codec, CODEC_PCMA);
        play(&call, false, "number:1002 early:pcmu rx-open reoffer:pcmu@2");
        assert_int_equal(call.local.direction, AUDIO_SENDRECV);
}

static void terminator_alone_is_a_digit(void **state)
{
        (void)state;
        static const struct dial_plan any = {.terminator = '#', .first_ms = 16000, .next_ms = 5000};
        static const char *const ways[] = {"off-hook digit:# dial", "number:#"};
        for (unsigned i = 0; i < 2; i++) {
                struct call call = {0};
                struct call_rules rules = story_rules(false);
                rules.plan = &any;
                play_under(&call, &rules, ways[i]);
                assert_int_equal(call.state, CALL_CALLING);
                assert_string_equal(call.number, "#");
        }
}

static void call_from_outside_is_known_as_one(void **state)
{
        (void)state;
        struct call call = {0};
        struct call_rules rules = story_rules(false);
        struct event event = story_event("offer:pcmu");
        struct actions actions;
        event.outside = true;
        assert_true(call_step(&call, &event, &rules, &actions));
        assert_true(call.outside);
}

static void identity_is_of_the_far_end_and_never_erased(void **state)
{
        (void)state;
        struct call call;
        play(&call, false, "offer:pcmu identity:2002 identity:");
        assert_string_equal(call.parties.calling.number, "2002");
        assert_string_equal(call.parties.called.number, "1001");
        play(&call, false, "number:1002 identity:1003");
        assert_string_equal(call.parties.called.number, "1003");
        assert_string_equal(call.parties.calling.name, "Alice");
        assert_string_equal(call.parties.original_called.number, "1002");
}

static void refused_offer_leaves_our_description_alone(void **state)
{
        (void)state;
        struct call call, before;
        play(&before, false, "number:1002 answered:pcmu rx-open");
        play(&call, false, "number:1002 answered:pcmu rx-open reoffer:g729");
        assert_int_equal(call.local.n_codecs, before.local.n_codecs);
        assert_int_equal(call.remote.codecs[0].codec, CODEC_PCMU);
        assert_int_equal(call.stream.codec, CODEC_PCMU);
}

static void slot_that_is_used_again_remembers_nothing(void **state)
{
        (void)state;
        struct call call;
        play(&call, false, "number:1002 early:pcmu rx-open failed:486 hang-up");
        struct call_rules rules = story_rules(false);
        struct event event = story_event("offer:-");
        struct actions actions;
        assert_true(call_step(&call, &event, &rules, &actions));
        assert_true(call.incoming);
        assert_null(call.outcome);
        assert_string_equal(call.dialled, "");
        assert_int_equal(call.remote.n_codecs, 0);
        assert_string_equal(call.self.number, "1001");
}

static void longest_number_typed_is_sent_as_it_is(void **state)
{
        (void)state;
        struct call call = {0};
        static const struct dial_plan any = {.first_ms = 16000, .next_ms = 5000};
        struct call_rules rules = story_rules(false);
        rules.plan = &any;
        play_under(&call, &rules, "off-hook");
        for (unsigned i = 0; i < DIAL_DIGITS_MAX; i++)
                play_under(&call, &rules, "digit:7");
        assert_int_equal(call.state, CALL_CALLING);
        assert_int_equal(strlen(call.number), DIAL_DIGITS_MAX);
}

static void line_out_of_service_says_so_and_sends_nothing(void **state)
{
        (void)state;
        struct call call = {0};
        struct call_rules rules = story_rules(false);
        rules.in_service = false;
        struct actions actions;
        struct event event = story_event("number:1002");
        char done[128];
        assert_true(call_step(&call, &event, &rules, &actions));
        assert_int_equal(call.state, CALL_FAILED);
        assert_string_equal(story_print(&actions, done, sizeof done), "dialed timer:15000");
}

static void phone_without_a_configured_codec_cannot_call(void **state)
{
        (void)state;
        struct call call = {0};
        struct call_rules rules = story_rules(true);
        rules.audio.n_codecs = 0;
        struct actions actions;
        struct event event = story_event("number:1002");
        assert_true(call_step(&call, &event, &rules, &actions));
        assert_int_equal(call.state, CALL_FAILED);
        call = (struct call){0};
        event = story_event("offer:-");
        assert_true(call_step(&call, &event, &rules, &actions));
        assert_int_equal(call.state, CALL_IDLE);
        assert_int_equal(actions.at[0].arg, 488);
}

static const struct CMUnitTest others[] = {
        cmocka_unit_test(our_offer_lists_all_codecs_and_leaves_the_address_to_the_relay),
        cmocka_unit_test(our_answer_names_one_codec),
        cmocka_unit_test(direct_descriptions_carry_the_phones_address),
        cmocka_unit_test(new_offers_put_the_agreed_codec_first),
        cmocka_unit_test(their_hold_is_mirrored),
        cmocka_unit_test(early_offer_is_answered_without_holding),
        cmocka_unit_test(terminator_alone_is_a_digit),
        cmocka_unit_test(call_from_outside_is_known_as_one),
        cmocka_unit_test(identity_is_of_the_far_end_and_never_erased),
        cmocka_unit_test(refused_offer_leaves_our_description_alone),
        cmocka_unit_test(slot_that_is_used_again_remembers_nothing),
        cmocka_unit_test(longest_number_typed_is_sent_as_it_is),
        cmocka_unit_test(line_out_of_service_says_so_and_sends_nothing),
        cmocka_unit_test(phone_without_a_configured_codec_cannot_call),
};

int main(void)
{
        static struct story stories[STORIES_MAX];
        static struct CMUnitTest tests[STORIES_MAX];
        unsigned n = read_stories(stories);
        if (n == 0) {
                fprintf(stderr, "no stories in " SOURCE_DIR "/tests/call_stories.txt\n");
                return 1;
        }
        for (unsigned i = 0; i < n; i++)
                tests[i] = (struct CMUnitTest){stories[i].name, run_story, NULL, NULL, &stories[i]};
        int failed = _cmocka_run_group_tests("stories", tests, n, NULL, NULL);
        return failed + cmocka_run_group_tests(others, NULL, NULL);
}
