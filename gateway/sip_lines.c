/* Lines and PBXs: registrations, and what becomes of them. */
#include "gateway/base/text.h"
#include "gateway/events.h"
#include "gateway/mail_side.h"
#include "gateway/phone_show.h"
#include "gateway/roster.h"
#include "gateway/sip_side.h"
#include "gateway/text_side.h"
#include "gateway/watch.h"

void sip_side_line_add(struct account *account)
{
        const struct config_line *config = account->config;
        struct sip_command command = {.kind = SIP_CMD_LINE_ADD, .line = account->index};
        struct sip_account *told = &command.account;
        TEXT_SET(told->number, config->number);
        TEXT_SET(told->name, config->name);
        TEXT_SET(told->user, config->user);
        TEXT_SET(told->auth_user, config->auth_user);
        TEXT_SET(told->password, config->password);
        told->pbx = account->pbx;
        sip_side_command(account->gateway, &command);
        account->told = true;
        mail_line_added(account);
}

void sip_side_line_remove(struct account *account)
{
        watch_line_gone(account);
        mail_lost(&account->mail);
        if (account->told)
                sip_side_command(account->gateway,
                                 &(struct sip_command){.kind = SIP_CMD_LINE_REMOVE, .line = account->index});
        account->told = false;
}

void sip_side_line_anew(struct account *account)
{
        sip_side_line_remove(account);
        sip_side_line_add(account);
        if (account->state.state != LINE_ABSENT)
                sip_side_command(account->gateway,
                                 &(struct sip_command){.kind = SIP_CMD_LINE_UP, .line = account->index});
        text_line_up(account);
}

static void line_event(struct account *account, enum line_event event, int status)
{
        struct gateway *gateway = account->gateway;
        enum line_state from = account->state.state;
        enum line_action action = line_step(&account->state, event, status);
        if (account->state.state != from)
                log_debug(account->config->number, "%s --%s--> %s", line_state_name(from), line_event_name(event),
                          line_state_name(account->state.state));
        struct sip_command command = {.line = account->index, .kind = SIP_CMD_LINE_UP};
        switch (action) {
        case LINE_DO_UNREGISTER:
                command.kind = SIP_CMD_LINE_DOWN;
                sip_side_command(gateway, &command);
                break;
        case LINE_DO_REGISTER:
                sip_side_command(gateway, &command);
                break;
        case LINE_DO_NOTHING:
                break;
        }
}

void sip_side_line_texts(const struct account *account, int status)
{
        struct sip_command command = {.kind = SIP_CMD_LINE_TEXTS, .line = account->index, .status = status};
        sip_side_command(account->gateway, &command);
}

void sip_side_line(struct account *account, enum line_event event)
{
        line_event(account, event, 0);
}

/* What of the configuration most likely is wrong; words of the line's options. */
static const char *refusal_hint(int status)
{
        switch (status) {
        case 401:
        case 403:
        case 407:
                return " (wrong password or auth_user?)";
        case 404:
                return " (wrong user or pbx.domain?)";
        default:
                return "";
        }
}

/* One line per change; that an outage of a PBX hits all of its lines goes without saying. */
static void log_pbx_state(const char *name, const struct pbx_state *before, const struct sip_event *event)
{
        if (event->pbx_state == SIP_PBX_UP)
                log_info(name, before->known ? "answers again" : "answers");
        else if (event->status)
                log_warning(name, "answers, but does not serve: %d %s", event->status, event->reason);
        else
                log_warning(name, "does not answer: %s%s", event->reason,
                            before->known ? "" : " (is pbx.address right?)");
}

void sip_lines_pbx_state(struct gateway *gateway, const struct sip_event *event)
{
        struct pbx_state *pbx = &gateway->pbxs[event->pbx];
        if (!pbx->config || pbx->serial != event->serial)
                return; /* of one that was here before */
        bool up = event->pbx_state == SIP_PBX_UP;
        if (!pbx->known || pbx->up != up) {
                log_pbx_state(pbx->config->name, pbx, event);
                pbx->recovered = pbx->known && up;
                pbx->since_ms = loop_now_ms(gateway->loop);
        }
        pbx->known = true;
        pbx->up = up;
        pbx->rtt_ms = event->rtt_ms;
}

/* Operators read when a line comes into service, and why one does not. */
static void log_line_state(const struct account *account, const struct sip_event *event)
{
        struct gateway *gateway = account->gateway;
        const char *number = account->config->number;
        bool refused = event->line_state == SIP_LINE_REFUSED;
        const struct pbx_state *pbx = &gateway->pbxs[account->pbx];
        if (!account->state.has_pbx)
                return;
        if (event->line_state == SIP_LINE_REGISTERED)
                log_info(number, "registered at %s", pbx->config->name);
        else if (!refused && pbx->known && !pbx->up) /* that has been said */
                log_debug(number, "not registered: %d %s, next try in %u s", event->status, event->reason,
                          event->retry_s);
        else if (log_allowed(&gateway->unregistered, NEWS_LINES, NEWS_S))
                log_warning(number, "%s: %d %s%s, next try in %u s",
                            refused ? "registration refused" : "not registered", event->status, event->reason,
                            refused ? refusal_hint(event->status) : "", event->retry_s);
}

static void note_line_state(struct account *account, const struct sip_event *event)
{
        if (event->line_state == SIP_LINE_REGISTERED)
                return;
        account->error = (struct line_error){
                .status = event->status, .retry_s = event->retry_s, .at_ms = loop_now_ms(account->gateway->loop)};
        TEXT_SET(account->error.reason, event->reason);
}

void sip_lines_state(struct gateway *gateway, const struct sip_event *event)
{
        struct account *account = roster_account(gateway, event->line);
        if (!account)
                return;
        switch (event->line_state) {
        case SIP_LINE_REGISTERED:
                line_event(account, LINE_REGISTERED, 0);
                watch_line_up(account);
                break;
        case SIP_LINE_REFUSED:
                line_event(account, LINE_REFUSED, event->status);
                break;
        case SIP_LINE_UNREACHABLE:
                line_event(account, LINE_UNREACHABLE, event->status);
                break;
        case SIP_LINE_DOWN:
        case SIP_LINE_TRYING:
                return;
        }
        note_line_state(account, event);
        if (account->state.has_pbx)
                events_line(account, event->line_state == SIP_LINE_REGISTERED);
        log_line_state(account, event);
        phone_show_account(account, NULL);
}
