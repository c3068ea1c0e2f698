/* One direction of a TCP connection: captured segments in any order to the bytes that were sent, in their order. Knows
 * nothing of what the bytes mean. Holds at most STREAM_HELD_MAX bytes that came before their turn. */
#ifndef SCCPGW_DECODE_STREAM_H
#define SCCPGW_DECODE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STREAM_HELD_MAX   65536
#define STREAM_PIECES_MAX 256

/* What a stream gives, in order. `time_ns` is when the bytes in question were captured. */
struct stream_sink {
        void (*bytes)(void *owner, int64_t time_ns, const uint8_t *bytes, size_t len);
        void (*missing)(void *owner, int64_t time_ns, size_t len); /* not captured; 0: nobody knows how many */
        void (*late)(void *owner, int64_t time_ns, size_t len);    /* older than the first bytes the stream gave */
        void *owner;
};

struct stream_piece;

/* All zeros: nothing seen yet. */
struct stream {
        struct stream_piece *pieces; /* held, in order of their place */
        size_t held, n_pieces;
        uint32_t first, next; /* place of the first byte given, and of the one that is due */
        uint32_t acked;       /* what the peer says it has */
        bool started;
        bool any_acked;
};

/* The connection begins: its first byte stands at `first`. */
void stream_start(struct stream *stream, uint32_t first);

/* A segment: `have` bytes of its `len` were captured. The first of a stream that was not started begins it. */
void stream_take(struct stream *stream, const struct stream_sink *sink, int64_t time_ns, uint32_t seq,
                 const uint8_t *bytes, size_t have, size_t len);

/* The peer has everything before `ack`. Time passes: bytes that the peer has and that did not come for a second, or
 * that did not come for a minute, are given as missing. */
void stream_acked(struct stream *stream, const struct stream_sink *sink, int64_t time_ns, uint32_t ack);

/* Nothing more will come: gives what is held. The stream is empty afterwards. */
void stream_end(struct stream *stream, const struct stream_sink *sink);

#endif
