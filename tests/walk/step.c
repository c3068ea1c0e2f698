/* One step: somebody does something, or time passes. */
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/features.h"
#include "gateway/text_side.h"
#include "tests/walk/walk.h"

#define ROUNDS_MAX 10000

/* ---- what is under way arrives ---- */

static bool take_events(void)
{
        struct walk *walk = walk_now;
        bool any = walk->exchange->count || studio_waits(walk->studio);
        if (walk->exchange->count)
                clock_poke(walk->loop, EXCHANGE_DESCRIPTOR);
        if (studio_waits(walk->studio))
                clock_poke(walk->loop, STUDIO_DESCRIPTOR);
        clock_turn(walk->loop);
        return any;
}

static bool take_sayings(void)
{
        bool any = false;
        for (unsigned i = 0; i < HANDSETS; i++)
                any |= handset_says(&walk_now->handsets[i]);
        return any;
}

/* Sometimes what is under way stays there, and what happens next overtakes it. */
void step_settle(void)
{
        unsigned rounds = 0;
        bool busy = !walk_now->calm;
        walk_now->slow = busy && walk_chance(walk_now->slow ? 65 : 10);
        if (busy && walk_chance(10))
                return;
        for (bool any = true; any;) {
                any = take_events();
                if (!walk_now->slow)
                        any |= take_sayings();
                LAW(rounds++ < ROUNDS_MAX, "the world comes to rest between steps");
        }
        if (!loop_timer_running(&walk_now->gateway->backlog_timer))
                walk_now->exchange->late = false;
}

/* ---- phones come and go ---- */

static bool come(struct handset *handset)
{
        if (handset->wire >= 0 && !handset->asleep)
                return false;
        walk_note("%s connects", handset->name);
        handset_connect(handset);
        return true;
}

static void leave(struct handset *handset)
{
        if (handset->wire < 0)
                return;
        switch (walk_random(8)) {
        case 0: /* by the book */
                walk_note("%s unregisters", handset->name);
                handset_send(handset, &(struct sccp_message){.id = SCCP_UNREGISTER_REQ, .omitted = 1});
                if (walk_chance(50) && handset->wire >= 0)
                        wire_break(handset->wire, true);
                break;
        case 1: /* switched off */
                walk_note("%s is switched off", handset->name);
                handset->asleep = handset->fresh = true;
                break;
        case 2: /* its network is gone */
                walk_note("%s is cut off", handset->name);
                handset->asleep = true;
                break;
        case 3: /* it comes again before we know that it went */
                walk_note("%s connects anew", handset->name);
                handset->fresh = walk_chance(50);
                handset_connect(handset);
                break;
        case 4: /* and on the same connection */
                walk_note("%s registers anew", handset->name);
                handset->fresh = walk_chance(50);
                enroll_begin(handset);
                break;
        default:
                walk_note("%s loses its connection", handset->name);
                wire_break(handset->wire, false);
                break;
        }
        clock_turn(walk_now->loop);
}

/* ---- those who run the house ---- */

static struct phone *any_phone(void)
{
        return walk_now->gateway->phones[walk_random((unsigned)walk_now->gateway->n_phones)];
}

static void administer(void)
{
        static const char *const numbers[] = {"2001", "", "1002", "1001", "1003"};
        struct phone *phone = any_phone();
        struct phone_line *line = &phone->lines[walk_random(phone->n_lines)];
        switch (walk_random(6)) {
        case 0:
                walk_note("a forward of %s is set", line->config->number);
                features_ask(line, (enum forward_kind)walk_random(FORWARD_KINDS), numbers[walk_random(5)]);
                break;
        case 1:
                walk_note("do not disturb of %s is set", phone->config->name);
                features_dnd(phone, (enum dnd_mode)walk_random(DND_MODES));
                break;
        case 2:
                walk_note("%s gets a text", phone->config->name);
                text_show(phone, "admin", "Hello");
                break;
        case 3:
                walk_now->gateway->draining = walk_chance(20);
                break;
        default:
                walk_now->exchange->full = walk_chance(20);
                walk_note("the SIP side takes %s", walk_now->exchange->full ? "nothing" : "all again");
                break;
        }
        clock_turn(walk_now->loop);
}

/* ---- time ---- */

static void wait(void)
{
        int64_t ms = clock_next(walk_now->loop);
        switch (walk_random(10)) {
        case 0:
                ms = walk_random(90) * 1000;
                break;
        case 1:
        case 2:
                ms = walk_random(8000);
                break;
        case 3:
        case 4:
        case 5:
                ms = walk_random(300);
                break;
        }
        walk_note("%lld ms pass", (long long)ms);
        clock_pass(walk_now->loop, ms < 0 ? 0 : ms);
}

static void choose_favourite(void)
{
        if (walk_random(250) == 0)
                walk_now->favourite = walk_random(HANDSETS);
}

void step_take(void)
{
        struct walk *walk = walk_now;
        unsigned what = walk_random(1000);
        choose_favourite();
        struct handset *handset = &walk->handsets[walk_chance(70) ? walk->favourite : walk_random(HANDSETS)];
        walk_note("step %lu", walk->step);
        if (!handset_here(handset) && what < 450)
                come(handset);
        else if (what < 450)
                keys_press(handset);
        else if (what < 880)
                exchange_act(walk->exchange);
        else if (what < 960)
                wait();
        else if (what < 975 && walk->studio)
                studio_act(walk->studio);
        else if (what < 982)
                leave(handset);
        else if (what < 988)
                administer();
        clock_turn(walk->loop);
        step_settle();
}
