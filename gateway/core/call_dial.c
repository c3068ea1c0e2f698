/* Dialling: from off hook over digits to the call that goes out. */
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/core/call_rules.h"

static void dial_start(struct step *step)
{
        call_begin(step, false);
        step->call->purpose = step->event->purpose;
        step->call->partner = step->event->partner;
        TEXT_SET(step->call->prefix, step->event->prefix);
        TEXT_SET(step->call->instead, step->event->instead);
        step->call->pickup = step->event->pickup;
        step->call->anonymous = step->rules->anonymous || step->event->purpose == CALL_PRIVATE;
        if (step->event->purpose == CALL_PRIVATE)
                step->call->purpose = CALL_PLAIN;
        step->call->parties.calling = step->call->self;
        if (step->event->purpose == CALL_FOCUS)
                focus_begin(step);
}

/* Waits for the next digit. */
static enum call_state dial_go_on(struct step *step)
{
        struct call *call = step->call;
        const struct dial_plan *plan = step->rules->plan;
        call->outside_tone = dial_outside_tone(plan, call->dialled);
        if (*call->dialled)
                call_timer(step, plan->next_ms);
        else
                call_timer(step, call->hotline ? step->rules->hotline_ms : plan->first_ms);
        return *call->dialled ? CALL_DIALING : CALL_OFF_HOOK;
}

static enum call_state dial_hotline(struct step *step)
{
        TEXT_SET(step->call->dialled, step->rules->hotline);
        return dial_done(step);
}

enum call_state dial_begin(struct step *step)
{
        struct call *call = step->call;
        const char *hotline = step->rules->hotline;
        dial_start(step);
        call->hotline = call->purpose == CALL_PLAIN && hotline && *hotline;
        return call->hotline && !step->rules->hotline_ms ? dial_hotline(step) : dial_go_on(step);
}

enum call_state dial_private(struct step *step)
{
        step->call->anonymous = !step->call->anonymous;
        return step->call->state;
}

/* The offer goes out. */
static enum call_state dial_send(struct step *step)
{
        struct call *call = step->call;
        call_offer_make(step, false);
        call_timer(step, step->rules->ring_timeout_ms);
        call_relay_begin(step);
        call_act(step, DO_DIAL, 0);
        call->dialog = DIALOG_CALLING;
        return CALL_CALLING;
}

/* A terminator given with a whole number is not part of it. */
static void terminator_drop(struct call *call, char terminator)
{
        size_t len = strlen(call->dialled);
        if (terminator && len > 1 && call->dialled[len - 1] == terminator)
                call->dialled[len - 1] = '\0';
}

/* What others send us to was not typed here, and feature codes are the PBX's: neither is a matter of the dial plan. */
static bool is_verbatim(const struct call *call)
{
        return call->purpose == CALL_REFERRED || call->purpose == CALL_FOCUS || (call->purpose == CALL_PICKUP && !*call->prefix);
}

static bool number_take(struct step *step)
{
        struct call *call = step->call;
        char number[PARTY_NUMBER_SIZE];
        if (is_verbatim(call)) {
                TEXT_SET(call->number, call->dialled);
                return true;
        }
        terminator_drop(call, step->rules->plan->terminator);
        return dial_finish(step->rules->plan, call->dialled, number) == DIAL_COMPLETE &&
               text_printf(call->number, sizeof call->number, "%s%s", call->prefix, number);
}

enum call_state dial_done(struct step *step)
{
        struct call *call = step->call;
        if (!number_take(step))
                return call_fail(step, CAUSE_BAD_NUMBER);
        if (call_is_setting(call->purpose)) {
                TEXT_SET(call->transfer_to, call->number);
                return text_equal(call->number, call->self.number) ? call_fail(step, CAUSE_LOOP) : set_go(step);
        }
        if (!call->at_focus)
                TEXT_SET(call->parties.called.number, call->dialled);
        call->parties.original_called = call->parties.called;
        if (!is_verbatim(call) && call->purpose != CALL_PICKUP) /* nobody wants to repeat that */
                call_act(step, DO_DIALED, 0);
        if (!step->rules->in_service)
                return call_fail(step, CAUSE_NOT_REGISTERED);
        if (call->ours.n_codecs == 0)
                return call_fail(step, CAUSE_NO_CODEC);
        if (!call->direct)
                return dial_send(step);
        call_stream_guess(step);
        call_rx_open(step);
        return CALL_PREPARING;
}

enum call_state dial_prepared(struct step *step)
{
        call_rx_opened(step);
        return dial_send(step);
}

enum call_state dial_digit(struct step *step)
{
        struct call *call = step->call;
        size_t len = strlen(call->dialled);
        if (len > 0 && step->event->digit == step->rules->plan->terminator)
                return dial_done(step);
        call->dialled[len++] = step->event->digit;
        call->dialled[len] = '\0';
        switch (dial_check(step->rules->plan, call->dialled)) {
        case DIAL_INVALID:
                return call_fail(step, CAUSE_BAD_NUMBER);
        case DIAL_COMPLETE:
                return dial_done(step);
        case DIAL_MORE:
                break;
        }
        return len < DIAL_DIGITS_MAX ? dial_go_on(step) : dial_done(step);
}

enum call_state dial_backspace(struct step *step)
{
        struct call *call = step->call;
        call->dialled[strlen(call->dialled) - 1] = '\0';
        call_act(step, DO_BACKSPACE, 0);
        return dial_go_on(step);
}

enum call_state dial_number(struct step *step)
{
        struct call *call = step->call;
        if (call->state == CALL_IDLE)
                dial_start(step);
        TEXT_SET(call->dialled, step->event->number);
        return *call->dialled ? dial_done(step) : dial_go_on(step);
}

enum call_state dial_too_late(struct step *step)
{
        return step->call->hotline ? dial_hotline(step) : call_fail(step, CAUSE_NO_NUMBER);
}
