/* A phone that loses its connection keeps its audio (flows.md 5), and so do we: the call waits for the phone, which has
 * forgotten it when it comes back. Offers of the far end are answered as the call stands: with the codec the phone is
 * using. */
#include "gateway/core/call_rules.h"

#define STATUS_GLARE 491

/* A transfer that wants this call, or one we were asked for would need the phone, and so would an offer that is under
 * way for one who talks. So would a conference: the phone leaves it, as if it did not come back. */
enum call_state away_begin(struct step *step)
{
        const struct call *call = step->call;
        bool offering = call->reoffer_due || (call->reoffer_out && call->rx != RX_CLOSED);
        bool needs_phone = offering || call->handed || call->referred;
        if (!step->rules->survive_ms || needs_phone || call->conference)
                return end_phone_lost(step);
        call_timer(step, step->rules->survive_ms);
        return CALL_AWAY;
}

/* The phone sends to where it was told to, with the codec it was told; what the relay makes of it may change. */
static void ours_keep(struct audio *ours, enum codec codec)
{
        uint8_t kept = 0;
        for (size_t i = 0; i < ours->n_codecs; i++)
                if ((ours->codecs[i].instead ? ours->codecs[i].instead : ours->codecs[i].codec) == codec)
                        ours->codecs[kept++] = ours->codecs[i];
        ours->n_codecs = kept;
}

static bool reaches_elsewhere(const struct step *step)
{
        const struct audio *audio = &step->event->audio;
        return step->call->direct && step->call->rx != RX_CLOSED && audio->n_codecs &&
               !endpoint_equal(&audio->rtp, &step->call->stream.far);
}

enum call_state away_reoffer(struct step *step)
{
        struct call *call = step->call;
        struct audio all = call->ours;
        bool held = call->rx == RX_CLOSED;
        if (reaches_elsewhere(step)) {
                call_act(step, DO_REFUSE_REOFFER, STATUS_GLARE);
                return CALL_AWAY;
        }
        if (!held)
                ours_keep(&call->ours, call->stream.codec);
        if (call_reoffer_read(step, held)) {
                media_agree(&call->local, &call->remote, &call->stream);
                call_relay_tell(step);
                call_reoffer_answer(step, held);
        }
        call->ours = all;
        return CALL_AWAY;
}

/* Of an offer that went out in an answer, or before the phone was lost. */
enum call_state away_answered(struct step *step)
{
        struct call *call = step->call;
        struct media_stream agreed;
        struct audio ours = call_ours(step);
        bool usable = !step->event->audio_bad && media_agree(&ours, &step->event->audio, &agreed);
        if (call_reoffer_over(step) || !usable || (call->rx != RX_CLOSED && agreed.codec != call->stream.codec))
                return CALL_AWAY;
        call->remote = step->event->audio;
        call->stream = agreed;
        call_relay_tell(step);
        return CALL_AWAY;
}

/* Whoever was held still is. So is one whose phone was not heard to the last: its user has hung up meanwhile, or is not
 * there, and nobody wants an open microphone on his desk (phones come back when their call is over, as a rule). Else
 * the channel is opened anew; what may be left of the old one on the phone is closed first. */
enum call_state away_back(struct step *step)
{
        struct call *call = step->call;
        if (call->rx == RX_CLOSED) {
                call_timer(step, 0);
                return CALL_HELD;
        }
        if (!step->event->status)
                return talk_hold(step);
        call_media_off(step);
        call_rx_open(step);
        return CALL_OPENING;
}

/* Nothing is to be heard on a held one. */
enum call_state away_dead(struct step *step)
{
        return step->call->rx == RX_CLOSED ? CALL_AWAY : end_dead(step);
}
