#include "link.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void trace(const struct link *link, const char *direction, const struct sccp_message *message)
{
        char text[SCCP_PRINT_SIZE];
        if (link->trace)
                printf("%6lld %s %s\n", (long long)clock_ms() % 1000000, direction,
                       sccp_print(message, text, sizeof text));
}

void link_close(struct link *link)
{
        if (link->fd < 0)
                return;
        loop_fd_stop(&link->readable);
        armour_close(link->armour);
        link->armour = NULL;
        close(link->fd);
        link->fd = -1;
        frame_stream_clear(&link->stream);
}

static void lose(struct link *link, const char *why)
{
        printf("closed: %s\n", why);
        link_close(link);
        link->closed(link);
}

static void take(struct link *link, const struct frame *frame)
{
        struct sccp_message message;
        const char *error = sccp_decode(&link->context, frame->id, frame->payload, frame->len, &message);
        if (error) {
                printf("violation: message 0x%04x: %s\n", frame->id, error);
                return;
        }
        trace(link, "<", &message);
        link->received(link, &message, frame->len % 4 == 0);
}

static void read_chunk(struct link *link)
{
        uint8_t chunk[8192];
        ssize_t size = link->armour ? armour_read(link->armour, chunk, sizeof chunk)
                                    : recv(link->fd, chunk, sizeof chunk, MSG_DONTWAIT);
        if (size < 0 && (errno == EAGAIN || errno == EINTR))
                return;
        if (size <= 0) {
                lose(link, size ? strerror(errno) : "by the call manager");
                return;
        }
        const uint8_t *at = chunk;
        size_t left = (size_t)size;
        struct frame frame;
        const char *why;
        enum frame_result result;
        while (link->fd >= 0 && (result = frame_next(&link->stream, &at, &left, &frame, &why)) != FRAME_MORE) {
                if (result == FRAME_BAD) {
                        lose(link, why);
                        return;
                }
                take(link, &frame);
        }
}

static void on_readable(struct loop_fd *fd, unsigned events)
{
        struct link *link = (struct link *)((char *)fd - offsetof(struct link, readable));
        (void)events;
        do
                read_chunk(link);
        while (link->fd >= 0 && link->armour && armour_more(link->armour));
}

void link_init(struct link *link, struct loop *loop)
{
        *link = (struct link){.loop = loop, .fd = -1, .readable.ready = on_readable};
}

bool link_connect(struct link *link, const struct endpoint *server, const struct ip *local)
{
        struct sockaddr_storage to, from;
        struct endpoint source = {.ip = *local};
        socklen_t to_size = endpoint_to_sockaddr(server, &to), from_size = endpoint_to_sockaddr(&source, &from);
        int one = 1;
        link_close(link);
        link->fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (link->fd < 0)
                return false;
        setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if ((local->family && bind(link->fd, (struct sockaddr *)&from, from_size) != 0) ||
            connect(link->fd, (struct sockaddr *)&to, to_size) != 0) {
                close(link->fd);
                link->fd = -1;
                return false;
        }
        loop_fd_start(link->loop, &link->readable, link->fd, LOOP_READ);
        if (link->tls.on && !(link->armour = armour_open(&link->tls, link->fd)))
                link_close(link);
        return link->fd >= 0;
}

bool link_take(struct link *link, struct link *other)
{
        int fd = other->fd;
        if (fd < 0)
                return false;
        loop_fd_stop(&other->readable);
        frame_stream_clear(&other->stream);
        other->fd = -1;
        link_close(link);
        link->fd = fd;
        link->armour = other->armour;
        other->armour = NULL;
        loop_fd_start(link->loop, &link->readable, fd, LOOP_READ);
        return true;
}

void link_send_bytes(struct link *link, const uint8_t *bytes, size_t count)
{
        size_t piece = link->split ? link->split : count;
        for (size_t at = 0; link->fd >= 0 && at < count; at += piece) {
                size_t size = count - at < piece ? count - at : piece;
                if ((link->armour ? armour_write(link->armour, bytes + at, size)
                                  : send(link->fd, bytes + at, size, MSG_NOSIGNAL)) < 0)
                        return; /* the reading side will notice */
                if (link->split)
                        usleep(300);
        }
}

void link_send(struct link *link, const struct sccp_message *message)
{
        uint8_t frame[SCCP_FRAME_MAX];
        size_t size = sccp_encode(&link->context, message, frame, sizeof frame);
        trace(link, ">", message);
        link_send_bytes(link, frame, size);
}

void link_stall(struct link *link, bool stalled)
{
        link->stalled = stalled;
        loop_fd_change(&link->readable, stalled ? 0 : LOOP_READ);
}
