#include "sip/send.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/tport_tag.h>
#include <sofia-sip/url.h>

void send_auth(struct dialog *dialog, nta_leg_t *leg, const char *method, struct auth_headers *out)
{
        struct account *account = account_by_line(dialog->sip, dialog->line);
        const sip_contact_t *target = NULL;
        char uri[SIP_URI_SIZE];
        *out = (struct auth_headers){.www = ""};
        nta_leg_get_route(leg, NULL, &target);
        if (!account || !target || url_e(uri, sizeof uri, target->m_url) >= (issize_t)sizeof uri)
                return;
        struct digest_user user = account_digest_user(account);
        auth_write(&account->auth, &user, method, uri, out);
}

void send_ack(struct dialog *dialog, uint32_t cseq_number)
{
        sip_cseq_t cseq[1];
        sip_cseq_init(cseq);
        cseq->cs_seq = cseq_number;
        cseq->cs_method = sip_method_ack;
        cseq->cs_method_name = "ACK";
        nta_outgoing_destroy(nta_outgoing_tcreate(dialog->leg, NULL, NULL, NULL, SIP_METHOD_ACK, NULL,
                                                  PATH_TAGS(&dialog->path), SIPTAG_CSEQ(cseq),
                                                  SIPTAG_USER_AGENT_STR(dialog->sip->user_agent), TAG_END()));
}
