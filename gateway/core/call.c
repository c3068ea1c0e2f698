/* The rules of a call: which event does what in which state. This table is the specification; tests/call_matrix.txt
 * is its printed form. A pair without a rule means nothing and is ignored. */
#include "gateway/core/call.h"

#include <assert.h>
#include <string.h>

#include "gateway/core/call_rules.h"

#define IN(state) (1u << CALL_##state)

#define TYPING   (IN(OFF_HOOK) | IN(DIALING))
#define SENT     (IN(CALLING) | IN(RINGBACK) | IN(EARLY))
#define TAKEN    (IN(OFFERED) | IN(ANSWERING))
#define UP       (IN(AGREEING) | IN(OPENING) | IN(TALKING) | IN(HELD) | IN(RESUMING))
#define CONFER   (IN(JOINING) | IN(MEMBER))
#define ANYTHING (TYPING | IN(PREPARING) | SENT | TAKEN | UP | CONFER | IN(FAILED))
#define REMOTE   (IN(REMOTE) | IN(REMOTE_HELD))
#define BARGE    (IN(BARGING) | IN(BARGED))
#define SETTLED  (IN(OPENING) | IN(TALKING) | IN(HELD))

static const struct rule {
        unsigned in; /* bits of states */
        enum event_kind on;
        call_run *run;
} rules[] = {
        {IN(IDLE), EV_OFF_HOOK, dial_begin},
        {IN(IDLE) | TYPING, EV_NUMBER, dial_number},
        {TYPING, EV_DIGIT, dial_digit},
        {IN(EARLY) | IN(OPENING) | IN(TALKING) | IN(RESUMING) | IN(BARGED), EV_DIGIT, talk_digit},
        {IN(DIALING), EV_BACKSPACE, dial_backspace},
        {IN(DIALING), EV_DIAL, dial_done},
        {TYPING, EV_PRIVATE, dial_private},
        {IN(OFF_HOOK), EV_TIMEOUT, dial_too_late},
        {IN(DIALING), EV_TIMEOUT, dial_done},
        {IN(PREPARING), EV_RX_OPEN, dial_prepared},
        {IN(PREPARING), EV_RX_FAILED, end_no_channel},
        {IN(PREPARING), EV_TIMEOUT, end_no_channel},

        {IN(CALLING), EV_MEDIA_FAILED, end_no_ports},
        {IN(CALLING) | IN(RINGBACK), EV_PROGRESS, ring_there},
        {SENT, EV_EARLY, ring_early},
        {IN(EARLY), EV_RX_OPEN, ring_early_open},
        {IN(EARLY), EV_RX_FAILED, end_no_channel},
        {IN(EARLY), EV_TX_FAILED, end_no_channel},
        {IN(EARLY), EV_REOFFER, ring_early_reoffer},
        {IN(CALLING) | IN(RINGBACK), EV_REOFFER, reoffer_glare},
        {SENT, EV_ANSWERED, ring_answered},
        {IN(CALLING), EV_FAILED, pickup_refused},
        {SENT & ~IN(CALLING), EV_FAILED, end_failed},
        {SENT, EV_ENDED, end_failed},
        {SENT, EV_TIMEOUT, ring_too_long},

        {IN(IDLE), EV_SET, set_begin},
        {IN(TELLING), EV_ANSWERED, set_answered},
        {IN(TELLING), EV_FAILED, set_refused},
        {IN(TELLING), EV_ENDED, set_ended},
        {IN(TELLING), EV_TIMEOUT, set_timeout},
        {IN(TELLING), EV_HANG_UP, set_gone},
        {IN(TELLING), EV_REOFFER, reoffer_glare},
        {IN(TELLING), EV_PHONE_LOST, transfer_stays},
        {IN(TELLING), EV_PHONE_AWAY, transfer_stays},

        {IN(IDLE), EV_RECALL, recall_begin},
        {IN(IDLE), EV_OFFER, ring_here},
        {TAKEN, EV_MEDIA_FAILED, end_no_ports},
        {IN(OFFERED), EV_ANSWER, ring_answer},
        {IN(OFFERED), EV_ANSWER_ALONE, ring_answer_alone},
        {IN(OFFERED), EV_TIMEOUT, divert_unanswered},
        {IN(OFFERED), EV_DIVERT, divert_by_user},
        {IN(ANSWERING), EV_RX_OPEN, ring_answer_open},
        {IN(ANSWERING), EV_RX_FAILED, end_no_channel},
        {IN(ANSWERING), EV_TIMEOUT, end_no_channel},
        {TAKEN, EV_REOFFER, reoffer_not_yet},
        {TAKEN, EV_ENDED, end_caller_gone},
        {IN(AGREEING), EV_ACK_AUDIO, ring_agreed},
        {IN(AGREEING), EV_TIMEOUT, end_no_codec},
        {IN(AGREEING), EV_REOFFER, reoffer_glare},

        {IN(OPENING), EV_RX_OPEN, talk_opened},
        {IN(OPENING), EV_RX_FAILED, end_no_channel},
        {IN(OPENING), EV_TIMEOUT, end_no_channel},
        {IN(TALKING), EV_TX_FAILED, end_no_channel},
        {IN(TALKING), EV_MEDIA_DEAD, end_dead},
        {IN(AGREEING) | IN(OPENING) | IN(TALKING), EV_HOLD, talk_hold},
        {IN(OPENING) | IN(TALKING), EV_REOFFER, talk_reoffer},
        {IN(HELD), EV_REOFFER, held_reoffer},
        {IN(HELD), EV_RESUME, held_resume},
        {IN(HELD), EV_REMIND, held_remind},
        {IN(RESUMING), EV_RX_OPEN, held_resumed},
        {IN(RESUMING), EV_RX_FAILED, held_stays},
        {IN(RESUMING), EV_TIMEOUT, held_stays},
        {IN(RESUMING), EV_HOLD, held_stays},
        {IN(RESUMING), EV_REOFFER, reoffer_glare},
        {UP & ~IN(AGREEING), EV_REOFFER_ANSWERED, reoffer_answered},
        {UP & ~IN(AGREEING), EV_ACK_AUDIO, reoffer_answered},
        {UP & ~IN(AGREEING), EV_REOFFER_FAILED, reoffer_failed},
        {UP, EV_ENDED, end_far},

        {IN(HELD) | IN(TALKING), EV_TRANSFER, transfer_begin},
        {SETTLED, EV_REFERRED, transfer_referred},
        {SENT, EV_REPLACED, replace_early},
        {SETTLED | CONFER, EV_REPLACED, replace_up},
        {UP & ~IN(AGREEING), EV_TRANSFER_NEWS, transfer_news},
        {SETTLED, EV_HAND_OVER, transfer_hand_over},
        {UP & ~IN(AGREEING), EV_PARTNER, transfer_partner},
        {IN(LEAVING), EV_PARTNER, transfer_left},
        {IN(LEAVING), EV_TIMEOUT, transfer_gone},
        {IN(LEAVING), EV_HANG_UP, transfer_gone},
        {IN(LEAVING), EV_ENDED, end_far},
        {IN(LEAVING), EV_REOFFER, reoffer_glare},
        {IN(LEAVING), EV_PHONE_LOST, transfer_stays},

        {IN(TALKING) | IN(HELD), EV_PHONE_AWAY, away_begin},
        {IN(AWAY), EV_PHONE_BACK, away_back},
        {IN(AWAY), EV_TIMEOUT, end_phone_lost},
        {IN(AWAY), EV_REOFFER, away_reoffer},
        {IN(AWAY), EV_REOFFER_ANSWERED, away_answered},
        {IN(AWAY), EV_ACK_AUDIO, away_answered},
        {IN(AWAY), EV_REOFFER_FAILED, reoffer_failed},
        {IN(AWAY), EV_ENDED, end_far},
        {IN(AWAY), EV_MEDIA_DEAD, away_dead},
        {IN(AWAY), EV_TRANSFER_NEWS, transfer_news},
        {IN(AWAY), EV_PARTNER, transfer_partner},
        {IN(LEAVING), EV_PHONE_AWAY, transfer_stays},

        {IN(OPENING) | IN(TALKING), EV_CONFER, confer_host},
        {SETTLED | IN(LEAVING), EV_JOIN, confer_join},
        {IN(HELD), EV_GATHER, focus_gather},
        {SETTLED | IN(RESUMING) | CONFER, EV_PART, confer_part},
        {IN(MEMBER), EV_HEIR, confer_heir_of},
        {SETTLED | IN(RESUMING) | IN(JOINING), EV_ALONE, confer_alone},
        {SETTLED | IN(MEMBER), EV_JOIN_FAILED, confer_no_seat},
        {CONFER, EV_REOFFER_ANSWERED, confer_answered},
        {CONFER, EV_ACK_AUDIO, confer_answered},
        {CONFER, EV_REOFFER_FAILED, confer_refused},
        {CONFER, EV_REOFFER, confer_reoffer},
        {CONFER, EV_PARTNER, transfer_partner},
        {CONFER, EV_ENDED, end_far},
        {IN(HELD) | IN(MEMBER), EV_MEDIA_DEAD, confer_dead},
        {SETTLED | IN(ANSWERING) | IN(AGREEING) | IN(RESUMING), EV_SELECT, confer_select},

        {IN(IDLE) | IN(OFFERED) | REMOTE | BARGE, EV_REMOTE, remote_show},
        {REMOTE | BARGE, EV_REMOTE_OVER, remote_over},
        {REMOTE | BARGE, EV_PHONE_LOST, remote_over},
        {REMOTE | BARGE, EV_PHONE_AWAY, remote_over},
        {IN(REMOTE_HELD), EV_RESUME, remote_take},
        {IN(REMOTE), EV_STEAL, remote_take},
        {IN(HELD) | IN(AWAY), EV_MOVED, remote_moved},
        {IN(REMOTE), EV_BARGE, barge_begin},
        {IN(BARGING), EV_MEDIA_FAILED, barge_no_ports},
        {IN(BARGING), EV_RX_OPEN, barge_opened},
        {IN(BARGING), EV_RX_FAILED, barge_off},
        {IN(BARGING), EV_TIMEOUT, barge_off},
        {IN(BARGED), EV_TX_FAILED, barge_off},
        {IN(BARGED), EV_MEDIA_DEAD, barge_off},
        {IN(BARGED), EV_JOIN_FAILED, barge_off},
        {BARGE, EV_HANG_UP, barge_off},
        {UP | IN(AWAY), EV_BARGED, barge_note},
        {SENT | IN(TALKING), EV_PRIVATE, note_secret},

        {IN(FAILED), EV_TIMEOUT, end_tone},
        {SENT | TAKEN | UP | CONFER | IN(AWAY), EV_IDENTITY, note_identity},
        {TAKEN | UP, EV_MALICIOUS, note_malicious},
        {IN(EARLY) | (UP & ~IN(HELD)), EV_QUALITY, note_quality},
        {ANYTHING | IN(AWAY), EV_HANG_UP, end_hang_up},
        {ANYTHING | IN(AWAY), EV_PHONE_LOST, end_phone_lost},
        {ANYTHING & ~(IN(TALKING) | IN(HELD)), EV_PHONE_AWAY, end_phone_lost},
};

static const struct rule *rule_find(enum call_state state, enum event_kind kind)
{
        for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
                if (rules[i].on == kind && (rules[i].in & 1u << state))
                        return &rules[i];
        return NULL;
}

/* An ack without an address is a refusal (protocol/README section 5). */
static enum event_kind kind_of(const struct event *event)
{
        return event->kind == EV_RX_OPEN && !media_reachable(&event->rtp) ? EV_RX_FAILED : event->kind;
}

static bool awaits_ack(const struct call *call)
{
        return call->rx == RX_PENDING;
}

static bool sends(const struct call *call)
{
        return call->tx;
}

static bool awaits_audio(const struct call *call)
{
        return call->reoffer_out;
}

static bool awaits_outcome(const struct call *call)
{
        return call->transfer == TRANSFER_SENT;
}

/* A held call is silent, unless it is a conference. */
static bool is_heard(const struct call *call)
{
        return call->state != CALL_HELD || call->conference;
}

static bool awaits_time(const struct call *call)
{
        return call->timer;
}

/* Events that answer something mean nothing when it was never asked or is settled: late and double acks. */
static bool (*const awaited[EVENT_KINDS])(const struct call *) = {
        [EV_RX_OPEN] = awaits_ack,     [EV_RX_FAILED] = awaits_ack,          [EV_TX_FAILED] = sends,
        [EV_ACK_AUDIO] = awaits_audio, [EV_REOFFER_ANSWERED] = awaits_audio, [EV_REOFFER_FAILED] = awaits_audio,
        [EV_TIMEOUT] = awaits_time,    [EV_TRANSFER_NEWS] = awaits_outcome,  [EV_MEDIA_DEAD] = is_heard,
};

static bool is_key(char digit)
{
        return digit != '\0' && strchr("0123456789*#+", digit) != NULL;
}

bool call_step(struct call *call, const struct event *event, const struct call_rules *call_rules, struct actions *out)
{
        enum event_kind kind = kind_of(event);
        const struct rule *rule = rule_find(call->state, kind);
        out->count = 0;
        if (!rule || (awaited[kind] && !awaited[kind](call)) || (kind == EV_DIGIT && !is_key(event->digit)))
                return false;
        if (kind == EV_TIMEOUT)
                call->timer = false;
        struct step step = {call, event, call_rules, out};
        call->state = rule->run(&step);
        if (call->state != CALL_IDLE) {
                way_follow(&step);
                confer_follow(&step);
        }
        assert(call->timer == call_is_waiting(call->state));
        return true;
}

bool call_takes(enum call_state state, enum event_kind event)
{
        return rule_find(state, event) != NULL;
}

static const struct {
        const char *word;
        bool waits, active;
} states[CALL_STATE_COUNT] = {
#define X(name, word, waits, active) [name] = {word, waits, active},
        CALL_STATES(X)
#undef X
};

bool call_is_active(const struct call *call)
{
        return states[call->state].active;
}

bool call_is_up(enum call_state state)
{
        return SETTLED & 1u << state;
}

bool call_is_waiting(enum call_state state)
{
        return states[state].waits;
}

bool call_held_by_far(const struct call *call)
{
        return call->state == CALL_TALKING && !call->stream.send;
}

bool call_is_hidden(const struct call *call)
{
        return call->state == CALL_LEAVING || call->state == CALL_MEMBER || call->state == CALL_TELLING ||
               (call->state == CALL_JOINING && call->parted);
}

bool call_is_remote(const struct call *call)
{
        return (REMOTE | BARGE) & 1u << call->state;
}

bool call_is_setting(enum call_purpose purpose)
{
        return purpose >= CALL_FORWARD_ALL && purpose <= CALL_DND;
}

const char *call_state_name(enum call_state state)
{
        return state < CALL_STATE_COUNT ? states[state].word : "unknown";
}
