#define NTA_OUTGOING_MAGIC_T struct dialog

#include "sip/hangup.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/tport_tag.h>

#include "gateway/base/text.h"
#include "sip/identity.h"
#include "sip/orphan.h"
#include "sip/send.h"

/* Final answers for causes that have one of their own (RFC 3398 section 7.2.4.1). */
static const struct answer {
        int cause, status;
} answers[] = {{17, 486}, {21, 603}, {88, 488}, {38, 503}, {42, 503}};

static int answer_for(int cause)
{
        for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
                if (answers[i].cause == cause)
                        return answers[i].status;
        }
        return 480;
}

static void bye_send(struct dialog *dialog);

static int bye_answered(struct dialog *dialog, nta_outgoing_t *request, const sip_t *sip)
{
        struct account *account = account_by_line(dialog->sip, dialog->line);
        int status = sip->sip_status->st_status;
        if (status < 200)
                return 0;
        nta_outgoing_destroy(request);
        dialog->request = NULL;
        if ((status == 401 || status == 407) && account && auth_challenged(&account->auth, &dialog->attempt, sip))
                bye_send(dialog);
        else
                dialog_gone(dialog);
        return 0;
}

static void bye_send(struct dialog *dialog)
{
        struct auth_headers auth;
        char reason[DIALOG_REASON_SIZE];
        send_auth(dialog, dialog->leg, "BYE", &auth);
        dialog_reason(dialog->cause, dialog->reason, reason);
        dialog->request = nta_outgoing_tcreate(dialog->leg, bye_answered, dialog, NULL, SIP_METHOD_BYE, NULL,
                                               PATH_TAGS(&dialog->path), TAG_IF(reason[0], SIPTAG_REASON_STR(reason)),
                                               AUTH_TAGS(&auth), SIPTAG_USER_AGENT_STR(dialog->sip->user_agent),
                                               TAG_END());
        if (!dialog->request)
                dialog_gone(dialog);
}

void hangup_bye(struct dialog *dialog, int cause, const char *reason)
{
        orphan_make(dialog);
        if (dialog->change)
                nta_incoming_destroy(dialog->change);
        dialog->change = NULL;
        dialog->exchange = EXCHANGE_NONE;
        room_timer_clear(dialog->sip, &dialog->alarm);
        room_timer_clear(dialog->sip, &dialog->retry);
        dialog_enter(dialog, DIALOG_ENDING);
        dialog->attempt = (struct auth_attempt){0};
        dialog->cause = cause;
        TEXT_SET(dialog->reason, reason);
        bye_send(dialog);
}

static void cancel(struct dialog *dialog, int cause, const char *reason)
{
        char text[DIALOG_REASON_SIZE];
        dialog_reason(cause, reason, text);
        dialog_enter(dialog, DIALOG_CANCELLED);
        room_timer_clear(dialog->sip, &dialog->alarm);
        /* sofia waits for a provisional response when none came yet (RFC 3261 section 9.1) */
        nta_outgoing_tcancel(dialog->invite, NULL, NULL, TAG_IF(text[0], SIPTAG_REASON_STR(text)), TAG_END());
}

static void refuse(struct dialog *dialog, int status, int cause, const char *reason)
{
        char text[DIALOG_REASON_SIZE];
        dialog_reason(cause, reason, text);
        if (status < 300 || status > 699)
                status = answer_for(cause);
        const char *phrase = sip_status_phrase(status);
        nta_incoming_treply(dialog->incoming, status, phrase ? phrase : "Refused",
                            TAG_IF(text[0], SIPTAG_REASON_STR(text)), SIPTAG_SERVER_STR(dialog->sip->user_agent),
                            TAG_END());
        dialog_gone(dialog);
}

void hangup(struct dialog *dialog, int status, int cause, const char *reason)
{
        dialog_unname(dialog);
        switch (dialog->state) {
        case DIALOG_CALLING:
                cancel(dialog, cause, reason);
                break;
        case DIALOG_OFFERED:
                refuse(dialog, status, cause, reason);
                break;
        case DIALOG_ACCEPTED: /* no BYE before the ACK (RFC 3261 section 15) */
                dialog->end_on_ack = true;
                dialog->cause = cause;
                TEXT_SET(dialog->reason, reason);
                break;
        case DIALOG_TALKING:
                hangup_bye(dialog, cause, reason);
                break;
        case DIALOG_CANCELLED:
        case DIALOG_ENDING:
        case DIALOG_GONE:
                break;
        }
}

void hangup_lost(struct dialog *dialog, int cause, const char *reason)
{
        struct sip_event event = dialog_event(dialog, SIP_ENDED);
        event.cause = cause;
        TEXT_SET(event.reason, reason);
        dialog_post(dialog, &event);
        dialog_unname(dialog);
        hangup_bye(dialog, cause, reason);
}

void hangup_heard(struct dialog *dialog, const sip_t *request)
{
        struct sip_event event = dialog_event(dialog, SIP_ENDED);
        struct identity_reason reason;
        identity_reason(request, &reason);
        event.cause = reason.cause;
        event.elsewhere = reason.elsewhere;
        TEXT_SET(event.reason, reason.text);
        dialog_post(dialog, &event);
        dialog_gone(dialog);
}
