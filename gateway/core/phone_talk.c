/* Keys that make, take, hold and end calls. */
#include "gateway/core/phone_conference.h"
#include "gateway/core/phone_search.h"

/* A handset lifted while a call is active only changes how it is heard. */
void press_off_hook(struct search *s)
{
        int ringing = search_named(s);
        if (phone_find_active(s->view) != NO_CALL)
                return;
        if (!search_is(s, ringing, CALL_OFFERED))
                ringing = phone_find_oldest(s->view, CALL_OFFERED, 0);
        if (ringing != NO_CALL)
                search_give(s, ringing, EV_ANSWER);
        else
                search_begin(s, EV_OFF_HOOK);
}

static void hang_up_active(struct search *s, int active)
{
        const struct call *call = search_call(s, active);
        bool transfers = s->view->transfer_on_hook && call->purpose != CALL_CONFER &&
                         phone_transfer_complete(s, active);
        if (!transfers || s->out->count == 0)
                phone_conference_hang_up(s->view, active, s->out);
        else if (call_is_up(call->state) && s->out->at[s->out->count - 1].event == EV_TRANSFER &&
                 s->out->at[s->out->count - 1].call != active)
                search_give(s, active, EV_HANG_UP);
}

/* C8: ends the named call if it is the active one, else the active one; held and ringing calls stay. */
void press_on_hook(struct search *s)
{
        int active = phone_find_active(s->view);
        if (active != NO_CALL && (!s->press->reference || search_named(s) == active))
                hang_up_active(s, active);
        s->out->silence = active == NO_CALL;
}

void press_line(struct search *s)
{
        unsigned line = s->press->line;
        int named = search_named(s), active = phone_find_active(s->view);
        if (line == 0 || line > s->view->n_lines)
                return;
        int ringing = search_is(s, named, CALL_OFFERED) ? named : phone_find_oldest(s->view, CALL_OFFERED, line);
        int held = search_is_on_hold(s, named) ? named : search_oldest_on_hold(s, line);
        if (ringing != NO_CALL)
                search_take_over(s, ringing, EV_ANSWER);
        else if (active != NO_CALL && search_call(s, active)->line == line)
                return;
        else if (search_is_on_hold(s, held))
                search_take_over(s, held, EV_RESUME);
        else
                search_begin(s, EV_OFF_HOOK);
}

void press_new_call(struct search *s)
{
        if (!search_is_typing(s, phone_find_active(s->view)))
                search_begin(s, EV_OFF_HOOK);
}

void press_answer(struct search *s)
{
        int ringing = search_named(s);
        if (!s->press->reference)
                ringing = phone_find_oldest(s->view, CALL_OFFERED, 0);
        if (search_is(s, ringing, CALL_OFFERED))
                search_take_over(s, ringing, EV_ANSWER);
}

void press_end_call(struct search *s)
{
        int ending = search_named(s);
        if (!s->press->reference)
                ending = phone_find_active(s->view);
        if (!s->press->reference && ending == NO_CALL)
                ending = phone_find_oldest(s->view, CALL_OFFERED, 0);
        if (ending != NO_CALL && call_takes(search_call(s, ending)->state, EV_HANG_UP))
                phone_conference_hang_up(s->view, ending, s->out);
}

void press_resume(struct search *s)
{
        int held = search_named(s);
        if (!s->press->reference)
                held = search_oldest_on_hold(s, s->press->line);
        if (search_is_on_hold(s, held))
                search_take_over(s, held, EV_RESUME);
}

/* A phone without soft keys comes back from the dial tone to the call it held. */
void press_hold(struct search *s)
{
        int active = phone_find_active(s->view), named = search_named(s);
        bool other = s->press->reference && named != active;
        if (active == NO_CALL || (other && search_is_on_hold(s, named)))
                press_resume(s);
        else if (!other && search_put_away(search_call(s, active)->state) == EV_HOLD)
                search_give(s, active, EV_HOLD);
        else if (!other && (search_is_typing(s, active) || search_is(s, active, CALL_FAILED)))
                search_take_over(s, phone_find_oldest(s->view, CALL_HELD, 0), EV_RESUME);
}

void press_digit(struct search *s)
{
        search_give_active(s, EV_DIGIT);
}

void press_backspace(struct search *s)
{
        search_give_active(s, EV_BACKSPACE);
}

void press_dial(struct search *s)
{
        search_give_active(s, EV_DIAL);
}

void press_number(struct search *s)
{
        int active = phone_find_active(s->view);
        if (search_is_typing(s, active))
                search_give(s, active, EV_NUMBER);
        else
                search_begin(s, EV_NUMBER);
}

/* C5: with a call up these are digits for the far end, not a new call. */
void press_enbloc(struct search *s)
{
        int active = phone_find_active(s->view);
        if (active == NO_CALL || search_put_away(search_call(s, active)->state) == EV_HANG_UP)
                press_number(s);
}
