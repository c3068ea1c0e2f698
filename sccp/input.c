/* One small function per message that means something; the table at the end finds it. */
#include "sccp/input.h"

#include <string.h>

#include "gateway/base/text.h"

#define LINE_VERSION 15 /* loads below it say which button was pressed, not which line (field guide B1) */

/* Hard keys that mean the same as a soft key. */
static const struct hard_key {
        uint32_t stimulus, key;
} hard_keys[] = {
        {SCCP_BUTTON_LAST_NUMBER_REDIAL, SCCP_SOFTKEY_REDIAL},
        {SCCP_BUTTON_HOLD, SCCP_SOFTKEY_HOLD},
        {SCCP_BUTTON_TRANSFER, SCCP_SOFTKEY_TRANSFER},
        {SCCP_BUTTON_FORWARD_ALL, SCCP_SOFTKEY_FORWARD_ALL},
        {SCCP_BUTTON_FORWARD_BUSY, SCCP_SOFTKEY_FORWARD_BUSY},
        {SCCP_BUTTON_FORWARD_NO_ANSWER, SCCP_SOFTKEY_FORWARD_NO_ANSWER},
        {SCCP_BUTTON_MEET_ME_CONFERENCE, SCCP_SOFTKEY_MEET_ME},
        {SCCP_BUTTON_CONFERENCE, SCCP_SOFTKEY_CONFERENCE},
        {SCCP_BUTTON_CALL_PARK, SCCP_SOFTKEY_PARK},
        {SCCP_BUTTON_CALL_PICKUP, SCCP_SOFTKEY_PICKUP},
        {SCCP_BUTTON_GROUP_CALL_PICKUP, SCCP_SOFTKEY_GROUP_PICKUP},
        {SCCP_BUTTON_DO_NOT_DISTURB, SCCP_SOFTKEY_DND},
        {SCCP_BUTTON_CONF_LIST, SCCP_SOFTKEY_CONFERENCE_LIST},
        {SCCP_BUTTON_REMOVE_LAST_PARTICIPANT, SCCP_SOFTKEY_REMOVE_LAST},
        {SCCP_BUTTON_CALL_BACK, SCCP_SOFTKEY_CALLBACK},
        {SCCP_BUTTON_OTHER_PICKUP, SCCP_SOFTKEY_OTHER_PICKUP},
        {SCCP_BUTTON_NEW_CALL, SCCP_SOFTKEY_NEW_CALL},
        {SCCP_BUTTON_END_CALL, SCCP_SOFTKEY_END_CALL},
        {SCCP_BUTTON_PRIVACY, SCCP_SOFTKEY_PRIVATE},
        {SCCP_BUTTON_SELECT, SCCP_SOFTKEY_SELECT},
        {SCCP_BUTTON_MALICIOUS_CALL, SCCP_SOFTKEY_MCID},
        {SCCP_BUTTON_QRT, SCCP_SOFTKEY_QRT},
        {SCCP_BUTTON_VIDEO_MODE, SCCP_SOFTKEY_VIDEO_MODE},
        {SCCP_BUTTON_H_LOG, SCCP_SOFTKEY_HUNT_LOG},
        {SCCP_BUTTON_QUEUING, SCCP_SOFTKEY_QUEUE},
};

struct context {
        const struct sccp_setup *setup;
        unsigned version;
};

/* A line the phone has, or 0: phones send odd numbers here (a 7920 said 192). */
static uint32_t line_of(const struct context *ctx, uint32_t said)
{
        return said <= sccp_setup_lines(ctx->setup) ? said : 0;
}

/* Hook and keypad of loads below 15 say the key's index; a number that is no line key is taken for a line. */
static uint32_t line_of_button(const struct context *ctx, uint32_t said)
{
        unsigned line = ctx->version < LINE_VERSION ? sccp_setup_line_on_key(ctx->setup, said) : 0;
        return line ? line : line_of(ctx, said);
}

/* 0 if the key is none to dial with (A to D, or beyond the table). */
static char digit_of(uint32_t button)
{
        static const char digits[] = "0123456789\0\0\0\0*#+";
        return button < sizeof digits - 1 ? digits[button] : '\0';
}

static bool read_off_hook(const struct sccp_message *m, const struct context *ctx, struct sccp_input *out)
{
        *out = (struct sccp_input){.kind = SCCP_INPUT_OFF_HOOK,
                                   .line = line_of_button(ctx, m->off_hook.line),
                                   .reference = m->off_hook.call_ref};
        return true;
}

static bool read_off_hook_with_number(const struct sccp_message *m, const struct context *ctx, struct sccp_input *out)
{
        *out = (struct sccp_input){.kind = SCCP_INPUT_OFF_HOOK, .line = line_of(ctx, m->off_hook_with_number.line)};
        return true;
}

static bool read_on_hook(const struct sccp_message *m, const struct context *ctx, struct sccp_input *out)
{
        *out = (struct sccp_input){.kind = SCCP_INPUT_ON_HOOK,
                                   .line = line_of_button(ctx, m->on_hook.line),
                                   .reference = m->on_hook.call_ref};
        return true;
}

static bool read_hook_flash(const struct sccp_message *m, const struct context *ctx, struct sccp_input *out)
{
        *out = (struct sccp_input){.kind = SCCP_INPUT_FLASH,
                                   .line = line_of_button(ctx, m->hook_flash.line),
                                   .reference = m->hook_flash.call_ref};
        return true;
}

static bool read_keypad(const struct sccp_message *m, const struct context *ctx, struct sccp_input *out)
{
        *out = (struct sccp_input){.kind = SCCP_INPUT_DIGIT,
                                   .digit = digit_of(m->keypad_button.button),
                                   .line = line_of_button(ctx, m->keypad_button.line),
                                   .reference = m->keypad_button.call_ref};
        return out->digit != '\0';
}

/* Call lists of phones hold numbers with spaces and dashes. */
static void copy_dialable(char *to, size_t size, const char *from)
{
        char *end = to + size - 1;
        for (; *from && to < end; from++)
                if (strchr("0123456789*#+", *from))
                        *to++ = *from;
        *to = '\0';
}

static bool read_enbloc(const struct sccp_message *m, const struct context *ctx, struct sccp_input *out)
{
        *out = (struct sccp_input){.kind = SCCP_INPUT_NUMBER, .line = line_of(ctx, m->enbloc_call.line)};
        copy_dialable(out->number, sizeof out->number, m->enbloc_call.called_number);
        return out->number[0] != '\0';
}

static uint32_t key_of_stimulus(uint32_t stimulus)
{
        for (size_t i = 0; i < sizeof hard_keys / sizeof *hard_keys; i++)
                if (hard_keys[i].stimulus == stimulus)
                        return hard_keys[i].key;
        return SCCP_SOFTKEY_NONE;
}

/* Older phones know no other keys with lamps. */
static bool read_lamp_on_line_key(const struct context *ctx, uint32_t said, struct sccp_input *out)
{
        out->kind = SCCP_INPUT_SPEED_DIAL;
        out->instance = sccp_setup_dial_of_line(ctx->setup, said);
        return out->instance != 0;
}

uint32_t sccp_button_of_key(uint32_t key)
{
        for (size_t i = 0; i < sizeof hard_keys / sizeof *hard_keys; i++)
                if (hard_keys[i].key == key)
                        return hard_keys[i].stimulus;
        return SCCP_BUTTON_UNUSED;
}

/* Its own number if it is the first and only one of its kind, as fixed keys and those of small business phones say it
 * whatever the line (field guide B10); a higher one can only be a line. */
static uint32_t line_of_hard_key(const struct context *ctx, uint32_t said)
{
        return said > 1 ? line_of(ctx, said) : 0;
}

static bool read_stimulus(const struct sccp_message *m, const struct context *ctx, struct sccp_input *out)
{
        const struct sccp_stimulus *said = &m->stimulus;
        *out = (struct sccp_input){.reference = said->call_ref, .instance = said->instance};
        switch (said->stimulus) {
        case SCCP_BUTTON_LINE:
                out->kind = SCCP_INPUT_LINE_KEY;
                out->line = line_of(ctx, said->instance);
                return out->line != 0 || read_lamp_on_line_key(ctx, said->instance, out);
        case SCCP_BUTTON_SPEED_DIAL:
        case SCCP_BUTTON_BLF_SPEED_DIAL:
                out->kind = SCCP_INPUT_SPEED_DIAL;
                out->instance = sccp_setup_dial_of(ctx->setup, said->instance);
                return out->instance != 0;
        case SCCP_BUTTON_VOICEMAIL:
        case SCCP_BUTTON_MESSAGES:
                out->kind = SCCP_INPUT_MESSAGES;
                return true;
        default:
                out->kind = SCCP_INPUT_SOFT_KEY;
                out->key = key_of_stimulus(said->stimulus);
                if (sccp_setup_feature_type(ctx->setup, said->instance) != said->stimulus)
                        out->line = line_of_hard_key(ctx, said->instance);
                return out->key != SCCP_SOFTKEY_NONE;
        }
}

static bool read_soft_key(const struct sccp_message *m, const struct context *ctx, struct sccp_input *out)
{
        *out = (struct sccp_input){.kind = SCCP_INPUT_SOFT_KEY,
                                   .key = m->soft_key_event.event,
                                   .line = line_of(ctx, m->soft_key_event.line),
                                   .reference = m->soft_key_event.call_ref};
        return out->key != SCCP_SOFTKEY_NONE;
}

/* An address nobody can send to is a failure, whatever the status says (protocol/README section 5). */
static bool read_receive_ack(const struct sccp_message *m, const struct context *ctx, struct sccp_input *out)
{
        (void)ctx;
        const struct sccp_open_receive_channel_ack *ack = &m->open_receive_channel_ack;
        *out = (struct sccp_input){.kind = SCCP_INPUT_RX_OPENED,
                                   .party = ack->party_id,
                                   .reference = ack->call_ref,
                                   .status = ack->status};
        bool usable = ack->port >= 1 && ack->port <= UINT16_MAX && !ip_is_any(&ack->addr);
        if (ack->status == SCCP_MEDIA_OK && !usable)
                out->status = SCCP_MEDIA_UNKNOWN;
        if (out->status == SCCP_MEDIA_OK)
                out->endpoint = (struct endpoint){.ip = ack->addr, .port = (uint16_t)ack->port};
        else
                out->kind = SCCP_INPUT_RX_FAILED;
        return true;
}

static bool read_transmit_ack(const struct sccp_message *m, const struct context *ctx, struct sccp_input *out)
{
        (void)ctx;
        const struct sccp_start_media_transmission_ack *ack = &m->start_media_transmission_ack;
        *out = (struct sccp_input){.kind = SCCP_INPUT_TX_FAILED,
                                   .party = ack->party_id,
                                   .reference = ack->call_ref,
                                   .status = ack->status};
        return ack->status != SCCP_MEDIA_OK;
}

static bool read_transmit_failure(const struct sccp_message *m, const struct context *ctx, struct sccp_input *out)
{
        (void)ctx;
        *out = (struct sccp_input){.kind = SCCP_INPUT_TX_FAILED,
                                   .party = m->media_transmission_failure.party_id,
                                   .reference = m->media_transmission_failure.call_ref,
                                   .status = SCCP_MEDIA_UNKNOWN};
        return true;
}

static bool read_statistics(const struct sccp_message *m, const struct context *ctx, struct sccp_input *out)
{
        (void)ctx;
        const struct sccp_counters *counters = &m->connection_statistics_res.counters;
        *out = (struct sccp_input){.kind = SCCP_INPUT_STATISTICS, .reference = m->connection_statistics_res.call_ref};
        out->statistics.packets_sent = counters->packets_sent;
        out->statistics.packets_received = counters->packets_received;
        out->statistics.packets_lost = counters->packets_lost;
        out->statistics.jitter_ms = counters->jitter_ms;
        out->statistics.latency_ms = counters->latency_ms;
        return true;
}

/* What was chosen may be anything: what does not fit is nothing of ours. */
static bool read_choice(const struct sccp_message *m, const struct context *ctx, struct sccp_input *out)
{
        const struct sccp_device_to_user_data_v1 *data = &m->device_to_user_data_v1;
        *out = (struct sccp_input){.kind = SCCP_INPUT_CHOICE,
                                   .line = line_of(ctx, data->line),
                                   .reference = data->call_ref,
                                   .application = data->application};
        if (data->n_data >= sizeof out->number)
                return false;
        memcpy(out->number, data->data, data->n_data);
        return out->number[0] != '\0';
}

static bool read_subscription(const struct sccp_message *m, const struct context *ctx, struct sccp_input *out)
{
        const struct sccp_subscription_stat_req *request = &m->subscription_stat_req;
        (void)ctx;
        *out = (struct sccp_input){.kind = SCCP_INPUT_SUBSCRIBE,
                                   .transaction = request->transaction_id,
                                   .feature = request->feature,
                                   .timer_s = request->timer};
        copy_dialable(out->number, sizeof out->number, request->subscription_id);
        return true;
}

static const struct reader {
        enum sccp_id id;
        bool (*read)(const struct sccp_message *, const struct context *, struct sccp_input *);
} readers[] = {
        {SCCP_KEYPAD_BUTTON, read_keypad},
        {SCCP_ENBLOC_CALL, read_enbloc},
        {SCCP_STIMULUS, read_stimulus},
        {SCCP_OFF_HOOK, read_off_hook},
        {SCCP_ON_HOOK, read_on_hook},
        {SCCP_HOOK_FLASH, read_hook_flash},
        {SCCP_OPEN_RECEIVE_CHANNEL_ACK, read_receive_ack},
        {SCCP_CONNECTION_STATISTICS_RES, read_statistics},
        {SCCP_OFF_HOOK_WITH_NUMBER, read_off_hook_with_number},
        {SCCP_SOFT_KEY_EVENT, read_soft_key},
        {SCCP_DEVICE_TO_USER_DATA_V1, read_choice},
        {SCCP_MEDIA_TRANSMISSION_FAILURE, read_transmit_failure},
        {SCCP_START_MEDIA_TRANSMISSION_ACK, read_transmit_ack},
        {SCCP_SUBSCRIPTION_STAT_REQ, read_subscription},
};

bool sccp_input_read(const struct sccp_message *message, const struct sccp_setup *setup, unsigned version,
                     struct sccp_input *out)
{
        struct context ctx = {.setup = setup, .version = version};
        for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
                if (readers[i].id == message->id)
                        return readers[i].read(message, &ctx, out);
        return false;
}
