/* A server and its phones in one process, for the tests of sessions and of the server: real sockets on loopback, and a
 * clock that can be moved on, so that no test waits. */
#ifndef SCCPGW_TESTS_SCCP_WORLD_H
#define SCCPGW_TESTS_SCCP_WORLD_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/loop.h"
#include "gateway/base/text.h"
#include "sccp/codec.h"
#include "sccp/frame.h"
#include "sccp/server.h"
#include "sccp/session.h"

#define PATIENCE_MS 3000 /* for what has to happen */
#define WORLD_QUEUE 65536

/* The clock of this program, libev's too. */
static int64_t clock_shift_ms;

int clock_gettime(clockid_t clock, struct timespec *now)
{
        int answer = (int)syscall(SYS_clock_gettime, clock, now);
        if (clock == CLOCK_MONOTONIC)
                now->tv_sec += clock_shift_ms / 1000;
        return answer;
}

/* The owner of the server, and a record of what it was told: "up SEP1, down SEP1 lost, input SEP1 0". */
struct world {
        struct loop *loop;
        struct sccp_server *server;
        const char *refusal; /* what admit answers */
        bool in_call;
        unsigned tokens; /* how often one was asked for, and what the last asker was said to be */
        bool token_live, token_cleaning;
        unsigned token_wait_s; /* what they are answered; 0: granted */
        struct sccp_profile profile;
        struct loop_timer slice;
        const char *known; /* the only name admitted; NULL: all are */
        char record[4096];
        void (*on_up)(struct world *world, struct sccp_session *session);
};

struct phone {
        int socket;
        unsigned version; /* to decode by */
        struct frame_stream stream;
        uint8_t chunk[65536];
        const uint8_t *at;
        size_t left;
};

static inline const char *world_admit(void *owner, const char *name, uint32_t device_type, const struct endpoint *from,
                                      struct sccp_profile *profile)
{
        struct world *world = owner;
        (void)device_type;
        assert_int_not_equal(from->port, 0);
        *profile = world->profile;
        if (!world->refusal && world->known && !text_equal(world->known, name))
                return "Unknown phone";
        return world->refusal;
}

static inline unsigned world_token(void *owner, const struct sccp_token_ask *ask, const char **why)
{
        struct world *world = owner;
        assert_int_not_equal(ask->from->port, 0);
        world->tokens++;
        world->token_live = ask->live;
        world->token_cleaning = ask->cleaning;
        *why = "so it is";
        return world->token_wait_s;
}

static inline void world_note(struct world *world, const char *what, const struct sccp_session *session,
                              const char *more)
{
        text_append(world->record, sizeof world->record, "%s%s %s%s", world->record[0] ? ", " : "", what,
                    sccp_session_name(session), more);
}

static inline void world_up(void *owner, struct sccp_session *session)
{
        struct world *world = owner;
        world_note(world, "up", session, "");
        if (world->on_up)
                world->on_up(world, session);
}

static inline void world_down(void *owner, struct sccp_session *session, enum sccp_down_reason reason)
{
        static const char *const reasons[] = {" unregistered", " lost", " silent", " replaced", " protocol", " closed"};
        world_note(owner, "down", session, reasons[reason]);
        assert_non_null(sccp_session_model(session)); /* valid until this returns */
}

static inline void world_input(void *owner, struct sccp_session *session, const struct sccp_input *input)
{
        char kind[8];
        text_printf(kind, sizeof kind, " %d", (int)input->kind);
        world_note(owner, "input", session, kind);
}

static inline bool world_in_call(void *owner, struct sccp_session *session)
{
        (void)session;
        return ((struct world *)owner)->in_call;
}

static const struct sccp_handlers world_handlers = {.admit = world_admit,
                                                    .token = world_token,
                                                    .up = world_up,
                                                    .down = world_down,
                                                    .input = world_input,
                                                    .in_call = world_in_call};

static inline void slice_over(struct loop_timer *timer)
{
        loop_stop(timer->loop);
}

/* Runs the loop for a moment of real time. */
static inline void world_run(struct world *world, int64_t ms)
{
        world->slice.expired = slice_over;
        loop_timer_start(world->loop, &world->slice, ms);
        loop_run(world->loop);
}

/* Moves the clock on; everything due by then happens. Whole seconds. */
static inline void world_skip(struct world *world, int64_t ms)
{
        assert_int_equal(ms % 1000, 0);
        clock_shift_ms += ms;
        world_run(world, 2);
}

static inline struct sccp_server_settings world_settings(const struct endpoint *listen)
{
        return (struct sccp_server_settings){
                .listen = listen,
                .n_listen = 1,
                .keepalive_s = 30,
                .dscp = 24,
                .node_name = "gw1",
                .limits = {.strangers_per_address = 256,
                           .register_s = 30,
                           .messages = 100,
                           .bytes = 32768,
                           .queue = WORLD_QUEUE,
                           .reject_delay_s = 60},
        };
}

static inline void world_open_with(struct world *world, const struct sccp_server_settings *settings)
{
        static const struct sccp_profile_button buttons[] = {
                {.kind = SCCP_SLOT_LINE, .number = "1001", .label = "1001"},
                {.kind = SCCP_SLOT_LINE, .number = "1002", .label = "1002"}};
        char why[128];
        *world = (struct world){.loop = loop_new()};
        world->profile = (struct sccp_profile){
                .date_template = "D.M.Y", .timezone = "UTC", .buttons = buttons, .n_buttons = 2};
        world->server = sccp_server_new(world->loop, settings, &world_handlers, world, why, sizeof why);
        if (!world->server)
                fail_msg("%s", why);
}

static inline void world_open(struct world *world)
{
        struct endpoint any;
        endpoint_parse("127.0.0.1", 0, &any);
        struct sccp_server_settings settings = world_settings(&any);
        world_open_with(world, &settings);
}

/* The newest connection, registered or not. */
static inline struct sccp_session *world_session(struct world *world)
{
        struct sccp_session *session = ((struct session_house *)world->server)->registry.first;
        assert_non_null(session);
        return session;
}

static inline void world_close(struct world *world)
{
        sccp_server_free(world->server);
        loop_free(world->loop);
}

static inline void phone_socket(struct phone *phone, int family)
{
        *phone = (struct phone){.socket = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        assert_true(phone->socket >= 0);
}

static inline void phone_connect_to(struct phone *phone, const struct endpoint *server, int receive_buffer)
{
        struct sockaddr_storage address;
        socklen_t len = endpoint_to_sockaddr(server, &address);
        phone_socket(phone, address.ss_family);
        if (receive_buffer)
                setsockopt(phone->socket, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        setsockopt(phone->socket, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        assert_int_equal(connect(phone->socket, (struct sockaddr *)&address, len), 0);
}

static inline void phone_connect(struct phone *phone, struct world *world)
{
        struct endpoint server = sccp_server_address(world->server, 0);
        phone_connect_to(phone, &server, 0);
}

/* From an address of its own, 127.0.0.`host`; a port other than 0 may be used again at once. */
static inline void phone_connect_from(struct phone *phone, struct world *world, uint8_t host, uint16_t port)
{
        struct endpoint server = sccp_server_address(world->server, 0), local;
        struct sockaddr_storage from, to;
        char text[IP_TEXT_SIZE];
        text_printf(text, sizeof text, "127.0.0.%u", host);
        assert_true(endpoint_parse(text, 0, &local));
        local.port = port;
        socklen_t from_len = endpoint_to_sockaddr(&local, &from), to_len = endpoint_to_sockaddr(&server, &to);
        phone_socket(phone, from.ss_family);
        setsockopt(phone->socket, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
        setsockopt(phone->socket, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        assert_int_equal(bind(phone->socket, (struct sockaddr *)&from, from_len), 0);
        assert_int_equal(connect(phone->socket, (struct sockaddr *)&to, to_len), 0);
}

static inline void phone_close(struct phone *phone)
{
        frame_stream_clear(&phone->stream);
        close(phone->socket);
}

static inline void phone_write(struct phone *phone, const void *bytes, size_t len)
{
        assert_int_equal(send(phone->socket, bytes, len, MSG_NOSIGNAL), (ssize_t)len);
}

static inline size_t phone_encode(const struct phone *phone, const struct sccp_message *message, uint8_t *out)
{
        struct sccp_context ctx = {.version = (uint8_t)phone->version};
        size_t len = sccp_encode(&ctx, message, out, SCCP_FRAME_MAX);
        assert_true(len > 0);
        return len;
}

static inline void phone_send(struct phone *phone, const struct sccp_message *message)
{
        uint8_t frame[SCCP_FRAME_MAX];
        phone_write(phone, frame, phone_encode(phone, message, frame));
}

static inline void phone_send_id(struct phone *phone, enum sccp_id id)
{
        struct sccp_message message = {.id = id};
        phone_send(phone, &message);
}

/* One recv: false when there is nothing now; `closed` says whether there will be. */
static inline bool phone_read(struct phone *phone, bool *closed)
{
        ssize_t len = recv(phone->socket, phone->chunk, sizeof phone->chunk, MSG_DONTWAIT);
        *closed = len == 0 || (len < 0 && errno != EAGAIN);
        phone->at = phone->chunk;
        phone->left = len > 0 ? (size_t)len : 0;
        return len > 0;
}

static inline bool phone_next(struct phone *phone, struct sccp_message *out)
{
        struct sccp_context ctx = {.version = (uint8_t)phone->version};
        struct frame frame;
        const char *why;
        if (frame_next(&phone->stream, &phone->at, &phone->left, &frame, &why) != FRAME_READY)
                return false;
        assert_null(sccp_decode(&ctx, frame.id, frame.payload, frame.len, out));
        return true;
}

/* The next message from the server; fails the test when none comes. */
static inline struct sccp_message phone_receive(struct phone *phone, struct world *world)
{
        struct sccp_message message;
        bool closed = false;
        for (int waited = 0; waited < PATIENCE_MS; waited++) {
                if (phone_next(phone, &message))
                        return message;
                if (!phone_read(phone, &closed) && closed)
                        break;
                if (!phone->left)
                        world_run(world, 1);
        }
        fail_msg("%s", closed ? "the server closed the connection" : "no message came");
        return (struct sccp_message){0};
}

static inline struct sccp_message phone_expect(struct phone *phone, struct world *world, enum sccp_id id)
{
        struct sccp_message message = phone_receive(phone, world);
        if (message.id != id)
                fail_msg("%s came instead of %s", sccp_message_info(message.id)->name, sccp_message_info(id)->name);
        return message;
}

/* Whatever is under way is read and thrown away; fails the test when the connection stays. */
static inline void phone_expect_end(struct phone *phone, struct world *world)
{
        bool closed = false;
        for (int waited = 0; waited < PATIENCE_MS && !closed; waited++)
                if (!phone_read(phone, &closed))
                        world_run(world, 1);
        assert_true(closed);
}

static inline bool phone_is_connected(struct phone *phone)
{
        bool closed = false;
        while (phone_read(phone, &closed))
                continue;
        return !closed;
}

static inline struct sccp_message phone_register_message(const char *name, uint32_t type, unsigned version)
{
        struct sccp_message message = {.id = SCCP_REGISTER};
        TEXT_SET(message.register_req.device_name, name);
        message.register_req.device_type = type;
        message.register_req.protocol_version = (uint8_t)version;
        return message;
}

/* Registers up to the last question; the version is the one a phone of that type is granted. */
static inline void phone_begin(struct phone *phone, struct world *world, const char *name, uint32_t type,
                               unsigned version)
{
        struct sccp_message message = phone_register_message(name, type, version);
        phone_send(phone, &message);
        phone->version = phone_expect(phone, world, SCCP_REGISTER_ACK).register_ack.protocol_version;
        phone_expect(phone, world, SCCP_CAPABILITIES_REQ);
}

static inline void phone_register(struct phone *phone, struct world *world, const char *name, uint32_t type,
                                  unsigned version)
{
        phone_begin(phone, world, name, type, version);
        phone_send_id(phone, SCCP_TIME_DATE_REQ);
        phone_expect(phone, world, SCCP_DEFINE_TIME_DATE);
}

/* How many of the lines written to stderr since log_listen have `word`. */
struct ear {
        FILE *file;
        int saved;
};

static inline struct ear log_listen(void)
{
        struct ear ear = {.file = tmpfile(), .saved = dup(STDERR_FILENO)};
        assert_true(ear.file && ear.saved >= 0);
        dup2(fileno(ear.file), STDERR_FILENO);
        log_level_set(LOG_INFO);
        return ear;
}

static inline unsigned log_count(const struct ear *ear, const char *word)
{
        char line[512];
        unsigned count = 0;
        log_level_set(LOG_ERROR);
        dup2(ear->saved, STDERR_FILENO);
        close(ear->saved);
        rewind(ear->file);
        while (fgets(line, sizeof line, ear->file))
                count += strstr(line, word) != NULL;
        fclose(ear->file);
        return count;
}

#endif
