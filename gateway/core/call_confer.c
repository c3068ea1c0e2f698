/* A call in a conference. Towards the far end it is active whatever the phone does; which of its two sides speak in the
 * mixer follows from what it is (host, member) and is put right after every step. Only G.711 and G.722 are mixed: who
 * speaks anything else is offered these again before it takes part. Whoever cannot take part is held as before. */
#include "gateway/core/call_rules.h"

#define STATUS_DONE    200
#define STATUS_TIMEOUT 408
#define STATUS_NO_CALL 481
#define STATUS_BAD     500

#define Q850_OUT_OF_ORDER 27
#define Q850_NORMAL       16
#define Q850_TIMER        102

bool confer_is_mixed(const struct call *call)
{
        return call->relayed && media_is_mixed(call->stream.codec);
}

bool call_can_confer(const struct call *call)
{
        bool any = false;
        for (size_t i = 0; i < call->ours.n_codecs; i++)
                any |= media_is_mixed(call->ours.codecs[i].codec);
        return any && call->relayed;
}

bool confer_may_mix(struct audio *ours)
{
        uint8_t kept = 0;
        for (size_t i = 0; i < ours->n_codecs; i++)
                if (media_is_mixed(ours->codecs[i].codec))
                        ours->codecs[kept++] = ours->codecs[i];
        ours->n_codecs = kept;
        return kept > 0;
}

static bool same_terms(const struct media_stream *a, const struct media_stream *b)
{
        return a->codec == b->codec && a->far_codec == b->far_codec && a->payload_type == b->payload_type &&
               a->packet_ms == b->packet_ms && a->dtmf_payload_type == b->dtmf_payload_type;
}

uint32_t call_room(const struct call *call)
{
        return call->conference ? call->conference : call->barge;
}

/* Of who has joined on another phone only that phone speaks; the call itself is mixed while its own phone is in it. */
static bool is_barging(const struct call *call, enum call_side side)
{
        if (call->state == CALL_BARGED)
                return side == SIDE_PHONE;
        return call->state == CALL_TALKING && (side == SIDE_PHONE || call->stream.send);
}

/* A far end that holds us does not speak: nobody wants its music. */
static bool is_wanted(const struct call *call, enum call_side side)
{
        if (!call_room(call) || !call->relayed || !media_is_mixed(call->stream.codec))
                return false;
        if (!call->conference)
                return is_barging(call, side);
        if (side == SIDE_PHONE)
                return call->host && call->rx == RX_OPEN;
        return call->state != CALL_JOINING && call->stream.send;
}

static bool unseat(struct step *step, enum call_side side)
{
        bool seated = step->call->seated[side];
        if (seated)
                call_act(step, DO_UNSEAT, (int)side);
        step->call->seated[side] = false;
        return seated;
}

static bool seat(struct step *step, enum call_side side)
{
        bool seated = step->call->seated[side];
        if (!seated)
                call_act(step, DO_SEAT, (int)side);
        step->call->seated[side] = true;
        return !seated;
}

void confer_unseat(struct step *step)
{
        for (enum call_side side = 0; side < CALL_SIDES; side++)
                unseat(step, side);
}

void confer_follow(struct step *step)
{
        struct call *call = step->call;
        bool changed = false;
        bool moved = !same_terms(&call->stream, &call->seated_as) || call->seated_in != call_room(call);
        for (enum call_side side = 0; side < CALL_SIDES; side++)
                if (moved || !is_wanted(call, side))
                        changed |= unseat(step, side);
        call->seated_as = call->stream;
        call->seated_in = call_room(call);
        for (enum call_side side = CALL_SIDES; side-- > 0;)
                if (is_wanted(call, side))
                        changed |= seat(step, side);
        if (changed)
                call_relay_tell(step);
        if (call->brings)
                call_act(step, DO_BRING, 0);
        call->brings = false;
}

/* Of one conference at a time; their offer is answered first, by all we can do; who is being sent elsewhere goes. */
static bool cannot_take_part(const struct step *step)
{
        const struct call *call = step->call;
        return call->reoffer_due || call->referred || call->transfer == TRANSFER_SENT ||
               (call->conference && call->conference != step->event->partner);
}

static void take_part(struct step *step)
{
        struct call *call = step->call;
        call->conference = step->event->partner;
        call->apart = call->selected = false;
        call->muted = call->by_itself = false; /* its user has it in his hand */
        call->barge = 0;
        confer_may_mix(&call->ours);
}

enum call_state confer_host(struct step *step)
{
        struct call *call = step->call;
        if (cannot_take_part(step))
                return call->state;
        take_part(step);
        call->host = true;
        call->purpose = CALL_PLAIN;
        call->partner = 0;
        if (!media_is_mixed(call->stream.codec))
                call_reoffer_send(step, false);
        return call->state;
}

/* The channels go; what they wait for in an offer of theirs is said now. */
static void phone_leaves(struct step *step)
{
        call_media_off(step);
        call_relay_tell(step);
        call_reoffer_answer(step, false);
        call_timer(step, 0);
        step->call->host = false;
}

enum call_state confer_joined(struct step *step)
{
        struct call *call = step->call;
        call->waits = false;
        call->consulting = CALL_PLAIN;
        if (!call->bridging)
                return CALL_MEMBER;
        call->bridging = false;
        call->brings = true;
        call->bridged = call->parted = true;
        call->transfer = TRANSFER_NONE;
        return CALL_MEMBER;
}

enum call_state confer_join(struct step *step)
{
        struct call *call = step->call;
        if (cannot_take_part(step))
                return call->state;
        phone_leaves(step);
        take_part(step);
        call->parted = call->bridged = step->event->status != 0;
        call->handed = false;
        call->purpose = CALL_PLAIN;
        call->partner = call->bridged ? step->event->partner : 0;
        if (!call->waits && media_is_mixed(call->stream.codec) && way_at_relay(call))
                return confer_joined(step);
        call_reoffer_send(step, false);
        return CALL_JOINING;
}

/* A transfer that the far end does not do for us: it is connected here to who was to take our place. */
bool confer_bridges(struct step *step)
{
        static const int refusals[] = {403, 405, 501, 603};
        const struct call *call = step->call;
        bool refused = false;
        for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
                refused |= refusals[i] == step->event->status;
        return refused && call->state == CALL_HELD && !call->conference && !call->handed && call->partner &&
               call_can_confer(call) && step->rules->transfer_bridge;
}

enum call_state confer_bridge(struct step *step)
{
        struct call *call = step->call;
        call->bridging = true;
        call->conference = call->reference;
        confer_may_mix(&call->ours);
        call_reoffer_send(step, false);
        return CALL_JOINING;
}

/* The phone is there and takes it back on hold; else it is over. */
static enum call_state go_apart(struct step *step, int status)
{
        struct call *call = step->call;
        if (call->parted && (!call->bridged || call->abandoned))
                return call_over(step, 0, Q850_OUT_OF_ORDER);
        bool told = call->bridging || call->bridged || status;
        if (told)
                call->transfer = TRANSFER_FAILED;
        call->bridging = call->bridged = call->parted = call->host = false;
        if (told)
                call_act(step, DO_TELL_PARTNER, status);
        call->consulting = CALL_PLAIN;
        call->conference = 0;
        call->apart = call->returned = true;
        if (call_is_active(call))
                return call->state;
        if (!call->waits || call->reoffer_out)
                call_reoffer_send(step, true);
        call->waits = true;
        return CALL_HELD;
}

/* Of a transfer that became a bridge: whether the other one talks now. */
enum call_state confer_bridge_news(struct step *step)
{
        if (step->event->status != STATUS_DONE)
                return go_apart(step, 0);
        step->call->bridged = false;
        return step->call->state;
}

enum call_state confer_alone(struct step *step)
{
        struct call *call = step->call;
        if (!call->conference)
                return call->state;
        if (!call->host)
                return go_apart(step, 0);
        call->host = false;
        call->conference = 0;
        if (call->state == CALL_HELD) {
                call->waits = true;
                call_reoffer_send(step, true);
        }
        return call->state;
}

enum call_state confer_codec_refused(struct step *step)
{
        const struct call *call = step->call;
        return media_is_mixed(call->stream.codec) && way_at_relay(call) ? call->state : go_apart(step, 0);
}

enum call_state confer_answered(struct step *step)
{
        struct call *call = step->call;
        const struct event *event = step->event;
        struct media_stream agreed;
        struct audio ours = call_ours(step);
        bool usable = !event->audio_bad && media_agree(&ours, &event->audio, &agreed);
        if (call_reoffer_over(step))
                return call->state;
        if (usable) {
                call->remote = event->audio;
                call->stream = agreed;
                call_relay_tell(step);
        }
        call->waits = false; /* they have been told, whatever became of it */
        if (call->state == CALL_MEMBER)
                return CALL_MEMBER;
        return usable ? confer_joined(step) : go_apart(step, call->bridging ? STATUS_BAD : 0);
}

enum call_state confer_refused(struct step *step)
{
        struct call *call = step->call;
        int status = step->event->status;
        if (status == STATUS_TIMEOUT || status == STATUS_NO_CALL) /* as of any call: its dialog is dead */
                return call_over(step, 0, Q850_NORMAL);
        if (call_reoffer_over(step) || call->state == CALL_MEMBER)
                return call->state;
        return go_apart(step, call->bridging ? status : 0);
}

/* Theirs, while we are active to them whatever the phone does. */
enum call_state confer_reoffer(struct step *step)
{
        struct call *call = step->call;
        if (!call_reoffer_read(step, false))
                return call->state;
        media_agree(&call->local, &call->remote, &call->stream);
        call_relay_tell(step);
        call_reoffer_answer(step, false);
        return call->state;
}

enum call_state confer_part(struct step *step)
{
        struct call *call = step->call;
        if (!call->conference)
                return call->state;
        phone_leaves(step);
        call->parted = true;
        call->selected = false;
        call->consulting = CALL_PLAIN;
        return call->state == CALL_JOINING ? CALL_JOINING : CALL_MEMBER;
}

enum call_state confer_phone_lost(struct step *step)
{
        struct call *call = step->call;
        bool stays = call->parted || call->bridging || !step->rules->conference_ends;
        call->abandoned = true;
        return stays ? confer_part(step) : call_over(step, 0, Q850_OUT_OF_ORDER);
}

/* It may be of another line than the host was. */
enum call_state confer_heir_of(struct step *step)
{
        step->call->host = step->call->returned = true;
        if (step->event->status == 0)
                return CALL_HELD;
        call_rx_open(step);
        return CALL_RESUMING;
}

/* The phone keeps whom it has; without the phone's own seat that is only this call. */
enum call_state confer_no_seat(struct step *step)
{
        struct call *call = step->call;
        int side = step->event->status;
        if (side == CALL_SIDES)
                return go_apart(step, STATUS_BAD);
        call->seated[side] = false;
        if (!call->conference) /* who wanted to join cannot */
                call->barge = 0;
        return call->conference ? go_apart(step, 0) : call->state;
}

enum call_state confer_dead(struct step *step)
{
        const struct call *call = step->call;
        return call->stream.send ? call_over(step, 0, Q850_TIMER) : call->state;
}

enum call_state confer_select(struct step *step)
{
        step->call->selected = !step->call->selected;
        return step->call->state;
}
