#include "gateway/barge.h"

#include "gateway/bridge.h"
#include "gateway/digits_side.h"

static bool has_joined(const struct call_slot *slot, const struct call_slot *of)
{
        return !slot->done && slot->call.remote_of == of->id && slot->call.state == CALL_BARGED;
}

/* The next one behind `after`, NULL: the first. */
static struct call_slot *joined_to(const struct call_slot *of, const struct call_slot *after)
{
        bool passed = !after;
        for (const struct phone_line *line = of->line->account->lines; line; line = line->next)
                for (struct call_slot *slot = line->phone->calls; slot; slot = slot->next) {
                        if (passed && has_joined(slot, of))
                                return slot;
                        passed |= slot == after;
                }
        return NULL;
}

/* It could not take them in, or will not have them any more. */
static void part_all(const struct call_slot *of)
{
        for (const struct phone_line *line = of->line->account->lines; line; line = line->next)
                for (struct call_slot *slot = line->phone->calls, *next; slot; slot = next) {
                        next = slot->next;
                        if (!has_joined(slot, of))
                                continue;
                        bridge_event(slot, &(struct event){.kind = EV_JOIN_FAILED, .status = CALL_SIDES});
                        bridge_settle(line->phone);
                        break;
                }
}

void barge_mix(struct call_slot *of)
{
        bool wanted = joined_to(of, NULL) != NULL;
        if (of->barged && wanted && !of->call.barge) {
                part_all(of);
                wanted = false;
        }
        if (of->barged == wanted)
                return;
        of->barged = wanted;
        if (!call_takes(of->call.state, EV_BARGED)) /* it knows by itself that they have left */
                return;
        bridge_event(of, &(struct event){.kind = EV_BARGED, .partner = wanted ? of->id : 0});
        bridge_settle(of->phone);
}

void barge_announce(struct call_slot *shadow, struct call_slot *of)
{
        bool joined = has_joined(shadow, of), news = joined && !shadow->barged;
        shadow->barged = joined;
        if (!news)
                return;
        digits_side_intrusion(of);
        for (struct call_slot *other = joined_to(of, NULL); other; other = joined_to(of, other))
                digits_side_intrusion(other);
}

struct phone *barge_bequeath(struct call_slot *of)
{
        struct call_slot *heir = of->call.state == CALL_TALKING ? joined_to(of, NULL) : NULL;
        if (!heir || !heir->call.seen.may_take)
                return NULL;
        log_info(of->phone->config->name, "call %u: its user hangs up, who has joined goes on", of->id);
        bridge_event(heir, &(struct event){.kind = EV_HANG_UP});
        heir->take = !heir->done;
        return heir->phone;
}
