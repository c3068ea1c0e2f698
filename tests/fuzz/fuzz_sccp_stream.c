/* Any byte stream, cut anywhere: the frames are the same as those of the uncut stream, and so is the verdict.
 * Input: size of the pieces, stream. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sccp/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a stream gave so far: a sum over its frames, and whether it went bad. */
struct outcome {
        uint64_t sum;
        unsigned frames;
        bool bad;
};

static void sum_bytes(struct outcome *o, const uint8_t *bytes, size_t len)
{
        for (size_t i = 0; i < len; i++)
                o->sum = (o->sum ^ bytes[i]) * 1099511628211u;
}

static void frame_count(struct outcome *o, const struct frame *frame)
{
        assert(frame->len <= FRAME_LENGTH_MAX - 4);
        o->frames++;
        sum_bytes(o, (const uint8_t *)&frame->id, sizeof(frame->id));
        sum_bytes(o, (const uint8_t *)&frame->version, sizeof(frame->version));
        sum_bytes(o, (const uint8_t *)&frame->len, sizeof(frame->len));
        sum_bytes(o, frame->payload, frame->len);
}

/* The piece lives in memory of exactly its size, gone afterwards. */
static void piece_feed(struct frame_stream *stream, struct outcome *o, const uint8_t *bytes, size_t len)
{
        uint8_t *piece = malloc(len ? len : 1);
        const uint8_t *at = piece;
        struct frame frame;
        const char *why = NULL;
        enum frame_result result;
        assert(piece);
        if (len)
                memcpy(piece, bytes, len);
        while ((result = frame_next(stream, &at, &len, &frame, &why)) == FRAME_READY)
                frame_count(o, &frame);
        o->bad = result == FRAME_BAD;
        assert(o->bad == (why != NULL) && (o->bad || !len));
        free(piece);
}

static struct outcome stream_read(const uint8_t *data, size_t size, size_t step)
{
        struct frame_stream stream = {0};
        struct outcome o = {.sum = 14695981039346656037u};
        for (size_t at = 0; at < size && !o.bad; at += step)
                piece_feed(&stream, &o, data + at, size - at < step ? size - at : step);
        frame_stream_clear(&stream);
        return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size < 2)
                return 0;
        struct outcome whole = stream_read(data + 1, size - 1, size);
        struct outcome pieces = stream_read(data + 1, size - 1, data[0] ? data[0] : 1);
        assert(whole.sum == pieces.sum && whole.frames == pieces.frames && whole.bad == pieces.bad);
        return 0;
}
