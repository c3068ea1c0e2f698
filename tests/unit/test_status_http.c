/* The HTTP server in a loop, asked over real sockets: limits, streams, and what happens to those who do not read. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "gateway/status/http.h"
#include "gateway/status/local.h"

#define PATIENCE_MS 5000

struct world {
        struct loop *loop;
        struct http *http;
        struct local local;
        char path[64];
        struct loop_timer slice;
        struct stream *stream; /* the newest */
        int ended[2];          /* streams, by enum stream_end */
        char body[HTTP_BODY_MAX + 1];
};

static void on_ended(struct stream *stream, enum stream_end end)
{
        struct world *world = stream->owner;
        world->ended[end]++;
        if (world->stream == stream)
                world->stream = NULL;
}

static void run_stream(void *owner, const struct http_request *request, struct http_reply *reply)
{
        struct world *world = owner;
        (void)request;
        world->stream = stream_new(world, on_ended);
        reply->stream = world->stream;
        stream_write(world->stream, "first\n", 6);
}

static void run_echo(void *owner, const struct http_request *request, struct http_reply *reply)
{
        struct world *world = owner;
        TEXT_SET(world->body, request->body);
        reply->text = strdup(request->body);
        reply->len = request->len;
}

static const struct route routes[] = {{"GET", "/stream", 0, run_stream, NULL, NULL},
                                      {"POST", "/echo", ROUTE_TOKEN, run_echo, NULL, NULL},
                                      {"GET", "/echo", 0, run_echo, NULL, NULL}};

static void slice_over(struct loop_timer *timer)
{
        loop_stop(timer->loop);
}

static void run_a_while(struct world *world)
{
        world->slice.expired = slice_over;
        loop_timer_start(world->loop, &world->slice, 2);
        loop_run(world->loop);
}

#define WAIT_FOR(world, condition)                                                                                     \
        do {                                                                                                           \
                int64_t until_ms = clock_ms() + PATIENCE_MS;                                                           \
                while (!(condition)) {                                                                                 \
                        if (clock_ms() > until_ms)                                                                     \
                                fail_msg("not in time: " #condition);                                                  \
                        run_a_while(world);                                                                            \
                }                                                                                                      \
        } while (0)

static void world_open(struct world *world, unsigned request_ms)
{
        char why[128];
        *world = (struct world){.loop = loop_new()};
        text_printf(world->path, sizeof world->path, "/tmp/sccpgw-test-%d.sock", (int)getpid());
        struct http_settings settings = {.routes = routes,
                                         .n_routes = sizeof routes / sizeof routes[0],
                                         .owner = world,
                                         .local = true,
                                         .request_ms = request_ms};
        if (!local_listen(&world->local, world->path, why, sizeof why))
                fail_msg("%s", why);
        world->http = http_start(world->loop, world->local.socket, &settings, why, sizeof why);
        assert_non_null(world->http);
}

static void world_close(struct world *world)
{
        local_forget(&world->local, world->path);
        http_stop(world->http);
        loop_free(world->loop);
}

static int client_open(struct world *world, const char *request)
{
        int fd = local_connect(world->path);
        assert_true(fd >= 0);
        assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
        return fd;
}

/* Whatever it was sent before is passed over. */
static bool is_closed(int fd)
{
        char bytes[1024];
        ssize_t got;
        while ((got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
                ;
        return got == 0 || (errno != EAGAIN && errno != EINTR);
}

/* Appends what has come; true when `wanted` is in it. */
static bool heard(int fd, char *text, size_t size, const char *wanted)
{
        size_t len = strlen(text);
        ssize_t got = recv(fd, text + len, size - len - 1, MSG_DONTWAIT);
        if (got > 0)
                text[len + (size_t)got] = '\0';
        return strstr(text, wanted);
}

static void a_stream_sends_what_is_written_when_it_is_written(void **state)
{
        (void)state;
        struct world world;
        char text[4096] = "";
        world_open(&world, 0);
        int client = client_open(&world, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
        WAIT_FOR(&world, heard(client, text, sizeof text, "first\n"));
        assert_non_null(strstr(text, "Transfer-Encoding: chunked"));
        for (int i = 0; i < 3; i++) {
                char line[16];
                text_printf(line, sizeof line, "line %d\n", i);
                run_a_while(&world);
                stream_write(world.stream, line, strlen(line));
                WAIT_FOR(&world, heard(client, text, sizeof text, line));
        }
        stream_finish(world.stream);
        WAIT_FOR(&world, heard(client, text, sizeof text, "\r\n0\r\n\r\n"));
        WAIT_FOR(&world, world.ended[STREAM_CLOSED] == 1);
        close(client);
        world_close(&world);
}

static void a_client_of_a_silent_stream_is_missed_when_it_goes(void **state)
{
        (void)state;
        struct world world;
        char text[4096] = "";
        world_open(&world, 0);
        int client = client_open(&world, "GET /stream HTTP/1.0\r\n\r\n");
        WAIT_FOR(&world, heard(client, text, sizeof text, "first\n"));
        run_a_while(&world); /* it is suspended now */
        close(client);
        WAIT_FOR(&world, world.ended[STREAM_CLOSED] == 1);
        assert_null(world.stream);
        world_close(&world);
}

static void who_does_not_read_is_cut_off_and_never_waited_for(void **state)
{
        (void)state;
        static char line[10000];
        struct world world;
        memset(line, 'x', sizeof line);
        world_open(&world, 0);
        int deaf = client_open(&world, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
        WAIT_FOR(&world, world.stream);
        size_t written = 0;
        while (world.stream && written < 100 * 1000 * 1000) {
                stream_write(world.stream, line, sizeof line);
                written += sizeof line;
                if (written % 100000 == 0)
                        run_a_while(&world);
        }
        WAIT_FOR(&world, world.ended[STREAM_CUT_OFF] == 1);
        assert_true(written < 4 * 1000 * 1000); /* the ring, and what the kernel keeps */
        close(deaf);
        world_close(&world);
}

static void a_server_that_stops_ends_its_streams(void **state)
{
        (void)state;
        struct world world;
        char text[4096] = "";
        world_open(&world, 0);
        int first = client_open(&world, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
        int second = client_open(&world, "GET /stream HTTP/1.0\r\n\r\n");
        WAIT_FOR(&world, heard(first, text, sizeof text, "first\n"));
        text[0] = '\0';
        WAIT_FOR(&world, heard(second, text, sizeof text, "first\n"));
        run_a_while(&world);
        world_close(&world);
        assert_int_equal(world.ended[STREAM_CLOSED], 2);
        close(first);
        close(second);
}

static void slow_requests_end_at_their_deadline(void **state)
{
        (void)state;
        static const char *const rows[] = {"", "GET /ec",
                                           "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"};
        struct world world;
        world_open(&world, 50);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                int client = client_open(&world, rows[i]);
                WAIT_FOR(&world, is_closed(client));
                close(client);
        }
        char text[4096] = "";
        int client = client_open(&world, "GET /stream HTTP/1.0\r\n\r\n"); /* streams have no deadline */
        WAIT_FOR(&world, heard(client, text, sizeof text, "first\n"));
        for (int i = 0; i < 50; i++)
                run_a_while(&world);
        assert_non_null(world.stream);
        assert_false(is_closed(client));
        close(client);
        world_close(&world);
}

static void bodies_arrive_whole_or_are_refused(void **state)
{
        (void)state;
        struct world world;
        char request[2 * HTTP_BODY_MAX], text[2 * HTTP_BODY_MAX] = "";
        world_open(&world, 0);
        text_printf(request, sizeof request, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n",
                    HTTP_BODY_MAX);
        size_t head = strlen(request);
        memset(request + head, 'b', HTTP_BODY_MAX);
        request[head + HTTP_BODY_MAX] = '\0';
        int client = client_open(&world, request);
        WAIT_FOR(&world, heard(client, text, sizeof text, "bbb"));
        assert_int_equal(strlen(world.body), HTTP_BODY_MAX);
        close(client);

        static const char *const too_big[] = {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4097\r\n\r\n",
                                              "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"};
        for (size_t i = 0; i < 2; i++) {
                text[0] = '\0';
                client = client_open(&world, too_big[i]);
                WAIT_FOR(&world, heard(client, text, sizeof text, "HTTP/1.1 413 "));
                close(client);
        }
        /* without a length: chunk by chunk */
        text_printf(request, sizeof request,
                    "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1800\r\n");
        head = strlen(request);
        memset(request + head, 'c', 0x1800);
        memcpy(request + head + 0x1800, "\r\n0\r\n\r\n", 8);
        text[0] = '\0';
        client = client_open(&world, request);
        WAIT_FOR(&world, heard(client, text, sizeof text, "HTTP/1.1 413 "));
        close(client);
        world_close(&world);
}

/* The clients' sockets are there before; then no number is left for the server's side of them. */
static void without_descriptors_clients_wait(void **state)
{
        (void)state;
        struct world world;
        struct rlimit limit, none;
        char text[4096] = "";
        world_open(&world, 0);
        int client = client_open(&world, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
        int next = dup(client); /* the lowest free one */
        close(next);
        getrlimit(RLIMIT_NOFILE, &limit);
        none = (struct rlimit){.rlim_cur = (rlim_t)next, .rlim_max = limit.rlim_max};
        setrlimit(RLIMIT_NOFILE, &none);
        for (int i = 0; i < 50; i++)
                run_a_while(&world);
        assert_false(heard(client, text, sizeof text, "HTTP/1.1"));
        setrlimit(RLIMIT_NOFILE, &limit);
        WAIT_FOR(&world, heard(client, text, sizeof text, "HTTP/1.1 200 "));
        close(client);
        world_close(&world);
}

static void connections_over_the_limit_are_served_when_there_is_room(void **state)
{
        (void)state;
        struct world world;
        int idle[HTTP_CONNECTIONS];
        char text[4096] = "";
        world_open(&world, 0);
        for (size_t i = 0; i < HTTP_CONNECTIONS; i++)
                idle[i] = client_open(&world, "");
        run_a_while(&world);
        int client = client_open(&world, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
        for (int i = 0; i < 10; i++)
                run_a_while(&world);
        assert_false(heard(client, text, sizeof text, "HTTP/1.1"));
        for (size_t i = 0; i < HTTP_CONNECTIONS; i++)
                close(idle[i]);
        WAIT_FOR(&world, heard(client, text, sizeof text, "HTTP/1.1 200 "));
        close(client);
        world_close(&world);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_stream_sends_what_is_written_when_it_is_written),
                cmocka_unit_test(a_client_of_a_silent_stream_is_missed_when_it_goes),
                cmocka_unit_test(who_does_not_read_is_cut_off_and_never_waited_for),
                cmocka_unit_test(a_server_that_stops_ends_its_streams),
                cmocka_unit_test(slow_requests_end_at_their_deadline),
                cmocka_unit_test(without_descriptors_clients_wait),
                cmocka_unit_test(connections_over_the_limit_are_served_when_there_is_room),
                cmocka_unit_test(bodies_arrive_whole_or_are_refused),
        };
        signal(SIGPIPE, SIG_IGN);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
