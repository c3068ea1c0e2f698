/* A call that is sent to a conference at the PBX's focus, or the phone's own call to it. Nobody is sent before the phone
 * itself is there; whoever cannot go stays on hold, and the one who talked last talks on when the focus does not
 * answer. */
#include "gateway/base/text.h"
#include "gateway/core/call_rules.h"

#define STATUS_FINAL 200

/* Not, or no longer. */
static enum call_state stay(struct step *step)
{
        struct call *call = step->call;
        call->gathers = 0;
        call->consulting = CALL_PLAIN;
        call->transfer = TRANSFER_NONE;
        call->apart = true;
        return call->state;
}

enum call_state focus_gather(struct step *step)
{
        struct call *call = step->call;
        if (!step->event->partner)
                return stay(step);
        if (call->conference || call->referred || call->handed || call->at_focus || call->transfer == TRANSFER_SENT)
                return call->state;
        call->gathers = step->event->partner;
        call->consulting = CALL_CONFER;
        call->transfer = TRANSFER_NONE;
        call->purpose = CALL_PLAIN;
        call->partner = 0;
        call->apart = call->selected = false;
        return call->state;
}

void focus_begin(struct step *step)
{
        struct call *call = step->call;
        call->at_focus = call->returned = true;
        call->gathers = step->event->partner;
}

void focus_reached(struct step *step)
{
        if (step->call->purpose != CALL_FOCUS)
                return;
        step->call->purpose = CALL_PLAIN;
        step->call->partner = 0;
}

/* Status 0: the user has changed his mind. */
enum call_state focus_missed(struct step *step)
{
        struct call *call = step->call;
        bool talks_on = step->event->status && call->state == CALL_HELD;
        stay(step);
        enum call_state next = talks_on ? held_resume(step) : call->state;
        call->apart = step->event->status != 0;
        return next;
}

/* It could not be sent there. */
enum call_state focus_refused(struct step *step)
{
        TEXT_SET(step->call->reason, step->event->reason);
        step->call->partner = 0;
        return stay(step);
}
