/* Private to the files of the face: one function per message that shows something, each with the rules it must keep. */
#ifndef SCCPPHONE_FACE_SHOW_H
#define SCCPPHONE_FACE_SHOW_H

#include "face.h"

typedef void face_shower(struct face *face, const struct sccp_message *m);

/* face_call.c: of one call */
face_shower show_call_state, show_start_tone, show_stop_tone, show_soft_keys, show_backspace, show_dialed_number;
face_shower show_call_info, show_call_info_dynamic;
/* face_text.c */
face_shower show_prompt, show_prompt_dynamic, show_prompt_cleared, show_notify, show_notify_dynamic,
        show_notify_cleared;
face_shower show_banner, show_banner_dynamic, show_banner_cleared;
/* face_media.c */
face_shower show_channel_opened, show_channel_closed, show_sending, show_not_sending;

void face_violation(struct face *face, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The call of that reference; one the phone was not told of is a violation. Reference 0 means none. */
struct face_call *face_known_call(struct face *face, uint32_t ref, const char *message);

/* face_ask.c */
void show_list_answer(struct face *face, const struct sccp_message *m);
void show_list_lamp(struct face *face, const struct sccp_message *m);

#endif
