/* The phone's half of a registration and of an outgoing call (flows 4.1, 6.3 and 9.1 of the protocol reference). */
#include "tests/bench/phone.h"

#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/text.h"

#define PROTOCOL_VERSION 17
#define RTP_PORT         20000 /* acknowledged, never opened */
#define READ_SIZE        16384

/* What a phone asks while it registers, each after the answer to the one before. */
static const struct request {
        enum sccp_id asks, answer;
} requests[] = {
        {SCCP_BUTTON_TEMPLATE_REQ, SCCP_BUTTON_TEMPLATE}, {SCCP_SOFT_KEY_TEMPLATE_REQ, SCCP_SOFT_KEY_TEMPLATE_RES},
        {SCCP_SOFT_KEY_SET_REQ, SCCP_SOFT_KEY_SET_RES},   {SCCP_CONFIG_STAT_REQ, SCCP_CONFIG_STAT},
        {SCCP_LINE_STAT_REQ, SCCP_LINE_STAT_DYNAMIC},     {SCCP_FORWARD_STAT_REQ, SCCP_FORWARD_STAT},
        {SCCP_TIME_DATE_REQ, SCCP_DEFINE_TIME_DATE},
};

#define REQUESTS (sizeof requests / sizeof *requests)

int64_t wall_clock_us(void)
{
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct sccp_context context_of(const struct phone *phone)
{
        return (struct sccp_context){.version = phone->version, .lines = 1};
}

static void end_call(struct phone *phone)
{
        struct phone_call ended = phone->call;
        timer_clear(&phone->host->timers, &phone->call_timer);
        phone->call = (struct phone_call){0};
        if (ended.called)
                ended.called->expected = false;
        if (*ended.number)
                phone->host->call_ended(phone->host, &ended);
}

void phone_stop(struct phone *phone)
{
        timer_clear(&phone->host->timers, &phone->keepalive);
        timer_clear(&phone->host->timers, &phone->call_timer);
        loop_fd_stop(&phone->fd);
        frame_stream_clear(&phone->stream);
        if (phone->state != PHONE_OFF && phone->state != PHONE_FAILED)
                close(phone->descriptor);
        phone->state = PHONE_OFF;
}

static void fail(struct phone *phone, const char *why)
{
        if (phone->state == PHONE_FAILED)
                return;
        phone_stop(phone);
        phone->state = PHONE_FAILED;
        end_call(phone);
        phone->host->failed(phone->host, phone, why);
}

static void send_message(struct phone *phone, const struct sccp_message *message)
{
        struct sccp_context context = context_of(phone);
        uint8_t frame[SCCP_FRAME_MAX];
        size_t len = sccp_encode(&context, message, frame, sizeof(frame));
        assert(len > 0);
        if (send(phone->descriptor, frame, len, MSG_NOSIGNAL) != (ssize_t)len)
                fail(phone, "the gateway does not read");
}

static void send_bare(struct phone *phone, enum sccp_id id)
{
        struct sccp_message message = {.id = id};
        send_message(phone, &message);
}

static void send_register(struct phone *phone)
{
        struct sccp_message message = {.id = SCCP_REGISTER};
        struct sccp_register_req *request = &message.register_req;
        TEXT_SET(request->device_name, phone->name);
        request->instance = 1;
        request->station_ip = phone->local;
        request->device_type = SCCP_DEVICE_7970;
        request->max_streams = 5;
        request->protocol_version = PROTOCOL_VERSION;
        request->features = SCCP_FEATURE_UTF8 | SCCP_FEATURE_DYNAMIC_MESSAGES | SCCP_FEATURE_ABBREVIATED_DIAL;
        send_message(phone, &message);
}

static void send_capabilities(struct phone *phone)
{
        struct sccp_message message = {.id = SCCP_CAPABILITIES_RES};
        message.capabilities_res.n_caps = 2;
        message.capabilities_res.caps[0] = (struct sccp_capability){.codec = SCCP_CODEC_G711_ULAW, .packet_ms = 40};
        message.capabilities_res.caps[1] = (struct sccp_capability){.codec = SCCP_CODEC_G711_ALAW, .packet_ms = 40};
        send_message(phone, &message);
}

static void send_request(struct phone *phone)
{
        struct sccp_message message = {.id = requests[phone->next_request].asks};
        if (message.id == SCCP_LINE_STAT_REQ)
                message.line_stat_req.line = 1;
        if (message.id == SCCP_FORWARD_STAT_REQ)
                message.forward_stat_req.line = 1;
        send_message(phone, &message);
}

static void read_register_ack(struct phone *phone, const struct sccp_message *message)
{
        phone->version = message->register_ack.protocol_version;
        phone->keepalive_ms = message->register_ack.keepalive_s * 1000;
        timer_set(&phone->host->timers, &phone->keepalive, loop_now_ms(phone->host->loop) + phone->keepalive_ms);
}

static void keepalive_due(struct timer *timer)
{
        struct phone *phone = (struct phone *)((char *)timer - offsetof(struct phone, keepalive));
        timer_set(&phone->host->timers, timer, loop_now_ms(phone->host->loop) + phone->keepalive_ms);
        send_bare(phone, SCCP_KEEP_ALIVE);
}

/* An answer moves the registration on; the one to the last request ends it. */
static void read_answer(struct phone *phone, enum sccp_id id)
{
        if (phone->state != PHONE_REGISTERING || requests[phone->next_request].answer != id)
                return;
        if (++phone->next_request < REQUESTS) {
                send_request(phone);
                return;
        }
        phone->state = PHONE_READY;
        phone->was_ready = true;
        phone->host->ready(phone->host);
}

/* --- the call --- */

bool phone_is_free(const struct phone *phone)
{
        return phone->state == PHONE_READY && !*phone->call.number && !phone->expected && !phone->incoming;
}

void phone_dial(struct phone *phone, const char *number, struct phone *called)
{
        struct sccp_message message = {.id = SCCP_ENBLOC_CALL};
        TEXT_SET(message.enbloc_call.called_number, number);
        message.enbloc_call.line = 1;
        TEXT_SET(phone->call.number, number);
        phone->call.called = called;
        if (called)
                called->expected = true;
        timer_set(&phone->host->timers, &phone->call_timer, loop_now_ms(phone->host->loop) + phone->host->limit_ms);
        phone->call.dialled_us = wall_clock_us();
        send_message(phone, &message);
}

static void hang_up(struct phone *phone)
{
        struct sccp_message message = {.id = SCCP_ON_HOOK};
        message.on_hook.line = 1;
        message.on_hook.call_ref = phone->call.ref;
        timer_set(&phone->host->timers, &phone->call_timer, loop_now_ms(phone->host->loop) + phone->host->limit_ms);
        send_message(phone, &message);
}

/* Talked long enough, or nothing happens any more. */
static void call_timer_due(struct timer *timer)
{
        struct phone *phone = (struct phone *)((char *)timer - offsetof(struct phone, call_timer));
        if (phone->call.connected_us && !phone->call.ended_us) {
                phone->call.ended_us = wall_clock_us();
                hang_up(phone);
        } else {
                phone->call.connected_us = 0;
                end_call(phone);
        }
}

static void send_hook(struct phone *phone, bool off)
{
        struct sccp_message message = {.id = off ? SCCP_OFF_HOOK : SCCP_ON_HOOK};
        if (off)
                message.off_hook = (struct sccp_off_hook){.line = 1, .call_ref = phone->incoming};
        else
                message.on_hook = (struct sccp_on_hook){.line = 1, .call_ref = phone->incoming};
        send_message(phone, &message);
}

/* Answers at once, and goes on hook when the far side has. The answer to a question shows that the gateway has seen
 * it: who calls before that finds a phone off hook. */
static void take_call(struct phone *phone, const struct sccp_call_state *said)
{
        if (said->state == SCCP_CALL_STATE_RING_IN && !phone->incoming) {
                phone->incoming = said->call_ref;
                send_hook(phone, true);
        } else if (said->call_ref != phone->incoming) {
                return;
        } else if (said->state == SCCP_CALL_STATE_CONNECTED && !phone->talking) {
                phone->talking = true;
                phone->host->call_taken(phone->host);
        } else if (said->state == SCCP_CALL_STATE_ON_HOOK && !phone->leaving) {
                phone->leaving = true;
                send_hook(phone, false);
                send_bare(phone, SCCP_TIME_DATE_REQ);
        }
}

static void read_time(struct phone *phone)
{
        if (!phone->leaving)
                return;
        phone->leaving = phone->talking = false;
        phone->incoming = 0;
}

static void read_call_state(struct phone *phone, const struct sccp_call_state *said)
{
        struct phone_call *call = &phone->call;
        if (!*call->number)
                take_call(phone, said);
        if (!*call->number || (call->ref && call->ref != said->call_ref))
                return;
        call->ref = said->call_ref;
        if (said->state == SCCP_CALL_STATE_RING_OUT && !call->ringing_us)
                call->ringing_us = wall_clock_us();
        if (said->state == SCCP_CALL_STATE_CONNECTED && !call->connected_us) {
                call->connected_us = wall_clock_us();
                timer_set(&phone->host->timers, &phone->call_timer,
                          loop_now_ms(phone->host->loop) + phone->host->hold_ms);
        }
        if (said->state == SCCP_CALL_STATE_ON_HOOK)
                end_call(phone);
}

static void acknowledge_receive(struct phone *phone, const struct sccp_open_receive_channel *open)
{
        struct sccp_message message = {.id = SCCP_OPEN_RECEIVE_CHANNEL_ACK};
        message.open_receive_channel_ack.addr = phone->local;
        message.open_receive_channel_ack.port = RTP_PORT;
        message.open_receive_channel_ack.party_id = open->party_id;
        message.open_receive_channel_ack.call_ref = open->call_ref;
        send_message(phone, &message);
}

static void acknowledge_transmit(struct phone *phone, const struct sccp_start_media_transmission *start)
{
        struct sccp_message message = {.id = SCCP_START_MEDIA_TRANSMISSION_ACK};
        message.start_media_transmission_ack.conference_id = start->conference_id;
        message.start_media_transmission_ack.party_id = start->party_id;
        message.start_media_transmission_ack.call_ref = start->call_ref;
        message.start_media_transmission_ack.addr = phone->local;
        message.start_media_transmission_ack.port = RTP_PORT;
        send_message(phone, &message);
}

static void send_statistics(struct phone *phone, const struct sccp_connection_statistics_req *asked)
{
        struct sccp_message message = {.id = SCCP_CONNECTION_STATISTICS_RES};
        TEXT_SET(message.connection_statistics_res.number, asked->number);
        message.connection_statistics_res.call_ref = asked->call_ref;
        message.connection_statistics_res.processing = asked->processing;
        send_message(phone, &message);
}

/* --- the connection --- */

static void read_message(struct phone *phone, const struct sccp_message *message)
{
        switch ((int)message->id) {
        case SCCP_REGISTER_ACK:
                read_register_ack(phone, message);
                break;
        case SCCP_REGISTER_REJECT:
                fail(phone, message->register_reject.text);
                break;
        case SCCP_RESET:
                fail(phone, "the gateway resets it");
                break;
        case SCCP_CAPABILITIES_REQ:
                send_capabilities(phone);
                send_request(phone);
                break;
        case SCCP_CALL_STATE:
                read_call_state(phone, &message->call_state);
                break;
        case SCCP_OPEN_RECEIVE_CHANNEL:
                acknowledge_receive(phone, &message->open_receive_channel);
                break;
        case SCCP_START_MEDIA_TRANSMISSION:
                acknowledge_transmit(phone, &message->start_media_transmission);
                break;
        case SCCP_CONNECTION_STATISTICS_REQ:
                send_statistics(phone, &message->connection_statistics_req);
                break;
        case SCCP_DEFINE_TIME_DATE:
                read_time(phone);
                read_answer(phone, message->id);
                break;
        default: /* what only changes the display */
                read_answer(phone, message->id);
        }
}

static void read_frame(struct phone *phone, const struct frame *frame)
{
        struct sccp_context context = context_of(phone);
        struct sccp_message message;
        const char *why = sccp_decode(&context, frame->id, frame->payload, frame->len, &message);
        if (why)
                fail(phone, why);
        else
                read_message(phone, &message);
}

static void read_frames(struct phone *phone, const uint8_t *bytes, size_t len)
{
        const char *why = NULL;
        struct frame frame;
        while (phone->state != PHONE_FAILED) {
                switch (frame_next(&phone->stream, &bytes, &len, &frame, &why)) {
                case FRAME_READY:
                        read_frame(phone, &frame);
                        break;
                case FRAME_MORE:
                        return;
                case FRAME_BAD:
                        fail(phone, why);
                        return;
                }
        }
}

static void connected(struct phone *phone)
{
        int problem = 0;
        socklen_t len = sizeof(problem);
        getsockopt(phone->descriptor, SOL_SOCKET, SO_ERROR, &problem, &len);
        if (problem) {
                fail(phone, strerror(problem));
                return;
        }
        loop_fd_change(&phone->fd, LOOP_READ);
        phone->state = PHONE_REGISTERING;
        send_register(phone);
}

static void socket_ready(struct loop_fd *fd, unsigned events)
{
        struct phone *phone = (struct phone *)fd;
        uint8_t bytes[READ_SIZE];
        (void)events;
        if (phone->state == PHONE_CONNECTING) {
                connected(phone);
                return;
        }
        ssize_t len = recv(phone->descriptor, bytes, sizeof(bytes), MSG_DONTWAIT);
        if (len > 0)
                read_frames(phone, bytes, (size_t)len);
        else if (len == 0)
                fail(phone, "the gateway closed the connection");
        else if (errno != EAGAIN && errno != EINTR)
                fail(phone, strerror(errno));
}

static int open_socket(const struct ip *local, const struct endpoint *server)
{
        struct sockaddr_storage from, to;
        struct endpoint source = {.ip = *local};
        socklen_t from_len = endpoint_to_sockaddr(&source, &from), to_len = endpoint_to_sockaddr(server, &to);
        int one = 1, descriptor = socket(from.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (descriptor < 0)
                return -1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        if (bind(descriptor, (const struct sockaddr *)&from, from_len) == 0 &&
            (connect(descriptor, (const struct sockaddr *)&to, to_len) == 0 || errno == EINPROGRESS))
                return descriptor;
        int problem = errno;
        close(descriptor);
        errno = problem;
        return -1;
}

void phone_start(struct phone *phone, struct phone_host *host, const char *name, const struct ip *local)
{
        *phone = (struct phone){.host = host, .local = *local, .state = PHONE_FAILED};
        TEXT_SET(phone->name, name);
        phone->fd.ready = socket_ready;
        phone->keepalive.expired = keepalive_due;
        phone->call_timer.expired = call_timer_due;
        phone->descriptor = open_socket(local, &host->server);
        if (phone->descriptor < 0) {
                host->failed(host, phone, strerror(errno));
                return;
        }
        phone->state = PHONE_CONNECTING;
        loop_fd_start(host->loop, &phone->fd, phone->descriptor, LOOP_WRITE);
}
