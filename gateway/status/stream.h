/* A text without end on its way to one client: whoever writes never waits. What the client does not read is kept up to
 * a limit; then the client is cut off. All on the loop's thread. */
#ifndef SCCPGW_STATUS_STREAM_H
#define SCCPGW_STATUS_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#define STREAM_ROOM (256 * 1024)

enum stream_end {
        STREAM_CLOSED,
        STREAM_CUT_OFF
}; /* by the client or the end of the server; because it does not read */

struct stream {
        char *text; /* a ring of STREAM_ROOM */
        size_t first, len;
        bool over;                                        /* nothing more is taken; sent to the end */
        bool cut;                                         /* the limit was passed */
        void (*wake)(struct stream *stream, void *waker); /* set by http.c: there is something to send, or an end */
        void *waker;
        void (*ended)(struct stream *stream, enum stream_end end); /* once, the last that is heard; frees nothing */
        void *owner;
};

/* NULL: no memory. Given to http.c in a reply, which owns it from then on. */
struct stream *stream_new(void *owner, void (*ended)(struct stream *stream, enum stream_end end));
void stream_free(struct stream *stream); /* tells the owner */

/* All of the text or, when it does not fit, nothing and the end. */
void stream_write(struct stream *stream, const char *text, size_t len);
void stream_finish(struct stream *stream); /* after what was written */

/* Takes at most `room` bytes off the front. */
size_t stream_read(struct stream *stream, char *out, size_t room);

#endif
