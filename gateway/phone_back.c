#include "gateway/phone_back.h"

#include "gateway/bridge.h"
#include "gateway/core/phone_find.h"

#define LISTEN_MS 400 /* 20 packets of 20 ms */

static void tell(struct call_slot *slot, bool heard)
{
        bridge_event(slot, &(struct event){.kind = EV_PHONE_BACK, .status = heard});
}

static uint64_t packets_of(const struct call_slot *slot)
{
        return relay_heard(slot->phone->gateway->relay, slot->id, RELAY_PHONE);
}

static bool may_talk(const struct call_slot *slot)
{
        return slot->call.state == CALL_AWAY && slot->call.rx == RX_OPEN && slot->call.relayed;
}

/* Its user has begun or taken another call meanwhile: who waits for the phone stays on hold. */
static bool talks_elsewhere(const struct phone *phone)
{
        const struct call *calls[CALLS_PER_PHONE_MAX];
        struct phone_view view = bridge_view(phone, calls);
        return phone_find_active(&view) != NO_CALL;
}

static void on_listened(struct loop_timer *timer)
{
        struct phone *phone = (struct phone *)((char *)timer - offsetof(struct phone, back_timer));
        for (struct call_slot *slot = phone->calls; slot; slot = slot->next)
                if (may_talk(slot))
                        tell(slot, packets_of(slot) != slot->heard && !talks_elsewhere(phone));
        bridge_settle(phone);
}

void phone_back(struct phone *phone)
{
        bool restarted = sccp_session_fresh(phone->session);                 /* it is in no call any more */
        for (struct call_slot *slot = phone->calls; slot; slot = slot->next) /* one that is opened shows them all */
                slot->shown = (struct call_shown){0};
        for (struct call_slot *slot = phone->calls; slot; slot = slot->next) {
                if (restarted) {
                        bridge_event(slot, &(struct event){.kind = EV_PHONE_LOST});
                } else if (may_talk(slot)) {
                        slot->heard = packets_of(slot);
                        phone->back_timer.expired = on_listened;
                        loop_timer_start(phone->gateway->loop, &phone->back_timer, LISTEN_MS);
                } else {
                        tell(slot, false);
                }
        }
        if (phone->calls)
                bridge_settle(phone);
}

void phone_back_forget(struct phone *phone)
{
        loop_timer_stop(&phone->back_timer);
}
