/* Settings of a line: where its calls are forwarded, and do not disturb. They are made at once, or after the PBX was
 * told by its feature code: a call nobody hears or sees, and over when the PBX has hung up. */
#include "gateway/base/text.h"
#include "gateway/core/call_rules.h"

#define STATUS_NOT_HERE  480
#define STATUS_TOO_LONG  484
#define STATUS_TIMEOUT   408
#define STATUS_CANCELLED 487

#define Q850_NORMAL 16

/* `status` 0: it is made. */
static enum call_state set_over(struct step *step, int status)
{
        call_act(step, DO_SET, status);
        return call_over(step, 0, Q850_NORMAL);
}

/* False: the PBX wants to hear nothing of it. */
static bool find_code(const struct step *step, const char **code, const char **number)
{
        const struct call *call = step->call;
        const struct feature_codes *codes = step->rules->codes;
        bool off = !*call->transfer_to;
        *code = codes ? codes->on[call->purpose] : NULL;
        *number = off || call->purpose == CALL_DND ? "" : call->transfer_to;
        if (off && *code && codes->off[call->purpose])
                *code = codes->off[call->purpose];
        return *code != NULL;
}

/* All we can do, and nothing of it now; no port is needed for that. */
static void offer_silence(struct call *call)
{
        call->direct = call->chooses = false;
        call->local = call->ours;
        call->local.direction = AUDIO_INACTIVE;
        call->local.rtp = (struct endpoint){0};
}

enum call_state set_go(struct step *step)
{
        struct call *call = step->call;
        const char *code, *number;
        if (!find_code(step, &code, &number))
                return set_over(step, 0);
        if (!step->rules->in_service || call->ours.n_codecs == 0)
                return set_over(step, CAUSE_NOT_REGISTERED);
        if (!text_printf(call->number, sizeof call->number, "%s%s", code, number))
                return set_over(step, STATUS_TOO_LONG);
        offer_silence(call);
        call_timer(step, step->rules->ring_timeout_ms);
        call_act(step, DO_DIAL, 0);
        call->dialog = DIALOG_CALLING;
        return CALL_TELLING;
}

enum call_state set_begin(struct step *step)
{
        call_begin(step, false);
        step->call->purpose = step->event->purpose;
        step->call->parties.calling = step->call->self;
        TEXT_SET(step->call->transfer_to, step->event->number);
        return set_go(step);
}

/* It is made when the PBX hangs up: a code whose call is ended early may not be obeyed. */
enum call_state set_answered(struct step *step)
{
        step->call->dialog = DIALOG_UP;
        call_timer(step, CALL_TOLD_MS);
        return CALL_TELLING;
}

enum call_state set_refused(struct step *step)
{
        step->call->dialog = DIALOG_NONE;
        return set_over(step, step->event->status);
}

enum call_state set_ended(struct step *step)
{
        bool answered = step->call->dialog == DIALOG_UP;
        step->call->dialog = DIALOG_NONE;
        return set_over(step, answered ? 0 : STATUS_NOT_HERE);
}

enum call_state set_timeout(struct step *step)
{
        return set_over(step, step->call->dialog == DIALOG_UP ? 0 : STATUS_TIMEOUT);
}

enum call_state set_gone(struct step *step)
{
        return set_over(step, STATUS_CANCELLED);
}
