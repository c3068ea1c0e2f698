/* Lines as JSON: each number once, with all phones it is on. */
#include "gateway/status_json.h"

json_t *json_line_error(const struct account *account)
{
        const struct line_error *error = &account->error;
        if (!error->at_ms)
                return json_null();
        return json_pack("{s:i, s:o, s:i, s:o}", "status", error->status, "reason", json_text(error->reason), "retry_s",
                         (int)error->retry_s, "ago_s", json_ago(account->gateway, error->at_ms));
}

/* Its calls on that phone by their states, as `show calls` names them. */
static json_t *calls_json(const struct phone_line *line)
{
        json_t *calls = json_array();
        for (const struct call_slot *slot = line->phone->calls; slot; slot = slot->next)
                if (slot->line == line && !slot->done && slot->call.state != CALL_IDLE)
                        json_array_append_new(calls, json_string(call_state_name(slot->call.state)));
        return calls;
}

/* A phone may be here and have fewer keys than lines. */
static const char *presence(const struct phone_line *line)
{
        if (!line->phone->session)
                return "away";
        return line->there ? "registered" : "no key";
}

static json_t *phones_json(const struct account *account)
{
        json_t *phones = json_array();
        for (const struct phone_line *line = account->lines; line; line = line->next)
                json_array_append_new(phones,
                                      json_pack("{s:o, s:i, s:s, s:o}", "name", json_text(line->phone->config->name),
                                                "instance", (int)line->instance, "state", presence(line), "calls",
                                                calls_json(line)));
        return phones;
}

static json_t *forwards_json(const struct account *account)
{
        json_t *forwards = json_object();
        for (enum forward_kind kind = 0; kind < FORWARD_KINDS; kind++)
                if (*account->forwards.to[kind])
                        json_object_set_new(forwards, forward_name(kind), json_text(account->forwards.to[kind]));
        return forwards;
}

/* How many messages are new; null: nobody told. */
static json_t *mail_json(const struct mail_box *mail)
{
        return mail->known ? json_integer(mail_waiting(mail) ? mail_count(mail) : 0) : json_null();
}

static json_t *line_json(const struct account *account)
{
        const struct config_pbx *pbx = account->gateway->pbxs[account->pbx].config;
        return json_pack(
                "{s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o}", "number", json_text(account->config->number), "name",
                json_text(account->config->name), "pbx", pbx->address ? json_text(pbx->name) : json_null(), "state",
                line_state_name(account->state.state), "phones", phones_json(account), "forwards",
                forwards_json(account), "voicemail", mail_json(&account->mail), "error", json_line_error(account));
}

void status_lines(void *owner, const struct http_request *request, struct http_reply *reply)
{
        const struct gateway *gateway = owner;
        json_t *lines = json_array();
        (void)request;
        for (size_t i = 0; i < gateway->n_accounts; i++)
                if (gateway->accounts[i])
                        json_array_append_new(lines, line_json(gateway->accounts[i]));
        json_reply(reply, json_pack("{s:o}", "lines", lines));
}
