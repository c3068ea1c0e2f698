#include "gateway/call_back.h"

#include <stdlib.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/core/recall.h"
#include "gateway/phone_show.h"
#include "gateway/phone_side.h"
#include "gateway/watch.h"

struct call_back {
        struct watcher watcher; /* first */
        struct phone *phone;
        struct phone_line *line;
        struct recall recall;
        char dialled[DIAL_DIGITS_MAX + 1]; /* as its user typed the number */
        uint32_t ringing;                  /* the call that rings its user up, 0: none does */
        struct loop_timer expiry, news;
};

bool call_back_possible(const struct phone_line *line)
{
        const struct gateway *gateway = line->phone->gateway;
        return gateway->config->calls.call_back_s && watch_can(gateway, line->account->pbx);
}

static struct call_slot *ringing_slot(const struct call_back *back)
{
        struct call_slot *slot = bridge_call(back->phone->gateway, back->ringing);
        return slot && slot->call.state == CALL_OFFERED ? slot : NULL;
}

static void say(const struct call_back *back, const struct recall_order *order)
{
        static const char *const words[] = {[RECALL_SAY_ON] = "activated",
                                            [RECALL_SAY_OFF] = "cancelled",
                                            [RECALL_SAY_REFUSED] = "not possible",
                                            [RECALL_SAY_EXPIRED] = "given up"};
        char text[PARTY_NUMBER_SIZE + 16];
        if (order->text == RECALL_SAY_NOTHING)
                return;
        text_printf(text, sizeof text, " %s %s", order->about.number, words[order->text]);
        phone_side_notify(back->phone, SCCP_LABEL_CALLBACK, text);
}

static void ring(struct call_back *back)
{
        struct event event = {.kind = EV_RECALL, .party = back->recall.party};
        struct call_slot *slot = bridge_call_new(back->line);
        if (!slot)
                return; /* nothing rings: it is over */
        TEXT_SET(event.number, back->dialled);
        back->ringing = slot->id;
        bridge_event(slot, &event);
}

static void silence(struct call_back *back)
{
        struct call_slot *slot = ringing_slot(back);
        if (slot)
                bridge_event(slot, &(struct event){.kind = EV_ENDED, .elsewhere = true});
        back->ringing = 0;
}

static void on_news(struct watcher *watcher)
{
        struct call_back *back = (struct call_back *)watcher;
        loop_timer_start(back->phone->gateway->loop, &back->news, 0);
}

static void perform(struct call_back *back, const struct recall_order *order);

static void give(struct call_back *back, const struct recall_event *event)
{
        struct recall_order order;
        enum recall_state from = back->recall.state;
        if (!recall_step(&back->recall, event, &order))
                return;
        if (back->recall.state != from)
                log_info(back->phone->config->name, "call back to %s: %s",
                         order.about.number[0] ? order.about.number : back->recall.party.number,
                         recall_state_name(back->recall.state));
        perform(back, &order);
}

static void watch(struct call_back *back)
{
        struct gateway *gateway = back->phone->gateway;
        loop_timer_start(gateway->loop, &back->expiry, gateway->config->calls.call_back_s * INT64_C(1000));
        if (watch_join(&back->watcher, back->phone, back->line->account->pbx, back->recall.party.number, on_news))
                on_news(&back->watcher);
        else
                give(back, &(struct recall_event){.kind = RECALL_REFUSED});
}

static void perform(struct call_back *back, const struct recall_order *order)
{
        if (order->silence)
                silence(back);
        if (order->leave)
                watch_leave(&back->watcher);
        say(back, order);
        if (order->watch)
                watch(back);
        if (order->ring)
                ring(back);
}

static void call_back_free(struct call_back *back)
{
        loop_timer_stop(&back->expiry);
        loop_timer_stop(&back->news);
        back->phone->call_back = NULL;
        free(back);
}

/* The key that ends it is shown while there is something to end. */
static void free_if_over(struct call_back *back)
{
        struct phone *phone = back->phone;
        if (back->recall.state != RECALL_OFF)
                return;
        call_back_free(back);
        if (phone->session)
                phone_show_keys(phone);
}

static void give_and_settle(struct call_back *back, enum recall_event_kind kind)
{
        struct phone *phone = back->phone;
        give(back, &(struct recall_event){.kind = kind});
        free_if_over(back);
        bridge_settle(phone);
}

static void on_expiry(struct loop_timer *timer)
{
        give_and_settle((struct call_back *)((char *)timer - offsetof(struct call_back, expiry)), RECALL_EXPIRED);
}

/* What is known may have been told in the middle of anything: it is looked at when nothing else is under way. */
static void on_news_timer(struct loop_timer *timer)
{
        struct call_back *back = (struct call_back *)((char *)timer - offsetof(struct call_back, news));
        struct phone *phone = back->phone;
        if (!back->watcher.target)
                return;
        if (watch_refused(&back->watcher)) {
                give_and_settle(back, RECALL_REFUSED);
                return;
        }
        give(back, &(struct recall_event){.kind = RECALL_SEEN, .presence = watch_look(&back->watcher)->state});
        bridge_settle(phone);
}

static struct call_back *call_back_new(struct phone *phone)
{
        struct call_back *back = calloc(1, sizeof *back);
        if (!back)
                return NULL;
        back->phone = phone;
        back->expiry.expired = on_expiry;
        back->news.expired = on_news_timer;
        phone->call_back = back;
        return back;
}

/* The party as the PBX knows it, and as the user typed it. */
static void want(struct call_back *back, const struct call_slot *slot)
{
        struct recall_event event = {.kind = RECALL_WANTED, .busy = recall_was_busy(&slot->call)};
        TEXT_SET(event.party.name, slot->call.parties.called.name);
        TEXT_SET(event.party.number, slot->call.number);
        TEXT_SET(back->dialled, slot->call.dialled);
        back->line = slot->line;
        give(back, &event);
}

void call_back_key(struct phone *phone, const struct call_slot *slot)
{
        struct call_back *back = phone->call_back;
        if (!back && slot)
                back = call_back_new(phone);
        if (!back)
                return;
        if (slot)
                want(back, slot);
        else
                give(back, &(struct recall_event){.kind = RECALL_STOPPED});
        free_if_over(back);
}

/* Whoever of the two called. */
static bool talks_to_party(const struct call_back *back)
{
        for (const struct call_slot *slot = back->phone->calls; slot; slot = slot->next) {
                const struct call *call = &slot->call;
                const char *far = call->incoming ? call->parties.calling.number : call->number;
                if (call->state == CALL_TALKING && text_equal(far, back->recall.party.number))
                        return true;
        }
        return false;
}

static bool user_is_free(const struct phone *phone)
{
        bool calls = false;
        for (const struct call_slot *slot = phone->calls; slot; slot = slot->next)
                calls |= !slot->done && !call_is_hidden(&slot->call);
        return !calls && phone->session && phone->dnd == DND_OFF;
}

void call_back_settle(struct phone *phone)
{
        struct call_back *back = phone->call_back;
        if (!back)
                return;
        if (talks_to_party(back))
                give_and_settle(back, RECALL_REACHED);
        else if (back->recall.state == RECALL_RINGING && !ringing_slot(back))
                give_and_settle(back, RECALL_RUNG);
        else if (back->recall.state == RECALL_READY && user_is_free(phone))
                give_and_settle(back, RECALL_FREE);
}

void call_back_end(struct phone *phone)
{
        struct call_back *back = phone->call_back;
        if (!back)
                return;
        give(back, &(struct recall_event){.kind = RECALL_GONE});
        call_back_free(back);
}

const char *call_back_number(const struct phone *phone)
{
        return phone->call_back ? phone->call_back->recall.party.number : NULL;
}
