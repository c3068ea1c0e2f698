/* Call back by stories: what happens, one word each, and where that leads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/core/call.h"
#include "gateway/core/cause.h"
#include "gateway/core/recall.h"

/* "wanted:1002", "wanted-busy:1002", "idle", "busy", "ringing", "dnd", "unknown", "stopped", "refused", "free" ... */
static const struct {
        const char *word;
        struct recall_event event;
} words[] = {
        {"wanted", {.kind = RECALL_WANTED}},
        {"wanted-busy", {.kind = RECALL_WANTED, .busy = true}},
        {"stopped", {.kind = RECALL_STOPPED}},
        {"idle", {.kind = RECALL_SEEN, .presence = PRESENCE_IDLE}},
        {"busy", {.kind = RECALL_SEEN, .presence = PRESENCE_BUSY}},
        {"ringing", {.kind = RECALL_SEEN, .presence = PRESENCE_RINGING}},
        {"dnd", {.kind = RECALL_SEEN, .presence = PRESENCE_DND}},
        {"away", {.kind = RECALL_SEEN, .presence = PRESENCE_AWAY}},
        {"unknown", {.kind = RECALL_SEEN, .presence = PRESENCE_UNKNOWN}},
        {"refused", {.kind = RECALL_REFUSED}},
        {"free", {.kind = RECALL_FREE}},
        {"reached", {.kind = RECALL_REACHED}},
        {"rung", {.kind = RECALL_RUNG}},
        {"expired", {.kind = RECALL_EXPIRED}},
        {"gone", {.kind = RECALL_GONE}},
};

static struct recall_event event_of(const char *word)
{
        struct recall_event event = {.kind = RECALL_EVENTS};
        size_t len = strcspn(word, ":");
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                if (strlen(words[i].word) == len && strncmp(words[i].word, word, len) == 0)
                        event = words[i].event;
        assert_int_not_equal(event.kind, RECALL_EVENTS);
        if (word[len])
                TEXT_SET(event.party.number, word + len + 1);
        return event;
}

static const char *print(const struct recall *recall, const struct recall_order *order, char *out, size_t size)
{
        static const char *const texts[] = {"", " says:on", " says:off", " says:refused", " says:expired"};
        text_printf(out, size, "%s%s%s%s%s%s", recall_state_name(recall->state), order->leave ? " leave" : "",
                    order->watch ? " watch" : "", order->silence ? " silence" : "", order->ring ? " ring" : "",
                    texts[order->text]);
        return out;
}

/* "wanted:1002", "watching watch says:on", "idle", ... */
static void story(const char *const *lines, size_t n)
{
        struct recall recall = {.state = RECALL_OFF};
        for (size_t i = 0; i + 1 < n; i += 2) {
                struct recall_event event = event_of(lines[i]);
                struct recall_order order;
                char text[80];
                bool taken = recall_step(&recall, &event, &order);
                assert_string_equal(taken ? print(&recall, &order, text, sizeof text) : "-", lines[i + 1]);
        }
}

#define STORY(...)                                                                                                     \
        story((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void who_was_busy_is_free_when_its_call_is_over(void **state)
{
        (void)state;
        STORY("wanted-busy:1002", "watching watch says:on", "busy", "watching", "idle", "ready", "free", "ringing ring",
              "rung", "off leave silence", "idle", "-");
        STORY("wanted-busy:1002", "watching watch says:on", "idle", "ready");
}

static void who_did_not_answer_has_to_be_seen_talking_first(void **state)
{
        (void)state;
        STORY("wanted:1002", "watching watch says:on", "ringing", "watching", "idle", "watching", "busy", "watching",
              "ringing", "watching", "idle", "ready", "free", "ringing ring");
}

static void nobody_is_called_who_is_away_or_unknown_or_does_not_want_to_be(void **state)
{
        (void)state;
        STORY("wanted-busy:1002", "watching watch says:on", "unknown", "watching", "dnd", "watching", "away",
              "watching", "free", "-", "idle", "ready", "dnd", "watching", "idle", "ready", "unknown", "watching");
}

static void a_user_who_is_busy_is_rung_up_later(void **state)
{
        (void)state;
        STORY("wanted-busy:1002", "watching watch says:on", "idle", "ready", "idle", "ready", "busy", "watching",
              "free", "-", "idle", "ready", "free", "ringing ring");
}

static void the_ringing_stops_when_somebody_else_was_faster(void **state)
{
        (void)state;
        STORY("wanted-busy:1002", "watching watch says:on", "idle", "ready", "free", "ringing ring", "idle", "ringing",
              "busy", "watching silence", "idle", "ready");
}

static void the_key_ends_it_again_or_takes_another_party(void **state)
{
        (void)state;
        STORY("wanted:1002", "watching watch says:on", "wanted:1002", "off leave says:off", "stopped", "-");
        STORY("wanted:1002", "watching watch says:on", "stopped", "off leave says:off");
        STORY("wanted:1002", "watching watch says:on", "busy", "watching", "wanted:1003",
              "watching leave watch says:on", "idle", "watching", "wanted:1003", "off leave says:off");
        STORY("wanted-busy:1002", "watching watch says:on", "idle", "ready", "free", "ringing ring", "wanted-busy:1003",
              "watching leave watch silence says:on");
}

static void it_ends_with_time_refusal_the_phone_or_a_conversation(void **state)
{
        (void)state;
        STORY("wanted:1002", "watching watch says:on", "expired", "off leave says:expired");
        STORY("wanted:1002", "watching watch says:on", "refused", "off leave says:refused");
        STORY("wanted:1002", "watching watch says:on", "gone", "off leave");
        STORY("wanted:1002", "watching watch says:on", "reached", "off leave");
        STORY("wanted-busy:1002", "watching watch says:on", "idle", "ready", "free", "ringing ring", "expired",
              "ringing", "refused", "ringing", "gone", "off leave silence");
}

static void texts_say_whom_they_are_about(void **state)
{
        struct recall recall = {.state = RECALL_OFF};
        struct recall_order order;
        struct recall_event event = event_of("wanted:1002");
        (void)state;
        recall_step(&recall, &event, &order);
        assert_string_equal(order.about.number, "1002");
        event = event_of("wanted:1003");
        recall_step(&recall, &event, &order);
        assert_string_equal(order.about.number, "1003");
        event = event_of("expired");
        recall_step(&recall, &event, &order);
        assert_string_equal(order.about.number, "1003");
}

static struct call call_in(enum call_state state, int status)
{
        struct call call = {.state = state, .outcome = state == CALL_FAILED ? cause_outcome(status, 0) : NULL};
        TEXT_SET(call.number, "1002");
        return call;
}

static void calls_that_reached_nobody_can_be_called_back(void **state)
{
        (void)state;
        struct call busy = call_in(CALL_FAILED, 486), away = call_in(CALL_FAILED, 480);
        struct call wrong = call_in(CALL_FAILED, 404), rings = call_in(CALL_RINGBACK, 0),
                    talks = call_in(CALL_TALKING, 0);
        assert_true(recall_possible(&busy) && recall_was_busy(&busy));
        assert_true(recall_possible(&away) && !recall_was_busy(&away));
        assert_true(recall_possible(&rings) && !recall_was_busy(&rings));
        assert_false(recall_possible(&wrong));
        assert_false(recall_possible(&talks));
        TEXT_SET(busy.number, "*8");
        assert_false(recall_possible(&busy));
        rings.incoming = true;
        assert_false(recall_possible(&rings));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(who_was_busy_is_free_when_its_call_is_over),
                cmocka_unit_test(who_did_not_answer_has_to_be_seen_talking_first),
                cmocka_unit_test(nobody_is_called_who_is_away_or_unknown_or_does_not_want_to_be),
                cmocka_unit_test(a_user_who_is_busy_is_rung_up_later),
                cmocka_unit_test(the_ringing_stops_when_somebody_else_was_faster),
                cmocka_unit_test(the_key_ends_it_again_or_takes_another_party),
                cmocka_unit_test(it_ends_with_time_refusal_the_phone_or_a_conversation),
                cmocka_unit_test(texts_say_whom_they_are_about),
                cmocka_unit_test(calls_that_reached_nobody_can_be_called_back),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
