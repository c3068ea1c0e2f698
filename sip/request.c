#include "sip/request.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sip/agent.h"
#include "sip/call_in.h"
#include "sip/notify.h"
#include "sip/registrar.h"

static int options_received(struct sip *sip, nta_incoming_t *irq, const sip_t *request)
{
        (void)request;
        nta_incoming_treply(irq, SIP_200_OK, SIPTAG_ALLOW_STR(AGENT_ALLOW), SIPTAG_SUPPORTED_STR(AGENT_SUPPORTED),
                            SIPTAG_ACCEPT_STR("application/sdp"), SIPTAG_SERVER_STR(sip->user_agent), TAG_END());
        return 200;
}

/* Meant for a dialog that is not there (any more). */
static int too_late(struct sip *sip, nta_incoming_t *irq, const sip_t *request)
{
        (void)sip, (void)irq, (void)request;
        return 481;
}

static const struct method {
        sip_method_t method;
        int refusal; /* status where it is not done */
        int (*run)(struct sip *, nta_incoming_t *, const sip_t *);
} methods[] = {
        {sip_method_invite, 0, call_in},
        {sip_method_options, 0, options_received},
        {sip_method_register, 0, registrar_received},
        {sip_method_ack, 0, too_late},
        {sip_method_bye, 0, too_late},
        {sip_method_cancel, 0, too_late},
        {sip_method_prack, 0, too_late},
        {sip_method_update, 0, too_late},
        {sip_method_info, 0, too_late},
        {sip_method_subscribe, 489, NULL},
        {sip_method_notify, 489, notify_received},
        {sip_method_message, 405, NULL},
        {sip_method_refer, 405, NULL},
        {sip_method_publish, 405, NULL},
};

static const struct method *method_find(sip_method_t method)
{
        for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
                if (methods[i].method == method)
                        return &methods[i];
        }
        return NULL;
}

int request_refuse(const struct sip *sip, nta_incoming_t *irq, const sip_t *request)
{
        const struct method *method = method_find(request->sip_request->rq_method);
        int status = method ? method->refusal : 501;
        if (status == 0) /* done here, but not in this place */
                status = 405;
        nta_incoming_treply(irq, status, sip_status_phrase(status), SIPTAG_ALLOW_STR(AGENT_ALLOW),
                            TAG_IF(status == 489, SIPTAG_ALLOW_EVENTS_STR(NOTIFY_ALLOW_EVENTS)),
                            SIPTAG_SERVER_STR(sip->user_agent), TAG_END());
        return status;
}

int request_received(nta_leg_magic_t *magic, nta_leg_t *leg, nta_incoming_t *irq, const sip_t *request)
{
        struct sip *sip = (struct sip *)magic;
        const struct method *method = method_find(request->sip_request->rq_method);
        (void)leg;
        atomic_fetch_add_explicit(&sip->requests_in, 1, memory_order_relaxed);
        bool inside = method && (method->method == sip_method_register || method->method == sip_method_notify);
        if (request->sip_to->a_tag && method && !inside)
                return 481;
        return method && method->run ? method->run(sip, irq, request) : request_refuse(sip, irq, request);
}
