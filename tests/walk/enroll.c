/* How a model phone registers: the questions of its kind, one after the other, as tests/sccpphone/register.c asks. */
#include "gateway/base/text.h"
#include "tests/walk/walk.h"

enum times { ONCE, PER_LINE, PER_DIAL, PER_LAMP, PER_FEATURE };

static const struct question {
        enum sccp_id ask, answer, other;
        unsigned since;
        enum times times;
        unsigned needs;
} questions[] = {
        {SCCP_BUTTON_TEMPLATE_REQ, SCCP_BUTTON_TEMPLATE, 0, 0, ONCE, 0},
        {SCCP_SOFT_KEY_TEMPLATE_REQ, SCCP_SOFT_KEY_TEMPLATE_RES, 0, 0, ONCE, KIND_SOFT_KEYS},
        {SCCP_SOFT_KEY_SET_REQ, SCCP_SOFT_KEY_SET_RES, 0, 0, ONCE, KIND_SOFT_KEYS},
        {SCCP_LINE_STAT_REQ, SCCP_LINE_STAT, SCCP_LINE_STAT_DYNAMIC, 0, PER_LINE, 0},
        {SCCP_FORWARD_STAT_REQ, SCCP_FORWARD_STAT, 0, 8, PER_LINE, 0},
        {SCCP_SPEED_DIAL_STAT_REQ, SCCP_SPEED_DIAL_STAT, SCCP_SPEED_DIAL_STAT_DYNAMIC, 0, PER_DIAL, 0},
        {SCCP_FEATURE_STAT_REQ, SCCP_FEATURE_STAT, SCCP_FEATURE_STAT_DYNAMIC, 15, PER_LAMP, 0},
        {SCCP_FEATURE_STAT_REQ, SCCP_FEATURE_STAT, SCCP_FEATURE_STAT_DYNAMIC, 0, PER_FEATURE, 0},
        {SCCP_TIME_DATE_REQ, SCCP_DEFINE_TIME_DATE, 0, 0, ONCE, 0},
};

static unsigned repeats(const struct handset *handset, const struct question *question)
{
        const struct face *face = &handset->face;
        if (face->version < question->since || (handset->kind->traits & question->needs) != question->needs)
                return 0;
        switch (question->times) {
        case PER_LINE:
                return face->lines;
        case PER_DIAL:
                return face->speed_dials;
        case PER_LAMP:
                return face->busy_lamps;
        case PER_FEATURE:
                return face->features;
        case ONCE:
                break;
        }
        return 1;
}

static const struct question *question_at(const struct handset *handset, unsigned n, unsigned *instance)
{
        for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
                unsigned times = repeats(handset, &questions[i]);
                *instance = n + 1;
                if (n < times)
                        return &questions[i];
                n -= times;
        }
        return NULL;
}

static void ask(struct handset *handset, const struct question *question, unsigned instance)
{
        struct sccp_message message = {.id = question->ask};
        const struct face *face = &handset->face;
        if (question->ask == SCCP_LINE_STAT_REQ)
                message.line_stat_req.line = instance;
        else if (question->ask == SCCP_FORWARD_STAT_REQ)
                message.forward_stat_req.line = instance;
        else if (question->ask == SCCP_SPEED_DIAL_STAT_REQ)
                message.speed_dial_stat_req.index = instance;
        else if (question->ask == SCCP_FEATURE_STAT_REQ)
                message.feature_stat_req.index = question->times == PER_FEATURE ? face->feature[instance - 1].instance
                                                                                : face->busy_lamp[instance - 1];
        else if (question->ask == SCCP_BUTTON_TEMPLATE_REQ)
                message.omitted = 1;
        handset_say(handset, &message);
}

static void ask_next(struct handset *handset)
{
        unsigned instance;
        const struct question *question = question_at(handset, handset->asked, &instance);
        if (question) {
                ask(handset, question, instance);
                return;
        }
        handset->registering = false;
        handset->face.registered = true;
}

static void say_why(struct handset *handset)
{
        struct sccp_message message = {.id = SCCP_ALARM};
        message.alarm.severity = SCCP_ALARM_INFORMATIONAL;
        text_printf(message.alarm.text, sizeof message.alarm.text, "Name=%s Load=walk Last=%s", handset->name,
                    handset->fresh ? "Initialized" : "TCP-timeout");
        handset->fresh = false;
        handset_say(handset, &message);
}

void enroll_begin(struct handset *handset)
{
        struct sccp_message message = {.id = SCCP_REGISTER};
        struct sccp_register_req *request = &message.register_req;
        handset->asked = 0;
        handset->registering = true;
        handset->heard = false;
        handset->context = (struct sccp_context){0};
        face_init(&handset->face, handset->kind, handset->version);
        if (walk_chance(80))
                say_why(handset);
        TEXT_SET(request->device_name, handset->name);
        request->device_type = handset->kind->device_type;
        request->max_streams = 5;
        request->protocol_version = (uint8_t)handset->version;
        request->features = handset->kind->features;
        request->max_lines = handset->kind->lines;
        message.omitted = handset->version < 11 ? 7 : handset->version < 20 ? 1 : 0;
        handset_say(handset, &message);
}

static void accepted(struct handset *handset, const struct sccp_register_ack *ack)
{
        unsigned version = ack->protocol_version ? ack->protocol_version : 3;
        face_init(&handset->face, handset->kind, version); /* what came before is void */
        handset->context.version = (uint8_t)version;
        handset->face.version = version;
        handset->keepalive_s = ack->keepalive_s;
        loop_timer_start(walk_now->loop, &handset->keepalive, (int64_t)handset->keepalive_s * 1000);
}

static void say_capabilities(struct handset *handset)
{
        static const uint32_t codecs[] = {SCCP_CODEC_G711_ULAW, SCCP_CODEC_G711_ALAW, SCCP_CODEC_G722,
                                          SCCP_CODEC_G729_A};
        struct sccp_message message = {.id = SCCP_CAPABILITIES_RES};
        struct sccp_capabilities_res *res = &message.capabilities_res;
        for (unsigned i = 0; i < (handset->version < 8 ? 2u : 4u); i++)
                res->caps[res->n_caps++] = (struct sccp_capability){.codec = codecs[i], .packet_ms = 40};
        handset_say(handset, &message);
}

void enroll_step(struct handset *handset, const struct sccp_message *answer)
{
        unsigned instance;
        if (answer->id == SCCP_REGISTER_ACK)
                accepted(handset, &answer->register_ack);
        if (answer->id == SCCP_CAPABILITIES_REQ) {
                say_capabilities(handset);
                if (handset->registering && !handset->asked)
                        ask_next(handset);
                return;
        }
        const struct question *question = question_at(handset, handset->asked, &instance);
        if (!handset->registering || !question || (answer->id != question->answer && answer->id != question->other))
                return;
        handset->asked++;
        ask_next(handset);
}
