#include "tests/walk/handset.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sccp/frame.h"
#include "tests/walk/walk.h"

#define RX_FAILS_PERCENT 3

/* As tests/sccpphone/kinds.c has them, in versions of their own. */
static const struct model {
        const char *name;
        unsigned version;
        struct kind kind;
} models[HANDSETS] = {
        {"SEP000000000001", 8, {"7960", SCCP_DEVICE_7960, 8, 0x8560, KIND_SOFT_KEYS, 6, 6}},
        {"SEP000000000002",
         17,
         {"7970", SCCP_DEVICE_7970, 17, 0x8572, KIND_SOFT_KEYS | KIND_TX_ACK | KIND_ZERO_ON_HOOK, 8, 8}},
        {"SEP000000000003",
         22,
         {"7965", SCCP_DEVICE_7965, 22, 0x8572, KIND_SOFT_KEYS | KIND_TX_ACK | KIND_ZERO_ON_HOOK, 6, 6}},
        {"SEP000000000004", 3, {"7910", SCCP_DEVICE_7910, 3, 0x8000, KIND_BARE_HOOK | KIND_SHORT_ACK, 1, 2}},
        {"ATA000000000005",
         3,
         {"ATA186", SCCP_DEVICE_ATA186, 3, 0x0000, KIND_BARE_HOOK | KIND_SHORT_ACK | KIND_KEYS_NO_LINE | KIND_NO_TEXT,
          1, 0}},
        {"SEP000000000006",
         6,
         {"7912", SCCP_DEVICE_7912, 6, 0x8100, KIND_BARE_HOOK | KIND_SHORT_ACK | KIND_SOFT_KEYS, 1, 4}},
        {"SEP000000000007",
         20,
         {"6921", SCCP_DEVICE_6921, 20, 0x8570,
          KIND_SOFT_KEYS | KIND_TX_ACK | KIND_BARE_ACK | KIND_ZERO_ON_HOOK | KIND_LABELS_ONLY, 2, 2}},
        {"SEP000000000008", 11, {"7940", SCCP_DEVICE_7940, 11, 0x8560, KIND_SOFT_KEYS, 2, 2}},
};

/* Charsets are not what the walk is about: texts are shown as they come. */
void label_text(char *to, size_t size, const char *from, const char *charset);
bool label_alone(const char *from);

void label_text(char *to, size_t size, const char *from, const char *charset)
{
        (void)charset;
        text_copy(to, size, from);
}

bool label_alone(const char *from)
{
        return ((uint8_t)from[0] == 0x80 || from[0] == 0x1e) && from[1] && !from[2];
}

static void on_keepalive(struct loop_timer *timer)
{
        struct handset *handset = (struct handset *)((char *)timer - offsetof(struct handset, keepalive));
        if (handset->wire < 0)
                return;
        loop_timer_start(walk_now->loop, timer, (int64_t)handset->keepalive_s * 1000);
        if (!handset->asleep)
                handset_send(handset, &(struct sccp_message){.id = SCCP_KEEP_ALIVE});
}

void handset_init(struct handset *handset, unsigned index)
{
        *handset = (struct handset){.name = models[index].name,
                                    .kind = &models[index].kind,
                                    .version = models[index].version,
                                    .wire = -1,
                                    .fresh = true,
                                    .address = (uint8_t)(10 + index)};
        handset->keepalive.expired = on_keepalive;
}

static void forget_sayings(struct handset *handset)
{
        while (handset->n_sayings)
                free(handset->sayings[--handset->n_sayings]);
}

void handset_free(struct handset *handset)
{
        loop_timer_stop(&handset->keepalive);
        forget_sayings(handset);
}

bool handset_here(const struct handset *handset)
{
        return handset->wire >= 0 && handset->face.registered && !handset->asleep;
}

void handset_connect(struct handset *handset)
{
        if (handset->wire >= 0)
                wire_leave(handset->wire);
        forget_sayings(handset);
        handset->asleep = false;
        handset->face.registered = false;
        loop_timer_stop(&handset->keepalive);
        handset->tls = walk_chance(40);
        handset->wire = wire_open(handset);
        if (handset->wire >= 0)
                enroll_begin(handset);
}

void handset_cut(struct handset *handset)
{
        handset->wire = -1;
        handset->face.registered = handset->registering = false;
        forget_sayings(handset);
        loop_timer_stop(&handset->keepalive);
}

/* ---- what it sends ---- */

void handset_send(struct handset *handset, const struct sccp_message *message)
{
        uint8_t frame[SCCP_FRAME_MAX];
        if (handset->wire < 0)
                return;
        if (walk_now->log) {
                char text[SCCP_PRINT_SIZE];
                walk_note("%s < %s", handset->name, sccp_print(message, text, sizeof text));
        }
        size_t len = sccp_encode(&handset->context, message, frame, sizeof frame);
        LAW(len > 0, "a phone can say what it wants to say");
        wire_put(handset->wire, frame, len);
        clock_turn(walk_now->loop);
}

void handset_say(struct handset *handset, const struct sccp_message *message)
{
        LAW(handset->n_sayings < HANDSET_SAYINGS, "%s can send what is due", handset->name);
        struct sccp_message *copy = malloc(sizeof *copy);
        LAW(copy, "memory");
        *copy = *message;
        handset->sayings[handset->n_sayings++] = copy;
}

bool handset_says(struct handset *handset)
{
        if (!handset->n_sayings || handset->asleep)
                return false;
        struct sccp_message *message = handset->sayings[0];
        memmove(handset->sayings, handset->sayings + 1, --handset->n_sayings * sizeof handset->sayings[0]);
        handset_send(handset, message);
        free(message);
        return true;
}

/* ---- what it hears ---- */

/* Over a connection that everybody can read a key is worse than none. */
static void check_key(const struct handset *handset, const struct sccp_media_key *key)
{
        LAW(handset->tls || key->algorithm == SCCP_CIPHER_NONE, "%s: a key, and no TLS", handset->name);
}

static void open_channel(struct handset *handset, const struct sccp_open_receive_channel *open)
{
        struct sccp_message message = {.id = SCCP_OPEN_RECEIVE_CHANNEL_ACK};
        struct sccp_open_receive_channel_ack *ack = &message.open_receive_channel_ack;
        bool bare = handset->kind->traits & KIND_BARE_ACK;
        bool fails = !walk_now->calm && walk_chance(RX_FAILS_PERCENT);
        ack->status = fails ? SCCP_MEDIA_UNKNOWN : SCCP_MEDIA_OK;
        ip_parse("10.0.0.1", &ack->addr);
        ack->addr.bytes[3] = handset->address;
        ack->port = fails ? 0 : 17000 + 2 * walk_random(100);
        ack->party_id = bare ? 0 : open->party_id;
        ack->call_ref = bare ? 0 : open->call_ref;
        message.omitted = handset->kind->traits & KIND_SHORT_ACK ? 1 : 0;
        handset->party = open->party_id;
        handset->hears = open->key;
        check_key(handset, &open->key);
        handset_say(handset, &message);
}

static void start_sending(struct handset *handset, const struct sccp_start_media_transmission *start)
{
        struct sccp_message message = {.id = SCCP_START_MEDIA_TRANSMISSION_ACK};
        bool bare = handset->kind->traits & KIND_BARE_ACK;
        bool fails = !walk_now->calm && walk_chance(RX_FAILS_PERCENT);
        handset->to = (struct endpoint){start->addr, (uint16_t)start->port};
        handset->says = start->key;
        check_key(handset, &start->key);
        if (!(handset->kind->traits & KIND_TX_ACK))
                return;
        message.start_media_transmission_ack = (struct sccp_start_media_transmission_ack){
                .party_id = bare ? 0 : start->party_id,
                .call_ref = bare ? 0 : start->call_ref,
                .status = fails ? SCCP_MEDIA_UNKNOWN : SCCP_MEDIA_OK};
        handset_say(handset, &message);
}

static void give_statistics(struct handset *handset, const struct sccp_connection_statistics_req *request)
{
        struct sccp_message message = {.id = SCCP_CONNECTION_STATISTICS_RES, .omitted = 2};
        message.connection_statistics_res.call_ref = request->call_ref;
        message.connection_statistics_res.counters.packets_sent = 100;
        handset_say(handset, &message);
}

static const char *notice_of(const struct sccp_message *m)
{
        return m->id == SCCP_DISPLAY_NOTIFY           ? m->display_notify.text
               : m->id == SCCP_DISPLAY_NOTIFY_DYNAMIC ? m->display_notify_dynamic.text
                                                      : "";
}

/* A key that is shown does something. */
static void check_notice(struct handset *handset, const struct sccp_message *m)
{
        const char *text = notice_of(m);
        bool inactive = (uint8_t)text[0] == 0x80 && (uint8_t)text[1] == SCCP_LABEL_KEY_IS_NOT_ACTIVE;
        LAW(!inactive || !handset->pressed_shown, "%s: soft key %u is shown and does nothing", handset->name,
            handset->pressed);
}

static void react(struct handset *handset, const struct sccp_message *m)
{
        switch ((unsigned)m->id) {
        case SCCP_OPEN_RECEIVE_CHANNEL:
                open_channel(handset, &m->open_receive_channel);
                break;
        case SCCP_START_MEDIA_TRANSMISSION:
                start_sending(handset, &m->start_media_transmission);
                break;
        case SCCP_CONNECTION_STATISTICS_REQ:
                if (walk_chance(50))
                        give_statistics(handset, &m->connection_statistics_req);
                break;
        case SCCP_UNREGISTER_ACK:
                if (m->unregister_ack.status == SCCP_UNREGISTER_OK)
                        handset->face.registered = false;
                break;
        case SCCP_DISPLAY_NOTIFY:
        case SCCP_DISPLAY_NOTIFY_DYNAMIC:
                check_notice(handset, m);
                break;
        }
}

/* What the face does not look after. A phone that comes back may still have the channels of before: they are closed. */
static void check_channel(const struct handset *handset, const struct sccp_message *m)
{
        const struct face_channel *channel = &handset->face.channel;
        if (m->id == SCCP_CLOSE_RECEIVE_CHANNEL) /* an ack that comes late is answered so (flows.md 8) */
                LAW(m->close_receive_channel.party_id && m->close_receive_channel.party_id <= handset->party,
                    "%s: CloseReceiveChannel of party %u, which never was open", handset->name,
                    m->close_receive_channel.party_id);
        if (m->id == SCCP_STOP_MEDIA_TRANSMISSION)
                LAW(channel->sending || m->stop_media_transmission.party_id != channel->party,
                    "%s: StopMediaTransmission, and nothing is sent", handset->name);
        if (m->id == SCCP_START_MEDIA_TRANSMISSION)
                LAW(channel->open, "%s: StartMediaTransmission before the channel is open", handset->name);
}

void handset_hears(struct handset *handset, const uint8_t *bytes, size_t len)
{
        struct sccp_message message;
        uint32_t id;
        if (handset->asleep)
                return;
        memcpy(&id, bytes + 8, sizeof id);
        const char *why = sccp_decode(&handset->context, id, bytes + FRAME_HEADER_SIZE, len - FRAME_HEADER_SIZE,
                                      &message);
        LAW(!why, "%s cannot read what it is sent: %s", handset->name, why);
        if (walk_now->log) {
                char text[SCCP_PRINT_SIZE];
                walk_note("%s > %s", handset->name, sccp_print(&message, text, sizeof text));
        }
        handset->messages++;
        handset->heard |= message.id == SCCP_REGISTER_ACK;
        if (!handset->heard)
                return;
        check_channel(handset, &message);
        face_show(&handset->face, &message, len % 4 == 0);
        LAW(!handset->face.violations, "%s: %s", handset->name, handset->face.violation);
        react(handset, &message);
        enroll_step(handset, &message);
}
