#include "sip/inside.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sip/account.h"
#include "sip/agent.h"
#include "sip/digits.h"
#include "sip/hangup.h"
#include "sip/message.h"
#include "sip/refer.h"
#include "sip/referred.h"
#include "sip/request.h"
#include "sip/session.h"

static int bye_received(struct dialog *dialog, nta_incoming_t *irq, const sip_t *sip)
{
        nta_incoming_treply(irq, SIP_200_OK, SIPTAG_SERVER_STR(dialog->sip->user_agent), TAG_END());
        switch (dialog->state) {
        case DIALOG_OFFERED: /* the caller may end an early dialog this way (RFC 3261 section 15) */
                nta_incoming_treply(dialog->incoming, SIP_487_REQUEST_CANCELLED, TAG_END());
                hangup_heard(dialog, sip);
                break;
        case DIALOG_ACCEPTED:
        case DIALOG_TALKING:
        case DIALOG_ENDING:
                hangup_heard(dialog, sip);
                break;
        case DIALOG_CALLING: /* only our side may end it yet */
        case DIALOG_CANCELLED:
        case DIALOG_GONE:
                break;
        }
        return 200;
}

static int well_received(struct dialog *dialog, nta_incoming_t *irq, const sip_t *sip)
{
        (void)sip;
        nta_incoming_treply(irq, SIP_200_OK, SIPTAG_ALLOW_STR(AGENT_ALLOW), SIPTAG_SUPPORTED_STR(AGENT_SUPPORTED),
                            SIPTAG_ACCEPT_STR("application/sdp"), SIPTAG_SERVER_STR(dialog->sip->user_agent),
                            TAG_END());
        return 200;
}

static int text_received(struct dialog *dialog, nta_incoming_t *irq, const sip_t *sip)
{
        return message_to(dialog->sip, account_by_line(dialog->sip, dialog->line), irq, sip);
}

static const struct method {
        sip_method_t method;
        int (*run)(struct dialog *, nta_incoming_t *, const sip_t *);
} methods[] = {
        {sip_method_bye, bye_received},        {sip_method_invite, session_changed},
        {sip_method_update, session_changed},  {sip_method_info, digits_received},
        {sip_method_options, well_received},   {sip_method_notify, refer_notified},
        {sip_method_refer, referred_received}, {sip_method_message, text_received},
};

int inside_received(struct dialog *dialog, nta_leg_t *leg, nta_incoming_t *irq, const sip_t *sip)
{
        sip_method_t method = sip->sip_request->rq_method;
        (void)leg;
        atomic_fetch_add_explicit(&dialog->sip->requests_in, 1, memory_order_relaxed);
        if (dialog->state == DIALOG_GONE && method != sip_method_bye)
                return 481;
        for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
                if (methods[i].method == method)
                        return methods[i].run(dialog, irq, sip);
        }
        return request_refuse(dialog->sip, irq, sip);
}
