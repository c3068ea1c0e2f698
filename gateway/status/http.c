#include "gateway/status/http.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/base/log.h"
#include "gateway/base/text.h"

#define HEAD_MAX    (32 * 1024) /* of a request, with what the library needs beside it */
#define TIMEOUT_MAX 60000
#define PAUSE_MS    1000 /* without descriptors */
#define GONE_MS     200  /* for an answer to a request whose sender said that it says nothing more */

struct http {
        struct loop_fd ready; /* the library's own epoll descriptor */
        struct loop_timer timer;
        struct loop *loop;
        struct MHD_Daemon *daemon;
        struct http_settings settings;
        struct connection *first;
        uint64_t opened;
        bool again; /* another turn is due at once, whatever the library says */
        struct loop_timer pause;
        struct log_limit warnings;
};

struct connection {
        struct loop_timer deadline;
        struct loop_fd watch; /* has the client gone? */
        struct http *http;
        struct MHD_Connection *mhd;
        int socket;
        struct route_match match;
        char body[HTTP_BODY_MAX + 1];
        size_t len;
        bool too_big, suspended;
        struct stream *stream; /* owned */
        struct connection *next, **link;
};

static struct connection *connection_of(struct MHD_Connection *mhd)
{
        return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* From inside a turn as well as from outside. */
static void turn_again(struct http *http)
{
        http->again = true;
        loop_timer_start(http->loop, &http->timer, 0);
}

/* After every turn of the library: when does it want the next one, whatever its descriptor says? */
static void set_timer(struct http *http)
{
        MHD_UNSIGNED_LONG_LONG ms;
        if (http->again)
                loop_timer_start(http->loop, &http->timer, 0);
        else if (MHD_get_timeout(http->daemon, &ms) == MHD_YES)
                loop_timer_start(http->loop, &http->timer, ms < TIMEOUT_MAX ? (int64_t)ms : TIMEOUT_MAX);
        else
                loop_timer_stop(&http->timer);
}

static void turn(struct http *http)
{
        http->again = false;
        MHD_run(http->daemon);
        set_timer(http);
}

/* Somebody waits and was not taken in: the machine gives no descriptor, and the library would try without end. */
static void on_ready(struct loop_fd *fd, unsigned events)
{
        struct http *http = (struct http *)fd;
        uint64_t opened = http->opened;
        bool busy = http->first;
        (void)events;
        turn(http);
        if (busy || http->opened != opened)
                return;
        loop_fd_change(fd, 0);
        loop_timer_stop(&http->timer);
        loop_timer_start(http->loop, &http->pause, PAUSE_MS);
}

static void on_pause_over(struct loop_timer *timer)
{
        struct http *http = (struct http *)((char *)timer - offsetof(struct http, pause));
        loop_fd_change(&http->ready, LOOP_READ);
}

static void on_timer(struct loop_timer *timer)
{
        turn((struct http *)((char *)timer - offsetof(struct http, timer)));
}

/* ---- connections ---- */

/* The library notices at once and closes it in its own time. */
static void cut_off(struct connection *connection)
{
        shutdown(connection->socket, SHUT_RDWR);
        turn_again(connection->http);
}

/* Should the library have missed even that, its own timeout ends the connection: it looks at that in every turn. */
static void on_deadline(struct loop_timer *timer)
{
        struct connection *connection = (struct connection *)timer;
        cut_off(connection);
        MHD_set_connection_option(connection->mhd, MHD_CONNECTION_OPTION_TIMEOUT, 1u);
        loop_timer_start(connection->http->loop, &connection->deadline, PAUSE_MS);
}

static void resume(struct connection *connection)
{
        if (connection->suspended)
                MHD_resume_connection(connection->mhd);
        connection->suspended = false;
        turn_again(connection->http);
}

/* From outside of the library's turn: it is called again in the next one. */
static void on_wake(struct stream *stream, void *waker)
{
        struct connection *connection = waker;
        if (stream->cut)
                shutdown(connection->socket, SHUT_RDWR);
        resume(connection);
}

/* The library misses an end that comes together with the last bytes: its connections would stay until their deadline.
 * A client of a stream says nothing more; if its socket can be read it has gone, or is none of ours. */
static void on_client(struct loop_fd *fd, unsigned events)
{
        struct connection *connection = (struct connection *)((char *)fd - offsetof(struct connection, watch));
        char byte;
        (void)events;
        ssize_t got = recv(connection->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
                return;
        if (got > 0 && !connection->stream)
                return; /* the library reads it in this turn */
        loop_fd_stop(fd);
        if (!connection->stream) {
                loop_timer_start(connection->http->loop, &connection->deadline, GONE_MS);
                return;
        }
        connection->stream->over = true;
        cut_off(connection);
        resume(connection);
}

static void connection_opened(struct http *http, struct MHD_Connection *mhd, void **context)
{
        struct connection *connection = calloc(1, sizeof *connection);
        *context = connection;
        http->opened++;
        if (!connection)
                return; /* the request is refused */
        connection->http = http;
        connection->mhd = mhd;
        connection->socket = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        connection->deadline.expired = on_deadline;
        connection->watch.ready = on_client;
        connection->next = http->first;
        connection->link = &http->first;
        if (http->first)
                http->first->link = &connection->next;
        http->first = connection;
        unsigned request_ms = http->settings.request_ms;
        loop_timer_start(http->loop, &connection->deadline, request_ms ? request_ms : HTTP_REQUEST_MS);
        loop_fd_start(http->loop, &connection->watch, connection->socket, LOOP_READ);
}

/* Listening that stopped at the limit of connections begins again with a turn. */
static void connection_closed(struct connection *connection)
{
        turn_again(connection->http);
        loop_timer_stop(&connection->deadline);
        loop_fd_stop(&connection->watch);
        if (connection->stream)
                stream_free(connection->stream);
        *connection->link = connection->next;
        if (connection->next)
                connection->next->link = connection->link;
        free(connection);
}

static void on_connection(void *owner, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
        if (code == MHD_CONNECTION_NOTIFY_STARTED)
                connection_opened(owner, mhd, context);
        else if (*context)
                connection_closed(*context);
}

/* ---- answers ---- */

void http_refuse(struct http_reply *reply, unsigned status, const char *sentence)
{
        char text[256];
        text_printf(text, sizeof text, "{\"error\": \"%s\"}\n", sentence);
        *reply = (struct http_reply){.status = status, .type = HTTP_JSON, .text = strdup(text), .len = strlen(text)};
}

static ssize_t on_read(void *owner, uint64_t at, char *out, size_t room)
{
        struct connection *connection = owner;
        size_t len = stream_read(connection->stream, out, room);
        (void)at;
        if (len)
                return (ssize_t)len;
        if (connection->stream->over)
                return MHD_CONTENT_READER_END_OF_STREAM;
        connection->suspended = true;
        MHD_suspend_connection(connection->mhd);
        return 0;
}

static struct MHD_Response *response_of(struct connection *connection, struct http_reply *reply)
{
        if (!reply->stream) {
                loop_fd_stop(&connection->watch);
                return MHD_create_response_from_buffer(reply->len, reply->text, MHD_RESPMEM_MUST_FREE);
        }
        loop_timer_stop(&connection->deadline);
        connection->stream = reply->stream;
        connection->stream->wake = on_wake;
        connection->stream->waker = connection;
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16384, on_read, connection, NULL);
}

static enum MHD_Result send_reply(struct connection *connection, struct http_reply *reply, const char *extra,
                                  const char *extra_value)
{
        if (!reply->stream && !reply->text)
                return MHD_NO; /* no memory: the connection closes */
        struct MHD_Response *response = response_of(connection, reply);
        if (!response)
                return MHD_NO;
        MHD_add_response_header(response, "Content-Type", reply->type ? reply->type : HTTP_TEXT);
        MHD_add_response_header(response, "Connection", "close");
        MHD_add_response_header(response, "Cache-Control", "no-store");
        MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
        MHD_add_response_header(response, "Content-Security-Policy",
                                reply->policy ? reply->policy : "default-src 'none'; frame-ancestors 'none'");
        MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
        if (extra)
                MHD_add_response_header(response, extra, extra_value);
        enum MHD_Result queued = MHD_queue_response(connection->mhd, reply->status ? reply->status : 200, response);
        MHD_destroy_response(response);
        return queued;
}

static enum MHD_Result refuse(struct connection *connection, unsigned status, const char *sentence, const char *extra,
                              const char *extra_value)
{
        struct http_reply reply;
        http_refuse(&reply, status, sentence);
        return send_reply(connection, &reply, extra, extra_value);
}

static bool body_announced_too_big(struct MHD_Connection *mhd)
{
        const char *length = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Content-Length");
        return length && strtoull(length, NULL, 10) > HTTP_BODY_MAX;
}

/* Whatever can be said before the body has come. */
static enum MHD_Result begin(struct connection *connection, const char *method, const char *path)
{
        const struct http_settings *settings = &connection->http->settings;
        switch (route_find(settings->routes, settings->n_routes, method, path, &connection->match)) {
        case ROUTE_NO_PATH:
                return refuse(connection, 404, "there is nothing at this path", NULL, NULL);
        case ROUTE_NO_METHOD:
                return refuse(connection, 405, "this path takes another method", "Allow", connection->match.allow);
        case ROUTE_FOUND:
                break;
        }
        unsigned needs = settings->local ? 0 : connection->match.route->needs;
        const char *said = MHD_lookup_connection_value(connection->mhd, MHD_HEADER_KIND, "Authorization");
        if (needs & ROUTE_LOCAL)
                return refuse(connection, 403, "only over the control socket", NULL, NULL);
        if (needs & ROUTE_TOKEN && !settings->token)
                return refuse(connection, 403, "needs a token, and the configuration has none (admin.token)", NULL,
                              NULL);
        if (needs & ROUTE_TOKEN && !route_token_is(said, settings->token))
                return refuse(connection, 401, "needs the token of the configuration (admin.token)", "WWW-Authenticate",
                              "Bearer realm=\"sccpgw\"");
        if (body_announced_too_big(connection->mhd))
                return refuse(connection, 413, "the body is too big", NULL, NULL);
        return MHD_YES;
}

static void collect(struct connection *connection, const char *bytes, size_t len)
{
        connection->too_big |= len > HTTP_BODY_MAX - connection->len;
        if (connection->too_big)
                return;
        memcpy(connection->body + connection->len, bytes, len);
        connection->len += len;
}

static enum MHD_Result answer(struct connection *connection)
{
        struct http_request request = {
                .name = connection->match.name, .body = connection->body, .len = connection->len};
        struct http_reply reply = {0};
        if (connection->too_big)
                return refuse(connection, 413, "the body is too big", NULL, NULL);
        connection->match.route->run(connection->http->settings.owner, &request, &reply);
        return send_reply(connection, &reply, NULL, NULL);
}

/* The library calls it once for the head, for each part of the body, and once behind it. */
static enum MHD_Result on_request(void *owner, struct MHD_Connection *mhd, const char *path, const char *method,
                                  const char *version, const char *bytes, size_t *len, void **state)
{
        struct connection *connection = connection_of(mhd);
        (void)owner, (void)version;
        if (!connection)
                return MHD_NO;
        if (!*state) {
                *state = connection;
                return begin(connection, method, path);
        }
        if (!*len)
                return answer(connection);
        collect(connection, bytes, *len);
        *len = 0;
        return MHD_YES;
}

/* It complains of every client that goes away; what is worth a line for operators is said elsewhere. */
static void on_log(void *owner, const char *format, va_list args)
{
        struct http *http = owner;
        char text[256];
        if (!log_on(LOG_DEBUG) || !log_allowed(&http->warnings, 10, 60))
                return;
        if (vsnprintf(text, sizeof text, format, args) < 0)
                return;
        text[strcspn(text, "\r\n")] = '\0';
        log_debug("admin", "%s", text);
}

struct http *http_start(struct loop *loop, int socket, const struct http_settings *settings, char *why, size_t why_size)
{
        struct http *http = calloc(1, sizeof *http);
        if (http) {
                http->loop = loop;
                http->settings = *settings;
                http->ready.ready = on_ready;
                http->timer.expired = on_timer;
                http->pause.expired = on_pause_over;
                http->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL,
                                                NULL, on_request, http, MHD_OPTION_EXTERNAL_LOGGER, on_log, http,
                                                MHD_OPTION_LISTEN_SOCKET, socket, MHD_OPTION_NOTIFY_CONNECTION,
                                                on_connection, http, MHD_OPTION_CONNECTION_LIMIT,
                                                (unsigned)HTTP_CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                                                (size_t)HEAD_MAX, MHD_OPTION_END);
        }
        if (!http || !http->daemon) {
                text_copy(why, why_size, "the HTTP library does not start");
                free(http);
                return NULL;
        }
        loop_fd_start(loop, &http->ready, MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
                      LOOP_READ);
        set_timer(http);
        return http;
}

void http_token_set(struct http *http, const char *token)
{
        http->settings.token = token;
}

/* A suspended connection must not meet the library's end. */
void http_stop(struct http *http)
{
        if (!http)
                return;
        for (struct connection *connection = http->first; connection; connection = connection->next)
                if (connection->stream)
                        stream_finish(connection->stream);
        MHD_run(http->daemon);
        loop_fd_stop(&http->ready);
        MHD_stop_daemon(http->daemon);
        loop_timer_stop(&http->timer);
        loop_timer_stop(&http->pause);
        free(http);
}
