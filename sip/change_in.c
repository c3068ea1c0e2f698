/* Their side of session.h: re-INVITE and UPDATE that come in. */
#define NTA_INCOMING_MAGIC_T struct dialog

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/agent.h"
#include "sip/fork.h"
#include "sip/hangup.h"
#include "sip/identity.h"
#include "sip/media.h"
#include "sip/refer.h"
#include "sip/refresh.h"
#include "sip/session.h"

#define RETRY_AFTER_MAX_S 10 /* RFC 3261 section 14.2 */

static int refuse(nta_incoming_t *irq, int status)
{
        char retry[8];
        text_printf(retry, sizeof retry, "%u", room_random() % (RETRY_AFTER_MAX_S + 1));
        nta_incoming_treply(irq, status, sip_status_phrase(status),
                            TAG_IF(status == 500, SIPTAG_RETRY_AFTER_STR(retry)), TAG_END());
        return status;
}

bool session_party(struct dialog *dialog, const sip_t *message, struct sip_party *out)
{
        struct sip_party party;
        if (!identity_connected(message, &party) ||
            (text_equal(party.number, dialog->party.number) && text_equal(party.name, dialog->party.name)))
                return false;
        *out = dialog->party = party;
        return true;
}

static void party_post(struct dialog *dialog, const sip_t *sip)
{
        struct sip_event event = dialog_event(dialog, SIP_IDENTITY);
        if (session_party(dialog, sip, &event.party))
                dialog_post(dialog, &event);
}

/* Offers and answers do not overlap; the status says which of the two sides has to wait. 0: go on. */
static int in_the_way(struct dialog *dialog, const sip_t *sip, bool offer)
{
        const struct fork *fork;
        switch (dialog->state) {
        case DIALOG_TALKING:
                break;
        case DIALOG_OFFERED:
                return offer ? 500 : 0;
        case DIALOG_CALLING: /* once our offer was answered for certain there may be others */
                fork = fork_asking(dialog, sip);
                if (!offer || (fork && fork->agreed && sip->sip_request->rq_method == sip_method_update))
                        break;
                return 491;
        case DIALOG_CANCELLED:
        case DIALOG_ACCEPTED:
                return offer ? 491 : 0;
        case DIALOG_ENDING:
        case DIALOG_GONE:
                return 481;
        }
        switch (dialog->exchange) {
        case EXCHANGE_NONE:
                return 0;
        case EXCHANGE_OURS:
        case EXCHANGE_ACK:
                return offer ? 491 : 0;
        case EXCHANGE_THEIRS:
                return offer ? 500 : 0;
        }
        return 500;
}

static void change_over(struct dialog *dialog)
{
        nta_incoming_destroy(dialog->change);
        dialog->change = NULL;
        session_next(dialog);
}

static void answer_in_ack(struct dialog *dialog, const sip_t *ack)
{
        struct sip_event event = dialog_event(dialog, SIP_OFFER_ANSWERED);
        if (media_read(dialog, ack, false, &event.audio) == MEDIA_GOOD) {
                dialog_post(dialog, &event);
                return;
        }
        event.kind = SIP_OFFER_FAILED;
        event.status = 488;
        dialog_post(dialog, &event);
}

/* ACK, CANCEL or nothing in time, for a re-INVITE of theirs. */
static int change_followed(struct dialog *dialog, nta_incoming_t *irq, const sip_t *sip)
{
        if (!sip) {
                hangup_lost(dialog, 102, "no ACK");
                return 0;
        }
        if (sip->sip_request->rq_method == sip_method_cancel) {
                nta_incoming_treply(irq, SIP_487_REQUEST_CANCELLED, TAG_END());
                dialog->heard = 0;
        } else if (dialog->exchange == EXCHANGE_ACK && dialog->offerless) {
                answer_in_ack(dialog, sip);
        }
        change_over(dialog);
        return 0;
}

static void change_accept(struct dialog *dialog, const struct audio *audio, const sip_t *request)
{
        nta_incoming_t *irq = dialog->change;
        bool invite = nta_incoming_method(irq) == sip_method_invite;
        struct refresh_headers timer;
        char sdp[SDP_TEXT_SIZE];
        refresh_answer(dialog, request, &timer);
        media_write(dialog, audio, dialog->offerless, sdp);
        nta_incoming_treply(irq, SIP_200_OK, SIPTAG_CONTACT_STR(dialog->contact), SIPTAG_ALLOW_STR(AGENT_ALLOW),
                            SIPTAG_SUPPORTED_STR(AGENT_SUPPORTED), SIPTAG_SESSION_EXPIRES_STR(timer.expires),
                            SIPTAG_REQUIRE_STR(timer.require), SIPTAG_SERVER_STR(dialog->sip->user_agent),
                            SIPTAG_CONTENT_TYPE_STR("application/sdp"), SIPTAG_PAYLOAD_STR(sdp), TAG_END());
        struct fork *fork = fork_asking(dialog, request);
        if (fork) {
                fork->audio = fork->offer;
                fork->moved = true;
        }
        if (dialog->state == DIALOG_TALKING)
                refresh_run(dialog);
        dialog->exchange = EXCHANGE_ACK;
        if (!invite)
                change_over(dialog);
}

void session_accept(struct dialog *dialog, const struct audio *audio)
{
        if (dialog->exchange != EXCHANGE_THEIRS)
                return;
        msg_t *request = nta_incoming_getrequest(dialog->change);
        change_accept(dialog, audio, sip_object(request));
        msg_destroy(request);
}

void session_refuse(struct dialog *dialog, int status)
{
        if (dialog->exchange != EXCHANGE_THEIRS)
                return;
        refuse(dialog->change, status >= 300 && status <= 699 ? status : 488);
        dialog->heard = 0; /* the same again would not be a refresh */
        change_over(dialog);
}

/* No offer in it: an UPDATE that refreshes the session or says who speaks. */
static int refreshed(struct dialog *dialog, nta_incoming_t *irq, const sip_t *sip)
{
        struct refresh_headers timer;
        refresh_answer(dialog, sip, &timer);
        nta_incoming_treply(irq, SIP_200_OK, SIPTAG_CONTACT_STR(dialog->contact), SIPTAG_ALLOW_STR(AGENT_ALLOW),
                            SIPTAG_SUPPORTED_STR(AGENT_SUPPORTED), SIPTAG_SESSION_EXPIRES_STR(timer.expires),
                            SIPTAG_REQUIRE_STR(timer.require), SIPTAG_SERVER_STR(dialog->sip->user_agent), TAG_END());
        party_post(dialog, sip);
        if (dialog->state == DIALOG_TALKING)
                refresh_run(dialog);
        return 200;
}

static int offered(struct dialog *dialog, nta_incoming_t *irq, const sip_t *sip)
{
        struct sip_event event = dialog_event(dialog, SIP_OFFERED);
        bool known = media_is_known(dialog, sip);
        enum media_found found = media_read(dialog, sip, true, &event.audio);
        if (found == MEDIA_BAD)
                return refuse(irq, 488);
        struct fork *fork = fork_asking(dialog, sip);
        if (fork)
                fork->offer = event.audio;
        dialog->offerless = found == MEDIA_NONE;
        dialog->change = irq;
        dialog->exchange = EXCHANGE_THEIRS;
        nta_incoming_bind(irq, change_followed, dialog);
        if (nta_incoming_method(irq) == sip_method_invite)
                nta_incoming_treply(irq, SIP_100_TRYING, TAG_END());
        if (known) {
                party_post(dialog, sip);
                change_accept(dialog, &dialog->ours, sip);
                return 0;
        }
        session_party(dialog, sip, &event.party);
        dialog_post(dialog, &event);
        return 0;
}

int session_changed(struct dialog *dialog, nta_incoming_t *irq, const sip_t *sip)
{
        bool invite = sip->sip_request->rq_method == sip_method_invite;
        bool offer = invite || (sip->sip_payload && sip->sip_payload->pl_len > 0);
        if (media_is_foreign(sip)) {
                nta_incoming_treply(irq, SIP_415_UNSUPPORTED_MEDIA, SIPTAG_ACCEPT_STR("application/sdp"), TAG_END());
                return 415;
        }
        int wait = in_the_way(dialog, sip, offer);
        if (wait != 0)
                return refuse(irq, wait);
        if (refresh_too_short(sip)) {
                nta_incoming_treply(irq, SIP_422_SESSION_TIMER_TOO_SMALL, SIPTAG_MIN_SE_STR("90"), TAG_END());
                return 422;
        }
        refer_learn(dialog, sip);
        if (dialog->state == DIALOG_TALKING)
                nta_leg_server_route(dialog->leg, NULL, sip->sip_contact);
        return offer ? offered(dialog, irq, sip) : refreshed(dialog, irq, sip);
}
