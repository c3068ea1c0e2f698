/* Ringing: our call rings there, or theirs rings here, until somebody answers or gives up.
 * Early audio and the local ringback tone exclude each other: whichever of 180 and 183 comes first, audio wins
 * (RFC 3960 section 3.2). */
#include "gateway/core/call_rules.h"

#define STATUS_RINGING 180
#define STATUS_QUEUED  182

enum call_state ring_there(struct step *step)
{
        bool rings = step->event->status == STATUS_RINGING || step->event->status == STATUS_QUEUED;
        return rings ? CALL_RINGBACK : step->call->state;
}

/* What they answered to our offer. */
static bool answer_agree(struct step *step, struct media_stream *agreed)
{
        struct audio ours = call_ours(step);
        return !step->event->audio_bad && media_agree(&ours, &step->event->audio, agreed);
}

enum call_state ring_early(struct step *step)
{
        struct media_stream agreed;
        if (!answer_agree(step, &agreed))
                return step->call->state == CALL_EARLY ? CALL_EARLY : ring_there(step);
        step->call->remote = step->event->audio;
        call_stream_take(step, &agreed);
        return CALL_EARLY;
}

enum call_state ring_early_open(struct step *step)
{
        call_rx_opened(step);
        call_reoffer_answer(step, false);
        call_timer(step, step->rules->ring_timeout_ms);
        return CALL_EARLY;
}

enum call_state ring_early_reoffer(struct step *step)
{
        if (talk_take_reoffer(step) && step->call->rx == RX_OPEN)
                call_reoffer_answer(step, false);
        return CALL_EARLY;
}

enum call_state ring_answered(struct step *step)
{
        struct call *call = step->call;
        bool told = !call->reoffer_due && (step->event->audio.n_codecs > 0 || step->event->audio_bad);
        struct media_stream agreed = call->stream;
        call->dialog = DIALOG_UP;
        if (told ? !answer_agree(step, &agreed) : call->remote.n_codecs == 0)
                return call_fail(step, CAUSE_NO_CODEC);
        if (told)
                call->remote = step->event->audio;
        call_stream_take(step, &agreed);
        transfer_reached(step);
        focus_reached(step);
        return talk_settle(step);
}

enum call_state ring_too_long(struct step *step)
{
        return call_fail(step, step->call->rx == RX_PENDING ? CAUSE_CHANNEL : CAUSE_NO_ANSWER);
}

enum call_state ring_here(struct step *step)
{
        struct call *call = step->call;
        const struct event *event = step->event;
        call_begin(step, true);
        call->parties = event->parties;
        call->outside = event->outside;
        call->alerting = event->alerting;
        call->unheard = event->unheard;
        call->stays = event->stays;
        call->remote = event->audio;
        call->dialog = DIALOG_OFFERED;
        bool offerless = event->audio.n_codecs == 0 && !event->audio_bad;
        if (event->audio_bad || call->ours.n_codecs == 0 || (!offerless && !call_answer_make(step, false)))
                return call_over(step, cause_status(CAUSE_NO_CODEC), cause_q850(CAUSE_NO_CODEC));
        divert_ring(step);
        if (!call->shared)
                call_relay_begin(step);
        call_act(step, DO_RING, 0);
        return CALL_OFFERED;
}

enum call_state ring_answer_alone(struct step *step)
{
        step->call->by_itself = true;
        step->call->muted = step->call->alerting.one_way;
        return ring_answer(step);
}

enum call_state ring_answer(struct step *step)
{
        struct call *call = step->call;
        if (call->purpose == CALL_BACK)
                return recall_answer(step);
        if (call->remote.n_codecs > 0 && !call_answer_make(step, false)) /* it was possible, when it came */
                return call_fail(step, CAUSE_NO_CODEC);
        if (call->remote.n_codecs == 0)
                call_stream_guess(step);
        else
                media_agree(&call->local, &call->remote, &call->stream);
        call_rx_open(step);
        if (call->shared) /* of all phones that rang only this one needs them */
                call_relay_begin(step);
        return CALL_ANSWERING;
}

/* Field-guide M1: the caller hears of the answer only now. */
enum call_state ring_answer_open(struct step *step)
{
        struct call *call = step->call;
        call_rx_opened(step);
        call->dialog = DIALOG_UP;
        if (call->remote.n_codecs > 0) {
                call_answer_make(step, false);
                way_answered(call);
                call_act(step, DO_ANSWER, 0);
                call_timer(step, 0);
                return CALL_TALKING;
        }
        call_offer_make(step, false);
        call->reoffer_out = true;
        call_act(step, DO_ANSWER, 0);
        call_timer(step, CALL_AGREE_MS);
        return CALL_AGREEING;
}

enum call_state ring_agreed(struct step *step)
{
        struct media_stream agreed;
        step->call->reoffer_out = false;
        way_offer_over(step);
        if (!answer_agree(step, &agreed))
                return call_fail(step, CAUSE_NO_CODEC);
        step->call->remote = step->event->audio;
        call_stream_take(step, &agreed);
        return talk_settle(step);
}
