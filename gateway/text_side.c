#include "gateway/text_side.h"

#include "gateway/base/text.h"
#include "gateway/core/notice.h"
#include "gateway/sip_side.h"
#include "sccp/display.h"

#define STATUS_OK     200
#define STATUS_AWAY   480
#define STATUS_CANNOT 488 /* it has no display for texts */

static bool shows_texts(const struct phone *phone)
{
        struct sccp_reader reader = sccp_session_reader(phone->session);
        struct sccp_message message;
        return sccp_notice(&message, &reader, 1, 0, "text");
}

/* One phone that shows texts is enough. */
void text_line_up(struct account *account)
{
        int status = STATUS_AWAY;
        for (const struct phone_line *line = account->lines; line && status != STATUS_OK; line = line->next)
                if (line->there)
                        status = shows_texts(line->phone) ? STATUS_OK : STATUS_CANNOT;
        sip_side_line_texts(account, status);
}

static void beep(const struct phone *phone)
{
        struct sccp_message message = {.id = SCCP_START_TONE};
        message.start_tone.tone = SCCP_TONE_ZIP_ZIP;
        if (phone->gateway->config->messages.beep)
                sccp_session_send(phone->session, &message);
}

static void send_text(struct phone *phone)
{
        struct sccp_reader reader = sccp_session_reader(phone->session);
        struct sccp_message message;
        if (sccp_notice(&message, &reader, phone->gateway->config->messages.show_s, 0, phone->text)) {
                sccp_session_send(phone->session, &message);
                beep(phone);
        }
        phone->text[0] = '\0';
}

/* The prompts of calls are not covered. */
void text_show_waiting(struct phone *phone, const struct phone_view *view)
{
        bool wants[NOTICES] = {[NOTICE_TIMED] = phone->text[0], [NOTICE_CALL] = view->n_calls > 0};
        if (notice_choose(wants) == NOTICE_TIMED)
                send_text(phone);
}

bool text_show(struct phone *phone, const char *from, const char *text)
{
        if (!phone->session || !shows_texts(phone))
                return false;
        if (phone->text[0])
                log_info(phone->config->name, "a text nobody saw yet gives way to another");
        text_printf(phone->text, sizeof phone->text, "%s%s%s", from, *from ? ": " : "", text);
        if (!phone->n_calls) {
                const struct phone_view rest = {0};
                text_show_waiting(phone, &rest);
        }
        return true;
}

void text_received(struct gateway *gateway, const struct sip_event *event)
{
        const char *from = *event->text_from.name ? event->text_from.name : event->text_from.number;
        bool shown = false;
        if (event->line >= gateway->n_accounts)
                return;
        const struct account *account = &gateway->accounts[event->line];
        for (const struct phone_line *line = account->lines; line; line = line->next)
                shown |= line->there && text_show(line->phone, from, event->text);
        if (shown)
                log_info(account->config->number, "text from %s", *from ? from : "nobody");
        else
                log_warning(account->config->number, "a text from %s came too late: its phone has gone", from);
}
