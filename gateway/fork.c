#include "gateway/fork.h"

#include <stdlib.h>

#include "gateway/base/crypto.h"
#include "gateway/bridge.h"
#include "gateway/shared.h"
#include "gateway/sip_side.h"

struct fork *fork_new(struct gateway *gateway, const struct sip_event *event, bool stays)
{
        struct fork *fork = calloc(1, sizeof *fork);
        if (!fork)
                return NULL;
        fork->dialog = event->dialog;
        fork->event = *event;
        fork->stays = stays;
        fork->began_ms = loop_now_ms(gateway->loop);
        return fork;
}

/* The offer may have had keys in it. */
void fork_free(struct fork *fork)
{
        if (fork)
                crypto_wipe(fork, sizeof *fork);
        free(fork);
}

static bool has_leg(const struct fork *fork, const struct phone_line *line)
{
        for (const struct call_slot *leg = fork->legs; leg; leg = leg->leg_next)
                if (leg->line == line)
                        return true;
        return false;
}

struct fork *fork_without(const struct phone_line *line, unsigned n)
{
        for (const struct phone_line *other = line->account->lines; other; other = other->next)
                for (const struct call_slot *slot = other->phone->calls; slot; slot = slot->next)
                        if (slot->fork && slot->line == other && slot == slot->fork->legs &&
                            !has_leg(slot->fork, line) && n-- == 0)
                                return slot->fork;
        return NULL;
}

/* The dialog is known by one of its legs. */
static void name(const struct fork *fork)
{
        id_map_set(&fork->legs->phone->gateway->dialogs, fork->dialog, fork->legs->id);
}

void fork_add(struct fork *fork, struct call_slot *slot)
{
        slot->fork = fork;
        slot->dialog = fork->dialog;
        slot->leg_next = fork->legs;
        slot->uncounted = fork->legs != NULL;
        fork->legs = slot;
        name(fork);
}

static void take_out(struct call_slot *slot)
{
        struct call_slot **at = &slot->fork->legs;
        while (*at != slot)
                at = &(*at)->leg_next;
        *at = slot->leg_next;
        slot->leg_next = NULL;
        slot->fork = NULL;
}

bool fork_rings_first(struct call_slot *slot)
{
        bool first = !slot->fork || !slot->fork->rings;
        if (slot->fork)
                slot->fork->rings = true;
        return first;
}

/* Somebody who is busy or does not want to says more than nobody there. */
static int better(int one, int other)
{
        static const int order[] = {603, 486, 403, 488, 480};
        for (size_t i = 0; i < sizeof order / sizeof *order; i++)
                if (one == order[i] || other == order[i])
                        return order[i];
        return one ? one : other;
}

bool fork_leaves_last(struct call_slot *slot, int *status)
{
        struct fork *fork = slot->fork;
        if (!fork)
                return true;
        take_out(slot);
        *status = fork->status = better(*status, fork->status);
        slot->uncounted = fork->legs != NULL;
        if (fork->legs) {
                name(fork);
                slot->dialog = 0;
                return false;
        }
        fork_free(fork);
        return true;
}

/* The legs are on their own; the first of them. */
static struct call_slot *dissolve(struct fork *fork)
{
        struct call_slot *legs = fork->legs;
        for (struct call_slot *leg = legs; leg; leg = leg->leg_next) {
                leg->fork = NULL;
                leg->dialog = 0;
        }
        fork_free(fork);
        return legs;
}

static void settle(const struct account *account, const struct phone *but)
{
        for (const struct phone_line *line = account->lines; line; line = line->next)
                if (line->phone != but)
                        bridge_settle(line->phone);
}

void fork_redirected(struct call_slot *slot, bool by_user)
{
        struct event ended = {.kind = EV_ENDED, .elsewhere = by_user};
        struct fork *fork = slot->fork;
        if (!fork)
                return;
        take_out(slot);
        slot->uncounted = false;
        struct call_slot *others = dissolve(fork);
        for (struct call_slot *leg = others, *next; leg; leg = next) {
                next = leg->leg_next;
                leg->uncounted = true;
                bridge_event(leg, &ended);
        }
        if (others)
                settle(slot->line->account, slot->phone);
}

/* The winner has been shown it already. */
void fork_step(struct call_slot *slot)
{
        struct fork *fork = slot->fork;
        if (!fork || slot->call.state != CALL_ANSWERING)
                return;
        take_out(slot);
        slot->uncounted = false;
        id_map_set(&slot->phone->gateway->dialogs, slot->dialog, slot->id);
        struct call_slot *others = dissolve(fork);
        for (struct call_slot *leg = others, *next; leg; leg = next) {
                next = leg->leg_next;
                leg->uncounted = true;
                shared_shadow(leg, slot);
        }
        if (others)
                settle(slot->line->account, slot->phone);
}

/* Of an offer inside the dialog one answer is due. */
bool fork_event(struct call_slot *slot, const struct event *event)
{
        const struct account *account = slot->line->account;
        struct fork *fork = slot->fork;
        if (!fork)
                return false;
        bool over = event->kind == EV_ENDED || event->kind == EV_FAILED;
        if (over)
                id_map_remove(&account->gateway->dialogs, fork->dialog);
        for (struct call_slot *leg = over ? dissolve(fork) : fork->legs, *next; leg; leg = next) {
                next = event->kind == EV_REOFFER ? NULL : leg->leg_next;
                bridge_event(leg, event);
        }
        settle(account, NULL);
        return true;
}
