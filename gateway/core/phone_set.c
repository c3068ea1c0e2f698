/* Keys that send callers elsewhere, now or from now on. */
#include "gateway/core/phone_search.h"
#include "gateway/core/recall.h"

static enum call_purpose forward_purpose(enum phone_key key)
{
        return key == PHONE_FORWARD_ALL    ? CALL_FORWARD_ALL
               : key == PHONE_FORWARD_BUSY ? CALL_FORWARD_BUSY
                                           : CALL_FORWARD_NO_ANSWER;
}

/* A setting needs nobody's ear: whoever talks goes on talking. `number`: "" takes it back. */
static void set(struct search *s, unsigned line, const char *number)
{
        search_add(s, PHONE_NEW_CALL_SLOT, line, EV_SET);
        s->out->at[s->out->count - 1].number = number;
}

/* During a call its number is taken (field-guide 1.G); otherwise one is asked for. */
void press_forward(struct search *s)
{
        int active = phone_find_active(s->view);
        unsigned line = s->press->line ? s->press->line : active == NO_CALL ? 1 : search_call(s, active)->line;
        bool whom = active != NO_CALL &&
                    (call_is_up(search_call(s, active)->state) || search_rings_there(search_call(s, active)));
        if (line > s->view->n_lines || (!s->soon && phone_count(s->view, CALL_TELLING)))
                return;
        if (s->press->active) {
                set(s, line, "");
        } else if (whom) {
                const struct call *call = search_call(s, active);
                const char *number = call->incoming ? call->parties.calling.number : call->number;
                if (*number)
                        set(s, line, number);
        } else {
                search_begin(s, EV_OFF_HOOK);
        }
        if (s->out->count)
                s->out->at[s->out->count - 1].purpose = forward_purpose(s->press->key);
}

void press_dnd(struct search *s)
{
        s->out->dnd = true;
}

void press_call_back(struct search *s)
{
        int about = s->press->reference ? search_named(s) : phone_find_active(s->view);
        if (about != NO_CALL && recall_possible(search_call(s, about)))
                s->out->recall = PHONE_RECALL_CALL;
        else if (s->press->active)
                s->out->recall = PHONE_RECALL_STOP;
        s->out->recalled = about;
}

/* A caller nobody has answered is sent to leave a message; one who talks is transferred there. */
void press_divert(struct search *s)
{
        int call = search_named(s);
        if (!s->press->reference)
                call = phone_find_oldest(s->view, CALL_OFFERED, 0);
        if (!s->press->reference && call == NO_CALL)
                call = phone_find_active(s->view);
        if (call == NO_CALL || !*s->press->number)
                return;
        if (search_call(s, call)->purpose == CALL_BACK)
                return;
        if (search_is(s, call, CALL_OFFERED)) {
                search_give(s, call, EV_DIVERT);
        } else if (search_can_leave(s, call)) {
                search_give(s, call, EV_TRANSFER);
        } else if (search_is_up(s, call) && search_put_away(search_call(s, call)->state) != EV_HANG_UP &&
                   search_call(s, call)->transfer != TRANSFER_SENT) {
                search_give(s, call, EV_HOLD);
                search_give(s, call, EV_TRANSFER);
        }
}
