#include "sip/redirect.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/hangup.h"
#include "sip/identity.h"
#include "sip/target.h"

#define HEADER_SIZE 2048 /* of a call that was sent on again and again; what does not fit is left out */

/* RFC 5806 section 4.2.2 */
static const char *reason_of(enum sip_redirect why)
{
        static const char *const reasons[] = {[SIP_REDIRECT_ALWAYS] = "unconditional",
                                              [SIP_REDIRECT_BUSY] = "user-busy",
                                              [SIP_REDIRECT_NO_ANSWER] = "no-answer",
                                              [SIP_REDIRECT_BY_USER] = "deflection"};
        return reasons[why];
}

/* The newest stands first; older ones are kept. */
static void diversion_make(const sip_t *request, const char *us, enum sip_redirect why, char out[HEADER_SIZE])
{
        char older[HEADER_SIZE];
        bool any = identity_copy(request, "Diversion", older, sizeof older);
        text_printf(out, HEADER_SIZE, "Diversion: <%s>;reason=%s;counter=1", us, reason_of(why));
        if (any && strlen(out) + strlen(older) < HEADER_SIZE)
                text_append(out, HEADER_SIZE, ", %s", older + strlen("Diversion: "));
}

static void moved(struct dialog *dialog, const char *to, const char *us, enum sip_redirect why)
{
        char contact[SIP_URI_SIZE + 2], diversion[HEADER_SIZE], history[HEADER_SIZE];
        msg_t *message = nta_incoming_getrequest(dialog->incoming);
        diversion_make(sip_object(message), us, why, diversion);
        bool any = identity_copy(sip_object(message), "History-Info", history, sizeof history);
        msg_destroy(message);
        text_printf(contact, sizeof contact, "<%s>", to);
        nta_incoming_treply(dialog->incoming, SIP_302_MOVED_TEMPORARILY, SIPTAG_CONTACT_STR(contact),
                            SIPTAG_HEADER_STR(diversion), TAG_IF(any, SIPTAG_HEADER_STR(history)),
                            SIPTAG_SERVER_STR(dialog->sip->user_agent), TAG_END());
}

void redirect(struct dialog *dialog, const char *number, enum sip_redirect why)
{
        const struct account *account = account_by_line(dialog->sip, dialog->line);
        char to[SIP_URI_SIZE], us[SIP_URI_SIZE];
        if (dialog->state != DIALOG_OFFERED || !account || !target_uri(account, &dialog->path, number, to) ||
            !target_uri(account, &dialog->path, account->who.number, us)) {
                hangup(dialog, 480, 0, "");
                return;
        }
        dialog_unname(dialog);
        moved(dialog, to, us, why);
        dialog_gone(dialog);
}

void redirect_followed(struct dialog *dialog, const sip_t *response)
{
        char header[HEADER_SIZE];
        if (!identity_copy(response, "Diversion", header, sizeof header))
                return;
        free(dialog->diversion);
        dialog->diversion = strdup(header);
}
