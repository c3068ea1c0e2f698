#include "sip/refresh.h"

#include <sofia-sip/sip_header.h>
#include <strings.h>

#include "gateway/base/text.h"
#include "sip/hangup.h"
#include "sip/session.h"

#define REFRESH_MIN_SE_MAX_S 86400

static enum session_refresher refresher_read(const char *word)
{
        if (word && strcasecmp(word, "uac") == 0)
                return SESSION_REFRESHER_UAC;
        if (word && strcasecmp(word, "uas") == 0)
                return SESSION_REFRESHER_UAS;
        return SESSION_REFRESHER_OPEN;
}

static struct session_terms terms_read(const sip_t *message)
{
        struct session_terms terms = {
                .supported = sip_has_feature(message->sip_supported, "timer") ||
                             sip_has_feature(message->sip_require, "timer"),
        };
        if (message->sip_session_expires) {
                terms.interval_s = (unsigned)message->sip_session_expires->x_delta;
                terms.refresher = refresher_read(message->sip_session_expires->x_refresher);
        }
        return terms;
}

static unsigned interval_to_ask(const struct dialog *dialog)
{
        unsigned interval_s = dialog->session_timer.interval_s ? dialog->session_timer.interval_s : SESSION_EXPIRES_S;
        return dialog->min_se_s > interval_s ? dialog->min_se_s : interval_s;
}

void refresh_ask(const struct dialog *dialog, struct refresh_headers *out)
{
        *out = (struct refresh_headers){.expires = out->expires_text};
        text_printf(out->expires_text, sizeof out->expires_text, "%u", interval_to_ask(dialog));
        if (dialog->session_timer.interval_s > 0) /* who refreshes stays as it was agreed */
                text_append(out->expires_text, sizeof out->expires_text, ";refresher=%s",
                            dialog->session_timer.ours ? "uac" : "uas");
        if (dialog->min_se_s > 0) {
                text_printf(out->min_se_text, sizeof out->min_se_text, "%u", dialog->min_se_s);
                out->min_se = out->min_se_text;
        }
}

void refresh_answer(struct dialog *dialog, const sip_t *request, struct refresh_headers *out)
{
        struct session_terms terms = terms_read(request);
        *out = (struct refresh_headers){0};
        dialog->session_timer = session_timer_answer(&terms);
        if (dialog->session_timer.interval_s == 0)
                return;
        text_printf(out->expires_text, sizeof out->expires_text, "%u;refresher=%s", dialog->session_timer.interval_s,
                    dialog->session_timer.ours ? "uas" : "uac");
        out->expires = out->expires_text;
        if (!dialog->session_timer.ours)
                out->require = "timer";
}

bool refresh_too_short(const sip_t *request)
{
        struct session_terms terms = terms_read(request);
        return terms.supported && terms.interval_s > 0 && terms.interval_s < SESSION_EXPIRES_MIN_S;
}

void refresh_granted(struct dialog *dialog, const sip_t *response)
{
        struct session_terms terms = terms_read(response);
        dialog->session_timer = session_timer_granted(&terms);
}

bool refresh_longer(struct dialog *dialog, const sip_t *response)
{
        unsigned long min_s = response->sip_min_se ? response->sip_min_se->min_delta : 0;
        if (min_s <= interval_to_ask(dialog) || min_s > REFRESH_MIN_SE_MAX_S)
                return false;
        dialog->min_se_s = (unsigned)min_s;
        return true;
}

static void refresh_due(struct timer *timer)
{
        struct dialog *dialog = dialog_of_alarm(timer);
        if (dialog->session_timer.ours)
                session_refresh(dialog);
        else
                hangup_lost(dialog, 102, "session timer expired"); /* Q.850: recovery on timer expiry */
}

void refresh_run(struct dialog *dialog)
{
        if (dialog->session_timer.interval_s > 0)
                dialog_alarm(dialog, session_timer_wait_ms(&dialog->session_timer), refresh_due);
        else
                room_timer_clear(dialog->sip, &dialog->alarm);
}
