/* What the phone does by itself; registration is in register.c. */
#include "device.h"

#include <stdio.h>
#include <string.h>

#include "face_show.h"
#include "gateway/base/text.h"
#include "register.h"

static void send_bare(struct device *device, enum sccp_id id)
{
        struct sccp_message message = {.id = id};
        link_send(&device->link, &message);
}

static enum codec codec_of(uint32_t sccp)
{
        switch (sccp) {
        case SCCP_CODEC_G711_ULAW:
                return CODEC_PCMU;
        case SCCP_CODEC_G711_ALAW:
                return CODEC_PCMA;
        case SCCP_CODEC_G722:
                return CODEC_G722;
        case SCCP_CODEC_G729:
        case SCCP_CODEC_G729_A:
        case SCCP_CODEC_G729_AB:
                return CODEC_G729;
        default:
                return CODEC_NONE;
        }
}

static void acknowledge(struct device *device)
{
        const struct sccp_open_receive_channel *m = &device->opening;
        struct sccp_message message = {.id = SCCP_OPEN_RECEIVE_CHANNEL_ACK};
        struct sccp_open_receive_channel_ack *ack = &message.open_receive_channel_ack;
        bool bare = device->kind->traits & KIND_BARE_ACK;
        bool fail = device->ack == ACK_FAIL || device->refuses;
        ack->status = device->refuses ? SCCP_MEDIA_UNKNOWN : fail ? device->ack_status : 0;
        ack->addr = device->local;
        ack->port = fail ? 0 : device->media.port;
        ack->party_id = bare ? 0 : m->party_id;
        ack->call_ref = bare ? 0 : m->call_ref;
        if (device->kind->traits & KIND_SHORT_ACK)
                message.omitted = 1;
        link_send(&device->link, &message);
}

static void on_ack_timer(struct loop_timer *timer)
{
        acknowledge((struct device *)((char *)timer - offsetof(struct device, ack_timer)));
}

/* Keys over a connection that everybody can read are worse than none. */
static bool take_key(struct device *device, const struct sccp_media_key *key, bool hear)
{
        if (key->algorithm != SCCP_CIPHER_NONE && !device->link.armour)
                face_violation(&device->face, "a key for audio over a connection without TLS");
        return hear ? secret_hear(&device->media.secret, key) : secret_say(&device->media.secret, key);
}

static void open_channel(struct device *device, const struct sccp_open_receive_channel *m)
{
        enum codec codec = codec_of(m->codec);
        device->opening = *m;
        if (device->ack == ACK_NONE)
                return;
        device->media.keys.type_in = (uint8_t)m->rfc2833_payload_type;
        device->refuses = device->ack_clear_only && m->key.algorithm != SCCP_CIPHER_NONE;
        if (device->ack == ACK_OK && !device->refuses &&
            (!codec || !media_open(&device->media, codec, m->packet_ms) || !take_key(device, &m->key, true))) {
                device->ack = ACK_FAIL;
                device->ack_status = SCCP_MEDIA_INVALID_CODEC;
        }
        if (device->ack_delay_ms)
                loop_timer_start(device->loop, &device->ack_timer, device->ack_delay_ms);
        else
                acknowledge(device);
}

static void start_sending(struct device *device, const struct sccp_start_media_transmission *m)
{
        struct endpoint to = {.ip = m->addr, .port = (uint16_t)m->port};
        device->media.keys.type_out = (uint8_t)m->rfc2833_payload_type;
        if (take_key(device, &m->key, false) && codec_of(m->codec))
                media_send_to(&device->media, &to, codec_of(m->codec), m->packet_ms);
        if (!(device->kind->traits & KIND_TX_ACK))
                return;
        struct sccp_message message = {.id = SCCP_START_MEDIA_TRANSMISSION_ACK};
        message.start_media_transmission_ack = (struct sccp_start_media_transmission_ack){
                .conference_id = m->conference_id,
                .party_id = m->party_id,
                .call_ref = m->call_ref,
                .addr = device->local,
                .port = device->media.port};
        link_send(&device->link, &message);
}

static void report_statistics(struct device *device, const struct sccp_connection_statistics_req *m)
{
        const struct media *media = &device->media;
        struct sccp_message message = {.id = SCCP_CONNECTION_STATISTICS_RES};
        struct sccp_connection_statistics_res *res = &message.connection_statistics_res;
        TEXT_SET(res->number, m->number);
        res->call_ref = m->call_ref;
        res->processing = m->processing;
        res->counters = (struct sccp_counters){.packets_sent = media->sent,
                                               .octets_sent = media->sent_bytes,
                                               .packets_received = media->received,
                                               .octets_received = media->received_bytes,
                                               .packets_lost = media->lost,
                                               .jitter_ms = (media->jitter >> 4) / 8};
        link_send(&device->link, &message);
}

static void on_reset(struct device *device, uint32_t type)
{
        printf("reset: %s\n", sccp_value_name(SCCP_VALUES_reset, type));
        device_close(device);
}

static void on_message(struct link *link, const struct sccp_message *m, bool padded)
{
        struct device *device = (struct device *)((char *)link - offsetof(struct device, link));
        face_show(&device->face, m, padded);
        register_step(device, m);
        failover_take(device, m);
        switch (m->id) {
        case SCCP_KEEP_ALIVE_ACK:
                device->keepalives_unanswered = 0;
                break;
        case SCCP_OPEN_RECEIVE_CHANNEL:
                open_channel(device, &m->open_receive_channel);
                break;
        case SCCP_CLOSE_RECEIVE_CHANNEL:
                loop_timer_stop(&device->ack_timer);
                if (!device->face.channel.open)
                        media_close(&device->media);
                break;
        case SCCP_START_MEDIA_TRANSMISSION:
                start_sending(device, &m->start_media_transmission);
                break;
        case SCCP_SET_MICRO_MODE:
                device->media.muted = device->face.mic_off;
                break;
        case SCCP_STOP_MEDIA_TRANSMISSION:
                media_send_stop(&device->media);
                break;
        case SCCP_CONNECTION_STATISTICS_REQ:
                report_statistics(device, &m->connection_statistics_req);
                break;
        case SCCP_UNREGISTER_ACK:
                device->unregistered = m->unregister_ack.status == SCCP_UNREGISTER_OK;
                if (device->unregistered)
                        device_close(device);
                break;
        case SCCP_RESET:
                on_reset(device, m->reset.type);
                break;
        default:
                break;
        }
}

static void on_closed(struct link *link)
{
        struct device *device = (struct device *)((char *)link - offsetof(struct device, link));
        device->face.registered = false;
        loop_timer_stop(&device->keepalive);
        loop_timer_stop(&device->ack_timer);
        if (!device->keeps_audio)
                media_close(&device->media);
}

static void on_keepalive(struct loop_timer *timer)
{
        struct device *device = (struct device *)((char *)timer - offsetof(struct device, keepalive));
        if (++device->keepalives_unanswered > 3) {
                printf("closed: three keepalives without an answer\n");
                device_close(device);
                return;
        }
        send_bare(device, SCCP_KEEP_ALIVE);
        loop_timer_start(device->loop, timer, (int64_t)device->keepalive_s * 1000);
}

void device_init(struct device *device, struct loop *loop, const struct kind *kind, const char *name, unsigned hz)
{
        *device = (struct device){.loop = loop, .kind = kind, .version = kind->version, .keepalive_s = 30};
        device->keepalive.expired = on_keepalive;
        device->ack_timer.expired = on_ack_timer;
        TEXT_SET(device->name, name);
        link_init(&device->link, loop);
        device->link.received = on_message;
        device->link.closed = on_closed;
        media_init(&device->media, loop, &device->local, hz);
        face_init(&device->face, kind, kind->version);
        failover_init(device);
}

void device_close(struct device *device)
{
        link_close(&device->link);
        on_closed(&device->link);
}

void device_drop(struct device *device)
{
        device->keeps_audio = true;
        device_close(device);
        device->keeps_audio = false;
}

void device_unregister(struct device *device)
{
        send_bare(device, SCCP_UNREGISTER_REQ);
}

/* What hook messages say: the call that rings, else the one that is active. */
static struct face_call *meant(struct device *device)
{
        struct face_call *call;
        for (unsigned nth = 1; (call = face_nth_call(&device->face, nth)); nth++)
                if (call->state == SCCP_CALL_STATE_RING_IN)
                        return call;
        return face_active_call(&device->face);
}

static void path_event(struct device *device, bool on)
{
        struct sccp_message message = {.id = SCCP_MEDIA_PATH_EVENT};
        message.media_path_event = (struct sccp_media_path_event){.path = SCCP_MEDIA_PATH_HANDSET,
                                                                  .event = on ? SCCP_SWITCH_ON : SCCP_SWITCH_OFF};
        if (device->kind->traits & KIND_PATH_EVENTS)
                link_send(&device->link, &message);
}

void device_off_hook(struct device *device)
{
        struct sccp_message message = {.id = SCCP_OFF_HOOK};
        const struct face_call *call = meant(device);
        path_event(device, true);
        if (device->kind->traits & KIND_BARE_HOOK)
                message.omitted = 2;
        else if (call)
                message.off_hook = (struct sccp_off_hook){.line = call->line, .call_ref = call->ref};
        link_send(&device->link, &message);
}

void device_on_hook(struct device *device)
{
        struct sccp_message message = {.id = SCCP_ON_HOOK};
        const struct face_call *call = face_active_call(&device->face);
        path_event(device, false);
        if (device->kind->traits & KIND_BARE_HOOK)
                message.omitted = 2;
        else if (call && !(device->kind->traits & KIND_ZERO_ON_HOOK))
                message.on_hook = (struct sccp_on_hook){.line = call->line, .call_ref = call->ref};
        link_send(&device->link, &message);
}

void device_digit(struct device *device, char digit)
{
        struct sccp_message message = {.id = SCCP_KEYPAD_BUTTON};
        struct sccp_keypad_button *m = &message.keypad_button;
        const struct face_call *call = face_active_call(&device->face);
        face_typed(&device->face, digit);
        m->button = digit == '*' ? 14 : digit == '#' ? 15 : digit == '+' ? 16 : (uint32_t)(digit - '0');
        if (device->kind->traits & KIND_KEYS_NO_LINE) {
                message.omitted = 4;
        } else {
                message.omitted = 2;
                if (call) {
                        m->line = call->line;
                        m->call_ref = call->ref;
                }
        }
        link_send(&device->link, &message);
        if (device->media.sending)
                keys_type(&device->media.keys, digit);
}

void device_soft_key(struct device *device, uint32_t event, uint32_t line, uint32_t ref)
{
        struct sccp_message message = {.id = SCCP_SOFT_KEY_EVENT};
        message.soft_key_event = (struct sccp_soft_key_event){.event = event, .line = line, .call_ref = ref};
        link_send(&device->link, &message);
}

void device_choose(struct device *device, const char *text)
{
        struct sccp_message message = {.id = SCCP_DEVICE_TO_USER_DATA_V1};
        struct sccp_device_to_user_data_v1 *data = &message.device_to_user_data_v1;
        data->application = device->face.menu_application;
        data->line = device->face.menu_line;
        data->call_ref = device->face.menu_ref;
        data->transaction_id = 1;
        data->n_data = (uint32_t)strlen(text);
        memcpy(data->data, text, data->n_data);
        link_send(&device->link, &message);
}

void device_stimulus(struct device *device, uint32_t stimulus, uint32_t instance)
{
        struct sccp_message message = {.id = SCCP_STIMULUS, .omitted = 1};
        message.stimulus = (struct sccp_stimulus){.stimulus = stimulus, .instance = instance};
        link_send(&device->link, &message);
}

void device_enbloc(struct device *device, const char *number, uint32_t line)
{
        struct sccp_message message = {.id = SCCP_ENBLOC_CALL};
        TEXT_SET(message.enbloc_call.called_number, number);
        message.enbloc_call.line = line;
        link_send(&device->link, &message);
}

void device_hook_flash(struct device *device)
{
        struct sccp_message message = {.id = SCCP_HOOK_FLASH, .omitted = 2};
        link_send(&device->link, &message);
}
