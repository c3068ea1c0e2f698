/* A call that takes the place of another one (RFC 3891): the phone's side stays as it is, the far end is a new dialog
 * that is answered as an offer inside the old one would be. Refusing it leaves everything as it was. */
#include "gateway/core/call_rules.h"

#define STATUS_NO_CALL  481
#define STATUS_NO_CODEC 488

/* Nobody is left to tell what became of a transfer, or to be told. */
static void transfers_end(struct step *step)
{
        struct call *call = step->call;
        call->referred = false;
        if (call->transfer != TRANSFER_SENT || call->bridging) /* whoever it is now is connected here */
                return;
        call->transfer = TRANSFER_FAILED;
        call->consulting = CALL_PLAIN;
        if (call->partner)
                call_act(step, DO_TELL_PARTNER, STATUS_NO_CALL);
}

/* What was open between the old far end and us is void. */
static void replace(struct step *step)
{
        struct call *call = step->call;
        const struct party *now = &step->event->party;
        call->reoffer_out = call->reoffer_again = call->reoffer_due = call->replacing = false;
        transfers_end(step);
        call->told = call->offered = (struct endpoint){0};
        way_open(call);
        call->dialog = DIALOG_UP;
        if (*now->number || *now->name)
                *(call->incoming ? &call->parties.calling : &call->parties.called) = *now;
        call_act(step, DO_REPLACE, 0);
}

static enum call_state refuse(struct step *step)
{
        call_act(step, DO_REFUSE_REPLACEMENT, STATUS_NO_CODEC);
        return step->call->state;
}

/* Their offer can be answered: call.local is the answer, and due. */
static bool take_offer(struct step *step, bool held)
{
        struct call *call = step->call;
        struct audio before = call->remote;
        call->remote = step->event->audio;
        if (!step->event->audio_bad && call->remote.n_codecs > 0 && call_answer_make(step, held)) {
                replace(step);
                call->reoffer_due = call->replacing = true;
                return true;
        }
        call->remote = before;
        return false;
}

static enum call_state take_stream(struct step *step)
{
        struct media_stream agreed;
        media_agree(&step->call->local, &step->call->remote, &agreed);
        call_stream_take(step, &agreed);
        return talk_settle(step);
}

enum call_state replace_early(struct step *step)
{
        if (!take_offer(step, false))
                return refuse(step);
        transfer_reached(step);
        return take_stream(step);
}

enum call_state replace_up(struct step *step)
{
        struct call *call = step->call;
        bool held = call->state == CALL_HELD && !call->conference,
             offerless = step->event->audio.n_codecs == 0 && !step->event->audio_bad;
        if (offerless) { /* our offer goes out in the answer, theirs comes with the ACK */
                replace(step);
                call_offer_make(step, held);
                call->reoffer_out = true;
                call_act(step, DO_ANSWER, 0);
                return call->state;
        }
        if (!take_offer(step, held))
                return refuse(step);
        if (call->state == CALL_TALKING || call->state == CALL_OPENING)
                return take_stream(step);
        media_agree(&call->local, &call->remote, &call->stream);
        call_relay_tell(step);
        call_reoffer_answer(step, held);
        return call->state == CALL_JOINING ? confer_joined(step) : call->state;
}
