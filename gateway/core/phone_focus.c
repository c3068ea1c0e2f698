#include "gateway/core/phone_focus.h"

#include <assert.h>

static struct phone_step *give(struct phone_steps *out, int i, enum event_kind event, uint32_t partner)
{
        assert(out->count < PHONE_STEPS_MAX);
        struct phone_step *step = &out->at[out->count++];
        *step = (struct phone_step){.call = i, .event = event, .partner = partner, .number = ""};
        return step;
}

static bool is_free(const struct call *call)
{
        return !call->conference && !call->handed && !call->referred && call->transfer != TRANSFER_SENT &&
               (call->at_focus || !call->gathers);
}

/* Soon: its channel is just being opened. Keys do not flicker. */
static bool is_up(const struct call *call, bool soon)
{
        return call_is_up(soon ? phone_soon(call->state) : call->state);
}

/* The phone's own call to the focus among those that are to meet; false: there are two, and they stay two. */
static bool find_host(const struct phone_view *view, const bool *joins, int active, int *host)
{
        *host = NO_CALL;
        for (size_t i = 0; i < view->n_calls; i++) {
                if ((!joins[i] && (int)i != active) || !view->calls[i]->at_focus)
                        continue;
                if (*host != NO_CALL)
                        return false;
                *host = (int)i;
        }
        return true;
}

static void call_focus(const struct phone_view *view, int active, struct phone_steps *out)
{
        const struct call *call = view->calls[active];
        struct phone_step *step = give(out, PHONE_NEW_CALL_SLOT, EV_NUMBER, call->reference);
        step->line = call->line;
        step->purpose = CALL_FOCUS;
        step->number = view->focus;
}

void phone_focus_gather(const struct phone_view *view, const bool *joins, int active, bool soon,
                        struct phone_steps *out)
{
        int host;
        bool possible = find_host(view, joins, active, &host) && is_up(view->calls[active], soon);
        for (size_t i = 0; i < view->n_calls; i++)
                possible &= (!joins[i] && (int)i != active) || is_free(view->calls[i]);
        if (!possible)
                return;
        uint32_t name = host == NO_CALL ? view->calls[active]->reference : view->calls[host]->gathers;
        if (active != host)
                give(out, active, EV_HOLD, 0)->purpose = CALL_CONFER;
        for (size_t i = 0; i < view->n_calls; i++)
                if ((joins[i] || (int)i == active) && (int)i != host)
                        give(out, (int)i, EV_GATHER, name);
        if (host == NO_CALL)
                call_focus(view, active, out);
        else if (active != host)
                give(out, host, EV_RESUME, 0);
}

/* Who goes there waits on hold: if the PBX does not want it, both are still here. */
void phone_focus_hand_over(const struct phone_view *view, int a, int b, struct phone_steps *out)
{
        int host = view->calls[a]->at_focus ? a : b, other = host == a ? b : a;
        const struct call *goes = view->calls[other];
        if (goes->at_focus || !is_free(goes) || !is_free(view->calls[host]) || !call_is_up(goes->state) ||
            !call_is_up(view->calls[host]->state))
                return;
        if (goes->state != CALL_HELD)
                give(out, other, EV_HOLD, 0);
        give(out, host, EV_HAND_OVER, 0);
        give(out, other, EV_TRANSFER, view->calls[host]->reference);
}

static int find_focus(const struct phone_view *view, uint32_t gathers)
{
        for (size_t i = 0; i < view->n_calls; i++)
                if (view->calls[i]->at_focus && view->calls[i]->gathers == gathers &&
                    view->calls[i]->state != CALL_FAILED)
                        return (int)i;
        return NO_CALL;
}

/* EVENT_KINDS: nothing. */
static enum event_kind due(const struct phone_view *view, const struct call *call, int focus)
{
        if (!call->gathers || call->at_focus || call->state != CALL_HELD || call->transfer == TRANSFER_SENT)
                return EVENT_KINDS;
        if (focus == NO_CALL)
                return EV_GATHER;
        enum call_state state = view->calls[focus]->state;
        return state == CALL_TALKING || state == CALL_HELD ? EV_TRANSFER : EVENT_KINDS;
}

bool phone_focus_due(const struct phone_view *view, struct phone_step *step)
{
        for (size_t i = 0; i < view->n_calls; i++) {
                int focus = find_focus(view, view->calls[i]->gathers);
                enum event_kind event = due(view, view->calls[i], focus);
                if (event == EVENT_KINDS)
                        continue;
                *step = (struct phone_step){.call = (int)i, .event = event, .purpose = CALL_CONFER};
                step->partner = event == EV_TRANSFER ? view->calls[focus]->reference : 0;
                return true;
        }
        return false;
}
