#define NTA_INCOMING_MAGIC_T struct dialog
#define NTA_LEG_MAGIC_T      struct dialog
#define NTA_RELIABLE_MAGIC_T struct dialog

#include "sip/call_in.h"

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/url.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/loop.h"
#include "gateway/base/text.h"
#include "sip/agent.h"
#include "sip/alerting.h"
#include "sip/hangup.h"
#include "sip/identity.h"
#include "sip/inside.h"
#include "sip/location.h"
#include "sip/media.h"
#include "sip/refer.h"
#include "sip/refresh.h"
#include "sip/session.h"

#define ASSERTED_SIZE (SIP_URI_SIZE + SIP_NAME_MAX + 24) /* the header, name included */

/* The user of the request URI; "" without one. */
static void user_called(const sip_t *request, char out[SIP_NUMBER_MAX])
{
        const char *user = request->sip_request->rq_url->url_user;
        out[0] = '\0';
        if (user && strlen(user) < SIP_NUMBER_MAX)
                url_unescape(out, user);
}

/* By the contact we registered, or by number where no PBX stands between. */
static struct account *line_called(const struct sip *sip, const char *user)
{
        struct account *account = account_by_contact(sip, user);
        return account ? account : account_by_number(sip, user);
}

/* Who is no line may be a softphone. Another one that calls it is told where it is, and calls it there: both speak SIP,
 * so nothing of the call needs to come through here. */
static int softphone_called(const struct sip *sip, nta_incoming_t *irq, const char *user)
{
        struct location_binding bindings[LOCATION_PER_USER];
        char contact[LOCATION_URI_MAX + 2];
        if (!sip->location || location_find(sip->location, user, (uint64_t)clock_ms(), bindings) == 0)
                return 404;
        text_printf(contact, sizeof contact, "<%s>", bindings[0].uri);
        nta_incoming_treply(irq, SIP_302_MOVED_TEMPORARILY, SIPTAG_CONTACT_STR(contact),
                            SIPTAG_SERVER_STR(sip->user_agent), TAG_END());
        return 302;
}

/* 420 for what they require and we do not know; 0: nothing. */
static int extension_refusal(const struct sip *sip, nta_incoming_t *irq, const sip_t *request)
{
        su_home_t home[1] = {SU_HOME_INIT(home)};
        su_home_init(home);
        int status = nta_check_required(irq, request, sip_supported_make(home, AGENT_SUPPORTED),
                                        SIPTAG_SERVER_STR(sip->user_agent), TAG_END());
        su_home_deinit(home);
        return status >= 300 ? status : 0;
}

/* 0, or why the call cannot even be offered. */
static int refusal(struct sip *sip, nta_incoming_t *irq, const sip_t *request, const struct account *account)
{
        if (!account->up)
                return 480;
        if (!request->sip_contact) {
                nta_incoming_treply(irq, 400, "Missing Contact Header", TAG_END());
                return 400;
        }
        if (media_is_foreign(request)) {
                nta_incoming_treply(irq, SIP_415_UNSUPPORTED_MEDIA, SIPTAG_ACCEPT_STR("application/sdp"), TAG_END());
                return 415;
        }
        if (refresh_too_short(request)) {
                nta_incoming_treply(irq, SIP_422_SESSION_TIMER_TOO_SMALL, SIPTAG_MIN_SE_STR("90"), TAG_END());
                return 422;
        }
        if (atomic_load(&sip->stopping) || !room_keeps_up(sip))
                return 503;
        return extension_refusal(sip, irq, request);
}

static struct ip source_of(nta_incoming_t *irq)
{
        msg_t *message = nta_incoming_getrequest(irq);
        struct ip ip = endpoint_from_sockaddr(&msg_addr(message)->su_sa).ip;
        msg_destroy(message);
        return ip;
}

static nta_leg_t *leg_new(struct dialog *dialog, nta_incoming_t *irq, const sip_t *request)
{
        su_home_t home[1] = {SU_HOME_INIT(home)};
        su_home_init(home);
        sip_to_t *local = sip_to_dup(home, request->sip_to);
        nta_leg_t *leg = NULL;
        if (local && sip_to_tag(home, local, nta_incoming_tag(irq, NULL)) >= 0)
                leg = nta_leg_tcreate(dialog->sip->agent, inside_received, dialog, SIPTAG_CALL_ID(request->sip_call_id),
                                      SIPTAG_FROM(local), SIPTAG_TO(request->sip_from),
                                      NTATAG_REMOTE_CSEQ(request->sip_cseq->cs_seq), TAG_END());
        if (leg)
                nta_leg_server_route(leg, request->sip_record_route, request->sip_contact);
        su_home_deinit(home);
        return leg;
}

/* No final answer of ours, but the call is over: CANCEL, or a reliable response nobody acknowledged. */
static void offer_over(struct dialog *dialog, nta_incoming_t *irq, const sip_t *cancel)
{
        struct sip_event event = dialog_event(dialog, SIP_ENDED);
        if (cancel) {
                nta_incoming_treply(irq, SIP_487_REQUEST_CANCELLED, TAG_END());
                hangup_heard(dialog, cancel);
                return;
        }
        TEXT_SET(event.reason, "no PRACK");
        dialog_post(dialog, &event);
        dialog_gone(dialog);
}

static void acked(struct dialog *dialog, const sip_t *ack)
{
        struct sip_event event = dialog_event(dialog, SIP_ACKED);
        nta_incoming_destroy(dialog->incoming);
        dialog->incoming = NULL;
        dialog_enter(dialog, DIALOG_TALKING);
        if (dialog->end_on_ack) {
                hangup_bye(dialog, dialog->cause, dialog->reason);
                refer_acked(dialog);
                return;
        }
        if (dialog->offerless) {
                event.audio_bad = media_read(dialog, ack, false, &event.audio) == MEDIA_BAD;
                dialog_post(dialog, &event);
        }
        session_begin(dialog);
        refer_acked(dialog);
}

/* ACK, CANCEL, or nothing in time (NULL). */
static int invite_followed(struct dialog *dialog, nta_incoming_t *irq, const sip_t *sip)
{
        if (dialog->state == DIALOG_OFFERED)
                offer_over(dialog, irq, sip);
        else if (dialog->state != DIALOG_ACCEPTED)
                return 0;
        else if (sip && sip->sip_request->rq_method == sip_method_ack)
                acked(dialog, sip);
        else if (!sip)
                hangup_lost(dialog, 102, "no ACK");
        return 0;
}

/* Who was called before us, "" nobody: To often is ourselves by one of our names. And how it came to us. */
static void called_before(const struct account *account, const sip_t *request, struct sip_event *event)
{
        const char *const ours[] = {account->contact_user, account->who.user, account->who.number};
        const size_t n_ours = sizeof ours / sizeof ours[0];
        struct identity_diversions diversions;
        identity_called(request, event->called);
        for (size_t i = 0; i < n_ours; i++)
                if (text_equal(event->called, ours[i]))
                        event->called[0] = '\0';
        identity_diversions(request, ours, n_ours, &diversions);
        TEXT_SET(event->diverted_by, diversions.last);
        event->diversions = diversions.count;
        event->came_by = diversions.ours;
}

/* The dialog whose place it is to take (RFC 3891 section 3): one that is up, or one of ours that only rings there. 0,
 * or the status that says why not; *out NULL: it takes nobody's place. */
static int replaced_find(const struct sip *sip, const sip_t *request, const struct account *account,
                         struct dialog **out)
{
        *out = NULL;
        if (!request->sip_replaces)
                return 0;
        nta_leg_t *leg = nta_leg_by_replaces(sip->agent, request->sip_replaces);
        struct dialog *dialog = leg ? nta_leg_magic(leg, inside_received) : NULL;
        if (!dialog || !dialog->id || dialog->line != account->line)
                return 481;
        bool up = dialog->state == DIALOG_TALKING;
        if (up && request->sip_replaces->rp_early_only)
                return 486;
        if (!up && dialog->state != DIALOG_CALLING)
                return 481;
        *out = dialog;
        return 0;
}

static void offer_post(struct dialog *dialog, const sip_t *request, const struct account *account, uint32_t replaces)
{
        struct sip_event event = dialog_event(dialog, SIP_INCOMING);
        event.replaces = replaces;
        enum media_found found = media_read(dialog, request, true, &event.audio);
        event.audio_bad = found == MEDIA_BAD;
        dialog->offerless = found == MEDIA_NONE;
        identity_caller(request, &event.party);
        called_before(account, request, &event);
        alerting_read(request, &event.alerting);
        dialog->party = event.party;
        dialog_post(dialog, &event);
}

int call_in(struct sip *sip, nta_incoming_t *irq, const sip_t *request)
{
        char user[SIP_NUMBER_MAX];
        user_called(request, user);
        struct account *account = line_called(sip, user);
        int status = account ? refusal(sip, irq, request, account) : softphone_called(sip, irq, user);
        struct dialog *replaced = NULL;
        if (status == 0)
                status = replaced_find(sip, request, account, &replaced);
        if (status != 0)
                return status;
        struct ip peer = source_of(irq);
        struct dialog *dialog = dialog_new(sip, dialog_new_id(sip), account->line);
        if (!dialog)
                return 503;
        dialog_enter(dialog, DIALOG_OFFERED);
        path_find(sip, &peer, strcasecmp(request->sip_via->v_protocol, "SIP/2.0/TCP") == 0, &dialog->path);
        path_contact(&dialog->path, account->contact_user, dialog->contact);
        dialog->leg = leg_new(dialog, irq, request);
        if (!dialog->leg) {
                dialog_gone(dialog);
                return 500;
        }
        dialog->incoming = irq;
        refer_learn(dialog, request);
        dialog->peer_updates = request->sip_allow && sip_is_allowed(request->sip_allow, SIP_METHOD_UPDATE);
        dialog->reliable = sip_has_feature(request->sip_require, "100rel");
        nta_incoming_bind(irq, invite_followed, dialog);
        nta_incoming_treply(irq, SIP_100_TRYING, TAG_END());
        offer_post(dialog, request, account, replaced ? replaced->id : 0);
        return 0;
}

/* PRACK for our 180. Offers in it are refused: our answer to the first one is still to come. */
static int ring_acknowledged(struct dialog *dialog, nta_reliable_t *reliable, nta_incoming_t *prack, const sip_t *sip)
{
        (void)dialog;
        nta_reliable_destroy(reliable);
        if (!sip || !sip->sip_payload || sip->sip_payload->pl_len == 0)
                return 200;
        nta_incoming_treply(prack, SIP_488_NOT_ACCEPTABLE, TAG_END());
        nta_incoming_destroy(prack);
        return 200;
}

/* Who is called, for the display of the caller; responses may say it too (RFC 3325 section 9.1). */
static const char *asserted(const struct dialog *dialog, char *out, size_t size)
{
        char address[SIP_URI_SIZE + SIP_NAME_MAX];
        const struct account *account = account_by_line(dialog->sip, dialog->line);
        if (!account)
                return NULL;
        account_address(account, &dialog->path, address, sizeof address);
        text_printf(out, size, "P-Asserted-Identity: %s", address);
        return out;
}

void call_in_ring(struct dialog *dialog)
{
        char identity[ASSERTED_SIZE];
        if (dialog->state != DIALOG_OFFERED || nta_incoming_status(dialog->incoming) >= 180)
                return;
        const char *us = asserted(dialog, identity, sizeof identity);
        if (!dialog->reliable) {
                nta_incoming_treply(dialog->incoming, SIP_180_RINGING, SIPTAG_CONTACT_STR(dialog->contact),
                                    SIPTAG_ALLOW_STR(AGENT_ALLOW), SIPTAG_SERVER_STR(dialog->sip->user_agent),
                                    SIPTAG_HEADER_STR(us), TAG_END());
        } else if (!dialog->offerless) {
                /* without an offer the first reliable response would have to bring ours (RFC 3262 section 5) */
                nta_reliable_treply(dialog->incoming, ring_acknowledged, dialog, SIP_180_RINGING,
                                    SIPTAG_CONTACT_STR(dialog->contact), SIPTAG_ALLOW_STR(AGENT_ALLOW),
                                    SIPTAG_SERVER_STR(dialog->sip->user_agent), SIPTAG_HEADER_STR(us), TAG_END());
        }
}

void call_in_answer(struct dialog *dialog, const struct audio *audio)
{
        struct refresh_headers timer;
        char sdp[SDP_TEXT_SIZE], identity[ASSERTED_SIZE];
        if (dialog->state != DIALOG_OFFERED)
                return;
        msg_t *request = nta_incoming_getrequest(dialog->incoming);
        refresh_answer(dialog, sip_object(request), &timer);
        msg_destroy(request);
        media_write(dialog, audio, dialog->offerless, sdp);
        dialog_enter(dialog, DIALOG_ACCEPTED);
        nta_incoming_treply(dialog->incoming, SIP_200_OK, SIPTAG_CONTACT_STR(dialog->contact),
                            SIPTAG_ALLOW_STR(AGENT_ALLOW), SIPTAG_SUPPORTED_STR(AGENT_SUPPORTED),
                            SIPTAG_SESSION_EXPIRES_STR(timer.expires), SIPTAG_REQUIRE_STR(timer.require),
                            SIPTAG_SERVER_STR(dialog->sip->user_agent),
                            SIPTAG_HEADER_STR(asserted(dialog, identity, sizeof identity)),
                            SIPTAG_CONTENT_TYPE_STR("application/sdp"), SIPTAG_PAYLOAD_STR(sdp), TAG_END());
}
