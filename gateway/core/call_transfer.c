/* Transfer (RFC 3515, RFC 3891, BCP 149): the far end of a held call is asked to call somebody else, or to take our
 * place in another call of this phone, its target. Until the outcome is known both calls stay: a transfer that fails
 * loses nobody. A target whose user hangs up meanwhile is kept out of sight, for ending it would end what is to be
 * replaced. */
#include "gateway/base/text.h"
#include "gateway/core/call_rules.h"

#define STATUS_FINAL 200
#define STATUS_BAD   300
#define STATUS_NO    603

#define Q850_NORMAL 16

enum call_state transfer_begin(struct step *step)
{
        struct call *call = step->call;
        if (call->transfer == TRANSFER_SENT)
                return call->state;
        call->transfer = TRANSFER_SENT;
        call->transfer_news = 0;
        call->parking = step->event->purpose == CALL_PARK;
        if (step->event->purpose != CALL_CONFER && !call->at_focus)
                call->gathers = 0;  /* it was to go to the focus, and goes elsewhere */
        call->purpose = CALL_PLAIN; /* whatever it was begun for, now it has a target of its own */
        call->partner = step->event->partner;
        TEXT_SET(call->transfer_to, step->event->number);
        call_act(step, DO_TRANSFER, 0);
        return call->state;
}

/* Whose PBX does not say where knows only what was asked for (RFC 5359 section 2.14). */
static void parked(struct step *step)
{
        if (*step->event->number)
                TEXT_SET(step->call->transfer_to, step->event->number);
        call_act(step, DO_PARKED, 0);
}

/* A BYE right after the REFER was taken up, without the last news of it, is how many PBXs say that it is done (RFC 5589
 * section 6.1). Before that the far end has just hung up. */
void transfer_far_gone(struct step *step)
{
        const struct call *call = step->call;
        if (call->parking && call->transfer == TRANSFER_SENT && call->transfer_news)
                parked(step);
}

static void tell_target(struct step *step, int status)
{
        if (step->call->partner)
                call_act(step, DO_TELL_PARTNER, status);
}

enum call_state transfer_news(struct step *step)
{
        struct call *call = step->call;
        int status = step->event->status;
        if (status < STATUS_FINAL) {
                call->transfer_news = status > call->transfer_news ? status : call->transfer_news;
                return call->state;
        }
        if (call->gathers && !call->at_focus && status >= STATUS_BAD)
                return focus_refused(step);
        if (confer_bridges(step))
                return confer_bridge(step);
        call->transfer = status < STATUS_BAD ? TRANSFER_NONE : TRANSFER_FAILED;
        call->consulting = CALL_PLAIN;
        TEXT_SET(call->reason, step->event->reason);
        tell_target(step, status);
        if (call->parking && call->transfer == TRANSFER_NONE)
                parked(step);
        return call->transfer == TRANSFER_NONE ? call_over(step, 0, Q850_NORMAL) : call->state;
}

enum call_state transfer_hand_over(struct step *step)
{
        step->call->handed = !step->call->replacing; /* nobody can take the place of a dialog that is not up yet */
        return step->call->state;
}

/* The far end sends us to somebody else: it waits on hold for what becomes of that. */
enum call_state transfer_referred(struct step *step)
{
        if (step->call->referred || step->call->conference)
                return step->call->state;
        step->call->referred = true;
        step->call->referred_to = step->event->partner;
        return step->call->state == CALL_HELD ? CALL_HELD : talk_hold(step);
}

void transfer_reached(struct step *step)
{
        if (step->call->purpose != CALL_REFERRED)
                return;
        call_act(step, DO_TELL_PARTNER, STATUS_FINAL);
        step->call->purpose = CALL_PLAIN;
}

/* Who could not be reached is no loss: the phone talks again to who sent it there, unless its user has hung up. */
static enum call_state referred_over(struct step *step, int status)
{
        struct call *call = step->call;
        call->referred = false;
        call_act(step, DO_REFER_NEWS, status ? status : STATUS_NO);
        if (status >= STATUS_FINAL && status < STATUS_BAD)
                return call_over(step, 0, Q850_NORMAL);
        return status && call->state == CALL_HELD ? held_resume(step) : call->state;
}

/* Several calls may have this one for their partner; 0: whoever tells did not say who it is. */
static bool is_from(const struct step *step, uint32_t reference)
{
        return !step->event->partner || step->event->partner == reference;
}

/* Of the target: it has been replaced, or goes on as the call it was. Of who consulted: it is alone again. */
enum call_state transfer_partner(struct step *step)
{
        struct call *call = step->call;
        int status = step->event->status;
        if (call->referred && is_from(step, call->referred_to))
                return referred_over(step, status);
        if (call->bridged && is_from(step, call->partner))
                return confer_bridge_news(step);
        if (call->gathers && !call->at_focus)
                return focus_missed(step);
        bool replaced = call->handed && status >= STATUS_FINAL && status < STATUS_BAD;
        call->handed = false;
        call->consulting = CALL_PLAIN;
        return replaced ? call_over(step, 0, Q850_NORMAL) : call->state;
}

enum call_state transfer_leave(struct step *step)
{
        call_media_off(step);
        call_relay_tell(step);
        call_reoffer_answer(step, false);
        step->call->barge = 0; /* nobody joins what cannot be seen */
        call_timer(step, CALL_LEAVE_MS);
        return CALL_LEAVING;
}

/* When who was transferred has ended by itself, the target may be replaced any moment: it gets the time for that. */
enum call_state transfer_left(struct step *step)
{
        if (step->event->status >= STATUS_FINAL)
                return call_over(step, 0, Q850_NORMAL);
        call_timer(step, CALL_GONE_MS);
        return CALL_LEAVING;
}

/* It has left its phone already. */
enum call_state transfer_stays(struct step *step)
{
        return step->call->state;
}

enum call_state transfer_gone(struct step *step)
{
        return call_over(step, 0, Q850_NORMAL);
}
