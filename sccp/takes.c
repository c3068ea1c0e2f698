/* Two tables: forms by version, and refusals by what is known of the phone. A message without a row goes to every
 * phone. */
#include "sccp/takes.h"

#include <stddef.h>

#include "sccp/values.h"

#define NEVER 0xFF /* the static form is the safe one for every phone (protocol/README section 2) */

static const struct form {
        enum sccp_id plain, dynamic;
        uint8_t since;
} forms[] = {
        {SCCP_DISPLAY_PROMPT_STATUS, SCCP_DISPLAY_PROMPT_STATUS_DYNAMIC, 8},
        {SCCP_DISPLAY_NOTIFY, SCCP_DISPLAY_NOTIFY_DYNAMIC, 8},
        {SCCP_DISPLAY_PRI_NOTIFY, SCCP_DISPLAY_PRI_NOTIFY_DYNAMIC, 8},
        {SCCP_CALL_INFO, SCCP_CALL_INFO_DYNAMIC, 8},
        {SCCP_LINE_STAT, SCCP_LINE_STAT_DYNAMIC, 17},
        {SCCP_CONFIG_STAT, SCCP_CONFIG_STAT_DYNAMIC, NEVER},
        {SCCP_SPEED_DIAL_STAT, SCCP_SPEED_DIAL_STAT_DYNAMIC, NEVER},
        {SCCP_SERVICE_URL_STAT, SCCP_SERVICE_URL_STAT_DYNAMIC, NEVER},
};

/* Dynamic messages somebody may send whatever `forms` prefers, but to no version below. */
static const struct floor {
        enum sccp_id id;
        uint8_t since;
} floors[] = {
        {SCCP_DISPLAY_PROMPT_STATUS_DYNAMIC, 8},
        {SCCP_DISPLAY_NOTIFY_DYNAMIC, 8},
        {SCCP_DISPLAY_PRI_NOTIFY_DYNAMIC, 8},
        {SCCP_CALL_INFO_DYNAMIC, 8},
        {SCCP_CONFIG_STAT_DYNAMIC, 8},
        {SCCP_SPEED_DIAL_STAT_DYNAMIC, 8},
        {SCCP_SERVICE_URL_STAT_DYNAMIC, 8},
        {SCCP_FEATURE_STAT_DYNAMIC, 15},
        {SCCP_LINE_STAT_DYNAMIC, 17},
};

enum sccp_id sccp_form(enum sccp_id plain, unsigned version)
{
        for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
                if (forms[i].plain == plain && version >= forms[i].since)
                        return forms[i].dynamic;
        return plain;
}

typedef bool dislike_fn(const struct sccp_model *model, const struct sccp_message *message);

static bool has_no_prompt(const struct sccp_model *model, const struct sccp_message *message)
{
        (void)message;
        return model->prompt == SCCP_PROMPT_NONE;
}

/* Of a phone nobody knows it is not known either: it asks for the keys if it has any. */
static bool has_no_soft_keys(const struct sccp_model *model, const struct sccp_message *message)
{
        (void)message;
        return model->type != SCCP_DEVICE_UNDEFINED && !(model->traits & SCCP_TRAIT_SOFT_KEYS);
}

static bool is_idle_text(const struct sccp_model *model, uint32_t line, uint32_t call_ref)
{
        return (model->traits & SCCP_TRAIT_NO_IDLE_TEXT) && line == 0 && call_ref == 0;
}

static bool dislikes_prompt(const struct sccp_model *model, const struct sccp_message *message)
{
        const struct sccp_display_prompt_status *prompt = &message->display_prompt_status;
        return has_no_prompt(model, message) || is_idle_text(model, prompt->line, prompt->call_ref);
}

static bool dislikes_dynamic_prompt(const struct sccp_model *model, const struct sccp_message *message)
{
        const struct sccp_display_prompt_status_dynamic *prompt = &message->display_prompt_status_dynamic;
        return has_no_prompt(model, message) || is_idle_text(model, prompt->line, prompt->call_ref);
}

/* A notice without text ends sessions (chan-sccp issue 279). */
static bool dislikes_notice(const struct sccp_model *model, const struct sccp_message *message)
{
        return has_no_prompt(model, message) || !message->display_notify.text[0];
}

static bool dislikes_dynamic_notice(const struct sccp_model *model, const struct sccp_message *message)
{
        return has_no_prompt(model, message) || !message->display_notify_dynamic.text[0];
}

static bool dislikes_banner(const struct sccp_model *model, const struct sccp_message *message)
{
        return has_no_prompt(model, message) || !message->display_pri_notify.text[0];
}

static bool dislikes_dynamic_banner(const struct sccp_model *model, const struct sccp_message *message)
{
        return has_no_prompt(model, message) || !message->display_pri_notify_dynamic.text[0];
}

/* Reported of the 7975; the 7970 and 7971 run the same firmware. */
static bool dislikes_clear_display(const struct sccp_model *model, const struct sccp_message *message)
{
        uint32_t type = model->type;
        return has_no_prompt(model, message) || type == SCCP_DEVICE_7975 || type == SCCP_DEVICE_7970 ||
               type == SCCP_DEVICE_7971;
}

/* An old 7911 restarts over it (issues 424, 482); only ports of analog phones need it. */
static bool has_no_hook_to_flash(const struct sccp_model *model, const struct sccp_message *message)
{
        (void)message;
        return !(model->traits & SCCP_TRAIT_HOOK_FLASH) || model->prompt != SCCP_PROMPT_NONE;
}

static bool keeps_no_call_list(const struct sccp_model *model, const struct sccp_message *message)
{
        (void)message;
        return model->family != SCCP_FAMILY_NEWER;
}

static bool has_no_statistics(const struct sccp_model *model, const struct sccp_message *message)
{
        (void)message;
        return model->traits & SCCP_TRAIT_NO_STATISTICS;
}

static const struct dislike {
        enum sccp_id id;
        dislike_fn *dislikes;
} dislikes[] = {
        {SCCP_DISPLAY_PROMPT_STATUS, dislikes_prompt},
        {SCCP_DISPLAY_PROMPT_STATUS_DYNAMIC, dislikes_dynamic_prompt},
        {SCCP_CLEAR_PROMPT_STATUS, has_no_prompt},
        {SCCP_DISPLAY_NOTIFY, dislikes_notice},
        {SCCP_DISPLAY_NOTIFY_DYNAMIC, dislikes_dynamic_notice},
        {SCCP_CLEAR_NOTIFY, has_no_prompt},
        {SCCP_DISPLAY_PRI_NOTIFY, dislikes_banner},
        {SCCP_DISPLAY_PRI_NOTIFY_DYNAMIC, dislikes_dynamic_banner},
        {SCCP_CLEAR_PRI_NOTIFY, has_no_prompt},
        {SCCP_CLEAR_DISPLAY, dislikes_clear_display},
        {SCCP_SET_HOOK_FLASH_DETECT, has_no_hook_to_flash},
        {SCCP_SELECT_SOFT_KEYS, has_no_soft_keys},
        {SCCP_CALL_HISTORY_DISPOSITION, keeps_no_call_list},
        {SCCP_CONNECTION_STATISTICS_REQ, has_no_statistics},
};

bool sccp_takes(const struct sccp_model *model, unsigned version, const struct sccp_message *message)
{
        for (size_t i = 0; i < sizeof floors / sizeof *floors; i++)
                if (floors[i].id == message->id && version < floors[i].since)
                        return false;
        for (size_t i = 0; i < sizeof dislikes / sizeof *dislikes; i++)
                if (dislikes[i].id == message->id)
                        return !dislikes[i].dislikes(model, message);
        return true;
}
