/* What the relay's tests share: peers on loopback that send and check packets, a relay whose thread can be waited for,
 * and a call through it. The monotonic clock can be set forward, so that no test waits for ports to rest.
 * A test defines FIRST before it includes this and takes the guard of the thousand ports from there on: programs of
 * tests run at the same time. */
#ifndef SCCPGW_TESTS_MEDIA_WORLD_H
#define SCCPGW_TESTS_MEDIA_WORLD_H

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/loop.h"
#include "gateway/media/ports.h"
#include "gateway/media/relay.h"
#include "gateway/media/udp.h"
#include "media_guard.h"

#define PATIENCE_MS 5000 /* for what must come; a busy machine is no mistake of ours */
#define QUIET_MS    100  /* for what must not */
#define PACKET_MAX  4096
#ifndef MEMBERS
#define MEMBERS 0 /* of conferences; a test of them defines another number */
#endif
#ifndef THREADS
#define THREADS 1 /* of the relay */
#endif
#define LAST       (FIRST + 599) /* of the relay's */
#define PHONE_PORT (FIRST + 600)
#define SIP_PORT   (FIRST + 700)
#define THIRD_PORT (FIRST + 800)
#define STREAM     17
#define HOME       "127.0.0.1"
#define SETTLE     0x7fffff00u /* names of streams opened only to wait for the relay's thread */

static atomic_long clock_ahead_s;

int clock_gettime(clockid_t clock, struct timespec *now)
{
        int answer = (int)syscall(SYS_clock_gettime, clock, now);
        if (clock == CLOCK_MONOTONIC)
                now->tv_sec += clock_ahead_s;
        return answer;
}

static inline void ports_have_rested(void)
{
        clock_ahead_s += PORTS_REST_MS / 1000 + 1;
}

static inline unsigned open_descriptors(void)
{
        unsigned count = 0;
        for (int fd = 0; fd < 4096; fd++)
                count += fcntl(fd, F_GETFD) >= 0;
        return count;
}

static inline struct endpoint endpoint_at(const char *ip, uint16_t port)
{
        struct endpoint endpoint = {.port = port};
        assert_true(ip_parse(ip, &endpoint.ip));
        return endpoint;
}

/* --- peers --- */

struct peer {
        int fd[2]; /* RTP, RTCP on the next port */
        struct endpoint at;
};

static inline struct peer peer_open_at(const char *ip, uint16_t port)
{
        struct peer peer = {.at = endpoint_at(ip, port)};
        for (unsigned i = 0; i < 2; i++) {
                peer.fd[i] = udp_open(&peer.at.ip, (uint16_t)(port + i), 0);
                assert_true(peer.fd[i] >= 0);
        }
        return peer;
}

static inline void peer_close(const struct peer *peer)
{
        close(peer->fd[0]);
        close(peer->fd[1]);
}

static inline void send_to(int fd, const char *ip, uint16_t port, const void *bytes, size_t len)
{
        struct endpoint to = endpoint_at(ip, port);
        union udp_name name;
        socklen_t name_len = udp_name(udp_family(fd), &to, &name);
        assert_true(name_len > 0);
        assert_int_equal(sendto(fd, bytes, len, 0, &name.any, name_len), len);
}

/* The length of the next packet, or -1 when none comes in time. */
static inline ssize_t receive(int fd, void *bytes, struct endpoint *from, int patience_ms)
{
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        union udp_name name = {.any.sa_family = AF_UNSPEC};
        socklen_t len = sizeof name;
        if (poll(&ready, 1, patience_ms) != 1)
                return -1;
        ssize_t got = recvfrom(fd, bytes, PACKET_MAX, 0, &name.any, &len);
        if (from)
                *from = endpoint_from_sockaddr(&name.any);
        return got;
}

static inline void assert_receives(int fd, const void *bytes, size_t len)
{
        uint8_t got[PACKET_MAX];
        assert_int_equal(receive(fd, got, NULL, PATIENCE_MS), len);
        assert_memory_equal(got, bytes, len);
}

static inline void assert_quiet(int fd)
{
        uint8_t got[PACKET_MAX];
        assert_int_equal(receive(fd, got, NULL, QUIET_MS), -1);
}

/* G.711 of 20 ms whose every byte depends on `seed`. */
#define VOICE_LEN 172
static inline void voice_fill(uint8_t packet[VOICE_LEN], unsigned seed)
{
        for (unsigned i = 0; i < VOICE_LEN; i++)
                packet[i] = (uint8_t)((seed + 1) * 2654435761u >> (i % 25));
        packet[0] = 0x80;
        packet[1] = 0;
        packet[2] = (uint8_t)(seed >> 8);
        packet[3] = (uint8_t)seed;
}

static inline void send_voice(const struct peer *peer, const char *ip, uint16_t port, unsigned seed)
{
        uint8_t packet[VOICE_LEN];
        voice_fill(packet, seed);
        send_to(peer->fd[0], ip, port, packet, sizeof packet);
}

static inline void assert_voice(const struct peer *peer, unsigned seed)
{
        uint8_t packet[VOICE_LEN];
        voice_fill(packet, seed);
        assert_receives(peer->fd[0], packet, sizeof packet);
}

/* --- the relay --- */

static inline struct relay *relay_start_range(uint16_t first, uint16_t last, const char *bind, size_t max_streams,
                                              unsigned timeout_s)
{
        struct relay_settings settings = {
                .threads = THREADS,
                .port_first = first,
                .port_last = last,
                .dscp = 46,
                .rtp_timeout_s = timeout_s,
                .max_streams = max_streams,
                .max_members = MEMBERS,
        };
        char why[128];
        if (bind)
                assert_true(ip_parse(bind, &settings.bind));
        struct relay *relay = relay_start(&settings, why, sizeof why);
        assert_non_null(relay);
        return relay;
}

/* The next event, in time or not at all. */
static inline bool event_wait(struct relay *relay, struct relay_event *event, int patience_ms)
{
        struct pollfd ready = {.fd = relay_fd(relay), .events = POLLIN};
        int64_t until_ms = clock_ms() + patience_ms;
        for (;;) {
                if (relay_next(relay, event))
                        return true;
                int64_t left_ms = until_ms - clock_ms();
                if (left_ms <= 0)
                        return false;
                poll(&ready, 1, (int)left_ms);
        }
}

static inline void assert_event(struct relay *relay, enum relay_event_kind kind, uint32_t stream, enum relay_side side)
{
        struct relay_event event;
        assert_true(event_wait(relay, &event, PATIENCE_MS));
        assert_int_equal(event.kind, kind);
        assert_int_equal(event.stream, stream);
        assert_int_equal(event.side, side);
}

/* Reads on until the stream is closed; events of others are dropped. */
static inline struct relay_counters closed_wait(struct relay *relay, uint32_t stream)
{
        struct relay_event event;
        do
                assert_true(event_wait(relay, &event, PATIENCE_MS));
        while (event.kind != RELAY_CLOSED || event.stream != stream);
        return event.counters;
}

static inline struct relay_counters close_and_count(struct relay *relay, uint32_t stream)
{
        assert_true(relay_close(relay, stream));
        return closed_wait(relay, stream);
}

/* Commands are done in their order: when a stream opened now is closed, all before was done. Each goes to the thread
 * with the fewest, so twice as many as there are threads meet them all where tests open few. Drops events. */
static inline void settle(struct relay *relay)
{
        unsigned count = THREADS == 1 ? 1 : 2 * THREADS;
        struct relay_ports ports;
        for (unsigned i = 0; i < count; i++)
                if (!relay_open(relay, SETTLE + i, &ports)) {
                        ports_have_rested();
                        assert_true(relay_open(relay, SETTLE + i, &ports));
                }
        for (unsigned i = 0; i < count; i++)
                close_and_count(relay, SETTLE + i);
}

/* --- a call --- */

/* A stream between a phone and a SIP peer, and a third who is neither. */
struct world {
        struct relay *relay;
        struct relay_ports ports;
        struct peer phone, sip, third;
};

static inline void world_start(struct world *world, const char *bind, unsigned timeout_s)
{
        world->relay = relay_start_range(FIRST, LAST, bind, 64, timeout_s);
        world->phone = peer_open_at(HOME, PHONE_PORT);
        world->sip = peer_open_at(HOME, SIP_PORT);
        world->third = peer_open_at(HOME, THIRD_PORT);
        assert_true(relay_open(world->relay, STREAM, &world->ports));
}

static inline void world_stop(struct world *world)
{
        relay_stop(world->relay);
        peer_close(&world->phone);
        peer_close(&world->sip);
        peer_close(&world->third);
}

static inline void world_set(struct world *world, enum relay_side side, const struct endpoint *endpoint)
{
        assert_true(relay_set(world->relay, STREAM, side, endpoint));
        settle(world->relay);
}

static inline void world_connect(struct world *world)
{
        world_set(world, RELAY_PHONE, &world->phone.at);
        world_set(world, RELAY_SIP, &world->sip.at);
}

static inline void phone_says(struct world *world, unsigned seed)
{
        send_voice(&world->phone, HOME, world->ports.phone, seed);
}

static inline void sip_says(struct world *world, unsigned seed)
{
        send_voice(&world->sip, HOME, world->ports.sip, seed);
}

static inline void assert_talk(struct world *world, unsigned seed)
{
        phone_says(world, seed);
        assert_voice(&world->sip, seed);
        sip_says(world, seed + 1);
        assert_voice(&world->phone, seed + 1);
}

static inline struct relay_counters world_close(struct world *world)
{
        return close_and_count(world->relay, STREAM);
}

#endif
