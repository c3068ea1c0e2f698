#define NTA_OUTGOING_MAGIC_T struct watch

#include "sip/subscribe.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/tport_tag.h>
#include <sofia-sip/url.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/agent.h"
#include "sip/identity.h"

#define ROUTE_SIZE 1024

static const struct package {
        const char *event, *type;
} packages[] = {
        [SIP_MESSAGE_SUMMARY] = {"message-summary", "application/simple-message-summary"},
        [SIP_DIALOG_INFO] = {"dialog", "application/dialog-info+xml"},
        [SIP_PRESENCE] = {"presence", "application/pidf+xml"},
};

const char *subscribe_package(const struct watch *watch)
{
        return packages[watch->wish.package].event;
}

const char *subscribe_type(const struct watch *watch)
{
        return packages[watch->wish.package].type;
}

const char *subscribe_target(const struct watch *watch)
{
        return watch->wish.target[0] ? watch->wish.target : watch->account->who.user;
}

/* ---- the dialog ---- */

/* The route set as a header value: in the order of a request that came, against that of a response. */
static bool route_write(const sip_record_route_t *list, bool reverse, char out[ROUTE_SIZE])
{
        char uri[SIP_URI_SIZE], before[ROUTE_SIZE];
        out[0] = '\0';
        for (; list; list = list->r_next) {
                if (url_e(uri, sizeof uri, list->r_url) >= (issize_t)sizeof uri)
                        return false;
                text_copy(before, sizeof before, out);
                const char *comma = before[0] ? ", " : "";
                if (reverse ? !text_printf(out, ROUTE_SIZE, "<%s>%s%s", uri, comma, before)
                            : !text_append(out, ROUTE_SIZE, "%s<%s>", comma, uri))
                        return false;
        }
        return true;
}

void subscribe_dialog(struct watch *watch, const char *tag, const sip_contact_t *contact,
                      const sip_record_route_t *record_route, bool reverse)
{
        char uri[SIP_URI_SIZE], route[ROUTE_SIZE];
        bool begins = !watch->remote_tag[0];
        if (begins)
                TEXT_SET(watch->remote_tag, tag);
        /* a proxy between may write itself into one of the two only */
        bool routes = begins || (!watch->route && !watch->subscription.refreshing);
        if (routes && route_write(record_route, reverse, route) && route[0])
                watch->route = strdup(route);
        if (contact && contact->m_url->url_host && url_e(uri, sizeof uri, contact->m_url) < (issize_t)sizeof uri)
                TEXT_SET(watch->target, uri);
}

/* ---- answers ---- */

static void granted(struct watch *watch, const sip_t *response)
{
        const char *tag = response->sip_to ? response->sip_to->a_tag : NULL;
        bool same = !watch->remote_tag[0] || (tag && strcmp(tag, watch->remote_tag) == 0);
        if (tag && same) /* otherwise another fork's NOTIFY came first */
                subscribe_dialog(watch, tag, response->sip_contact, response->sip_record_route, true);
}

static int answered(struct watch *watch, nta_outgoing_t *request, const sip_t *response)
{
        bool nobody = nta_sip_is_internal(response);
        char reason[SIP_REASON_MAX];
        int status = response->sip_status->st_status;
        if (status < 200)
                return 0;
        atomic_fetch_add_explicit(&watch->sip->responses_in, 1, memory_order_relaxed);
        struct subscription_event event = {
                .kind = SUBSCRIPTION_ANSWER,
                .status = status,
                .expires_s = response->sip_expires ? (unsigned)response->sip_expires->ex_delta : watch->asked_s,
                .min_expires_s = response->sip_min_expires ? (unsigned)response->sip_min_expires->me_delta : 0,
                .retry_after_s = !nobody && response->sip_retry_after ? (unsigned)response->sip_retry_after->af_delta
                                                                      : 0,
                .answerable = auth_challenged(&watch->account->auth, &watch->attempt, response),
        };
        identity_name(response->sip_status->st_phrase, strlen(response->sip_status->st_phrase), reason, sizeof reason);
        if (status < 300)
                granted(watch, response);
        nta_outgoing_destroy(request);
        watch->request = NULL;
        watch_step(watch, &event, nobody ? "no answer" : reason);
        return 0;
}

/* ---- requests ---- */

struct headers {
        char uri[SIP_URI_SIZE]; /* of the request */
        char hop[SIP_URI_SIZE]; /* where it goes, "": where the URI says */
        char from[SIP_URI_SIZE + SIP_NAME_MAX + 40], to[SIP_URI_SIZE + SIP_NAME_MAX + 200], contact[SIP_URI_SIZE];
        struct auth_headers auth;
};

/* The first of the route set is the next hop (it is a loose router). */
static void hop_write(const struct watch *watch, char out[SIP_URI_SIZE])
{
        out[0] = '\0';
        if (watch->route)
                text_copy_n(out, SIP_URI_SIZE, watch->route + 1, strcspn(watch->route + 1, ">"));
}

static void headers_write(struct watch *watch, struct headers *out)
{
        struct account *account = watch->account;
        const struct pbx *pbx = account->pbx;
        char user[SIP_NUMBER_MAX * 3], address[SIP_URI_SIZE + SIP_NAME_MAX];
        struct digest_user digest_user = account_digest_user(account);
        uri_user_escape(subscribe_target(watch), user, sizeof user);
        account_address(account, &pbx->path, address, sizeof address);
        text_printf(out->uri, sizeof out->uri, "sip:%s@%s", user, pbx->domain);
        text_printf(out->to, sizeof out->to, "<sip:%s@%s>", user, pbx->host);
        TEXT_SET(out->hop, pbx->next_hop);
        if (watch->remote_tag[0]) {
                text_append(out->to, sizeof out->to, ";tag=%s", watch->remote_tag);
                if (watch->target[0])
                        TEXT_SET(out->uri, watch->target);
                hop_write(watch, out->hop);
        }
        text_printf(out->from, sizeof out->from, "%s;tag=%s", address, watch->tag);
        path_contact(&pbx->path, watch->contact_user, out->contact);
        auth_write(&account->auth, &digest_user, "SUBSCRIBE", out->uri, &out->auth);
}

static void request_send(struct watch *watch)
{
        const struct pbx *pbx = watch->account->pbx;
        struct headers h;
        sip_cseq_t cseq[1];
        sip_expires_t expires[1];
        headers_write(watch, &h);
        const char *route = watch->remote_tag[0] ? watch->route : pbx->route[0] ? pbx->route : NULL;
        sip_cseq_init(cseq);
        cseq->cs_seq = ++watch->cseq;
        cseq->cs_method = sip_method_subscribe;
        cseq->cs_method_name = "SUBSCRIBE";
        sip_expires_init(expires);
        expires->ex_delta = watch->asked_s;
        watch->request = nta_outgoing_tcreate(
                watch->sip->outside, answered, watch, URI_OR_NULL(h.hop), SIP_METHOD_SUBSCRIBE, URI_OR_NULL(h.uri),
                PATH_TAGS(&pbx->path), TAG_IF(route, SIPTAG_ROUTE_STR(route)), SIPTAG_FROM_STR(h.from),
                SIPTAG_TO_STR(h.to), SIPTAG_CALL_ID_STR(watch->call_id), SIPTAG_CSEQ(cseq),
                SIPTAG_CONTACT_STR(h.contact), SIPTAG_EVENT_STR(subscribe_package(watch)),
                SIPTAG_ACCEPT_STR(subscribe_type(watch)), SIPTAG_EXPIRES(expires), AUTH_TAGS(&h.auth),
                SIPTAG_ALLOW_STR(AGENT_ALLOW), SIPTAG_USER_AGENT_STR(watch->sip->user_agent), TAG_END());
        if (!watch->request)
                watch_step(watch, &(struct subscription_event){.kind = SUBSCRIPTION_ANSWER, .status = 500},
                           "the request cannot be made");
}

/* ---- turns ---- */

/* Lets those go first who waited longest, PBX_WATCHES_ASKING_MAX at a time. */
static void turns_give(struct pbx *pbx)
{
        if (pbx->watches_giving)
                return;
        pbx->watches_giving = true;
        while (pbx->watches_asking < PBX_WATCHES_ASKING_MAX && pbx->first_watch) {
                struct watch *watch = pbx->first_watch;
                pbx->first_watch = watch->next_waiting;
                watch->queued = false;
                watch->asking = true;
                pbx->watches_asking++;
                watch->attempt = (struct auth_attempt){0};
                request_send(watch);
        }
        pbx->rush |= pbx->watches_asking >= PBX_RUSH;
        pbx->watches_giving = false;
}

static void turn_give_up(struct watch *watch)
{
        struct pbx *pbx = watch->account->pbx;
        if (!watch->asking)
                return;
        watch->asking = false;
        pbx->watches_asking--;
        if (pbx->watches_asking > 0 || pbx->asking > 0 || !pbx->rush)
                return;
        pbx->rush = false;
        room_tidy_later(watch->sip);
}

static void turn_ask(struct watch *watch)
{
        struct pbx *pbx = watch->account->pbx;
        turn_give_up(watch);
        if (pbx->first_watch)
                pbx->last_watch->next_waiting = watch;
        else
                pbx->first_watch = watch;
        pbx->last_watch = watch;
        watch->next_waiting = NULL;
        watch->queued = true;
        turns_give(pbx);
}

void subscribe_send(struct watch *watch, bool at_once)
{
        if (at_once)
                request_send(watch);
        else
                turn_ask(watch);
}

void subscribe_done(struct watch *watch)
{
        if (!watch->asking || watch->request)
                return;
        turn_give_up(watch);
        turns_give(watch->account->pbx);
}

static void queue_leave(struct watch *watch)
{
        struct pbx *pbx = watch->account->pbx;
        struct watch *before = NULL;
        for (struct watch *at = pbx->first_watch; at != watch; at = at->next_waiting)
                before = at;
        if (before)
                before->next_waiting = watch->next_waiting;
        else
                pbx->first_watch = watch->next_waiting;
        if (pbx->last_watch == watch)
                pbx->last_watch = before;
}

void subscribe_abandon(struct watch *watch)
{
        if (watch->queued)
                queue_leave(watch);
        watch->queued = false;
        turn_give_up(watch);
        if (watch->request)
                nta_outgoing_destroy(watch->request);
        watch->request = NULL;
}
