/* The order of the questions is that of a 7912 at a real CallManager 4.1, with those of newer phones put in where they
 * ask them (flows.md 4.1, 4.2). */
#include "register.h"

#include <stdio.h>

#include "gateway/base/text.h"

static const struct question {
        enum sccp_id ask;
        enum sccp_id answer, answer_dynamic; /* which message answers it; 0: none does */
        unsigned since;                      /* protocol version */
        enum { ONCE, PER_LINE, PER_SPEED_DIAL, PER_BUSY_LAMP, PER_FEATURE, PER_SERVICE } times;
        unsigned needs, lacks; /* enum kind_trait */
} questions[] = {
        {SCCP_REGISTER_AVAILABLE_LINES, 0, 0, 0, ONCE, KIND_SPCP, 0},
        {SCCP_BUTTON_TEMPLATE_REQ, SCCP_BUTTON_TEMPLATE, 0, 0, ONCE, 0, 0},
        {SCCP_SOFT_KEY_TEMPLATE_REQ, SCCP_SOFT_KEY_TEMPLATE_RES, 0, 0, ONCE, KIND_SOFT_KEYS, 0},
        {SCCP_SOFT_KEY_SET_REQ, SCCP_SOFT_KEY_SET_RES, 0, 0, ONCE, KIND_SOFT_KEYS, 0},
        {SCCP_CONFIG_STAT_REQ, SCCP_CONFIG_STAT, SCCP_CONFIG_STAT_DYNAMIC, 8, ONCE, 0, 0},
        {SCCP_LINE_STAT_REQ, SCCP_LINE_STAT, SCCP_LINE_STAT_DYNAMIC, 0, PER_LINE, 0, 0},
        {SCCP_FORWARD_STAT_REQ, SCCP_FORWARD_STAT, 0, 8, PER_LINE, 0, 0},
        {SCCP_SPEED_DIAL_STAT_REQ, SCCP_SPEED_DIAL_STAT, SCCP_SPEED_DIAL_STAT_DYNAMIC, 0, PER_SPEED_DIAL, 0, 0},
        {SCCP_FEATURE_STAT_REQ, SCCP_FEATURE_STAT, SCCP_FEATURE_STAT_DYNAMIC, 15, PER_BUSY_LAMP, 0, 0},
        {SCCP_FEATURE_STAT_REQ, SCCP_FEATURE_STAT, SCCP_FEATURE_STAT_DYNAMIC, 0, PER_FEATURE, 0, 0},
        {SCCP_SERVICE_URL_STAT_REQ, SCCP_SERVICE_URL_STAT, SCCP_SERVICE_URL_STAT_DYNAMIC, 0, PER_SERVICE, 0, 0},
        {SCCP_REGISTER_AVAILABLE_LINES, 0, 0, 0, ONCE, 0, KIND_SPCP | KIND_NO_LINES_SAID},
        {SCCP_TIME_DATE_REQ, SCCP_DEFINE_TIME_DATE, 0, 0, ONCE, 0, 0},
};

enum { N_QUESTIONS = sizeof questions / sizeof questions[0] };

static unsigned repeats(const struct device *device, const struct question *question)
{
        unsigned traits = device->kind->traits;
        if (device->face.version < question->since || (traits & question->needs) != question->needs ||
            traits & question->lacks)
                return 0;
        switch (question->times) {
        case PER_LINE:
                return device->face.lines;
        case PER_SPEED_DIAL:
                return device->face.speed_dials;
        case PER_BUSY_LAMP:
                return device->face.busy_lamps;
        case PER_FEATURE:
                return device->face.features;
        case PER_SERVICE:
                return device->face.services;
        case ONCE:
                break;
        }
        return 1;
}

/* Question number `n` of all there are to ask; false behind the last. */
static bool find_question(const struct device *device, unsigned n, const struct question **question, unsigned *instance)
{
        for (size_t i = 0; i < N_QUESTIONS; i++) {
                unsigned times = repeats(device, &questions[i]);
                if (n < times) {
                        *question = &questions[i];
                        *instance = n + 1;
                        return true;
                }
                n -= times;
        }
        return false;
}

static void ask(struct device *device, const struct question *question, unsigned instance)
{
        struct sccp_message message = {.id = question->ask};
        switch (question->ask) {
        case SCCP_LINE_STAT_REQ:
                message.line_stat_req.line = instance;
                break;
        case SCCP_FORWARD_STAT_REQ:
                message.forward_stat_req.line = instance;
                break;
        case SCCP_SPEED_DIAL_STAT_REQ: /* from the highest to the lowest, as a 7912 does */
                message.speed_dial_stat_req.index = device->face.speed_dials + 1 - instance;
                break;
        case SCCP_FEATURE_STAT_REQ:
                message.feature_stat_req.index = question->times == PER_FEATURE
                                                         ? device->face.feature[instance - 1].instance
                                                         : device->face.busy_lamp[instance - 1];
                message.feature_stat_req.capabilities = 1;
                break;
        case SCCP_SERVICE_URL_STAT_REQ:
                message.service_url_stat_req.index = instance;
                break;
        case SCCP_REGISTER_AVAILABLE_LINES:
                message.register_available_lines.max_lines = device->face.lines;
                break;
        case SCCP_BUTTON_TEMPLATE_REQ:
                message.omitted = 1;
                break;
        default:
                break;
        }
        link_send(&device->link, &message);
}

static void ask_next(struct device *device)
{
        const struct question *question;
        unsigned instance;
        while (find_question(device, device->asked, &question, &instance)) {
                ask(device, question, instance);
                if (question->answer)
                        return;
                device->asked++;
        }
        device->registering = false;
        device->was_there = true;
        device->face.registered = true;
        printf("registered: protocol %u, %u lines\n", device->face.version, device->face.lines);
}

static void send_alarm(struct device *device)
{
        struct sccp_message message = {.id = SCCP_ALARM};
        message.alarm = (struct sccp_alarm){.severity = SCCP_ALARM_INFORMATIONAL, .param2 = device->local};
        text_printf(message.alarm.text, sizeof message.alarm.text, "Name=%s Load=sccpphone Last=%s", device->name,
                    device->was_there ? "TCP-timeout" : "Initialized");
        link_send(&device->link, &message);
}

void register_begin(struct device *device)
{
        struct sccp_message message = {.id = SCCP_REGISTER};
        struct sccp_register_req *m = &message.register_req;
        device->asked = 0;
        device->registering = true;
        device->link.context = (struct sccp_context){0};
        face_init(&device->face, device->kind, device->version);
        device->face.charset = device->charset;
        send_alarm(device);
        TEXT_SET(m->device_name, device->name);
        m->instance = 1;
        m->station_ip = device->local;
        m->device_type = device->kind->device_type;
        m->max_streams = 5;
        m->protocol_version = (uint8_t)device->version;
        m->features = device->kind->features;
        m->max_lines = device->kind->lines;
        message.omitted = device->version < 11 ? 7 : device->version < 20 ? 1 : 0; /* 52, 124 and 172 bytes */
        if (!device->version)
                message.omitted = 13; /* 36 bytes: nothing behind max_streams */
        link_send(&device->link, &message);
}

static void ask_for_token(struct device *device)
{
        struct sccp_message message = {.id = SCCP_SPCP_REGISTER_TOKEN_REQ};
        TEXT_SET(message.spcp_register_token_req.station.device_name, device->name);
        message.spcp_register_token_req.station_ip = device->local;
        message.spcp_register_token_req.device_type = device->kind->device_type;
        link_send(&device->link, &message);
}

/* One message per key module, as a 7970 with 7914s says it. */
static void send_addons(struct device *device)
{
        for (unsigned i = 0; i < device->n_addons; i++) {
                struct sccp_message message = {.id = SCCP_EXTENSION_DEVICE_CAPS};
                message.extension_device_caps.instance = i + 1;
                message.extension_device_caps.module = device->addons[i];
                message.extension_device_caps.max_allowed = 2;
                link_send(&device->link, &message);
        }
}

static void send_capabilities(struct device *device)
{
        static const uint32_t sccp[] = {[CODEC_PCMU] = SCCP_CODEC_G711_ULAW,
                                        [CODEC_PCMA] = SCCP_CODEC_G711_ALAW,
                                        [CODEC_G722] = SCCP_CODEC_G722,
                                        [CODEC_G729] = SCCP_CODEC_G729_A};
        struct sccp_message message = {.id = SCCP_CAPABILITIES_RES};
        for (unsigned i = 0; i < device->n_codecs; i++) {
                bool both = device->g729_ab && device->codecs[i] == CODEC_G729;
                message.capabilities_res.caps[message.capabilities_res.n_caps++] = (struct sccp_capability){
                        .codec = both ? SCCP_CODEC_G729_AB : sccp[device->codecs[i]], .packet_ms = 40};
        }
        link_send(&device->link, &message);
}

static void accepted(struct device *device, const struct sccp_register_ack *ack)
{
        unsigned version = ack->protocol_version ? ack->protocol_version : 3;
        device->link.context.version = (uint8_t)version;
        device->face.version = version;
        device->keepalive_s = ack->keepalive_s ? ack->keepalive_s : 30;
        device->keepalives_unanswered = 0;
        loop_timer_start(device->loop, &device->keepalive, (int64_t)device->keepalive_s * 1000);
        if (version > device->version && device->version)
                printf("violation: granted protocol %u, asked for %u\n", version, device->version);
}

void register_step(struct device *device, const struct sccp_message *answer)
{
        const struct question *question;
        unsigned instance;
        if (answer->id == SCCP_SPCP_REGISTER_TOKEN_ACK && !device->face.registered)
                register_begin(device);
        if (answer->id == SCCP_REGISTER_ACK)
                accepted(device, &answer->register_ack);
        if (answer->id == SCCP_CAPABILITIES_REQ) {
                send_capabilities(device);
                send_addons(device);
                if (device->registering && !device->asked)
                        ask_next(device);
                return;
        }
        if (!device->registering || !find_question(device, device->asked, &question, &instance))
                return;
        if (answer->id != question->answer && answer->id != question->answer_dynamic)
                return;
        device->asked++;
        ask_next(device);
}

bool device_register(struct device *device)
{
        if (!link_connect(&device->link, &device->server, &device->local))
                return false;
        if (device->kind->traits & KIND_SPCP)
                ask_for_token(device);
        else
                register_begin(device);
        return true;
}
