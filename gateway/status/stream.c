#include "gateway/status/stream.h"

#include <stdlib.h>
#include <string.h>

static size_t least(size_t a, size_t b)
{
        return a < b ? a : b;
}

struct stream *stream_new(void *owner, void (*ended)(struct stream *stream, enum stream_end end))
{
        struct stream *stream = calloc(1, sizeof *stream);
        char *text = malloc(STREAM_ROOM);
        if (!stream || !text) {
                free(stream);
                free(text);
                return NULL;
        }
        *stream = (struct stream){.text = text, .owner = owner, .ended = ended};
        return stream;
}

void stream_free(struct stream *stream)
{
        stream->ended(stream, stream->cut ? STREAM_CUT_OFF : STREAM_CLOSED);
        free(stream->text);
        free(stream);
}

static void wake(struct stream *stream)
{
        if (stream->wake)
                stream->wake(stream, stream->waker);
}

void stream_write(struct stream *stream, const char *text, size_t len)
{
        if (stream->over)
                return;
        if (len > STREAM_ROOM - stream->len) {
                stream->over = stream->cut = true;
                wake(stream);
                return;
        }
        size_t at = (stream->first + stream->len) % STREAM_ROOM, whole = least(len, STREAM_ROOM - at);
        memcpy(stream->text + at, text, whole);
        memcpy(stream->text, text + whole, len - whole);
        stream->len += len;
        wake(stream);
}

void stream_finish(struct stream *stream)
{
        stream->over = true;
        wake(stream);
}

size_t stream_read(struct stream *stream, char *out, size_t room)
{
        size_t len = least(room, stream->len), whole = least(len, STREAM_ROOM - stream->first);
        memcpy(out, stream->text + stream->first, whole);
        memcpy(out + whole, stream->text, len - whole);
        stream->first = (stream->first + len) % STREAM_ROOM;
        stream->len -= len;
        return len;
}
