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
        sccp_reply(replies, SCCP_FORWARD_STAT)->forward_stat.line = q->message->forward_stat_req.line;
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
        (void)q;
        sccp_soft_key_template(&sccp_reply(replies, SCCP_SOFT_KEY_TEMPLATE_RES)->soft_key_template_res);
}

/* CallManager 4.1 selects the idle set right behind the sets (flows 4.1). A phone that asks again keeps the set its
 * calls need; small business phones ask for the first time when they are ready. */
static void answer_soft_key_sets(const struct question *q, struct sccp_replies *replies)
{
        sccp_soft_key_sets(&sccp_reply(replies, SCCP_SOFT_KEY_SET_RES)->soft_key_set_res);
        if (q->station->phase == SCCP_PHASE_READY && q->station->has_soft_keys)
                return;
        struct sccp_select_soft_keys *select = &sccp_reply(replies, SCCP_SELECT_SOFT_KEYS)->select_soft_keys;
        select->set = SCCP_SOFTKEYS_ON_HOOK;
        select->valid_keys = SCCP_SOFT_KEYS_ALL;
}

static void answer_service(const struct question *q, struct sccp_replies *replies)
{
        sccp_reply(replies, SCCP_SERVICE_URL_STAT)->service_url_stat.index = q->message->service_url_stat_req.index;
}

static void answer_feature(const struct question *q, struct sccp_replies *replies)
{
        struct sccp_feature_stat_dynamic lamp;
        uint32_t index = q->message->feature_stat_req.index;
        if (sccp_setup_feature(q->station->setup, index, q->station->charset, &lamp)) {
                sccp_reply(replies, SCCP_FEATURE_STAT_DYNAMIC)->feature_stat_dynamic = lamp;
                return;
        }
        sccp_reply(replies, SCCP_FEATURE_STAT)->feature_stat.index = index;
}

/* What we know of other lines is not told this way: accepted, and what it asked about stays unknown (flows 17). */
static void answer_subscription(const struct question *q, struct sccp_replies *replies)
{
        const struct sccp_subscription_stat_req *request = &q->message->subscription_stat_req;
        sccp_reply(replies, SCCP_SUBSCRIPTION_STAT_RES)->subscription_stat_res = (struct sccp_subscription_stat_res){
                .transaction_id = request->transaction_id,
                .feature = request->feature,
                .timer = request->timer,
                .cause = SCCP_SUBSCRIPTION_OK};
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
