/* Through the relay or not, where a call may choose (media.mode auto). A call begins at the relay, whose ports it keeps
 * to its end: it can always come back. It leaves when nothing needs the relay and the far end has been told where the
 * phone listens - by an answer of ours at once, by an offer when it is answered - and the phone's audio turns in the
 * same moment; the relay then knows neither side and lets nothing through.
 *
 * What the far end believes and what it should are compared after every step, so whatever changes the answer
 * (conference, hold, another party at another place) needs no rule of its own. A far end that refuses is not asked
 * again before it comes with an offer itself, or two sides with opinions would go on for ever. */
#include "gateway/core/call_rules.h"

enum way call_way(const struct call *call, const struct way_rules *rules)
{
        struct way_ends ends = {.phone = call->phone_rtp,
                                .stream = &call->stream,
                                .local = &call->local,
                                .keys_type = call->ours.dtmf_payload_type,
                                .mixed = call_room(call) != 0};
        return call->chooses ? way_of(rules, &ends) : WAY_SETTLED;
}

/* Who of several answers an unanswered call, and what he was told, nobody knows yet. */
static bool may_be_direct(const struct step *step)
{
        const struct call *call = step->call;
        return call->rx == RX_OPEN && call->dialog != DIALOG_CALLING && call_way(call, &step->rules->way) == WAY_DIRECT;
}

struct endpoint way_local(const struct step *step)
{
        const struct call *call = step->call;
        struct endpoint relay = {0};
        if (call->state == CALL_AWAY) /* its phone cannot be told to turn */
                return call->direct ? call->told : relay;
        return may_be_direct(step) && !call->stays_relayed ? call->phone_rtp : relay;
}

/* With an answer that is due they will be told in this very step. */
static bool is_direct_now(const struct step *step)
{
        const struct call *call = step->call;
        bool due = call->reoffer_due || (call->dialog == DIALOG_OFFERED && call->remote.n_codecs > 0);
        struct endpoint local = due ? way_local(step) : call->told;
        return may_be_direct(step) && local.port != 0 && endpoint_equal(&local, &call->phone_rtp);
}

bool way_turn(struct step *step)
{
        struct call *call = step->call;
        bool before = call->direct;
        if (call->chooses)
                call->direct = is_direct_now(step);
        return call->direct != before;
}

void way_open(struct call *call)
{
        call->stays_relayed = call->unmoved = false;
}

void way_answered(struct call *call)
{
        call->told = call->local.rtp;
}

void way_offer_over(struct step *step)
{
        struct call *call = step->call;
        if (step->event->kind != EV_REOFFER_FAILED) {
                call->told = call->offered;
                call->unmoved = false;
                return;
        }
        call->stays_relayed |= call->offered.port != 0;
        call->unmoved |= call->offered.port == 0 && call->told.port != 0;
}

bool way_at_relay(const struct call *call)
{
        return !call->chooses || (!call->told.port && (!call->reoffer_out || !call->offered.port));
}

/* Their answer to our wish moved them to where the phone cannot reach: they are not asked twice. */
static bool is_refused_by_answer(const struct step *step)
{
        const struct call *call = step->call;
        bool answered = step->event->kind == EV_REOFFER_ANSWERED || step->event->kind == EV_ACK_AUDIO;
        return answered && call->told.port && !call_room(call) && !may_be_direct(step);
}

void way_follow(struct step *step)
{
        struct call *call = step->call;
        if (!call->chooses || call->state != CALL_TALKING || call->rx != RX_OPEN || call->dialog != DIALOG_UP)
                return;
        call->stays_relayed |= is_refused_by_answer(step);
        if (way_turn(step))
                call_media_turn(step);
        const struct endpoint *known = call->reoffer_out ? &call->offered : &call->told;
        struct endpoint wanted = way_local(step);
        if (!call->reoffer_due && !call->unmoved && !endpoint_equal(known, &wanted))
                call_reoffer_send(step, false);
}
