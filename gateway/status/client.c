#include "gateway/status/client.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "gateway/status/local.h"
#include "gateway/status/response.h"

/* What has come of the answer so far. */
struct incoming {
        char *bytes;
        size_t len, room;
        struct response_head head;
};

static enum client_result fail(struct client_answer *answer, const char *socket, const char *reason)
{
        text_printf(answer->why, sizeof answer->why, "the gateway at %s cannot be asked: %s", socket, reason);
        return CLIENT_FAILED;
}

static const char *io_reason(void)
{
        return errno == EAGAIN || errno == EWOULDBLOCK ? "it does not answer" : strerror(errno);
}

static enum client_result open_socket(const char *path, int *out, struct client_answer *answer)
{
        const struct timeval patience = {.tv_sec = CLIENT_PATIENCE_S};
        *out = local_connect(path);
        if (*out < 0 && errno != ENOENT && errno != ECONNREFUSED)
                return fail(answer, path, strerror(errno));
        if (*out < 0) {
                text_printf(answer->why, sizeof answer->why, "no gateway is running at %s: %s", path, strerror(errno));
                return CLIENT_NOT_RUNNING;
        }
        setsockopt(*out, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        setsockopt(*out, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        return CLIENT_ANSWERED;
}

static bool send_all(int socket, const char *bytes, size_t len)
{
        while (len) {
                ssize_t sent = send(socket, bytes, len, MSG_NOSIGNAL);
                if (sent < 0 && errno != EINTR)
                        return false;
                bytes += sent > 0 ? sent : 0;
                len -= sent > 0 ? (size_t)sent : 0;
        }
        return true;
}

/* HTTP/1.0: one request, and the answer ends with its length or the connection. */
static bool send_request(int socket, const char *method, const char *path, const char *body)
{
        char head[1024];
        size_t len = body ? strlen(body) : 0;
        if (!text_printf(head, sizeof head, "%s %s HTTP/1.0\r\nHost: sccpgw\r\n", method, path))
                return false;
        if (body)
                text_append(head, sizeof head, "Content-Type: application/json\r\nContent-Length: %zu\r\n", len);
        return text_append(head, sizeof head, "\r\n") && send_all(socket, head, strlen(head)) &&
               send_all(socket, body ? body : "", len);
}

/* More of it; 0: the end, less: errno. */
static ssize_t receive(int socket, struct incoming *incoming)
{
        if (incoming->room - incoming->len < 4096) {
                size_t room = 2 * incoming->room + 16384;
                char *bytes = room > CLIENT_BODY_MAX ? NULL : realloc(incoming->bytes, room);
                if (!bytes) {
                        errno = ENOMEM;
                        return -1;
                }
                incoming->bytes = bytes;
                incoming->room = room;
        }
        ssize_t got;
        do
                got = recv(socket, incoming->bytes + incoming->len, incoming->room - incoming->len - 1, 0);
        while (got < 0 && errno == EINTR);
        incoming->len += got > 0 ? (size_t)got : 0;
        return got;
}

static const char *receive_head(int socket, struct incoming *incoming)
{
        for (;;) {
                ssize_t got = receive(socket, incoming);
                if (got < 0)
                        return io_reason();
                switch (response_read(incoming->bytes, incoming->len, &incoming->head)) {
                case RESPONSE_READ:
                        return NULL;
                case RESPONSE_BAD:
                        return "what listens there does not speak HTTP";
                case RESPONSE_MORE:
                        break;
                }
                if (got == 0)
                        return "it closed the connection";
        }
}

static bool is_whole(const struct incoming *incoming)
{
        return incoming->head.sized && incoming->len - incoming->head.size >= incoming->head.length;
}

static const char *receive_body(int socket, struct incoming *incoming, struct client_answer *answer)
{
        ssize_t got = 1;
        while (got > 0 && !is_whole(incoming))
                got = receive(socket, incoming);
        if (got < 0)
                return io_reason();
        if (incoming->head.sized && !is_whole(incoming))
                return "its answer is not whole";
        answer->len = incoming->len - incoming->head.size;
        answer->body = incoming->bytes;
        memmove(answer->body, answer->body + incoming->head.size, answer->len);
        answer->body[answer->len] = '\0';
        incoming->bytes = NULL;
        return NULL;
}

static const char *copy_stream(int socket, struct incoming *incoming, FILE *to)
{
        const struct timeval no_end = {0};
        ssize_t got = 1;
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &no_end, sizeof no_end);
        for (size_t from = incoming->head.size; got > 0; from = 0) {
                fwrite(incoming->bytes + from, 1, incoming->len - from, to);
                if (fflush(to) != 0)
                        return NULL; /* whoever reads has had enough, or the caller finds the error in `to` */
                incoming->len = 0;
                got = receive(socket, incoming);
        }
        return got < 0 ? strerror(errno) : NULL;
}

static enum client_result converse(const char *path, const char *method, const char *where, const char *body, FILE *to,
                                   struct client_answer *answer)
{
        struct incoming incoming = {0};
        int socket;
        *answer = (struct client_answer){0};
        enum client_result result = open_socket(path, &socket, answer);
        if (result != CLIENT_ANSWERED)
                return result;
        const char *why = send_request(socket, method, where, body) ? NULL : io_reason();
        if (!why)
                why = receive_head(socket, &incoming);
        if (!why)
                why = to && incoming.head.status == 200 ? copy_stream(socket, &incoming, to)
                                                        : receive_body(socket, &incoming, answer);
        answer->status = incoming.head.status;
        if (why)
                result = fail(answer, path, why);
        free(incoming.bytes);
        close(socket);
        return result;
}

enum client_result client_ask(const char *socket, const char *method, const char *path, const char *body,
                              struct client_answer *answer)
{
        return converse(socket, method, path, body, NULL, answer);
}

enum client_result client_follow(const char *socket, const char *path, FILE *to, struct client_answer *answer)
{
        return converse(socket, "GET", path, NULL, to, answer);
}

void client_path(char *path, size_t size, const char *part)
{
        for (const unsigned char *at = (const unsigned char *)part; *at; at++)
                text_append(path, size, isalnum(*at) || strchr("-_.~", *at) ? "%c" : "%%%02X", *at);
}
