#include "sip/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/loop.h"
#include "gateway/base/text.h"
#include "sip/subscribe.h"

#define WATCH_LOG_BURST    5 /* a PBX that refuses one often refuses all */
#define WATCH_LOG_PERIOD_S 60

static void watch_due(struct timer *timer);

static struct watch *watch_of_timer(struct timer *timer)
{
        return (struct watch *)((char *)timer - offsetof(struct watch, timer));
}

/* ---- the table ---- */

static struct watch *watch_by_id(const struct sip *sip, uint32_t id)
{
        return id < sip->n_watches ? sip->watches[id] : NULL;
}

static bool table_reach(struct sip *sip, uint32_t id)
{
        size_t n = sip->n_watches ? sip->n_watches : 64;
        if (id < sip->n_watches)
                return true;
        while (n <= id)
                n *= 2;
        struct watch **table = realloc(sip->watches, n * sizeof *table);
        if (!table)
                return false;
        memset(table + sip->n_watches, 0, (n - sip->n_watches) * sizeof *table);
        sip->watches = table;
        sip->n_watches = n;
        return true;
}

struct watch *watch_by_contact(const struct sip *sip, const char *user)
{
        char *end;
        if (*user != 'w')
                return NULL;
        struct watch *watch = watch_by_id(sip, (uint32_t)strtoul(user + 1, &end, 16));
        if (*end == '-' && watch && strcmp(watch->contact_user, user) == 0)
                return watch;
        watch = sip->watches_leaving;
        while (watch && strcmp(watch->contact_user, user) != 0)
                watch = watch->next_leaving;
        return watch;
}

/* ---- its life ---- */

static void watch_free(struct watch *watch)
{
        subscribe_abandon(watch);
        room_timer_clear(watch->sip, &watch->timer);
        *watch->account_link = watch->next_of_account;
        if (watch->next_of_account)
                watch->next_of_account->account_link = watch->account_link;
        if (watch->leaving_link) {
                *watch->leaving_link = watch->next_leaving;
                if (watch->next_leaving)
                        watch->next_leaving->leaving_link = watch->leaving_link;
        }
        free(watch->route);
        free(watch);
}

static void idle_free(struct timer *timer)
{
        watch_free(watch_of_timer(timer));
}

/* Whoever called may still look at it. */
static void free_when_idle(struct watch *watch)
{
        if (watch->named || watch->subscription.phase != SUBSCRIPTION_IDLE)
                return;
        watch->timer.expired = idle_free;
        room_timer_set(watch->sip, &watch->timer, 0);
}

static struct watch *watch_new(struct account *account, uint32_t id, const struct sip_wish *wish)
{
        struct watch *watch = calloc(1, sizeof *watch);
        if (!watch)
                return NULL;
        watch->sip = account->sip;
        watch->account = account;
        watch->id = id;
        watch->named = true;
        watch->wish = *wish;
        watch->subscription.expires_s = account->pbx->expires_s;
        watch->timer.expired = watch_due;
        size_t at = (size_t)snprintf(watch->contact_user, sizeof watch->contact_user, "w%x-", id);
        room_token(watch->contact_user + at, 16);
        watch->cseq = room_random() & 0xffff;
        watch->account_link = &account->watches;
        watch->next_of_account = account->watches;
        if (watch->next_of_account)
                watch->next_of_account->account_link = &watch->next_of_account;
        account->watches = watch;
        return watch;
}

/* ---- reports ---- */

struct sip_event watch_event_of(const struct watch *watch)
{
        return (struct sip_event){
                .kind = SIP_WATCHED,
                .line = watch->account->line,
                .watched = {.watch = watch->id, .state = watch->subscription.state},
        };
}

void watch_post(const struct watch *watch, const struct sip_event *event)
{
        if (watch->named)
                room_post(watch->sip, event);
}

static void refusal_log(struct watch *watch, int status, const char *reason, unsigned retry_s)
{
        struct pbx *pbx = watch->account->pbx;
        /* a line without a mailbox is nothing to worry about */
        enum log_level level = watch->wish.package == SIP_MESSAGE_SUMMARY ? LOG_INFO : LOG_WARNING;
        if (log_allowed(&pbx->watch_limit, WATCH_LOG_BURST, WATCH_LOG_PERIOD_S))
                log_write(level, watch->account->who.number,
                          "the PBX refuses the %s package for %s: %d %s; asked again in %u s", subscribe_package(watch),
                          subscribe_target(watch), status, reason, retry_s);
}

static void state_report(struct watch *watch, int status, const char *reason, int64_t wait_ms)
{
        struct sip_event event = watch_event_of(watch);
        event.status = status;
        event.retry_s = (unsigned)((wait_ms + 999) / 1000);
        TEXT_SET(event.reason, reason);
        if (watch->subscription.state == SIP_WATCH_REFUSED)
                refusal_log(watch, status, reason, event.retry_s);
        watch_post(watch, &event);
}

static void refuse(struct sip *sip, uint32_t id, uint32_t line, const char *reason)
{
        struct sip_event event = {
                .kind = SIP_WATCHED, .line = line, .watched = {.watch = id, .state = SIP_WATCH_REFUSED}};
        TEXT_SET(event.reason, reason);
        room_post(sip, &event);
}

/* ---- what happens to it ---- */

static void dialog_begin(struct watch *watch)
{
        watch->remote_tag[0] = watch->target[0] = '\0';
        free(watch->route);
        watch->route = NULL;
        watch->remote_cseq_known = false;
        watch->order = (struct dialog_info_order){.begun = false};
        room_token(watch->call_id, 24);
        room_token(watch->tag, 12);
}

void watch_step(struct watch *watch, struct subscription_event *event, const char *reason)
{
        struct subscription_order order;
        int64_t left_ms = watch->timer.due_ms - clock_ms();
        event->random = room_random();
        event->left_ms = watch->timer.place == 0 ? 0 : left_ms > 0 ? left_ms : 1;
        if (!subscription_step(&watch->subscription, event, &order))
                return;
        log_debug(watch->account->who.number, "watch %u: event %d status %d, phase %d, wait %lld ms", watch->id,
                  event->kind, event->status, watch->subscription.phase, (long long)order.wait_ms);
        if (order.report)
                state_report(watch, event->status, reason, order.wait_ms);
        if (order.wait_ms > 0)
                room_timer_set(watch->sip, &watch->timer, order.wait_ms);
        else
                room_timer_clear(watch->sip, &watch->timer);
        if (order.anew)
                dialog_begin(watch);
        if (order.send)
                watch->asked_s = order.expires_s;
        if (order.send)
                subscribe_send(watch, order.again);
        else
                subscribe_done(watch);
        free_when_idle(watch);
}

static void happen(struct watch *watch, enum subscription_event_kind kind)
{
        watch_step(watch, &(struct subscription_event){.kind = kind}, "");
}

static void watch_due(struct timer *timer)
{
        happen(watch_of_timer(timer), SUBSCRIPTION_DUE);
}

/* ---- commands ---- */

void watch_add(struct sip *sip, uint32_t id, uint32_t line, const struct sip_wish *wish)
{
        struct account *account = account_by_line(sip, line);
        watch_remove(sip, id);
        if (!account || account->pbx->none) {
                refuse(sip, id, line, account ? "there is no PBX to ask" : "there is no such line");
                return;
        }
        struct watch *watch = id < SIP_WATCHES_MAX && table_reach(sip, id) ? watch_new(account, id, wish) : NULL;
        if (!watch) {
                log_error(account->who.number, "no room for watch %u", id);
                refuse(sip, id, line, "too many watches");
                return;
        }
        sip->watches[id] = watch;
        if (account->registration.state == SIP_LINE_REGISTERED)
                happen(watch, SUBSCRIPTION_WANTED);
}

static void take_leave(struct watch *watch)
{
        struct sip *sip = watch->sip;
        sip->watches[watch->id] = NULL;
        watch->named = false;
        watch->leaving_link = &sip->watches_leaving;
        watch->next_leaving = sip->watches_leaving;
        if (watch->next_leaving)
                watch->next_leaving->leaving_link = &watch->next_leaving;
        sip->watches_leaving = watch;
        happen(watch, SUBSCRIPTION_UNWANTED);
        free_when_idle(watch);
}

void watch_remove(struct sip *sip, uint32_t id)
{
        struct watch *watch = watch_by_id(sip, id);
        if (watch)
                take_leave(watch);
}

void watches_leave(struct account *account)
{
        struct watch *next;
        for (struct watch *watch = account->watches; watch; watch = next) {
                next = watch->next_of_account;
                if (watch->named)
                        take_leave(watch);
        }
}

void watches_follow(struct account *account)
{
        enum subscription_event_kind kind = account->registration.state == SIP_LINE_REGISTERED ? SUBSCRIPTION_WANTED
                                            : account->up                                      ? SUBSCRIPTION_LOST
                                                                                               : SUBSCRIPTION_UNWANTED;
        struct watch *next;
        for (struct watch *watch = account->watches; watch; watch = next) {
                next = watch->next_of_account;
                if (watch->named)
                        happen(watch, kind);
        }
}

/* ---- the end ---- */

bool watches_idle(const struct sip *sip)
{
        for (size_t i = 0; i < sip->n_watches; i++) {
                if (sip->watches[i] && sip->watches[i]->subscription.phase != SUBSCRIPTION_IDLE)
                        return false;
        }
        return sip->watches_leaving == NULL;
}

void watches_free(struct sip *sip)
{
        for (size_t i = 0; i < sip->n_watches; i++) {
                if (sip->watches[i])
                        watch_free(sip->watches[i]);
        }
        while (sip->watches_leaving)
                watch_free(sip->watches_leaving);
        free(sip->watches);
        sip->watches = NULL;
        sip->n_watches = 0;
}
