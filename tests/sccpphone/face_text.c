/* The lines of text of a face. Some phones have none, some only the texts they know themselves. */
#include "face_show.h"
#include "labels.h"

static void put_text(struct face *face, char *to, const char *from, const char *message)
{
        if (face->kind->traits & KIND_NO_TEXT)
                face_violation(face, "%s for a phone without a display", message);
        if (face->kind->traits & KIND_LABELS_ONLY && !label_alone(from))
                face_violation(face, "%s \"%s\" for a phone that shows its own texts only", message, from);
        label_text(to, FACE_TEXT, from, face_charset(face));
}

static void put_prompt(struct face *face, uint32_t ref, const char *text)
{
        struct face_call *call = face_known_call(face, ref, "DisplayPromptStatus");
        char *at = call ? call->prompt : ref ? NULL : face->idle_prompt;
        if (at)
                put_text(face, at, text, "DisplayPromptStatus");
}

void show_prompt(struct face *face, const struct sccp_message *m)
{
        put_prompt(face, m->display_prompt_status.call_ref, m->display_prompt_status.text);
}

void show_prompt_dynamic(struct face *face, const struct sccp_message *m)
{
        put_prompt(face, m->display_prompt_status_dynamic.call_ref, m->display_prompt_status_dynamic.text);
}

void show_prompt_cleared(struct face *face, const struct sccp_message *m)
{
        uint32_t ref = m->clear_prompt_status.call_ref;
        struct face_call *call = face_call(face, ref);
        if (call)
                call->prompt[0] = 0;
        else if (!ref)
                face->idle_prompt[0] = 0;
}

void show_notify(struct face *face, const struct sccp_message *m)
{
        put_text(face, face->notify, m->display_notify.text, "DisplayNotify");
}

void show_notify_dynamic(struct face *face, const struct sccp_message *m)
{
        put_text(face, face->notify, m->display_notify_dynamic.text, "DisplayNotify");
}

void show_notify_cleared(struct face *face, const struct sccp_message *m)
{
        (void)m;
        face->notify[0] = 0;
}

void show_banner(struct face *face, const struct sccp_message *m)
{
        put_text(face, face->pri_notify, m->display_pri_notify.text, "DisplayPriNotify");
}

void show_banner_dynamic(struct face *face, const struct sccp_message *m)
{
        put_text(face, face->pri_notify, m->display_pri_notify_dynamic.text, "DisplayPriNotify");
}

void show_banner_cleared(struct face *face, const struct sccp_message *m)
{
        (void)m;
        face->pri_notify[0] = 0;
}
