#include "gateway/busy_lamp.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sccp/charset.h"

#define LAMPS_AT_ONCE 8   /* of one phone, */
#define LAMPS_MS      200 /* every so many milliseconds */

static const uint32_t statuses[] = {
        [PRESENCE_UNKNOWN] = SCCP_BLF_UNKNOWN, [PRESENCE_IDLE] = SCCP_BLF_NOT_IN_USE,
        [PRESENCE_AWAY] = SCCP_BLF_NOT_IN_USE, [PRESENCE_DND] = SCCP_BLF_DND,
        [PRESENCE_BUSY] = SCCP_BLF_IN_USE,     [PRESENCE_RINGING] = SCCP_BLF_ALERTING,
};

uint32_t busy_lamp_status(enum presence_state state)
{
        return statuses[state];
}

/* On line keys only two icons say something (field-guide 2.2); the lamp tells ringing from talking. */
static const struct {
        uint32_t state, lamp;
} line_keys[] = {
        [PRESENCE_UNKNOWN] = {SCCP_CALL_STATE_ON_HOOK, SCCP_LAMP_OFF},
        [PRESENCE_IDLE] = {SCCP_CALL_STATE_ON_HOOK, SCCP_LAMP_OFF},
        [PRESENCE_AWAY] = {SCCP_CALL_STATE_ON_HOOK, SCCP_LAMP_OFF},
        [PRESENCE_DND] = {SCCP_CALL_STATE_CALL_REMOTE_MULTILINE, SCCP_LAMP_WINK},
        [PRESENCE_BUSY] = {SCCP_CALL_STATE_CALL_REMOTE_MULTILINE, SCCP_LAMP_ON},
        [PRESENCE_RINGING] = {SCCP_CALL_STATE_CALL_REMOTE_MULTILINE, SCCP_LAMP_BLINK},
};

static void send_line_key(const struct busy_lamp *key, uint32_t line)
{
        enum presence_state state = watch_look(&key->watcher)->state;
        struct sccp_message message = {.id = SCCP_CALL_STATE};
        message.call_state = (struct sccp_call_state){
                .state = line_keys[state].state, .line = line, .priority = SCCP_PRIORITY_NORMAL};
        sccp_session_send(key->watcher.phone->session, &message);
        message = (struct sccp_message){.id = SCCP_SET_LAMP};
        message.set_lamp = (struct sccp_set_lamp){
                .stimulus = SCCP_BUTTON_LINE, .instance = line, .mode = line_keys[state].lamp};
        sccp_session_send(key->watcher.phone->session, &message);
}

/* "Ann" while 1002 talks with her, if that may be seen; else the label of the configuration. */
static void label_make(const struct busy_lamp *key, char *label, size_t size)
{
        const struct presence_look *look = watch_look(&key->watcher);
        const char *other = look->other.name[0] ? look->other.name : look->other.number;
        bool in_call = look->state == PRESENCE_BUSY || look->state == PRESENCE_RINGING;
        if (in_call && *other && key->watcher.phone->gateway->config->calls.blf_callers)
                text_printf(label, size, "%s%s", look->outgoing ? "> " : "< ", other);
        else
                text_copy(label, size, key->button->label);
}

static void send_feature(const struct busy_lamp *key, uint32_t instance, uint32_t status, const char *label)
{
        struct sccp_message message = {.id = SCCP_FEATURE_STAT_DYNAMIC};
        struct sccp_feature_stat_dynamic *stat = &message.feature_stat_dynamic;
        stat->index = instance;
        stat->type = SCCP_BUTTON_BLF_SPEED_DIAL;
        stat->status = status;
        sccp_text_put(stat->label, sizeof stat->label, label, sccp_session_reader(key->watcher.phone->session).charset);
        sccp_session_send(key->watcher.phone->session, &message);
}

/* Phones keep a label they know: one without its last character comes before a new one (field-guide B2). */
static void send_lamp(struct busy_lamp *key, uint32_t instance)
{
        uint32_t status = statuses[watch_look(&key->watcher)->state];
        char label[sizeof key->label], shorter[sizeof key->label];
        label_make(key, label, sizeof label);
        const char *before = key->label[0] ? key->label : key->button->label;
        sccp_session_busy_lamp_set(key->watcher.phone->session, key->dial, status);
        if (!text_equal(before, label) && label[0]) {
                TEXT_SET(shorter, label);
                shorter[text_utf8_cut(shorter, strlen(shorter) - 1)] = '\0';
                send_feature(key, instance, status, shorter);
        }
        send_feature(key, instance, status, label);
        TEXT_SET(key->label, label);
}

static bool differs(const struct busy_lamp *key)
{
        char label[sizeof key->label];
        label_make(key, label, sizeof label);
        const char *before = key->label[0] ? key->label : key->button->label;
        return key->shown != watch_look(&key->watcher)->state || !text_equal(label, before);
}

static void show(struct busy_lamp *key)
{
        struct sccp_busy_lamp lamp = sccp_session_busy_lamp(key->watcher.phone->session, key->dial);
        if (lamp.on_line_key)
                send_line_key(key, lamp.instance);
        else
                send_lamp(key, lamp.instance);
        key->shown = watch_look(&key->watcher)->state;
}

/* At most LAMPS_AT_ONCE; true when any was sent. */
static bool show_some(struct phone *phone)
{
        unsigned sent = 0;
        for (size_t i = 0; i < phone->n_lamps && sent < LAMPS_AT_ONCE; i++) {
                struct busy_lamp *key = &phone->lamps[i];
                if (!key->due)
                        continue;
                key->due = false;
                if (differs(key)) {
                        show(key);
                        sent++;
                }
        }
        return sent > 0;
}

/* Those that are due, as soon as they may. */
static void show_due(struct phone *phone)
{
        if (phone->session && !loop_timer_running(&phone->lamps_timer) && show_some(phone))
                loop_timer_start(phone->gateway->loop, &phone->lamps_timer, LAMPS_MS);
}

static void on_lamps_timer(struct loop_timer *timer)
{
        show_due((struct phone *)((char *)timer - offsetof(struct phone, lamps_timer)));
}

static void on_news(struct watcher *watcher)
{
        ((struct busy_lamp *)watcher)->due = true;
        show_due(watcher->phone);
}

static void key_add(struct phone *phone, unsigned dial, const struct config_button *button)
{
        struct busy_lamp *key = &phone->lamps[phone->n_lamps];
        *key = (struct busy_lamp){.dial = dial, .button = button, .due = true};
        phone->n_lamps += watch_join(&key->watcher, phone, phone->lines[0].account->pbx, button->number, on_news);
}

static size_t count_keys(const struct config_phone *config)
{
        size_t n = 0;
        for (size_t i = 0; i < config->n_buttons; i++)
                n += config->buttons[i].blf;
        return n;
}

/* The PBX of a phone's busy lamps is that of its first line. */
void busy_lamps_begin(struct phone *phone)
{
        const struct config_phone *config = phone->config;
        size_t n = count_keys(config);
        unsigned dial = 0;
        phone->lamps_timer.expired = on_lamps_timer;
        if (!n || phone->n_lines == 0 || !(phone->lamps = calloc(n, sizeof *phone->lamps)))
                return;
        for (size_t i = 0; i < config->n_buttons; i++) {
                dial += config->buttons[i].kind == BUTTON_SPEED_DIAL;
                if (config->buttons[i].blf && sccp_session_busy_lamp(phone->session, dial).instance)
                        key_add(phone, dial, &config->buttons[i]);
        }
        show_due(phone);
}

void busy_lamps_move(struct phone *phone, const struct config_phone *to)
{
        for (size_t i = 0; i < phone->n_lamps; i++)
                phone->lamps[i].button = &to->buttons[phone->lamps[i].button - phone->config->buttons];
}

void busy_lamps_end(struct phone *phone)
{
        loop_timer_stop(&phone->lamps_timer);
        for (size_t i = 0; i < phone->n_lamps; i++)
                watch_leave(&phone->lamps[i].watcher);
        free(phone->lamps);
        phone->lamps = NULL;
        phone->n_lamps = 0;
}

const struct presence_look *busy_lamp_look(const struct phone *phone, unsigned dial)
{
        for (size_t i = 0; i < phone->n_lamps; i++)
                if (phone->lamps[i].dial == dial)
                        return watch_look(&phone->lamps[i].watcher);
        return NULL;
}
