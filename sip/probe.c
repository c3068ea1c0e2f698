#define NTA_OUTGOING_MAGIC_T struct pbx

#include "sip/probe.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/tport_tag.h>
#include <stddef.h>
#include <string.h>

#include "gateway/base/loop.h"
#include "gateway/base/text.h"
#include "sip/agent.h"
#include "sip/identity.h"
#include "sip/register.h"

#define FIRST_MS 200 /* the first question comes within this time: before the phones, if we can */

static void ask(struct pbx *pbx);

void probe_reason(const sip_t *sip, char reason[SIP_REASON_MAX])
{
        const char *phrase = sip->sip_status->st_phrase;
        if (!nta_sip_is_internal(sip))
                identity_name(phrase, strlen(phrase), reason, SIP_REASON_MAX);
        else
                text_copy(reason, SIP_REASON_MAX,
                          sip->sip_status->st_status == 408 ? "no answer in time" : "cannot be reached");
}

static void report(struct pbx *pbx, int status, bool nobody, const char *reason)
{
        const struct health *health = &pbx->health;
        struct sip_event event = {.kind = SIP_PBX_STATE,
                                  .pbx = pbx->number,
                                  .serial = pbx->serial,
                                  .pbx_state = health->state,
                                  .rtt_ms = health->rtt_ms,
                                  .status = nobody ? 0 : status};
        TEXT_SET(event.reason, reason);
        room_post(pbx->sip, &event);
}

static void learn(struct pbx *pbx, const struct health_news *news, int status, const char *reason)
{
        enum sip_pbx_state before = pbx->health.state;
        if (!health_learn(&pbx->health, news))
                return;
        report(pbx, status, news->outcome == HEALTH_SILENT, reason);
        if (before == SIP_PBX_DOWN && pbx->health.state == SIP_PBX_UP)
                register_again(pbx);
}

static enum health_outcome outcome_of(int status, bool nobody)
{
        return nobody ? HEALTH_SILENT : status == 503 ? HEALTH_BUSY : HEALTH_ANSWERED;
}

void probe_learn(struct pbx *pbx, int64_t sent_ms, int status, bool nobody, const char *reason)
{
        struct health_news news = {.outcome = outcome_of(status, nobody), .sent_ms = sent_ms, .now_ms = clock_ms()};
        learn(pbx, &news, status, reason);
        if (!pbx->question && health_doubts(&pbx->health, &news))
                ask(pbx);
}

static void ask_later(struct pbx *pbx)
{
        int64_t wait_ms = health_wait_ms(&pbx->health, room_random());
        int64_t most_ms = (int64_t)pbx->sip->keepalive_s * 1000;
        bool forgets = pbx->path.seen.ip.family && !pbx->tcp; /* the NAT between us, if nothing is sent for long */
        if (forgets && most_ms && wait_ms > most_ms)
                wait_ms = most_ms;
        room_timer_set(pbx->sip, &pbx->question_timer, wait_ms);
}

static int answered(struct pbx *pbx, nta_outgoing_t *request, const sip_t *sip)
{
        int status = sip->sip_status->st_status;
        bool nobody = nta_sip_is_internal(sip);
        char reason[SIP_REASON_MAX];
        if (status < 200)
                return 0;
        struct health_news news = {.question = true,
                                   .outcome = outcome_of(status, nobody),
                                   .sent_ms = pbx->asked_ms,
                                   .now_ms = clock_ms()};
        probe_reason(sip, reason);
        if (!nobody)
                pbx_source_learn(pbx, request);
        nta_outgoing_destroy(request);
        pbx->question = NULL;
        learn(pbx, &news, status, reason);
        ask_later(pbx);
        return 0;
}

static void ask(struct pbx *pbx)
{
        struct sip *sip = pbx->sip;
        char from[SIP_URI_SIZE + 32], to[SIP_URI_SIZE], contact[SIP_URI_SIZE], tag[13], call_id[25];
        sip_cseq_t cseq[1];
        room_token(tag, sizeof tag - 1);
        room_token(call_id, sizeof call_id - 1);
        path_contact(&pbx->path, "", contact);
        text_printf(from, sizeof from, "%s;tag=%s", contact, tag);
        text_printf(to, sizeof to, "<%s>", pbx->registrar);
        sip_cseq_init(cseq);
        cseq->cs_seq = 1;
        cseq->cs_method = sip_method_options;
        cseq->cs_method_name = "OPTIONS";
        pbx->asked_ms = clock_ms();
        room_timer_clear(sip, &pbx->question_timer);
        pbx->question = nta_outgoing_tcreate(
                sip->outside, answered, pbx, URI_OR_NULL(pbx->next_hop), SIP_METHOD_OPTIONS,
                URI_OR_NULL(pbx->registrar), PATH_TAGS(&pbx->path), TAG_IF(pbx->route[0], SIPTAG_ROUTE_STR(pbx->route)),
                SIPTAG_FROM_STR(from), SIPTAG_TO_STR(to), SIPTAG_CALL_ID_STR(call_id), SIPTAG_CSEQ(cseq),
                SIPTAG_CONTACT_STR(contact), SIPTAG_ACCEPT_STR("application/sdp"), SIPTAG_ALLOW_STR(AGENT_ALLOW),
                SIPTAG_USER_AGENT_STR(sip->user_agent), TAG_END());
        if (!pbx->question)
                ask_later(pbx);
}

void probe_due(struct timer *timer)
{
        ask((struct pbx *)((char *)timer - offsetof(struct pbx, question_timer)));
}

void probe_start(struct pbx *pbx)
{
        if (!pbx->none && pbx->health.qualify_s > 0)
                room_timer_set(pbx->sip, &pbx->question_timer, 1 + room_random() % FIRST_MS);
}

void probe_stop(struct pbx *pbx)
{
        pbx->health.qualify_s = 0;
        room_timer_clear(pbx->sip, &pbx->question_timer);
        if (pbx->question)
                nta_outgoing_destroy(pbx->question);
        pbx->question = NULL;
}

void probes_start(struct sip *sip)
{
        for (size_t i = 0; i < SIP_PBXS_MAX; i++)
                if (sip->pbxs[i])
                        probe_start(sip->pbxs[i]);
}

void probes_stop(struct sip *sip)
{
        for (size_t i = 0; i < SIP_PBXS_MAX; i++)
                if (sip->pbxs[i])
                        probe_stop(sip->pbxs[i]);
        for (struct pbx *pbx = sip->pbxs_leaving; pbx; pbx = pbx->next_leaving)
                probe_stop(pbx);
}
