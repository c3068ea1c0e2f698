/* Calls and their audio as JSON: what they are, and what the relay has counted a second ago at most. */
#include "gateway/media_side.h"
#include "gateway/status_json.h"

static json_t *side_json(const struct relay_counters *counters, enum relay_side side, const struct crypto_keys *keys)
{
        return json_pack("{s:I, s:I, s:I, s:i, s:I, s:I, s:I, s:I, s:b}", "packets",
                         (json_int_t)counters->packets[side], "bytes", (json_int_t)counters->bytes[side], "lost",
                         (json_int_t)counters->lost[side], "jitter_ms", (int)media_side_jitter_ms(counters, side),
                         "rtcp", (json_int_t)counters->rtcp[side], "strangers", (json_int_t)counters->strangers[side],
                         "invalid", (json_int_t)(counters->invalid[side] + counters->refused[side]), "foreign",
                         (json_int_t)counters->foreign[side], "srtp", keys->suite != CRYPTO_NONE);
}

/* null: no audio through the relay. */
static json_t *audio_json(const struct call_slot *slot)
{
        struct relay *relay = slot->phone->gateway->relay;
        struct relay_counters counters;
        if (!slot->call.relayed || !relay || !relay_look(relay, slot->id, &counters))
                return json_null();
        return json_pack("{s:s, s:i, s:i, s:o, s:o, s:b}", "mode", slot->call.direct ? "direct" : "relay", "phone_port",
                         (int)slot->ports.phone, "sip_port", (int)slot->ports.sip, "from_phone",
                         side_json(&counters, RELAY_PHONE, &slot->phone_keys), "from_far",
                         side_json(&counters, RELAY_SIP, &slot->call.stream.keys), "one_way", (int)slot->one_way);
}

static json_t *call_json(const struct call_slot *slot)
{
        const struct call *call = &slot->call;
        const struct party *peer = call->incoming ? &call->parties.calling : &call->parties.called;
        const struct codec_info *codec = codec_info(call->stream.codec), *far = codec_info(call->stream.far_codec);
        int64_t now = loop_now_ms(slot->phone->gateway->loop);
        return json_pack("{s:i, s:o, s:o, s:s, s:s, s:o, s:o, s:i, s:o, s:o, s:o}", "id", (int)slot->id, "phone",
                         json_text(slot->phone->config->name), "line", json_text(slot->line->account->config->number),
                         "state", call_state_name(call->state), "direction", call->incoming ? "inbound" : "outbound",
                         "number", json_text(*peer->number ? peer->number : call->number), "name",
                         json_text(peer->name), "age_s", (int)((now - slot->began_ms) / 1000), "codec",
                         codec && call->relayed ? json_text(codec->name) : json_null(), "converted_to",
                         slot->converted && far ? json_text(far->name) : json_null(), "audio", audio_json(slot));
}

json_t *json_calls(const struct gateway *gateway, bool with_audio)
{
        json_t *calls = json_array();
        for (size_t i = 0; i < gateway->n_phones; i++)
                for (const struct call_slot *slot = gateway->phones[i]->calls; slot; slot = slot->next)
                        if (!slot->done && slot->call.state != CALL_IDLE && (slot->call.relayed || !with_audio))
                                json_array_append_new(calls, call_json(slot));
        return calls;
}

void status_calls(void *owner, const struct http_request *request, struct http_reply *reply)
{
        (void)request;
        json_reply(reply, json_pack("{s:o}", "calls", json_calls(owner, false)));
}

static const char *const modes[] = {[MEDIA_RELAY] = "relay", [MEDIA_DIRECT] = "direct", [MEDIA_AUTO] = "auto"};

void status_media(void *owner, const struct http_request *request, struct http_reply *reply)
{
        const struct gateway *gateway = owner;
        const struct relay *relay = gateway->relay;
        (void)request;
        json_reply(reply,
                   json_pack("{s:s, s:i, s:i, s:i, s:I, s:o}", "mode", modes[gateway->config->media.mode], "threads",
                             relay ? (int)relay_threads(relay) : 0, "ports", relay ? (int)relay_ports_total(relay) : 0,
                             "ports_used", relay ? (int)relay_ports_used(relay) : 0, "one_way_calls",
                             (json_int_t)gateway->totals.one_way, "calls", json_calls(gateway, true)));
}
