/* One row per question. Which of a static and a dynamic answer is given to whom is in takes.c. */
#include "sccp/answers.h"

#include "gateway/base/text.h"
#include "sccp/charset.h"
#include "sccp/softkeys.h"
#include "sccp/takes.h"

#define SERVERS_MAX 5

struct question {
        const struct sccp_station *station;
        const struct sccp_facts *facts;
        const struct sccp_message *message;
};

static void answer_forward(const struct question *q, struct sccp_replies *replies)
{
        sccp_setup_forwards(q->station->setup, q->message->forward_stat_req.line, q->station->version,
                            &sccp_reply(replies, SCCP_FORWARD_STAT)->forward_stat);
}

static void answer_speed_dial(const struct question *q, struct sccp_replies *replies)
{
        struct sccp_message *reply = sccp_reply(replies, SCCP_SPEED_DIAL_STAT);
        sccp_setup_speed_dial(q->station->setup, q->message->speed_dial_stat_req.index, q->station->charset,
                              &reply->speed_dial_stat);
}

static void answer_line(const struct question *q, struct sccp_replies *replies)
{
        uint32_t line = q->message->line_stat_req.line;
        const struct sccp_charset *charset = q->station->charset;
        if (sccp_form(SCCP_LINE_STAT, q->station->version) == SCCP_LINE_STAT_DYNAMIC)
                sccp_setup_line_dynamic(q->station->setup, line, charset,
                                        &sccp_reply(replies, SCCP_LINE_STAT_DYNAMIC)->line_stat_dynamic);
        else
                sccp_setup_line(q->station->setup, line, charset, &sccp_reply(replies, SCCP_LINE_STAT)->line_stat);
}

static void answer_config(const struct question *q, struct sccp_replies *replies)
{
        const struct sccp_station *station = q->station;
        struct sccp_config_stat *config = &sccp_reply(replies, SCCP_CONFIG_STAT)->config_stat;
        const struct sccp_charset *charset = station->charset;
        TEXT_SET(config->station.device_name, station->name);
        config->station.user_id = station->user_id;
        config->station.instance = station->instance;
        sccp_text_put(config->user_name, sizeof config->user_name, sccp_setup_description(station->setup), charset);
        sccp_text_put(config->server_name, sizeof config->server_name, q->facts->node_name, charset);
        config->lines = sccp_setup_line_keys(station->setup);
        config->speed_dials = sccp_setup_speed_dials(station->setup);
}

static void answer_button_template(const struct question *q, struct sccp_replies *replies)
{
        sccp_setup_button_template(q->station->setup, &sccp_reply(replies, SCCP_BUTTON_TEMPLATE)->button_template);
}

/* No firmware is wished for: a name here that is not the phone's own makes it fetch one (field guide 1.K). */
static void answer_version(const struct question *q, struct sccp_replies *replies)
{
        (void)q;
        sccp_reply(replies, SCCP_VERSION);
}

/* Every server listens where we do. Addresses are given for names that are addresses. */
static void answer_server(const struct question *q, struct sccp_replies *replies)
{
        struct sccp_server_res *servers = &sccp_reply(replies, SCCP_SERVER_RES)->server_res;
        const struct endpoint *local = &q->facts->local;
        for (size_t i = 0; i < q->facts->n_servers && i < SERVERS_MAX; i++) {
                TEXT_SET(servers->names[i].name, q->facts->servers[i]);
                servers->ports[i].port = local->port;
                ip_parse(q->facts->servers[i], &servers->addresses[i].ip);
        }
        if (q->facts->n_servers)
                return;
        char text[IP_TEXT_SIZE];
        TEXT_SET(servers->names[0].name, ip_print(&local->ip, text));
        servers->ports[0].port = local->port;
        servers->addresses[0].ip = local->ip;
}

static void answer_soft_key_template(const struct question *q, struct sccp_replies *replies)
{
        sccp_setup_soft_key_template(q->station->setup,
                                     &sccp_reply(replies, SCCP_SOFT_KEY_TEMPLATE_RES)->soft_key_template_res);
}

/* CallManager 4.1 selects the idle set right behind the sets (flows 4.1). A phone that asks again keeps the set its
 * calls need; small business phones ask for the first time when they are ready. */
static void answer_soft_key_sets(const struct question *q, struct sccp_replies *replies)
{
        sccp_setup_soft_key_sets(q->station->setup, &sccp_reply(replies, SCCP_SOFT_KEY_SET_RES)->soft_key_set_res);
        if (q->station->phase == SCCP_PHASE_READY && q->station->has_soft_keys)
                return;
        struct sccp_select_soft_keys *select = &sccp_reply(replies, SCCP_SELECT_SOFT_KEYS)->select_soft_keys;
        select->set = SCCP_SOFTKEYS_ON_HOOK;
        select->valid_keys = SCCP_SOFT_KEYS_ALL;
}

static void answer_service(const struct question *q, struct sccp_replies *replies)
{
        sccp_setup_service(q->station->setup, q->message->service_url_stat_req.index, q->station->charset,
                           &sccp_reply(replies, SCCP_SERVICE_URL_STAT)->service_url_stat);
}

bool sccp_feature_message(const struct sccp_station *station, uint32_t instance, struct sccp_message *out)
{
        struct sccp_feature_stat_dynamic stat;
        if (!sccp_setup_feature(station->setup, instance, station->charset, &stat))
                return false;
        *out = (struct sccp_message){.id = sccp_form(SCCP_FEATURE_STAT, station->version)};
        if (out->id == SCCP_FEATURE_STAT_DYNAMIC) {
                out->feature_stat_dynamic = stat;
                return true;
        }
        out->feature_stat = (struct sccp_feature_stat){.index = stat.index, .type = stat.type, .status = stat.status};
        text_copy(out->feature_stat.label, sizeof out->feature_stat.label, stat.label);
        return true;
}

static void answer_feature(const struct question *q, struct sccp_replies *replies)
{
        uint32_t index = q->message->feature_stat_req.index;
        struct sccp_message message;
        if (sccp_feature_message(q->station, index, &message))
                *sccp_reply(replies, message.id) = message;
        else
                sccp_reply(replies, SCCP_FEATURE_STAT)->feature_stat.index = index;
}

/* Before the phone is registered: later it is a wish of its user, not a question (input.h). */
static void answer_subscription(const struct question *q, struct sccp_replies *replies)
{
        const struct sccp_subscription_stat_req *request = &q->message->subscription_stat_req;
        sccp_reply(replies, SCCP_SUBSCRIPTION_STAT_RES)->subscription_stat_res = (struct sccp_subscription_stat_res){
                .transaction_id = request->transaction_id,
                .feature = request->feature,
                .timer = request->timer,
                .cause = SCCP_SUBSCRIPTION_THROTTLE};
}

static void answer_call_count(const struct question *q, struct sccp_replies *replies)
{
        sccp_setup_call_counts(q->station->setup, 1, &sccp_reply(replies, SCCP_CALL_COUNT_RES)->call_count_res);
}

/* Lamps are the PBX's to light, not a voice mail port's. */
static void answer_mwi(const struct question *q, struct sccp_replies *replies)
{
        struct sccp_mwi_res *res = &sccp_reply(replies, SCCP_MWI_RES)->mwi_res;
        TEXT_SET(res->target_number, q->message->mwi_notification.target_number);
        res->result = SCCP_MWI_REQUEST_REJECTED;
}

static const struct answer {
        enum sccp_id id;
        void (*give)(const struct question *, struct sccp_replies *);
} answers[] = {
        {SCCP_FORWARD_STAT_REQ, answer_forward},
        {SCCP_SPEED_DIAL_STAT_REQ, answer_speed_dial},
        {SCCP_LINE_STAT_REQ, answer_line},
        {SCCP_CONFIG_STAT_REQ, answer_config},
        {SCCP_BUTTON_TEMPLATE_REQ, answer_button_template},
        {SCCP_VERSION_REQ, answer_version},
        {SCCP_SERVER_REQ, answer_server},
        {SCCP_SOFT_KEY_SET_REQ, answer_soft_key_sets},
        {SCCP_SOFT_KEY_TEMPLATE_REQ, answer_soft_key_template},
        {SCCP_SERVICE_URL_STAT_REQ, answer_service},
        {SCCP_FEATURE_STAT_REQ, answer_feature},
        {SCCP_SUBSCRIPTION_STAT_REQ, answer_subscription},
        {SCCP_MWI_NOTIFICATION, answer_mwi},
        {SCCP_CALL_COUNT_REQ, answer_call_count},
};

bool sccp_answer(const struct sccp_station *station, const struct sccp_facts *facts, const struct sccp_message *message,
                 struct sccp_replies *replies)
{
        struct question question = {station, facts, message};
        for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
                if (answers[i].id == message->id) {
                        answers[i].give(&question, replies);
                        return true;
                }
        return false;
}
