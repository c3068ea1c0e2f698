/* What is thought of a PBX, by stories: each step is what a request came to and the state after it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sip/health.h"

struct step {
        const char *what; /* "options"/"register" "200"/"503"/"-" (nobody), "@" when it was sent, else just before */
        const char *state;
};

static const char *const names[] = {"unknown", "up", "down"};

static struct health_news news_read(const char *what, int64_t now_ms)
{
        const char *at = strchr(what, '@'), *status = strchr(what, ' ') + 1;
        struct health_news news = {.question = what[0] == 'o', .now_ms = now_ms, .sent_ms = now_ms - 5};
        news.outcome = *status == '-' ? HEALTH_SILENT : atoi(status) == 503 ? HEALTH_BUSY : HEALTH_ANSWERED;
        if (at)
                news.sent_ms = atoi(at + 1);
        return news;
}

/* A step takes a second. */
static void story(const char *name, unsigned qualify_s, const struct step *steps)
{
        struct health health = {.qualify_s = qualify_s};
        for (int64_t now_ms = 1000; steps->what; steps++, now_ms += 1000) {
                struct health_news news = news_read(steps->what, now_ms);
                enum sip_pbx_state before = health.state;
                bool told = health_learn(&health, &news);
                if (strcmp(names[health.state], steps->state) != 0)
                        fail_msg("%s: after %s: %s, not %s", name, steps->what, names[health.state], steps->state);
                assert_true(told || health.state == before);
        }
}

#define STORY(name, qualify_s, ...)                                                                                    \
        static void name(void **state)                                                                                 \
        {                                                                                                              \
                (void)state;                                                                                           \
                story(#name, qualify_s, (const struct step[]){__VA_ARGS__, {NULL, NULL}});                             \
        }

STORY(any_final_answer_but_503_is_up, 30, {"options 200", "up"}, {"options 404", "up"}, {"options 401", "up"},
      {"options 503", "down"}, {"options 501", "up"})
STORY(silence_is_down_until_it_answers, 30, {"options -", "down"}, {"options -", "down"}, {"options 200", "up"})
STORY(registrations_tell_it_too, 30, {"register 401", "up"}, {"register -", "down"}, {"register 200", "up"})
STORY(registrations_alone_tell_it_when_it_is_not_asked, 0, {"register 200", "up"}, {"register 503", "down"},
      {"register 401", "up"}, {"register -", "down"})
STORY(one_lost_request_among_answered_ones_is_no_outage, 30, {"register 200", "up"}, {"register 200", "up"},
      {"register -@1500", "up"}, {"options -@1999", "up"}, {"options -@4500", "down"})
STORY(a_refused_registration_only_raises_doubts, 30, {"options 200", "up"}, {"register 503", "up"},
      {"options 503", "down"})
STORY(a_busy_pbx_is_not_lifted_by_registrations, 30, {"options 503", "down"}, {"register 200", "down"},
      {"register -", "down"}, {"register 200", "down"}, {"options 200", "up"}, {"register -", "down"},
      {"register 200", "up"})

static void doubts_lead_to_a_question_only_where_there_are_any(void **state)
{
        (void)state;
        struct health asked = {.qualify_s = 30, .state = SIP_PBX_UP}, not_asked = {0};
        struct health down = {.qualify_s = 30, .state = SIP_PBX_DOWN};
        struct health_news busy = {.outcome = HEALTH_BUSY, .now_ms = 1000};
        struct health_news answer = {.outcome = HEALTH_BUSY, .question = true, .now_ms = 1000};
        assert_false(health_doubts(&asked, &answer));
        assert_false(health_doubts(&not_asked, &busy));
        assert_false(health_doubts(&down, &busy)); /* what more could be learned? */
        assert_true(health_doubts(&asked, &busy));
        busy.now_ms = 5999; /* one of many lines that are told so */
        assert_false(health_doubts(&asked, &busy));
        busy.now_ms = 6000;
        assert_true(health_doubts(&asked, &busy));
}

static void a_new_round_trip_is_told(void **state)
{
        (void)state;
        struct health health = {.qualify_s = 30};
        struct health_news news = {.question = true, .sent_ms = 10, .now_ms = 15};
        assert_true(health_learn(&health, &news));
        assert_int_equal(health.rtt_ms, 5);
        assert_false(health_learn(&health, &news));
        news.now_ms = 17;
        assert_true(health_learn(&health, &news));
        assert_int_equal(health.rtt_ms, 7);
        news = (struct health_news){.sent_ms = 20, .now_ms = 90}; /* a REGISTER waits for its turn at the PBX */
        assert_false(health_learn(&health, &news));
        assert_int_equal(health.rtt_ms, 7);
}

static void waits_are_spread_and_short_while_it_is_down(void **state)
{
        static const struct {
                unsigned qualify_s;
                enum sip_pbx_state state;
                int64_t least, most;
        } rows[] = {
                {0, SIP_PBX_DOWN, 0, 0},          {30, SIP_PBX_UNKNOWN, 25500, 30000},
                {30, SIP_PBX_UP, 25500, 30000},   {30, SIP_PBX_DOWN, 4250, 5000},
                {2, SIP_PBX_DOWN, 1700, 2000},    {3600, SIP_PBX_UP, 3060000, 3600000},
                {3600, SIP_PBX_DOWN, 4250, 5000},
        };
        (void)state;
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
                struct health health = {.qualify_s = rows[i].qualify_s, .state = rows[i].state};
                int64_t least = INT64_MAX, most = 0;
                for (uint32_t random = UINT32_MAX - 100; random != 100; random++) {
                        int64_t wait_ms = health_wait_ms(&health, random);
                        least = wait_ms < least ? wait_ms : least;
                        most = wait_ms > most ? wait_ms : most;
                }
                assert_int_equal(least, rows[i].least);
                assert_int_equal(most, rows[i].most);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(any_final_answer_but_503_is_up),
                cmocka_unit_test(silence_is_down_until_it_answers),
                cmocka_unit_test(registrations_tell_it_too),
                cmocka_unit_test(registrations_alone_tell_it_when_it_is_not_asked),
                cmocka_unit_test(one_lost_request_among_answered_ones_is_no_outage),
                cmocka_unit_test(a_refused_registration_only_raises_doubts),
                cmocka_unit_test(a_busy_pbx_is_not_lifted_by_registrations),
                cmocka_unit_test(doubts_lead_to_a_question_only_where_there_are_any),
                cmocka_unit_test(a_new_round_trip_is_told),
                cmocka_unit_test(waits_are_spread_and_short_while_it_is_down),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
