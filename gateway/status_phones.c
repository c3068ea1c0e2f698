/* Phones as JSON: all of them in short, one of them in full, and those that knocked without being known. */
#include <ctype.h>
#include <inttypes.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/roster.h"
#include "gateway/status_json.h"

/* What `show phone` calls the states of a line. */
static json_t *line_json(const struct gateway *gateway, const struct phone_line *line, bool whole)
{
        const struct config_pbx *pbx = gateway->pbxs[line->account->pbx].config;
        json_t *json = json_pack("{s:o, s:s}", "number", json_text(line->config->number), "state",
                                 line_state_name(line->account->state.state));
        if (!whole)
                return json;
        json_object_set_new(json, "instance", json_integer(line->instance));
        json_object_set_new(json, "lamp",
                            json_text(line->there ? look_lamp_name(line->phone->shown.lamps[line->instance]) : NULL));
        json_object_set_new(json, "name", json_text(line->config->name));
        json_object_set_new(json, "label", json_text(line->config->label));
        json_object_set_new(json, "phones", json_integer(line->account->n_lines));
        json_object_set_new(json, "pbx", pbx->address ? json_text(pbx->name) : json_null());
        json_object_set_new(json, "error", json_line_error(line->account));
        return json;
}

static json_t *lines_json(const struct phone *phone, bool whole)
{
        json_t *lines = json_array();
        for (unsigned i = 0; i < phone->n_lines; i++)
                json_array_append_new(lines, line_json(phone->gateway, &phone->lines[i], whole));
        return lines;
}

static json_t *endpoint_json(const struct endpoint *endpoint)
{
        char text[ENDPOINT_TEXT_SIZE];
        return endpoint->ip.family ? json_string(endpoint_print(endpoint, text)) : json_null();
}

static json_t *phone_json(const struct phone *phone, bool whole)
{
        const struct sccp_session *session = phone->session;
        struct endpoint peer = session ? sccp_session_peer(session) : (struct endpoint){.port = 0};
        const char *model = session ? sccp_session_model(session)->name : phone->config->model;
        char tls[TLS_TEXT_SIZE];
        bool secure = session && sccp_session_tls(session, tls);
        return json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:i}", "name", json_text(phone->config->name),
                         "description", json_text(phone->config->description), "state", session ? "registered" : "away",
                         "since_s", json_ago(phone->gateway, phone->since_ms), "model", json_text(model), "protocol",
                         session ? json_integer(sccp_session_version(session)) : json_null(), "address",
                         endpoint_json(&peer), "tls", secure ? json_string(tls) : json_null(), "lines",
                         lines_json(phone, whole), "calls", (int)bridge_calls(phone));
}

/* Where it stands in the configuration, ready to be pasted. */
static json_t *knock_json(const struct gateway *gateway, const struct knock *knock)
{
        char yaml[128];
        text_printf(yaml, sizeof yaml, "phones:\n  %s:\n    lines: [{number: \"...\", password: ...}]\n", knock->name);
        return json_pack("{s:s, s:i, s:s, s:o, s:o, s:i, s:o, s:s}", "name", knock->name, "type",
                         (int)knock->device_type, "model", sccp_model_by_type(knock->device_type)->name, "address",
                         endpoint_json(&knock->from), "ago_s", json_ago(gateway, knock->at_ms), "times",
                         (int)knock->times, "told", json_text(knock->text), "yaml", yaml);
}

json_t *json_phones(const struct gateway *gateway)
{
        json_t *phones = json_array(), *unknown = json_array();
        for (size_t i = 0; i < gateway->n_phones; i++)
                json_array_append_new(phones, phone_json(gateway->phones[i], false));
        for (size_t i = 0; i < gateway->knocks.count; i++)
                json_array_append_new(unknown, knock_json(gateway, &gateway->knocks.at[i]));
        return json_pack("{s:o, s:o}", "phones", phones, "unknown", unknown);
}

void status_phones(void *owner, const struct http_request *request, struct http_reply *reply)
{
        (void)request;
        json_reply(reply, json_phones(owner));
}

/* ---- one phone ---- */

static json_t *features_json(uint16_t features)
{
        json_t *names = json_array();
        const char *name;
        uint32_t bit;
        for (size_t i = 0; (name = sccp_value_at(SCCP_VALUES_feature, i, &bit)) != NULL; i++)
                if (features & bit)
                        json_array_append_new(names, json_string(name));
        return names;
}

static json_t *capabilities_json(const struct sccp_session *session)
{
        size_t count;
        const struct sccp_capability *capabilities = sccp_session_capabilities(session, &count);
        json_t *list = json_array();
        for (size_t i = 0; i < count; i++) {
                const char *name = sccp_value_name(SCCP_VALUES_codec, capabilities[i].codec);
                char number[16];
                text_printf(number, sizeof number, "%" PRIu32, capabilities[i].codec);
                json_array_append_new(list, json_pack("{s:s, s:i}", "codec", name ? name : number, "packet_ms",
                                                      (int)capabilities[i].packet_ms));
        }
        return list;
}

static json_t *calls_json(const struct phone *phone)
{
        json_t *calls = json_array();
        int64_t now = loop_now_ms(phone->gateway->loop);
        for (const struct call_slot *slot = phone->calls; slot; slot = slot->next) {
                const struct call *call = &slot->call;
                const struct party *peer = call->incoming ? &call->parties.calling : &call->parties.called;
                const struct codec_info *codec = codec_info(call->stream.codec);
                if (slot->done)
                        continue;
                json_array_append_new(
                        calls, json_pack("{s:i, s:o, s:s, s:s, s:o, s:o, s:i, s:o}", "id", (int)slot->id, "line",
                                         json_text(slot->line->config->number), "state", call_state_name(call->state),
                                         "direction", call->incoming ? "inbound" : "outbound", "number",
                                         json_text(*peer->number ? peer->number : call->number), "name",
                                         json_text(peer->name), "age_s", (int)((now - slot->began_ms) / 1000), "codec",
                                         codec && call->relayed ? json_text(codec->name) : json_null()));
        }
        return calls;
}

static json_t *buttons_json(const struct phone *phone)
{
        static const char *const kinds[] = {[BUTTON_EMPTY] = "empty",
                                            [BUTTON_LINE] = "line",
                                            [BUTTON_SPEED_DIAL] = "speeddial",
                                            [BUTTON_FEATURE] = "feature",
                                            [BUTTON_SERVICE] = "service"};
        const struct config_phone *config = phone->config;
        json_t *buttons = json_array();
        unsigned lines = 0;
        for (size_t i = 0; i < config->n_buttons; i++) {
                const struct config_button *button = &config->buttons[i];
                bool line = button->kind == BUTTON_LINE && lines < phone->n_lines;
                const struct config_line *of = line ? phone->lines[lines++].config : NULL;
                json_array_append_new(buttons, json_pack("{s:s, s:o, s:o}", "kind", kinds[button->kind], "number",
                                                         json_text(of ? of->number : button->number), "label",
                                                         json_text(of ? of->label : button->label)));
        }
        return buttons;
}

static json_t *forwards_json(const struct phone *phone)
{
        json_t *list = json_array();
        for (unsigned i = 0; i < phone->n_lines; i++)
                for (enum forward_kind kind = 0; kind < FORWARD_KINDS; kind++)
                        if (*phone->lines[i].account->forwards.to[kind])
                                json_array_append_new(list,
                                                      json_pack("{s:o, s:s, s:o}", "line",
                                                                json_text(phone->lines[i].config->number), "kind",
                                                                forward_name(kind), "to",
                                                                json_text(phone->lines[i].account->forwards.to[kind])));
        return list;
}

json_t *json_phone(const struct phone *phone)
{
        const struct sccp_session *session = phone->session;
        json_t *json = phone_json(phone, true);
        json_object_set_new(json, "calls", calls_json(phone));
        json_object_set_new(json, "device_type",
                            session ? json_integer(sccp_session_device_type(session)) : json_null());
        json_object_set_new(json, "features", session ? features_json(sccp_session_features(session)) : json_null());
        json_object_set_new(json, "capabilities", session ? capabilities_json(session) : json_null());
        json_object_set_new(json, "buttons", buttons_json(phone));
        json_object_set_new(json, "forwards", forwards_json(phone));
        json_object_set_new(json, "dnd", json_text(dnd_name(phone->dnd)));
        json_object_set_new(json, "last_reason", json_text(*phone->last_reason ? phone->last_reason : NULL));
        json_object_set_new(json, "firmware", json_text(session ? sccp_session_firmware(session) : NULL));
        json_object_set_new(json, "reset_due", json_boolean(phone->reset_due));
        json_object_set_new(json, "registrations", json_integer((json_int_t)phone->registrations));
        json_object_set_new(json, "calls_in", json_integer((json_int_t)phone->calls_in));
        json_object_set_new(json, "calls_out", json_integer((json_int_t)phone->calls_out));
        return json;
}

void status_phone(void *owner, const struct http_request *request, struct http_reply *reply)
{
        char name[ROUTE_NAME_SIZE];
        TEXT_SET(name, request->name);
        for (char *c = name; *c; c++)
                *c = (char)toupper((unsigned char)*c);
        const struct phone *phone = roster_phone(owner, name);
        if (phone)
                json_reply(reply, json_phone(phone));
        else
                http_refuse(reply, 404, "no phone of that name is configured");
}
