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

static void read_chunk(struct link *link)
{
        uint8_t chunk[CHUNK_SIZE];
        ssize_t len = recv(link->socket, chunk, sizeof chunk, 0);
        if (len > 0)
                take_chunk(link, chunk, (size_t)len);
        else if (len == 0)
                give_up(link, LINK_CLOSED, "connection closed by the phone");
        else if (errno != EAGAIN && errno != EINTR)
                give_up(link, LINK_FAILED, strerror(errno));
}

static void free_queue(struct link *link)
{
        free(link->queue);
        link->queue = NULL;
        link->queued = link->room = 0;
}

bool link_write(struct link *link)
{
        if (!link->open || !link->queued)
                return true;
        ssize_t sent = send(link->socket, link->queue, link->queued, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
                return false;
        if (sent < 0)
                sent = 0;
        link->queued -= (uint32_t)sent;
        if (link->queued)
                memmove(link->queue, link->queue + sent, link->queued);
        else
                free_queue(link);
        loop_fd_change(&link->fd, link->queued ? LOOP_READ | LOOP_WRITE : LOOP_READ);
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
                give_up(link, LINK_FAILED, strerror(errno));
}

static void flush_due(void *object)
{
        struct link *link = object;
        link->flush_due = false;
        if (link->open)
                flush(link);
}

static void on_ready(struct loop_fd *fd, unsigned events)
{
        struct link *link = (struct link *)fd;
        if (events & LOOP_READ)
                read_chunk(link);
        if (link->open && events & LOOP_WRITE)
                flush(link);
}

void link_open(struct link *link, struct loop *loop, int socket)
{
        link->loop = loop;
        link->socket = socket;
        link->open = true;
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
        close(link->socket);
        frame_stream_clear(&link->stream);
        free_queue(link);
}
