/* Places in the stream are 32-bit numbers that wrap around; only their differences mean something. What came first
 * counts where segments overlap and disagree. */
#include "gateway/decode/stream.h"

#include <stdlib.h>
#include <string.h>

#define SECOND_NS INT64_C(1000000000)

enum { WAIT_ACKED_S = 1, WAIT_S = 60 };
enum { JUMP = 4 << 20 }; /* farther away than any window of a phone: another connection between the same ports */

struct stream_piece {
        struct stream_piece *next;
        int64_t time_ns;
        uint32_t seq;
        size_t have, len;
        uint8_t bytes[];
};

static int32_t behind(uint32_t place, uint32_t other)
{
        return (int32_t)(place - other);
}

void stream_start(struct stream *stream, uint32_t first)
{
        stream->started = true;
        stream->first = stream->next = first;
}

/* The part of a segment that is due or later; the segment begins at or before the byte that is due. */
static void give(struct stream *stream, const struct stream_sink *sink, int64_t time_ns, uint32_t seq,
                 const uint8_t *bytes, size_t have, size_t len)
{
        size_t known = stream->next - seq;
        if (known >= len)
                return;
        if (known < have)
                sink->bytes(sink->owner, time_ns, bytes + known, have - known);
        stream->next = seq + (uint32_t)len;
        if (have < len)
                sink->missing(sink->owner, time_ns, len - (known > have ? known : have));
}

static void pieces_give(struct stream *stream, const struct stream_sink *sink)
{
        for (struct stream_piece *piece; (piece = stream->pieces) && behind(piece->seq, stream->next) <= 0;) {
                stream->pieces = piece->next;
                stream->n_pieces--;
                stream->held -= piece->have;
                give(stream, sink, piece->time_ns, piece->seq, piece->bytes, piece->have, piece->len);
                free(piece);
        }
}

/* What is due will not come. */
static void gap_skip(struct stream *stream, const struct stream_sink *sink)
{
        const struct stream_piece *piece = stream->pieces;
        size_t len = piece->seq - stream->next;
        stream->next = piece->seq;
        sink->missing(sink->owner, piece->time_ns, len);
        pieces_give(stream, sink);
}

static bool is_held(const struct stream_piece *piece, uint32_t seq, size_t have)
{
        return piece && piece->seq == seq && piece->have >= have;
}

static void piece_hold(struct stream *stream, int64_t time_ns, uint32_t seq, const uint8_t *bytes, size_t have,
                       size_t len)
{
        struct stream_piece **at = &stream->pieces, *piece;
        while (*at && behind((*at)->seq, seq) < 0)
                at = &(*at)->next;
        if (is_held(*at, seq, have) || !(piece = malloc(sizeof(*piece) + have)))
                return;
        *piece = (struct stream_piece){.next = *at, .time_ns = time_ns, .seq = seq, .have = have, .len = len};
        if (have)
                memcpy(piece->bytes, bytes, have);
        *at = piece;
        stream->n_pieces++;
        stream->held += have;
}

/* A segment that no part of this stream's past or near future explains. */
static void jump(struct stream *stream, const struct stream_sink *sink, int64_t time_ns, uint32_t seq)
{
        stream_end(stream, sink);
        stream_start(stream, seq);
        sink->missing(sink->owner, time_ns, 0);
}

void stream_take(struct stream *stream, const struct stream_sink *sink, int64_t time_ns, uint32_t seq,
                 const uint8_t *bytes, size_t have, size_t len)
{
        if (!len)
                return;
        if (!stream->started)
                stream_start(stream, seq);
        int32_t distance = behind(seq, stream->next);
        if (distance > JUMP || distance < -JUMP)
                jump(stream, sink, time_ns, seq);
        else if (distance > 0) {
                piece_hold(stream, time_ns, seq, bytes, have, len);
                while (stream->held > STREAM_HELD_MAX || stream->n_pieces > STREAM_PIECES_MAX)
                        gap_skip(stream, sink);
                return;
        } else if (behind(seq, stream->first) < -1) { /* -1: a keepalive repeats one byte */
                size_t before = stream->first - seq;
                sink->late(sink->owner, time_ns, before < len ? before : len);
        }
        give(stream, sink, time_ns, seq, bytes, have, len);
        pieces_give(stream, sink);
}

void stream_acked(struct stream *stream, const struct stream_sink *sink, int64_t time_ns, uint32_t ack)
{
        if (!stream->any_acked || behind(ack, stream->acked) > 0)
                stream->acked = ack;
        stream->any_acked = true;
        while (stream->pieces) {
                const struct stream_piece *piece = stream->pieces;
                int64_t wait_s = behind(stream->acked, piece->seq) >= 0 ? WAIT_ACKED_S : WAIT_S;
                if (time_ns - piece->time_ns < wait_s * SECOND_NS)
                        return;
                gap_skip(stream, sink);
        }
}

void stream_end(struct stream *stream, const struct stream_sink *sink)
{
        while (stream->pieces)
                gap_skip(stream, sink);
        *stream = (struct stream){0};
}
