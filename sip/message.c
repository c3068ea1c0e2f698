#include "sip/message.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/url.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/account.h"
#include "sip/identity.h"
#include "sip/plain_text.h"

static int reply(const struct sip *sip, nta_incoming_t *irq, int status)
{
        nta_incoming_treply(irq, status, sip_status_phrase(status),
                            TAG_IF(status == 415, SIPTAG_ACCEPT_STR("text/plain")), SIPTAG_SERVER_STR(sip->user_agent),
                            TAG_END());
        return status;
}

/* 0, or the status to refuse it with. */
static int read_body(const sip_t *request, char *out, size_t size)
{
        const sip_content_type_t *type = request->sip_content_type;
        const sip_payload_t *payload = request->sip_payload;
        if (request->sip_content_encoding)
                return 415;
        return plain_text_read(type ? type->c_type : NULL, type ? msg_params_find(type->c_params, "charset=") : NULL,
                               payload ? payload->pl_data : "", payload ? payload->pl_len : 0, out, size);
}

int message_to(struct sip *sip, struct account *account, nta_incoming_t *irq, const sip_t *request)
{
        if (!account)
                return reply(sip, irq, 404);
        struct sip_event event = {.kind = SIP_TEXT, .line = account->line};
        int status = account->texts ? account->texts : 480;
        if (status == 200)
                status = read_body(request, event.text, sizeof event.text);
        if (status == 0 && !room_keeps_up(sip))
                status = 503;
        if (status == 0) {
                identity_caller(request, &event.text_from);
                room_post(sip, &event);
        }
        return reply(sip, irq, status ? status : 200);
}

int message_received(struct sip *sip, nta_incoming_t *irq, const sip_t *request)
{
        char user[SIP_NUMBER_MAX] = "";
        const char *written = request->sip_request->rq_url->url_user;
        if (written && strlen(written) < sizeof user)
                url_unescape(user, written);
        struct account *account = account_by_contact(sip, user);
        return message_to(sip, account ? account : account_by_number(sip, user), irq, request);
}
