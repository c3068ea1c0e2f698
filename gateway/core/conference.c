#include "gateway/core/conference.h"

#include "gateway/core/phone_find.h"
#include "gateway/core/phone_focus.h"

static bool takes_part(const struct call *call)
{
        return call->conference && call->state != CALL_IDLE && call->state != CALL_FAILED;
}

bool conference_has(const struct call *call, uint32_t conference)
{
        return takes_part(call) && call->conference == conference;
}

/* What is said about one conference. */
struct tally {
        unsigned calls;
        bool host, parted, bridging;
};

static struct tally tally_of(const struct phone_view *view, uint32_t conference)
{
        struct tally tally = {0};
        for (size_t i = 0; i < view->n_calls; i++) {
                const struct call *call = view->calls[i];
                if (!conference_has(call, conference))
                        continue;
                tally.calls++;
                tally.host |= call->host;
                tally.parted |= call->parted;
                tally.bridging |= call->bridging;
        }
        return tally;
}

unsigned conference_calls(const struct phone_view *view, uint32_t conference)
{
        return tally_of(view, conference).calls;
}

int conference_heir(const struct phone_view *view, uint32_t conference)
{
        int heir = NO_CALL;
        for (size_t i = 0; i < view->n_calls; i++) {
                const struct call *call = view->calls[i];
                if (!conference_has(call, conference) || call->state != CALL_MEMBER || call->parted)
                        continue;
                if (heir == NO_CALL || call->age < view->calls[heir]->age)
                        heir = (int)i;
        }
        return heir;
}

/* A transfer that became a bridge is done when both sit there. */
static bool is_bridge_done(const struct phone_view *view, const struct call *call)
{
        int partner = phone_find_reference(view, call->partner);
        return call->bridged && call->state == CALL_MEMBER && partner != NO_CALL &&
               view->calls[partner]->state == CALL_MEMBER;
}

/* EVENT_KINDS: nothing. */
static enum event_kind due(const struct phone_view *view, int i)
{
        const struct call *call = view->calls[i];
        struct tally tally = tally_of(view, call->conference);
        if (tally.bridging)
                return EVENT_KINDS;
        if (is_bridge_done(view, call))
                return EV_PARTNER;
        if (tally.parted)
                return tally.calls < 2 ? EV_HANG_UP : call->parted ? EVENT_KINDS : EV_PART;
        if (tally.host)
                return tally.calls < 2 ? EV_ALONE : EVENT_KINDS;
        int heir = conference_heir(view, call->conference);
        if (heir == NO_CALL)
                return EV_ALONE;
        return heir == i ? EV_HEIR : EVENT_KINDS;
}

bool conference_due(const struct phone_view *view, struct phone_step *step)
{
        for (size_t i = 0; i < view->n_calls; i++) {
                enum event_kind event = takes_part(view->calls[i]) ? due(view, (int)i) : EVENT_KINDS;
                if (event == EVENT_KINDS || !call_takes(view->calls[i]->state, event))
                        continue;
                *step = (struct phone_step){.call = (int)i, .event = event, .status = event == EV_PARTNER ? 200 : 0};
                return true;
        }
        return phone_focus_due(view, step);
}
