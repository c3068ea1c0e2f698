/* What a face shows of its calls: state, tone, keys, who talks with whom. */
#include <string.h>

#include "face_show.h"
#include "gateway/base/text.h"
#include "labels.h"

struct face_call *face_known_call(struct face *face, uint32_t ref, const char *message)
{
        struct face_call *call = face_call(face, ref);
        if (!call && ref)
                face_violation(face, "%s for a call this phone was not told of (%u)", message, ref);
        return call;
}

static struct face_call *begin_call(struct face *face, const struct sccp_call_state *m)
{
        if (m->state != SCCP_CALL_STATE_OFF_HOOK && m->state != SCCP_CALL_STATE_RING_IN &&
            m->state != SCCP_CALL_STATE_CALL_REMOTE_MULTILINE && m->state != SCCP_CALL_STATE_REMOTE_HOLD)
                face_violation(face, "a call begins with CallState %s",
                               sccp_value_name(SCCP_VALUES_call_state, m->state));
        for (int i = 0; i < FACE_CALLS; i++)
                if (!face->calls[i].ref) {
                        face->calls[i] = (struct face_call){.ref = m->call_ref, .line = m->line, .age = ++face->ages};
                        return &face->calls[i];
                }
        face_violation(face, "more than %d calls", FACE_CALLS);
        return NULL;
}

static void end_call(struct face *face, struct face_call *call)
{
        if (call->tone)
                face_violation(face, "call %u ends with its tone on", call->ref);
        if (face->channel.open && face->channel.ref == call->ref)
                face_violation(face, "call %u ends with its channel open", call->ref);
        call->ref = 0;
}

void show_call_state(struct face *face, const struct sccp_message *m)
{
        const struct sccp_call_state *now = &m->call_state;
        struct face_call *call = face_call(face, now->call_ref);
        if (!now->call_ref && now->line && now->line <= face->lines && !face->line_numbers[now->line][0]) {
                face->icons[now->line] = now->state;
                return;
        }
        if (!now->line || !now->call_ref || (face->lines && now->line > face->lines))
                face_violation(face, "CallState for line %u, call %u", now->line, now->call_ref);
        if (now->state == SCCP_CALL_STATE_ON_HOOK) {
                if (call)
                        end_call(face, call);
                return;
        }
        if (!call)
                call = begin_call(face, now);
        if (call)
                call->state = now->state;
}

/* Some end by themselves and may sound beside audio. */
static bool is_short(uint32_t tone)
{
        return tone == SCCP_TONE_CALL_WAITING || tone == SCCP_TONE_ZIP || tone == SCCP_TONE_ZIP_ZIP ||
               tone == SCCP_TONE_BEEP_BONK;
}

static bool is_key(uint32_t tone)
{
        return tone >= SCCP_TONE_DTMF1 && tone <= SCCP_TONE_DTMF_D;
}

void show_start_tone(struct face *face, const struct sccp_message *m)
{
        uint32_t tone = m->start_tone.tone;
        struct face_call *call = face_known_call(face, m->start_tone.call_ref, "StartTone");
        if (tone < FACE_TONES)
                face->heard[tone]++;
        face->beeps += tone == SCCP_TONE_ZIP_ZIP;
        if (is_short(tone))
                return;
        if (is_key(tone) || tone == SCCP_TONE_BARG_IN) { /* what hangs on an analog port has no display to be told by */
                if (!face->channel.open || (is_key(tone) && !(face->kind->traits & KIND_NO_TEXT)))
                        face_violation(face, "StartTone %s", sccp_value_name(SCCP_VALUES_tone, tone));
                if (call)
                        call->tone = tone;
                return;
        }
        /* with direct media the channel is there before anybody sends to it: only what is up drowns the tone */
        if (face->channel.open && (face->channel.sending || tone != SCCP_TONE_ALERTING))
                face_violation(face, "StartTone %s while a receive channel is open",
                               sccp_value_name(SCCP_VALUES_tone, tone));
        if (call)
                call->tone = tone;
        else
                face->idle_tone = tone;
}

void show_stop_tone(struct face *face, const struct sccp_message *m)
{
        struct face_call *call = face_call(face, m->stop_tone.call_ref);
        if (call)
                call->tone = SCCP_TONE_SILENCE;
        if (m->stop_tone.call_ref)
                return;
        face->idle_tone = SCCP_TONE_SILENCE;
        for (int i = 0; i < FACE_CALLS; i++)
                face->calls[i].tone = SCCP_TONE_SILENCE;
}

void show_soft_keys(struct face *face, const struct sccp_message *m)
{
        const struct sccp_select_soft_keys *keys = &m->select_soft_keys;
        struct face_call *call = face_known_call(face, keys->call_ref, "SelectSoftKeys");
        if (!(face->kind->traits & KIND_SOFT_KEYS))
                face_violation(face, "SelectSoftKeys for a phone without soft keys");
        if (keys->set >= 16 || (face->has_sets && keys->set > 12))
                face_violation(face, "soft key set %u does not exist", keys->set);
        if (call) {
                call->key_set = keys->set;
                call->key_mask = keys->valid_keys;
        } else if (!keys->call_ref) {
                face->idle_key_set = keys->set;
                face->idle_key_mask = keys->valid_keys;
        }
}

void face_typed(struct face *face, char digit)
{
        struct face_call *call = face_active_call(face);
        if (call && call->state == SCCP_CALL_STATE_OFF_HOOK)
                text_append(call->typed, sizeof call->typed, "%c", digit);
}

void show_backspace(struct face *face, const struct sccp_message *m)
{
        struct face_call *call = face_known_call(face, m->back_space_res.call_ref, "BackSpaceRes");
        if (!call)
                return;
        if (!*call->typed)
                face_violation(face, "BackSpaceRes with nothing typed");
        else
                call->typed[strlen(call->typed) - 1] = 0;
}

void show_dialed_number(struct face *face, const struct sccp_message *m)
{
        struct face_call *call = face_known_call(face, m->dialed_number.call_ref, "DialedNumber");
        if (call)
                TEXT_SET(call->dialed, m->dialed_number.called_number);
}

#define SHOW_INFO(m)                                                                                                   \
        do {                                                                                                           \
                const char *set = face_charset(face);                                                                  \
                struct face_call *call = face_known_call(face, (m)->call_ref, "CallInfo");                             \
                if (!call)                                                                                             \
                        break;                                                                                         \
                call->info = true;                                                                                     \
                call->security = (m)->security;                                                                        \
                label_text(call->calling_name, sizeof call->calling_name, (m)->calling_name, set);                     \
                label_text(call->called_name, sizeof call->called_name, (m)->called_name, set);                        \
                TEXT_SET(call->calling_number, (m)->calling_number);                                                   \
                TEXT_SET(call->called_number, (m)->called_number);                                                     \
        } while (0)

void show_call_info(struct face *face, const struct sccp_message *m)
{
        SHOW_INFO(&m->call_info);
}

void show_call_info_dynamic(struct face *face, const struct sccp_message *m)
{
        SHOW_INFO(&m->call_info_dynamic);
}
