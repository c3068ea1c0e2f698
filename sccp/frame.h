/* Cuts the byte stream of one TCP connection into frames. The reader of the socket hands over what it has read, in
 * any split; only an incomplete frame is kept between calls, in memory that exists just as long. Knows the header,
 * not what a payload means. */
#ifndef SCCPGW_SCCP_FRAME_H
#define SCCPGW_SCCP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_HEADER_SIZE 12 /* length, version, id: 32 bits each, little-endian */
#define FRAME_LENGTH_MIN  4  /* the length word counts the id and the payload */
#define FRAME_LENGTH_MAX  4096

/* One per connection; all zeros is empty. */
struct frame_stream {
        uint8_t *payload; /* of the incomplete frame, allocated once its length is known */
        uint16_t have;    /* bytes of the incomplete frame, header included */
        bool finished;    /* it was completed and handed out; dropped by the next call */
        uint8_t header[FRAME_HEADER_SIZE];
};

struct frame {
        uint32_t version; /* as the peer wrote it; the negotiated version decides, not this */
        uint32_t id;
        const uint8_t *payload; /* valid until the next call with the same stream or chunk */
        size_t len;
};

enum frame_result {
        FRAME_READY, /* *out is a frame; call again */
        FRAME_MORE,  /* the chunk is used up */
        FRAME_BAD,   /* the stream is no SCCP: close the connection; *why is a sentence */
};

/* Takes one frame from the chunk at *at, `*left` bytes, and moves both past it. After FRAME_BAD the stream is of no
 * further use. Source: README section 1 of the protocol reference. */
enum frame_result frame_next(struct frame_stream *stream, const uint8_t **at, size_t *left, struct frame *out,
                             const char **why);

/* Frees what an incomplete frame holds; the stream is empty again. */
void frame_stream_clear(struct frame_stream *stream);

#endif
