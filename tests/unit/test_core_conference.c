/* Conferences among a phone's calls: what keys mean for them, and what follows when somebody came or went.
 * Calls are written "line:state", oldest first, with references 101, 102 ...; in front of that
 *   +  it was begun to add somebody to the call before it     *  it hosts conference 9
 *   &  it takes part in conference 9                          -  ... which goes on without the phone
 *   !  it is marked for Join                                  @  it hosts conference 8
 *   %  it is the phone's call to the PBX's focus              $  it is to be sent there */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/core/conference.h"
#include "tests/unit/core_story.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))
#define CALLS_MAX   10

struct phone {
        struct call calls[CALLS_MAX];
        const struct call *pointers[CALLS_MAX];
        struct phone_view view;
};

static void call_make(struct call *call, size_t i, const char *word)
{
        static const enum codec codecs[] = {CODEC_G729, CODEC_PCMU};
        static const struct media_ability abilities[] = {{CODEC_G729, 40}, {CODEC_PCMU, 40}};
        *call = (struct call){.reference = (uint32_t)(101 + i), .age = i + 1, .relayed = true, .number = "1003"};
        call->ours = media_ours(abilities, 2, codecs, 2, 101, false);
        for (; *word < '0'; word++) {
                call->purpose = *word == '+' ? CALL_CONFER : call->purpose;
                call->partner = *word == '+' ? (uint32_t)(100 + i) : call->partner;
                call->conference = strchr("*&-", *word) ? 9 : call->conference;
                call->host |= *word == '*';
                call->parted |= *word == '-';
                call->selected |= *word == '!';
                call->gathers = strchr("%$", *word) ? 9 : call->gathers;
                call->at_focus |= *word == '%';
        }
        if (*word == '@') {
                call->conference = 8;
                call->host = true;
                word++;
        }
        call->line = (unsigned)(word[0] - '0');
        call->state = story_state(word + 2);
}

static void phone_make(struct phone *phone, const char *calls)
{
        char copy[200], *rest = NULL;
        *phone = (struct phone){.view = {.n_lines = 2, .max_per_line = 3, .busy_trigger = 2}};
        phone->view.calls = phone->pointers;
        text_copy(copy, sizeof copy, calls);
        for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
                size_t i = phone->view.n_calls++;
                call_make(&phone->calls[i], i, word);
                phone->pointers[i] = &phone->calls[i];
        }
}

/* "101:join/9 102:confer/9" */
static void steps_print(const struct phone *phone, const struct phone_steps *steps, char *out, size_t size)
{
        *out = '\0';
        for (unsigned i = 0; i < steps->count; i++) {
                const struct phone_step *step = &steps->at[i];
                uint32_t reference = step->call == PHONE_NEW_CALL_SLOT ? 0 : phone->view.calls[step->call]->reference;
                text_append(out, size, "%s%u:%s", i ? " " : "", reference, event_name(step->event));
                if (step->partner)
                        text_append(out, size, "/%u", step->partner);
        }
        text_append(out, size, "%s%s%s", steps->list ? "list" : "", steps->full ? "full" : "",
                    steps->refused ? "refused" : "");
}

struct row {
        const char *calls;
        enum phone_key key;
        uint32_t reference;
        const char *steps;
};

static void check(const struct row *row, bool ends)
{
        struct phone phone;
        struct phone_press press = {.key = row->key, .reference = row->reference};
        struct phone_steps steps;
        char got[200];
        phone_make(&phone, row->calls);
        phone.view.conference_ends = ends;
        phone_press(&phone.view, &press, &steps);
        steps_print(&phone, &steps, got, sizeof got);
        if (strcmp(got, row->steps) != 0)
                fail_msg("\"%s\" %s: \"%s\", expected \"%s\"", row->calls, phone_key_name(row->key), got, row->steps);
}

static void keys_make_conferences_grow_and_shrink(void **state)
{
        (void)state;
        static const struct row rows[] = {
                /* somebody is called, and then all talk */
                {"1:talking", PHONE_CONFERENCE, 0, "101:hold 0:off-hook/101"},
                {"1:held +1:talking", PHONE_CONFERENCE, 0, "101:join/101 102:confer/101"},
                {"1:held +1:talking", PHONE_CONFERENCE, 102, "101:join/101 102:confer/101"},
                {"1:talking +1:held", PHONE_CONFERENCE, 0, "102:join/102 101:confer/102"}, /* swapped */
                {"1:held +1:ringback", PHONE_CONFERENCE, 0, ""},
                {"1:held +1:off-hook", PHONE_CONFERENCE, 0, ""},
                {"1:held", PHONE_CONFERENCE, 0, ""},
                {"", PHONE_CONFERENCE, 0, ""},
                {"1:talking 1:held 1:held", PHONE_CONFERENCE, 0, "refused"},
                /* one more */
                {"&1:member *1:talking", PHONE_CONFERENCE, 0, "102:hold 0:off-hook/102"},
                {"&1:member *1:held +1:talking", PHONE_CONFERENCE, 0, "102:join/9 103:confer/9"},
                {"&1:member &1:member &1:member *1:held +1:talking", PHONE_CONFERENCE, 0, "104:join/9 105:confer/9"},
                {"&1:member &1:member &1:member &1:member &1:member &1:member *1:talking", PHONE_CONFERENCE, 0, "full"},
                /* the calls that are marked, or there is no doubt which */
                {"1:held 1:talking", PHONE_JOIN, 0, "101:join/102 102:confer/102"},
                {"1:held 2:held 1:talking", PHONE_JOIN, 0, ""},
                {"!1:held !2:held 1:talking", PHONE_JOIN, 0, "101:join/103 102:join/103 103:confer/103"},
                {"!1:held 2:held !1:talking", PHONE_JOIN, 0, "101:join/103 103:confer/103"},
                {"1:held &1:member *1:talking", PHONE_JOIN, 0, "101:join/9 103:confer/9"},
                {"*1:held &1:member 1:talking", PHONE_JOIN, 0, "101:join/9 103:confer/9"},
                {"@1:held &1:member *1:talking", PHONE_JOIN, 0, ""}, /* two conferences do not become one */
                {"1:held", PHONE_JOIN, 0, ""},
                {"1:talking", PHONE_JOIN, 0, ""},
                {"1:held 1:talking", PHONE_SELECT, 101, "101:select"},
                {"1:held 1:talking", PHONE_SELECT, 0, "102:select"},
                {"1:offered", PHONE_SELECT, 101, ""},
                /* the youngest leaves */
                {"&1:member *1:talking", PHONE_REMOVE_LAST, 0, "102:hang-up"},
                {"*1:talking &1:member", PHONE_REMOVE_LAST, 0, "102:hang-up"},
                {"1:talking", PHONE_REMOVE_LAST, 0, ""},
                {"&1:member *1:talking", PHONE_REMOVE, 101, "101:hang-up"},
                {"&1:member *1:held", PHONE_REMOVE, 102, "102:hang-up"},
                {"-1:member -1:member", PHONE_REMOVE, 101, ""},
                {"&1:member *1:talking", PHONE_REMOVE, 77, ""},
                {"1:talking", PHONE_REMOVE, 101, ""},
                {"&1:member *1:talking", PHONE_CONFERENCE_LIST, 0, "list"},
                {"&1:member *1:held", PHONE_CONFERENCE_LIST, 102, "list"},
                {"-1:member -1:member 1:talking", PHONE_CONFERENCE_LIST, 0, ""},
                /* the phone leaves, and somebody is there instead */
                {"&1:member *1:held +1:talking", PHONE_TRANSFER, 0, "103:join/9 102:part"},
                {"&1:member *1:held +1:ringback", PHONE_TRANSFER, 0, ""},
                {"&1:member *1:held 2:talking", PHONE_DIRECT_TRANSFER, 0, "103:join/9 102:part"},
                {"&1:member *1:talking 2:held", PHONE_DIRECT_TRANSFER, 0, "103:join/9 102:part"},
        };
        for (size_t i = 0; i < ROWS(rows); i++)
                check(&rows[i], false);
}

static void hanging_up_a_conference_is_leaving_it_or_its_end(void **state)
{
        (void)state;
        static const struct {
                const char *calls;
                enum phone_key key;
                uint32_t reference;
                const char *keep, *end;
        } rows[] = {
                {"&1:member *1:talking", PHONE_ON_HOOK, 0, "102:part", "101:hang-up 102:hang-up"},
                {"&1:member *1:talking &1:member", PHONE_END_CALL, 102, "102:part",
                 "101:hang-up 103:hang-up 102:hang-up"},
                {"&1:member *1:held", PHONE_END_CALL, 102, "102:part", "101:hang-up 102:hang-up"},
                {"&1:member *1:held 1:talking", PHONE_ON_HOOK, 0, "103:hang-up", "103:hang-up"},
                {"-1:member -1:member 1:talking", PHONE_END_CALL, 0, "103:hang-up", "103:hang-up"},
                /* who is at the PBX's focus is not ours any more; who is on the way is */
                {"$1:held $1:held %1:talking", PHONE_ON_HOOK, 0, "103:hang-up", "101:hang-up 102:hang-up 103:hang-up"},
                {"$1:held 1:held %1:talking", PHONE_END_CALL, 103, "103:hang-up", "101:hang-up 103:hang-up"},
                {"$1:held %1:held", PHONE_END_CALL, 101, "101:hang-up", "101:hang-up"},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                check(&(struct row){rows[i].calls, rows[i].key, rows[i].reference, rows[i].keep}, false);
                check(&(struct row){rows[i].calls, rows[i].key, rows[i].reference, rows[i].end}, true);
        }
}

static void conferences_settle_when_somebody_came_or_went(void **state)
{
        (void)state;
        static const struct {
                const char *calls, *due;
        } rows[] = {
                {"", ""},
                {"1:talking 1:held", ""},
                {"&1:member *1:talking", ""},
                {"&1:joining *1:talking", ""},
                {"*1:talking", "101:alone"},
                {"*1:held 1:talking", "101:alone"},
                {"*1:resuming", "101:alone"},
                {"-1:member", "101:hang-up"},
                {"-1:joining 1:talking", "101:hang-up"},
                {"-1:member -1:member", ""},
                {"-1:member &1:member", "102:part"},
                {"-1:member *1:talking &1:member", "102:part"},
                {"&1:member &1:member", "101:heir"},
                {"&1:joining &1:member 1:talking", "102:heir"},
                {"&1:joining 1:talking", "101:alone"},
                {"&1:member *1:talking @1:held", "103:alone"},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct phone phone;
                struct phone_steps steps = {0};
                char got[80];
                phone_make(&phone, rows[i].calls);
                steps.count = conference_due(&phone.view, &steps.at[0]);
                steps_print(&phone, &steps, got, sizeof got);
                if (strcmp(got, rows[i].due) != 0)
                        fail_msg("\"%s\": \"%s\", expected \"%s\"", rows[i].calls, got, rows[i].due);
        }
}

static void members_are_out_of_sight_and_take_no_place(void **state)
{
        (void)state;
        struct phone phone;
        phone_make(&phone, "&1:member *1:talking &1:member &1:member");
        assert_int_equal(phone_refuses(&phone.view, 1), 0);
        assert_int_equal(phone_lamp(&phone.view, 1), LOOK_LAMP_ON);
        phone_make(&phone, "-1:member -1:member -1:joining");
        assert_int_equal(phone_lamp(&phone.view, 1), LOOK_LAMP_OFF);
}

static void what_a_conference_looks_like(void **state)
{
        (void)state;
        struct phone phone;
        struct look look;
        phone_make(&phone, "*1:talking *1:held *1:resuming &1:member &1:joining -1:joining +1:off-hook +1:talking");
        static const struct {
                enum look_state shown;
                enum look_keys keys;
                enum look_prompt prompt;
        } rows[] = {
                {LOOK_CONNECTED, LOOK_KEYS_CONFERENCE, PROMPT_CONFERENCE},
                {LOOK_HOLD, LOOK_KEYS_ON_HOLD, PROMPT_HOLD},
                {LOOK_OFF_HOOK, LOOK_KEYS_CONFERENCE, PROMPT_CONFERENCE},
                {LOOK_ON_HOOK, LOOK_KEYS_ON_HOOK, PROMPT_NONE},
                {LOOK_HOLD, LOOK_KEYS_ON_HOLD, PROMPT_HOLD},
                {LOOK_ON_HOOK, LOOK_KEYS_ON_HOOK, PROMPT_NONE},
                {LOOK_OFF_HOOK, LOOK_KEYS_CONSULT, PROMPT_ENTER_NUMBER},
                {LOOK_CONNECTED, LOOK_KEYS_CONNECTED, PROMPT_CONNECTED},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                TEXT_SET(phone.calls[i].parties.called.number, "1003");
                phone.calls[i].stream.send = true;
                call_look(&phone.calls[i], &look);
                assert_int_equal(look.shown, rows[i].shown);
                assert_int_equal(look.keys, rows[i].keys);
                assert_int_equal(look.prompt, rows[i].prompt);
        }
        call_look(&phone.calls[0], &look);
        assert_string_equal(look.parties.called.name, "Conference");
        assert_string_equal(look.parties.called.number, "");
        phone.calls[1].apart = true;
        call_look(&phone.calls[1], &look);
        assert_int_equal(look.prompt, PROMPT_CONFERENCE_FAILED);
}

static unsigned count_of(const struct actions *actions, enum action_kind kind)
{
        unsigned count = 0;
        for (unsigned i = 0; i < actions->count; i++)
                count += actions->at[i].kind == kind;
        return count;
}

/* The far end is asked to talk again, to be connected to who was consulted, when another takes its place. */
static void who_takes_a_place_in_a_bridge_is_connected_too(void **state)
{
        (void)state;
        static const char *const until[] = {"number:1002", "answered:pcmu",    "rx-open",
                                            "hold",        "transfer:partner", "transfer-news:405"};
        struct call call = {.reference = 101, .line = 1};
        struct call_rules rules = story_rules(false);
        struct actions actions;
        rules.transfer_bridge = true;
        for (size_t i = 0; i < ROWS(until); i++) {
                struct event event = story_event(until[i]);
                call_step(&call, &event, &rules, &actions);
        }
        assert_int_equal(call.state, CALL_JOINING);
        struct event event = story_event("replaced:pcmu@2");
        call_step(&call, &event, &rules, &actions);
        assert_int_equal(call.state, CALL_MEMBER);
        assert_int_equal(count_of(&actions, DO_REPLACE), 1);
        assert_int_equal(count_of(&actions, DO_BRING), 1);
        assert_int_equal(count_of(&actions, DO_TELL_PARTNER), 0);
        assert_int_equal(call.transfer, TRANSFER_NONE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(keys_make_conferences_grow_and_shrink),
                cmocka_unit_test(hanging_up_a_conference_is_leaving_it_or_its_end),
                cmocka_unit_test(conferences_settle_when_somebody_came_or_went),
                cmocka_unit_test(members_are_out_of_sight_and_take_no_place),
                cmocka_unit_test(what_a_conference_looks_like),
                cmocka_unit_test(who_takes_a_place_in_a_bridge_is_connected_too),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
