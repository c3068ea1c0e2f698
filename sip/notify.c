#include "sip/notify.h"

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/url.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/mail_summary.h"
#include "sip/pidf.h"
#include "sip/subscribe.h"

#define BAD_LOG_BURST    3
#define BAD_LOG_PERIOD_S 60

/* What a body says; one at a time, on the SIP thread's stack. */
struct news {
        enum sip_learnt learnt; /* SIP_LEARNT_NOTHING: the body was empty */
        union {
                struct sip_mail mail;
                struct dialog_info dialogs;
                enum sip_presence presence;
        };
};

static int reply(const struct sip *sip, nta_incoming_t *irq, int status, const char *accept)
{
        nta_incoming_treply(irq, status, sip_status_phrase(status),
                            TAG_IF(status == 489, SIPTAG_ALLOW_EVENTS_STR(NOTIFY_ALLOW_EVENTS)),
                            TAG_IF(status == 415, SIPTAG_ACCEPT_STR(accept)), SIPTAG_SERVER_STR(sip->user_agent),
                            TAG_END());
        return status;
}

/* ---- bodies ---- */

static const char *mail_read(const char *text, size_t len, struct news *out)
{
        return mail_summary_read(text, len, &out->mail);
}

static const char *dialogs_read(const char *text, size_t len, struct news *out)
{
        return dialog_info_read(text, len, &out->dialogs);
}

static const char *presence_read(const char *text, size_t len, struct news *out)
{
        return pidf_read(text, len, &out->presence);
}

static const struct body {
        enum sip_learnt learnt;
        const char *(*read)(const char *, size_t, struct news *);
} bodies[] = {
        [SIP_MESSAGE_SUMMARY] = {SIP_LEARNT_MAIL, mail_read},
        [SIP_DIALOG_INFO] = {SIP_LEARNT_DIALOGS, dialogs_read},
        [SIP_PRESENCE] = {SIP_LEARNT_PRESENCE, presence_read},
};

/* 0, or the status to refuse it with. Kamailio's first NOTIFY has no body. */
static int body_read(struct sip *sip, const char *subject, enum sip_package package, const char *type,
                     const sip_t *request, struct news *out)
{
        const sip_payload_t *payload = request->sip_payload;
        const char *told = request->sip_content_type ? request->sip_content_type->c_type : "";
        out->learnt = SIP_LEARNT_NOTHING;
        if (!payload || payload->pl_len == 0)
                return 0;
        if (!text_equal_nocase(told, type))
                return 415;
        const char *problem = bodies[package].read(payload->pl_data, payload->pl_len, out);
        if (problem && log_allowed(&sip->notify_limit, BAD_LOG_BURST, BAD_LOG_PERIOD_S))
                log_warning(subject, "a NOTIFY with %s cannot be read: %s", type, problem);
        if (!problem)
                out->learnt = bodies[package].learnt;
        return problem ? 400 : 0;
}

/* ---- of a subscription ---- */

/* Dialogs one by one: an event for each would be as large as all of them. */
static void dialogs_post(struct watch *watch, const struct dialog_info *info)
{
        struct sip_event event = watch_event_of(watch);
        event.watched.learnt = SIP_LEARNT_DIALOGS;
        event.watched.whole = info->full;
        event.watched.empty = event.watched.last = info->n_dialogs == 0;
        if (info->n_dialogs == 0)
                watch_post(watch, &event);
        for (size_t i = 0; i < info->n_dialogs; i++) {
                event.watched.dialog = info->dialogs[i];
                event.watched.last = i + 1 == info->n_dialogs;
                watch_post(watch, &event);
                event.watched.whole = false;
        }
}

static void dialogs_tell(struct watch *watch, const struct dialog_info *info)
{
        switch (dialog_info_place(&watch->order, info)) {
        case DIALOG_INFO_NEXT:
                dialogs_post(watch, info);
                break;
        case DIALOG_INFO_GAP:
                watch_step(watch, &(struct subscription_event){.kind = SUBSCRIPTION_MISSED}, "");
                break;
        case DIALOG_INFO_OLD:
                break;
        }
}

static void news_tell(struct watch *watch, const struct news *news)
{
        struct sip_event event = watch_event_of(watch);
        event.watched.learnt = news->learnt;
        switch (news->learnt) {
        case SIP_LEARNT_MAIL:
                event.watched.mail = news->mail;
                watch_post(watch, &event);
                break;
        case SIP_LEARNT_PRESENCE:
                event.watched.presence = news->presence;
                watch_post(watch, &event);
                break;
        case SIP_LEARNT_DIALOGS:
                dialogs_tell(watch, &news->dialogs);
                break;
        case SIP_LEARNT_NOTHING:
                break;
        }
}

static unsigned seconds(const char *text)
{
        unsigned long value = text ? strtoul(text, NULL, 10) : 0;
        return value > UINT32_MAX ? UINT32_MAX : (unsigned)value;
}

static struct subscription_event event_of(const sip_t *request)
{
        const sip_subscription_state_t *state = request->sip_subscription_state;
        struct subscription_event event = {.kind = SUBSCRIPTION_NOTIFIED};
        if (!state) /* old servers leave it out */
                return event;
        event.said = subscription_said(state->ss_substate);
        event.reason = subscription_reason(state->ss_reason);
        event.expires_s = seconds(state->ss_expires);
        event.retry_after_s = seconds(state->ss_retry_after);
        return event;
}

/* Is the NOTIFY of the watch's dialog, or does it begin it? A second fork's is of none (RFC 6665 section 4.4.1). */
static bool is_of_dialog(const struct watch *watch, const sip_t *request)
{
        const char *to = request->sip_to->a_tag, *from = request->sip_from->a_tag;
        return subscription_listens(&watch->subscription) && to && from && strcmp(to, watch->tag) == 0 &&
               strcmp(request->sip_call_id->i_id, watch->call_id) == 0 &&
               (!watch->remote_tag[0] || strcmp(from, watch->remote_tag) == 0);
}

/* 0, or the status to refuse it with. */
static int objection(const struct watch *watch, const sip_t *request)
{
        if (!is_of_dialog(watch, request))
                return 481;
        if (!request->sip_event || !text_equal_nocase(request->sip_event->o_type, subscribe_package(watch)))
                return 489;
        if (watch->remote_cseq_known && request->sip_cseq->cs_seq <= watch->remote_cseq)
                return 500; /* it was overtaken (RFC 3261 section 12.2.2) */
        return 0;
}

static int watch_notified(struct watch *watch, nta_incoming_t *irq, const sip_t *request)
{
        struct subscription_event event = event_of(request);
        struct sip *sip = watch->sip;
        struct news news;
        int status = objection(watch, request);
        if (status == 0)
                status = body_read(sip, watch->account->who.number, watch->wish.package, subscribe_type(watch), request,
                                   &news);
        if (status != 0)
                return reply(sip, irq, status, subscribe_type(watch));
        reply(sip, irq, 200, NULL);
        watch->remote_cseq = request->sip_cseq->cs_seq;
        watch->remote_cseq_known = true;
        subscribe_dialog(watch, request->sip_from->a_tag, request->sip_contact, request->sip_record_route, false);
        bool wanted = watch->subscription.wanted, ends = event.said == SUBSCRIPTION_TERMINATED;
        if (wanted && ends) /* the last word, before it does not hold any more */
                news_tell(watch, &news);
        watch_step(watch, &event,
                   ends && request->sip_subscription_state->ss_reason ? request->sip_subscription_state->ss_reason
                                                                      : "");
        if (wanted && !ends)
                news_tell(watch, &news);
        return 200;
}

/* ---- unasked ---- */

static bool is_own_mail(const struct account *account, const char *user, const struct ip *from)
{
        return !account->pbx->none && ip_equal(&account->pbx->path.peer, from) &&
               (strcmp(account->who.user, user) == 0 || strcmp(account->who.number, user) == 0);
}

/* By the line's contact, which only its PBX knows; by its number when it is the PBX that says so. */
static struct account *account_meant(const struct sip *sip, nta_incoming_t *irq, const char *user)
{
        struct account *account = account_by_contact(sip, user);
        msg_t *message = account ? NULL : nta_incoming_getrequest(irq);
        if (!message)
                return account;
        struct ip from = endpoint_from_sockaddr(&msg_addr(message)->su_sa).ip;
        msg_destroy(message);
        for (size_t i = 0; i < sip->max_lines && !account; i++) {
                if (sip->lines[i] && is_own_mail(sip->lines[i], user, &from))
                        account = sip->lines[i];
        }
        return account;
}

static int mail_notified(struct sip *sip, nta_incoming_t *irq, const sip_t *request, const char *user)
{
        static const char type[] = "application/simple-message-summary";
        struct account *account = account_meant(sip, irq, user);
        struct news news;
        if (!account)
                return reply(sip, irq, 481, NULL);
        int status = body_read(sip, account->who.number, SIP_MESSAGE_SUMMARY, type, request, &news);
        reply(sip, irq, status ? status : 200, type);
        if (status == 0 && news.learnt == SIP_LEARNT_MAIL)
                room_post(sip, &(struct sip_event){.kind = SIP_MAIL, .line = account->line, .mail = news.mail});
        return status ? status : 200;
}

int notify_received(struct sip *sip, nta_incoming_t *irq, const sip_t *request)
{
        char user[SIP_NUMBER_MAX * 3] = "";
        const char *written = request->sip_request->rq_url->url_user;
        if (written && strlen(written) < sizeof user)
                url_unescape(user, written);
        struct watch *watch = watch_by_contact(sip, user);
        if (watch)
                return watch_notified(watch, irq, request);
        if (request->sip_to->a_tag)
                return reply(sip, irq, 481, NULL);
        if (!request->sip_event || !text_equal_nocase(request->sip_event->o_type, "message-summary"))
                return reply(sip, irq, 489, NULL);
        return mail_notified(sip, irq, request, user);
}
