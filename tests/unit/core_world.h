/* A model of the world around one phone's calls: it performs actions as the gateway would, and knows what may never
 * happen. A broken law prints the law, the seed and the last events, and aborts. */
#ifndef SCCPGW_TESTS_CORE_WORLD_H
#define SCCPGW_TESTS_CORE_WORLD_H

#include "gateway/core/conference.h"
#include "gateway/core/look.h"
#include "gateway/core/phone.h"
#include "tests/unit/core_story.h"

#define WORLD_CALLS 16
#define WORLD_LINES 2
#define WORLD_TRAIL 40

enum world_dialog { NOT_YET, CALLED_OUT, CAME_IN, CONFIRMED, OVER };

/* What one call has out there. */
struct world_call {
        struct call call;
        enum world_dialog dialog;
        bool rx, rx_acked, tx, relay, timer;
        bool seated[CALL_SIDES];
        enum call_side no_seat;            /* EV_JOIN_FAILED for it has to come next; CALL_SIDES: for none */
        bool no_ports;                     /* EV_MEDIA_FAILED has to come next */
        bool offerless;                    /* they came without a description, our answer carries an offer */
        bool offer_out;                    /* ours, unanswered */
        unsigned offers_in;                /* theirs, unanswered */
        bool again;                        /* the first dialog was refused, and there is a code instead */
        bool replaced;                     /* a new dialog took the place of the first one */
        bool referred;                     /* the far end waits for news of who it sent us to */
        bool tx_direct, rests;             /* the phone sends to the far end; the relay lets nothing through */
        struct endpoint believed, offered; /* where the far end sends to, and will; no address: the relay */
};

struct world {
        struct world_call calls[WORLD_CALLS];
        struct call_rules rules;
        struct phone_view view;
        const struct call *viewed[WORLD_CALLS];
        size_t slots[WORLD_CALLS]; /* of viewed */
        uint64_t random, seed, age;
        uint32_t references;
        bool away; /* the phone has lost us */
        char trail[WORLD_TRAIL][160];
        unsigned long steps;
        bool seen[CALL_STATE_COUNT][EVENT_KINDS];
        unsigned long left_relay, came_back;
};

static inline void world_law(const struct world *w, bool holds, const char *law)
{
        if (holds)
                return;
        fprintf(stderr, "broken after %lu steps of seed %llu: %s\n", w->steps, (unsigned long long)w->seed, law);
        for (unsigned long i = 1; i <= WORLD_TRAIL; i++)
                fprintf(stderr, "  %s\n", w->trail[(w->steps + i) % WORLD_TRAIL]);
        abort();
}

/* xorshift64* (Vigna 2016) */
static inline unsigned world_random(struct world *w, unsigned below)
{
        w->random ^= w->random >> 12;
        w->random ^= w->random << 25;
        w->random ^= w->random >> 27;
        return (unsigned)((w->random * 0x2545F4914F6CDD1DULL) >> 33) % below;
}

static inline bool world_is_over(const struct world_call *c)
{
        return c->dialog == NOT_YET || c->dialog == OVER;
}

static inline void world_phone_action(struct world *w, struct world_call *c, enum action_kind kind)
{
        const struct call *call = &c->call;
        switch ((unsigned)kind) {
        case DO_OPEN_RX:
                world_law(w, !c->rx && call->stream.codec != CODEC_NONE, "one receive channel, with a codec");
                c->rx = true;
                c->rx_acked = false;
                break;
        case DO_CLOSE_RX:
                world_law(w, c->rx, "only what is open is closed");
                c->rx = c->rx_acked = false;
                break;
        case DO_START_TX:
                world_law(w, !c->tx && c->rx_acked, "started once, and behind the ack");
                world_law(w, (media_reachable(&call->stream.far) || call->remote_of) && call->stream.send,
                          "there is somebody to send to");
                c->tx = true;
                c->tx_direct = call->direct;
                break;
        case DO_STOP_TX:
                world_law(w, c->tx, "only what was started is stopped");
                c->tx = false;
                break;
        case DO_DIALED:
                world_law(w, *call->dialled != '\0', "a number was dialled");
                break;
        case DO_BACKSPACE:
                world_law(w, call->state == CALL_DIALING || call->state == CALL_OFF_HOOK, "digits are typed");
                break;
        case DO_ANSWERED_ELSEWHERE:
                world_law(w, call->incoming, "an incoming call");
                break;
        }
}

static inline void world_local_law(const struct world *w, const struct call *call)
{
        world_law(w, call->local.n_codecs > 0, "a description has codecs");
        struct endpoint relay = {0};
        bool relayed = endpoint_equal(&call->local.rtp, &relay);
        world_law(w, call->chooses || !call->direct || !relayed, "a direct description has an address");
        world_law(w, call->chooses || call->direct || relayed, "the relay's address is not the core's to know");
        world_law(w, !call->chooses || relayed || endpoint_equal(&call->local.rtp, &call->phone_rtp),
                  "who may choose says the phone's address, or leaves it to the relay");
        world_law(w, relayed || !call->local.rtcp_mux, "phones have RTCP on a port of its own");
}

static inline void world_far_action(struct world *w, struct world_call *c, const struct action *action)
{
        const struct call *call = &c->call;
        switch ((unsigned)action->kind) {
        case DO_DIAL:
                world_law(w, *call->number && (c->dialog == NOT_YET || (c->dialog == OVER && !c->again)),
                          "called out once, or once more by a code");
                c->again = c->dialog == OVER;
                world_local_law(w, call);
                c->dialog = CALLED_OUT;
                break;
        case DO_RING:
                world_law(w, c->dialog == CAME_IN, "rings for a call that came");
                break;
        case DO_ANSWER:
                world_law(w, c->dialog == CAME_IN && (c->rx_acked || c->replaced), "answered once, behind the ack");
                world_local_law(w, call);
                world_law(w, c->offerless || call->local.n_codecs == 1, "an answer names one codec");
                c->dialog = CONFIRMED;
                c->offer_out = c->offerless;
                *(c->offer_out ? &c->offered : &c->believed) = call->local.rtp;
                break;
        case DO_REFUSE:
                world_law(w, c->dialog == CAME_IN && action->arg >= 400, "one final answer to an offer");
                c->dialog = OVER;
                break;
        case DO_REDIRECT:
                world_law(w, c->dialog == CAME_IN && *call->transfer_to, "an offer goes somewhere");
                c->dialog = OVER;
                break;
        case DO_END:
                world_law(w, c->dialog == CALLED_OUT || c->dialog == CONFIRMED || (c->replaced && c->dialog == CAME_IN),
                          "one end of a dialog");
                c->dialog = OVER;
                break;
        case DO_REOFFER:
                world_law(w, c->dialog == CONFIRMED && !c->offer_out && !c->offers_in, "offers do not cross");
                world_local_law(w, call);
                c->offer_out = true;
                c->offered = call->local.rtp;
                break;
        case DO_ANSWER_REOFFER:
                world_law(w, c->offers_in == 1, "one answer to an offer");
                world_local_law(w, call);
                c->offers_in = 0;
                *(call->reoffer_out && !c->offer_out ? &c->offered : &c->believed) = call->local.rtp;
                c->offer_out = call->reoffer_out;
                break;
        case DO_REPLACE:
                c->dialog = CAME_IN;
                c->replaced = true;
                c->believed = c->offered = (struct endpoint){0};
                c->referred = false; /* nobody waits for news any more */
                c->offer_out = false;
                c->offers_in = 0;
                break;
        case DO_REFUSE_REPLACEMENT:
                world_law(w, !world_is_over(c) && action->arg >= 400, "a new call is refused, the old one stays");
                break;
        case DO_REFER_NEWS:
                world_law(w, c->referred && action->arg >= 200, "one final word to who sent us away");
                c->referred = false;
                break;
        case DO_TRANSFER:
                world_law(w, c->dialog == CONFIRMED && (call->partner != 0) != (*call->transfer_to != '\0'),
                          "somebody is sent somewhere");
                break;
        case DO_REFUSE_REOFFER:
                world_law(w, c->offers_in > 0 && action->arg >= 400, "one answer to an offer");
                c->offers_in--;
                break;
        }
}

static inline void world_own_action(struct world *w, struct world_call *c, const struct action *action, bool last)
{
        switch ((unsigned)action->kind) {
        case DO_MEDIA_OPEN:
                world_law(w, !c->relay && !c->call.direct, "ports are bound once");
                c->no_ports = world_random(w, 40) == 0;
                c->relay = !c->no_ports;
                break;
        case DO_SEAT:
                world_law(w, !c->seated[action->arg] && c->relay && call_room(&c->call), "a seat is taken once");
                world_law(w, action->arg == SIDE_FAR || c->rx_acked,
                          "the phone speaks in a conference through its channel");
                c->seated[action->arg] = true;
                if (world_random(w, 30) == 0)
                        c->no_seat = (enum call_side)action->arg;
                break;
        case DO_UNSEAT:
                world_law(w, c->seated[action->arg], "only who sits leaves");
                c->seated[action->arg] = false;
                break;
        case DO_MEDIA_CLOSE:
                world_law(w, c->relay, "only bound ports are given back");
                world_law(w, !c->seated[SIDE_PHONE] && !c->seated[SIDE_FAR], "nobody speaks through closed ports");
                c->relay = false;
                break;
        case DO_RELAY:
                world_law(w, c->relay, "there is a relay");
                c->rests = c->call.direct;
                break;
        case DO_TIMER:
                c->timer = action->arg > 0;
                break;
        case DO_SET:
                world_law(w, call_is_setting(c->call.purpose), "there is something to set");
                break;
        case DO_DONE:
                world_law(w, last && c->call.state == CALL_IDLE, "done is the last word");
                break;
        }
}

static inline bool world_give(struct world *w, struct world_call *c, const struct event *event);

static inline struct world_call *world_call_named(struct world *w, uint32_t reference)
{
        for (size_t i = 0; i < WORLD_CALLS; i++)
                if (reference && w->calls[i].call.reference == reference && w->calls[i].call.state != CALL_IDLE)
                        return &w->calls[i];
        return NULL;
}

static inline void world_view(struct world *w)
{
        w->view.n_calls = 0;
        for (size_t i = 0; i < WORLD_CALLS; i++)
                if (w->calls[i].call.state != CALL_IDLE) {
                        w->slots[w->view.n_calls] = i;
                        w->viewed[w->view.n_calls++] = &w->calls[i].call;
                }
}

/* False: EV_JOIN_FAILED has to come next. */
static inline bool world_conference_action(struct world *w, const struct world_call *c, const struct action *action)
{
        struct event event = {
                .kind = action->kind == DO_BRING ? EV_JOIN : EV_HEIR, .partner = c->call.conference, .status = 1};
        if (action->kind == DO_HEIR) {
                world_view(w);
                int heir = conference_heir(&w->view, c->call.conference);
                if (heir >= 0)
                        world_law(w, world_give(w, &w->calls[w->slots[heir]], &event), "who inherits takes it");
        }
        if (action->kind != DO_BRING)
                return true;
        struct world_call *partner = world_call_named(w, c->call.partner);
        return partner && world_give(w, partner, &event) && partner->call.conference == event.partner;
}

static inline void world_partner_action(struct world *w, const struct world_call *c, const struct action *action)
{
        struct event event = {.kind = EV_PARTNER, .partner = c->call.reference, .status = action->arg};
        if (action->kind != DO_TELL_PARTNER)
                return;
        world_law(w, c->call.partner != 0, "there was a partner");
        struct world_call *partner = world_call_named(w, c->call.partner);
        if (partner)
                world_give(w, partner, &event);
}

/* Performs a step's actions; what follows a failed DO_MEDIA_OPEN is dropped. */
static inline bool world_perform(struct world *w, struct world_call *c, const struct actions *actions)
{
        bool brought = true;
        for (unsigned i = 0; i < actions->count && !c->no_ports; i++) {
                world_phone_action(w, c, actions->at[i].kind);
                world_far_action(w, c, &actions->at[i]);
                world_own_action(w, c, &actions->at[i], i + 1 == actions->count);
                world_partner_action(w, c, &actions->at[i]);
                if (actions->at[i].kind != DO_BRING || c->no_seat == CALL_SIDES)
                        brought &= world_conference_action(w, c, &actions->at[i]);
        }
        return brought;
}

static inline void world_conference_laws(const struct world *w, const struct world_call *c)
{
        const struct call *call = &c->call;
        bool in = call->conference && c->relay && call->state != CALL_JOINING;
        bool barged = !call->conference && call->barge;
        world_law(w, c->seated[SIDE_PHONE] == call->seated[SIDE_PHONE] && c->seated[SIDE_FAR] == call->seated[SIDE_FAR],
                  "the call knows who of it speaks in a conference");
        world_law(w, !c->seated[SIDE_PHONE] || ((call->host || barged) && c->rx_acked),
                  "one channel serves the conference");
        world_law(w, !c->seated[SIDE_FAR] || ((in || barged) && call->stream.send),
                  "who holds us is not heard by others");
        world_law(w, !call->remote_of || (!c->seated[SIDE_FAR] && world_is_over(c)), "a shadow has no far end");
        world_law(w, c->seated[SIDE_FAR] || !in || !call->stream.send || call->stream.codec == CODEC_G729,
                  "who takes part is heard");
        world_law(w, call->state != CALL_MEMBER || (call->conference && c->dialog == CONFIRMED && !c->rx),
                  "a member has a dialog and leaves the phone's ear to its host");
        world_law(w, call->state != CALL_JOINING || call->conference, "who joins knows what");
        world_law(w, !call->host || (call->conference && !call->parted), "a host is with its phone");
        world_law(w,
                  !call->conference || call->state == CALL_IDLE || call_is_up(call->state) ||
                          call->state == CALL_RESUMING || call->state == CALL_MEMBER || call->state == CALL_JOINING,
                  "who takes part is up");
}

/* Never both: the relay on one side, and not on the other. */
static inline void world_way_laws(const struct world *w, const struct world_call *c)
{
        const struct call *call = &c->call;
        bool settled = call->state == CALL_TALKING && !c->offer_out && !c->offers_in && !call->unmoved;
        if (!call->chooses || c->dialog != CONFIRMED)
                return;
        world_law(w, endpoint_equal(&call->told, &c->believed), "the call knows where the far end sends to");
        world_law(w, !call->direct || (c->rx_acked && endpoint_equal(&c->believed, &call->phone_rtp)),
                  "who talks directly is sent to directly");
        world_law(w, !call->direct || !call_room(call), "conferences are the relay's");
        world_law(w,
                  !call->direct || network_contains(&story_group.at[0], &call->stream.far.ip) ||
                          call->state == CALL_AWAY,
                  "nobody is sent where he is not reached");
        world_law(w, !settled || call->direct == (c->believed.port != 0), "no call goes half through the relay");
        world_law(w, !c->tx || c->tx_direct == call->direct, "the phone sends the way the far end does");
        world_law(w, !c->rx_acked || c->rests == call->direct, "the relay rests while nothing comes its way");
}

static inline void world_call_laws(const struct world *w, const struct world_call *c)
{
        const struct call *call = &c->call;
        struct look look;
        call_look(call, &look);
        world_law(w, c->timer == call_is_waiting(call->state), "who waits has a timer, nobody else");
        world_law(w, c->rx == (call->rx != RX_CLOSED) && c->tx == call->tx, "the call knows its channels");
        world_law(w, c->rx_acked == (call->rx == RX_OPEN), "the call knows what was acknowledged");
        world_law(w, media_reachable(&call->phone_rtp) == c->rx_acked,
                  "where the phone listens is known while it does");
        world_law(w, c->relay == call->relayed || c->no_ports, "the call knows its ports");
        world_law(w, !c->tx || c->rx, "nobody talks without hearing");
        world_law(w, look.tone == LOOK_TONE_SILENT || !c->rx || (call->direct && call->remote.n_codecs == 0),
                  "no tone beside audio");
        world_law(w, call->state != CALL_TALKING || (c->rx_acked && c->dialog == CONFIRMED), "who talks hears");
        world_law(w, c->referred == call->referred || world_is_over(c), "who waits for news is known");
        world_law(w, call->state != CALL_HELD || (!c->rx && !c->tx), "who is held is silent");
        world_law(w,
                  call->state != CALL_AWAY ||
                          (c->rx == c->rx_acked && c->dialog == CONFIRMED && (!c->offer_out || call->reoffer_out)),
                  "what waits for its phone is settled");
        world_law(w, call->state != CALL_LEAVING || (!c->rx && !c->tx && c->dialog == CONFIRMED && call->handed),
                  "who leaves is silent, and wanted by somebody");
        world_law(w, call->state != CALL_TELLING || (!c->rx && !c->tx && !c->relay), "a code makes no sound");
        world_law(w, c->offers_in == 0 || call->reoffer_due, "an offer is answered at once or due");
        world_conference_laws(w, c);
        world_way_laws(w, c);
        if (call->state == CALL_IDLE || call->state == CALL_FAILED)
                world_law(w,
                          !c->seated[SIDE_PHONE] && !c->seated[SIDE_FAR] && !c->rx && !c->tx && !c->relay &&
                                  world_is_over(c),
                          "nothing is left over");
        if (call->state == CALL_IDLE || call_is_hidden(call))
                world_law(w, look.shown == LOOK_ON_HOOK && look.lamp == LOOK_LAMP_OFF && look.info == INFO_NONE,
                          "an idle call looks idle");
}

/* Gives a call one event and sees to it that the world is still in order. */
static inline bool world_give(struct world *w, struct world_call *c, const struct event *event)
{
        struct actions actions;
        char done[120];
        enum call_state before = c->call.state;
        bool was_direct = c->call.direct;
        bool open = !world_is_over(c);
        c->no_ports = false;
        c->no_seat = CALL_SIDES;
        if (event->kind == EV_REOFFER && open)
                c->offers_in++;
        if (event->kind == EV_TIMEOUT)
                c->timer = false;
        if (event->kind == EV_OFFER && before == CALL_IDLE) {
                c->dialog = CAME_IN;
                c->offerless = event->audio.n_codecs == 0;
        }
        if (event->kind == EV_REMOTE && before == CALL_OFFERED) { /* the dialog is that of who answered */
                c->dialog = OVER;
                c->offers_in = 0;
        }
        bool taken = call_step(&c->call, event, &w->rules, &actions);
        w->seen[before][event->kind] |= taken;
        w->left_relay += c->call.chooses && c->call.direct && !was_direct;
        w->came_back += c->call.chooses && was_direct && c->call.rx == RX_OPEN && !c->call.direct;
        story_print(&actions, done, sizeof done);
        text_printf(w->trail[++w->steps % WORLD_TRAIL], sizeof *w->trail, "call %u %s: %s -> %s: %s", c->call.reference,
                    call_state_name(before), event_name(event->kind), call_state_name(c->call.state),
                    taken ? done : "ignored");
        if (open && (event->kind == EV_ENDED || event->kind == EV_FAILED)) {
                world_law(w, taken, "the end of a dialog is understood");
                c->dialog = OVER;
        }
        if (taken && event->kind == EV_REPLACED)
                c->offerless = event->audio.n_codecs == 0 && !event->audio_bad;
        c->referred |= taken && event->kind == EV_REFERRED;
        if (taken && event->kind == EV_ANSWERED)
                c->dialog = CONFIRMED;
        if (taken && event->kind == EV_RX_OPEN && c->call.rx == RX_OPEN)
                c->rx_acked = true;
        bool answered = event->kind == EV_ACK_AUDIO || event->kind == EV_REOFFER_ANSWERED;
        if (answered && c->offer_out && taken)
                c->believed = c->offered;
        if (answered || event->kind == EV_REOFFER_FAILED)
                c->offer_out = false;
        bool brought = world_perform(w, c, &actions);
        if (world_is_over(c))
                c->offers_in = 0;
        if (c->no_seat != CALL_SIDES || !brought) {
                struct event none = {.kind = EV_JOIN_FAILED, .status = (int)c->no_seat};
                if (c->no_seat != CALL_SIDES)
                        c->seated[c->no_seat] = false;
                world_law(w, world_give(w, c, &none), "a seat that is not to be had is understood");
                return taken;
        }
        world_call_laws(w, c);
        if (!c->no_ports)
                return taken;
        struct event failed = {.kind = EV_MEDIA_FAILED};
        return world_give(w, c, &failed);
}

#endif
