#include "face.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "labels.h"

static void violation(struct face *face, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void violation(struct face *face, const char *format, ...)
{
        va_list args;
        va_start(args, format);
        vsnprintf(face->violation, sizeof face->violation, format, args);
        va_end(args);
        face->violations++;
        printf("violation: %s\n", face->violation);
}

void face_init(struct face *face, const struct kind *kind, unsigned version)
{
        *face = (struct face){.kind = kind, .version = version, .ringer = SCCP_RING_OFF};
        for (int i = 0; i < FACE_LINES; i++)
                face->lamps[i] = SCCP_LAMP_OFF;
}

struct face_call *face_call(struct face *face, uint32_t ref)
{
        for (int i = 0; ref && i < FACE_CALLS; i++)
                if (face->calls[i].ref == ref)
                        return &face->calls[i];
        return NULL;
}

struct face_call *face_active_call(struct face *face)
{
        struct face_call *found = NULL;
        for (int i = 0; i < FACE_CALLS; i++) {
                struct face_call *call = &face->calls[i];
                if (!call->ref)
                        continue;
                bool waits = call->state == SCCP_CALL_STATE_HOLD || call->state == SCCP_CALL_STATE_RING_IN;
                if (!found || !waits)
                        found = call;
        }
        return found;
}

unsigned face_calls(const struct face *face)
{
        unsigned n = 0;
        for (int i = 0; i < FACE_CALLS; i++)
                n += face->calls[i].ref != 0;
        return n;
}

static struct face_call *known_call(struct face *face, uint32_t ref, const char *message)
{
        struct face_call *call = face_call(face, ref);
        if (!call && ref)
                violation(face, "%s for a call this phone was not told of (%u)", message, ref);
        return call;
}

static void begin_call(struct face *face, uint32_t ref, uint32_t line)
{
        for (int i = 0; i < FACE_CALLS; i++)
                if (!face->calls[i].ref) {
                        face->calls[i] = (struct face_call){.ref = ref, .line = line};
                        return;
                }
        violation(face, "more than %d calls", FACE_CALLS);
}

static void show_call_state(struct face *face, const struct sccp_call_state *m)
{
        struct face_call *call = face_call(face, m->call_ref);
        if (!m->line || !m->call_ref)
                violation(face, "CallState without line or call");
        if (m->state == SCCP_CALL_STATE_ON_HOOK) {
                if (!call)
                        return;
                call->state = m->state;
                if (call->tone)
                        violation(face, "call %u ends with its tone on", call->ref);
                face->last_ended = *call;
                call->ref = 0;
                return;
        }
        if (!call) {
                if (m->state != SCCP_CALL_STATE_OFF_HOOK && m->state != SCCP_CALL_STATE_RING_IN)
                        violation(face, "a call begins with CallState %s",
                                  sccp_value_name(SCCP_VALUES_call_state, m->state));
                begin_call(face, m->call_ref, m->line);
                call = face_call(face, m->call_ref);
        }
        if (call)
                call->state = m->state;
}

static void show_tone(struct face *face, const struct sccp_start_tone *m)
{
        struct face_call *call = known_call(face, m->call_ref, "StartTone");
        bool waiting = m->tone == SCCP_TONE_CALL_WAITING || m->tone == SCCP_TONE_ZIP || m->tone == SCCP_TONE_BEEP_BONK;
        if (waiting)
                return; /* ends by itself */
        if (face->channel.open)
                violation(face, "StartTone %s while a receive channel is open",
                          sccp_value_name(SCCP_VALUES_tone, m->tone));
        if (call)
                call->tone = m->tone;
        else
                face->idle_tone = m->tone;
}

static void stop_tone(struct face *face, const struct sccp_stop_tone *m)
{
        struct face_call *call = face_call(face, m->call_ref);
        if (call)
                call->tone = SCCP_TONE_SILENCE;
        if (!m->call_ref) {
                face->idle_tone = SCCP_TONE_SILENCE;
                for (int i = 0; i < FACE_CALLS; i++)
                        face->calls[i].tone = SCCP_TONE_SILENCE;
        }
}

static void show_keys(struct face *face, const struct sccp_select_soft_keys *m)
{
        struct face_call *call = known_call(face, m->call_ref, "SelectSoftKeys");
        if (!(face->kind->traits & KIND_SOFT_KEYS))
                violation(face, "SelectSoftKeys for a phone without soft keys");
        if (m->set >= 16 || (face->has_sets && m->set > 12))
                violation(face, "soft key set %u does not exist", m->set);
        if (call) {
                call->key_set = m->set;
                call->key_mask = m->valid_keys;
        } else if (!m->call_ref) {
                face->idle_key_set = m->set;
                face->idle_key_mask = m->valid_keys;
        }
}

static void show_prompt(struct face *face, uint32_t ref, const char *text)
{
        struct face_call *call = known_call(face, ref, "DisplayPromptStatus");
        char *at = call ? call->prompt : ref ? NULL : face->idle_prompt;
        if (at)
                label_text(at, FACE_TEXT, text);
}

static void clear_prompt(struct face *face, uint32_t ref)
{
        struct face_call *call = face_call(face, ref);
        if (call)
                call->prompt[0] = 0;
        else if (!ref)
                face->idle_prompt[0] = 0;
}

#define SHOW_INFO(m)                                                                                                   \
        do {                                                                                                           \
                struct face_call *call = known_call(face, (m)->call_ref, "CallInfo");                                  \
                if (!call)                                                                                             \
                        break;                                                                                         \
                call->info = true;                                                                                     \
                TEXT_SET(call->calling_name, (m)->calling_name);                                                       \
                TEXT_SET(call->calling_number, (m)->calling_number);                                                   \
                TEXT_SET(call->called_name, (m)->called_name);                                                         \
                TEXT_SET(call->called_number, (m)->called_number);                                                     \
        } while (0)

static void open_channel(struct face *face, const struct sccp_open_receive_channel *m)
{
        if (face->channel.open)
                violation(face, "a second OpenReceiveChannel (party %u) while party %u is open", m->party_id,
                          face->channel.party);
        struct face_call *call = face->version >= 5 ? known_call(face, m->call_ref, "OpenReceiveChannel") : NULL;
        if (call && call->tone)
                violation(face, "OpenReceiveChannel while the tone %s is on",
                          sccp_value_name(SCCP_VALUES_tone, call->tone));
        face->channel.open = true;
        face->channel.party = m->party_id;
        face->channel.conference = m->conference_id;
        face->channel.ref = m->call_ref;
}

static void start_sending(struct face *face, const struct sccp_start_media_transmission *m)
{
        if (face->channel.sending)
                violation(face, "StartMediaTransmission twice");
        if (!m->port || ip_is_any(&m->addr))
                violation(face, "StartMediaTransmission to nowhere");
        face->channel.sending = true;
}

static void show_lamp(struct face *face, const struct sccp_set_lamp *m)
{
        if (m->stimulus != SCCP_BUTTON_LINE)
                return;
        if (!m->instance || m->instance >= FACE_LINES || (face->lines && m->instance > face->lines))
                violation(face, "SetLamp for line %u", m->instance);
        else
                face->lamps[m->instance] = m->mode;
}

static void show_buttons(struct face *face, const struct sccp_button_template *m)
{
        face->lines = face->speed_dials = 0;
        for (uint32_t i = 0; i < m->n_buttons; i++) {
                face->lines += m->buttons[i].type == SCCP_BUTTON_LINE;
                face->speed_dials += m->buttons[i].type == SCCP_BUTTON_SPEED_DIAL;
        }
}

static void learn_keys(struct face *face, const struct sccp_soft_key_template_res *template,
                       const struct sccp_soft_key_set_res *sets)
{
        if (template)
                for (uint32_t i = 0; i < template->n_keys; i++)
                        face->template_events[i] = template->keys[i].event;
        if (!sets)
                return;
        face->has_sets = true;
        for (uint32_t set = 0; set < sets->n_sets && set < 16; set++)
                for (int i = 0; i < 16; i++) {
                        uint8_t position = sets->sets[set].template_index[i];
                        face->sets[set][i] = position && position <= 32 ? face->template_events[position - 1] : 0;
                }
}

static void check_dynamic(struct face *face, const struct sccp_message *m)
{
        bool dynamic = m->id >= SCCP_CONFIG_STAT_DYNAMIC && m->id <= SCCP_CALL_INFO_DYNAMIC;
        if (dynamic && face->version < 8 && !(face->kind->features & 0x0100))
                violation(face, "%s for a phone that knows static messages only", sccp_message_info(m->id)->name);
}

void face_show(struct face *face, const struct sccp_message *m, bool padded)
{
        if (!padded)
                violation(face, "a payload that is no multiple of 4");
        check_dynamic(face, m);
        switch (m->id) {
        case SCCP_REGISTER_REJECT:
                text_copy(face->rejected, FACE_TEXT, m->register_reject.text);
                break;
        case SCCP_CALL_STATE:
                show_call_state(face, &m->call_state);
                break;
        case SCCP_START_TONE:
                show_tone(face, &m->start_tone);
                break;
        case SCCP_STOP_TONE:
                stop_tone(face, &m->stop_tone);
                break;
        case SCCP_SET_RINGER:
                face->ringer = m->set_ringer.mode;
                face->ring_ref = m->set_ringer.call_ref;
                break;
        case SCCP_SET_LAMP:
                show_lamp(face, &m->set_lamp);
                break;
        case SCCP_SET_SPEAKER_MODE:
                face->speaker = m->set_speaker_mode.mode == SCCP_SWITCH_ON;
                break;
        case SCCP_SELECT_SOFT_KEYS:
                show_keys(face, &m->select_soft_keys);
                break;
        case SCCP_DISPLAY_PROMPT_STATUS:
                show_prompt(face, m->display_prompt_status.call_ref, m->display_prompt_status.text);
                break;
        case SCCP_DISPLAY_PROMPT_STATUS_DYNAMIC:
                show_prompt(face, m->display_prompt_status_dynamic.call_ref, m->display_prompt_status_dynamic.text);
                break;
        case SCCP_CLEAR_PROMPT_STATUS:
                clear_prompt(face, m->clear_prompt_status.call_ref);
                break;
        case SCCP_DISPLAY_NOTIFY:
                label_text(face->notify, FACE_TEXT, m->display_notify.text);
                break;
        case SCCP_DISPLAY_NOTIFY_DYNAMIC:
                label_text(face->notify, FACE_TEXT, m->display_notify_dynamic.text);
                break;
        case SCCP_CLEAR_NOTIFY:
                face->notify[0] = 0;
                break;
        case SCCP_DISPLAY_PRI_NOTIFY:
                label_text(face->pri_notify, FACE_TEXT, m->display_pri_notify.text);
                break;
        case SCCP_DISPLAY_PRI_NOTIFY_DYNAMIC:
                label_text(face->pri_notify, FACE_TEXT, m->display_pri_notify_dynamic.text);
                break;
        case SCCP_CLEAR_PRI_NOTIFY:
                face->pri_notify[0] = 0;
                break;
        case SCCP_CALL_INFO:
                SHOW_INFO(&m->call_info);
                break;
        case SCCP_CALL_INFO_DYNAMIC:
                SHOW_INFO(&m->call_info_dynamic);
                break;
        case SCCP_DIALED_NUMBER: {
                struct face_call *call = known_call(face, m->dialed_number.call_ref, "DialedNumber");
                if (call)
                        TEXT_SET(call->dialed, m->dialed_number.called_number);
                break;
        }
        case SCCP_OPEN_RECEIVE_CHANNEL:
                open_channel(face, &m->open_receive_channel);
                break;
        case SCCP_CLOSE_RECEIVE_CHANNEL:
                if (face->channel.party == m->close_receive_channel.party_id)
                        face->channel.open = false;
                break;
        case SCCP_START_MEDIA_TRANSMISSION:
                start_sending(face, &m->start_media_transmission);
                break;
        case SCCP_STOP_MEDIA_TRANSMISSION:
                face->channel.sending = false;
                break;
        case SCCP_ACTIVATE_CALL_PLANE:
                face->plane = m->activate_call_plane.line;
                break;
        case SCCP_DEFINE_TIME_DATE:
                face->time_set = true;
                break;
        case SCCP_BUTTON_TEMPLATE:
                show_buttons(face, &m->button_template);
                break;
        case SCCP_SOFT_KEY_TEMPLATE_RES:
                learn_keys(face, &m->soft_key_template_res, NULL);
                break;
        case SCCP_SOFT_KEY_SET_RES:
                learn_keys(face, NULL, &m->soft_key_set_res);
                break;
        case SCCP_LINE_STAT:
                if (m->line_stat.line < FACE_LINES)
                        TEXT_SET(face->line_numbers[m->line_stat.line], m->line_stat.number);
                break;
        case SCCP_LINE_STAT_DYNAMIC:
                if (m->line_stat_dynamic.line < FACE_LINES)
                        TEXT_SET(face->line_numbers[m->line_stat_dynamic.line], m->line_stat_dynamic.number);
                break;
        default:
                break;
        }
}

bool face_idle(const struct face *face, char *why, size_t size)
{
        why[0] = 0;
        for (int i = 1; i < FACE_LINES; i++)
                if (face->lamps[i] != SCCP_LAMP_OFF)
                        text_append(why, size, "lamp %d is %s; ", i, sccp_value_name(SCCP_VALUES_lamp, face->lamps[i]));
        if (face_calls(face))
                text_append(why, size, "%u calls; ", face_calls(face));
        if (face->ringer != SCCP_RING_OFF)
                text_append(why, size, "ringer is %s; ", sccp_value_name(SCCP_VALUES_ring, face->ringer));
        if (face->speaker)
                text_append(why, size, "speaker is on; ");
        if (face->idle_tone)
                text_append(why, size, "tone %s; ", sccp_value_name(SCCP_VALUES_tone, face->idle_tone));
        if (face->channel.open)
                text_append(why, size, "receive channel is open; ");
        if (face->channel.sending)
                text_append(why, size, "audio is being sent; ");
        if (face->kind->traits & KIND_SOFT_KEYS && face->idle_key_set != SCCP_SOFTKEYS_ON_HOOK)
                text_append(why, size, "soft key set %u; ", face->idle_key_set);
        return !why[0];
}

bool face_has_key(const struct face *face, uint32_t ref, uint32_t event)
{
        uint32_t set = face->idle_key_set, mask = face->idle_key_mask;
        for (int i = 0; ref && i < FACE_CALLS; i++)
                if (face->calls[i].ref == ref) {
                        set = face->calls[i].key_set;
                        mask = face->calls[i].key_mask;
                }
        for (int i = 0; set < 16 && i < 16; i++)
                if (face->sets[set][i] == event && mask >> i & 1)
                        return true;
        return false;
}

void face_print(const struct face *face)
{
        printf("face: %s, speaker %s, ringer %s, receive %s, send %s, prompt \"%s\"\n",
               face->registered ? "registered" : "not registered", face->speaker ? "on" : "off",
               sccp_value_name(SCCP_VALUES_ring, face->ringer), face->channel.open ? "open" : "closed",
               face->channel.sending ? "on" : "off", face->idle_prompt);
        for (int i = 1; i < FACE_LINES; i++)
                if (face->lamps[i] != SCCP_LAMP_OFF)
                        printf("face: lamp %d %s\n", i, sccp_value_name(SCCP_VALUES_lamp, face->lamps[i]));
        for (int i = 0; i < FACE_CALLS; i++)
                if (face->calls[i].ref)
                        printf("face: call %u line %u %s, tone %s, keys %u/%08x, \"%s\", %s \"%s\" -> %s \"%s\"\n",
                               face->calls[i].ref, face->calls[i].line,
                               sccp_value_name(SCCP_VALUES_call_state, face->calls[i].state),
                               sccp_value_name(SCCP_VALUES_tone, face->calls[i].tone), face->calls[i].key_set,
                               face->calls[i].key_mask, face->calls[i].prompt, face->calls[i].calling_number,
                               face->calls[i].calling_name, face->calls[i].called_number, face->calls[i].called_name);
}
