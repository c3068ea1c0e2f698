#include "gateway/nudge.h"

#include "gateway/bridge.h"
#include "gateway/phone_show.h"

bool phone_may_answer_alone(const struct phone *phone, const struct alerting *alerting)
{
        uint32_t traits = phone->session ? sccp_session_model(phone->session)->traits : SCCP_TRAIT_NO_HANDSFREE;
        if (phone->gateway->config->calls.auto_answer == ANSWER_OFF)
                return false;
        return !bridge_is_analog(phone) && (alerting->one_way || !(traits & SCCP_TRAIT_NO_HANDSFREE));
}

static bool answer_alone(struct call_slot *slot)
{
        const struct call *calls[CALLS_PER_PHONE_MAX];
        struct phone_view view = bridge_view(slot->phone, calls);
        if (!phone_answers_alone(&view, &slot->call))
                return false;
        bridge_event(slot, &(struct event){.kind = EV_ANSWER_ALONE});
        return true;
}

static void on_answer(struct call_slot *slot)
{
        slot->nudge_tried = true;
        answer_alone(slot);
}

/* Only the newest call is announced. */
static void on_waiting(struct call_slot *slot)
{
        struct phone_look *shown = &slot->phone->shown.look;
        if (shown->waiting_for == slot->id)
                shown->waiting_for = 0;
}

static void on_held(struct call_slot *slot)
{
        bridge_event(slot, &(struct event){.kind = EV_REMIND});
}

static void (*const nudges[])(struct call_slot *slot) = {
        [NUDGE_ANSWER] = on_answer,
        [NUDGE_WAITING] = on_waiting,
        [NUDGE_HELD] = on_held,
};

/* 0: never. */
static unsigned nudge_ms(const struct call_slot *slot, enum phone_nudge nudge)
{
        const struct config *config = slot->phone->gateway->config;
        switch (nudge) {
        case NUDGE_NONE:
                break;
        case NUDGE_ANSWER:
                return slot->call.alerting.answer_after_s * 1000;
        case NUDGE_WAITING:
                return config->calls.call_waiting_s * 1000;
        case NUDGE_HELD:
                return config->calls.hold_reminder_s * 1000;
        }
        return 0;
}

static void nudge_start(struct call_slot *slot, enum phone_nudge nudge)
{
        unsigned ms = nudge_ms(slot, nudge);
        slot->nudge = nudge;
        if (ms)
                loop_timer_start(slot->phone->gateway->loop, &slot->nudge_timer, ms);
        else
                loop_timer_stop(&slot->nudge_timer);
}

static void on_nudge_timer(struct loop_timer *timer)
{
        struct call_slot *slot = (struct call_slot *)((char *)timer - offsetof(struct call_slot, nudge_timer));
        struct phone *phone = slot->phone;
        enum phone_nudge nudge = slot->nudge;
        slot->nudge = NUDGE_NONE; /* what asks for it again gets it again */
        nudges[nudge](slot);
        bridge_settle(phone);
}

void nudge_init(struct call_slot *slot)
{
        slot->nudge_timer.expired = on_nudge_timer;
}

void nudge_stop(struct call_slot *slot)
{
        loop_timer_stop(&slot->nudge_timer);
}

void nudge_settle(struct phone *phone)
{
        const struct call *calls[CALLS_PER_PHONE_MAX];
        struct phone_view view = bridge_view(phone, calls);
        for (struct call_slot *slot = phone->calls; slot; slot = slot->next) {
                enum phone_nudge due = slot->done ? NUDGE_NONE : phone_nudge(&view, &slot->call, slot->nudge_tried);
                if (due != slot->nudge)
                        nudge_start(slot, due);
        }
}

void nudge_offered(struct call_slot *slot)
{
        if (slot->call.alerting.answer_after_s)
                return;
        slot->nudge_tried = true;
        answer_alone(slot);
}
