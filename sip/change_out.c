/* Our side of session.h: re-INVITE and UPDATE that go out. */
#define NTA_OUTGOING_MAGIC_T struct dialog

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/tport_tag.h>

#include "sip/agent.h"
#include "sip/hangup.h"
#include "sip/media.h"
#include "sip/orphan.h"
#include "sip/refresh.h"
#include "sip/send.h"
#include "sip/session.h"

static void change_send(struct dialog *dialog);

static bool is_quiet(const struct dialog *dialog)
{
        return dialog->state == DIALOG_TALKING && dialog->exchange == EXCHANGE_NONE && !dialog->request &&
               dialog->retry.place == 0;
}

static void offer_start(struct dialog *dialog)
{
        if (!dialog->offer_waits || !is_quiet(dialog))
                return;
        dialog->offer_waits = false;
        dialog->exchange = EXCHANGE_OURS;
        dialog->refreshing = false;
        dialog->attempt = (struct auth_attempt){0};
        change_send(dialog);
}

void session_next(struct dialog *dialog)
{
        dialog->exchange = EXCHANGE_NONE;
        offer_start(dialog);
}

void session_begin(struct dialog *dialog)
{
        refresh_run(dialog);
        offer_start(dialog);
}

void session_offer(struct dialog *dialog, const struct audio *audio)
{
        dialog->wanted = *audio;
        dialog->offer_waits = true;
        offer_start(dialog);
}

void session_refresh(struct dialog *dialog)
{
        /* an exchange under way refreshes the session too, or it will be tried again at the next alarm */
        refresh_run(dialog);
        if (!is_quiet(dialog))
                return;
        dialog->wanted = dialog->ours;
        dialog->refreshing = true;
        dialog->exchange = EXCHANGE_OURS;
        dialog->attempt = (struct auth_attempt){0};
        change_send(dialog);
}

/* RFC 3261 section 14.1: the side that owns the Call-ID waits longer, so that the two do not meet again. */
static int64_t glare_wait_ms(const struct dialog *dialog)
{
        return dialog->outgoing ? 2100 + room_random() % 191 * 10 : room_random() % 201 * 10;
}

static void retry_due(struct timer *timer)
{
        offer_start(dialog_of_retry(timer));
}

static void offer_answered(struct dialog *dialog, const sip_t *sip)
{
        struct sip_event event = dialog_event(dialog, SIP_OFFER_ANSWERED);
        struct sip_event identity = dialog_event(dialog, SIP_IDENTITY);
        bool invite = sip->sip_cseq->cs_method == sip_method_invite;
        nta_leg_client_reroute(dialog->leg, NULL, sip->sip_contact, 0);
        if (invite)
                send_ack(dialog, sip->sip_cseq->cs_seq);
        refresh_granted(dialog, sip);
        refresh_run(dialog);
        bool known = media_is_known(dialog, sip);
        enum media_found found = media_read(dialog, sip, false, &event.audio);
        if (found != MEDIA_GOOD) {
                event.kind = SIP_OFFER_FAILED;
                event.status = 488;
        }
        if (session_party(dialog, sip, &identity.party))
                dialog_post(dialog, &identity);
        /* the answer to a mere refresh is news only when it differs from the last one */
        if (!dialog->refreshing || (found == MEDIA_GOOD && !known))
                dialog_post(dialog, &event);
        session_next(dialog);
}

static void offer_failed(struct dialog *dialog, int status)
{
        struct sip_event event = dialog_event(dialog, SIP_OFFER_FAILED);
        event.status = status;
        if (!dialog->refreshing)
                dialog_post(dialog, &event);
        session_next(dialog);
}

static void offer_collided(struct dialog *dialog)
{
        if (!dialog->refreshing) { /* for a refresh the alarm comes again */
                dialog->offer_waits = true;
                dialog->retry.expired = retry_due;
                room_timer_set(dialog->sip, &dialog->retry, glare_wait_ms(dialog));
        }
        session_next(dialog);
}

static void change_refused(struct dialog *dialog, int status, const sip_t *sip)
{
        struct account *account = account_by_line(dialog->sip, dialog->line);
        switch (status) {
        case 401:
        case 407:
                if (account && auth_challenged(&account->auth, &dialog->attempt, sip))
                        change_send(dialog);
                else
                        offer_failed(dialog, status);
                return;
        case 422:
                if (refresh_longer(dialog, sip))
                        change_send(dialog);
                else
                        offer_failed(dialog, status);
                return;
        case 405:
        case 501:
                if (dialog->refreshing && dialog->peer_updates) {
                        dialog->peer_updates = false;
                        change_send(dialog);
                        return;
                }
                offer_failed(dialog, status);
                return;
        case 491:
                offer_collided(dialog);
                return;
        case 408:
        case 481: /* the peer knows nothing of this dialog any more (RFC 3261 section 12.2.1.2) */
                hangup_lost(dialog, 41, "the other side is gone");
                return;
        default:
                offer_failed(dialog, status);
                return;
        }
}

static int answered(struct dialog *dialog, nta_outgoing_t *request, const sip_t *sip)
{
        int status = sip->sip_status->st_status;
        if (orphan_answered(dialog, request, sip) || status < 200)
                return 0;
        dialog->request = NULL;
        if (status < 300)
                offer_answered(dialog, sip);
        else
                change_refused(dialog, status, sip);
        nta_outgoing_destroy(request);
        return 0;
}

static void change_send(struct dialog *dialog)
{
        bool update = dialog->refreshing && dialog->peer_updates;
        struct refresh_headers timer;
        struct auth_headers auth;
        char sdp[SDP_TEXT_SIZE];
        refresh_ask(dialog, &timer);
        send_auth(dialog, dialog->leg, update ? "UPDATE" : "INVITE", &auth);
        if (!update)
                media_write(dialog, &dialog->wanted, true, sdp);
        dialog->request = nta_outgoing_tcreate(
                dialog->leg, answered, dialog, NULL, update ? sip_method_update : sip_method_invite,
                update ? "UPDATE" : "INVITE", NULL, PATH_TAGS(&dialog->path), SIPTAG_CONTACT_STR(dialog->contact),
                AUTH_TAGS(&auth), SIPTAG_ALLOW_STR(AGENT_ALLOW), SIPTAG_SUPPORTED_STR(AGENT_SUPPORTED),
                SIPTAG_SESSION_EXPIRES_STR(timer.expires), SIPTAG_MIN_SE_STR(timer.min_se),
                SIPTAG_USER_AGENT_STR(dialog->sip->user_agent),
                TAG_IF(!update, SIPTAG_CONTENT_TYPE_STR("application/sdp")), TAG_IF(!update, SIPTAG_PAYLOAD_STR(sdp)),
                TAG_END());
        if (!dialog->request)
                offer_failed(dialog, 500);
}
