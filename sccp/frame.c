/* A frame that lies whole in the chunk is handed out from there without copying. One that does not is collected:
 * its header inside the stream, its payload in memory of exactly its size. */
#include "sccp/frame.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static uint32_t read_u32(const uint8_t *at)
{
        return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static bool header_read(const uint8_t *header, struct frame *out, const char **why)
{
        uint32_t length = read_u32(header);
        if (length < FRAME_LENGTH_MIN)
                *why = "frame length below 4";
        else if (length > FRAME_LENGTH_MAX)
                *why = "frame length above 4096";
        else {
                *out = (struct frame){.version = read_u32(header + 4), .id = read_u32(header + 8), .len = length - 4};
                return true;
        }
        return false;
}

static size_t smaller(size_t a, size_t b)
{
        return a < b ? a : b;
}

/* Moves up to `want` bytes of the chunk to `to`. */
static void take(struct frame_stream *stream, uint8_t *to, size_t want, const uint8_t **at, size_t *left)
{
        size_t n = smaller(want, *left);
        if (n)
                memcpy(to, *at, n);
        *at += n;
        *left -= n;
        stream->have = (uint16_t)(stream->have + n);
}

/* Continues the incomplete frame with bytes of the chunk. */
static enum frame_result frame_collect(struct frame_stream *stream, const uint8_t **at, size_t *left, struct frame *out,
                                       const char **why)
{
        if (stream->have < FRAME_HEADER_SIZE)
                take(stream, stream->header + stream->have, (size_t)FRAME_HEADER_SIZE - stream->have, at, left);
        if (stream->have < FRAME_HEADER_SIZE)
                return FRAME_MORE;
        if (!header_read(stream->header, out, why))
                return FRAME_BAD;
        if (!stream->payload && out->len && !(stream->payload = malloc(out->len))) {
                *why = "out of memory";
                return FRAME_BAD;
        }
        size_t got = (size_t)stream->have - FRAME_HEADER_SIZE;
        assert(got <= out->len);
        if (got < out->len)
                take(stream, stream->payload + got, out->len - got, at, left);
        if (stream->have < FRAME_HEADER_SIZE + out->len)
                return FRAME_MORE;
        out->payload = stream->payload;
        stream->finished = true;
        return FRAME_READY;
}

enum frame_result frame_next(struct frame_stream *stream, const uint8_t **at, size_t *left, struct frame *out,
                             const char **why)
{
        if (stream->finished)
                frame_stream_clear(stream);
        if (!stream->have && *left >= FRAME_HEADER_SIZE) {
                if (!header_read(*at, out, why))
                        return FRAME_BAD;
                if (*left - FRAME_HEADER_SIZE >= out->len) {
                        out->payload = *at + FRAME_HEADER_SIZE;
                        *at += FRAME_HEADER_SIZE + out->len;
                        *left -= FRAME_HEADER_SIZE + out->len;
                        return FRAME_READY;
                }
        }
        return *left ? frame_collect(stream, at, left, out, why) : FRAME_MORE;
}

void frame_stream_clear(struct frame_stream *stream)
{
        free(stream->payload);
        *stream = (struct frame_stream){0};
}
