/* A watched party by stories: what is reported, and what a lamp shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "gateway/core/presence.h"

/* "holds", "lost", "whole", "word:dnd", and dialogs: "1 rings from 1003", "1 talks with 1003", "1 held", "1 calls
 * 1003" (it hears ringing), "1 begins", "1 over"; the digit is the dialog's key. */
static void dialog_happen(struct presence *presence, const char *text)
{
        struct presence_dialog dialog = {.key = (uint64_t)(*text - '0')};
        const char *number = strrchr(text, ' ');
        if (number && number[1] >= '0' && number[1] <= '9')
                TEXT_SET(dialog.other.number, number + 1);
        text += 2;
        dialog.outgoing = strncmp(text, "calls", 5) == 0;
        dialog.held = strncmp(text, "held", 4) == 0;
        dialog.step = strncmp(text, "over", 4) == 0     ? PRESENCE_OVER
                      : strncmp(text, "begins", 6) == 0 ? PRESENCE_BEGUN
                      : strncmp(text, "rings", 5) == 0  ? PRESENCE_ALERTING
                      : dialog.outgoing                 ? PRESENCE_ALERTING
                                                        : PRESENCE_TALKING;
        if (dialog.step == PRESENCE_ALERTING)
                text_printf(dialog.call.call_id, sizeof dialog.call.call_id, "call-%u", (unsigned)dialog.key);
        presence_dialog(presence, &dialog);
}

static enum presence_state word_read(const char *word)
{
        enum presence_state state = PRESENCE_UNKNOWN;
        while (strcmp(presence_state_name(state), word) != 0)
                state++;
        return state;
}

static void happen(struct presence *presence, const char *text)
{
        if (strcmp(text, "holds") == 0)
                presence_holds(presence, true);
        else if (strcmp(text, "lost") == 0)
                presence_holds(presence, false);
        else if (strcmp(text, "whole") == 0)
                presence_whole(presence);
        else if (strncmp(text, "word:", 5) == 0)
                presence_word(presence, word_read(text + 5));
        else
                dialog_happen(presence, text);
}

/* "ringing 1003 pickup call-1", "busy out 1003", "busy held" */
static const char *look_print(const struct presence *presence)
{
        static char text[128];
        struct presence_look look;
        presence_look(presence, &look);
        text_printf(text, sizeof text, "%s", presence_state_name(look.state));
        if (look.outgoing)
                text_append(text, sizeof text, " out");
        if (look.held)
                text_append(text, sizeof text, " held");
        if (look.other.number[0])
                text_append(text, sizeof text, " %s", look.other.number);
        if (look.pickup.call_id[0])
                text_append(text, sizeof text, " pickup %s", look.pickup.call_id);
        return text;
}

static void story(const char *name, const char *const steps[][2])
{
        struct presence presence = {.holds = false};
        for (size_t i = 0; steps[i][0]; i++) {
                happen(&presence, steps[i][0]);
                const char *got = look_print(&presence);
                if (strcmp(got, steps[i][1]) != 0)
                        fail_msg("%s: after \"%s\": \"%s\", not \"%s\"", name, steps[i][0], got, steps[i][1]);
        }
}

#define STORY(name, ...)                                                                                               \
        static void name(void **state)                                                                                 \
        {                                                                                                              \
                (void)state;                                                                                           \
                story(#name, (const char *const[][2]){__VA_ARGS__, {NULL, NULL}});                                     \
        }

STORY(nothing_is_known_at_first, {"holds", "unknown"}, {"whole", "idle"}, {"lost", "unknown"}, {"holds", "unknown"})
STORY(call_comes_is_answered_and_ends, {"holds", "unknown"}, {"whole", "idle"}, {"1 begins", "busy"},
      {"1 rings from 1003", "ringing 1003 pickup call-1"}, {"1 talks with 1003", "busy 1003"},
      {"1 held", "busy held 1003"}, {"1 over", "idle"})
STORY(party_that_calls_is_busy_and_not_ringing, {"holds", "unknown"}, {"1 calls 1003", "busy out 1003"},
      {"1 over", "idle"})
STORY(ringing_is_shown_before_a_call_that_stands, {"holds", "unknown"}, {"1 talks with 1003", "busy 1003"},
      {"2 rings from 1004", "ringing 1004 pickup call-2"}, {"2 over", "busy 1003"})
STORY(call_that_is_heard_is_shown_before_a_held_one, {"holds", "unknown"}, {"1 held 1003", "busy held 1003"},
      {"2 talks with 1004", "busy 1004"}, {"2 over", "busy held 1003"})
STORY(oldest_of_two_that_ring_is_picked_up, {"holds", "unknown"}, {"1 rings from 1003", "ringing 1003 pickup call-1"},
      {"2 rings from 1004", "ringing 1003 pickup call-1"}, {"1 over", "ringing 1004 pickup call-2"})
STORY(whole_report_forgets_what_was_before, {"holds", "unknown"}, {"1 talks with 1003", "busy 1003"}, {"whole", "idle"},
      {"2 rings from 1004", "ringing 1004 pickup call-2"})
STORY(end_of_an_unknown_dialog_is_news_too, {"holds", "unknown"}, {"7 over", "idle"})
STORY(lost_subscription_forgets_everything, {"holds", "unknown"}, {"1 talks with 1003", "busy 1003"},
      {"lost", "unknown"}, {"holds", "unknown"}, {"whole", "idle"})
STORY(word_of_presence_counts_without_dialogs, {"holds", "unknown"}, {"word:idle", "idle"}, {"word:away", "away"},
      {"word:dnd", "dnd"}, {"word:busy", "busy"}, {"word:ringing", "ringing"}, {"word:unknown", "unknown"})
STORY(dialog_counts_more_than_a_word, {"holds", "unknown"}, {"word:dnd", "dnd"}, {"1 talks with 1003", "busy 1003"},
      {"1 over", "dnd"})
STORY(more_dialogs_than_fit_leave_out_the_least, {"holds", "unknown"}, {"1 held 1001", "busy held 1001"},
      {"2 talks with 1002", "busy 1002"}, {"3 talks with 1003", "busy 1002"}, {"4 talks with 1004", "busy 1002"},
      {"5 held 1005", "busy 1002"}, {"6 rings from 1006", "ringing 1006 pickup call-6"},
      {"2 over", "ringing 1006 pickup call-6"}, {"6 over", "busy 1003"}, {"3 over", "busy 1004"}, {"4 over", "idle"},
      {"1 over", "idle"})

static void equal_looks_are_equal(void **state)
{
        struct presence presence = {.holds = true};
        struct presence_look a, b;
        (void)state;
        happen(&presence, "1 rings from 1003");
        presence_look(&presence, &a);
        presence_look(&presence, &b);
        assert_true(presence_look_equal(&a, &b));
        b.held = true;
        assert_false(presence_look_equal(&a, &b));
        b = a;
        TEXT_SET(b.other.name, "Ann");
        assert_false(presence_look_equal(&a, &b));
        b = a;
        TEXT_SET(b.pickup.remote_tag, "x");
        assert_false(presence_look_equal(&a, &b));
}

/* Whatever is reported: bounds are kept, and when all dialogs are over the party is idle. */
static void random_walk_ends_idle(void **state)
{
        static const char *const words[] = {"rings from 1003", "talks with 1004", "held",
                                            "calls 1005",      "begins",          "over"};
        struct presence presence = {.holds = true};
        uint32_t seed = 1;
        (void)state;
        for (unsigned i = 0; i < 100000; i++) {
                char text[32];
                seed = seed * 1664525u + 1013904223u;
                text_printf(text, sizeof text, "%u %s", (seed >> 24) % 9, words[(seed >> 16) % 6]);
                happen(&presence, text);
                assert_true(presence.n_dialogs <= PRESENCE_DIALOGS_MAX);
                for (size_t a = 0; a < presence.n_dialogs; a++)
                        for (size_t b = 0; b < a; b++)
                                assert_true(presence.dialogs[a].key != presence.dialogs[b].key);
        }
        for (unsigned key = 0; key < 9; key++) {
                char text[32];
                text_printf(text, sizeof text, "%u over", key);
                happen(&presence, text);
        }
        assert_string_equal(look_print(&presence), "idle");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(nothing_is_known_at_first),
                cmocka_unit_test(call_comes_is_answered_and_ends),
                cmocka_unit_test(party_that_calls_is_busy_and_not_ringing),
                cmocka_unit_test(ringing_is_shown_before_a_call_that_stands),
                cmocka_unit_test(call_that_is_heard_is_shown_before_a_held_one),
                cmocka_unit_test(oldest_of_two_that_ring_is_picked_up),
                cmocka_unit_test(whole_report_forgets_what_was_before),
                cmocka_unit_test(end_of_an_unknown_dialog_is_news_too),
                cmocka_unit_test(lost_subscription_forgets_everything),
                cmocka_unit_test(word_of_presence_counts_without_dialogs),
                cmocka_unit_test(dialog_counts_more_than_a_word),
                cmocka_unit_test(more_dialogs_than_fit_leave_out_the_least),
                cmocka_unit_test(equal_looks_are_equal),
                cmocka_unit_test(random_walk_ends_idle),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
