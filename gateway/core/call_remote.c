/* Calls of a line that several phones share. What one phone is in, the others show: each has a shadow of that call, a
 * call of its own without a far end, which follows it. From a shadow the call is taken over, or joined: then the shadow
 * has a channel to its phone, whose side speaks in the mixer with both sides of the call. Facts: flows.md 18,
 * field-guide 2.2, M3, M16. */
#include "gateway/core/call_rules.h"

/* What others see of a call, by its state. What its channel is just being opened for may be taken as it may in a
 * moment: keys do not flicker. */
enum { HIDDEN, SEEN, OPEN };

static const unsigned char seen[CALL_STATE_COUNT] = {
        [CALL_PREPARING] = SEEN, [CALL_CALLING] = SEEN,  [CALL_RINGBACK] = SEEN, [CALL_EARLY] = SEEN,
        [CALL_ANSWERING] = OPEN, [CALL_AGREEING] = OPEN, [CALL_OPENING] = OPEN,  [CALL_TALKING] = OPEN,
        [CALL_HELD] = OPEN,      [CALL_RESUMING] = OPEN, [CALL_AWAY] = SEEN,     [CALL_JOINING] = SEEN,
};

/* For its own user only: who is consulted, or sent elsewhere, comes back to him. */
static bool is_in_transfer(const struct call *call)
{
        return call->consulting || call->transfer == TRANSFER_SENT || call->handed || call->referred || call->parking;
}

/* Nobody joins a call that is on hold, or whose far end holds it. */
static bool may_be_joined(const struct call *call)
{
        bool silent = call->state == CALL_TALKING && !call->stream.send;
        return seen[call->state] == OPEN && call->state != CALL_HELD && confer_is_mixed(call) && !silent;
}

void call_remote_view(const struct call *call, struct remote_view *out)
{
        bool whole = !call->conference && !is_in_transfer(call);
        bool left = call->state == CALL_AWAY && call->rx == RX_CLOSED;
        bool open = whole && !call->secret;
        *out = (struct remote_view){
                .up = seen[call->state] != HIDDEN && !call_is_hidden(call),
                .held = (call->state == CALL_HELD || left) && whole,
                .incoming = call->incoming,
                .secret = call->secret,
                .may_take = open && (seen[call->state] == OPEN || left),
                .may_join = open && may_be_joined(call),
        };
}

static enum call_state shadow_state(const struct call *call)
{
        return call->seen.held ? CALL_REMOTE_HELD : CALL_REMOTE;
}

/* The caller rang here too: whoever answered has the dialog now. */
static void stop_ringing(struct step *step)
{
        call_act(step, DO_ANSWERED_ELSEWHERE, 0);
        call_relay_end(step);
        call_timer(step, 0);
        step->call->dialog = DIALOG_NONE;
}

static enum call_state leave(struct step *step)
{
        call_media_off(step);
        call_relay_end(step);
        call_timer(step, 0);
        step->call->barge = 0;
        return shadow_state(step->call);
}

enum call_state remote_show(struct step *step)
{
        struct call *call = step->call;
        const struct event *event = step->event;
        bool joined = call->state == CALL_BARGING || call->state == CALL_BARGED;
        if (call->state == CALL_OFFERED)
                stop_ringing(step);
        if (!joined) {
                call_begin(step, event->seen.incoming);
                call->secret = event->seen.secret;
        }
        call->parties = event->parties;
        call->remote_of = event->partner;
        call->seen = event->seen;
        if (joined && event->seen.may_join)
                return call->state;
        return joined ? leave(step) : shadow_state(call);
}

enum call_state remote_over(struct step *step)
{
        step->call->barge = 0;
        return call_over(step, 0, 0);
}

enum call_state remote_take(struct step *step)
{
        if (step->call->seen.may_take)
                call_act(step, DO_TAKE, 0);
        return step->call->state;
}

/* The new phone speaks codecs of its own; the far end hears of it when the call is resumed. */
enum call_state remote_moved(struct step *step)
{
        struct call *call = step->call;
        struct media_stream agreed;
        call->ours = step->rules->audio;
        if (media_agree(&call->ours, &call->remote, &agreed))
                call->stream = agreed;
        call->purpose = CALL_PLAIN;
        call->partner = 0;
        call->transfer = TRANSFER_NONE;
        call->reminders = 0;
        call->selected = false;
        call->waits = true;
        call_timer(step, 0);
        return CALL_HELD;
}

enum call_state barge_begin(struct step *step)
{
        struct call *call = step->call;
        call->ours = step->rules->audio;
        call->direct = step->rules->direct;
        call->apart = !call->seen.may_join || call->direct || !confer_may_mix(&call->ours);
        if (call->apart)
                return call->state;
        call->barge = call->remote_of;
        call_stream_guess(step);
        call->stream.send = true;
        call_rx_open(step);
        call_relay_begin(step);
        return CALL_BARGING;
}

enum call_state barge_opened(struct step *step)
{
        call_rx_opened(step);
        call_timer(step, 0);
        return CALL_BARGED;
}

/* By its user, or because it could not be. */
enum call_state barge_off(struct step *step)
{
        struct call *call = step->call;
        call->apart = step->event->kind != EV_HANG_UP;
        if (step->event->kind == EV_JOIN_FAILED && step->event->status == SIDE_PHONE)
                call->seated[SIDE_PHONE] = false;
        return leave(step);
}

enum call_state barge_no_ports(struct step *step)
{
        step->call->relayed = false;
        return barge_off(step);
}

enum call_state barge_note(struct step *step)
{
        step->call->barge = step->call->conference ? 0 : step->event->partner;
        return step->call->state;
}
