/* Places in the stream are 32-bit numbers that wrap around; only their differences mean something. What came first
 * counts where segments overlap and disagree. */
#include "gateway/decode/flow.h"

#include <stdlib.h>
#include <string.h>

#define SECOND_NS INT64_C(1000000000)

enum { WAIT_ACKED_S = 1, WAIT_S = 60 };
enum { JUMP = 4 << 20 }; /* farther away than any window of a phone: another connection between the same ports */

struct flow_piece {
        struct flow_piece *next;
        int64_t time_ns;
        uint32_t seq;
        size_t have, len;
        uint8_t bytes[];
};

static int32_t behind(uint32_t place, uint32_t other)
{
        return (int32_t)(place - other);
}

void flow_start(struct flow *flow, uint32_t first)
{
        flow->started = true;
        flow->any_acked = false;
        flow->first = flow->next = first;
}

/* The part of a segment that is due or later; the segment begins at or before the byte that is due. */
static void give(struct flow *flow, const struct flow_sink *sink, int64_t time_ns, uint32_t seq, const uint8_t *bytes,
                 size_t have, size_t len)
{
        size_t known = flow->next - seq;
        if (known >= len)
                return;
        if (known < have)
                sink->bytes(sink->owner, time_ns, bytes + known, have - known);
        flow->next = seq + (uint32_t)len;
        if (have < len)
                sink->missing(sink->owner, time_ns, len - (known > have ? known : have));
}

static void pieces_give(struct flow *flow, const struct flow_sink *sink)
{
        for (struct flow_piece *piece; (piece = flow->pieces) && behind(piece->seq, flow->next) <= 0;) {
                flow->pieces = piece->next;
                flow->n_pieces--;
                flow->held -= piece->have;
                give(flow, sink, piece->time_ns, piece->seq, piece->bytes, piece->have, piece->len);
                free(piece);
        }
}

/* What is due will not come. */
static void gap_skip(struct flow *flow, const struct flow_sink *sink)
{
        const struct flow_piece *piece = flow->pieces;
        size_t len = piece->seq - flow->next;
        flow->next = piece->seq;
        sink->missing(sink->owner, piece->time_ns, len);
        pieces_give(flow, sink);
}

static bool is_held(const struct flow_piece *piece, uint32_t seq, size_t have)
{
        return piece && piece->seq == seq && piece->have >= have;
}

static void piece_hold(struct flow *flow, int64_t time_ns, uint32_t seq, const uint8_t *bytes, size_t have, size_t len)
{
        struct flow_piece **at = &flow->pieces, *piece;
        while (*at && behind((*at)->seq, seq) < 0)
                at = &(*at)->next;
        if (is_held(*at, seq, have) || !(piece = malloc(sizeof(*piece) + have)))
                return;
        *piece = (struct flow_piece){.next = *at, .time_ns = time_ns, .seq = seq, .have = have, .len = len};
        if (have)
                memcpy(piece->bytes, bytes, have);
        *at = piece;
        flow->n_pieces++;
        flow->held += have;
}

/* A segment that no part of this stream's past or near future explains. */
static void jump(struct flow *flow, const struct flow_sink *sink, int64_t time_ns, uint32_t seq)
{
        flow_end(flow, sink, time_ns);
        flow_start(flow, seq);
        sink->missing(sink->owner, time_ns, 0);
}

/* Places behind the end are the end: FIN takes one itself, and only acknowledgements follow it. */
static uint32_t within(const struct flow *flow, uint32_t place)
{
        return flow->ended && behind(place, flow->end) > 0 && behind(place, flow->end) <= 1 ? flow->end : place;
}

void flow_take(struct flow *flow, const struct flow_sink *sink, int64_t time_ns, uint32_t seq, const uint8_t *bytes,
               size_t have, size_t len)
{
        seq = within(flow, seq);
        int32_t distance = flow->started ? behind(seq, flow->next) : 0;
        if (!len && (distance <= 0 || distance > JUMP))
                return;
        if (!flow->started)
                flow_start(flow, seq);
        if (distance > JUMP || distance < -JUMP)
                jump(flow, sink, time_ns, seq);
        else if (distance > 0) {
                piece_hold(flow, time_ns, seq, bytes, have, len);
                while (flow->held > FLOW_HELD_MAX || flow->n_pieces > FLOW_PIECES_MAX)
                        gap_skip(flow, sink);
                return;
        } else if (behind(seq, flow->first) < -1) { /* -1: a keepalive repeats one byte */
                size_t before = flow->first - seq;
                sink->late(sink->owner, time_ns, before < len ? before : len);
        }
        give(flow, sink, time_ns, seq, bytes, have, len);
        pieces_give(flow, sink);
}

void flow_fin(struct flow *flow, const struct flow_sink *sink, int64_t time_ns, uint32_t end)
{
        if (!flow->started || behind(end, flow->next) < 0)
                return;
        flow->ended = true;
        flow->end = end;
        for (struct flow_piece *piece = flow->pieces; piece; piece = piece->next)
                piece->seq = within(flow, piece->seq);
        flow_take(flow, sink, time_ns, end, NULL, 0, 0);
        pieces_give(flow, sink);
}

/* All the peer has was sent, captured or not. */
static void acked_hold(struct flow *flow, const struct flow_sink *sink, int64_t time_ns)
{
        if (flow->started && flow->any_acked)
                flow_take(flow, sink, time_ns, flow->acked, NULL, 0, 0);
}

void flow_acked(struct flow *flow, const struct flow_sink *sink, int64_t time_ns, uint32_t ack)
{
        if (!flow->any_acked || behind(ack, flow->acked) > 0)
                flow->acked = ack;
        flow->any_acked = true;
        if (!flow->pieces)
                acked_hold(flow, sink, time_ns);
        while (flow->pieces) {
                const struct flow_piece *piece = flow->pieces;
                int64_t wait_s = behind(flow->acked, piece->seq) >= 0 ? WAIT_ACKED_S : WAIT_S;
                if (time_ns - piece->time_ns < wait_s * SECOND_NS)
                        return;
                gap_skip(flow, sink);
        }
}

void flow_end(struct flow *flow, const struct flow_sink *sink, int64_t time_ns)
{
        acked_hold(flow, sink, time_ns);
        while (flow->pieces)
                gap_skip(flow, sink);
        *flow = (struct flow){0};
}
