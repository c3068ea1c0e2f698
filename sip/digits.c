#define NTA_OUTGOING_MAGIC_T struct dialog

#include "sip/digits.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/tport_tag.h>
#include <string.h>

#include "sip/agent.h"
#include "sip/dtmf_info.h"
#include "sip/hangup.h"
#include "sip/send.h"

static void info_send(struct dialog *dialog);

static void key_done(struct dialog *dialog)
{
        dialog->n_keys--;
        memmove(dialog->keys, dialog->keys + 1, dialog->n_keys * sizeof *dialog->keys);
        dialog->info_attempt = (struct auth_attempt){0};
        if (dialog->n_keys)
                info_send(dialog);
}

static void refused(struct dialog *dialog, int status)
{
        if (!dialog->no_info)
                log_warning(dialog->subject, "the other side takes no keys by INFO: %d", status);
        dialog->no_info = true;
        dialog->n_keys = 0;
}

static int answered(struct dialog *dialog, nta_outgoing_t *request, const sip_t *sip)
{
        struct account *account = account_by_line(dialog->sip, dialog->line);
        int status = sip->sip_status->st_status;
        if (status < 200)
                return 0;
        nta_outgoing_destroy(request);
        dialog->info = NULL;
        if ((status == 401 || status == 407) && account && auth_challenged(&account->auth, &dialog->info_attempt, sip))
                info_send(dialog);
        else if (status == 481 && dialog->state == DIALOG_TALKING) /* RFC 3261 section 12.2.1.2 */
                hangup_lost(dialog, 41, "the other side is gone");
        else if (status == 405 || status == 415 || status == 501)
                refused(dialog, status);
        else
                key_done(dialog);
        return 0;
}

/* NULL: there is no dialog to send anything in. */
static nta_leg_t *leg_of(const struct dialog *dialog)
{
        switch (dialog->state) {
        case DIALOG_CALLING:
                return dialog->n_forks ? dialog->forks[dialog->n_forks - 1].leg : NULL;
        case DIALOG_ACCEPTED:
        case DIALOG_TALKING:
                return dialog->leg;
        case DIALOG_OFFERED:
        case DIALOG_CANCELLED:
        case DIALOG_ENDING:
        case DIALOG_GONE:
                break;
        }
        return NULL;
}

static void info_send(struct dialog *dialog)
{
        struct dtmf_info key = {.digit = dialog->keys[0].digit, .ms = dialog->keys[0].ms};
        nta_leg_t *leg = leg_of(dialog);
        struct auth_headers auth;
        char body[DTMF_INFO_SIZE];
        dtmf_info_write(&key, body);
        if (leg) {
                send_auth(dialog, leg, "INFO", &auth);
                dialog->info = nta_outgoing_tcreate(leg, answered, dialog, NULL, SIP_METHOD_INFO, NULL,
                                                    PATH_TAGS(&dialog->path), SIPTAG_CONTACT_STR(dialog->contact),
                                                    AUTH_TAGS(&auth), SIPTAG_USER_AGENT_STR(dialog->sip->user_agent),
                                                    SIPTAG_CONTENT_TYPE_STR(DTMF_RELAY_TYPE), SIPTAG_PAYLOAD_STR(body),
                                                    TAG_END());
        }
        if (!dialog->info)
                dialog->n_keys = 0;
}

void digits_send(struct dialog *dialog, char digit, unsigned ms)
{
        if (dialog->no_info || dialog->n_keys == DIALOG_KEYS_MAX)
                return;
        dialog->keys[dialog->n_keys++] = (struct dialog_key){digit, (uint16_t)ms};
        if (!dialog->info)
                info_send(dialog);
}

void digits_clear(struct dialog *dialog)
{
        if (dialog->info)
                nta_outgoing_destroy(dialog->info);
        dialog->info = NULL;
        dialog->n_keys = 0;
}

/* What we do not know is no mistake: INFO carries anything. */
int digits_received(struct dialog *dialog, nta_incoming_t *irq, const sip_t *sip)
{
        struct sip_event event = dialog_event(dialog, SIP_DIGIT);
        const sip_payload_t *body = sip->sip_payload;
        struct dtmf_info key = {0};
        enum dtmf_found found = DTMF_OTHER;
        if (body && body->pl_data)
                found = dtmf_info_read(sip->sip_content_type ? sip->sip_content_type->c_type : NULL, body->pl_data,
                                       body->pl_len, &key);
        int status = found == DTMF_BAD ? 400 : 200;
        nta_incoming_treply(irq, status, sip_status_phrase(status), SIPTAG_SERVER_STR(dialog->sip->user_agent),
                            TAG_END());
        event.digit = key.digit;
        event.digit_ms = key.ms;
        if (found == DTMF_KEY)
                dialog_post(dialog, &event);
        return status;
}
