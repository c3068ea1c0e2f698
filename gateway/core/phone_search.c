/* What the keys share: the calls of the phone they were pressed on, and the steps they ask for. The active call, if
 * another one takes its place, is put away first: held when it is up, ended when it was only on its way. */
#include "gateway/core/phone_search.h"

#include <assert.h>

/* How an active call makes room; EVENT_KINDS: it cannot just now, and the key is ignored. */
static const enum event_kind put_away[CALL_STATE_COUNT] = {
        [CALL_IDLE] = EVENT_KINDS,     [CALL_OFF_HOOK] = EV_HANG_UP, [CALL_DIALING] = EV_HANG_UP,
        [CALL_PREPARING] = EV_HANG_UP, [CALL_CALLING] = EV_HANG_UP,  [CALL_RINGBACK] = EV_HANG_UP,
        [CALL_EARLY] = EV_HANG_UP,     [CALL_OFFERED] = EVENT_KINDS, [CALL_ANSWERING] = EVENT_KINDS,
        [CALL_AGREEING] = EV_HOLD,     [CALL_OPENING] = EV_HOLD,     [CALL_TALKING] = EV_HOLD,
        [CALL_HELD] = EVENT_KINDS,     [CALL_RESUMING] = EV_HOLD,    [CALL_LEAVING] = EVENT_KINDS,
        [CALL_AWAY] = EVENT_KINDS,     [CALL_JOINING] = EVENT_KINDS, [CALL_MEMBER] = EVENT_KINDS,
        [CALL_TELLING] = EVENT_KINDS,  [CALL_REMOTE] = EVENT_KINDS,  [CALL_REMOTE_HELD] = EVENT_KINDS,
        [CALL_BARGING] = EV_HANG_UP,   [CALL_BARGED] = EV_HANG_UP,   [CALL_FAILED] = EV_HANG_UP,
};

enum event_kind search_put_away(enum call_state state)
{
        return put_away[state];
}

const struct call *search_call(const struct search *s, int i)
{
        return i == NO_CALL ? NULL : s->view->calls[i];
}

bool search_is(const struct search *s, int i, enum call_state state)
{
        return i != NO_CALL && s->view->calls[i]->state == state;
}

/* What a channel that is just being opened leads to. */
static enum call_state state_soon(enum call_state state)
{
        return state == CALL_AGREEING || state == CALL_OPENING || state == CALL_RESUMING ? CALL_TALKING : state;
}

enum call_state search_state(const struct search *s, int i)
{
        return s->soon ? state_soon(search_call(s, i)->state) : search_call(s, i)->state;
}

int search_named(const struct search *s)
{
        return phone_find_reference(s->view, s->press->reference);
}

void search_add(struct search *s, int call, unsigned line, enum event_kind event)
{
        assert(s->out->count < PHONE_STEPS_MAX);
        s->out->at[s->out->count++] = (struct phone_step){.call = call, .line = line, .event = event};
}

void search_give(struct search *s, int i, enum event_kind event)
{
        if (i != NO_CALL)
                search_add(s, i, 0, event);
}

/* False: the active call cannot be put away now. */
static bool make_room(struct search *s)
{
        int active = phone_find_active(s->view);
        if (active == NO_CALL)
                return true;
        enum event_kind event = put_away[search_call(s, active)->state];
        if (event != EVENT_KINDS)
                search_add(s, active, 0, event);
        return event != EVENT_KINDS || s->soon;
}

/* The other call takes over from the active one. */
void search_take_over(struct search *s, int i, enum event_kind event)
{
        if (i != NO_CALL && make_room(s))
                search_add(s, i, 0, event);
}

static bool line_full(const struct search *s, unsigned line)
{
        int active = phone_find_active(s->view);
        const struct call *going = search_call(s, active);
        bool leaves = going && going->line == line && !call_is_remote(going) && put_away[going->state] == EV_HANG_UP;
        return phone_count_on(s->view, line) - leaves >= s->view->max_per_line;
}

void search_begin(struct search *s, enum event_kind event)
{
        unsigned line = s->press->line ? s->press->line : 1;
        if (line > s->view->n_lines)
                return;
        s->out->refused = line_full(s, line);
        if (!s->out->refused && make_room(s))
                search_add(s, PHONE_NEW_CALL_SLOT, line, event);
}

/* What names another call, or none of ours, is not meant for the active one. */
void search_give_active(struct search *s, enum event_kind event)
{
        int active = phone_find_active(s->view);
        if (!s->press->reference || search_named(s) == active)
                search_give(s, active, event);
}

bool search_is_typing(const struct search *s, int i)
{
        return search_is(s, i, CALL_OFF_HOOK) || search_is(s, i, CALL_DIALING);
}

static const enum call_state ringing_there[] = {CALL_CALLING, CALL_RINGBACK, CALL_EARLY};

bool search_rings_there(const struct call *call)
{
        for (size_t i = 0; i < sizeof ringing_there / sizeof *ringing_there; i++)
                if (call->state == ringing_there[i])
                        return true;
        return false;
}

bool search_can_leave(const struct search *s, int i)
{
        return search_is(s, i, CALL_HELD) && search_call(s, i)->transfer != TRANSFER_SENT;
}

bool search_is_on_hold(const struct search *s, int i)
{
        return search_is(s, i, CALL_HELD) || (search_is(s, i, CALL_REMOTE_HELD) && search_call(s, i)->seen.may_take);
}

int search_oldest_on_hold(const struct search *s, unsigned line)
{
        int held = phone_find_oldest(s->view, CALL_HELD, line);
        return held == NO_CALL ? phone_find_oldest(s->view, CALL_REMOTE_HELD, line) : held;
}

bool search_is_up(const struct search *s, int i)
{
        enum call_state state = search_call(s, i)->state;
        return call_is_up(state) || (s->soon && (state == CALL_ANSWERING || state == CALL_AGREEING));
}
