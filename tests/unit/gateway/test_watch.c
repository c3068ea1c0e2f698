/* Who is watched, and who pays for it: one subscription a number, by a line of a phone that wants to know. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "gateway/sip_side.h"
#include "gateway/watch.h"

#define PHONES 3
#define TARGET ((uint32_t)WATCH_OF_TARGET(0))

/* Phones with a line each, 0 and 1 at the PBX that is asked for dialogs, 2 at one that is asked for presence. */
static struct world {
        struct config_pbx configs[2];
        struct gateway gateway;
        struct account accounts[PHONES];
        struct phone_line lines[PHONES];
        struct phone phones[PHONES];
        struct watcher watchers[PHONES];
        unsigned news[PHONES];
        char said[200]; /* to the SIP side: "watch 1 by 0 for 2001, ..." */
} w;

void sip_side_command(struct gateway *gateway, const struct sip_command *command)
{
        assert_ptr_equal(gateway, &w.gateway);
        text_append(w.said, sizeof w.said, "%s%s %u", *w.said ? ", " : "",
                    command->kind == SIP_CMD_WATCH ? "watch" : "unwatch", command->watch);
        if (command->kind == SIP_CMD_WATCH)
                text_append(w.said, sizeof w.said, " by %u for %s%s", command->line, command->wish.target,
                            command->wish.package == SIP_PRESENCE ? " as presence" : "");
}

static void expect(const char *said)
{
        assert_string_equal(w.said, said);
        *w.said = '\0';
}

static void on_news(struct watcher *watcher)
{
        w.news[watcher - w.watchers]++;
}

static int setup(void **state)
{
        (void)state;
        w = (struct world){
                .configs = {{.address = "pbx", .blf = BLF_DIALOG}, {.address = "other", .blf = BLF_PRESENCE}}};
        for (size_t i = 0; i < 2; i++)
                w.gateway.pbxs[i].config = &w.configs[i];
        for (uint32_t i = 0; i < PHONES; i++) {
                w.accounts[i] = (struct account){.gateway = &w.gateway,
                                                 .index = i,
                                                 .pbx = i / 2,
                                                 .lines = &w.lines[i],
                                                 .state = {.state = LINE_IN_SERVICE}};
                w.lines[i] = (struct phone_line){.account = &w.accounts[i], .phone = &w.phones[i]};
                w.phones[i] = (struct phone){.gateway = &w.gateway,
                                             .lines = &w.lines[i],
                                             .n_lines = 1,
                                             .session = (struct sccp_session *)&w.phones[i]}; /* it is there */
        }
        return watch_start(&w.gateway) ? 0 : -1;
}

static int teardown(void **state)
{
        (void)state;
        for (size_t i = 0; i < PHONES; i++)
                watch_leave(&w.watchers[i]);
        watch_stop(&w.gateway);
        return 0;
}

static void join(size_t phone, const char *number)
{
        size_t pbx = w.accounts[phone].pbx;
        assert_true(watch_join(&w.watchers[phone], &w.phones[phone], pbx, number, on_news));
}

/* The PBX tells of the one dialog of a number; `step` SIP_FAR_TERMINATED: it is over. */
static void far_dialog(uint32_t line, uint32_t watch, enum sip_far_state step, bool last)
{
        struct sip_event event = {.kind = SIP_WATCHED, .line = line};
        event.watched = (struct sip_watched){
                .watch = watch, .state = SIP_WATCH_ACTIVE, .learnt = SIP_LEARNT_DIALOGS, .whole = true, .last = last};
        event.watched.dialog.key = 7;
        event.watched.dialog.state = step;
        watch_event(&w.gateway, &event);
}

static void watch_state(uint32_t line, uint32_t watch, enum sip_watch_state state)
{
        struct sip_event event = {.kind = SIP_WATCHED, .line = line};
        event.watched = (struct sip_watched){.watch = watch, .state = state};
        watch_event(&w.gateway, &event);
}

static void expect_presence(size_t phone, enum presence_state state)
{
        assert_int_equal(watch_look(&w.watchers[phone])->state, state);
}

static void a_number_is_asked_for_once_however_many_want_to_know(void **state)
{
        (void)state;
        join(0, "2001");
        expect("watch 1 by 0 for 2001");
        join(1, "2001");
        expect("");
        watch_state(0, TARGET, SIP_WATCH_ACTIVE);
        far_dialog(0, TARGET, SIP_FAR_EARLY, true);
        assert_true(w.news[0] > 0 && w.news[0] == w.news[1]);
        expect_presence(0, PRESENCE_RINGING);
        expect_presence(1, PRESENCE_RINGING);
        watch_leave(&w.watchers[1]);
        expect("");
        watch_leave(&w.watchers[0]);
        expect("unwatch 1");
}

/* The same number is somebody else at another PBX. */
static void pbxs_are_asked_each_in_its_way(void **state)
{
        (void)state;
        join(0, "2001");
        join(2, "2001");
        expect("watch 1 by 0 for 2001, watch 3 by 2 for 2001 as presence");
        watch_leave(&w.watchers[0]);
        expect("unwatch 1");
        join(0, "2002"); /* the name is free again */
        expect("watch 1 by 0 for 2002");
}

static void who_pays_and_goes_is_followed_by_another_and_nothing_is_forgotten(void **state)
{
        (void)state;
        join(0, "2001");
        join(1, "2001");
        watch_state(0, TARGET, SIP_WATCH_ACTIVE);
        far_dialog(0, TARGET, SIP_FAR_CONFIRMED, true);
        expect("watch 1 by 0 for 2001");
        unsigned before = w.news[1];
        watch_leave(&w.watchers[0]);
        expect("watch 1 by 1 for 2001");
        expect_presence(1, PRESENCE_BUSY); /* lamps do not flicker */
        assert_int_equal(w.news[1], before);
        far_dialog(0, TARGET, SIP_FAR_TERMINATED, true); /* from before: it does not count */
        expect_presence(1, PRESENCE_BUSY);
        far_dialog(1, TARGET, SIP_FAR_TERMINATED, true);
        expect_presence(1, PRESENCE_IDLE);
        assert_int_equal(w.news[1], before + 1);
}

static void without_a_line_in_service_nothing_is_known_until_one_comes(void **state)
{
        (void)state;
        w.accounts[0].state.state = LINE_NO_PBX;
        join(0, "2001");
        expect("");
        w.accounts[0].state.state = LINE_IN_SERVICE;
        watch_line_up(&w.accounts[0]);
        expect("watch 1 by 0 for 2001");
        watch_line_up(&w.accounts[0]); /* again: it pays already */
        expect("");
        watch_state(0, TARGET, SIP_WATCH_ACTIVE);
        far_dialog(0, TARGET, SIP_FAR_CONFIRMED, true);
        expect_presence(0, PRESENCE_BUSY);
        w.accounts[0].state.state = LINE_NO_PBX;
        unsigned before = w.news[0];
        watch_state(0, TARGET, SIP_WATCH_OFF);
        expect("unwatch 1");
        expect_presence(0, PRESENCE_UNKNOWN);
        assert_int_equal(w.news[0], before + 1);
}

/* Phone 0 is in service at another PBX than the one that is asked. */
static void a_line_pays_at_its_own_pbx_only(void **state)
{
        (void)state;
        assert_true(watch_join(&w.watchers[0], &w.phones[0], 1, "2001", on_news));
        expect("");
        assert_true(watch_join(&w.watchers[2], &w.phones[2], 1, "2001", on_news));
        expect("watch 1 by 2 for 2001 as presence");
}

static void refusal_is_told_once_and_stands_until_it_is_asked_anew(void **state)
{
        (void)state;
        join(0, "2001");
        watch_state(0, TARGET, SIP_WATCH_TRYING);
        assert_false(watch_refused(&w.watchers[0]));
        watch_state(0, TARGET, SIP_WATCH_REFUSED);
        assert_true(watch_refused(&w.watchers[0]));
        assert_int_equal(w.news[0], 1);
        watch_state(0, TARGET, SIP_WATCH_REFUSED);
        watch_state(0, TARGET, SIP_WATCH_TRYING);
        assert_true(watch_refused(&w.watchers[0]));
        assert_int_equal(w.news[0], 1);
        watch_state(0, TARGET, SIP_WATCH_ACTIVE);
        assert_false(watch_refused(&w.watchers[0]));
}

static void a_report_in_parts_is_news_when_it_is_whole(void **state)
{
        (void)state;
        join(0, "2001");
        watch_state(0, TARGET, SIP_WATCH_ACTIVE);
        far_dialog(0, TARGET, SIP_FAR_EARLY, false);
        assert_int_equal(w.news[0], 0);
        far_dialog(0, TARGET, SIP_FAR_CONFIRMED, true);
        assert_int_equal(w.news[0], 1);
        expect_presence(0, PRESENCE_BUSY);
        far_dialog(0, TARGET, SIP_FAR_CONFIRMED, true); /* the same again */
        assert_int_equal(w.news[0], 1);
}

static void news_of_nobodys_watches_are_passed_over(void **state)
{
        (void)state;
        join(0, "2001");
        for (uint32_t watch = TARGET; watch < TARGET + 200; watch++)
                far_dialog(watch == TARGET ? 1 : 0, watch, SIP_FAR_CONFIRMED, true);
        far_dialog(0, UINT32_MAX, SIP_FAR_CONFIRMED, true);
        assert_int_equal(w.news[0], 0);
        expect_presence(0, PRESENCE_UNKNOWN);
}

static void a_thousand_numbers_have_a_place_each(void **state)
{
        (void)state;
        static struct watcher many[1000];
        char number[12];
        for (unsigned i = 0; i < 1000; i++) {
                text_printf(number, sizeof number, "%u", 3000 + i);
                *w.said = '\0';
                assert_true(watch_join(&many[i], &w.phones[i % 2], 0, number, on_news));
                char wanted[64];
                text_printf(wanted, sizeof wanted, "watch %u by %u for %s", (unsigned)WATCH_OF_TARGET(i), i % 2,
                            number);
                expect(wanted);
        }
        for (unsigned i = 0; i < 1000; i++)
                watch_leave(&many[(i * 7) % 1000]);
        *w.said = '\0';
        assert_null(w.phones[0].watchers);
        join(0, "2001");
        expect("watch 1 by 0 for 2001");
}

/* A reload takes the line that paid, and gives another, or none. */
static void a_line_that_is_taken_away_is_followed_by_another(void **state)
{
        (void)state;
        join(0, "2001");
        join(1, "2001");
        watch_state(0, TARGET, SIP_WATCH_ACTIVE);
        far_dialog(0, TARGET, SIP_FAR_CONFIRMED, true);
        *w.said = '\0';
        w.accounts[0].state.state = LINE_ABSENT;
        watch_line_gone(&w.accounts[0]);
        watch_lines_settle(&w.gateway);
        expect("watch 1 by 1 for 2001");
        expect_presence(0, PRESENCE_BUSY); /* lamps do not flicker */
        w.accounts[1].state.state = LINE_ABSENT;
        watch_line_gone(&w.accounts[1]);
        watch_lines_settle(&w.gateway);
        expect("");
        expect_presence(0, PRESENCE_UNKNOWN);
}

static void a_pbx_may_not_be_asked_at_all(void **state)
{
        (void)state;
        assert_true(watch_can(&w.gateway, 0));
        w.configs[0].blf = BLF_OFF;
        assert_false(watch_can(&w.gateway, 0));
        w.configs[1].address = NULL;
        assert_false(watch_can(&w.gateway, 1));
        watch_leave(&w.watchers[0]); /* who watches nobody may leave */
}

#define WATCH_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WATCH_TEST(a_number_is_asked_for_once_however_many_want_to_know),
                WATCH_TEST(pbxs_are_asked_each_in_its_way),
                WATCH_TEST(who_pays_and_goes_is_followed_by_another_and_nothing_is_forgotten),
                WATCH_TEST(without_a_line_in_service_nothing_is_known_until_one_comes),
                WATCH_TEST(a_line_pays_at_its_own_pbx_only),
                WATCH_TEST(refusal_is_told_once_and_stands_until_it_is_asked_anew),
                WATCH_TEST(a_report_in_parts_is_news_when_it_is_whole),
                WATCH_TEST(news_of_nobodys_watches_are_passed_over),
                WATCH_TEST(a_thousand_numbers_have_a_place_each),
                WATCH_TEST(a_line_that_is_taken_away_is_followed_by_another),
                WATCH_TEST(a_pbx_may_not_be_asked_at_all),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
