#define NTA_OUTGOING_MAGIC_T struct account

#include "sip/register.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/tport_tag.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/loop.h"
#include "gateway/base/text.h"
#include "sip/agent.h"
#include "sip/probe.h"
#include "sip/watch.h"

/* Lines of a PBX that answers again are tried within this time, for each of them. */
#define RETURN_SPREAD_MS 10

static void turn_give_up(struct account *account);

static void state_report(struct account *account, int status, const char *reason, int64_t wait_ms)
{
        enum sip_line_state state = account->registration.state;
        if (account->removed)
                return; /* another line may have its number */
        struct sip_event event = {.kind = SIP_LINE_STATE, .line = account->line, .line_state = state, .status = status};
        TEXT_SET(event.reason, reason);
        event.retry_s = state == SIP_LINE_REGISTERED ? 0 : (unsigned)((wait_ms + 999) / 1000);
        room_post(account->sip, &event);
}

void register_again(struct pbx *pbx)
{
        struct sip *sip = pbx->sip;
        int64_t wait_ms = 0;
        for (size_t i = 0; i < sip->max_lines; i++) {
                struct account *account = sip->lines[i];
                if (account && account->pbx == pbx && account->registration.phase == REGISTRATION_WAITING &&
                    account->registration.state == SIP_LINE_UNREACHABLE)
                        room_timer_set(sip, &account->timer, wait_ms += RETURN_SPREAD_MS);
        }
}

/* What the registrar granted: told with our contact, or for all of them. */
static unsigned granted_s(const struct account *account, const sip_t *sip)
{
        for (const sip_contact_t *contact = sip->sip_contact; contact; contact = contact->m_next) {
                if (contact->m_url->url_user && strcmp(contact->m_url->url_user, account->contact_user) == 0 &&
                    contact->m_expires)
                        return (unsigned)strtoul(contact->m_expires, NULL, 10);
        }
        return sip->sip_expires ? (unsigned)sip->sip_expires->ex_delta : account->asked_s;
}

/* The lines of one PBX are granted the same: one line of log for all of them, again when it has changed in between. */
static void brief_notice(struct account *account, unsigned expires_s)
{
        bool brief = expires_s < REGISTRATION_GRANT_MIN_S;
        if (brief && !account->pbx->brief)
                log_warning(account->who.number,
                            "registered for %u s only: the PBX loses its lines between refreshes, which are 5 s apart",
                            expires_s);
        account->pbx->brief = brief;
}

/* It is reached elsewhere than it has just said: it says so at once, but not again and again, or a NAT with a new port
 * for every packet would have it register for ever. */
static void told_check(struct account *account)
{
        bool moved = !endpoint_equal(&account->told, path_told(&account->pbx->path));
        if (moved && !account->corrected)
                room_timer_set(account->sip, &account->timer, RETURN_SPREAD_MS);
        account->corrected = moved && !account->corrected;
}

static int answered(struct account *account, nta_outgoing_t *request, const sip_t *sip)
{
        bool nobody = nta_sip_is_internal(sip);
        char reason[SIP_REASON_MAX];
        if (sip->sip_status->st_status < 200)
                return 0;
        struct registration_event event = {
                .kind = REGISTRATION_ANSWER,
                .status = sip->sip_status->st_status,
                .expires_s = granted_s(account, sip),
                .min_expires_s = sip->sip_min_expires ? (unsigned)sip->sip_min_expires->me_delta : 0,
                .retry_after_s = !nobody && sip->sip_retry_after ? (unsigned)sip->sip_retry_after->af_delta : 0,
                .answerable = auth_challenged(&account->auth, &account->attempt, sip),
                .random = room_random(),
        };
        probe_reason(sip, reason);
        if (!nobody) {
                pbx_source_learn(account->pbx, request);
                pbx_seen_learn(account->pbx, sip);
        }
        nta_outgoing_destroy(request);
        account->request = NULL;
        probe_learn(account->pbx, account->sent_ms, event.status, nobody, reason);
        register_step(account, &event, reason);
        if (account->registration.phase != REGISTRATION_HELD)
                return 0;
        brief_notice(account, event.expires_s);
        told_check(account);
        return 0;
}

static void request_send(struct account *account)
{
        const struct pbx *pbx = account->pbx;
        struct sip *sip = account->sip;
        struct digest_user user = account_digest_user(account);
        char address[SIP_URI_SIZE + SIP_NAME_MAX], from[SIP_URI_SIZE + SIP_NAME_MAX + 40], contact[SIP_URI_SIZE];
        struct auth_headers auth;
        sip_cseq_t cseq[1];
        sip_expires_t expires[1];

        account_address(account, &pbx->path, address, sizeof address);
        text_printf(from, sizeof from, "%s;tag=%s", address, account->tag);
        path_contact(&pbx->path, account->contact_user, contact);
        auth_write(&account->auth, &user, "REGISTER", pbx->registrar, &auth);
        sip_cseq_init(cseq);
        cseq->cs_seq = ++account->cseq;
        cseq->cs_method = sip_method_register;
        cseq->cs_method_name = "REGISTER";
        sip_expires_init(expires);
        expires->ex_delta = account->asked_s;
        account->told = *path_told(&pbx->path);
        account->sent_ms = clock_ms();
        account->request = nta_outgoing_tcreate(
                sip->outside, answered, account, URI_OR_NULL(pbx->next_hop), SIP_METHOD_REGISTER,
                URI_OR_NULL(pbx->registrar), PATH_TAGS(&pbx->path), TAG_IF(pbx->route[0], SIPTAG_ROUTE_STR(pbx->route)),
                SIPTAG_FROM_STR(from), SIPTAG_TO_STR(address), SIPTAG_CALL_ID_STR(account->call_id), SIPTAG_CSEQ(cseq),
                SIPTAG_CONTACT_STR(contact), SIPTAG_EXPIRES(expires), AUTH_TAGS(&auth), SIPTAG_ALLOW_STR(AGENT_ALLOW),
                SIPTAG_USER_AGENT_STR(sip->user_agent), TAG_END());
        if (!account->request)
                register_step(account,
                              &(struct registration_event){
                                      .kind = REGISTRATION_ANSWER, .status = 500, .random = room_random()},
                              "the request cannot be made");
}

/* Lets those go first who waited longest, PBX_ASKING_MAX at a time. */
static void turns_give(struct pbx *pbx)
{
        if (pbx->giving)
                return;
        pbx->giving = true;
        while (pbx->asking < PBX_ASKING_MAX && pbx->first) {
                struct account *account = pbx->first;
                pbx->first = account->next_waiting;
                account->queued = false;
                account->asking = true;
                pbx->asking++;
                account->attempt = (struct auth_attempt){0};
                request_send(account);
        }
        pbx->rush |= pbx->asking >= PBX_RUSH;
        pbx->giving = false;
}

static void turn_ask(struct account *account)
{
        struct pbx *pbx = account->pbx;
        turn_give_up(account);
        if (pbx->first)
                pbx->last->next_waiting = account;
        else
                pbx->first = account;
        pbx->last = account;
        account->next_waiting = NULL;
        account->queued = true;
        turns_give(pbx);
}

static void turn_give_up(struct account *account)
{
        if (!account->asking)
                return;
        account->asking = false;
        account->pbx->asking--;
        if (account->pbx->asking > 0 || !account->pbx->rush)
                return;
        account->pbx->rush = false;
        room_tidy_later(account->sip);
}

static void registered_count(struct account *account, enum sip_line_state before)
{
        int delta = (account->registration.state == SIP_LINE_REGISTERED) - (before == SIP_LINE_REGISTERED);
        if (delta > 0)
                atomic_fetch_add_explicit(&account->sip->lines_registered, 1, memory_order_relaxed);
        if (delta < 0)
                atomic_fetch_sub_explicit(&account->sip->lines_registered, 1, memory_order_relaxed);
}

void register_step(struct account *account, const struct registration_event *event, const char *reason)
{
        enum sip_line_state before = account->registration.state;
        struct registration_order order;
        if (!registration_step(&account->registration, event, &order))
                return;
        registered_count(account, before);
        log_debug(account->who.number, "registration: event %d status %d, phase %d, wait %lld ms", event->kind,
                  event->status, account->registration.phase, (long long)order.wait_ms);
        if (order.report)
                state_report(account, event->status, reason, order.wait_ms);
        if ((before == SIP_LINE_REGISTERED) != (account->registration.state == SIP_LINE_REGISTERED))
                watches_follow(account);
        if (order.wait_ms > 0)
                room_timer_set(account->sip, &account->timer, order.wait_ms);
        else
                room_timer_clear(account->sip, &account->timer);
        if (order.send)
                account->asked_s = order.expires_s;
        if (order.send && order.again) {
                request_send(account);
        } else if (order.send) {
                turn_ask(account);
        } else if (account->asking && !account->request) {
                turn_give_up(account);
                turns_give(account->pbx);
        }
}

void register_due(struct timer *timer)
{
        struct account *account = (struct account *)((char *)timer - offsetof(struct account, timer));
        register_step(account, &(struct registration_event){.kind = REGISTRATION_DUE}, "");
}

static void queue_leave(struct account *account)
{
        struct pbx *pbx = account->pbx;
        struct account *before = NULL;
        for (struct account *at = pbx->first; at != account; at = at->next_waiting)
                before = at;
        if (before)
                before->next_waiting = account->next_waiting;
        else
                pbx->first = account->next_waiting;
        if (pbx->last == account)
                pbx->last = before;
}

void register_abandon(struct account *account)
{
        room_timer_clear(account->sip, &account->timer);
        if (account->queued)
                queue_leave(account);
        turn_give_up(account);
        if (account->request)
                nta_outgoing_destroy(account->request);
        account->request = NULL;
}
