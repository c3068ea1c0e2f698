#include "face.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "face_show.h"
#include "gateway/base/text.h"

void face_violation(struct face *face, const char *format, ...)
{
        va_list args;
        va_start(args, format);
        vsnprintf(face->violation, sizeof face->violation, format, args);
        va_end(args);
        face->violations++;
        printf("violation: %s\n", face->violation);
}

const char *face_charset(const struct face *face)
{
        if (face->kind->features & KIND_UTF8)
                return "UTF-8";
        return face->charset ? face->charset : "ISO-8859-1";
}

void face_init(struct face *face, const struct kind *kind, unsigned version)
{
        *face = (struct face){.kind = kind, .version = version, .ringer = SCCP_RING_OFF};
        for (int i = 0; i < FACE_LINES; i++)
                face->lamps[i] = SCCP_LAMP_OFF;
}

static void show_rejected(struct face *face, const struct sccp_message *m)
{
        text_copy(face->rejected, FACE_TEXT, m->register_reject.text);
}

/* A ring tone in the ear of somebody who talks is more than a nuisance. */
static void show_ringer(struct face *face, const struct sccp_message *m)
{
        uint32_t mode = m->set_ringer.mode;
        bool loud = mode != SCCP_RING_OFF && mode != SCCP_RING_FLASH_ONLY;
        if (loud && face->channel.open)
                face_violation(face, "SetRinger %s in the middle of a conversation",
                               sccp_value_name(SCCP_VALUES_ring, mode));
        if (mode != SCCP_RING_OFF)
                face_known_call(face, m->set_ringer.call_ref, "SetRinger");
        face->rings += loud && mode != face->ringer;
        face->ringer = m->set_ringer.duration == SCCP_RING_DURATION_SINGLE && loud ? SCCP_RING_OFF : mode;
        face->ring_ref = m->set_ringer.call_ref;
}

static void show_lamp(struct face *face, const struct sccp_message *m)
{
        uint32_t line = m->set_lamp.instance, key = m->set_lamp.stimulus - SCCP_BUTTON_FORWARD_ALL;
        if (m->set_lamp.stimulus == SCCP_BUTTON_VOICEMAIL && line < FACE_LINES)
                face->mail[line] = m->set_lamp.mode != SCCP_LAMP_OFF;
        if (key < 3 && line < FACE_LINES)
                face->forward_lamps[line][key] = m->set_lamp.mode;
        if (m->set_lamp.stimulus != SCCP_BUTTON_LINE)
                return;
        if (!line || line >= FACE_LINES || (face->lines && line > face->lines))
                face_violation(face, "SetLamp for line %u", line);
        else
                face->lamps[line] = m->set_lamp.mode;
}

static void show_speaker(struct face *face, const struct sccp_message *m)
{
        face->speaker = m->set_speaker_mode.mode == SCCP_SWITCH_ON;
        if (!face->speaker && face->channel.open)
                face_violation(face, "SetSpeakerMode off in the middle of a conversation");
}

static void show_micro(struct face *face, const struct sccp_message *m)
{
        face->mic_off = m->set_micro_mode.mode == SCCP_SWITCH_OFF;
}

static void show_plane(struct face *face, const struct sccp_message *m)
{
        face->plane = m->activate_call_plane.line;
}

static void show_time(struct face *face, const struct sccp_message *m)
{
        (void)m;
        face->time_set = true;
}

static void learn_button(struct face *face, const struct sccp_button *button)
{
        bool other = button->type == SCCP_BUTTON_LINE || button->type == SCCP_BUTTON_SPEED_DIAL ||
                     button->type == SCCP_BUTTON_UNDEFINED;
        if (button->type == SCCP_BUTTON_SERVICE_URL)
                face->services++;
        else if (!other && face->features < FACE_FEATURES)
                face->feature[face->features++] = (struct face_feature){.type = button->type,
                                                                        .instance = button->instance};
}

const struct face_feature *face_feature(const struct face *face, uint32_t type)
{
        for (uint32_t i = 0; i < face->features; i++)
                if (face->feature[i].type == type)
                        return &face->feature[i];
        return NULL;
}

static void show_state(struct face *face, uint32_t type, uint32_t instance, uint32_t status, const char *label)
{
        const struct face_feature *found = face_feature(face, type);
        struct face_feature *feature = found ? &face->feature[found - face->feature] : NULL;
        if (!feature || feature->instance != instance) {
                if (type)
                        face_violation(face, "the state of a key %u of type %u, which it does not have", instance,
                                       type);
                return;
        }
        feature->status = status;
        TEXT_SET(feature->label, label);
}

static void show_feature_old(struct face *face, const struct sccp_message *m)
{
        const struct sccp_feature_stat *stat = &m->feature_stat;
        if (face->version >= 15 && stat->type)
                face_violation(face, "FeatureStat for key %u", stat->index);
        show_state(face, stat->type, stat->index, stat->status, stat->label);
}

static void show_service(struct face *face, const struct sccp_message *m)
{
        const struct sccp_service_url_stat *stat = &m->service_url_stat;
        if (!stat->index || stat->index >= FACE_SERVICES)
                return;
        TEXT_SET(face->service[stat->index].url, stat->url);
        TEXT_SET(face->service[stat->index].label, stat->label);
}

static void show_buttons(struct face *face, const struct sccp_message *m)
{
        face->lines = face->speed_dials = face->busy_lamps = face->features = face->services = 0;
        face->keys = m->button_template.n_buttons;
        for (uint32_t i = 0; i < m->button_template.n_buttons; i++) {
                const struct sccp_button *button = &m->button_template.buttons[i];
                bool lamp = button->type == SCCP_BUTTON_BLF_SPEED_DIAL;
                face->lines += button->type == SCCP_BUTTON_LINE;
                face->speed_dials += lamp || button->type == SCCP_BUTTON_SPEED_DIAL;
                if (lamp && face->version < 15)
                        face_violation(face, "a busy lamp key for a phone that knows none");
                else if (lamp)
                        face->busy_lamp[face->busy_lamps++] = button->instance;
                else
                        learn_button(face, button);
        }
}

static void show_feature(struct face *face, const struct sccp_message *m)
{
        const struct sccp_feature_stat_dynamic *stat = &m->feature_stat_dynamic;
        if (face->version >= 15 && stat->type != SCCP_BUTTON_BLF_SPEED_DIAL) {
                show_state(face, stat->type, stat->index, stat->status, stat->label);
                return;
        }
        if (face->version < 15 || stat->type != SCCP_BUTTON_BLF_SPEED_DIAL || !stat->index ||
            stat->index >= FACE_DIALS) {
                face_violation(face, "FeatureStatDynamic for key %u", stat->index);
                return;
        }
        face->lamp_known[stat->index] = true;
        face->lamp_status[stat->index] = stat->status;
        face->lamp_news++;
        TEXT_SET(face->lamp_label[stat->index], stat->label);
}

static void learn_template(struct face *face, const struct sccp_message *m)
{
        for (uint32_t i = 0; i < m->soft_key_template_res.n_keys; i++)
                face->template_events[i] = m->soft_key_template_res.keys[i].event;
}

static void learn_sets(struct face *face, const struct sccp_message *m)
{
        const struct sccp_soft_key_set_res *sets = &m->soft_key_set_res;
        face->has_sets = true;
        for (uint32_t set = 0; set < sets->n_sets && set < 16; set++)
                for (int i = 0; i < 16; i++) {
                        uint8_t position = sets->sets[set].template_index[i];
                        face->sets[set][i] = position && position <= 32 ? face->template_events[position - 1] : 0;
                }
}

/* The general word has to agree with the three others, and all with the version. */
static void show_forwards(struct face *face, const struct sccp_message *m)
{
        const struct sccp_forward_stat *f = &m->forward_stat;
        uint32_t active = face->version >= 18 ? 2 : 1;
        bool any = f->all_active || f->busy_active || f->no_answer_active;
        if (f->line < FACE_LINES)
                face->forwards[f->line] = *f;
        if (f->active != (any ? active : 0) || (f->all_active && f->all_active != active) ||
            (f->all_active != 0) != (*f->all_number != '\0'))
                face_violation(face, "ForwardStat contradicts itself");
}

static void show_line(struct face *face, const struct sccp_message *m)
{
        if (m->line_stat.line < FACE_LINES)
                TEXT_SET(face->line_numbers[m->line_stat.line], m->line_stat.number);
}

static void show_line_dynamic(struct face *face, const struct sccp_message *m)
{
        if (m->line_stat_dynamic.line < FACE_LINES)
                TEXT_SET(face->line_numbers[m->line_stat_dynamic.line], m->line_stat_dynamic.number);
}

static void show_menu(struct face *face, const struct sccp_message *m)
{
        const struct sccp_user_to_device_data_v1 *data = &m->user_to_device_data_v1;
        text_copy_n(face->menu, sizeof face->menu, (const char *)data->data, data->n_data);
        face->menu_line = data->line;
        face->menu_ref = data->call_ref;
        face->menu_application = data->application;
        if (strncmp(face->menu, "<?xml", 5) != 0)
                face_violation(face, "data that are no XML");
}

static const struct {
        enum sccp_id id;
        face_shower *show;
} showers[] = {
        {SCCP_REGISTER_REJECT, show_rejected},
        {SCCP_FORWARD_STAT, show_forwards},
        {SCCP_CALL_STATE, show_call_state},
        {SCCP_START_TONE, show_start_tone},
        {SCCP_STOP_TONE, show_stop_tone},
        {SCCP_SET_RINGER, show_ringer},
        {SCCP_SET_LAMP, show_lamp},
        {SCCP_SET_SPEAKER_MODE, show_speaker},
        {SCCP_SET_MICRO_MODE, show_micro},
        {SCCP_SELECT_SOFT_KEYS, show_soft_keys},
        {SCCP_BACK_SPACE_RES, show_backspace},
        {SCCP_DIALED_NUMBER, show_dialed_number},
        {SCCP_CALL_INFO, show_call_info},
        {SCCP_CALL_INFO_DYNAMIC, show_call_info_dynamic},
        {SCCP_DISPLAY_PROMPT_STATUS, show_prompt},
        {SCCP_DISPLAY_PROMPT_STATUS_DYNAMIC, show_prompt_dynamic},
        {SCCP_CLEAR_PROMPT_STATUS, show_prompt_cleared},
        {SCCP_DISPLAY_NOTIFY, show_notify},
        {SCCP_DISPLAY_NOTIFY_DYNAMIC, show_notify_dynamic},
        {SCCP_CLEAR_NOTIFY, show_notify_cleared},
        {SCCP_DISPLAY_PRI_NOTIFY, show_banner},
        {SCCP_DISPLAY_PRI_NOTIFY_DYNAMIC, show_banner_dynamic},
        {SCCP_CLEAR_PRI_NOTIFY, show_banner_cleared},
        {SCCP_OPEN_RECEIVE_CHANNEL, show_channel_opened},
        {SCCP_CLOSE_RECEIVE_CHANNEL, show_channel_closed},
        {SCCP_START_MEDIA_TRANSMISSION, show_sending},
        {SCCP_STOP_MEDIA_TRANSMISSION, show_not_sending},
        {SCCP_ACTIVATE_CALL_PLANE, show_plane},
        {SCCP_DEFINE_TIME_DATE, show_time},
        {SCCP_BUTTON_TEMPLATE, show_buttons},
        {SCCP_FEATURE_STAT_DYNAMIC, show_feature},
        {SCCP_SUBSCRIPTION_STAT_RES, show_list_answer},
        {SCCP_NOTIFICATION, show_list_lamp},
        {SCCP_FEATURE_STAT, show_feature_old},
        {SCCP_SERVICE_URL_STAT, show_service},
        {SCCP_SOFT_KEY_TEMPLATE_RES, learn_template},
        {SCCP_SOFT_KEY_SET_RES, learn_sets},
        {SCCP_USER_TO_DEVICE_DATA_V1, show_menu},
        {SCCP_LINE_STAT, show_line},
        {SCCP_LINE_STAT_DYNAMIC, show_line_dynamic},
};

/* Phones are known that restart over these. */
static void check_disliked(struct face *face, const struct sccp_message *m)
{
        if ((m->id == SCCP_DISPLAY_NOTIFY && !m->display_notify.text[0]) ||
            (m->id == SCCP_DISPLAY_NOTIFY_DYNAMIC && !m->display_notify_dynamic.text[0]) || m->id == SCCP_CLEAR_DISPLAY)
                face_violation(face, "%s, over which phones restart", sccp_message_info(m->id)->name);
        if (m->id == SCCP_SET_HOOK_FLASH_DETECT && !(face->kind->traits & KIND_NO_TEXT))
                face_violation(face, "%s, over which a 7911 restarts", sccp_message_info(m->id)->name);
        if (face->kind->traits & KIND_NO_TEXT &&
            (m->id == SCCP_CLEAR_PROMPT_STATUS || m->id == SCCP_CLEAR_NOTIFY || m->id == SCCP_CLEAR_PRI_NOTIFY))
                face_violation(face, "%s for a phone without a display", sccp_message_info(m->id)->name);
}

static void check_dynamic(struct face *face, const struct sccp_message *m)
{
        bool dynamic = m->id >= SCCP_CONFIG_STAT_DYNAMIC && m->id <= SCCP_CALL_INFO_DYNAMIC;
        if (dynamic && face->version < 8 && !(face->kind->features & 0x0100))
                face_violation(face, "%s for a phone that knows static messages only", sccp_message_info(m->id)->name);
}

void face_show(struct face *face, const struct sccp_message *m, bool padded)
{
        if (!padded)
                face_violation(face, "a payload that is no multiple of 4");
        check_dynamic(face, m);
        check_disliked(face, m);
        for (size_t i = 0; i < sizeof showers / sizeof showers[0]; i++)
                if (showers[i].id == m->id)
                        showers[i].show(face, m);
}
