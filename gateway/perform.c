/* One small function per action, in one table. */
#include "gateway/perform.h"

#include <assert.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/conference_list.h"
#include "gateway/conference_side.h"
#include "gateway/core/cause.h"
#include "gateway/digits_side.h"
#include "gateway/features.h"
#include "gateway/fork.h"
#include "gateway/phone_secret.h"
#include "gateway/phone_show.h"
#include "gateway/phone_side.h"
#include "gateway/refer_side.h"
#include "gateway/sip_side.h"

/* Channels are opened on a phone that already knows what they are for: off hook, tones off (flows.md 7.1). */
static void show_first(struct call_slot *slot)
{
        if (slot->phone->session)
                phone_show(slot->phone);
}

static bool open_rx(struct call_slot *slot, int arg)
{
        (void)arg;
        slot->party = ++slot->phone->gateway->parties;
        slot->had_media = true;
        bool allowed = phone_secret_open(slot);
        show_first(slot);
        slot->unopened = !allowed;
        if (allowed)
                phone_side_open_rx(slot);
        return allowed;
}

static bool close_rx(struct call_slot *slot, int arg)
{
        (void)arg;
        digits_side_hush(slot);
        if (!slot->unopened)
                phone_side_close_rx(slot);
        return true;
}

/* The phone sends to the relay at the address it reached us at, or straight to the far end. */
static bool start_tx(struct call_slot *slot, int arg)
{
        (void)arg;
        struct endpoint to = slot->call.stream.far;
        if (!slot->call.direct)
                to = (struct endpoint){.ip = phone_side_our_address(slot->phone), .port = slot->ports.phone};
        show_first(slot);
        bool told = phone_secret_send(slot);
        phone_side_start_tx(slot, &to);
        return told;
}

static bool stop_tx(struct call_slot *slot, int arg)
{
        (void)arg;
        phone_side_stop_tx(slot);
        return true;
}

static bool show_dialled(struct call_slot *slot, int arg)
{
        (void)arg;
        features_dialled(slot->line, slot->call.dialled);
        slot->dialled_due = true;
        return true;
}

static bool take_digit_back(struct call_slot *slot, int arg)
{
        (void)arg;
        phone_side_backspace(slot);
        return true;
}

static bool show_parked(struct call_slot *slot, int arg)
{
        char where[PARTY_NUMBER_SIZE + 1];
        (void)arg;
        text_printf(where, sizeof where, " %s", slot->call.transfer_to);
        phone_side_notify(slot->phone, SCCP_LABEL_CALL_PARK_AT, where);
        return true;
}

/* For whoever reads the log: what there is to find this call by, here and at the PBX. */
static bool report(struct call_slot *slot, int about)
{
        const struct call *call = &slot->call;
        bool malicious = about == REPORT_MALICIOUS;
        char subject[96];
        text_printf(subject, sizeof subject, "call %u line %s", slot->id, slot->line->config->number);
        log_warning(subject, "%s, says the user of %s: %s %s \"%s\" to %s, %lld s old",
                    malicious ? "malicious call" : "bad quality", slot->phone->config->name,
                    call->incoming ? "incoming" : "outgoing", call->parties.calling.number, call->parties.calling.name,
                    call->parties.called.number,
                    (long long)(loop_now_ms(slot->phone->gateway->loop) - slot->began_ms) / 1000);
        phone_side_notify(
                slot->phone,
                malicious ? SCCP_LABEL_MALICIOUS_CALL_IDENTIFICATION_SUCCESSFUL : SCCP_LABEL_QUALITY_REPORT_TOOL, "");
        return true;
}

static bool answered_elsewhere(struct call_slot *slot, int arg)
{
        (void)arg;
        phone_side_answered_elsewhere(slot);
        return true;
}

static bool media_open(struct call_slot *slot, int arg)
{
        (void)arg;
        bool open = relay_open(slot->phone->gateway->relay, slot->id, &slot->ports);
        slot->streams += open;
        return open;
}

static bool media_close(struct call_slot *slot, int arg)
{
        (void)arg;
        relay_close(slot->phone->gateway->relay, slot->id);
        return true;
}

/* The two talk to each other: whoever still sends to us is not heard, until we are asked for again. */
static bool relay_rests(const struct call_slot *slot)
{
        static const struct endpoint nowhere;
        struct relay *relay = slot->phone->gateway->relay;
        return relay_set(relay, slot->id, RELAY_PHONE, &nowhere) && relay_set(relay, slot->id, RELAY_SIP, &nowhere) &&
               relay_hold(relay, slot->id, true);
}

static bool relay_ends(struct call_slot *slot, int silence_expected)
{
        struct relay *relay = slot->phone->gateway->relay;
        const struct media_stream *stream = &slot->call.stream;
        if (slot->call.direct)
                return relay_rests(slot);
        return digits_side_terms(slot) && relay_rtcp(relay, slot->id, RELAY_SIP, stream->rtcp_mux, &stream->far_rtcp) &&
               relay_secure(relay, slot->id, RELAY_PHONE, &slot->phone_keys) &&
               relay_set(relay, slot->id, RELAY_PHONE, &slot->call.phone_rtp) &&
               relay_secure(relay, slot->id, RELAY_SIP, &stream->keys) &&
               relay_set(relay, slot->id, RELAY_SIP, &slot->call.stream.far) &&
               relay_hold(relay, slot->id, silence_expected != 0);
}

static bool seat(struct call_slot *slot, int side)
{
        return conference_side_seat(slot, (enum call_side)side);
}

static bool unseat(struct call_slot *slot, int side)
{
        conference_side_unseat(slot, (enum call_side)side);
        return true;
}

static bool heir(struct call_slot *slot, int arg)
{
        (void)arg;
        conference_side_heir(slot);
        return true;
}

static bool bring(struct call_slot *slot, int arg)
{
        (void)arg;
        return conference_side_bring(slot);
}

static bool dial(struct call_slot *slot, int arg)
{
        (void)arg;
        return sip_side_dial(slot);
}

static bool ring(struct call_slot *slot, int arg)
{
        (void)arg;
        if (fork_rings_first(slot))
                sip_side_send(slot, SIP_CMD_RING, 0, 0);
        return true;
}

static bool answer(struct call_slot *slot, int arg)
{
        (void)arg;
        sip_side_send(slot, SIP_CMD_ANSWER, 0, 0);
        return true;
}

static bool refuse(struct call_slot *slot, int status)
{
        if (fork_leaves_last(slot, &status)) {
                sip_side_send(slot, SIP_CMD_REJECT, status, 0);
                sip_side_forget(slot);
        }
        return true;
}

static bool redirect(struct call_slot *slot, int reason)
{
        sip_side_redirect(slot, (enum redirect_reason)reason);
        fork_redirected(slot, reason == REDIRECT_BY_USER);
        sip_side_forget(slot);
        return true;
}

static bool set(struct call_slot *slot, int status)
{
        features_set(slot, status);
        return true;
}

static bool end(struct call_slot *slot, int cause)
{
        sip_side_send(slot, SIP_CMD_END, 0, cause);
        sip_side_forget(slot);
        return true;
}

static bool digit(struct call_slot *slot, int key)
{
        digits_side_say(slot, (char)key);
        return true;
}

static bool digit_info(struct call_slot *slot, int key)
{
        digits_side_inform(slot, (char)key);
        return true;
}

static bool reoffer(struct call_slot *slot, int arg)
{
        (void)arg;
        digits_side_may_come(slot); /* whatever we offer may come before the answer does */
        sip_side_send(slot, SIP_CMD_OFFER, 0, 0);
        return true;
}

static bool answer_reoffer(struct call_slot *slot, int arg)
{
        (void)arg;
        sip_side_send(slot, SIP_CMD_ACCEPT, 0, 0);
        return true;
}

static bool refuse_reoffer(struct call_slot *slot, int status)
{
        sip_side_send(slot, SIP_CMD_REFUSE, status, 0);
        return true;
}

static bool replace(struct call_slot *slot, int arg)
{
        (void)arg;
        refer_side_replace(slot);
        return true;
}

static bool refuse_replacement(struct call_slot *slot, int status)
{
        refer_side_refuse(slot, status);
        return true;
}

static bool refer_news(struct call_slot *slot, int status)
{
        sip_side_send(slot, SIP_CMD_REFER_NEWS, status, 0);
        return true;
}

/* Too late when one of the two has ended in the same turn. */
static bool transfer(struct call_slot *slot, int arg)
{
        (void)arg;
        struct call_slot *target = bridge_call(slot->phone->gateway, slot->call.partner);
        refer_side_transfer(slot, target);
        return true;
}

static bool tell_partner(struct call_slot *slot, int status)
{
        struct call_slot *partner = bridge_call(slot->phone->gateway, slot->call.partner);
        if (!partner || partner->phone != slot->phone)
                return true;
        if (partner->call.at_focus && status == 200)
                conference_list_arrived(partner, &slot->call);
        bridge_event(partner, &(struct event){.kind = EV_PARTNER, .partner = slot->id, .status = status});
        return true;
}

/* When the turn is over: two phones change then. */
static bool take(struct call_slot *slot, int arg)
{
        (void)arg;
        slot->take = true;
        return true;
}

static bool set_timer(struct call_slot *slot, int ms)
{
        if (ms)
                loop_timer_start(slot->phone->gateway->loop, &slot->timer, ms);
        else
                loop_timer_stop(&slot->timer);
        return true;
}

static bool done(struct call_slot *slot, int arg)
{
        (void)arg;
        slot->done = true;
        return true;
}

static bool (*const perform_one[ACTION_KINDS])(struct call_slot *slot, int arg) = {
        [DO_OPEN_RX] = open_rx,
        [DO_CLOSE_RX] = close_rx,
        [DO_START_TX] = start_tx,
        [DO_STOP_TX] = stop_tx,
        [DO_DIALED] = show_dialled,
        [DO_BACKSPACE] = take_digit_back,
        [DO_PARKED] = show_parked,
        [DO_REPORT] = report,
        [DO_ANSWERED_ELSEWHERE] = answered_elsewhere,
        [DO_MEDIA_OPEN] = media_open,
        [DO_MEDIA_CLOSE] = media_close,
        [DO_RELAY] = relay_ends,
        [DO_SEAT] = seat,
        [DO_UNSEAT] = unseat,
        [DO_HEIR] = heir,
        [DO_BRING] = bring,
        [DO_DIAL] = dial,
        [DO_RING] = ring,
        [DO_ANSWER] = answer,
        [DO_REFUSE] = refuse,
        [DO_REDIRECT] = redirect,
        [DO_SET] = set,
        [DO_END] = end,
        [DO_DIGIT] = digit,
        [DO_DIGIT_INFO] = digit_info,
        [DO_REOFFER] = reoffer,
        [DO_ANSWER_REOFFER] = answer_reoffer,
        [DO_REFUSE_REOFFER] = refuse_reoffer,
        [DO_REPLACE] = replace,
        [DO_REFUSE_REPLACEMENT] = refuse_replacement,
        [DO_REFER_NEWS] = refer_news,
        [DO_TRANSFER] = transfer,
        [DO_TELL_PARTNER] = tell_partner,
        [DO_TAKE] = take,
        [DO_TIMER] = set_timer,
        [DO_DONE] = done,
};

/* What a failed action is to the call. Nothing else can fail: phones that are away drop what they are told, and
 * commands for the SIP side wait until there is room. */
static const struct event failures[ACTION_KINDS] = {
        [DO_MEDIA_OPEN] = {.kind = EV_MEDIA_FAILED},
        [DO_OPEN_RX] = {.kind = EV_RX_FAILED},   /* it would have to be in the clear */
        [DO_START_TX] = {.kind = EV_MEDIA_DEAD}, /* as DO_RELAY */
        [DO_SEAT] = {.kind = EV_JOIN_FAILED},    /* status: which */
        [DO_BRING] = {.kind = EV_JOIN_FAILED, .status = CALL_SIDES},
        [DO_RELAY] = {.kind = EV_MEDIA_DEAD}, /* the relay cannot keep up: better no call than a deaf one */
        [DO_DIAL] = {.kind = EV_FAILED, .status = CAUSE_OVERLOAD},
};

/* Without ports the rest of the list is void; after any other failure the rest is still wanted. */
bool perform(struct call_slot *slot, const struct actions *actions, struct event *failure)
{
        bool failed = false;
        for (unsigned i = 0; i < actions->count; i++) {
                const struct action *action = &actions->at[i];
                if (failed && action->kind == DO_BRING) /* nobody joins who found no seat himself */
                        continue;
                if (perform_one[action->kind](slot, action->arg))
                        continue;
                assert(failures[action->kind].kind);
                *failure = failures[action->kind];
                if (action->kind == DO_SEAT)
                        failure->status = action->arg;
                failed = true;
                if (action->kind == DO_MEDIA_OPEN)
                        break;
        }
        return !failed;
}
