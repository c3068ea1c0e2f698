#include "gateway/shared.h"

#include "gateway/barge.h"
#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/phone_show.h"
#include "gateway/phone_side.h"

#define SHADOWS_MAX 8 /* on a phone: no display has room for more */

static bool is_shared(const struct call_slot *slot)
{
        return slot->line->account->n_lines > 1;
}

/* The call it is the shadow of; NULL: that is over. */
static struct call_slot *origin_of(const struct call_slot *shadow)
{
        return bridge_call(shadow->phone->gateway, shadow->call.remote_of);
}

static struct call_slot *shadow_on(const struct phone_line *line, uint32_t of)
{
        for (struct call_slot *slot = line->phone->calls; slot; slot = slot->next)
                if (!slot->done && slot->line == line && call_is_remote(&slot->call) && slot->call.remote_of == of)
                        return slot;
        return NULL;
}

static struct call_slot *shadow_new(struct phone_line *line)
{
        unsigned shadows = 0;
        for (const struct call_slot *slot = line->phone->calls; slot; slot = slot->next)
                shadows += call_is_remote(&slot->call);
        return shadows < SHADOWS_MAX ? bridge_call_new(line) : NULL;
}

static bool same_party(const struct party *a, const struct party *b)
{
        return text_equal(a->name, b->name) && text_equal(a->number, b->number);
}

static bool same_view(const struct remote_view *a, const struct remote_view *b)
{
        return a->held == b->held && a->incoming == b->incoming && a->secret == b->secret &&
               a->may_take == b->may_take && a->may_join == b->may_join;
}

static bool is_up_to_date(const struct call *shadow, const struct call *of, const struct remote_view *view)
{
        return same_view(&shadow->seen, view) && same_party(&shadow->parties.calling, &of->parties.calling) &&
               same_party(&shadow->parties.called, &of->parties.called);
}

void shared_shadow(struct call_slot *slot, const struct call_slot *of)
{
        struct event event = {.kind = EV_REMOTE, .partner = of->id, .parties = of->call.parties};
        call_remote_view(&of->call, &event.seen);
        bridge_event(slot, &event);
}

/* True: the phone is to be shown something. */
static bool follow_on(struct phone_line *line, const struct call_slot *of, const struct remote_view *view)
{
        struct call_slot *shadow = shadow_on(line, of->id);
        bool wanted = view->up && line->there;
        if (shadow && !wanted)
                bridge_event(shadow, &(struct event){.kind = EV_REMOTE_OVER});
        else if (shadow && is_up_to_date(&shadow->call, &of->call, view))
                return false;
        else if (wanted && (shadow || (shadow = shadow_new(line)) != NULL))
                shared_shadow(shadow, of);
        return shadow;
}

static void follow(const struct call_slot *of)
{
        struct remote_view view = {0};
        if (!of->done)
                call_remote_view(&of->call, &view);
        for (struct phone_line *line = of->line->account->lines; line; line = line->next)
                if (line != of->line && follow_on(line, of, &view))
                        bridge_settle(line->phone);
}

void shared_follow(struct phone *phone)
{
        for (struct call_slot *slot = phone->calls, *next; slot; slot = next) {
                next = slot->next;
                struct call_slot *of = slot->call.remote_of ? origin_of(slot) : NULL;
                if (!is_shared(slot))
                        continue;
                if (!slot->call.remote_of)
                        follow(slot);
                else if (of)
                        barge_mix(of);
                if (!slot->call.remote_of && !slot->done)
                        barge_mix(slot);
                if (of)
                        barge_announce(slot, of);
        }
}

/* ---- from one phone to the other ---- */

static void unlink_slot(struct call_slot *slot)
{
        struct call_slot **at = &slot->phone->calls;
        while (*at != slot)
                at = &(*at)->next;
        *at = slot->next;
        slot->phone->n_calls--;
}

static void link_slot(struct call_slot *slot, struct phone_line *line)
{
        slot->phone = line->phone;
        slot->line = line;
        slot->call.line = line->instance;
        slot->next = line->phone->calls;
        slot->had_media = slot->dialled_due = false;
        line->phone->calls = slot;
        line->phone->n_calls++;
}

/* The call and its shadow change places: its name is that of its stream and dialog, and stays. */
static void exchange(struct call_slot *of, struct call_slot *shadow)
{
        struct phone_line *from = of->line, *to = shadow->line;
        unlink_slot(of);
        unlink_slot(shadow);
        phone_show_gone(of);
        phone_show_gone(shadow);
        link_slot(of, to);
        link_slot(shadow, from);
}

static void take(struct call_slot *shadow)
{
        struct call_slot *of = origin_of(shadow);
        struct phone_line *from = of ? of->line : NULL;
        if (!of || !shadow->call.seen.may_take)
                return;
        if (call_takes(of->call.state, EV_HOLD))
                bridge_event(of, &(struct event){.kind = EV_HOLD});
        if (!call_takes(of->call.state, EV_MOVED) || of->done)
                return;
        log_info(shadow->phone->config->name, "call %u: taken over from %s", of->id, from->phone->config->name);
        exchange(of, shadow);
        bridge_event(of, &(struct event){.kind = EV_MOVED});
        bridge_event(of, &(struct event){.kind = EV_RESUME});
        bridge_settle(from->phone);
}

static struct call_slot *next_to_take(const struct phone *phone)
{
        for (struct call_slot *slot = phone->calls; slot; slot = slot->next)
                if (slot->take)
                        return slot;
        return NULL;
}

void shared_take(struct phone *phone)
{
        struct call_slot *shadow;
        while ((shadow = next_to_take(phone)) != NULL) {
                shadow->take = false;
                if (!shadow->done)
                        take(shadow);
        }
}

void shared_phone_up(struct phone *phone)
{
        for (unsigned i = 0; i < phone->n_lines; i++)
                for (struct phone_line *other = phone->lines[i].account->lines; other; other = other->next)
                        if (other->phone != phone)
                                shared_follow(other->phone);
}
