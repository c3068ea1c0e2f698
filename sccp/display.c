#include "sccp/display.h"

#include "sccp/takes.h"

#define PUT(field) sccp_prompt_put((field), sizeof(field), reader->model, reader->charset, label, text)

static bool is_shown(const struct sccp_reader *reader, const struct sccp_message *message, bool shown)
{
        return shown && sccp_takes(reader->model, reader->version, message);
}

bool sccp_prompt(struct sccp_message *out, const struct sccp_reader *reader, uint32_t line, uint32_t call_ref,
                 uint16_t label, const char *text)
{
        *out = (struct sccp_message){.id = sccp_form(SCCP_DISPLAY_PROMPT_STATUS, reader->version)};
        if (out->id == SCCP_DISPLAY_PROMPT_STATUS) {
                out->display_prompt_status = (struct sccp_display_prompt_status){.line = line, .call_ref = call_ref};
                return is_shown(reader, out, PUT(out->display_prompt_status.text));
        }
        out->display_prompt_status_dynamic = (struct sccp_display_prompt_status_dynamic){.line = line,
                                                                                         .call_ref = call_ref};
        return is_shown(reader, out, PUT(out->display_prompt_status_dynamic.text));
}

bool sccp_notice(struct sccp_message *out, const struct sccp_reader *reader, unsigned timeout_s, uint16_t label,
                 const char *text)
{
        *out = (struct sccp_message){.id = sccp_form(SCCP_DISPLAY_NOTIFY, reader->version)};
        if (out->id == SCCP_DISPLAY_NOTIFY) {
                out->display_notify.timeout_s = timeout_s;
                return is_shown(reader, out, PUT(out->display_notify.text));
        }
        out->display_notify_dynamic.timeout_s = timeout_s;
        return is_shown(reader, out, PUT(out->display_notify_dynamic.text));
}

bool sccp_banner(struct sccp_message *out, const struct sccp_reader *reader, unsigned timeout_s, uint32_t priority,
                 uint16_t label, const char *text)
{
        *out = (struct sccp_message){.id = sccp_form(SCCP_DISPLAY_PRI_NOTIFY, reader->version)};
        if (out->id == SCCP_DISPLAY_PRI_NOTIFY) {
                out->display_pri_notify.timeout_s = timeout_s;
                out->display_pri_notify.priority = priority;
                return is_shown(reader, out, PUT(out->display_pri_notify.text));
        }
        out->display_pri_notify_dynamic.timeout_s = timeout_s;
        out->display_pri_notify_dynamic.priority = priority;
        return is_shown(reader, out, PUT(out->display_pri_notify_dynamic.text));
}
