/* The subscription machine by stories, its waits by their limits, and a random walk that never gets stuck. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "sip/subscription.h"

static const char *const states[] = {"off", "trying", "pending", "active", "refused", "unreachable"};

/* "want", "unwant", "lost", "due", "missed"; "401" (a challenge nobody can answer), "401!" (one we can), "200",
 * "423:900", "503:20"; "active", "active:60", "pending", "ended", "ended:rejected". */
static struct subscription_event event_read(const char *text)
{
        static const struct {
                const char *word;
                enum subscription_event_kind kind;
        } kinds[] = {{"want", SUBSCRIPTION_WANTED},      {"unwant", SUBSCRIPTION_UNWANTED},
                     {"lost", SUBSCRIPTION_LOST},        {"due", SUBSCRIPTION_DUE},
                     {"missed", SUBSCRIPTION_MISSED},    {"active", SUBSCRIPTION_NOTIFIED},
                     {"pending", SUBSCRIPTION_NOTIFIED}, {"ended", SUBSCRIPTION_NOTIFIED}};
        const char *more = strchr(text, ':');
        char word[16];
        unsigned value = more ? (unsigned)strtoul(more + 1, NULL, 10) : 0;
        struct subscription_event event = {
                .kind = SUBSCRIPTION_ANSWER, .status = atoi(text), .left_ms = 100000, .retry_after_s = value};
        text_copy_n(word, sizeof word, text, strcspn(text, ":"));
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
                if (strcmp(word, kinds[i].word) == 0)
                        event.kind = kinds[i].kind;
        }
        event.said = subscription_said(strcmp(word, "ended") == 0 ? "terminated" : word);
        event.reason = subscription_reason(more ? more + 1 : NULL);
        event.answerable = strchr(text, '!') != NULL;
        event.expires_s = value || event.kind == SUBSCRIPTION_NOTIFIED ? value : 300;
        event.min_expires_s = value;
        return event;
}

/* "anew:300 again wait =active"; a request in the dialog is "send:300" */
static const char *order_print(const struct subscription *subscription, const struct subscription_order *order)
{
        static char text[128];
        text[0] = '\0';
        if (order->send)
                text_append(text, sizeof text, "%s:%u ", order->anew ? "anew" : "send", order->expires_s);
        if (order->again)
                text_append(text, sizeof text, "again ");
        if (order->wait_ms > 0)
                text_append(text, sizeof text, "wait ");
        if (order->report)
                text_append(text, sizeof text, "=%s ", states[subscription->state]);
        if (text[0])
                text[strlen(text) - 1] = '\0';
        return text;
}

static void story(const char *name, const char *const steps[][2])
{
        struct subscription subscription = {.expires_s = 300};
        for (size_t i = 0; steps[i][0]; i++) {
                struct subscription_event event = event_read(steps[i][0]);
                struct subscription_order order;
                const char *got = subscription_step(&subscription, &event, &order) ? order_print(&subscription, &order)
                                                                                   : "-";
                if (strcmp(got, steps[i][1]) != 0)
                        fail_msg("%s: step %zu, after %s: \"%s\", not \"%s\"", name, i, steps[i][0], got, steps[i][1]);
        }
}

#define STORY(name, ...)                                                                                               \
        static void name(void **state)                                                                                 \
        {                                                                                                              \
                (void)state;                                                                                           \
                story(#name, (const char *const[][2]){__VA_ARGS__, {NULL, NULL}});                                     \
        }

#define BEGUN                                                                                                          \
        {"want", "anew:300 =trying"}, {"200", "wait"},                                                                 \
        {                                                                                                              \
                "active", "wait =active"                                                                               \
        }

STORY(subscribes_refreshes_and_leaves, BEGUN, {"due", "send:300"}, {"200", "wait"}, {"active", "wait"},
      {"unwant", "send:0 =off"}, {"200", "wait"}, {"ended:timeout", ""}, {"active", "-"})
STORY(accepted_is_as_good_as_ok, {"want", "anew:300 =trying"}, {"202", "wait"}, {"pending", "wait =pending"},
      {"active", "wait =active"})
STORY(notify_may_overtake_its_answer, {"want", "anew:300 =trying"}, {"active", "=active"}, {"200", "wait"})
STORY(end_may_overtake_its_answer, {"want", "anew:300 =trying"}, {"ended:rejected", "=refused"}, {"200", "wait"},
      {"due", "anew:300"})
STORY(challenge_is_answered_at_once, {"want", "anew:300 =trying"}, {"401!", "send:300 again"}, {"200", "wait"},
      {"active", "wait =active"}, {"due", "send:300"}, {"407!", "send:300 again"}, {"200", "wait"})
STORY(wrong_password_waits, {"want", "anew:300 =trying"}, {"401!", "send:300 again"}, {"401", "wait =refused"},
      {"due", "anew:300"}, {"401", "wait"})
STORY(endless_challenges_end, {"want", "anew:300 =trying"}, {"401!", "send:300 again"}, {"407!", "send:300 again"},
      {"401!", "send:300 again"}, {"401!", "send:300 again"}, {"401!", "wait =refused"})
STORY(longer_interval_is_taken_once, {"want", "anew:300 =trying"}, {"423:900", "send:900 again"}, {"200:900", "wait"},
      {"active", "wait =active"}, {"due", "send:900"})
STORY(interval_that_does_not_grow_is_a_refusal, {"want", "anew:300 =trying"}, {"423:300", "wait =refused"})
STORY(absurd_interval_is_a_refusal, {"want", "anew:300 =trying"}, {"423:4000000000", "wait =refused"})
STORY(unknown_package_is_told_once, {"want", "anew:300 =trying"}, {"489", "wait =refused"}, {"due", "anew:300"},
      {"489", "wait"}, {"due", "anew:300"}, {"404", "wait =refused"})
STORY(forgotten_subscription_is_begun_anew_at_once, BEGUN, {"due", "send:300"}, {"481", "anew:300 again"},
      {"200", "wait"}, {"active", "wait"})
STORY(first_one_that_is_not_known_waits, {"want", "anew:300 =trying"}, {"481", "wait =unreachable"},
      {"due", "anew:300"})
STORY(failed_refresh_begins_anew_later, BEGUN, {"due", "send:300"}, {"408", "wait =unreachable"}, {"due", "anew:300"},
      {"200", "wait"}, {"active", "wait =active"})
STORY(accepted_without_a_notify_has_failed, {"want", "anew:300 =trying"}, {"200", "wait"}, {"due", "wait =unreachable"},
      {"due", "anew:300"})
STORY(deactivated_begins_anew, BEGUN, {"ended:deactivated", "wait =trying"}, {"due", "anew:300"}, {"200", "wait"},
      {"active", "wait =active"})
STORY(ended_for_good_is_refused, BEGUN, {"ended:noresource", "wait =refused"}, {"active", "-"}, {"due", "anew:300"})
STORY(invariant_still_holds, BEGUN, {"ended:invariant", "wait"}, {"unwant", "=off"})
STORY(unwanted_while_asking_waits_for_the_answer, {"want", "anew:300 =trying"}, {"unwant", "=off"}, {"active", ""},
      {"200", "send:0"}, {"401!", "send:0 again"}, {"200", "wait"}, {"due", ""})
STORY(unwanted_while_asking_in_vain, {"want", "anew:300 =trying"}, {"unwant", "=off"}, {"403", ""})
STORY(end_may_overtake_the_answer_to_our_end, BEGUN, {"unwant", "send:0 =off"}, {"ended:timeout", ""}, {"200", ""})
STORY(wanted_again_while_leaving, BEGUN, {"unwant", "send:0 =off"}, {"want", "=trying"}, {"200", "anew:300"},
      {"200", "wait"})
STORY(wanted_again_after_leaving, BEGUN, {"unwant", "send:0 =off"}, {"200", "wait"}, {"want", "anew:300 =trying"})
STORY(unwanted_and_wanted_while_asking, {"want", "anew:300 =trying"}, {"unwant", "=off"}, {"want", "=trying"},
      {"200", "wait"}, {"active", "wait =active"})
STORY(lost_registration_takes_it_along_without_a_word, BEGUN, {"lost", "=off"}, {"active", "-"},
      {"want", "anew:300 =trying"})
STORY(lost_while_refreshing_still_ends_what_answers, BEGUN, {"due", "send:300"}, {"lost", "=off"}, {"200", "send:0"},
      {"200", "wait"}, {"due", ""})
STORY(lost_while_waiting_is_forgotten, {"want", "anew:300 =trying"}, {"503", "wait =unreachable"}, {"lost", "=off"},
      {"due", "-"})
STORY(missed_notification_asks_for_the_whole_soon, BEGUN, {"missed", "wait"}, {"due", "send:300"})
STORY(status_beyond_all_classes_is_a_refusal, {"want", "anew:300 =trying"}, {"700", "wait =refused"})
STORY(what_means_nothing_changes_nothing, {"unwant", "-"}, {"lost", "-"}, {"due", "-"}, {"200", "-"}, {"active", "-"},
      {"want", "anew:300 =trying"}, {"due", "-"}, {"missed", "-"}, {"200", "wait"}, {"200", "-"},
      {"active", "wait =active"}, {"want", "-"})

static int64_t wait_after(struct subscription *subscription, const char *text, uint32_t random)
{
        struct subscription_event event = event_read(text);
        struct subscription_order order;
        event.random = random;
        assert_true(subscription_step(subscription, &event, &order));
        assert_true(order.wait_ms > 0);
        return order.wait_ms;
}

static void happen(struct subscription *subscription, const char *text)
{
        struct subscription_event event = event_read(text);
        struct subscription_order order;
        assert_true(subscription_step(subscription, &event, &order));
}

static struct subscription asking(void)
{
        struct subscription subscription = {.expires_s = 300};
        happen(&subscription, "want");
        return subscription;
}

static void refresh_comes_between_85_and_90_percent(void **state)
{
        (void)state;
        for (uint32_t random = 0; random < 40000; random += 7) {
                struct subscription subscription = asking();
                happen(&subscription, "active");
                assert_in_range(wait_after(&subscription, "200:300", random), 255000, 270000);
                subscription = asking();
                assert_int_equal(wait_after(&subscription, "200:300", random), SUBSCRIPTION_TIMER_N_MS);
                assert_in_range(wait_after(&subscription, "active", random), 255000, 270000);
        }
}

static void what_is_granted_too_briefly_is_not_asked_for_without_a_pause(void **state)
{
        static const unsigned granted_s[] = {0, 1, 29, 30};
        (void)state;
        for (size_t i = 0; i < sizeof granted_s / sizeof granted_s[0]; i++) {
                struct subscription subscription = asking();
                struct subscription_event granted = {
                        .kind = SUBSCRIPTION_ANSWER, .status = 200, .expires_s = granted_s[i], .random = 77};
                struct subscription_order order;
                happen(&subscription, "active");
                assert_true(subscription_step(&subscription, &granted, &order));
                assert_in_range(order.wait_ms, 25500, 27000);
        }
}

static void notify_shortens_what_was_granted_and_never_lengthens_it(void **state)
{
        struct subscription subscription = asking();
        (void)state;
        happen(&subscription, "active");
        happen(&subscription, "200:300");
        assert_in_range(wait_after(&subscription, "active:60", 5), 51000, 54000); /* 100 s were left */
        assert_int_equal(wait_after(&subscription, "active:3600", 5), 100000);
        assert_int_equal(wait_after(&subscription, "active", 5), 100000);
}

/* The span doubles to its cap, and the wait lies in its upper half. */
static void waits_grow_to_their_caps(void **state)
{
        static const struct {
                const char *status;
                unsigned base_s, cap_s;
        } cases[] = {{"408", 15, 900},    {"503", 15, 900},    {"481", 60, 900},    {"500", 60, 3600},
                     {"403", 1800, 7200}, {"489", 1800, 7200}, {"301", 1800, 7200}, {"401", 300, 7200}};
        (void)state;
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                struct subscription subscription = asking();
                unsigned span_s = cases[i].base_s;
                for (unsigned n = 0; n < 40; n++) {
                        int64_t wait_ms = wait_after(&subscription, cases[i].status, n * 2654435761u);
                        assert_in_range(wait_ms, span_s * 500, span_s * 1000);
                        span_s = span_s * 2 < cases[i].cap_s ? span_s * 2 : cases[i].cap_s;
                        happen(&subscription, "due");
                }
        }
}

/* Begun anew and ended at once, again and again, it is asked for less and less often; a refresh that was granted
 * proves that it lives. */
static void endless_ends_are_slowed_down(void **state)
{
        struct subscription subscription = asking();
        unsigned span_s = 2;
        (void)state;
        for (unsigned n = 0; n < 12; n++) {
                happen(&subscription, "200");
                happen(&subscription, "active");
                assert_in_range(wait_after(&subscription, "ended:deactivated", n * 2654435761u), span_s * 500,
                                span_s * 1000);
                span_s = span_s * 2 < 900 ? span_s * 2 : 900;
                happen(&subscription, "due");
        }
        happen(&subscription, "200");
        happen(&subscription, "active");
        happen(&subscription, "due");
        happen(&subscription, "200");
        assert_in_range(wait_after(&subscription, "ended:deactivated", 1), 1000, 2000);
}

static void retry_after_is_kept_when_sensible(void **state)
{
        struct subscription subscription = asking();
        (void)state;
        assert_in_range(wait_after(&subscription, "503:20", 5), 20000, 21000);
        happen(&subscription, "due");
        assert_in_range(wait_after(&subscription, "503:99999", 5), 15000, 30000);
        subscription = asking();
        happen(&subscription, "200");
        struct subscription_event giveup = event_read("ended:giveup");
        struct subscription_order order;
        giveup.retry_after_s = 400;
        assert_true(subscription_step(&subscription, &giveup, &order));
        assert_in_range(order.wait_ms, 400000, 401000);
}

static void words_of_subscription_state_are_known(void **state)
{
        (void)state;
        assert_int_equal(subscription_said("Terminated"), SUBSCRIPTION_TERMINATED);
        assert_int_equal(subscription_said("PENDING"), SUBSCRIPTION_PENDING);
        assert_int_equal(subscription_said("extension"), SUBSCRIPTION_ACTIVE);
        assert_int_equal(subscription_reason("NoResource"), SUBSCRIPTION_NORESOURCE);
        assert_int_equal(subscription_reason("extension"), SUBSCRIPTION_NO_REASON);
        assert_int_equal(subscription_reason(""), SUBSCRIPTION_NO_REASON);
        assert_int_equal(subscription_reason(NULL), SUBSCRIPTION_NO_REASON);
}

/* Whatever happens in whatever order: who waits has a timer, who asks has sent, what is off is not wanted, and a
 * request in a dialog has one. */
static void random_walk_never_gets_stuck(void **state)
{
        static const char *const events[] = {"want",
                                             "unwant",
                                             "lost",
                                             "due",
                                             "200",
                                             "401!",
                                             "481",
                                             "408",
                                             "489",
                                             "423:400",
                                             "503:9",
                                             "active",
                                             "pending",
                                             "ended",
                                             "missed",
                                             "active:40",
                                             "ended:noresource"};
        const size_t n_events = sizeof events / sizeof events[0];
        struct subscription subscription = {.expires_s = 300};
        bool timer = false, sent = false, dialog = false;
        unsigned phases[SUBSCRIPTION_PHASES] = {0};
        uint32_t seed = 1;
        (void)state;
        for (unsigned i = 0; i < 400000; i++) {
                seed = seed * 1664525u + 1013904223u;
                struct subscription_event event = event_read(events[(seed >> 16) % n_events]);
                struct subscription_order order;
                if ((event.kind == SUBSCRIPTION_DUE && !timer) || (event.kind == SUBSCRIPTION_ANSWER && !sent) ||
                    (event.kind == SUBSCRIPTION_NOTIFIED && !subscription_listens(&subscription)))
                        continue;
                event.random = seed;
                event.left_ms = timer ? 20000 : 0;
                if (!subscription_step(&subscription, &event, &order))
                        continue;
                assert_false(order.send && order.wait_ms > 0);
                assert_false(order.send && sent && event.kind != SUBSCRIPTION_ANSWER);
                sent = order.send || (sent && event.kind != SUBSCRIPTION_ANSWER);
                timer = order.wait_ms > 0;
                dialog |= event.kind == SUBSCRIPTION_ANSWER && event.status == 200;
                dialog |= event.kind == SUBSCRIPTION_NOTIFIED && event.said != SUBSCRIPTION_TERMINATED;
                if (order.anew)
                        dialog = false;
                else if (order.send && !order.again)
                        assert_true(dialog);
                bool asks = subscription.phase == SUBSCRIPTION_ASKING || subscription.phase == SUBSCRIPTION_REMOVING;
                assert_int_equal(sent, asks);
                assert_int_equal(timer, !asks && subscription.phase != SUBSCRIPTION_IDLE);
                assert_int_equal(subscription.state == SIP_WATCH_OFF, !subscription.wanted);
                phases[subscription.phase]++;
        }
        for (unsigned phase = 0; phase < SUBSCRIPTION_PHASES; phase++)
                assert_true(phases[phase] > 100); /* it has been everywhere */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(subscribes_refreshes_and_leaves),
                cmocka_unit_test(accepted_is_as_good_as_ok),
                cmocka_unit_test(notify_may_overtake_its_answer),
                cmocka_unit_test(end_may_overtake_its_answer),
                cmocka_unit_test(challenge_is_answered_at_once),
                cmocka_unit_test(wrong_password_waits),
                cmocka_unit_test(endless_challenges_end),
                cmocka_unit_test(longer_interval_is_taken_once),
                cmocka_unit_test(interval_that_does_not_grow_is_a_refusal),
                cmocka_unit_test(absurd_interval_is_a_refusal),
                cmocka_unit_test(unknown_package_is_told_once),
                cmocka_unit_test(forgotten_subscription_is_begun_anew_at_once),
                cmocka_unit_test(first_one_that_is_not_known_waits),
                cmocka_unit_test(failed_refresh_begins_anew_later),
                cmocka_unit_test(accepted_without_a_notify_has_failed),
                cmocka_unit_test(deactivated_begins_anew),
                cmocka_unit_test(ended_for_good_is_refused),
                cmocka_unit_test(invariant_still_holds),
                cmocka_unit_test(unwanted_while_asking_waits_for_the_answer),
                cmocka_unit_test(unwanted_while_asking_in_vain),
                cmocka_unit_test(end_may_overtake_the_answer_to_our_end),
                cmocka_unit_test(wanted_again_while_leaving),
                cmocka_unit_test(wanted_again_after_leaving),
                cmocka_unit_test(unwanted_and_wanted_while_asking),
                cmocka_unit_test(lost_registration_takes_it_along_without_a_word),
                cmocka_unit_test(lost_while_refreshing_still_ends_what_answers),
                cmocka_unit_test(lost_while_waiting_is_forgotten),
                cmocka_unit_test(missed_notification_asks_for_the_whole_soon),
                cmocka_unit_test(status_beyond_all_classes_is_a_refusal),
                cmocka_unit_test(what_means_nothing_changes_nothing),
                cmocka_unit_test(refresh_comes_between_85_and_90_percent),
                cmocka_unit_test(what_is_granted_too_briefly_is_not_asked_for_without_a_pause),
                cmocka_unit_test(notify_shortens_what_was_granted_and_never_lengthens_it),
                cmocka_unit_test(waits_grow_to_their_caps),
                cmocka_unit_test(endless_ends_are_slowed_down),
                cmocka_unit_test(retry_after_is_kept_when_sensible),
                cmocka_unit_test(words_of_subscription_state_are_known),
                cmocka_unit_test(random_walk_never_gets_stuck),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
