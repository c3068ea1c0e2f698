/* The registration machine by stories, its waits by their limits, and a random walk that never gets stuck. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "sip/registration.h"

static const char *const states[] = {"down", "trying", "registered", "refused", "unreachable"};

/* "up", "down", "due", "401" (a challenge nobody can answer), "401!" (one we can), "200", "423:900", "503:20". */
static struct registration_event event_read(const char *text)
{
        const char *more = strchr(text, ':');
        unsigned value = more ? (unsigned)strtoul(more + 1, NULL, 10) : 0;
        struct registration_event event = {.kind = REGISTRATION_ANSWER, .status = atoi(text)};
        if (strcmp(text, "up") == 0)
                event.kind = REGISTRATION_WANTED;
        else if (strcmp(text, "down") == 0)
                event.kind = REGISTRATION_UNWANTED;
        else if (strcmp(text, "due") == 0)
                event.kind = REGISTRATION_DUE;
        event.answerable = strchr(text, '!') != NULL;
        event.expires_s = value ? value : 300;
        event.min_expires_s = value;
        event.retry_after_s = event.status >= 500 ? value : 0;
        return event;
}

/* "send:300 again wait =registered" */
static const char *order_print(const struct registration *registration, const struct registration_order *order)
{
        static char text[128];
        text[0] = '\0';
        if (order->send)
                text_append(text, sizeof text, "send:%u ", order->expires_s);
        if (order->again)
                text_append(text, sizeof text, "again ");
        if (order->wait_ms > 0)
                text_append(text, sizeof text, "wait ");
        if (order->report)
                text_append(text, sizeof text, "=%s ", states[registration->state]);
        if (text[0])
                text[strlen(text) - 1] = '\0';
        return text;
}

static void story(const char *name, const char *const steps[][2])
{
        struct registration registration = {.expires_s = 300};
        for (size_t i = 0; steps[i][0]; i++) {
                struct registration_event event = event_read(steps[i][0]);
                struct registration_order order;
                registration_step(&registration, &event, &order);
                const char *got = order_print(&registration, &order);
                if (strcmp(got, steps[i][1]) != 0)
                        fail_msg("%s: after %s: \"%s\", not \"%s\"", name, steps[i][0], got, steps[i][1]);
        }
}

#define STORY(name, ...)                                                                                               \
        static void name(void **state)                                                                                 \
        {                                                                                                              \
                (void)state;                                                                                           \
                story(#name, (const char *const[][2]){__VA_ARGS__, {NULL, NULL}});                                     \
        }

STORY(registers_refreshes_and_leaves, {"up", "send:300 =trying"}, {"200", "wait =registered"}, {"due", "send:300"},
      {"200", "wait"}, {"down", "send:0 =down"}, {"200", ""})
STORY(challenge_is_answered_at_once, {"up", "send:300 =trying"}, {"401!", "send:300 again"},
      {"200", "wait =registered"}, {"due", "send:300"}, {"401!", "send:300 again"}, {"200", "wait"})
STORY(wrong_password_waits, {"up", "send:300 =trying"}, {"401!", "send:300 again"}, {"401", "wait =refused"},
      {"due", "send:300"}, {"401", "wait"}, {"due", "send:300"}, {"403", "wait =refused"}, {"due", "send:300"},
      {"200", "wait =registered"})
STORY(endless_challenges_end, {"up", "send:300 =trying"}, {"401!", "send:300 again"}, {"407!", "send:300 again"},
      {"401!", "send:300 again"}, {"401!", "send:300 again"}, {"401!", "wait =refused"})
STORY(longer_interval_is_taken_once, {"up", "send:300 =trying"}, {"423:900", "send:900 again"},
      {"200:900", "wait =registered"}, {"due", "send:900"})
STORY(interval_that_does_not_grow_is_a_refusal, {"up", "send:300 =trying"}, {"423:300", "wait =refused"})
STORY(absurd_interval_is_a_refusal, {"up", "send:300 =trying"}, {"423:4000000000", "wait =refused"})
STORY(failed_refresh_is_reported, {"up", "send:300 =trying"}, {"200", "wait =registered"}, {"due", "send:300"},
      {"408", "wait =unreachable"}, {"due", "send:300"}, {"200", "wait =registered"})
STORY(down_while_asking_waits_for_the_answer, {"up", "send:300 =trying"}, {"down", "=down"}, {"200", "send:0"},
      {"401!", "send:0 again"}, {"200", ""})
STORY(down_while_asking_in_vain, {"up", "send:300 =trying"}, {"down", "=down"}, {"403", ""})
STORY(timeout_may_have_bound_us, {"up", "send:300 =trying"}, {"down", "=down"}, {"408", "send:0"}, {"408", ""})
STORY(up_while_leaving, {"up", "send:300 =trying"}, {"200", "wait =registered"}, {"down", "send:0 =down"},
      {"up", "=trying"}, {"200", "send:300"}, {"200", "wait =registered"})
STORY(up_down_up_while_asking, {"up", "send:300 =trying"}, {"down", "=down"}, {"up", "=trying"},
      {"200", "wait =registered"})
STORY(down_after_a_refusal_is_quiet, {"up", "send:300 =trying"}, {"403", "wait =refused"}, {"down", "=down"})
STORY(status_beyond_all_classes_is_a_refusal, {"up", "send:300 =trying"}, {"700", "wait =refused"}, {"due", "send:300"},
      {"999", "wait =refused"}, {"due", "send:300"}, {"699", "wait =refused"})
STORY(down_after_silence_takes_the_binding_away, {"up", "send:300 =trying"}, {"408", "wait =unreachable"},
      {"down", "send:0 =down"}, {"408", ""})
STORY(what_means_nothing_changes_nothing, {"down", ""}, {"due", ""}, {"200", ""}, {"up", "send:300 =trying"},
      {"due", ""}, {"200", "wait =registered"}, {"up", ""}, {"200", ""})

static int64_t wait_after(struct registration *registration, const char *text, uint32_t random)
{
        struct registration_event event = event_read(text);
        struct registration_order order;
        event.random = random;
        assert_true(registration_step(registration, &event, &order));
        assert_true(order.wait_ms > 0);
        return order.wait_ms;
}

static void next_try(struct registration *registration)
{
        struct registration_event due = event_read("due");
        struct registration_order order;
        assert_true(registration_step(registration, &due, &order));
}

static struct registration asking(void)
{
        struct registration registration = {.expires_s = 300};
        struct registration_event up = event_read("up");
        struct registration_order order;
        registration_step(&registration, &up, &order);
        return registration;
}

static void refresh_comes_between_85_and_90_percent(void **state)
{
        (void)state;
        for (uint32_t random = 0; random < 40000; random += 7) {
                struct registration registration = asking();
                assert_in_range(wait_after(&registration, "200:300", random), 255000, 270000);
        }
}

/* Granted 0, 1 or 5 s: a PBX that errs is not flooded by its lines. */
static void refresh_leaves_at_least_five_seconds_between(void **state)
{
        static const unsigned granted_s[] = {0, 1, 5, 6};
        (void)state;
        for (size_t i = 0; i < sizeof granted_s / sizeof granted_s[0]; i++) {
                for (uint32_t random = 0; random < 1000; random++) {
                        struct registration registration = asking();
                        struct registration_event granted = {.kind = REGISTRATION_ANSWER,
                                                             .status = 200,
                                                             .expires_s = granted_s[i],
                                                             .random = random};
                        struct registration_order order;
                        assert_true(registration_step(&registration, &granted, &order));
                        assert_in_range(order.wait_ms, 5000, 5400);
                }
        }
}

/* RFC 5626 section 4.5: the span doubles to its cap, and the wait lies in its upper half. */
static void waits_grow_to_half_an_hour(void **state)
{
        static const struct {
                const char *status;
                unsigned base_s;
        } cases[] = {{"408", 4}, {"503", 4}, {"500", 30}, {"403", 300}, {"301", 300}, {"604", 300}};
        (void)state;
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                struct registration registration = asking();
                unsigned span_s = cases[i].base_s;
                for (unsigned n = 0; n < 40; n++) {
                        int64_t wait_ms = wait_after(&registration, cases[i].status, n * 2654435761u);
                        assert_in_range(wait_ms, span_s * 500, span_s * 1000);
                        span_s = span_s * 2 < 1800 ? span_s * 2 : 1800;
                        next_try(&registration);
                }
        }
}

static void retry_after_is_kept_when_sensible(void **state)
{
        struct registration registration = asking();
        (void)state;
        assert_in_range(wait_after(&registration, "503:20", 5), 20000, 21000);
        next_try(&registration);
        assert_in_range(wait_after(&registration, "503:99999", 5), 4000, 8000);
}

/* Whatever happens in whatever order: who waits has a timer, who asks has sent, and leaving ends. */
static void random_walk_never_gets_stuck(void **state)
{
        static const char *const events[] = {"up",  "down", "due", "200",     "401!",
                                             "401", "408",  "403", "423:400", "503:9"};
        struct registration registration = {.expires_s = 300};
        bool timer = false, sent = false;
        uint32_t seed = 1;
        (void)state;
        for (unsigned i = 0; i < 200000; i++) {
                seed = seed * 1664525u + 1013904223u;
                struct registration_event event = event_read(events[(seed >> 16) % 10]);
                struct registration_order order;
                if ((event.kind == REGISTRATION_DUE && !timer) || (event.kind == REGISTRATION_ANSWER && !sent))
                        continue;
                event.random = seed;
                if (!registration_step(&registration, &event, &order))
                        continue;
                assert_false(order.send && order.wait_ms > 0);
                sent = order.send || (sent && event.kind != REGISTRATION_ANSWER);
                timer = order.wait_ms > 0;
                bool asks = registration.phase == REGISTRATION_ASKING || registration.phase == REGISTRATION_REMOVING;
                bool waits = registration.phase == REGISTRATION_HELD || registration.phase == REGISTRATION_WAITING;
                assert_int_equal(sent, asks);
                assert_int_equal(timer, waits);
                assert_int_equal(registration.state == SIP_LINE_DOWN, !registration.wanted);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(registers_refreshes_and_leaves),
                cmocka_unit_test(challenge_is_answered_at_once),
                cmocka_unit_test(wrong_password_waits),
                cmocka_unit_test(endless_challenges_end),
                cmocka_unit_test(longer_interval_is_taken_once),
                cmocka_unit_test(interval_that_does_not_grow_is_a_refusal),
                cmocka_unit_test(absurd_interval_is_a_refusal),
                cmocka_unit_test(failed_refresh_is_reported),
                cmocka_unit_test(down_while_asking_waits_for_the_answer),
                cmocka_unit_test(down_while_asking_in_vain),
                cmocka_unit_test(timeout_may_have_bound_us),
                cmocka_unit_test(up_while_leaving),
                cmocka_unit_test(up_down_up_while_asking),
                cmocka_unit_test(down_after_a_refusal_is_quiet),
                cmocka_unit_test(status_beyond_all_classes_is_a_refusal),
                cmocka_unit_test(down_after_silence_takes_the_binding_away),
                cmocka_unit_test(what_means_nothing_changes_nothing),
                cmocka_unit_test(refresh_comes_between_85_and_90_percent),
                cmocka_unit_test(refresh_leaves_at_least_five_seconds_between),
                cmocka_unit_test(waits_grow_to_half_an_hour),
                cmocka_unit_test(retry_after_is_kept_when_sensible),
                cmocka_unit_test(random_walk_never_gets_stuck),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
