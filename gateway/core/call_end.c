/* Every way out of a call. All of them close the phone's channels, the dialog and the relay's ports, in this order. */
#include "gateway/base/text.h"
#include "gateway/core/call_rules.h"

#define STATUS_BAD      300
#define STATUS_NOT_HERE 480
#define STATUS_BUSY     486 /* rejected by key: other phones of the number may go on ringing, which 603 would stop */

#define Q850_OUT_OF_ORDER 27
#define Q850_NORMAL       16
#define Q850_NO_ANSWER    19
#define Q850_TIMER        102

static void dialog_end(struct step *step, int status, int q850)
{
        struct call *call = step->call;
        switch (call->dialog) {
        case DIALOG_NONE:
                break;
        case DIALOG_OFFERED:
                call_act(step, DO_REFUSE, status);
                break;
        case DIALOG_CALLING:
        case DIALOG_UP:
                call_act(step, DO_END, q850);
                break;
        }
        call->dialog = DIALOG_NONE;
        call->reoffer_due = call->reoffer_out = call->reoffer_again = call->replacing = false;
}

static void release(struct step *step, int status, int q850)
{
        call_media_off(step);
        dialog_end(step, status, q850);
        call_relay_end(step);
}

/* Who consulted goes on alone; whoever was to take our place stays where it is. */
static void partner_leave(struct step *step)
{
        struct call *call = step->call;
        bool left = call->purpose != CALL_PLAIN || call->transfer == TRANSFER_SENT || call->bridged;
        if (call->partner && left)
                call_act(step, DO_TELL_PARTNER, call->partner_news);
}

enum call_state call_over(struct step *step, int status, int q850)
{
        release(step, status, q850);
        call_timer(step, 0);
        partner_leave(step);
        if (step->call->host && call_is_active(step->call))
                call_act(step, DO_HEIR, 0);
        call_act(step, DO_DONE, 0);
        return CALL_IDLE;
}

enum call_state call_redirect(struct step *step, const char *to, enum redirect_reason reason)
{
        TEXT_SET(step->call->transfer_to, to);
        call_act(step, DO_REDIRECT, (int)reason);
        step->call->dialog = DIALOG_NONE;
        return call_over(step, 0, 0);
}

/* No tone: the user talks again to who sent us there, or was to come along. */
static enum call_state referred_in_vain(struct step *step, int status, int q850)
{
        int heard = step->event->kind == EV_FAILED ? step->event->status : status;
        step->call->partner_news = heard >= STATUS_BAD ? heard : STATUS_NOT_HERE;
        return call_over(step, status, q850);
}

/* The channels are closed first: a phone plays no tone beside an open one (field-guide M8, M14). */
static enum call_state fail_with(struct step *step, const struct outcome *outcome, int status, int q850)
{
        if (step->call->purpose == CALL_REFERRED || step->call->purpose == CALL_FOCUS)
                return referred_in_vain(step, status, q850);
        release(step, status, q850);
        step->call->handed = step->call->host = false;
        step->call->conference = 0;
        step->call->outcome = outcome;
        call_timer(step, outcome->release_ms);
        return CALL_FAILED;
}

enum call_state call_fail(struct step *step, enum cause_own own)
{
        return fail_with(step, cause_outcome((int)own, 0), cause_status(own), cause_q850(own));
}

/* The far end, or the SIP side for it, has closed the dialog of a call that nobody answered. */
enum call_state end_failed(struct step *step)
{
        const struct event *event = step->event;
        step->call->dialog = DIALOG_NONE;
        TEXT_SET(step->call->reason, event->reason);
        return fail_with(step, cause_outcome(event->status, event->q850), 0, 0);
}

enum call_state end_hang_up(struct step *step)
{
        return step->call->handed ? transfer_leave(step) : call_over(step, STATUS_BUSY, Q850_NORMAL);
}

enum call_state end_phone_lost(struct step *step)
{
        if (step->call->conference)
                return confer_phone_lost(step);
        return step->call->handed ? transfer_leave(step) : call_over(step, STATUS_NOT_HERE, Q850_OUT_OF_ORDER);
}

enum call_state end_far(struct step *step)
{
        transfer_far_gone(step);
        step->call->dialog = DIALOG_NONE;
        return call_over(step, 0, 0);
}

enum call_state end_caller_gone(struct step *step)
{
        if (step->event->elsewhere)
                call_act(step, DO_ANSWERED_ELSEWHERE, 0);
        return end_far(step);
}

enum call_state end_unanswered(struct step *step)
{
        return call_over(step, STATUS_NOT_HERE, Q850_NO_ANSWER);
}

/* A conference is not lost for it: it goes on, and the user may come back. */
enum call_state end_no_channel(struct step *step)
{
        if (step->call->host)
                return talk_hold(step);
        return call_fail(step, CAUSE_CHANNEL);
}

enum call_state end_no_codec(struct step *step)
{
        return call_fail(step, CAUSE_NO_CODEC);
}

/* Nothing that came behind DO_MEDIA_OPEN has happened: an outgoing call has no dialog yet. */
enum call_state end_no_ports(struct step *step)
{
        struct call *call = step->call;
        call->relayed = false;
        if (call->dialog == DIALOG_OFFERED)
                return call_over(step, cause_status(CAUSE_NO_PORTS), cause_q850(CAUSE_NO_PORTS));
        call->dialog = DIALOG_NONE;
        return call_fail(step, CAUSE_NO_PORTS);
}

enum call_state end_dead(struct step *step)
{
        return step->call->stream.send ? call_over(step, 0, Q850_TIMER) : step->call->state;
}

enum call_state end_tone(struct step *step)
{
        return call_over(step, 0, 0);
}

/* Only where somebody else could see it. */
enum call_state note_secret(struct step *step)
{
        struct call *call = step->call;
        call->secret = call->shared && !call->secret;
        return call->state;
}

enum call_state note_malicious(struct step *step)
{
        if (step->call->purpose != CALL_BACK)
                call_act(step, DO_REPORT, REPORT_MALICIOUS);
        return step->call->state;
}

enum call_state note_quality(struct step *step)
{
        call_act(step, DO_REPORT, REPORT_QUALITY);
        return step->call->state;
}

enum call_state note_identity(struct step *step)
{
        struct call *call = step->call;
        const struct party *now = &step->event->party;
        struct party *far = call->incoming ? &call->parties.calling : &call->parties.called;
        if (*now->number || *now->name)
                *far = *now;
        return call->state;
}
