/* The resources of a call: timer, relay ports, the phone's receive and transmit channels, the description we gave.
 * Each is a field of the call and an action, and only these functions change both. */
#include "gateway/core/call_rules.h"

#include <assert.h>

void call_act(struct step *step, enum action_kind kind, int arg)
{
        actions_add(step->out, kind, arg);
}

void call_timer(struct step *step, unsigned ms)
{
        if (ms > 0 || step->call->timer)
                call_act(step, DO_TIMER, (int)ms);
        step->call->timer = ms > 0;
}

/* Nothing of an earlier use of the slot survives but what its owner filled in. */
void call_begin(struct step *step, bool incoming)
{
        struct call *call = step->call;
        *call = (struct call){
                .reference = call->reference,
                .line = call->line,
                .age = call->age,
                .self = call->self,
                .shared = call->shared,
                .secret = step->rules->secret,
                .incoming = incoming,
                .ours = step->rules->audio,
                .direct = step->rules->direct,
                .chooses = step->rules->chooses,
        };
}

void call_relay_begin(struct step *step)
{
        assert(!step->call->relayed);
        if (step->call->direct)
                return;
        step->call->relayed = true;
        call_act(step, DO_MEDIA_OPEN, 0);
}

void call_relay_end(struct step *step)
{
        confer_unseat(step);
        if (step->call->relayed)
                call_act(step, DO_MEDIA_CLOSE, 0);
        step->call->relayed = false;
}

/* Silence is no sign of death while one side is not expected to talk, or both talk to each other. */
void call_relay_tell(struct step *step)
{
        const struct call *call = step->call;
        bool heard = call->seated[SIDE_FAR] || call->rx == RX_OPEN;
        if (call->relayed)
                call_act(step, DO_RELAY, !heard || !call->stream.send || call->direct);
}

struct audio call_ours(const struct step *step)
{
        const struct call *call = step->call;
        return step->rules->no_conversion && !media_is_converted(&call->stream) ? media_unconverted(&call->ours)
                                                                                : call->ours;
}

void call_stream_guess(struct step *step)
{
        struct call *call = step->call;
        enum codec codec = call->ours.codecs[0].codec; /* the phone's own come first */
        call->stream = (struct media_stream){.codec = codec, .far_codec = codec, .packet_ms = call->ours.packet_ms};
}

void call_rx_open(struct step *step)
{
        assert(step->call->rx == RX_CLOSED);
        step->call->rx = RX_PENDING;
        call_act(step, DO_OPEN_RX, 0);
        call_timer(step, CALL_ACK_MS);
}

static void tx_stop(struct step *step)
{
        if (step->call->tx)
                call_act(step, DO_STOP_TX, 0);
        step->call->tx = false;
}

/* Lets audio flow as far as both sides are known. */
static void media_flow(struct step *step)
{
        struct call *call = step->call;
        assert(call->rx == RX_OPEN && !call->tx);
        call_relay_tell(step);
        if (!call->stream.send)
                return;
        call->tx = true;
        call_act(step, DO_START_TX, 0);
}

void call_rx_opened(struct step *step)
{
        assert(step->call->rx == RX_PENDING);
        step->call->rx = RX_OPEN;
        step->call->phone_rtp = step->event->rtp;
        way_turn(step);
        media_flow(step);
}

void call_media_turn(struct step *step)
{
        tx_stop(step);
        media_flow(step);
}

void call_media_off(struct step *step)
{
        struct call *call = step->call;
        if (call->rx != RX_CLOSED)
                call_act(step, DO_CLOSE_RX, 0);
        call->rx = RX_CLOSED;
        call->phone_rtp = (struct endpoint){0};
        if (call->chooses)
                call->direct = false;
        tx_stop(step);
}

void call_stream_take(struct step *step, const struct media_stream *agreed)
{
        struct call *call = step->call;
        enum media_change change = media_compare(&call->stream, agreed);
        bool rekeyed = !crypto_keys_equal(&call->stream.keys, &agreed->keys);
        call->stream = *agreed;
        if (change == MEDIA_CODEC) /* field-guide M15 */
                call_media_off(step);
        bool turned = way_turn(step);
        if (call->rx == RX_CLOSED) {
                call_rx_open(step);
        } else if (call->rx == RX_OPEN && (change == MEDIA_SEND || turned)) { /* field-guide M7: never started twice */
                call_media_turn(step);
        } else if (call->rx == RX_OPEN && rekeyed) {
                call_relay_tell(step);
        }
}

/* Direct: while the channel is closed (hold) the far end keeps the address it was told last. */
static void local_address(const struct step *step, struct endpoint told)
{
        struct call *call = step->call;
        call->local.rtp = call->rx == RX_OPEN ? call->phone_rtp : told;
        if (!call->direct)
                call->local.rtp = (struct endpoint){0};
        if (call->chooses)
                call->local.rtp = way_local(step);
        call->local.rtcp_mux &= call->local.rtp.port == 0; /* phones cannot */
}

void call_offer_make(struct step *step, bool held)
{
        struct call *call = step->call;
        struct endpoint told = call->local.rtp;
        struct audio ours = call_ours(step);
        call->local = media_offer(&ours, &call->stream, held);
        local_address(step, told);
        call->offered = call->local.rtp;
}

bool call_answer_make(struct step *step, bool held)
{
        struct call *call = step->call;
        struct endpoint told = call->local.rtp;
        struct audio answer, ours = call_ours(step);
        if (!media_answer(&ours, &call->remote, held, &answer))
                return false;
        call->local = answer;
        local_address(step, told);
        return true;
}

void call_reoffer_send(struct step *step, bool held)
{
        struct call *call = step->call;
        if (call->reoffer_out) {
                call->reoffer_again = true;
                return;
        }
        call_offer_make(step, held);
        call->reoffer_out = true;
        call_act(step, DO_REOFFER, 0);
}

void call_reoffer_answer(struct step *step, bool held)
{
        struct call *call = step->call;
        if (!call->reoffer_due)
                return;
        bool possible = call_answer_make(step, held);
        assert(possible); /* it was, when the offer came */
        call->reoffer_due = false;
        way_answered(call);
        call_act(step, call->replacing ? DO_ANSWER : DO_ANSWER_REOFFER, 0);
        call->replacing = false;
}

bool call_local_moved(const struct call *call)
{
        return call->direct && !call->chooses && call->rx == RX_OPEN &&
               !endpoint_equal(&call->local.rtp, &call->phone_rtp);
}
