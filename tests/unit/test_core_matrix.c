/* Every event in every state: what comes of it is the file tests/call_matrix.txt, so that a changed rule is a changed
 * row in review. `test_core_matrix --print` writes the file as the code has it now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/core_story.h"

/* How a call gets into each state, in relay mode where it can. */
static const struct {
        enum call_state state;
        bool direct;
        const char *events;
} ways[] = {
        {CALL_IDLE, false, ""},
        {CALL_OFF_HOOK, false, "off-hook"},
        {CALL_DIALING, false, "off-hook digit:9 digit:1"},
        {CALL_PREPARING, true, "number:1002"},
        {CALL_CALLING, false, "number:1002"},
        {CALL_RINGBACK, false, "number:1002 progress:180"},
        {CALL_EARLY, false, "number:1002 early:pcmu rx-open"},
        {CALL_EARLY, false, "number:1002 early:pcmu"},
        {CALL_OFFERED, false, "offer:pcmu"},
        {CALL_ANSWERING, false, "offer:pcmu answer"},
        {CALL_AGREEING, false, "offer:- answer rx-open"},
        {CALL_OPENING, false, "number:1002 answered:pcmu"},
        {CALL_TALKING, false, "number:1002 answered:pcmu rx-open"},
        {CALL_TALKING, false, "number:1002 answered:pcmu rx-open reoffer:-"},
        {CALL_HELD, false, "number:1002 answered:pcmu rx-open hold reoffer-answered:pcmu/recvonly"},
        {CALL_HELD, false, "number:1002 answered:pcmu rx-open hold"},
        {CALL_RESUMING, false, "number:1002 answered:pcmu rx-open hold reoffer-answered:pcmu/recvonly resume"},
        {CALL_RESUMING, false, "number:1002 answered:pcmu rx-open hold resume"},
        {CALL_HELD, false, "number:1002 answered:pcmu rx-open hold reoffer-answered:pcmu/recvonly transfer:1003"},
        {CALL_AWAY, false, "number:1002 answered:pcmu rx-open phone-away"},
        {CALL_AWAY, false, "number:1002 answered:pcmu rx-open hold reoffer-answered:pcmu/recvonly phone-away"},
        {CALL_LEAVING, false, "number:1002 answered:pcmu rx-open hand-over hang-up"},
        {CALL_TELLING, false, "set:forward-busy:1003"},
        {CALL_TELLING, false, "set:dnd answered:pcmu"},
        {CALL_OFF_HOOK, false, "off-hook:forward"},
        {CALL_DIALING, false, "off-hook:forward digit:9 digit:1"},
        {CALL_OFFERED, false, "offer:pcmu!"},
        {CALL_TALKING, false, "number:1002 answered:pcmu rx-open confer"},
        {CALL_HELD, false, "number:1002 answered:pcmu rx-open confer hold"},
        {CALL_JOINING, false, "number:1002 answered:pcmu rx-open hold reoffer-answered:pcmu/recvonly join"},
        {CALL_MEMBER, false, "number:1002 answered:pcmu rx-open join"},
        {CALL_TALKING, false, "number:1002 answered:pcmu rx-open barged"},
        {CALL_REMOTE, false, "remote"},
        {CALL_REMOTE, false, "remote:secret"},
        {CALL_REMOTE_HELD, false, "remote:held"},
        {CALL_BARGING, false, "remote barge"},
        {CALL_BARGED, false, "remote barge rx-open"},
        {CALL_FAILED, false, "number:1002 failed:486"},
};

#define WAYS        (sizeof ways / sizeof *ways)
#define MATRIX_SIZE 98304

/* The event with an ordinary argument. */
static const char *sample(enum event_kind kind, char out[32])
{
        static const char *const arguments[EVENT_KINDS] = {
                [EV_DIGIT] = ":5",
                [EV_NUMBER] = ":1002",
                [EV_PROGRESS] = ":180",
                [EV_REOFFER_FAILED] = ":488",
                [EV_FAILED] = ":404",
                [EV_TRANSFER] = ":1003",
                [EV_TRANSFER_NEWS] = ":200",
                [EV_PARTNER] = ":200",
                [EV_HEIR] = ":1",
                [EV_JOIN_FAILED] = ":1",
                [EV_REPLACED] = ":pcma@2",
                [EV_DIVERT] = ":1900",
                [EV_SET] = ":forward:1003",
        };
        text_printf(out, 32, "%s%s", event_name(kind), arguments[kind] ? arguments[kind] : "");
        return out;
}

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

static void print_row(char *out, const struct call *before, enum event_kind kind, const struct call_rules *rules)
{
        struct call call = *before;
        char word[32], done[160];
        struct event event = story_event(sample(kind, word));
        struct actions actions;
        if (!call_step(&call, &event, rules, &actions))
                return;
        assert_true(call_takes(before->state, kind));
        story_print(&actions, done, sizeof done);
        text_append(out, MATRIX_SIZE, "%-10s %-17s -> %-10s %s\n", call_state_name(before->state), word,
                    call_state_name(call.state), *done ? done : "-");
}

static const char *matrix(void)
{
        static char out[MATRIX_SIZE];
        text_copy(out, sizeof out,
                  "# Every event that means something in a state, and what it does. Made by\n"
                  "# test_core_matrix --print; whatever is not here is ignored.\n");
        for (size_t i = 0; i < WAYS; i++) {
                struct call call = {.reference = 1, .line = 1};
                struct call_rules rules = story_rules(ways[i].direct);
                play(&call, &rules, ways[i].events);
                assert_int_equal(call.state, ways[i].state);
                text_append(out, sizeof out, "\n# after: %s%s\n", *ways[i].events ? ways[i].events : "nothing",
                            ways[i].direct ? " (direct)" : "");
                for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++)
                        print_row(out, &call, kind, &rules);
        }
        return out;
}

static void matrix_is_the_reviewed_one(void **state)
{
        (void)state;
        static char reviewed[MATRIX_SIZE];
        FILE *file = fopen(SOURCE_DIR "/tests/call_matrix.txt", "r");
        assert_non_null(file);
        size_t len = fread(reviewed, 1, sizeof reviewed - 1, file);
        fclose(file);
        reviewed[len] = '\0';
        assert_string_equal(matrix(), reviewed);
}

static void matrix_reaches_every_state(void **state)
{
        (void)state;
        bool reached[CALL_STATE_COUNT] = {false};
        for (size_t i = 0; i < WAYS; i++)
                reached[ways[i].state] = true;
        for (enum call_state i = 0; i < CALL_STATE_COUNT; i++)
                assert_true(reached[i]);
}

static void every_call_can_be_ended_from_either_side(void **state)
{
        (void)state;
        for (enum call_state i = CALL_IDLE + 1; i < CALL_STATE_COUNT; i++) {
                bool of_another_phone = i == CALL_REMOTE || i == CALL_REMOTE_HELD;
                assert_true(call_takes(i, of_another_phone ? EV_REMOTE_OVER : EV_HANG_UP));
                assert_true(call_takes(i, EV_PHONE_LOST));
                assert_true(call_takes(i, EV_TIMEOUT) == call_is_waiting(i));
        }
}

int main(int argc, char **argv)
{
        if (argc > 1 && strcmp(argv[1], "--print") == 0)
                return fputs(matrix(), stdout) < 0;
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(matrix_is_the_reviewed_one),
                cmocka_unit_test(matrix_reaches_every_state),
                cmocka_unit_test(every_call_can_be_ended_from_either_side),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
