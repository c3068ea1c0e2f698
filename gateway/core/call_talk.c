/* A call that is up: hold and resume, and offers inside it from either side (RFC 3264 section 8). An offer that fails
 * leaves the call as it is. The SIP side refuses offers that truly cross and tries ours again after a while; theirs is
 * answered meanwhile, or two sides that both wait would refuse each other for ever. */
#include "gateway/core/call_rules.h"

#define STATUS_TIMEOUT  408
#define STATUS_NO_CALL  481
#define STATUS_NO_CODEC 488
#define STATUS_GLARE    491 /* RFC 3261 section 14.2 */
#define STATUS_NOT_YET  500 /* RFC 3311 section 5.2, RFC 3261 section 14.2 */

enum call_state talk_settle(struct step *step)
{
        struct call *call = step->call;
        if (call->rx != RX_OPEN)
                return CALL_OPENING;
        call_reoffer_answer(step, false);
        if (call_local_moved(call))
                call_reoffer_send(step, false);
        call_timer(step, 0);
        return CALL_TALKING;
}

enum call_state talk_opened(struct step *step)
{
        call_rx_opened(step);
        return talk_settle(step);
}

enum call_state reoffer_glare(struct step *step)
{
        call_act(step, DO_REFUSE_REOFFER, STATUS_GLARE);
        return step->call->state;
}

enum call_state reoffer_not_yet(struct step *step)
{
        call_act(step, DO_REFUSE_REOFFER, STATUS_NOT_YET);
        return step->call->state;
}

/* They want our offer: it goes out in our answer, and their answer is still to come. */
static void reoffer_reversed(struct step *step, bool held)
{
        call_offer_make(step, held);
        step->call->reoffer_out = true;
        call_act(step, DO_ANSWER_REOFFER, 0);
}

/* True: call.remote is an offer that can be answered, and an answer is due. */
bool call_reoffer_read(struct step *step, bool held)
{
        struct call *call = step->call;
        const struct event *event = step->event;
        bool offerless = event->audio.n_codecs == 0 && !event->audio_bad;
        struct audio before = call->remote;
        if (offerless && (call->reoffer_out || call->dialog != DIALOG_UP)) {
                reoffer_glare(step);
        } else if (call->reoffer_due) {
                reoffer_not_yet(step);
        } else if (offerless) {
                reoffer_reversed(step, held);
        } else {
                call->remote = event->audio;
                call->reoffer_due = !event->audio_bad && call_answer_make(step, held);
                if (call->reoffer_due) {
                        way_open(call);
                        return true;
                }
                call->remote = before;
                call_act(step, DO_REFUSE_REOFFER, STATUS_NO_CODEC);
        }
        return false;
}

bool talk_take_reoffer(struct step *step)
{
        struct media_stream agreed;
        if (!call_reoffer_read(step, false))
                return false;
        media_agree(&step->call->local, &step->call->remote, &agreed);
        call_stream_take(step, &agreed);
        return true;
}

enum call_state talk_reoffer(struct step *step)
{
        return talk_take_reoffer(step) ? talk_settle(step) : step->call->state;
}

/* A conference on hold goes on: only its phone is away. */
static bool is_on_hold(const struct call *call)
{
        bool held = call->state == CALL_HELD || (call->state == CALL_AWAY && call->rx == RX_CLOSED);
        return held && !call->conference;
}

enum call_state held_reoffer(struct step *step)
{
        struct call *call = step->call;
        if (call->conference)
                return confer_reoffer(step);
        if (!call_reoffer_read(step, true))
                return CALL_HELD;
        media_agree(&call->local, &call->remote, &call->stream);
        call_relay_tell(step);
        call_reoffer_answer(step, true);
        return CALL_HELD;
}

/* The offer that was out is done with. True: another had to wait for it and has been sent now. */
bool call_reoffer_over(struct step *step)
{
        struct call *call = step->call;
        /* resuming will offer by itself, an answer that is due says as much */
        bool again = call->reoffer_again && call->state != CALL_RESUMING && !call->reoffer_due;
        call->reoffer_out = false;
        call->reoffer_again = false;
        way_offer_over(step);
        if (again)
                call_reoffer_send(step, is_on_hold(call));
        return again;
}

enum call_state reoffer_answered(struct step *step)
{
        struct call *call = step->call;
        struct media_stream agreed;
        struct audio ours = call_ours(step);
        bool usable = !step->event->audio_bad && media_agree(&ours, &step->event->audio, &agreed);
        if (call_reoffer_over(step) || !usable || call->state == CALL_RESUMING || call->reoffer_due)
                return call->state;
        call->remote = step->event->audio;
        if (call->state == CALL_HELD) {
                call->stream = agreed;
                call_relay_tell(step);
                return CALL_HELD;
        }
        call_stream_take(step, &agreed);
        return talk_settle(step);
}

enum call_state reoffer_failed(struct step *step)
{
        int status = step->event->status;
        if (status == STATUS_TIMEOUT || status == STATUS_NO_CALL) /* RFC 3261 section 12.2.1.2: the dialog is dead */
                return end_hang_up(step);
        bool again = call_reoffer_over(step);
        return again || !step->call->conference ? step->call->state : confer_codec_refused(step);
}

enum call_state talk_hold(struct step *step)
{
        struct call *call = step->call;
        bool goes_on = call->conference;
        call->consulting = step->event->purpose;
        call->muted = call->by_itself = false;
        call->apart = false;
        call->waits = !goes_on;
        call_media_off(step);
        call_relay_tell(step);
        if (call->reoffer_due)
                call_reoffer_answer(step, !goes_on);
        else if (!goes_on)
                call_reoffer_send(step, true);
        call_timer(step, 0);
        return CALL_HELD;
}

/* Nobody shall be forgotten. */
enum call_state held_remind(struct step *step)
{
        step->call->reminders++;
        return CALL_HELD;
}

/* Keys are no matter of the call's state: what is not open yet is waited for. Who has put us on hold does not listen,
 * and is not told later what was meant for somebody else; beside the audio he can be told at any time. */
enum call_state talk_digit(struct step *step)
{
        const struct call *call = step->call;
        bool agreed = call->stream.dtmf_payload_type, confers = call_room(call);
        if (step->event->digit == '+')
                return call->state;
        if (agreed ? call->stream.send || confers : confers)
                call_act(step, DO_DIGIT, step->event->digit);
        if ((!agreed || call->conference) && !step->rules->no_digit_info)
                call_act(step, DO_DIGIT_INFO, step->event->digit);
        return call->state;
}

enum call_state held_resume(struct step *step)
{
        step->call->consulting = CALL_PLAIN;
        step->call->reminders = 0;
        if (!step->call->at_focus)
                step->call->gathers = 0; /* its user wants it back */
        step->call->apart = step->call->selected = false;
        if (step->call->transfer == TRANSFER_FAILED)
                step->call->transfer = TRANSFER_NONE;
        call_rx_open(step);
        return CALL_RESUMING;
}

/* Field-guide M13: the far end hears of it only now. */
enum call_state held_resumed(struct step *step)
{
        call_rx_opened(step);
        if (step->call->waits)
                call_reoffer_send(step, false);
        step->call->waits = false;
        call_timer(step, 0);
        return CALL_TALKING;
}

enum call_state held_stays(struct step *step)
{
        struct call *call = step->call;
        call_media_off(step);
        call_timer(step, 0);
        if (!call->conference && !call->waits) {
                call->waits = true;
                call_reoffer_send(step, true);
        }
        return CALL_HELD;
}
