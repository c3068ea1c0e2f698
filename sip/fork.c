#define NTA_LEG_MAGIC_T struct dialog

#include "sip/fork.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/tport_tag.h>
#include <strings.h>

#include "sip/inside.h"
#include "sip/send.h"

static nta_leg_t *leg_new(struct dialog *dialog, const sip_t *response)
{
        nta_leg_t *leg = nta_leg_tcreate(dialog->sip->agent, inside_received, dialog,
                                         SIPTAG_CALL_ID(response->sip_call_id), SIPTAG_FROM(response->sip_from),
                                         SIPTAG_TO(response->sip_to), SIPTAG_CSEQ(response->sip_cseq), TAG_END());
        if (leg)
                nta_leg_client_reroute(leg, response->sip_record_route, response->sip_contact, 1);
        return leg;
}

static struct fork *fork_of_tag(struct dialog *dialog, const char *tag)
{
        for (size_t i = 0; i < dialog->n_forks; i++) {
                const char *known = nta_leg_get_rtag(dialog->forks[i].leg);
                if (known && strcasecmp(known, tag) == 0)
                        return &dialog->forks[i];
        }
        return NULL;
}

struct fork *fork_asking(struct dialog *dialog, const sip_t *request)
{
        const char *tag = request->sip_from->a_tag;
        return tag ? fork_of_tag(dialog, tag) : NULL;
}

struct fork *fork_of(struct dialog *dialog, const sip_t *response)
{
        const char *tag = response->sip_to->a_tag;
        struct fork *known = tag ? fork_of_tag(dialog, tag) : NULL;
        if (known || !tag)
                return known;
        if (dialog->n_forks == DIALOG_FORKS_MAX)
                return NULL;
        struct fork *fork = &dialog->forks[dialog->n_forks];
        *fork = (struct fork){.leg = leg_new(dialog, response)};
        if (!fork->leg)
                return NULL;
        dialog->n_forks++;
        return fork;
}

bool fork_is_reliable(const sip_t *response)
{
        return response->sip_rseq && sip_has_feature(response->sip_require, "100rel");
}

bool fork_acknowledge(struct dialog *dialog, struct fork *fork, const sip_t *response)
{
        sip_rack_t rack[1];
        struct auth_headers auth;
        if (!fork_is_reliable(response))
                return true;
        uint32_t rseq = (uint32_t)response->sip_rseq->rs_response;
        if (fork->rseq != 0 && rseq != fork->rseq + 1)
                return false;
        fork->rseq = rseq;
        sip_rack_init(rack);
        rack->ra_response = rseq;
        rack->ra_cseq = response->sip_cseq->cs_seq;
        rack->ra_method = sip_method_invite;
        rack->ra_method_name = "INVITE";
        nta_leg_client_reroute(fork->leg, response->sip_record_route, response->sip_contact, 0);
        send_auth(dialog, fork->leg, "PRACK", &auth);
        /* sofia repeats it until it is answered; nothing is to be learned from the answer */
        nta_outgoing_destroy(nta_outgoing_tcreate(fork->leg, NULL, NULL, NULL, SIP_METHOD_PRACK, NULL,
                                                  PATH_TAGS(&dialog->path), SIPTAG_RACK(rack), AUTH_TAGS(&auth),
                                                  SIPTAG_USER_AGENT_STR(dialog->sip->user_agent), TAG_END()));
        return true;
}

void forks_drop(struct dialog *dialog)
{
        for (size_t i = 0; i < dialog->n_forks; i++)
                nta_leg_destroy(dialog->forks[i].leg);
        dialog->n_forks = 0;
}

struct fork fork_choose(struct dialog *dialog, const sip_t *response)
{
        struct fork chosen = {0}, *fork = fork_of(dialog, response);
        nta_leg_t *leg = fork ? fork->leg : leg_new(dialog, response);
        if (fork) {
                chosen = *fork;
                *fork = dialog->forks[--dialog->n_forks];
        }
        forks_drop(dialog);
        if (leg) {
                nta_leg_destroy(dialog->leg);
                dialog->leg = leg;
                nta_leg_client_reroute(leg, response->sip_record_route, response->sip_contact, 1);
        }
        send_ack(dialog, response->sip_cseq->cs_seq);
        return chosen;
}
