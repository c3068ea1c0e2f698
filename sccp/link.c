/* Reading takes one chunk per event: the loop comes back while there is more, and no phone keeps the others waiting.
 * A queue is memory for as long as it holds something, so that an idle phone has none. */
#include "sccp/link.h"

#include <assert.h>
#include <errno.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK_SIZE 16384

static void give_up(struct link *link, enum link_end how, const char *why)
{
        link->ended(link, how, why);
}

static void take_chunk(struct link *link, const uint8_t *chunk, size_t len)
{
        struct frame frame;
        const char *why = "";
        enum frame_result result = FRAME_READY;
        while (link->open && result == FRAME_READY) {
                result = frame_next(&link->stream, &chunk, &len, &frame, &why);
                if (result == FRAME_READY)
                        link->frame(link, &frame);
        }
        if (link->open && result == FRAME_BAD)
                give_up(link, LINK_GARBAGE, why);
}

static const char *error_text(const struct link *link)
{
        return errno == EPROTO && link->tls ? tls_why(link->tls) : strerror(errno);
}

static void watch(struct link *link)
{
        bool more = link->queued || (link->tls && tls_wants_room(link->tls));
        loop_fd_change(&link->fd, more ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

/* A record of TLS is not longer: OpenSSL never holds back a part of which the loop would not know. */
static void read_chunk(struct link *link)
{
        uint8_t chunk[CHUNK_SIZE];
        ssize_t len = link->tls ? tls_recv(link->tls, chunk, sizeof chunk) : recv(link->socket, chunk, sizeof chunk, 0);
        if (len > 0)
                take_chunk(link, chunk, (size_t)len);
        else if (len == 0)
                give_up(link, LINK_CLOSED, "connection closed by the phone");
        else if (errno != EAGAIN && errno != EINTR)
                give_up(link, LINK_FAILED, error_text(link));
        else
                watch(link);
}

static void free_queue(struct link *link)
{
        free(link->queue);
        link->queue = NULL;
        link->queued = link->room = 0;
}

bool link_write(struct link *link)
{
        if (!link->open || !link->queued || link->greeting)
                return true;
        ssize_t sent = link->tls ? tls_send(link->tls, link->queue, link->queued)
                                 : send(link->socket, link->queue, link->queued, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
                return false;
        if (sent < 0)
                sent = 0;
        link->queued -= (uint32_t)sent;
        if (link->queued)
                memmove(link->queue, link->queue + sent, link->queued);
        else
                free_queue(link);
        watch(link);
        return true;
}

bool link_confirmed(const struct link *link)
{
        int unconfirmed = 0;
        return !link->queued && ioctl(link->socket, SIOCOUTQ, &unconfirmed) == 0 && unconfirmed == 0;
}

/* The end of a turn, or the phone reads again. */
static void flush(struct link *link)
{
        if (link->stalled)
                give_up(link, LINK_STALLED, "the phone does not read");
        else if (!link_write(link))
                give_up(link, LINK_FAILED, error_text(link));
}

static void flush_due(void *object)
{
        struct link *link = object;
        link->flush_due = false;
        if (link->open)
                flush(link);
}

/* Memory for TLS is had when the phone has said something: strangers that are silent cost none. */
static void greet(struct link *link)
{
        if (!link->tls)
                link->tls = tls_new(link->tls_room, link->socket);
        switch (link->tls ? tls_greet(link->tls, loop_now_us(link->loop)) : TLS_FAILED) {
        case TLS_DONE:
                link->greeting = false;
                flush(link);
                break;
        case TLS_WAITS:
                watch(link);
                break;
        case TLS_LEFT:
                give_up(link, LINK_CLOSED, "connection closed by the phone");
                break;
        case TLS_FAILED:
                give_up(link, LINK_UNSAFE, link->tls ? tls_why(link->tls) : "out of memory");
                break;
        }
}

static void on_ready(struct loop_fd *fd, unsigned events)
{
        struct link *link = (struct link *)fd;
        if (link->greeting) {
                greet(link);
                return;
        }
        if (events & LOOP_READ || (link->tls && tls_wants_room(link->tls)))
                read_chunk(link);
        if (link->open && events & LOOP_WRITE)
                flush(link);
}

void link_open(struct link *link, struct loop *loop, int socket)
{
        link->loop = loop;
        link->socket = socket;
        link->open = true;
        link->greeting = link->tls_room;
        link->fd.ready = on_ready;
        loop_fd_start(loop, &link->fd, socket, LOOP_READ);
}

/* Room for one more frame; false when the phone has left too much unread, or memory is out. */
static bool make_room(struct link *link)
{
        uint32_t needed = link->queued + SCCP_FRAME_MAX, wanted = link->room ? link->room : SCCP_FRAME_MAX;
        if (needed > link->queue_max)
                return false;
        while (wanted < needed)
                wanted *= 2;
        if (wanted > link->queue_max)
                wanted = link->queue_max;
        if (wanted == link->room)
                return true;
        uint8_t *queue = realloc(link->queue, wanted);
        if (!queue)
                return false;
        link->queue = queue;
        link->room = wanted;
        return true;
}

static void flush_later(struct link *link)
{
        if (!link->flush_due)
                loop_defer(link->loop, flush_due, link);
        link->flush_due = true;
}

void link_send(struct link *link, const struct sccp_context *ctx, const struct sccp_message *message)
{
        if (!link->open || link->stalled)
                return;
        if (make_room(link)) {
                size_t len = sccp_encode(ctx, message, link->queue + link->queued, link->room - link->queued);
                assert(len > 0); /* no message of ours is longer than SCCP_FRAME_MAX */
                link->queued += (uint32_t)len;
        } else {
                link->stalled = true;
        }
        flush_later(link);
}

void link_close(struct link *link)
{
        if (!link->open)
                return;
        link->open = false;
        loop_fd_stop(&link->fd);
        tls_free(link->tls);
        link->tls = NULL;
        close(link->socket);
        frame_stream_clear(&link->stream);
        free_queue(link);
}
