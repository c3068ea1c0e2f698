#include "gateway/core/phone_conference.h"

#include <assert.h>

#include "gateway/core/conference.h"
#include "gateway/core/phone_focus.h"
#include "gateway/core/phone_search.h"

static void give(struct phone_steps *out, int i, enum event_kind event, uint32_t conference)
{
        assert(out->count < PHONE_STEPS_MAX);
        out->at[out->count++] = (struct phone_step){.call = i, .event = event, .partner = conference};
}

static bool can_join(const struct call *call)
{
        return call->state == CALL_HELD && call->transfer != TRANSFER_SENT && !call->referred && call_can_confer(call);
}

/* Soon: its channel is just being opened. Keys do not flicker. */
static bool can_host(const struct call *call, bool soon)
{
        enum call_state state = soon ? phone_soon(call->state) : call->state;
        return state != CALL_HELD && call_is_up(state) && !call->handed && call->transfer != TRANSFER_SENT &&
               call_can_confer(call);
}

/* How many parties a call stands for. */
static unsigned parties(const struct phone_view *view, const struct call *call)
{
        return call->conference ? conference_calls(view, call->conference) : 1;
}

bool phone_conference_may_grow(const struct phone_view *view, int i, struct phone_steps *out)
{
        if (view->focus)
                return true; /* as far as the PBX lets it */
        out->full = parties(view, view->calls[i]) + 2 > CONFERENCE_PARTIES_MAX;
        return !out->full && call_can_confer(view->calls[i]);
}

/* The name two calls have when they are one conference; 0: two conferences cannot become one. */
static uint32_t name_of(const struct call *a, const struct call *b)
{
        if (a->conference && b->conference)
                return 0;
        return a->conference ? a->conference : b->conference ? b->conference : a->reference;
}

bool phone_conference_meet(const struct phone_view *view, int held, int active, bool soon, struct phone_steps *out)
{
        const struct call *a = view->calls[held], *b = view->calls[active];
        uint32_t name = name_of(a, b);
        if (view->focus) {
                bool joins[PHONE_STEPS_MAX] = {false};
                joins[held] = a->state == CALL_HELD;
                if (joins[held])
                        phone_focus_gather(view, joins, active, soon, out);
                return out->count > 0;
        }
        if (!name || !can_join(a) || !can_host(b, soon))
                return false;
        out->full = parties(view, a) + parties(view, b) + 1 > CONFERENCE_PARTIES_MAX;
        if (out->full)
                return false;
        give(out, held, EV_JOIN, name);
        give(out, active, EV_CONFER, name);
        return true;
}

static bool is_marked(const struct call *call)
{
        return call->selected && can_join(call);
}

/* Nothing is marked: the only held call is meant. */
static int only_held(const struct phone_view *view)
{
        int held = phone_find_oldest(view, CALL_HELD, 0);
        return phone_count(view, CALL_HELD) == 1 && can_join(view->calls[held]) ? held : NO_CALL;
}

/* The name of the conference all of them become; 0: they cannot. */
static uint32_t name_of_all(const struct phone_view *view, const bool *joins, const struct call *host)
{
        uint32_t name = host->conference;
        for (size_t i = 0; i < view->n_calls; i++) {
                uint32_t other = joins[i] ? view->calls[i]->conference : 0;
                if (name && other)
                        return 0;
                name = name ? name : other;
        }
        return name ? name : host->reference;
}

void phone_conference_join(const struct phone_view *view, int active, bool soon, struct phone_steps *out)
{
        bool joins[PHONE_STEPS_MAX] = {false};
        const struct call *host = view->calls[active];
        unsigned count = parties(view, host) + 1, others = 0;
        int only = only_held(view);
        assert(view->n_calls <= PHONE_STEPS_MAX);
        for (size_t i = 0; i < view->n_calls; i++)
                others += joins[i] = is_marked(view->calls[i]);
        if (others == 0 && only != NO_CALL)
                others += joins[only] = true;
        if (view->focus) {
                if (others)
                        phone_focus_gather(view, joins, active, soon, out);
                return;
        }
        for (size_t i = 0; i < view->n_calls; i++)
                count += joins[i] ? parties(view, view->calls[i]) : 0;
        uint32_t name = name_of_all(view, joins, host);
        out->full = others && count > CONFERENCE_PARTIES_MAX;
        if (!name || !others || out->full || !can_host(host, soon))
                return;
        for (size_t i = 0; i < view->n_calls; i++)
                if (joins[i])
                        give(out, (int)i, EV_JOIN, name);
        give(out, active, EV_CONFER, name);
}

void phone_conference_remove_last(const struct phone_view *view, int active, struct phone_steps *out)
{
        const struct call *host = view->calls[active];
        int last = active;
        if (!host->host)
                return;
        for (size_t i = 0; i < view->n_calls; i++)
                if (conference_has(view->calls[i], host->conference) && view->calls[i]->age > view->calls[last]->age)
                        last = (int)i;
        give(out, last, EV_HANG_UP, 0);
}

void phone_conference_hand_over(const struct phone_view *view, int a, int b, struct phone_steps *out)
{
        bool first = view->calls[a]->conference;
        int host = first ? a : b, other = first ? b : a;
        const struct call *joins = view->calls[other];
        if (joins->conference || joins->transfer == TRANSFER_SENT || joins->handed || !call_can_confer(joins) ||
            !call_is_up(joins->state))
                return;
        out->full = parties(view, view->calls[host]) + 1 > CONFERENCE_PARTIES_MAX;
        if (out->full)
                return;
        give(out, other, EV_JOIN, view->calls[host]->conference);
        give(out, host, EV_PART, 0);
}

/* Of a focus we have only those who are still on their way to it. */
static bool ends_with(const struct phone_view *view, const struct call *host, const struct call *call)
{
        if (host->at_focus)
                return view->conference_ends && !call->at_focus && call->gathers == host->gathers;
        return host->host && conference_has(call, host->conference);
}

void phone_conference_hang_up(const struct phone_view *view, int i, struct phone_steps *out)
{
        const struct call *host = view->calls[i];
        if (host->host && !view->conference_ends) {
                give(out, i, EV_PART, 0);
                return;
        }
        for (size_t j = 0; j < view->n_calls; j++)
                if ((int)j != i && ends_with(view, host, view->calls[j]))
                        give(out, (int)j, EV_HANG_UP, 0);
        give(out, i, EV_HANG_UP, 0);
}

void press_conference(struct search *s)
{
        int active = phone_find_active(s->view);
        int pair = active == NO_CALL ? NO_CALL : phone_find_pair(s->view, active);
        if (active == NO_CALL || (s->press->reference && search_named(s) != active))
                return;
        if (pair != NO_CALL)
                phone_conference_meet(s->view, pair, active, s->soon, s->out);
        else if (phone_conference_may_grow(s->view, active, s->out))
                phone_transfer_consult(s, active, CALL_CONFER);
}

void press_join(struct search *s)
{
        int active = phone_find_active(s->view);
        if (active != NO_CALL)
                phone_conference_join(s->view, active, s->soon, s->out);
}

void press_select(struct search *s)
{
        int marked = search_named(s);
        if (!s->press->reference)
                marked = phone_find_active(s->view);
        if (marked != NO_CALL && call_takes(search_call(s, marked)->state, EV_SELECT))
                search_give(s, marked, EV_SELECT);
}

void press_remove_last(struct search *s)
{
        int active = phone_find_active(s->view);
        if (active != NO_CALL)
                phone_conference_remove_last(s->view, active, s->out);
}

/* Also on hold. */
static int find_host(const struct search *s)
{
        for (size_t i = 0; i < s->view->n_calls; i++)
                if (s->view->calls[i]->host || s->view->calls[i]->at_focus)
                        return (int)i;
        return NO_CALL;
}

void press_remove(struct search *s)
{
        int removed = search_named(s);
        if (removed != NO_CALL && search_call(s, removed)->conference && !search_call(s, removed)->parted)
                search_give(s, removed, EV_HANG_UP);
}

void press_conference_list(struct search *s)
{
        int host = search_named(s);
        if (!s->press->reference)
                host = find_host(s);
        if (host != NO_CALL && search_call(s, host)->host)
                s->out->list = search_call(s, host)->conference;
        else if (host != NO_CALL && search_call(s, host)->at_focus)
                s->out->list = search_call(s, host)->gathers;
}
