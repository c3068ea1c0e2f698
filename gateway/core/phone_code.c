/* Keys the PBX has a number for, and those about a single call. */
#include "gateway/core/phone_search.h"

/* The last step begins the call that picks another one up. */
static void pick_up(struct search *s, enum event_kind event, const char *number, const char *prefix)
{
        if (!(number && *number) && !prefix)
                return;
        search_begin(s, event);
        if (s->out->count == 0 || s->out->at[s->out->count - 1].call != PHONE_NEW_CALL_SLOT)
                return;
        struct phone_step *step = &s->out->at[s->out->count - 1];
        step->purpose = CALL_PICKUP;
        step->number = number;
        step->prefix = prefix;
}

void press_pickup(struct search *s)
{
        pick_up(s, EV_NUMBER, s->view->codes.pickup, NULL);
}

void press_pick_up(struct search *s)
{
        pick_up(s, EV_NUMBER, s->press->number, NULL);
}

void press_other_pickup(struct search *s)
{
        pick_up(s, EV_NUMBER, s->view->codes.other_pickup, NULL);
}

/* Where the PBX has no groups by number, a number that rings is asked for. */
void press_group_pickup(struct search *s)
{
        const struct phone_codes *codes = &s->view->codes;
        pick_up(s, EV_OFF_HOOK, NULL, codes->group_pickup ? codes->group_pickup : codes->directed_pickup);
}

/* The far end is sent away as it is: if that fails, nobody has missed a word. Of a conference it would be one party. */
void press_park(struct search *s)
{
        int parked = s->press->reference ? search_named(s) : phone_find_active(s->view);
        if (!s->press->reference && parked == NO_CALL)
                parked = phone_find_oldest(s->view, CALL_HELD, 0);
        bool up = search_is(s, parked, CALL_TALKING) || search_is(s, parked, CALL_HELD);
        if (!up || !s->view->codes.park || search_call(s, parked)->conference ||
            search_call(s, parked)->transfer == TRANSFER_SENT)
                return;
        search_give(s, parked, EV_TRANSFER);
        s->out->at[s->out->count - 1].purpose = CALL_PARK;
        s->out->at[s->out->count - 1].number = s->view->codes.park;
}

void press_private(struct search *s)
{
        int active = phone_find_active(s->view);
        if (active != NO_CALL) {
                const struct call *call = search_call(s, active);
                bool seen = call->shared && (search_rings_there(call) || call->state == CALL_TALKING);
                if (seen || search_is_typing(s, active))
                        search_give_active(s, EV_PRIVATE);
                return;
        }
        search_begin(s, EV_OFF_HOOK);
        if (s->out->count)
                s->out->at[s->out->count - 1].purpose = CALL_PRIVATE;
}

/* About the call that is named, or the one that is heard. */
static void report(struct search *s, enum event_kind event)
{
        int about = s->press->reference ? search_named(s) : phone_find_active(s->view);
        if (about != NO_CALL && call_takes(search_state(s, about), event))
                search_give(s, about, event);
}

void press_malicious(struct search *s)
{
        report(s, EV_MALICIOUS);
}

void press_quality(struct search *s)
{
        report(s, EV_QUALITY);
}
