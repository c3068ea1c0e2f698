#define NTA_OUTGOING_MAGIC_T struct dialog

#include "sip/refer.h"

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/tport_tag.h>
#include <sofia-sip/url.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/agent.h"
#include "sip/identity.h"
#include "sip/send.h"
#include "sip/target.h"

#define REPLACE_WAIT_S 32 /* 64 * T1: a target that is up needs nobody to answer */
#define ANSWER_MORE_S  10 /* beyond the time a call may ring */

#define REFER_TO_SIZE (SIP_URI_SIZE * 4) /* a URI, and Call-ID and tags as its query */

static void news_from(struct dialog *dialog, int status, const char *reason, const char *where)
{
        struct sip_event event = dialog_event(dialog, SIP_TRANSFER_NEWS);
        if (!dialog->referring)
                return;
        event.status = status;
        TEXT_SET(event.reason, reason);
        TEXT_SET(event.called, where);
        dialog_post(dialog, &event);
        if (status < 200)
                return;
        dialog->referring = dialog->refer_waits = false;
        room_timer_clear(dialog->sip, &dialog->refer_alarm);
}

static void news(struct dialog *dialog, int status, const char *reason)
{
        news_from(dialog, status, reason, "");
}

static void no_news(struct timer *timer)
{
        struct dialog *dialog = (struct dialog *)((char *)timer - offsetof(struct dialog, refer_alarm));
        news(dialog, 408, "no news of the transfer");
}

static void refer_repeat(struct dialog *dialog);

/* A peer that does not want to send news (RFC 4488) has done it when it accepts. */
static void taken(struct dialog *dialog, const sip_t *sip)
{
        sip_unknown_t *header = sip->sip_unknown;
        while (header && !text_equal_nocase(header->un_name, "Refer-Sub"))
                header = header->un_next;
        if (header && header->un_value && strncasecmp(header->un_value, "false", 5) == 0)
                news(dialog, 200, "");
        else
                news(dialog, 100, "");
}

static int answered(struct dialog *dialog, nta_outgoing_t *request, const sip_t *sip)
{
        struct account *account = account_by_line(dialog->sip, dialog->line);
        int status = sip->sip_status->st_status;
        char reason[SIP_REASON_MAX];
        if (status < 200)
                return 0;
        nta_outgoing_destroy(request);
        dialog->refer = NULL;
        if (status < 300) {
                taken(dialog, sip);
        } else if ((status == 401 || status == 407) && account &&
                   auth_challenged(&account->auth, &dialog->refer_attempt, sip)) {
                refer_repeat(dialog);
        } else {
                const char *phrase = sip->sip_status->st_phrase;
                identity_name(phrase, strlen(phrase), reason, sizeof reason);
                news(dialog, status, reason);
        }
        return 0;
}

static void refer_repeat(struct dialog *dialog)
{
        struct account *account = account_by_line(dialog->sip, dialog->line);
        struct auth_headers auth;
        char us[SIP_URI_SIZE + SIP_NAME_MAX] = "";
        send_auth(dialog, dialog->leg, "REFER", &auth);
        if (account && !dialog->anonymous)
                account_address(account, &dialog->path, us, sizeof us);
        dialog->refer = nta_outgoing_tcreate(
                dialog->leg, answered, dialog, NULL, SIP_METHOD_REFER, NULL, PATH_TAGS(&dialog->path),
                SIPTAG_CONTACT_STR(dialog->contact), AUTH_TAGS(&auth), SIPTAG_REFER_TO_STR(dialog->refer_to),
                TAG_IF(us[0], SIPTAG_REFERRED_BY_STR(us)), SIPTAG_ALLOW_STR(AGENT_ALLOW),
                SIPTAG_SUPPORTED_STR(AGENT_SUPPORTED), SIPTAG_USER_AGENT_STR(dialog->sip->user_agent), TAG_END());
        if (!dialog->refer)
                news(dialog, 500, "the request cannot be made");
}

/* "<sip:peer@host?Replaces=call-id;to-tag=...;from-tag=...>", escaped: the tags as the peer of `target` knows them. */
static bool to_dialog(const struct dialog *target, char out[REFER_TO_SIZE])
{
        su_home_t home[1] = {SU_HOME_INIT(home)};
        const sip_contact_t *contact = NULL;
        bool made = false;
        su_home_init(home);
        if (target->leg)
                nta_leg_get_route(target->leg, NULL, &contact);
        sip_replaces_t *replaces = contact ? nta_leg_make_replaces(target->leg, home, 0) : NULL;
        char *query = replaces ? sip_headers_as_url_query(home, SIPTAG_REPLACES(replaces), TAG_END()) : NULL;
        if (query) {
                url_t url = *contact->m_url;
                char uri[SIP_URI_SIZE];
                url.url_headers = NULL;
                *query = 'R'; /* sofia writes the name in small letters, and not everybody folds case there */
                made = url_e(uri, sizeof uri, &url) < (issize_t)sizeof uri &&
                       text_printf(out, REFER_TO_SIZE, "<%s?%s>", uri, query);
        }
        su_home_deinit(home);
        return made;
}

static bool to_number(const struct dialog *dialog, const char *number, char out[REFER_TO_SIZE])
{
        const struct account *account = account_by_line(dialog->sip, dialog->line);
        char uri[SIP_URI_SIZE];
        return account && target_uri(account, &dialog->path, number, uri) &&
               text_printf(out, REFER_TO_SIZE, "<%s>", uri);
}

static bool contact_is_focus(const sip_t *sip)
{
        return sip->sip_contact && msg_header_find_param(sip->sip_contact->m_common, "isfocus");
}

/* Begins a transfer whose outcome may be waited for that long; false: one is under way already. */
static bool refer_begin(struct dialog *dialog, int64_t wait_s)
{
        if (dialog->referring)
                return false;
        dialog->referring = true;
        dialog->refer_alarm.expired = no_news;
        room_timer_set(dialog->sip, &dialog->refer_alarm, wait_s * 1000);
        free(dialog->refer_to);
        dialog->refer_to = NULL;
        dialog->refer_attempt = (struct auth_attempt){0};
        return true;
}

/* Our 200 is there, or on its way: the peer may not know of the dialog before it has sent its ACK. */
static bool waits_for_ack(const struct dialog *dialog)
{
        return dialog && dialog->state == DIALOG_ACCEPTED;
}

static void refer_try(struct dialog *dialog)
{
        if (!dialog->refer_waits || dialog->state != DIALOG_TALKING ||
            waits_for_ack(dialog_by_id(dialog->sip, dialog->refer_target)))
                return;
        dialog->refer_waits = false;
        refer_repeat(dialog);
}

/* `to`: NULL when there is nobody. `target`: whose place is to be taken, NULL: nobody's. */
static void refer_go(struct dialog *dialog, const char *to, struct dialog *target)
{
        bool up = dialog->state == DIALOG_TALKING || waits_for_ack(dialog);
        dialog->refer_to = to && up ? strdup(to) : NULL;
        if (dialog->peer_refers_not) {
                news(dialog, 405, "Method Not Allowed");
        } else if (dialog->refer_to) {
                dialog->refer_waits = true;
                dialog->refer_target = target ? target->id : 0;
                if (target)
                        target->refer_for = dialog->id;
                refer_try(dialog);
        } else {
                news(dialog, 481, "there is nobody to transfer to");
        }
}

void refer_acked(struct dialog *dialog)
{
        struct dialog *other = dialog_by_id(dialog->sip, dialog->refer_for);
        refer_try(dialog);
        if (other)
                refer_try(other);
}

void refer_send(struct dialog *dialog, struct dialog *target, const char *number)
{
        char to[REFER_TO_SIZE];
        if (!refer_begin(dialog, target ? REPLACE_WAIT_S : dialog->sip->ring_timeout_s + ANSWER_MORE_S))
                return;
        bool made = target ? to_dialog(target, to) : to_number(dialog, number, to);
        refer_go(dialog, made ? to : NULL, target);
}

static bool to_focus(const struct dialog *focus, char out[REFER_TO_SIZE])
{
        const sip_contact_t *contact = NULL;
        char uri[SIP_URI_SIZE];
        if (focus->leg && focus->peer_is_focus)
                nta_leg_get_route(focus->leg, NULL, &contact);
        TEXT_SET(uri, focus->target);
        if (contact && url_e(uri, sizeof uri, contact->m_url) >= (issize_t)sizeof uri)
                return false;
        return text_printf(out, REFER_TO_SIZE, "<%s>", uri);
}

void refer_to_focus(struct dialog *dialog, const struct dialog *focus)
{
        char to[REFER_TO_SIZE];
        if (refer_begin(dialog, REPLACE_WAIT_S))
                refer_go(dialog, focus && focus->state == DIALOG_TALKING && to_focus(focus, to) ? to : NULL, NULL);
}

void refer_learn(struct dialog *dialog, const sip_t *sip)
{
        dialog->peer_is_focus |= contact_is_focus(sip);
        if (sip->sip_allow)
                dialog->peer_refers_not = !sip_is_allowed(sip->sip_allow, SIP_METHOD_REFER);
}

int refer_fragment(const char *body, size_t len, char reason[SIP_REASON_MAX])
{
        static const char start[] = "SIP/2.0 ";
        const size_t begin = sizeof start - 1;
        int status = 0;
        reason[0] = '\0';
        if (len < begin + 3 || strncasecmp(body, start, begin) != 0)
                return 0;
        for (size_t i = begin; i < begin + 3; i++) {
                if (body[i] < '0' || body[i] > '9')
                        return 0;
                status = status * 10 + body[i] - '0';
        }
        size_t end = begin + 3;
        while (end < len && body[end] != '\r' && body[end] != '\n')
                end++;
        size_t phrase = begin + 3 + (begin + 3 < end && body[begin + 3] == ' ');
        identity_name(body + phrase, end - phrase, reason, SIP_REASON_MAX);
        return status >= 100 && status <= 699 ? status : 0;
}

void refer_where(const char *body, size_t len, char out[SIP_NUMBER_MAX])
{
        static const char *const names[] = {"contact:", "m:"};
        out[0] = '\0';
        for (size_t at = 0; at < len;) {
                const char *line = body + at;
                const char *end = memchr(line, '\n', len - at);
                size_t line_len = end ? (size_t)(end - line) : len - at;
                for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
                        size_t name_len = strlen(names[i]);
                        struct identity_address address;
                        if (line_len <= name_len || strncasecmp(line, names[i], name_len) != 0)
                                continue;
                        const char *value = line + name_len;
                        size_t value_len = line_len - name_len;
                        if (identity_next(&value, &value_len, &address))
                                identity_number(address.uri, address.uri_len, out, SIP_NUMBER_MAX);
                        return;
                }
                at += line_len + 1;
        }
}

/* The last word may come without a status: then nobody knows, which is no success. */
int refer_notified(struct dialog *dialog, nta_incoming_t *irq, const sip_t *sip)
{
        const sip_subscription_state_t *state = sip->sip_subscription_state;
        const sip_payload_t *body = sip->sip_payload;
        char reason[SIP_REASON_MAX], where[SIP_NUMBER_MAX] = "";
        if (!sip->sip_event || !text_equal_nocase(sip->sip_event->o_type, "refer")) {
                nta_incoming_treply(irq, SIP_489_BAD_EVENT, SIPTAG_SERVER_STR(dialog->sip->user_agent), TAG_END());
                return 489;
        }
        int status = body && body->pl_data ? refer_fragment(body->pl_data, body->pl_len, reason) : 0;
        if (status)
                refer_where(body->pl_data, body->pl_len, where);
        if (status)
                news_from(dialog, status, reason, where);
        if (state && state->ss_substate && text_equal_nocase(state->ss_substate, "terminated"))
                news(dialog, 500, "the outcome was not told");
        return 200;
}

void refer_clear(struct dialog *dialog)
{
        dialog->referring = dialog->refer_waits = false;
        room_timer_clear(dialog->sip, &dialog->refer_alarm);
        if (dialog->refer)
                nta_outgoing_destroy(dialog->refer);
        dialog->refer = NULL;
        free(dialog->refer_to);
        dialog->refer_to = NULL;
}
