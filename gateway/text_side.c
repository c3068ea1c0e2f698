#include "gateway/text_side.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/core/notice.h"
#include "gateway/roster.h"
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

static void drop_oldest(struct phone *phone)
{
        free(phone->texts[0]);
        phone->n_texts--;
        memmove(phone->texts, phone->texts + 1, phone->n_texts * sizeof *phone->texts);
}

static void on_read(struct loop_timer *timer);

/* Each has its time on the display; the last keeps it only until something newer comes. */
static void send_text(struct phone *phone)
{
        struct sccp_reader reader = sccp_session_reader(phone->session);
        struct sccp_message message;
        unsigned show_s = phone->gateway->config->messages.show_s;
        if (sccp_notice(&message, &reader, show_s, 0, phone->texts[0])) {
                sccp_session_send(phone->session, &message);
                beep(phone);
        }
        drop_oldest(phone);
        phone->text_timer.expired = on_read;
        if (phone->n_texts)
                loop_timer_start(phone->gateway->loop, &phone->text_timer, show_s * INT64_C(1000));
}

/* The prompts of calls are not covered. */
void text_show_waiting(struct phone *phone, const struct phone_view *view)
{
        bool due = phone->n_texts && !loop_timer_running(&phone->text_timer);
        bool wants[NOTICES] = {[NOTICE_TIMED] = due, [NOTICE_CALL] = phone_count_own(view) > 0};
        if (notice_choose(wants) == NOTICE_TIMED)
                send_text(phone);
}

static void show_at_rest(struct phone *phone)
{
        const struct phone_view rest = {0};
        if (phone->session && !bridge_calls(phone))
                text_show_waiting(phone, &rest);
}

static void on_read(struct loop_timer *timer)
{
        show_at_rest((struct phone *)((char *)timer - offsetof(struct phone, text_timer)));
}

void text_forget(struct phone *phone)
{
        loop_timer_stop(&phone->text_timer);
        while (phone->n_texts)
                drop_oldest(phone);
}

bool text_show(struct phone *phone, const char *from, const char *text)
{
        if (!phone->session || !shows_texts(phone))
                return false;
        char whole[SIP_TEXT_MAX + SIP_NAME_MAX + 2];
        text_printf(whole, sizeof whole, "%s%s%s", from, *from ? ": " : "", text);
        char *kept = strdup(whole);
        if (!kept)
                return false;
        if (phone->n_texts == TEXTS_WAITING) {
                log_info(phone->config->name, "a text nobody saw yet gives way to another");
                drop_oldest(phone);
        }
        phone->texts[phone->n_texts++] = kept;
        show_at_rest(phone);
        return true;
}

void text_received(struct gateway *gateway, const struct sip_event *event)
{
        const char *from = *event->text_from.name ? event->text_from.name : event->text_from.number;
        bool shown = false;
        const struct account *account = roster_account(gateway, event->line);
        if (!account)
                return;
        for (const struct phone_line *line = account->lines; line; line = line->next)
                shown |= line->there && text_show(line->phone, from, event->text);
        if (shown)
                log_info(account->config->number, "text from %s", *from ? from : "nobody");
        else
                log_warning(account->config->number, "a text from %s came too late: its phone has gone", from);
}
