/* The gateway as a whole, in one JSON document. */
#include <unistd.h>

#include "gateway/bridge.h"
#include "gateway/status.h"
#include "gateway/status_json.h"

static json_t *reasons_json(const struct gateway *gateway)
{
        const char *reasons[STATUS_REASONS_MAX];
        size_t n = status_reasons(gateway, reasons);
        json_t *list = json_array();
        for (size_t i = 0; i < n; i++)
                json_array_append_new(list, json_string(reasons[i]));
        return list;
}

/* Whether one answers, and its lines by the state of their registration. */
static json_t *pbx_json(const struct gateway *gateway, size_t pbx)
{
        const struct config_pbx *config = gateway->pbxs[pbx].config;
        const struct pbx_state *state = &gateway->pbxs[pbx];
        json_int_t states[LINE_STATES] = {0}, total = 0;
        for (size_t i = 0; i < gateway->n_accounts; i++) {
                const struct account *account = gateway->accounts[i];
                if (!account || account->pbx != pbx)
                        continue;
                states[account->state.state]++;
                total++;
        }
        return json_pack("{s:o, s:o, s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I}", "name", json_text(config->name),
                         "address", json_text(config->address), "state",
                         !state->known ? "unknown"
                         : state->up   ? "up"
                                       : "down",
                         "since_s", state->known ? json_ago(gateway, state->since_ms) : json_null(), "round_trip_ms",
                         state->known && state->up && state->rtt_ms ? json_integer(state->rtt_ms) : json_null(),
                         "lines", total, "registered", states[LINE_IN_SERVICE], "trying", states[LINE_TRYING], "failed",
                         states[LINE_NOT_REGISTERED], "unreachable", states[LINE_NO_PBX], "absent",
                         states[LINE_ABSENT]);
}

static json_t *pbxs_json(const struct gateway *gateway)
{
        json_t *list = json_array();
        for (size_t i = 0; i < SIP_PBXS_MAX; i++)
                if (gateway->pbxs[i].config)
                        json_array_append_new(list, pbx_json(gateway, i));
        return list;
}

static json_t *calls_json(const struct gateway *gateway)
{
        const uint64_t(*totals)[CALL_RESULTS] = gateway->totals.calls;
        json_int_t active = 0;
        for (size_t i = 0; i < gateway->n_phones; i++)
                active += (json_int_t)bridge_calls(gateway->phones[i]);
        return json_pack("{s:I, s:I, s:I, s:I}", "active", active, "answered",
                         (json_int_t)(totals[0][CALL_ANSWERED] + totals[1][CALL_ANSWERED]), "unanswered",
                         (json_int_t)(totals[0][CALL_UNANSWERED] + totals[1][CALL_UNANSWERED]), "failed",
                         (json_int_t)(totals[0][CALL_REFUSED] + totals[1][CALL_REFUSED]));
}

json_t *json_status(const struct gateway *gateway)
{
        json_t *reasons = reasons_json(gateway);
        return json_pack("{s:s, s:o, s:i, s:I, s:b, s:o, s:b, s:{s:I, s:I, s:I}, s:o, s:o, s:I, s:o}", "version",
                         SCCPGW_VERSION, "node", json_text(gateway->config->node.name), "pid", (int)getpid(),
                         "uptime_s", (json_int_t)((loop_now_ms(gateway->loop) - gateway->started_ms) / 1000), "ready",
                         json_array_size(reasons) == 0, "reasons", reasons, "draining", (int)gateway->draining,
                         "phones", "known", (json_int_t)gateway->n_phones, "registered",
                         (json_int_t)sccp_server_registered(gateway->server), "unknown",
                         (json_int_t)gateway->knocks.count, "pbx", pbxs_json(gateway), "calls", calls_json(gateway),
                         "traces", (json_int_t)gateway->n_traces, "config", json_reload(gateway));
}

void status_summary(void *owner, const struct http_request *request, struct http_reply *reply)
{
        (void)request;
        json_reply(reply, json_status(owner));
}
