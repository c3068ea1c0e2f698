/* The messages about one call of one phone that are no matter of looks: its audio channels, its dialled number. */
#include "gateway/phone_side.h"

#include "gateway/base/text.h"
#include "gateway/media/digits.h"
#include "gateway/phone_secret.h"
#include "sccp/display.h"

#define NOTICE_SECONDS 5

/* SCCP's names for what we speak, best first where a codec has several. G.729 of annex B is the same without silence
 * suppression, which no phone is told to do: we say annexb=no. */
static const struct {
        enum codec codec;
        uint32_t sccp;
} names[] = {
        {CODEC_PCMU, SCCP_CODEC_G711_ULAW}, {CODEC_PCMA, SCCP_CODEC_G711_ALAW}, {CODEC_G722, SCCP_CODEC_G722},
        {CODEC_G729, SCCP_CODEC_G729_A},    {CODEC_G729, SCCP_CODEC_G729},      {CODEC_G729, SCCP_CODEC_G729_AB},
        {CODEC_G729, SCCP_CODEC_G729_B},
};

enum { N_NAMES = sizeof names / sizeof names[0] };

/* NULL: it cannot do that. */
static const struct sccp_capability *capability(const struct phone *phone, uint32_t sccp)
{
        size_t count;
        const struct sccp_capability *all = sccp_session_capabilities(phone->session, &count);
        for (size_t i = 0; i < count; i++)
                if (all[i].codec == sccp)
                        return &all[i];
        return NULL;
}

static uint32_t codec_name(const struct phone *phone, enum codec codec)
{
        uint32_t fallback = SCCP_CODEC_G711_ULAW;
        for (size_t i = 0; i < N_NAMES; i++) {
                if (names[i].codec != codec)
                        continue;
                if (capability(phone, names[i].sccp))
                        return names[i].sccp;
                fallback = names[i].sccp;
        }
        return fallback;
}

/* Some do it wrong. */
static bool knows_digits(const struct phone *phone)
{
        return phone->session && sccp_session_rfc2833(phone->session) &&
               !(sccp_session_model(phone->session)->traits & SCCP_TRAIT_DIGITS_BY_KEYS);
}

static bool sends_digits(const struct phone *phone)
{
        return knows_digits(phone) && phone->gateway->config->media.dtmf != DTMF_INFO;
}

/* As what telephone events are offered: the relay makes them of keys for phones that do not. */
static uint8_t dtmf_payload_type(const struct phone *phone)
{
        const struct config *config = phone->gateway->config;
        bool possible = config->media.mode == MEDIA_DIRECT ? sends_digits(phone) : config->media.dtmf != DTMF_INFO;
        return possible ? DIGITS_TYPE : 0;
}

struct way_rules phone_side_way(const struct phone *phone)
{
        const struct config *config = phone->gateway->config;
        struct way_rules rules = {.groups = config->media.direct.at, .keys = sends_digits(phone)};
        rules.secured = phone->session && phone_secret_due(phone);
        if (config->media.mode != MEDIA_AUTO || config->media.srtp == CRYPTO_POLICY_REQUIRED || !phone->session)
                return rules;
        rules.n_groups = config->media.direct.count;
        rules.phone = sccp_session_peer(phone->session).ip;
        return rules;
}

uint8_t phone_side_digits_out(const struct call_slot *slot)
{
        uint8_t agreed = slot->call.stream.dtmf_payload_type;
        if (!agreed || !sends_digits(slot->phone))
                return 0;
        return slot->call.direct ? agreed : DIGITS_TYPE;
}

/* The relay makes them of what comes beside the audio too. */
uint8_t phone_side_digits_in(const struct call_slot *slot)
{
        if (slot->call.direct)
                return phone_side_digits_out(slot);
        return knows_digits(slot->phone) ? DIGITS_TYPE : 0;
}

static bool converts(const struct config *config)
{
        return config->media.transcode == TRANSCODE_ON && config->media.mode != MEDIA_DIRECT;
}

struct audio phone_side_audio(const struct phone *phone)
{
        const struct config *config = phone->gateway->config;
        struct media_ability has[N_NAMES];
        size_t n_has = 0;
        if (!phone->session)
                return (struct audio){0};
        for (size_t i = 0; i < N_NAMES; i++) {
                const struct sccp_capability *found = capability(phone, names[i].sccp);
                if (found)
                        has[n_has++] = (struct media_ability){names[i].codec, found->packet_ms};
        }
        struct audio ours = media_ours(has, n_has, config->media.codecs, config->media.n_codecs,
                                       dtmf_payload_type(phone), converts(config));
        ours.rtcp_mux = phone->gateway->relay; /* phones cannot */
        return ours;
}

struct ip phone_side_our_address(const struct phone *phone)
{
        const struct config_addresses *configured = &phone->gateway->config->node.address;
        if (!phone->session)
                return (struct ip){0};
        struct ip peer = sccp_session_peer(phone->session).ip;
        struct ip ours = address_towards(configured->at, configured->count, &peer);
        return ours.family ? ours : sccp_session_local(phone->session);
}

static void send_to(struct phone *phone, const struct sccp_message *message)
{
        if (phone->session)
                sccp_session_send(phone->session, message);
}

/* The phone is to listen where it can be reached: at an address of the family it came with. */
void phone_side_open_rx(struct call_slot *slot)
{
        const struct media_stream *stream = &slot->call.stream;
        if (!slot->phone->session)
                return;
        uint8_t family = sccp_session_peer(slot->phone->session).ip.family;
        struct sccp_message message = {.id = SCCP_OPEN_RECEIVE_CHANNEL};
        message.open_receive_channel = (struct sccp_open_receive_channel){
                .conference_id = slot->id,
                .party_id = slot->party,
                .packet_ms = stream->packet_ms,
                .codec = codec_name(slot->phone, stream->codec),
                .call_ref = slot->id,
                .key = phone_secret_key(slot, &slot->phone_keys.send),
                .rfc2833_payload_type = phone_side_digits_in(slot),
                .dtmf_type = 10, /* as every call manager sends it */
                .source_addr = {.family = family},
                .requested_addr_type = family == 6 ? SCCP_ADDRESS_V6 : SCCP_ADDRESS_V4,
        };
        send_to(slot->phone, &message);
}

void phone_side_open_rx_again(struct call_slot *slot)
{
        phone_side_close_rx(slot);
        slot->party = ++slot->phone->gateway->parties;
        if (phone_secret_open(slot))
                phone_side_open_rx(slot);
}

void phone_side_close_rx(struct call_slot *slot)
{
        struct sccp_message message = {.id = SCCP_CLOSE_RECEIVE_CHANNEL};
        message.close_receive_channel = (struct sccp_close_receive_channel){
                .conference_id = slot->id, .party_id = slot->party, .call_ref = slot->id};
        send_to(slot->phone, &message);
}

void phone_side_start_tx(struct call_slot *slot, const struct endpoint *to)
{
        const struct media_stream *stream = &slot->call.stream;
        if (!slot->phone->session)
                return;
        struct sccp_message message = {.id = SCCP_START_MEDIA_TRANSMISSION};
        message.start_media_transmission = (struct sccp_start_media_transmission){
                .conference_id = slot->id,
                .party_id = slot->party,
                .addr = to->ip,
                .port = to->port,
                .packet_ms = stream->packet_ms,
                .codec = codec_name(slot->phone, stream->codec),
                .precedence = (uint32_t)slot->phone->gateway->config->media.dscp_rtp << 2, /* the TOS octet */
                .call_ref = slot->id,
                .key = phone_secret_key(slot, &slot->phone_keys.receive),
                .rfc2833_payload_type = phone_side_digits_out(slot),
                .dtmf_type = 10,
        };
        send_to(slot->phone, &message);
}

void phone_side_stop_tx(struct call_slot *slot)
{
        struct sccp_message message = {.id = SCCP_STOP_MEDIA_TRANSMISSION};
        message.stop_media_transmission = (struct sccp_stop_media_transmission){
                .conference_id = slot->id, .party_id = slot->party, .call_ref = slot->id};
        send_to(slot->phone, &message);
}

void phone_side_dialled(struct call_slot *slot)
{
        struct sccp_message message = {.id = SCCP_DIALED_NUMBER};
        message.dialed_number = (struct sccp_dialed_number){.line = slot->line->instance, .call_ref = slot->id};
        text_copy(message.dialed_number.called_number, sizeof message.dialed_number.called_number, slot->call.dialled);
        send_to(slot->phone, &message);
}

void phone_side_backspace(struct call_slot *slot)
{
        struct sccp_message message = {.id = SCCP_BACK_SPACE_RES};
        message.back_space_res = (struct sccp_back_space_res){.line = slot->line->instance, .call_ref = slot->id};
        send_to(slot->phone, &message);
}

/* So that the phone does not list a missed call: newer phones are told, older ones believe they were connected for a
 * hidden moment (flows.md 7.2, field-guide 2.2). */
void phone_side_answered_elsewhere(struct call_slot *slot)
{
        struct sccp_message message = {.id = SCCP_CALL_HISTORY_DISPOSITION};
        if (!slot->phone->session || !slot->shown.known) /* one that never heard of it has missed nothing */
                return;
        if (sccp_session_model(slot->phone->session)->family == SCCP_FAMILY_NEWER) {
                message.call_history_disposition = (struct sccp_call_history_disposition){
                        .disposition = SCCP_DISPOSITION_IGNORE, .line = slot->line->instance, .call_ref = slot->id};
        } else {
                message.id = SCCP_CALL_STATE;
                message.call_state = (struct sccp_call_state){.state = SCCP_CALL_STATE_CONNECTED,
                                                              .line = slot->line->instance,
                                                              .call_ref = slot->id,
                                                              .privacy = SCCP_PRIVACY_FULL,
                                                              .priority = SCCP_PRIORITY_NORMAL};
        }
        send_to(slot->phone, &message);
}

void phone_side_notify(struct phone *phone, uint16_t label, const char *text)
{
        struct sccp_message message;
        if (!phone->session)
                return;
        struct sccp_reader reader = sccp_session_reader(phone->session);
        if (sccp_notice(&message, &reader, NOTICE_SECONDS, label, text))
                send_to(phone, &message);
}
