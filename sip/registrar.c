#include "sip/registrar.h"

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/url.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/loop.h"
#include "gateway/base/text.h"
#include "sip/location.h"
#include "sip/request.h"

#define CONTACT_TEXT_SIZE ((size_t)LOCATION_PER_USER * (LOCATION_URI_MAX + 24))

/* Contacts of one REGISTER, as text; more than a user may have are not looked at. */
struct contacts {
        char uris[LOCATION_PER_USER][LOCATION_URI_MAX];
        struct location_contact list[LOCATION_PER_USER];
        size_t count;
        bool all;
};

static bool contacts_read(const sip_t *request, struct contacts *out)
{
        for (const sip_contact_t *contact = request->sip_contact; contact; contact = contact->m_next) {
                if (contact->m_url->url_type == url_any) {
                        out->all = true;
                        continue;
                }
                if (out->count == LOCATION_PER_USER || contact->m_url->url_type != url_sip ||
                    url_e(out->uris[out->count], LOCATION_URI_MAX, contact->m_url) >= LOCATION_URI_MAX)
                        return false;
                out->list[out->count] = (struct location_contact){
                        .uri = out->uris[out->count],
                        .expires_s = contact->m_expires ? strtoll(contact->m_expires, NULL, 10) : LOCATION_NOT_SAID,
                };
                out->count++;
        }
        return true;
}

/* The Contact header of a 200: what is registered now, and for how long. */
static void bindings_write(const struct sip *sip, const char *user, char out[CONTACT_TEXT_SIZE])
{
        struct location_binding bindings[LOCATION_PER_USER];
        uint64_t now_ms = (uint64_t)clock_ms();
        size_t count = location_find(sip->location, user, now_ms, bindings);
        out[0] = '\0';
        for (size_t i = 0; i < count; i++)
                text_append(out, CONTACT_TEXT_SIZE, "%s<%s>;expires=%llu", i > 0 ? ", " : "", bindings[i].uri,
                            (unsigned long long)(bindings[i].expires_ms - now_ms + 999) / 1000);
}

static bool user_read(const sip_t *request, char out[SIP_NUMBER_MAX])
{
        const char *user = request->sip_to->a_url->url_user;
        if (!user || strlen(user) >= SIP_NUMBER_MAX)
                return false;
        url_unescape(out, user);
        return true;
}

static int registration_take(struct sip *sip, nta_incoming_t *irq, const sip_t *request, const char *user)
{
        struct contacts contacts = {.all = false};
        if (!contacts_read(request, &contacts))
                return 400;
        msg_t *message = nta_incoming_getrequest(irq);
        struct location_request wish = {
                .user = user,
                .call_id = request->sip_call_id->i_id,
                .cseq = request->sip_cseq->cs_seq,
                .source = endpoint_from_sockaddr(&msg_addr(message)->su_sa),
                .tcp = strcasecmp(request->sip_via->v_protocol, "SIP/2.0/TCP") == 0,
                .expires_s = request->sip_expires ? (int64_t)request->sip_expires->ex_delta : LOCATION_NOT_SAID,
                .all = contacts.all,
                .n_contacts = contacts.count,
                .contacts = contacts.list,
        };
        msg_destroy(message);
        return location_register(sip->location, &wish, (uint64_t)clock_ms());
}

int registrar_received(struct sip *sip, nta_incoming_t *irq, const sip_t *request)
{
        char user[SIP_NUMBER_MAX] = "", bindings[CONTACT_TEXT_SIZE] = "", min_expires[12];
        if (!sip->location)
                return request_refuse(sip, irq, request);
        int status = user_read(request, user) ? registration_take(sip, irq, request, user) : 400;
        if (status == 200)
                bindings_write(sip, user, bindings);
        text_printf(min_expires, sizeof min_expires, "%d", LOCATION_MIN_S);
        nta_incoming_treply(irq, status, sip_status_phrase(status), TAG_IF(bindings[0], SIPTAG_CONTACT_STR(bindings)),
                            TAG_IF(status == 423, SIPTAG_MIN_EXPIRES_STR(min_expires)),
                            SIPTAG_SERVER_STR(sip->user_agent), TAG_END());
        log_debug(user, "softphone: REGISTER %d", status);
        return status;
}
