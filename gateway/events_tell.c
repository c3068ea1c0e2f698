/* The events themselves: what each says. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/core/cause.h"
#include "gateway/events.h"
#include "gateway/media_side.h"

void events_phone(struct phone *phone, const char *name, const char *reason)
{
        struct jsonl line;
        char address[ENDPOINT_TEXT_SIZE];
        events_begin(&line, name);
        jsonl_text(&line, "phone", phone->config->name);
        if (phone->session) {
                struct endpoint peer = sccp_session_peer(phone->session);
                jsonl_text(&line, "model", sccp_session_model(phone->session)->name);
                jsonl_text(&line, "address", endpoint_print(&peer, address));
        }
        jsonl_text(&line, "reason", reason);
        events_send(phone->gateway, &line);
}

void events_line(const struct account *account, bool registered)
{
        struct gateway *gateway = account->gateway;
        struct jsonl line;
        events_begin(&line, registered ? "line.registered" : "line.failed");
        jsonl_text(&line, "line", account->config->number);
        jsonl_text(&line, "pbx", gateway->pbxs[account->pbx].config->name);
        if (!registered) {
                jsonl_number(&line, "status", account->error.status);
                jsonl_text(&line, "reason", account->error.reason);
                jsonl_number(&line, "retry_s", account->error.retry_s);
        }
        events_send(gateway, &line);
}

static const char *number_of(const struct call *call)
{
        return *call->parties.called.number ? call->parties.called.number : call->number;
}

static void put_call(struct jsonl *line, const struct call_slot *slot)
{
        const struct call *call = &slot->call;
        jsonl_number(line, "call", slot->id);
        jsonl_text(line, "phone", slot->phone->config->name);
        jsonl_text(line, "line", slot->line->config->number);
        jsonl_text(line, "direction", call->incoming ? "inbound" : "outbound");
        jsonl_text(line, "from", call->incoming ? call->parties.calling.number : slot->line->config->number);
        jsonl_text(line, "to", call->incoming ? slot->line->config->number : number_of(call));
}

void events_call(struct call_slot *slot, const char *name)
{
        struct jsonl line;
        events_begin(&line, name);
        put_call(&line, slot);
        if (slot->answered_ms && codec_info(slot->codec))
                jsonl_text(&line, "codec", codec_info(slot->codec)->name);
        events_send(slot->phone->gateway, &line);
}

/* Of the clock of the loop, as one of the day. */
static void put_time(struct jsonl *line, const struct gateway *gateway, const char *key, int64_t at_ms)
{
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        int64_t wall = now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
        jsonl_time(line, key, wall - loop_now_ms(gateway->loop) + at_ms);
}

static void put_end(struct jsonl *line, const struct call_slot *slot)
{
        const struct gateway *gateway = slot->phone->gateway;
        const struct call *call = &slot->call;
        int64_t now = loop_now_ms(gateway->loop);
        const char *failure = call->outcome ? call->outcome->name : NULL;
        put_time(line, gateway, "started", slot->began_ms);
        if (slot->answered_ms)
                put_time(line, gateway, "answered", slot->answered_ms);
        jsonl_number(line, "duration_s", (now - slot->began_ms) / 1000);
        jsonl_number(line, "talked_s", slot->answered_ms ? (now - slot->answered_ms) / 1000 : 0);
        jsonl_text(line, "result", slot->answered_ms ? "answered" : failure ? "failed" : "unanswered");
        jsonl_text(line, "cause", failure);
        jsonl_text(line, "reason", *call->reason ? call->reason : NULL);
        if (slot->answered_ms && codec_info(slot->codec))
                jsonl_text(line, "codec", codec_info(slot->codec)->name);
        if (slot->answered_ms)
                jsonl_text(line, "media", slot->direct ? "direct" : "relay");
}

/* The call is not there any more when its relay has counted: what it was is kept as the line that is begun. */
void events_call_ended(struct call_slot *slot)
{
        struct jsonl *line = malloc(sizeof *line);
        if (!line)
                return;
        events_begin(line, "call.ended");
        put_call(line, slot);
        put_end(line, slot);
        free(slot->ended);
        slot->ended = line;
}

static void put_side(struct jsonl *line, const char *key, const struct relay_counters *counters, enum relay_side side)
{
        jsonl_open(line, key);
        jsonl_number(line, "packets", (int64_t)counters->packets[side]);
        jsonl_number(line, "bytes", (int64_t)counters->bytes[side]);
        jsonl_number(line, "lost", (int64_t)counters->lost[side]);
        jsonl_number(line, "jitter_ms", media_side_jitter_ms(counters, side));
        jsonl_close(line);
}

static void put_media(struct call_slot *slot, const struct relay_counters *counters)
{
        put_side(slot->ended, "from_phone", counters, RELAY_PHONE);
        put_side(slot->ended, "from_far", counters, RELAY_SIP);
}

void events_call_flush(struct call_slot *slot)
{
        if (!slot->ended)
                return;
        if (slot->counted.packets[RELAY_PHONE] || slot->counted.packets[RELAY_SIP])
                put_media(slot, &slot->counted);
        events_record(slot->gateway, slot->ended);
        free(slot->ended);
        slot->ended = NULL;
}

/* A call may have had several streams, one after the other; of jitter and the rest the last one's holds. */
void events_call_counted(struct call_slot *slot, const struct relay_counters *counters)
{
        struct relay_counters before = slot->counted;
        slot->counted = *counters;
        for (unsigned side = 0; side < 2; side++) {
                slot->counted.packets[side] += before.packets[side];
                slot->counted.bytes[side] += before.bytes[side];
                slot->counted.lost[side] += before.lost[side];
        }
        slot->streams -= slot->streams > 0;
        if (!slot->streams)
                events_call_flush(slot);
}
