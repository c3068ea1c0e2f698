#include "gateway/mail_side.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/events.h"
#include "gateway/phone_show.h"
#include "gateway/roster.h"
#include "gateway/sip_side.h"
#include "gateway/watch.h"

#define LINE_ICON_VERSION 8  /* older ones have one lamp and no more (flows.md 16) */
#define MAILBOX_SIZE      88 /* PBX and user */

static const struct config_pbx *pbx_of(const struct account *account)
{
        return account->gateway->pbxs[account->pbx].config;
}

void mail_line_added(const struct account *account)
{
        struct sip_command command = {
                .kind = SIP_CMD_WATCH, .watch = WATCH_OF_LINE(account->index), .line = account->index};
        if (!account->state.has_pbx || !(pbx_of(account)->mwi & MWI_SUBSCRIBE))
                return;
        command.wish.package = SIP_MESSAGE_SUMMARY;
        TEXT_SET(command.wish.target, account->config->mailbox ? account->config->mailbox : "");
        sip_side_command(account->gateway, &command);
}

/* ---- news ---- */

static struct mail_news news_of(const struct sip_mail *mail)
{
        struct mail_news news = {.waiting = mail->waiting,
                                 .counted = mail->counted,
                                 .fresh = mail->fresh,
                                 .old = mail->old,
                                 .urgent_fresh = mail->urgent_fresh,
                                 .urgent_old = mail->urgent_old};
        TEXT_SET(news.account, mail->account);
        return news;
}

static bool take(struct account *account, const struct sip_event *event)
{
        struct mail_news news;
        if (event->kind == SIP_MAIL) {
                news = news_of(&event->mail);
                return (pbx_of(account)->mwi & MWI_UNSOLICITED) && mail_unasked(&account->mail, &news);
        }
        if (event->watched.learnt == SIP_LEARNT_MAIL) {
                news = news_of(&event->watched.mail);
                return mail_told(&account->mail, &news);
        }
        if (event->watched.state != SIP_WATCH_ACTIVE && event->watched.state != SIP_WATCH_PENDING)
                mail_lost(&account->mail);
        return false;
}

void mail_event(struct gateway *gateway, const struct sip_event *event)
{
        struct account *account = roster_account(gateway, event->line);
        if (!account || !take(account, event))
                return;
        struct jsonl line;
        events_begin(&line, "mwi.changed");
        jsonl_text(&line, "line", account->config->number);
        jsonl_number(&line, "new", mail_waiting(&account->mail) ? mail_count(&account->mail) : 0);
        events_send(gateway, &line);
        log_debug(account->config->number, "voicemail: %u new", mail_count(&account->mail));
        phone_show_account(account, NULL);
}

/* ---- what is shown ---- */

/* The lines with their mailboxes; the texts are put into `room`. */
static size_t lines_of(const struct phone *phone, struct mail_line out[SCCP_LINES_MAX],
                       char room[SCCP_LINES_MAX][MAILBOX_SIZE])
{
        for (unsigned i = 0; i < phone->n_lines; i++) {
                const struct config_line *config = phone->lines[i].config;
                text_printf(room[i], MAILBOX_SIZE, "%u/%s", phone->lines[i].account->pbx,
                            config->mailbox ? config->mailbox : config->user);
                out[i] = (struct mail_line){&phone->lines[i].account->mail, room[i]};
        }
        return phone->n_lines;
}

static struct mail_phone sum_of(const struct phone *phone)
{
        struct mail_line lines[SCCP_LINES_MAX];
        char room[SCCP_LINES_MAX][MAILBOX_SIZE];
        struct mail_phone sum;
        mail_phone(lines, lines_of(phone, lines, room), &sum);
        return sum;
}

bool mail_waits(const struct phone *phone)
{
        return sum_of(phone).waiting;
}

bool mail_stutters(const struct phone_line *line)
{
        bool lamp = sccp_session_model(line->phone->session)->traits & SCCP_TRAIT_LAMP;
        return !lamp && mail_waiting(&line->account->mail);
}

/* Instance 0 is the phone's own lamp. */
static void lamp_set(struct phone *phone, unsigned instance, bool on)
{
        struct sccp_message message = {.id = SCCP_SET_LAMP};
        uint8_t mode = on ? MAIL_SHOWN_ON : MAIL_SHOWN_OFF;
        if (phone->shown.mail[instance] == mode)
                return;
        message.set_lamp = (struct sccp_set_lamp){
                .stimulus = SCCP_BUTTON_VOICEMAIL, .instance = instance, .mode = on ? SCCP_LAMP_ON : SCCP_LAMP_OFF};
        sccp_session_send(phone->session, &message);
        phone->shown.mail[instance] = mode;
}

static bool is_known(const struct phone *phone)
{
        for (unsigned i = 0; i < phone->n_lines; i++)
                if (phone->lines[i].account->mail.known)
                        return true;
        return false;
}

/* A lamp may burn since before we were started: it is put out when a PBX says that there is nothing. */
void mail_show(struct phone *phone, bool in_call)
{
        bool may = !in_call || phone->gateway->config->calls.mail_lamp;
        if (!(sccp_session_model(phone->session)->traits & SCCP_TRAIT_LAMP) || !is_known(phone))
                return;
        lamp_set(phone, 0, may && mail_waits(phone));
        if (sccp_session_version(phone->session) < LINE_ICON_VERSION)
                return;
        for (unsigned line = 1; line <= phone->n_lines && line <= sccp_session_lines(phone->session); line++) {
                const struct mail_box *mail = &phone->lines[line - 1].account->mail;
                if (mail->known)
                        lamp_set(phone, line, mail_waiting(mail));
        }
}

/* ---- the key ---- */

bool mail_number(const struct phone *phone, unsigned line, char *number, size_t size, unsigned *on)
{
        struct mail_line lines[SCCP_LINES_MAX];
        char room[SCCP_LINES_MAX][MAILBOX_SIZE];
        size_t n_lines = lines_of(phone, lines, room);
        unsigned meant = mail_line_to_fetch(lines, n_lines, line ? line : 1);
        if (meant > n_lines)
                return false;
        const struct phone_line *fetched = &phone->lines[meant - 1];
        const char *voicemail = pbx_of(fetched->account)->voicemail;
        const char *told = fetched->account->mail.news.account;
        bool dialable = told[strspn(told, "0123456789*#+")] == '\0'; /* some PBXs tell a name */
        text_copy(number, size, voicemail ? voicemail : dialable ? told : "");
        *on = meant;
        return *number != '\0';
}
