#define NTA_OUTGOING_MAGIC_T struct dialog

#include "sip/referred.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/tport_tag.h>
#include <sofia-sip/url.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/text.h"
#include "sip/identity.h"
#include "sip/send.h"

static void notify_send(struct dialog *dialog);

static int notify_answered(struct dialog *dialog, nta_outgoing_t *request, const sip_t *sip)
{
        struct account *account = account_by_line(dialog->sip, dialog->line);
        int status = sip->sip_status->st_status;
        if (status < 200)
                return 0;
        nta_outgoing_destroy(request);
        dialog->notify = NULL;
        if ((status == 401 || status == 407) && account &&
            auth_challenged(&account->auth, &dialog->notify_attempt, sip))
                notify_send(dialog);
        return 0;
}

static void notify_send(struct dialog *dialog)
{
        int status = dialog->notify_status;
        const char *phrase = sip_status_phrase(status);
        struct auth_headers auth;
        char body[64 + SIP_REASON_MAX];
        text_printf(body, sizeof body, "SIP/2.0 %d %s\r\n", status, phrase ? phrase : "Unknown");
        send_auth(dialog, dialog->leg, "NOTIFY", &auth);
        dialog->notify = nta_outgoing_tcreate(
                dialog->leg, notify_answered, dialog, NULL, SIP_METHOD_NOTIFY, NULL, PATH_TAGS(&dialog->path),
                SIPTAG_CONTACT_STR(dialog->contact), AUTH_TAGS(&auth), SIPTAG_EVENT_STR("refer"),
                SIPTAG_SUBSCRIPTION_STATE_STR(status < 200 ? "active;expires=180" : "terminated;reason=noresource"),
                SIPTAG_CONTENT_TYPE_STR("message/sipfrag;version=2.0"), SIPTAG_PAYLOAD_STR(body),
                SIPTAG_USER_AGENT_STR(dialog->sip->user_agent), TAG_END());
}

void referred_news(struct dialog *dialog, int status)
{
        if (!dialog->referred || dialog->state != DIALOG_TALKING)
                return;
        dialog->referred = status < 200;
        if (dialog->notify)
                nta_outgoing_destroy(dialog->notify);
        dialog->notify_status = status;
        dialog->notify_attempt = (struct auth_attempt){0};
        notify_send(dialog);
}

/* Of the headers that the URI brings along only Replaces is taken over. False: it is too long for us. */
static bool read_replaces(su_home_t *home, const url_t *url, char out[SIP_REPLACES_MAX])
{
        static const char name[] = "Replaces:";
        char *headers = url->url_headers ? url_query_as_header_string(home, url->url_headers) : NULL;
        out[0] = '\0';
        for (char *line = headers, *end; line && *line; line = end) {
                end = line + strcspn(line, "\r\n");
                size_t skip = sizeof name - 1;
                if (strncasecmp(line, name, skip) == 0) {
                        skip += strspn(line + skip, " ");
                        return text_copy_n(out, SIP_REPLACES_MAX, line + skip, (size_t)(end - line) - skip);
                }
                end += strspn(end, "\r\n");
        }
        return true;
}

/* Whom to call: only a SIP address, and only by INVITE. */
static bool read_target(const sip_refer_to_t *refer_to, struct sip_event *event)
{
        url_t url = *refer_to->r_url;
        char method[16] = "INVITE";
        su_home_t home[1] = {SU_HOME_INIT(home)};
        if (url.url_type != url_sip || !url.url_host)
                return false;
        if (url_has_param(&url, "method"))
                url_param(url.url_params, "method", method, sizeof method);
        su_home_init(home);
        bool good = text_equal_nocase(method, "INVITE") && read_replaces(home, &url, event->replaces_header);
        su_home_deinit(home);
        url.url_headers = NULL;
        good = good && url_e(event->uri, sizeof event->uri, &url) < (issize_t)sizeof event->uri;
        identity_number(event->uri, strlen(event->uri), event->party.number, sizeof event->party.number);
        if (!*event->party.number)
                TEXT_SET(event->party.number, url.url_host);
        return good;
}

int referred_received(struct dialog *dialog, nta_incoming_t *irq, const sip_t *sip)
{
        struct sip_event event = dialog_event(dialog, SIP_REFERRED);
        if (dialog->state != DIALOG_TALKING || dialog->referred)
                return dialog->referred ? 491 : 481;
        if (!sip->sip_refer_to)
                return 400;
        if (!read_target(sip->sip_refer_to, &event))
                return 603;
        nta_incoming_treply(irq, SIP_202_ACCEPTED, SIPTAG_CONTACT_STR(dialog->contact),
                            SIPTAG_SERVER_STR(dialog->sip->user_agent), TAG_END());
        dialog->referred = true;
        referred_news(dialog, 100);
        dialog_post(dialog, &event);
        return 202;
}

void referred_clear(struct dialog *dialog)
{
        dialog->referred = false;
        if (dialog->notify)
                nta_outgoing_destroy(dialog->notify);
        dialog->notify = NULL;
}
