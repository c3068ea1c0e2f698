/* One direction of a TCP connection: captured segments in any order to the bytes that were sent, in their order. Knows
 * nothing of what the bytes mean. Holds at most FLOW_HELD_MAX bytes that came before their turn. */
#ifndef SCCPGW_DECODE_FLOW_H
#define SCCPGW_DECODE_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLOW_HELD_MAX   65536
#define FLOW_PIECES_MAX 256

/* What a stream gives, in order. `time_ns` is when the bytes in question were captured. */
struct flow_sink {
        void (*bytes)(void *owner, int64_t time_ns, const uint8_t *bytes, size_t len);
        void (*missing)(void *owner, int64_t time_ns, size_t len); /* not captured; 0: nobody knows how many */
        void (*late)(void *owner, int64_t time_ns, size_t len);    /* older than the first bytes the stream gave */
        void *owner;
};

struct flow_piece;

/* All zeros: nothing seen yet. */
struct flow {
        struct flow_piece *pieces; /* held, in order of their place */
        size_t held, n_pieces;
        uint32_t first, next; /* place of the first byte given, and of the one that is due */
        uint32_t acked;       /* what the peer says it has */
        uint32_t end;         /* place behind the last byte */
        bool started;
        bool any_acked;
        bool ended; /* `end` is known */
};

/* The connection begins: its first byte stands at `first`. */
void flow_start(struct flow *flow, uint32_t first);

/* A segment: `have` bytes of its `len` were captured. The first of a stream that was not started begins it. One
 * without bytes still says that everything before `seq` was sent. */
void flow_take(struct flow *flow, const struct flow_sink *sink, int64_t time_ns, uint32_t seq, const uint8_t *bytes,
               size_t have, size_t len);

/* The sender says that `end` is the place behind its last byte; its own places go on one later. */
void flow_fin(struct flow *flow, const struct flow_sink *sink, int64_t time_ns, uint32_t end);

/* The peer has everything before `ack`. Time passes: bytes that the peer has and that did not come for a second, or
 * that did not come for a minute, are given as missing. */
void flow_acked(struct flow *flow, const struct flow_sink *sink, int64_t time_ns, uint32_t ack);

/* Nothing more will come: gives what is held. The stream is empty afterwards. */
void flow_end(struct flow *flow, const struct flow_sink *sink, int64_t time_ns);

#endif
