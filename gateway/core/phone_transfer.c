/* Keys that bring two other parties together. */
#include "gateway/core/phone_conference.h"
#include "gateway/core/phone_focus.h"
#include "gateway/core/phone_search.h"

/* The held call is asked to take the other one's far end, or to call it anew when nobody answered there yet: what only
 * rings cannot be replaced everywhere, and the PBX rings it again. */
static void hand_over(struct search *s, int held, int target)
{
        const struct call *to = search_call(s, target);
        bool up = call_is_up(to->state);
        if (search_call(s, held)->at_focus || to->at_focus) {
                phone_focus_hand_over(s->view, held, target, s->out);
                return;
        }
        if (search_call(s, held)->conference || to->conference) {
                phone_conference_hand_over(s->view, held, target, s->out);
                return;
        }
        search_give(s, target, up ? EV_HAND_OVER : EV_HANG_UP);
        search_give(s, held, EV_TRANSFER);
        struct phone_step *step = &s->out->at[s->out->count - 1];
        step->partner = up ? to->reference : 0;
        step->number = up ? "" : to->number;
}

/* Completes the transfer that one of the two calls was begun for. */
bool phone_transfer_complete(struct search *s, int active)
{
        int held = active == NO_CALL ? NO_CALL : phone_find_pair(s->view, active);
        if (!search_can_leave(s, held) ||
            !(call_is_up(search_call(s, active)->state) || search_rings_there(search_call(s, active))))
                return false;
        hand_over(s, held, active);
        return true;
}

/* First somebody is found to transfer to, or to confer with, then it is done. */
void phone_transfer_consult(struct search *s, int active, enum call_purpose purpose)
{
        const struct call *call = search_call(s, active);
        if (search_put_away(call->state) != EV_HOLD)
                return;
        s->out->refused = phone_count_on(s->view, call->line) >= s->view->max_per_line;
        if (s->out->refused)
                return;
        search_give(s, active, EV_HOLD);
        search_add(s, PHONE_NEW_CALL_SLOT, call->line, EV_OFF_HOOK);
        for (unsigned i = 0; i < s->out->count; i++)
                s->out->at[i].purpose = purpose;
        s->out->at[s->out->count - 1].partner = call->reference;
}

void press_transfer(struct search *s)
{
        int active = phone_find_active(s->view);
        if (active == NO_CALL || (s->press->reference && search_named(s) != active))
                return;
        if (!phone_transfer_complete(s, active) && phone_find_pair(s->view, active) == NO_CALL)
                phone_transfer_consult(s, active, CALL_CONSULT);
}

/* Two calls and no doubt which: one is held, the other held or active. */
void press_direct_transfer(struct search *s)
{
        int held = phone_find_oldest(s->view, CALL_HELD, 0), other = phone_find_active(s->view);
        if (other == NO_CALL)
                other = phone_find_newest(s->view, CALL_HELD);
        unsigned count = phone_count(s->view, CALL_HELD) + (phone_find_active(s->view) != NO_CALL);
        if (count == 2 && held != other && search_can_leave(s, held) && search_is_up(s, other))
                hand_over(s, held, other);
}

/* From one party to the other and back; who was not reached is given up (field-guide 1.C hook flash). */
void press_flash(struct search *s)
{
        int active = phone_find_active(s->view), pair = active == NO_CALL ? NO_CALL : phone_find_pair(s->view, active);
        if (active == NO_CALL || phone_find_oldest(s->view, CALL_OFFERED, 0) != NO_CALL)
                press_answer(s);
        else if (search_can_leave(s, pair))
                search_take_over(s, pair, EV_RESUME);
        else if (search_put_away(search_call(s, active)->state) == EV_HOLD)
                phone_transfer_consult(s, active, CALL_CONSULT);
        else
                press_hold(s);
}
