/* A phone with two lines in a hostile world: every key, every event, late, double and out of place, for millions of
 * steps, under the laws of core_world.h. Every now and then all is hung up, and nothing may be left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/core/phone_find.h"
#include "tests/unit/core_world.h"

#define STEPS_EVERYWHERE 3000000ul
#ifdef __SANITIZE_ADDRESS__
#define STEPS 400000ul /* ten times slower; the release build goes everywhere */
#else
#define STEPS STEPS_EVERYWHERE
#endif

/* What the gateway does after every event. */
static void view_refresh(struct world *w)
{
        struct phone_step step;
        world_view(w);
        for (unsigned rounds = 0; conference_due(&w->view, &step); rounds++) {
                struct event event = {
                        .kind = step.event, .status = step.status, .purpose = step.purpose, .partner = step.partner};
                world_law(w, rounds < 4 * WORLD_CALLS, "conferences settle");
                world_give(w, &w->calls[w->slots[step.call]], &event);
                world_view(w);
        }
}

static struct world_call *call_new(struct world *w, unsigned line)
{
        struct world_call *c = w->calls;
        while (c < w->calls + WORLD_CALLS && c->call.state != CALL_IDLE)
                c++;
        if (c == w->calls + WORLD_CALLS)
                return NULL;
        *c = (struct world_call){.call = {.reference = ++w->references, .line = line, .age = ++w->age}};
        c->call.shared = line == 2; /* other phones have it too */
        return c;
}

static void phone_laws(const struct world *w)
{
        unsigned active = 0, ringing = 0, unheard = 0, reminded = 0, on_line[WORLD_LINES + 1] = {0},
                 returned[WORLD_LINES + 1] = {0}, remote[WORLD_LINES + 1] = {0};
        for (size_t i = 0; i < w->view.n_calls; i++) {
                active += call_is_active(w->viewed[i]);
                ringing += w->viewed[i]->state == CALL_OFFERED;
                unheard += w->viewed[i]->state == CALL_OFFERED && w->viewed[i]->unheard;
                reminded += w->viewed[i]->state == CALL_HELD && w->viewed[i]->reminders;
                on_line[w->viewed[i]->line] += !call_is_hidden(w->viewed[i]);
                remote[w->viewed[i]->line] += call_is_remote(w->viewed[i]);
                returned[w->viewed[i]->line] += !call_is_hidden(w->viewed[i]) && w->viewed[i]->returned;
                world_law(w, !w->away || call_is_hidden(w->viewed[i]) || w->viewed[i]->state == CALL_AWAY,
                          "no call comes back to a phone that is away");
        }
        struct phone_look look;
        phone_look(&w->view, &look);
        world_law(w, active <= 1, "one call has the phone's ear");
        world_law(w, look.speaker == (active == 1), "the speaker is on for the active call");
        world_law(w, (look.plane_line != 0) == (active == 1), "the active call has the call plane");
        bool rings = look.ring != PHONE_RING_OFF && look.ring != PHONE_RING_REMINDER;
        world_law(w, rings == (ringing > 0), "it rings when something rings");
        world_law(w, look.ring != PHONE_RING_REMINDER || (!active && reminded), "it reminds of who is on hold");
        world_law(w, !look.mute || active == 1, "the microphone is off in a call only");
        world_law(w, !look.zip_reference || active == 1, "who was not asked for is announced");
        world_law(w, (look.ring == PHONE_RING_SILENT) == (ringing > 0 && active > 0), "it does not ring into a call");
        world_law(w, look.ring != PHONE_RING_FLASH || w->view.silent || unheard,
                  "only do not disturb silences a ringer, or a line that never rings");
        world_law(w, !look.waiting_for || !w->view.silent, "who is not to be disturbed hears no call waiting");
        world_law(w, !look.waiting_for || look.ring == PHONE_RING_SILENT, "call waiting is for who is in a call");
        for (unsigned line = 1; line <= WORLD_LINES; line++) {
                enum look_lamp lamp = phone_lamp(&w->view, line);
                world_law(w, on_line[line] - returned[line] - remote[line] <= w->view.max_per_line,
                          "no line has more calls than it may");
                world_law(w, (lamp == LOOK_LAMP_OFF) == (on_line[line] == 0), "the lamp is off on a free line only");
        }
}

static void press_step(struct world *w, const struct phone_press *press, const struct phone_step *step,
                       struct world_call *c)
{
        struct event event = {
                .kind = step->event, .digit = press->digit, .purpose = step->purpose, .partner = step->partner};
        if (!c)
                return;
        TEXT_SET(event.number, step->number ? step->number : press->number);
        TEXT_SET(event.prefix, step->prefix);
        TEXT_SET(event.instead, press->instead);
        bool taken = world_give(w, c, &event);
        bool typing = event.kind == EV_DIGIT || event.kind == EV_BACKSPACE || event.kind == EV_DIAL;
        world_law(w, taken || typing, "a key means what its call understands");
}

static void press(struct world *w, const struct phone_press *key)
{
        struct phone_steps steps;
        struct world_call *calls[PHONE_STEPS_MAX];
        phone_press(&w->view, key, &steps);
        for (unsigned i = 0; i < steps.count; i++)
                calls[i] = steps.at[i].call == PHONE_NEW_CALL_SLOT ? NULL : &w->calls[w->slots[steps.at[i].call]];
        for (unsigned i = 0; i < steps.count; i++)
                press_step(w, key, &steps.at[i], calls[i] ? calls[i] : call_new(w, steps.at[i].line));
}

static void press_something(struct world *w)
{
        static const char digits[] = "0123456789*#+A", *const numbers[] = {"1002", "1002#", "77", "", "91234", "112"};
        struct phone_press key = {
                .key = (enum phone_key)world_random(w, PHONE_KEYS),
                .line = world_random(w, WORLD_LINES + 2),
                .digit = digits[world_random(w, sizeof digits)],
        };
        static const enum phone_key chained[] = {PHONE_TRANSFER, PHONE_TRANSFER, PHONE_RESUME, PHONE_CONFERENCE,
                                                 PHONE_JOIN};
        key.active = world_random(w, 2);
        if (world_random(w, 3) == 0) /* what takes several keys in a row would be rare */
                key.key = chained[world_random(w, 5)];
        TEXT_SET(key.number, numbers[world_random(w, 6)]);
        TEXT_SET(key.instead, world_random(w, 2) ? "**1002" : "");
        if (w->view.n_calls && world_random(w, 2))
                key.reference = w->viewed[world_random(w, (unsigned)w->view.n_calls)]->reference;
        else if (world_random(w, 8) == 0)
                key.reference = 0x70000000u + world_random(w, 9); /* another phone's call */
        if (key.reference == 0 && world_random(w, 3))
                key.line = 0; /* as a 7912 does it */
        press(w, &key);
}

static void happen(struct world *w, struct world_call *c)
{
        static const char *const words[] = {
                "rx-open",
                "rx-open:51",
                "rx-open:port-0",
                "rx-failed",
                "tx-failed",
                "progress:180",
                "progress:183",
                "early:pcmu",
                "early:pcma@2",
                "early:bad",
                "answered:pcmu",
                "answered:pcma",
                "answered:-",
                "answered:g729",
                "answered:refused",
                "ack-audio:pcmu",
                "ack-audio:-",
                "ack-audio:pcma@3",
                "reoffer:pcmu",
                "reoffer:pcma@2",
                "reoffer:-",
                "reoffer:bad",
                "reoffer:pcmu/sendonly",
                "reoffer:g722/inactive@4",
                "reoffer-answered:pcmu",
                "reoffer-answered:pcma/recvonly",
                "reoffer-answered:-",
                "reoffer-failed:491",
                "reoffer-failed:481",
                "identity:2002",
                "replaced:pcmu",
                "replaced:pcma@2",
                "replaced:-",
                "replaced:g729",
                "replaced:bad",
                "transfer-news:100",
                "transfer-news:200",
                "transfer-news:486",
                "answer-alone",
                "answer-alone",
                "remind",
                "transfer-news:405",
                "transfer-news:403",
                "transfer-news:501",
                "reoffer-answered:g729",
                "media-dead",
                "phone-lost",
                "hang-up",
                "ended",
                "ended:elsewhere",
                "failed:486",
                "failed:503",
                "timeout",
                "rx-open",
                "rx-open",
                "rx-open",
                "answered:pcmu,pcma",
                "reoffer-answered:pcmu",
                "transfer-news:100",
                "transfer-news:486",
                "reoffer:pcma@2",
                "reoffer:pcmu@70",
                "reoffer-answered:pcmu@70",
                "answered:pcmu@70",
        };
        /* what it waits for: a world that only hinders sees nothing */
        static const char *const helps[CALL_STATE_COUNT] = {
                [CALL_CALLING] = "answered:pcmu",
                [CALL_OPENING] = "rx-open",
                [CALL_RESUMING] = "rx-open",
                [CALL_TALKING] = "reoffer-answered:pcmu",
                [CALL_BARGING] = "rx-open",
                [CALL_JOINING] = "reoffer-answered:pcmu",
                [CALL_HELD] = "reoffer-answered:pcmu/recvonly",
        };
        const char *help = helps[c->call.state];
        bool kind = help && world_random(w, 4) == 0;
        if (c->call.state == CALL_CALLING && world_random(w, 2))
                help = "progress:180";
        struct event event = story_event(kind ? help : words[world_random(w, sizeof words / sizeof *words)]);
        if (c->call.transfer == TRANSFER_SENT && c->call.state == CALL_OPENING && world_random(w, 4) == 0)
                event = story_event("transfer-news:100"); /* or hardly ever */
        if (event.kind == EV_FAILED && c->dialog != CALLED_OUT)
                event.kind = EV_ENDED;
        if (c->call.purpose == CALL_BACK && event.kind >= EV_OFFER)
                return; /* it has no far end */
        bool final = event.kind == EV_ENDED || event.kind == EV_FAILED || event.kind == EV_PHONE_LOST ||
                     event.kind == EV_HANG_UP;
        if (final && c->call.state != CALL_LEAVING && world_random(w, 4))
                return;
        if (event.kind == EV_TIMEOUT && !c->timer)
                return;
        if (event.kind == EV_ANSWER_ALONE && !phone_answers_alone(&w->view, &c->call))
                return;
        if (event.kind == EV_REMIND && phone_nudge(&w->view, &c->call, true) != NUDGE_HELD)
                return;
        world_give(w, c, &event);
}

/* Without a slot for it the gateway refuses it. */
static void offered(struct world *w, struct world_call *c, const struct event *event)
{
        if (c)
                world_give(w, c, event);
}

/* Other phones of the line begin, hold and end calls; they see ours, and take or join them. */
static void others_do_something(struct world *w)
{
        static const char *const words[] = {"remote", "remote", "remote:held", "remote:secret", "remote-over"};
        static const char *const ours[] = {"barged", "barged:none", "moved", "barged"};
        size_t which = world_random(w, (unsigned)w->view.n_calls + 1);
        struct world_call *c = which < w->view.n_calls ? &w->calls[w->slots[which]] : call_new(w, WORLD_LINES);
        struct event event = story_event(words[world_random(w, 5)]);
        if (!c)
                return;
        bool shadow = c->call.state == CALL_IDLE || c->call.state == CALL_OFFERED || call_is_remote(&c->call);
        if (!shadow)
                event = story_event(ours[world_random(w, 4)]);
        if (c->call.state == CALL_IDLE && phone_count(&w->view, CALL_REMOTE) > 2)
                return;
        if (c->call.state != CALL_OFFERED || world_random(w, 4) == 0)
                world_give(w, c, &event);
}

/* The far end of a call sends us to somebody else: both steps as the gateway takes them. */
static void refer_somewhere(struct world *w, struct world_call *c)
{
        struct event referred = {.kind = EV_REFERRED, .partner = w->references + 1};
        struct event number = {.kind = EV_NUMBER, .purpose = CALL_REFERRED, .partner = c->call.reference};
        bool alone = w->view.n_calls == 1 && !c->call.referred && call_takes(c->call.state, EV_REFERRED);
        TEXT_SET(number.number, world_random(w, 8) ? "1002" : "77");
        if (alone && world_give(w, c, &referred))
                world_give(w, call_new(w, c->call.line), &number);
}

/* Somebody is free now. */
static void recall_somebody(struct world *w, unsigned line)
{
        struct event event = story_event("recall:1002");
        if (phone_refuses(&w->view, line) == 0)
                offered(w, call_new(w, line), &event);
}

static void offer_something(struct world *w)
{
        static const char *const words[] = {"offer:pcmu", "offer:pcma,pcmu@2!", "offer:-", "offer:g729", "offer:bad"};
        unsigned line = 1 + world_random(w, WORLD_LINES);
        struct event event = story_event(words[world_random(w, 5)]);
        event.alerting = (struct alerting){.ring = (enum ring)world_random(w, RING_BELLCORE_5 + 1),
                                           .answer = world_random(w, 2),
                                           .one_way = world_random(w, 2)};
        event.unheard = world_random(w, 4) == 0;
        if (world_random(w, 8) == 0) {
                recall_somebody(w, line);
                return;
        }
        if (phone_refuses(&w->view, line) == 0)
                offered(w, call_new(w, line), &event);
}

/* To all its calls at once; meanwhile it says nothing, and nothing is offered to it. */
static void phone_goes_or_comes(struct world *w)
{
        struct event event = {.kind = w->away ? EV_PHONE_BACK : EV_PHONE_AWAY, .status = (int)world_random(w, 2)};
        w->away = !w->away;
        for (size_t i = 0; i < WORLD_CALLS; i++)
                if (w->calls[i].call.state != CALL_IDLE)
                        world_give(w, &w->calls[i], &event);
        for (size_t i = 0; i < WORLD_CALLS; i++) {
                const struct call *call = &w->calls[i].call;
                bool waits = call->state == CALL_AWAY;
                world_law(w, call->state == CALL_IDLE || call_is_hidden(call) || waits == w->away,
                          "calls wait for a phone that is away, and for no other");
        }
        view_refresh(w);
}

static void hang_up_everything(struct world *w)
{
        static const struct event over = {.kind = EV_REMOTE_OVER};
        if (w->away)
                phone_goes_or_comes(w);
        for (size_t i = 0; i < WORLD_CALLS; i++)
                if (call_is_remote(&w->calls[i].call))
                        world_give(w, &w->calls[i], &over);
        view_refresh(w);
        while (w->view.n_calls > 0) {
                size_t before = w->view.n_calls;
                struct phone_press key = {.key = PHONE_END_CALL, .reference = w->viewed[0]->reference};
                press(w, &key);
                view_refresh(w);
                world_law(w, w->view.n_calls < before || call_is_hidden(w->viewed[0]), "every call ends by its key");
        }
        for (size_t i = 0; i < WORLD_CALLS; i++) {
                const struct world_call *c = &w->calls[i];
                world_law(w, world_is_over(c) && !c->rx && !c->tx && !c->relay && !c->timer, "all is given back");
        }
}

static void change_the_rules(struct world *w)
{
        static const struct dial_plan open_plan = {.terminator = '#', .first_ms = 16000, .next_ms = 5000};
        w->rules = story_rules(world_random(w, 3) == 0);
        if (!w->rules.direct && world_random(w, 2))
                story_rules_choose(&w->rules, 50);
        if (world_random(w, 2))
                w->rules.plan = &open_plan;
        w->rules.in_service = world_random(w, 16) != 0;
        w->rules.survive_ms = world_random(w, 4) ? 60000 : 0;
        w->view.transfer_on_hook = world_random(w, 2);
        w->view.codes = (struct phone_codes){
                .pickup = "*8", .other_pickup = "*7", .directed_pickup = "**", .park = "700"};
        if (world_random(w, 4) == 0) {
                w->rules.hotline = "1005";
                w->rules.hotline_ms = world_random(w, 2) * 5000;
        }
        w->rules.anonymous = world_random(w, 4) == 0;
        w->rules.secret = world_random(w, 4) == 0;
        if (world_random(w, 4) == 0)
                w->rules.no_answer_to = NULL;
        w->view.silent = world_random(w, 2);
        w->view.conference_ends = w->rules.conference_ends = world_random(w, 2);
        w->rules.transfer_bridge = world_random(w, 2);
        w->view.focus = world_random(w, 3) ? NULL : "sip:conference@pbx";
}

/* A walk that stays at home proves nothing. */
static void was_everywhere(const struct world *w)
{
        for (enum call_state state = 0; state < CALL_STATE_COUNT; state++)
                for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++) {
                        char law[80];
                        text_printf(law, sizeof law, "every rule is walked: %s in %s", event_name(kind),
                                    call_state_name(state));
                        bool elsewhere = state == CALL_AWAY &&
                                         (kind == EV_MOVED || kind == EV_BARGED); /* no other phone is in this world */
                        world_law(w, w->seen[state][kind] || elsewhere || !call_takes(state, kind), law);
                }
}

static void walk(struct world *world, uint64_t seed, unsigned long steps)
{
        struct world w = {.random = seed, .seed = seed};
        memcpy(w.seen, world->seen, sizeof w.seen);
        w.left_relay = world->left_relay;
        w.came_back = world->came_back;
        w.view = (struct phone_view){.calls = w.viewed, .n_lines = WORLD_LINES, .max_per_line = 4, .busy_trigger = 3};
        change_the_rules(&w);
        while (w.steps < steps) {
                unsigned what = world_random(&w, 1000);
                if (what == 0) {
                        hang_up_everything(&w);
                        change_the_rules(&w);
                } else if (what < 10 || (what < 80 && w.away)) {
                        phone_goes_or_comes(&w);
                } else if (what < 300 && !w.away) {
                        press_something(&w);
                } else if (what < 350 && !w.away) {
                        offer_something(&w);
                } else if (what < 400 && !w.away) {
                        others_do_something(&w);
                } else if (what < 420 && w.view.n_calls > 0) {
                        refer_somewhere(&w, &w.calls[w.slots[world_random(&w, (unsigned)w.view.n_calls)]]);
                } else if (w.view.n_calls > 0) {
                        happen(&w, &w.calls[w.slots[world_random(&w, (unsigned)w.view.n_calls)]]);
                }
                view_refresh(&w);
                phone_laws(&w);
        }
        hang_up_everything(&w);
        *world = w;
}

static void nothing_a_phone_or_the_world_does_leaves_anything_behind(void **state)
{
        static struct world w;
        (void)state;
        for (uint64_t seed = 1; seed <= 4; seed++)
                walk(&w, seed * 0x9E3779B97F4A7C15ULL, STEPS / 4);
        world_law(&w, w.left_relay > 200 && w.came_back > 20, "calls leave the relay and come back");
        if (STEPS >= STEPS_EVERYWHERE)
                was_everywhere(&w);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_a_phone_or_the_world_does_leaves_anything_behind)};
        return cmocka_run_group_tests(tests, NULL, NULL);
}
