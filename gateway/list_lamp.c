#include "gateway/list_lamp.h"

#include <stdlib.h>

#include "gateway/busy_lamp.h"

#define LIST_LAMPS_MAX 100 /* of one phone, as many as its longest list has entries */
#define TIMER_MAX_S    86400

struct list_lamp {
        struct watcher watcher; /* first */
        struct phone *phone;
        struct list_lamp *next; /* of the same phone */
        uint32_t transaction, feature;
        uint32_t shown; /* SCCP_BLF_... */
        struct loop_timer expiry;
};

static void answer(const struct phone *phone, const struct sccp_input *input, uint32_t cause)
{
        struct sccp_message message = {.id = SCCP_SUBSCRIPTION_STAT_RES};
        message.subscription_stat_res = (struct sccp_subscription_stat_res){.transaction_id = input->transaction,
                                                                            .feature = input->feature,
                                                                            .timer = input->timer_s,
                                                                            .cause = cause};
        sccp_session_send(phone->session, &message);
}

static void show(struct list_lamp *lamp)
{
        struct sccp_message message = {.id = SCCP_NOTIFICATION};
        lamp->shown = busy_lamp_status(watch_look(&lamp->watcher)->state);
        message.notification = (struct sccp_notification){
                .transaction_id = lamp->transaction, .feature = lamp->feature, .status = lamp->shown};
        sccp_session_send(lamp->phone->session, &message);
}

static void on_news(struct watcher *watcher)
{
        struct list_lamp *lamp = (struct list_lamp *)watcher;
        if (lamp->phone->session && lamp->shown != busy_lamp_status(watch_look(watcher)->state))
                show(lamp);
}

static void lamp_free(struct list_lamp *lamp)
{
        struct list_lamp **at = &lamp->phone->list_lamps;
        while (*at != lamp)
                at = &(*at)->next;
        *at = lamp->next;
        loop_timer_stop(&lamp->expiry);
        watch_leave(&lamp->watcher);
        free(lamp);
}

static void on_expiry(struct loop_timer *timer)
{
        lamp_free((struct list_lamp *)((char *)timer - offsetof(struct list_lamp, expiry)));
}

static struct list_lamp *lamp_of(const struct phone *phone, uint32_t transaction)
{
        struct list_lamp *lamp = phone->list_lamps;
        while (lamp && lamp->transaction != transaction)
                lamp = lamp->next;
        return lamp;
}

static unsigned count(const struct phone *phone)
{
        unsigned n = 0;
        for (const struct list_lamp *lamp = phone->list_lamps; lamp; lamp = lamp->next)
                n++;
        return n;
}

/* The PBX of a phone's lists is that of its first line. NULL: no room. */
static struct list_lamp *lamp_new(struct phone *phone, const struct sccp_input *input)
{
        struct list_lamp *lamp = count(phone) < LIST_LAMPS_MAX ? calloc(1, sizeof *lamp) : NULL;
        uint32_t timer_s = input->timer_s < TIMER_MAX_S ? input->timer_s : TIMER_MAX_S;
        if (!lamp || !watch_join(&lamp->watcher, phone, phone->lines[0].account->pbx, input->number, on_news)) {
                free(lamp);
                return NULL;
        }
        lamp->phone = phone;
        lamp->transaction = input->transaction;
        lamp->feature = input->feature;
        lamp->expiry.expired = on_expiry;
        lamp->next = phone->list_lamps;
        phone->list_lamps = lamp;
        loop_timer_start(phone->gateway->loop, &lamp->expiry, timer_s * INT64_C(1000));
        return lamp;
}

void list_lamp_asked(struct phone *phone, const struct sccp_input *input)
{
        struct list_lamp *lamp = lamp_of(phone, input->transaction);
        if (lamp)
                lamp_free(lamp);
        if (!input->timer_s || !input->number[0]) { /* phones ask for entries without a number too */
                answer(phone, input, SCCP_SUBSCRIPTION_OK);
                return;
        }
        if (phone->n_lines == 0 || !watch_can(phone->gateway, phone->lines[0].account->pbx)) {
                answer(phone, input, SCCP_SUBSCRIPTION_ROUTE_FAIL);
                return;
        }
        lamp = lamp_new(phone, input);
        answer(phone, input, lamp ? SCCP_SUBSCRIPTION_OK : SCCP_SUBSCRIPTION_THROTTLE);
        if (lamp)
                show(lamp);
}

void list_lamps_end(struct phone *phone)
{
        while (phone->list_lamps)
                lamp_free(phone->list_lamps);
}
