/* Everything is hung up, by the phones or by the PBX, and time passes: then nothing is left. */
#include <string.h>

#include "gateway/bridge.h"
#include "gateway/watch.h"
#include "tests/walk/walk.h"

#define REST_S 400 /* more than the longest chain of timers */

static bool any_calls(void)
{
        for (size_t i = 0; i < walk_now->gateway->n_phones; i++)
                if (walk_now->gateway->phones[i]->n_calls)
                        return true;
        return false;
}

static void users_hang_up(void)
{
        for (unsigned rounds = 0; rounds < 60 && any_calls(); rounds++) {
                for (unsigned i = 0; i < HANDSETS; i++)
                        if (handset_here(&walk_now->handsets[i]) && face_calls(&walk_now->handsets[i].face))
                                keys_hang_up(&walk_now->handsets[i]);
                step_settle();
                exchange_help(walk_now->exchange);
                step_settle();
                laws_check();
        }
}

static void pbx_hangs_up(void)
{
        for (unsigned s = 0; s < REST_S; s++) {
                while (exchange_hang_up(walk_now->exchange))
                        step_settle();
                exchange_line_news(walk_now->exchange);
                step_settle();
                clock_pass(walk_now->loop, 1000);
                step_settle();
                laws_check();
        }
}

static void calls_are_over(void)
{
        const struct gateway *gateway = walk_now->gateway;
        for (size_t i = 0; i < gateway->n_phones; i++)
                for (const struct call_slot *slot = gateway->phones[i]->calls; slot; slot = slot->next)
                        walk_broken("%s: call %u does not end, it is %s", gateway->phones[i]->config->name, slot->id,
                                    call_state_name(slot->call.state));
        LAW(gateway->ids.n_free == gateway->ids.slots, "every slot is free");
        LAW(gateway->dialogs.used == 0, "%u dialogs are remembered", gateway->dialogs.used);
}

static void relay_is_empty(void)
{
        if (!walk_now->studio)
                return;
        struct studio_counts counts = studio_count(walk_now->studio);
        LAW(counts.streams == 0 && counts.seats == 0 && counts.conferences == 0,
            "%u streams, %u seats and %u conferences are left", counts.streams, counts.seats, counts.conferences);
}

static void pbx_is_empty(void)
{
        for (unsigned i = 0; i < EXCHANGE_DIALOGS; i++)
                LAW(!walk_now->exchange->dialogs[i].id, "dialog %x is left", walk_now->exchange->dialogs[i].id);
}

/* Older phones show busy lamps on line keys that are no lines. */
static void face_is_idle(const struct handset *handset)
{
        static struct face face;
        char why[512];
        face = handset->face;
        for (uint32_t line = 1; line < FACE_LINES; line++)
                if (!face.line_numbers[line][0])
                        face.lamps[line] = SCCP_LAMP_OFF;
        LAW(face_idle(&face, why, sizeof why), "%s is not idle: %s", handset->name, why);
}

static void faces_are_idle(void)
{
        for (unsigned i = 0; i < HANDSETS; i++) {
                const struct handset *handset = &walk_now->handsets[i];
                if (!handset_here(handset))
                        continue;
                face_is_idle(handset);
                LAW(!handset->face.pri_notify[0], "%s: a banner is left: %s", handset->name, handset->face.pri_notify);
        }
}

/* A deadline for every connection, and the phones' own. */
static void timers_are_those_of_quiet(void)
{
        struct walk *walk = walk_now;
        unsigned wanted = wire_count(), awake = 0;
        for (unsigned i = 0; i < HANDSETS; i++) {
                wanted += loop_timer_running(&walk->handsets[i].keepalive);
                awake += walk->handsets[i].wire >= 0 && !walk->handsets[i].asleep;
        }
        for (size_t i = 0; i < walk->gateway->n_phones; i++)
                wanted += walk->gateway->phones[i]->call_back != NULL; /* how long its user waits */
        LAW(wire_count() == awake, "%u connections for %u phones", wire_count(), awake);
        LAW(clock_timers(walk->loop) == wanted, "%u timers run, %u should", clock_timers(walk->loop), wanted);
}

/* ---- subscriptions: mailboxes of lines, and one for every number that somebody wants to know of ---- */

static bool can_pay(const struct phone *phone)
{
        for (unsigned i = 0; i < phone->n_lines; i++)
                if (phone->lines[i].account->state.state == LINE_IN_SERVICE)
                        return true;
        return false;
}

/* Of those watched for phones that can pay, each once. */
static unsigned numbers_watched(void)
{
        const struct watch_target *targets[EXCHANGE_WATCHES];
        const struct gateway *gateway = walk_now->gateway;
        unsigned n = 0;
        for (size_t i = 0; i < gateway->n_phones; i++) {
                const struct phone *phone = gateway->phones[i];
                for (const struct watcher *watcher = phone->watchers; watcher; watcher = watcher->next_of_phone) {
                        unsigned known = 0;
                        while (known < n && targets[known] != watcher->target)
                                known++;
                        if (known == n && can_pay(phone))
                                targets[n++] = watcher->target;
                }
        }
        return n;
}

static void subscriptions_are_those_configured(void)
{
        const struct sip *exchange = walk_now->exchange;
        unsigned wanted = numbers_watched(), found = 0;
        for (size_t i = WATCH_OF_TARGET(0); i < EXCHANGE_WATCHES; i += 2)
                found += exchange->watches[i].on;
        LAW(found == wanted, "%u numbers are subscribed to, %u are watched", found, wanted);
        for (size_t i = 0; i < walk_now->gateway->n_accounts; i++)
                LAW(exchange->watches[WATCH_OF_LINE(i)].on == ((walk_now->config->pbxs[0].mwi & MWI_SUBSCRIBE) != 0),
                    "the mailbox of line %zu", i);
}

void rest_check(void)
{
        struct walk *walk = walk_now;
        walk_note("rest");
        walk->calm = true;
        walk->exchange->full = false;
        clock_pass(walk->loop, 100); /* what waited for room goes on */
        step_settle();
        if (walk_chance(50))
                users_hang_up();
        pbx_hangs_up();
        calls_are_over();
        relay_is_empty();
        pbx_is_empty();
        faces_are_idle();
        timers_are_those_of_quiet();
        subscriptions_are_those_configured();
        walk->calm = false;
        walk_note("rested");
}
