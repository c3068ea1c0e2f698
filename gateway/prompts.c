#include "gateway/prompts.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/call_back.h"
#include "gateway/core/notice.h"
#include "gateway/mail_side.h"
#include "sccp/charset.h"

/* Where the phone has no text of its own that fits, ours is English; phones that show nothing but their own texts get
 * the nearest label (sccp_prompt_put takes the label alone then). */
static const struct {
        uint16_t label;
        bool with_argument;
        const char *text;
} prompts[] = {
        [PROMPT_NONE] = {0, false, ""},
        [PROMPT_ENTER_NUMBER] = {SCCP_LABEL_ENTER_NUMBER, false, ""},
        [PROMPT_PROCEED] = {SCCP_LABEL_CALL_PROCEED, false, ""},
        [PROMPT_RING_OUT] = {SCCP_LABEL_RING_OUT, false, ""},
        [PROMPT_FROM] = {SCCP_LABEL_FROM, true, ""},
        [PROMPT_CONNECTED] = {SCCP_LABEL_CONNECTED, false, ""},
        [PROMPT_HOLD] = {SCCP_LABEL_HOLD, false, ""},
        [PROMPT_HELD_BY_FAR] = {SCCP_LABEL_CONNECTED, false, " (held)"},
        [PROMPT_TRANSFER] = {SCCP_LABEL_TRANSFER, false, ""},
        [PROMPT_TRANSFERRING] = {SCCP_LABEL_CALL_TRANSFER, false, ""},
        [PROMPT_TRANSFER_FAILED] = {SCCP_LABEL_CAN_NOT_COMPLETE_TRANSFER, false, ""},
        [PROMPT_PARKING] = {SCCP_LABEL_CALL_PARK, false, ""},
        [PROMPT_PARK_FAILED] = {SCCP_LABEL_NO_PARK_NUMBER_AVAILABLE, false, ""},
        [PROMPT_PICKUP] = {SCCP_LABEL_PICKUP, false, ""},
        [PROMPT_NO_PICKUP] = {SCCP_LABEL_NO_CALL_AVAILABLE_FOR_PICKUP, false, ""},
        [PROMPT_PRIVATE] = {SCCP_LABEL_PRIVATE, false, ""},
        [PROMPT_CALL_BACK] = {SCCP_LABEL_CALLBACK, true, ""},
        [PROMPT_FROM_PRIVATE] = {SCCP_LABEL_PRIVATE, false, ""},
        [PROMPT_CONFERENCE] = {SCCP_LABEL_CONFERENCE, false, ""},
        [PROMPT_CONFERENCE_FAILED] = {SCCP_LABEL_CAN_NOT_COMPLETE_CONFERENCE, false, ""},
        [PROMPT_IN_USE_REMOTE] = {SCCP_LABEL_IN_USE_REMOTE, false, ""},
        [PROMPT_BARGE] = {SCCP_LABEL_BARGE, false, ""},
        [PROMPT_BARGE_FAILED] = {SCCP_LABEL_FAILED_TO_SETUP_BARGE, false, ""},
        [PROMPT_BUSY] = {SCCP_LABEL_BUSY, false, ""},
        [PROMPT_TEMPORARY_FAILURE] = {SCCP_LABEL_TEMP_FAIL, false, ""},
        [PROMPT_UNKNOWN_NUMBER] = {SCCP_LABEL_UNKNOWN_NUMBER, false, ""},
        [PROMPT_NO_ANSWER] = {0, false, "No answer"},
        [PROMPT_DECLINED] = {0, true, "Declined"},
        [PROMPT_NOT_REGISTERED] = {0, false, "Line not registered"},
        [PROMPT_NO_COMMON_CODEC] = {0, false, "No common codec"},
        [PROMPT_NO_CHANNEL] = {0, false, "No audio channel"},
        [PROMPT_LOOP] = {SCCP_LABEL_NEWER(SCCP_NEW_LABEL_CFWDALL_LOOP_DETECTED), false, ""},
        [PROMPT_NO_PORTS] = {SCCP_LABEL_HIGH_TRAFFIC_TRY_AGAIN_LATER, false, ""},
};

struct prompt_text prompt_text(enum look_prompt prompt, const char *argument)
{
        bool given = prompts[prompt].with_argument && *argument;
        return (struct prompt_text){prompts[prompt].label, given ? argument : prompts[prompt].text};
}

/* The first line that forwards all calls says it; NULL: none does. */
static const char *forwarded_to(const struct phone *phone)
{
        for (unsigned i = 0; i < phone->n_lines; i++)
                if (*phone->lines[i].account->forwards.to[FORWARD_ALL])
                        return phone->lines[i].account->forwards.to[FORWARD_ALL];
        return NULL;
}

static bool say_trouble(const struct phone *phone, char *text, size_t size)
{
        for (unsigned i = 0; i < phone->n_lines; i++) {
                const struct account *line = phone->lines[i].account;
                if (line->state.state == LINE_NOT_REGISTERED)
                        text_printf(text, size, "%s: refused by PBX (%d)", line->config->number, line->state.status);
                else if (line->state.state == LINE_NO_PBX)
                        text_printf(text, size, "%s: PBX does not answer", line->config->number);
                else
                        continue;
                return true;
        }
        return false;
}

#define VOICEMAIL "voicemail"
#define DISTURB   "do not disturb"

static bool say_voicemail(const struct phone *phone, char *text, size_t size)
{
        text_copy(text, size, VOICEMAIL);
        return mail_waits(phone);
}

static bool say_forward(const struct phone *phone, char *text, size_t size)
{
        const char *to = forwarded_to(phone);
        text_printf(text, size, " %s", to ? to : "");
        return to;
}

static bool say_dnd(const struct phone *phone, char *text, size_t size)
{
        text_printf(text, size, "%s%s", DISTURB, phone->dnd == DND_SILENT ? " (silent)" : "");
        return phone->dnd != DND_OFF;
}

static bool say_call_back(const struct phone *phone, char *text, size_t size)
{
        const char *whom = call_back_number(phone);
        text_printf(text, size, " %s", whom ? whom : "");
        return whom;
}

static bool say_idle(const struct phone *phone, char *text, size_t size)
{
        const char *configured = phone->gateway->config->defaults.idle_text;
        text_copy(text, size, configured ? configured : "");
        return configured;
}

/* What a phone in rest may have to say. `say` is false when it has nothing to, and gives the text. With a label the
 * phone shows its own words for the beginning of it. */
static const struct {
        bool (*say)(const struct phone *phone, char *text, size_t size);
        uint16_t label;
        const char *own; /* the words of the label */
} idle_texts[NOTICES] = {
        [NOTICE_IDLE] = {say_idle, 0, ""},
        [NOTICE_VOICEMAIL] = {say_voicemail, SCCP_LABEL_YOU_HAVE_VOICEMAIL, VOICEMAIL},
        [NOTICE_CALL_BACK] = {say_call_back, SCCP_LABEL_CALLBACK, ""},
        [NOTICE_DND] = {say_dnd, SCCP_LABEL_NEWER(SCCP_NEW_LABEL_DO_NOT_DISTURB), DISTURB},
        [NOTICE_FORWARD] = {say_forward, SCCP_LABEL_FORWARDED_TO, ""},
        [NOTICE_TROUBLE] = {say_trouble, 0, ""},
};

struct prompt_text idle_text(const struct phone *phone, char *text, size_t size)
{
        bool wants[NOTICES] = {false};
        for (enum notice notice = NOTICE_IDLE; notice < NOTICES; notice++)
                wants[notice] = idle_texts[notice].say && idle_texts[notice].say(phone, text, size);
        enum notice notice = notice_choose(wants);
        if (!idle_texts[notice].say(phone, text, size))
                return (struct prompt_text){SCCP_LABEL_YOUR_CURRENT_OPTIONS, ""};
        return (struct prompt_text){idle_texts[notice].label, text + strlen(idle_texts[notice].own)};
}
