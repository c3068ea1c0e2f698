/* The dialogue proper: who may say what when, and admission. The answers to a registering phone's questions are in
 * answers.c. */
#include "sccp/station.h"

#include <assert.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sccp/answers.h"
#include "sccp/charset.h"
#include "sccp/takes.h"
#include "sccp/values.h"

#define SPCP_TOKEN_FEATURES 65535 /* field guide R7 */

/* Versions that real call managers or the incumbent have granted; there is no phone between 11 and 15. */
static const uint8_t versions[] = {3, 5, 6, 8, 9, 10, 11, 15, 16, 17, 18, 19, 20, 21, 22};

/* What RegisterAck says of ourselves (field guide 1.A), by the lowest version it is for. */
static const struct ack_features {
        uint8_t since, flags;
        uint16_t features;
} ack_features[] = {{11, 0x20, 0xFFF1}, {4, 0x20, 0xFEF1}, {0, 0, 0}};

/* What a phone is taken to be capable of until it says so (flows 4.4). */
static const struct sccp_capability first_capabilities[] = {
        {.codec = SCCP_CODEC_G711_ULAW, .packet_ms = 20},
        {.codec = SCCP_CODEC_G711_ALAW, .packet_ms = 20},
};

static const uint32_t known_codecs[] = {
        SCCP_CODEC_G711_ALAW, SCCP_CODEC_G711_ALAW_56K, SCCP_CODEC_G711_ULAW, SCCP_CODEC_G711_ULAW_56K,
        SCCP_CODEC_G722,      SCCP_CODEC_G722_56K,      SCCP_CODEC_G722_48K,  SCCP_CODEC_G729,
        SCCP_CODEC_G729_A,    SCCP_CODEC_G729_B,        SCCP_CODEC_G729_AB,
};

uint8_t sccp_version_negotiate(uint8_t said, const struct sccp_model *model)
{
        uint8_t best = versions[0];
        if (model->highest_version && said > model->highest_version)
                said = model->highest_version;
        for (size_t i = 0; i < sizeof versions && versions[i] <= said; i++)
                best = versions[i];
        return best;
}

bool sccp_station_utf8(const struct sccp_station *station)
{
        return station->features & SCCP_FEATURE_UTF8;
}

bool sccp_station_dynamic(const struct sccp_station *station)
{
        return sccp_form(SCCP_CALL_INFO, station->version) != SCCP_CALL_INFO;
}

bool sccp_station_rfc2833(const struct sccp_station *station)
{
        return station->telephone_events || station->features & SCCP_FEATURE_RFC2833;
}

struct sccp_message *sccp_reply(struct sccp_replies *replies, enum sccp_id id)
{
        assert(replies->count < SCCP_REPLIES_MAX);
        struct sccp_message *reply = &replies->at[replies->count++];
        memset(reply, 0, sizeof *reply);
        reply->id = id;
        return reply;
}

/* Upper case letters, digits, - and _ only: names become keys of files and tables (protocol/README section 3). False
 * leaves what the phone said, for the log. */
static bool read_name(const char *said, char name[SCCP_NAME_SIZE])
{
        bool good = said[0] != '\0';
        text_copy(name, SCCP_NAME_SIZE, said);
        for (char *c = name; *c; c++) {
                if (*c >= 'a' && *c <= 'z')
                        *c = (char)(*c - 'a' + 'A');
                good = good && ((*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '-' || *c == '_');
        }
        return good;
}

static void step_keep_alive(struct sccp_station *station, const struct sccp_message *message,
                            struct sccp_replies *replies, struct sccp_happened *happened)
{
        (void)station, (void)message;
        sccp_reply(replies, SCCP_KEEP_ALIVE_ACK);
        happened->what = SCCP_HAPPENED_KEEPALIVE;
}

static void step_alarm(struct sccp_station *station, const struct sccp_message *message, struct sccp_replies *replies,
                       struct sccp_happened *happened)
{
        (void)station, (void)replies;
        happened->what = SCCP_HAPPENED_ALARM;
        if (message->id == SCCP_ALARM)
                sccp_alarm_text(message->alarm.text, &happened->news);
        else
                sccp_alarm_xml(message->xml_alarm.xml, message->xml_alarm.n_xml, &happened->news);
}

static void step_register(struct sccp_station *station, const struct sccp_message *message,
                          struct sccp_replies *replies, struct sccp_happened *happened)
{
        (void)station, (void)replies;
        bool good = read_name(message->register_req.device_name, happened->name);
        happened->what = good ? SCCP_HAPPENED_REGISTER : SCCP_HAPPENED_MISNAMED;
        happened->device_type = message->register_req.device_type;
}

/* Never a rejection while a good session lives (field guide R7); never a grant to a name we shall refuse (flows 3). */
static void step_token(struct sccp_station *station, const struct sccp_message *message, struct sccp_replies *replies,
                       struct sccp_happened *happened)
{
        bool spcp = message->id == SCCP_SPCP_REGISTER_TOKEN_REQ;
        const struct sccp_station_id *id = spcp ? &message->spcp_register_token_req.station
                                                : &message->register_token_req.station;
        happened->device_type = spcp ? message->spcp_register_token_req.device_type
                                     : message->register_token_req.device_type;
        if (station->phase == SCCP_PHASE_READY)
                sccp_station_token(message, true, 0, replies);
        else if (!read_name(id->device_name, happened->name))
                sccp_station_token(message, false, SCCP_TOKEN_WAIT_S, replies);
        else
                happened->what = SCCP_HAPPENED_TOKEN;
}

static void step_unregister(struct sccp_station *station, const struct sccp_message *message,
                            struct sccp_replies *replies, struct sccp_happened *happened)
{
        (void)station, (void)message, (void)replies;
        happened->what = SCCP_HAPPENED_UNREGISTER;
}

/* The last question of a registration (field guide R4); later it is only a question. */
static void step_time(struct sccp_station *station, const struct sccp_message *message, struct sccp_replies *replies,
                      struct sccp_happened *happened)
{
        (void)message, (void)replies;
        happened->what = sccp_station_force(station) ? SCCP_HAPPENED_READY : SCCP_HAPPENED_TIME;
}

/* Small business phones end their registration with this; others send it in passing, or never. */
static void step_available_lines(struct sccp_station *station, const struct sccp_message *message,
                                 struct sccp_replies *replies, struct sccp_happened *happened)
{
        (void)message, (void)replies;
        if ((station->model->traits & SCCP_TRAIT_SPCP) && sccp_station_force(station))
                happened->what = SCCP_HAPPENED_READY;
}

static bool is_known_codec(uint32_t codec)
{
        for (size_t i = 0; i < sizeof known_codecs / sizeof *known_codecs; i++)
                if (known_codecs[i] == codec)
                        return true;
        return false;
}

static bool has_codec(const struct sccp_station *station, uint32_t codec)
{
        for (size_t i = 0; i < station->n_capabilities; i++)
                if (station->capabilities[i].codec == codec)
                        return true;
        return false;
}

/* Keeps the phone's order, each codec we know once; a later list replaces an earlier one. */
static void keep_capabilities(struct sccp_station *station, const struct sccp_capability *list, size_t count)
{
        station->telephone_events = false;
        station->n_capabilities = 0;
        for (size_t i = 0; i < count; i++) {
                uint32_t codec = list[i].codec;
                station->telephone_events |= codec == SCCP_CODEC_RFC2833_DYNAMIC;
                if (is_known_codec(codec) && !has_codec(station, codec))
                        station->capabilities[station->n_capabilities++] = list[i];
        }
}

static void step_capabilities(struct sccp_station *station, const struct sccp_message *message,
                              struct sccp_replies *replies, struct sccp_happened *happened)
{
        (void)replies, (void)happened;
        keep_capabilities(station, message->capabilities_res.caps, message->capabilities_res.n_caps);
}

static void step_capabilities_v1(struct sccp_station *station, const struct sccp_message *message,
                                 struct sccp_replies *replies, struct sccp_happened *happened)
{
        (void)replies, (void)happened;
        keep_capabilities(station, message->update_capabilities.audio, message->update_capabilities.n_audio);
}

static void step_capabilities_v2(struct sccp_station *station, const struct sccp_message *message,
                                 struct sccp_replies *replies, struct sccp_happened *happened)
{
        (void)replies, (void)happened;
        keep_capabilities(station, message->update_capabilities_v2.audio, message->update_capabilities_v2.n_audio);
}

static void step_capabilities_v3(struct sccp_station *station, const struct sccp_message *message,
                                 struct sccp_replies *replies, struct sccp_happened *happened)
{
        (void)replies, (void)happened;
        keep_capabilities(station, message->update_capabilities_v3.audio, message->update_capabilities_v3.n_audio);
}

/* One message per module. What it says of its keys is not needed, the configuration says it; but that should be true.
 */
static void step_addon(struct sccp_station *station, const struct sccp_message *message, struct sccp_replies *replies,
                       struct sccp_happened *happened)
{
        const struct sccp_extension_device_caps *caps = &message->extension_device_caps;
        (void)replies;
        if (station->addons_said || caps->instance < 1 || caps->instance > SCCP_ADDONS_MAX)
                return;
        const struct sccp_addon *addon = sccp_setup_addon(station->setup, caps->instance - 1);
        const char *seen = sccp_value_name(SCCP_VALUES_addon, caps->module);
        if (addon && (!addon->module || addon->module == caps->module))
                return;
        station->addons_said = true;
        happened->what = SCCP_HAPPENED_NOTED;
        text_printf(happened->news.line, sizeof happened->news.line, "add-on %u is %s, but configured is %s (addons)",
                    (unsigned)caps->instance, seen ? seen : "of a kind nobody knows", addon ? addon->name : "none");
}

static const struct step {
        enum sccp_id id;
        void (*run)(struct sccp_station *, const struct sccp_message *, struct sccp_replies *, struct sccp_happened *);
} steps[] = {
        {SCCP_KEEP_ALIVE, step_keep_alive},
        {SCCP_REGISTER, step_register},
        {SCCP_TIME_DATE_REQ, step_time},
        {SCCP_CAPABILITIES_RES, step_capabilities},
        {SCCP_ALARM, step_alarm},
        {SCCP_XML_ALARM, step_alarm},
        {SCCP_UNREGISTER_REQ, step_unregister},
        {SCCP_REGISTER_TOKEN_REQ, step_token},
        {SCCP_REGISTER_AVAILABLE_LINES, step_available_lines},
        {SCCP_UPDATE_CAPABILITIES, step_capabilities_v1},
        {SCCP_UPDATE_CAPABILITIES_V2, step_capabilities_v2},
        {SCCP_UPDATE_CAPABILITIES_V3, step_capabilities_v3},
        {SCCP_EXTENSION_DEVICE_CAPS, step_addon},
        {SCCP_SPCP_REGISTER_TOKEN_REQ, step_token},
};

/* The one place that knows what is permitted now. */
static bool is_permitted(const struct sccp_station *station, uint32_t id)
{
        const struct sccp_message_info *info = sccp_message_info(id);
        return info && info->direction == SCCP_FROM_PHONE && info->phase <= station->phase;
}

void sccp_station_step(struct sccp_station *station, const struct sccp_facts *facts, const struct sccp_message *message,
                       struct sccp_replies *replies, struct sccp_happened *happened)
{
        replies->count = 0;
        *happened = (struct sccp_happened){.what = SCCP_HAPPENED_NOTHING};
        if (!is_permitted(station, message->id)) {
                happened->what = SCCP_HAPPENED_REFUSED;
                return;
        }
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
                if (steps[i].id == message->id) {
                        steps[i].run(station, message, replies, happened);
                        return;
                }
        if (station->phase == SCCP_PHASE_ANY)
                return;
        if (station->phase == SCCP_PHASE_READY &&
            sccp_input_read(message, station->setup, station->version, &happened->input))
                happened->what = SCCP_HAPPENED_INPUT;
        else if (sccp_answer(station, facts, message, replies))
                station->has_soft_keys |= message->id == SCCP_SOFT_KEY_SET_REQ;
}

static void reply_ack(const struct sccp_station *station, const struct sccp_facts *facts, struct sccp_replies *replies)
{
        struct sccp_register_ack *ack = &sccp_reply(replies, SCCP_REGISTER_ACK)->register_ack;
        const struct ack_features *ours = ack_features;
        while (ours->since > station->version)
                ours++;
        ack->keepalive_s = ack->secondary_keepalive_s = facts->keepalive_s;
        TEXT_SET(ack->date_template, sccp_setup_date_template(station->setup));
        ack->protocol_version = station->version;
        ack->protocol_flags = ours->flags;
        ack->features = ours->features;
}

static const struct sccp_charset *charset_for(const struct sccp_register_req *request, const struct sccp_facts *facts)
{
        if (request->features & SCCP_FEATURE_UTF8)
                return &sccp_utf8;
        return facts->charset ? facts->charset : &sccp_latin1;
}

bool sccp_station_admit(struct sccp_station *station, const struct sccp_register_req *request,
                        const struct sccp_profile *profile, const struct sccp_facts *facts,
                        struct sccp_replies *replies)
{
        const struct sccp_model *model = profile->model ? profile->model : sccp_model_by_type(request->device_type);
        uint8_t version = sccp_version_negotiate(request->protocol_version, model);
        struct sccp_profile ours = *profile;
        ours.old = version < SCCP_BUSY_LAMP_VERSION;
        struct sccp_setup *setup = sccp_setup_new(&ours, model);
        if (!setup)
                return false;
        sccp_station_clear(station);
        *station = (struct sccp_station){.phase = SCCP_PHASE_REGISTERING,
                                         .device_type = request->device_type,
                                         .model = model,
                                         .version = version,
                                         .features = request->features,
                                         .user_id = request->user_id,
                                         .instance = request->instance,
                                         .charset = charset_for(request, facts),
                                         .setup = setup,
                                         .n_capabilities = sizeof first_capabilities / sizeof *first_capabilities};
        read_name(request->device_name, station->name);
        memcpy(station->capabilities, first_capabilities, sizeof first_capabilities);
        replies->count = 0;
        reply_ack(station, facts, replies);
        sccp_reply(replies, SCCP_CAPABILITIES_REQ);
        return true;
}

void sccp_station_reject(struct sccp_station *station, const struct sccp_register_req *request, const char *text,
                         struct sccp_replies *replies)
{
        sccp_station_clear(station);
        replies->count = 0;
        struct sccp_register_reject *reject = &sccp_reply(replies, SCCP_REGISTER_REJECT)->register_reject;
        sccp_text_put(reject->text, sizeof reject->text, text,
                      request->features & SCCP_FEATURE_UTF8 ? &sccp_utf8 : &sccp_latin1);
}

void sccp_station_token(const struct sccp_message *request, bool granted, uint32_t wait_s, struct sccp_replies *replies)
{
        replies->count = 0;
        bool spcp = request->id == SCCP_SPCP_REGISTER_TOKEN_REQ;
        if (granted && spcp)
                sccp_reply(replies, SCCP_SPCP_REGISTER_TOKEN_ACK)->spcp_register_token_ack.features =
                        SPCP_TOKEN_FEATURES;
        else if (granted)
                sccp_reply(replies, SCCP_REGISTER_TOKEN_ACK);
        else if (spcp)
                sccp_reply(replies, SCCP_SPCP_REGISTER_TOKEN_REJECT)->spcp_register_token_reject.wait_s = wait_s;
        else
                sccp_reply(replies, SCCP_REGISTER_TOKEN_REJECT)->register_token_reject.wait_s = wait_s;
}

void sccp_station_leave(struct sccp_station *station, bool refused, struct sccp_replies *replies)
{
        replies->count = 0;
        sccp_reply(replies, SCCP_UNREGISTER_ACK)->unregister_ack.status = refused ? SCCP_UNREGISTER_NAK
                                                                                  : SCCP_UNREGISTER_OK;
        if (!refused)
                sccp_station_clear(station);
}

bool sccp_station_force(struct sccp_station *station)
{
        if (station->phase != SCCP_PHASE_REGISTERING)
                return false;
        station->phase = SCCP_PHASE_READY;
        return true;
}

void sccp_station_clear(struct sccp_station *station)
{
        sccp_setup_free(station->setup);
        *station = (struct sccp_station){0};
}
