#include "gateway/media_side.h"

#include <inttypes.h>

#include "gateway/base/text.h"
#include "gateway/events.h"

unsigned media_side_jitter_ms(const struct relay_counters *counters, enum relay_side side)
{
        return (unsigned)(counters->jitter_us[side] / 1000);
}

static void count(struct gateway *gateway, const struct relay_counters *counters)
{
        struct gateway_totals *totals = &gateway->totals;
        for (unsigned side = 0; side < 2; side++) {
                totals->packets[side] += counters->packets[side];
                totals->bytes[side] += counters->bytes[side];
                totals->lost[side] += counters->lost[side];
                totals->rtp_refused[RTP_STRANGER] += counters->strangers[side];
                totals->rtp_refused[RTP_INVALID] += counters->invalid[side];
                totals->rtp_refused[RTP_FOREIGN] += counters->foreign[side];
                totals->unsafe[side] += counters->refused[side];
        }
}

/* A slot keeps what its last call was until another one takes it. */
static const char *subject_of(const struct gateway *gateway, uint32_t id, char *text, size_t size)
{
        const struct call_slot *slot = &gateway->slots[id_slot(&gateway->ids, id)];
        if (slot->last_id == id && slot->line)
                text_printf(text, size, "call %" PRIu32 " line %s", id, slot->line->account->config->number);
        else
                text_printf(text, size, "call %" PRIu32, id);
        return text;
}

static void say_side(const struct relay_counters *counters, enum relay_side side, char *text, size_t size)
{
        text_append(text, size, "%" PRIu64 " packets from the %s", counters->packets[side],
                    side == RELAY_PHONE ? "phone" : "far end");
        if (counters->packets[side])
                text_append(text, size, ", %" PRIu64 " lost, jitter %u ms", counters->lost[side],
                            media_side_jitter_ms(counters, side));
}

static void say_refused(const struct relay_counters *counters, char *text, size_t size)
{
        uint64_t strangers = counters->strangers[0] + counters->strangers[1];
        uint64_t others = counters->invalid[0] + counters->invalid[1] + counters->refused[0] + counters->refused[1];
        uint64_t foreign = counters->foreign[0] + counters->foreign[1];
        if (strangers)
                text_append(text, size, "; %" PRIu64 " from strangers", strangers);
        if (foreign)
                text_append(text, size, "; %" PRIu64 " of payload types not agreed on", foreign);
        if (others)
                text_append(text, size, "; %" PRIu64 " not valid", others);
}

void media_side_closed(struct gateway *gateway, const struct relay_event *event)
{
        const struct relay_counters *counters = &event->counters;
        char subject[96], text[256] = "";
        struct call_slot *slot = &gateway->slots[id_slot(&gateway->ids, event->stream)];
        count(gateway, counters);
        if (slot->last_id == event->stream)
                events_call_counted(slot, counters);
        say_side(counters, RELAY_PHONE, text, sizeof text);
        text_append(text, sizeof text, "; ");
        say_side(counters, RELAY_SIP, text, sizeof text);
        say_refused(counters, text, sizeof text);
        log_info(subject_of(gateway, event->stream, subject, sizeof subject), "audio: %s", text);
}

/* Early media is one way by nature. */
void media_side_one_way(struct call_slot *slot, enum relay_side side)
{
        char subject[96];
        if (!slot->answered_ms || slot->one_way)
                return;
        slot->one_way = true;
        slot->phone->gateway->totals.one_way++;
        log_warning(subject_of(slot->phone->gateway, slot->id, subject, sizeof subject),
                    "one-way audio: nothing is heard from the %s", side == RELAY_PHONE ? "phone" : "far end");
}

void media_side_statistics(struct phone *phone, const struct sccp_input *input)
{
        char subject[96];
        log_info(subject_of(phone->gateway, input->reference, subject, sizeof subject),
                 "the phone counted %u packets sent, %u received, %u lost, jitter %u ms",
                 input->statistics.packets_sent, input->statistics.packets_received, input->statistics.packets_lost,
                 input->statistics.jitter_ms);
}
