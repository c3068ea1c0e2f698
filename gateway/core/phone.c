/* Keys to calls. Each key is a function that finds its call and says what happens to it; the active call, if another
 * one takes its place, is put away first: held when it is up, ended when it was only on its way. */
#include "gateway/core/phone.h"

#include <assert.h>

#include "gateway/core/phone_conference.h"
#include "gateway/core/phone_find.h"

/* How an active call makes room; EVENT_KINDS: it cannot just now, and the key is ignored. */
static const enum event_kind put_away[CALL_STATE_COUNT] = {
        [CALL_IDLE] = EVENT_KINDS,     [CALL_OFF_HOOK] = EV_HANG_UP, [CALL_DIALING] = EV_HANG_UP,
        [CALL_PREPARING] = EV_HANG_UP, [CALL_CALLING] = EV_HANG_UP,  [CALL_RINGBACK] = EV_HANG_UP,
        [CALL_EARLY] = EV_HANG_UP,     [CALL_OFFERED] = EVENT_KINDS, [CALL_ANSWERING] = EVENT_KINDS,
        [CALL_AGREEING] = EV_HOLD,     [CALL_OPENING] = EV_HOLD,     [CALL_TALKING] = EV_HOLD,
        [CALL_HELD] = EVENT_KINDS,     [CALL_RESUMING] = EV_HOLD,    [CALL_LEAVING] = EVENT_KINDS,
        [CALL_AWAY] = EVENT_KINDS,     [CALL_JOINING] = EVENT_KINDS, [CALL_MEMBER] = EVENT_KINDS,
        [CALL_TELLING] = EVENT_KINDS,  [CALL_FAILED] = EV_HANG_UP,
};

struct search {
        const struct phone_view *view;
        const struct phone_press *press;
        struct phone_steps *out;
        bool soon; /* what would be done in a moment counts too */
};

static const struct call *call_at(const struct search *s, int i)
{
        return i == NO_CALL ? NULL : s->view->calls[i];
}

static bool is_in(const struct search *s, int i, enum call_state state)
{
        return i != NO_CALL && s->view->calls[i]->state == state;
}

/* What a channel that is just being opened leads to. */
static enum call_state state_soon(enum call_state state)
{
        return state == CALL_AGREEING || state == CALL_OPENING || state == CALL_RESUMING ? CALL_TALKING : state;
}

static enum call_state state_of(const struct search *s, int i)
{
        return s->soon ? state_soon(call_at(s, i)->state) : call_at(s, i)->state;
}

static int find_named(const struct search *s)
{
        return phone_find_reference(s->view, s->press->reference);
}

static void step_add(struct search *s, int call, unsigned line, enum event_kind event)
{
        assert(s->out->count < PHONE_STEPS_MAX);
        s->out->at[s->out->count++] = (struct phone_step){.call = call, .line = line, .event = event};
}

static void give(struct search *s, int i, enum event_kind event)
{
        if (i != NO_CALL)
                step_add(s, i, 0, event);
}

/* False: the active call cannot be put away now. */
static bool make_room(struct search *s)
{
        int active = phone_find_active(s->view);
        if (active == NO_CALL)
                return true;
        enum event_kind event = put_away[call_at(s, active)->state];
        if (event != EVENT_KINDS)
                step_add(s, active, 0, event);
        return event != EVENT_KINDS || s->soon;
}

/* The other call takes over from the active one. */
static void take_over(struct search *s, int i, enum event_kind event)
{
        if (i != NO_CALL && make_room(s))
                step_add(s, i, 0, event);
}

static bool line_full(const struct search *s, unsigned line)
{
        int active = phone_find_active(s->view);
        const struct call *going = call_at(s, active);
        bool leaves = going && going->line == line && put_away[going->state] == EV_HANG_UP;
        return phone_count_on(s->view, line) - leaves >= s->view->max_per_line;
}

static void begin(struct search *s, enum event_kind event)
{
        unsigned line = s->press->line ? s->press->line : 1;
        if (line > s->view->n_lines)
                return;
        s->out->refused = line_full(s, line);
        if (!s->out->refused && make_room(s))
                step_add(s, PHONE_NEW_CALL_SLOT, line, event);
}

/* What names another call, or none of ours, is not meant for the active one. */
static void give_active(struct search *s, enum event_kind event)
{
        int active = phone_find_active(s->view);
        if (!s->press->reference || find_named(s) == active)
                give(s, active, event);
}

static bool is_typing(const struct search *s, int i)
{
        return is_in(s, i, CALL_OFF_HOOK) || is_in(s, i, CALL_DIALING);
}

static const enum call_state ringing_there[] = {CALL_CALLING, CALL_RINGBACK, CALL_EARLY};

static bool rings_there(const struct call *call)
{
        for (size_t i = 0; i < sizeof ringing_there / sizeof *ringing_there; i++)
                if (call->state == ringing_there[i])
                        return true;
        return false;
}

/* The held call is asked to take the other one's far end, or to call it anew when nobody answered there yet: what only
 * rings cannot be replaced everywhere, and the PBX rings it again. */
static void hand_over(struct search *s, int held, int target)
{
        const struct call *to = call_at(s, target);
        bool up = call_is_up(to->state);
        if (call_at(s, held)->conference || to->conference) {
                phone_conference_hand_over(s->view, held, target, s->out);
                return;
        }
        give(s, target, up ? EV_HAND_OVER : EV_HANG_UP);
        give(s, held, EV_TRANSFER);
        struct phone_step *step = &s->out->at[s->out->count - 1];
        step->partner = up ? to->reference : 0;
        step->number = up ? "" : to->number;
}

static bool can_leave(const struct search *s, int i)
{
        return is_in(s, i, CALL_HELD) && call_at(s, i)->transfer != TRANSFER_SENT;
}

/* Completes the transfer that one of the two calls was begun for. */
static bool transfer(struct search *s, int active)
{
        int held = active == NO_CALL ? NO_CALL : phone_find_pair(s->view, active);
        if (!can_leave(s, held) || !(call_is_up(call_at(s, active)->state) || rings_there(call_at(s, active))))
                return false;
        hand_over(s, held, active);
        return true;
}

/* A handset lifted while a call is active only changes how it is heard. */
static void press_off_hook(struct search *s)
{
        int ringing = find_named(s);
        if (phone_find_active(s->view) != NO_CALL)
                return;
        if (!is_in(s, ringing, CALL_OFFERED))
                ringing = phone_find_oldest(s->view, CALL_OFFERED, 0);
        if (ringing != NO_CALL)
                give(s, ringing, EV_ANSWER);
        else
                begin(s, EV_OFF_HOOK);
}

static void hang_up_active(struct search *s, int active)
{
        const struct call *call = call_at(s, active);
        bool transfers = s->view->transfer_on_hook && call->purpose != CALL_CONFER && transfer(s, active);
        if (!transfers || s->out->count == 0)
                phone_conference_hang_up(s->view, active, s->out);
        else if (call_is_up(call->state) && s->out->at[s->out->count - 1].event == EV_TRANSFER)
                give(s, active, EV_HANG_UP);
}

/* C8: ends the named call if it is the active one, else the active one; held and ringing calls stay. */
static void press_on_hook(struct search *s)
{
        int active = phone_find_active(s->view);
        if (active != NO_CALL && (!s->press->reference || find_named(s) == active))
                hang_up_active(s, active);
        s->out->silence = active == NO_CALL;
}

static void press_line(struct search *s)
{
        unsigned line = s->press->line;
        int named = find_named(s), active = phone_find_active(s->view);
        if (line == 0 || line > s->view->n_lines)
                return;
        int ringing = is_in(s, named, CALL_OFFERED) ? named : phone_find_oldest(s->view, CALL_OFFERED, line);
        int held = is_in(s, named, CALL_HELD) ? named : phone_find_oldest(s->view, CALL_HELD, line);
        if (ringing != NO_CALL)
                take_over(s, ringing, EV_ANSWER);
        else if (active != NO_CALL && call_at(s, active)->line == line)
                return;
        else if (held != NO_CALL)
                take_over(s, held, EV_RESUME);
        else
                begin(s, EV_OFF_HOOK);
}

static void press_new_call(struct search *s)
{
        if (!is_typing(s, phone_find_active(s->view)))
                begin(s, EV_OFF_HOOK);
}

static void press_answer(struct search *s)
{
        int ringing = find_named(s);
        if (!s->press->reference)
                ringing = phone_find_oldest(s->view, CALL_OFFERED, 0);
        if (is_in(s, ringing, CALL_OFFERED))
                take_over(s, ringing, EV_ANSWER);
}

static void press_end_call(struct search *s)
{
        int ending = find_named(s);
        if (!s->press->reference)
                ending = phone_find_active(s->view);
        if (!s->press->reference && ending == NO_CALL)
                ending = phone_find_oldest(s->view, CALL_OFFERED, 0);
        if (ending != NO_CALL)
                phone_conference_hang_up(s->view, ending, s->out);
}

static void press_resume(struct search *s)
{
        int held = find_named(s);
        if (!s->press->reference)
                held = phone_find_oldest(s->view, CALL_HELD, s->press->line);
        if (is_in(s, held, CALL_HELD))
                take_over(s, held, EV_RESUME);
}

/* A phone without soft keys comes back from the dial tone to the call it held. */
static void press_hold(struct search *s)
{
        int active = phone_find_active(s->view), named = find_named(s);
        bool other = s->press->reference && named != active;
        if (active == NO_CALL || (other && is_in(s, named, CALL_HELD)))
                press_resume(s);
        else if (!other && put_away[call_at(s, active)->state] == EV_HOLD)
                give(s, active, EV_HOLD);
        else if (!other && (is_typing(s, active) || is_in(s, active, CALL_FAILED)))
                take_over(s, phone_find_oldest(s->view, CALL_HELD, 0), EV_RESUME);
}

/* First somebody is found to transfer to, or to confer with, then it is done. */
static void consult(struct search *s, int active, enum call_purpose purpose)
{
        const struct call *call = call_at(s, active);
        if (put_away[call->state] != EV_HOLD)
                return;
        s->out->refused = phone_count_on(s->view, call->line) >= s->view->max_per_line;
        if (s->out->refused)
                return;
        give(s, active, EV_HOLD);
        step_add(s, PHONE_NEW_CALL_SLOT, call->line, EV_OFF_HOOK);
        for (unsigned i = 0; i < s->out->count; i++)
                s->out->at[i].purpose = purpose;
        s->out->at[s->out->count - 1].partner = call->reference;
}

static void press_transfer(struct search *s)
{
        int active = phone_find_active(s->view);
        if (active == NO_CALL || (s->press->reference && find_named(s) != active))
                return;
        if (!transfer(s, active) && phone_find_pair(s->view, active) == NO_CALL)
                consult(s, active, CALL_CONSULT);
}

static void press_conference(struct search *s)
{
        int active = phone_find_active(s->view);
        int pair = active == NO_CALL ? NO_CALL : phone_find_pair(s->view, active);
        if (active == NO_CALL || (s->press->reference && find_named(s) != active))
                return;
        if (pair != NO_CALL)
                phone_conference_meet(s->view, pair, active, s->soon, s->out);
        else if (phone_conference_may_grow(s->view, active, s->out))
                consult(s, active, CALL_CONFER);
}

static void press_join(struct search *s)
{
        int active = phone_find_active(s->view);
        if (active != NO_CALL)
                phone_conference_join(s->view, active, s->soon, s->out);
}

static void press_select(struct search *s)
{
        int marked = find_named(s);
        if (!s->press->reference)
                marked = phone_find_active(s->view);
        if (marked != NO_CALL && call_takes(call_at(s, marked)->state, EV_SELECT))
                give(s, marked, EV_SELECT);
}

static void press_remove_last(struct search *s)
{
        int active = phone_find_active(s->view);
        if (active != NO_CALL)
                phone_conference_remove_last(s->view, active, s->out);
}

/* Also on hold. */
static int find_host(const struct search *s)
{
        for (size_t i = 0; i < s->view->n_calls; i++)
                if (s->view->calls[i]->host)
                        return (int)i;
        return NO_CALL;
}

static void press_remove(struct search *s)
{
        int removed = find_named(s);
        if (removed != NO_CALL && call_at(s, removed)->conference && !call_at(s, removed)->parted)
                give(s, removed, EV_HANG_UP);
}

static void press_conference_list(struct search *s)
{
        int host = find_named(s);
        if (!s->press->reference)
                host = find_host(s);
        if (host != NO_CALL && call_at(s, host)->host)
                s->out->list = call_at(s, host)->conference;
}

static bool is_up(const struct search *s, int i)
{
        enum call_state state = call_at(s, i)->state;
        return call_is_up(state) || (s->soon && (state == CALL_ANSWERING || state == CALL_AGREEING));
}

/* Two calls and no doubt which: one is held, the other held or active. */
static void press_direct_transfer(struct search *s)
{
        int held = phone_find_oldest(s->view, CALL_HELD, 0), other = phone_find_active(s->view);
        if (other == NO_CALL)
                other = phone_find_newest(s->view, CALL_HELD);
        unsigned count = phone_count(s->view, CALL_HELD) + (phone_find_active(s->view) != NO_CALL);
        if (count == 2 && held != other && can_leave(s, held) && is_up(s, other))
                hand_over(s, held, other);
}

/* From one party to the other and back; who was not reached is given up (field-guide 1.C hook flash). */
static void press_flash(struct search *s)
{
        int active = phone_find_active(s->view), pair = active == NO_CALL ? NO_CALL : phone_find_pair(s->view, active);
        if (active == NO_CALL || phone_find_oldest(s->view, CALL_OFFERED, 0) != NO_CALL)
                press_answer(s);
        else if (can_leave(s, pair))
                take_over(s, pair, EV_RESUME);
        else if (put_away[call_at(s, active)->state] == EV_HOLD)
                consult(s, active, CALL_CONSULT);
        else
                press_hold(s);
}

/* The last step begins the call that picks another one up. */
static void pick_up(struct search *s, enum event_kind event, const char *number, const char *prefix)
{
        if (!number && !prefix)
                return;
        begin(s, event);
        if (s->out->count == 0 || s->out->at[s->out->count - 1].call != PHONE_NEW_CALL_SLOT)
                return;
        struct phone_step *step = &s->out->at[s->out->count - 1];
        step->purpose = CALL_PICKUP;
        step->number = number;
        step->prefix = prefix;
}

static void press_pickup(struct search *s)
{
        pick_up(s, EV_NUMBER, s->view->codes.pickup, NULL);
}

static void press_other_pickup(struct search *s)
{
        pick_up(s, EV_NUMBER, s->view->codes.other_pickup, NULL);
}

/* Where the PBX has no groups by number, a number that rings is asked for. */
static void press_group_pickup(struct search *s)
{
        const struct phone_codes *codes = &s->view->codes;
        pick_up(s, EV_OFF_HOOK, NULL, codes->group_pickup ? codes->group_pickup : codes->directed_pickup);
}

/* The far end is sent away as it is: if that fails, nobody has missed a word. Of a conference it would be one party. */
static void press_park(struct search *s)
{
        int parked = s->press->reference ? find_named(s) : phone_find_active(s->view);
        if (!s->press->reference && parked == NO_CALL)
                parked = phone_find_oldest(s->view, CALL_HELD, 0);
        bool up = is_in(s, parked, CALL_TALKING) || is_in(s, parked, CALL_HELD);
        if (!up || !s->view->codes.park || call_at(s, parked)->conference ||
            call_at(s, parked)->transfer == TRANSFER_SENT)
                return;
        give(s, parked, EV_TRANSFER);
        s->out->at[s->out->count - 1].purpose = CALL_PARK;
        s->out->at[s->out->count - 1].number = s->view->codes.park;
}

static void press_private(struct search *s)
{
        int active = phone_find_active(s->view);
        if (active != NO_CALL) {
                if (is_typing(s, active))
                        give_active(s, EV_PRIVATE);
                return;
        }
        begin(s, EV_OFF_HOOK);
        if (s->out->count)
                s->out->at[s->out->count - 1].purpose = CALL_PRIVATE;
}

/* About the call that is named, or the one that is heard. */
static void report(struct search *s, enum event_kind event)
{
        int about = s->press->reference ? find_named(s) : phone_find_active(s->view);
        if (about != NO_CALL && call_takes(state_of(s, about), event))
                give(s, about, event);
}

static void press_malicious(struct search *s)
{
        report(s, EV_MALICIOUS);
}

static void press_quality(struct search *s)
{
        report(s, EV_QUALITY);
}

static void press_digit(struct search *s)
{
        give_active(s, EV_DIGIT);
}

static void press_backspace(struct search *s)
{
        give_active(s, EV_BACKSPACE);
}

static void press_dial(struct search *s)
{
        give_active(s, EV_DIAL);
}

static void press_number(struct search *s)
{
        int active = phone_find_active(s->view);
        if (is_typing(s, active))
                give(s, active, EV_NUMBER);
        else
                begin(s, EV_NUMBER);
}

/* C5: with a call up these are digits for the far end, not a new call. */
static void press_enbloc(struct search *s)
{
        int active = phone_find_active(s->view);
        if (active == NO_CALL || put_away[call_at(s, active)->state] == EV_HANG_UP)
                press_number(s);
}

static enum call_purpose forward_purpose(enum phone_key key)
{
        return key == PHONE_FORWARD_ALL    ? CALL_FORWARD_ALL
               : key == PHONE_FORWARD_BUSY ? CALL_FORWARD_BUSY
                                           : CALL_FORWARD_NO_ANSWER;
}

/* A setting needs nobody's ear: whoever talks goes on talking. `number`: "" takes it back. */
static void set(struct search *s, unsigned line, const char *number)
{
        step_add(s, PHONE_NEW_CALL_SLOT, line, EV_SET);
        s->out->at[s->out->count - 1].number = number;
}

/* During a call its number is taken (field-guide 1.G); otherwise one is asked for. */
static void press_forward(struct search *s)
{
        int active = phone_find_active(s->view);
        unsigned line = s->press->line ? s->press->line : active == NO_CALL ? 1 : call_at(s, active)->line;
        bool whom = active != NO_CALL && (call_is_up(call_at(s, active)->state) || rings_there(call_at(s, active)));
        if (line > s->view->n_lines || (!s->soon && phone_count(s->view, CALL_TELLING)))
                return;
        if (s->press->active) {
                set(s, line, "");
        } else if (whom) {
                const struct call *call = call_at(s, active);
                const char *number = call->incoming ? call->parties.calling.number : call->number;
                if (*number)
                        set(s, line, number);
        } else {
                begin(s, EV_OFF_HOOK);
        }
        if (s->out->count)
                s->out->at[s->out->count - 1].purpose = forward_purpose(s->press->key);
}

static void press_dnd(struct search *s)
{
        s->out->dnd = true;
}

/* A caller nobody has answered is sent to leave a message; one who talks is transferred there. */
static void press_divert(struct search *s)
{
        int call = find_named(s);
        if (!s->press->reference)
                call = phone_find_oldest(s->view, CALL_OFFERED, 0);
        if (!s->press->reference && call == NO_CALL)
                call = phone_find_active(s->view);
        if (call == NO_CALL || !*s->press->number)
                return;
        if (is_in(s, call, CALL_OFFERED)) {
                give(s, call, EV_DIVERT);
        } else if (can_leave(s, call)) {
                give(s, call, EV_TRANSFER);
        } else if (is_up(s, call) && put_away[call_at(s, call)->state] != EV_HANG_UP &&
                   call_at(s, call)->transfer != TRANSFER_SENT) {
                give(s, call, EV_HOLD);
                give(s, call, EV_TRANSFER);
        }
}

static const struct {
        const char *name;
        void (*press)(struct search *);
} keys[PHONE_KEYS] = {
        [PHONE_OFF_HOOK] = {"off-hook", press_off_hook},
        [PHONE_ON_HOOK] = {"on-hook", press_on_hook},
        [PHONE_LINE] = {"line", press_line},
        [PHONE_NEW_CALL] = {"new-call", press_new_call},
        [PHONE_ANSWER] = {"answer", press_answer},
        [PHONE_END_CALL] = {"end-call", press_end_call},
        [PHONE_HOLD] = {"hold", press_hold},
        [PHONE_RESUME] = {"resume", press_resume},
        [PHONE_TRANSFER] = {"transfer", press_transfer},
        [PHONE_DIRECT_TRANSFER] = {"direct-transfer", press_direct_transfer},
        [PHONE_CONFERENCE] = {"conference", press_conference},
        [PHONE_JOIN] = {"join", press_join},
        [PHONE_SELECT] = {"select", press_select},
        [PHONE_REMOVE_LAST] = {"remove-last", press_remove_last},
        [PHONE_REMOVE] = {"remove", press_remove},
        [PHONE_CONFERENCE_LIST] = {"conference-list", press_conference_list},
        [PHONE_FLASH] = {"flash", press_flash},
        [PHONE_PICKUP] = {"pickup", press_pickup},
        [PHONE_GROUP_PICKUP] = {"group-pickup", press_group_pickup},
        [PHONE_OTHER_PICKUP] = {"other-pickup", press_other_pickup},
        [PHONE_PARK] = {"park", press_park},
        [PHONE_PRIVATE] = {"private", press_private},
        [PHONE_MALICIOUS] = {"malicious", press_malicious},
        [PHONE_QUALITY] = {"quality", press_quality},
        [PHONE_DIGIT] = {"digit", press_digit},
        [PHONE_BACKSPACE] = {"backspace", press_backspace},
        [PHONE_DIAL] = {"dial", press_dial},
        [PHONE_NUMBER] = {"number", press_number},
        [PHONE_FORWARD_ALL] = {"forward-all", press_forward},
        [PHONE_FORWARD_BUSY] = {"forward-busy", press_forward},
        [PHONE_FORWARD_NO_ANSWER] = {"forward-no-answer", press_forward},
        [PHONE_DND] = {"do-not-disturb", press_dnd},
        [PHONE_DIVERT] = {"divert", press_divert},
        [PHONE_ENBLOC] = {"enbloc", press_enbloc},
};

static void search_run(struct search *search)
{
        *search->out = (struct phone_steps){0};
        assert(search->press->key < PHONE_KEYS);
        keys[search->press->key].press(search);
}

void phone_press(const struct phone_view *view, const struct phone_press *press, struct phone_steps *out)
{
        search_run(&(struct search){.view = view, .press = press, .out = out});
}

/* The last step is the one that was meant; the first may only make room for it. */
bool phone_key_works(const struct phone_view *view, const struct phone_press *press)
{
        struct phone_steps steps;
        search_run(&(struct search){.view = view, .press = press, .out = &steps, .soon = true});
        if (steps.count == 0)
                return steps.dnd || steps.list != 0;
        const struct phone_step *meant = &steps.at[steps.count - 1];
        enum call_state state = meant->call == PHONE_NEW_CALL_SLOT ? CALL_IDLE : view->calls[meant->call]->state;
        if (steps.count > 1 && steps.at[0].call == meant->call && steps.at[0].event == EV_HOLD)
                state = CALL_HELD;
        return call_takes(state, meant->event) || call_takes(phone_soon(state), meant->event);
}

const char *phone_key_name(enum phone_key key)
{
        return key < PHONE_KEYS ? keys[key].name : "unknown";
}
