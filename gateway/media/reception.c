/* RFC 3550 appendix A.1 (sequence numbers), A.3 (loss), A.8 (jitter). A source is believed from its first packet on:
 * who may be one was decided before. */
#include "gateway/media/reception.h"

enum { DROPOUT_MAX = 3000, MISORDER_MAX = 100, SEQUENCE_AT = 2, TIMESTAMP_AT = 4, SSRC_AT = 8 };

static uint16_t get16(const uint8_t *at)
{
        return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
        return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static uint64_t lost_now(const struct reception *reception)
{
        if (!reception->begun)
                return 0;
        uint64_t newest = (uint64_t)reception->cycles << 16 | reception->newest;
        uint64_t expected = newest - reception->first + 1;
        return expected > reception->received ? expected - reception->received : 0;
}

static void begin(struct reception *reception, uint16_t sequence)
{
        reception->lost_before += lost_now(reception);
        reception->begun = true;
        reception->has_jumped = false;
        reception->first = reception->newest = sequence;
        reception->cycles = 0;
        reception->received = 1;
}

static void note_sequence(struct reception *reception, uint16_t sequence)
{
        uint16_t step = (uint16_t)(sequence - reception->newest);
        if (step < DROPOUT_MAX) {
                reception->cycles += sequence < reception->newest;
                reception->newest = sequence;
                reception->has_jumped = false;
        } else if (step <= UINT16_MAX + 1 - MISORDER_MAX) {
                /* the next one in order after a jump says that the source has begun anew */
                if (reception->has_jumped && sequence == reception->jumped_to) {
                        begin(reception, sequence);
                        return;
                }
                reception->has_jumped = true;
                reception->jumped_to = (uint16_t)(sequence + 1);
                return;
        }
        reception->received++;
}

/* Packets of one time, as those of a telephone event, did not leave at that time. */
static void note_arrival(struct reception *reception, uint32_t timestamp, int64_t now_us, uint32_t clock_hz, bool first)
{
        uint32_t arrival = (uint32_t)((uint64_t)now_us * clock_hz / 1000000);
        uint32_t transit = arrival - timestamp;
        if (!first && timestamp == reception->timestamp)
                return;
        int32_t moved = (int32_t)(transit - reception->transit);
        uint32_t distance = moved < 0 ? 0u - (uint32_t)moved : (uint32_t)moved;
        reception->transit = transit;
        reception->timestamp = timestamp;
        if (!first && distance < clock_hz) /* a second: it paused, and its clock did too */
                reception->jitter += distance - ((reception->jitter + 8) >> 4);
}

void reception_note(struct reception *reception, const uint8_t *header, int64_t now_us, uint32_t clock_hz)
{
        uint32_t ssrc = get32(header + SSRC_AT);
        bool first = !reception->begun || ssrc != reception->ssrc;
        reception->ssrc = ssrc;
        if (first)
                begin(reception, get16(header + SEQUENCE_AT));
        else
                note_sequence(reception, get16(header + SEQUENCE_AT));
        note_arrival(reception, get32(header + TIMESTAMP_AT), now_us, clock_hz, first);
}

uint64_t reception_lost(const struct reception *reception)
{
        return reception->lost_before + lost_now(reception);
}

uint32_t reception_jitter(const struct reception *reception)
{
        return reception->jitter >> 4;
}
