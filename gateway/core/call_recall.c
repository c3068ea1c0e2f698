/* Call back, and pickup of a call that rings elsewhere: calls that begin otherwise than by a number somebody types. */
#include "gateway/base/text.h"
#include "gateway/core/call_rules.h"
#include "gateway/core/recall.h"

/* It rings here like a call of that party, but there is none: answering it calls the party. */
enum call_state recall_begin(struct step *step)
{
        struct call *call = step->call;
        call_begin(step, true);
        call->purpose = CALL_BACK;
        call->stays = true;
        call->parties.calling = step->event->party;
        call->parties.called = call->parties.original_called = call->self;
        TEXT_SET(call->dialled, step->event->number);
        call_timer(step, RECALL_RING_MS);
        return CALL_OFFERED;
}

enum call_state recall_answer(struct step *step)
{
        struct call *call = step->call;
        const struct call before = *call;
        call_begin(step, false);
        call->timer = before.timer;
        call->anonymous = step->rules->anonymous;
        call->parties.calling = call->self;
        call->parties.called = before.parties.calling;
        TEXT_SET(call->dialled, before.dialled);
        return dial_done(step);
}

/* Nobody called, so nobody is missed. */
enum call_state recall_unanswered(struct step *step)
{
        call_act(step, DO_ANSWERED_ELSEWHERE, 0);
        return call_over(step, 0, 0);
}

/* Who does not let its place be taken (RFC 3891) may still be picked up by the PBX's code. */
enum call_state pickup_refused(struct step *step)
{
        struct call *call = step->call;
        if (!*call->instead)
                return end_failed(step);
        TEXT_SET(call->number, call->instead);
        call->instead[0] = '\0';
        call->pickup = (struct call_names){.call_id = ""};
        call_timer(step, step->rules->ring_timeout_ms);
        call_act(step, DO_DIAL, 0);
        return CALL_CALLING;
}
