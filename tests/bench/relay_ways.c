/* The least that can be done, and ours. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "gateway/media/relay.h"
#include "gateway/media/secure.h"
#include "gateway/media/udp.h"
#include "relay_rig.h"

#define TICKS     20    /* as the load is sent */
#define WAITS_MAX 10000 /* of 1 ms */
#define CHAIN_MAX 3

/* --- the least: packets come in the order they are sent in, so nobody needs to ask which socket is ready --- */

struct bare {
        const struct rig *rig;
        pthread_t thread;
        atomic_bool over;
        int fd[CALLS_MAX][2];
};

/* Nothing comes for a while when a packet was lost, or all is over. */
static void bare_forward(struct bare *bare, unsigned call, unsigned side)
{
        uint8_t packet[2048];
        ssize_t len = recv(bare->fd[call][side], packet, sizeof packet, 0);
        if (len > 0)
                (void)send(bare->fd[call][!side], packet, (size_t)len, 0);
}

static void *bare_run(void *argument)
{
        struct bare *bare = argument;
        while (!bare->over)
                for (unsigned tick = 0; tick < TICKS; tick++)
                        for (unsigned call = tick; call < bare->rig->calls && !bare->over; call += TICKS)
                                for (unsigned side = 0; side < 2; side++)
                                        bare_forward(bare, call, side);
        return NULL;
}

static int bare_socket(const struct endpoint *peer, uint16_t *port)
{
        union udp_name name;
        struct timeval patience = {.tv_usec = 100000};
        int fd = udp_open(&peer->ip, 0, 0);
        socklen_t len = udp_name(AF_INET, peer, &name);
        if (fd < 0 || connect(fd, &name.any, len) != 0)
                bench_fail("bare socket");
        len = sizeof name;
        getsockname(fd, &name.any, &len);
        *port = endpoint_from_sockaddr(&name.any).port;
        fcntl(fd, F_SETFL, 0);
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        return fd;
}

static void *bare_start(struct rig *rig)
{
        struct bare *bare = calloc(1, sizeof *bare);
        if (!bare)
                bench_fail("memory");
        bare->rig = rig;
        rig_is_ready(rig, getpid());
        for (unsigned call = 0; call < rig->calls; call++)
                for (unsigned side = 0; side < 2; side++)
                        bare->fd[call][side] = bare_socket(&rig->peer_at[side], &rig->to[call][side]);
        if (pthread_create(&bare->thread, NULL, bare_run, bare))
                bench_fail("thread");
        pthread_setname_np(bare->thread, "bare");
        return bare;
}

static void bare_stop(void *forwarder, const struct rig *rig)
{
        struct bare *bare = forwarder;
        bare->over = true;
        pthread_join(bare->thread, NULL);
        for (unsigned call = 0; call < rig->calls; call++)
                for (unsigned side = 0; side < 2; side++)
                        close(bare->fd[call][side]);
        free(bare);
}

const struct relay_way way_bare = {
        .name = "bare recv + send, connected", .thread = "bare", .start = bare_start, .stop = bare_stop};

/* --- ours, on one thread --- */

/* Thousands of calls at once: its queue is full now and then, but not for long. */
static void wait_for_room(unsigned *waits)
{
        if (++*waits > WAITS_MAX)
                bench_fail("open a stream");
        usleep(1000);
}

static void stream_open(struct relay *relay, uint32_t stream, struct relay_ports *ports, unsigned *waits)
{
        while (!relay_open(relay, stream, ports))
                wait_for_room(waits);
}

static void stream_aim(struct relay *relay, uint32_t stream, enum relay_side side, const struct endpoint *to,
                       unsigned *waits)
{
        while (!relay_set(relay, stream, side, to))
                wait_for_room(waits);
}

/* One key for both directions, so that both ends of a link have the same. */
static void stream_secure(struct relay *relay, uint32_t stream, enum relay_side side, unsigned *waits)
{
        struct crypto_keys keys = {.suite = CRYPTO_AES_CM_128_HMAC_SHA1_80};
        memset(keys.send.bytes, 0x5a, crypto_suite_info(keys.suite)->key_len);
        keys.receive = keys.send;
        while (!relay_secure(relay, stream, side, &keys))
                wait_for_room(waits);
}

/* The streams of a call are numbered one behind the other, the one towards the phone first. */
static void call_open(struct relay *relay, struct rig *rig, unsigned call, unsigned length, unsigned *waits)
{
        struct relay_ports ports[CHAIN_MAX];
        uint32_t first = call * length + 1;
        for (unsigned i = 0; i < length; i++)
                stream_open(relay, first + i, &ports[i], waits);
        stream_aim(relay, first, RELAY_PHONE, &rig->peer_at[RELAY_PHONE], waits);
        stream_aim(relay, first + length - 1, RELAY_SIP, &rig->peer_at[RELAY_SIP], waits);
        for (unsigned i = 0; i + 1 < length; i++) {
                struct endpoint before = {.ip = rig->peer_at[0].ip, .port = ports[i].sip}, after = before;
                after.port = ports[i + 1].phone;
                stream_secure(relay, first + i, RELAY_SIP, waits);
                stream_secure(relay, first + i + 1, RELAY_PHONE, waits);
                stream_aim(relay, first + i, RELAY_SIP, &after, waits);
                stream_aim(relay, first + i + 1, RELAY_PHONE, &before, waits);
        }
        rig->to[call][RELAY_PHONE] = ports[0].phone;
        rig->to[call][RELAY_SIP] = ports[length - 1].sip;
}

static void *chain_start(struct rig *rig, unsigned length)
{
        struct relay_settings settings = {
                .threads = 1, .port_first = PORT_FIRST, .port_last = PORT_LAST, .max_streams = rig->calls * length};
        char why[128];
        unsigned waits = 0;
        struct relay *relay = relay_start(&settings, why, sizeof why);
        if (!relay || !secure_init()) {
                fprintf(stderr, "relay_bench: %s\n", relay ? "no SRTP" : why);
                exit(1);
        }
        rig_is_ready(rig, getpid());
        for (unsigned call = 0; call < rig->calls; call++)
                call_open(relay, rig, call, length, &waits);
        return relay;
}

static void *ours_start(struct rig *rig)
{
        return chain_start(rig, 1);
}

static bool too_many(const struct rig *rig, unsigned length)
{
        return rig->calls * length * 4 > PORT_LAST - PORT_FIRST;
}

static void *secure_one_start(struct rig *rig)
{
        return too_many(rig, 2) ? NULL : chain_start(rig, 2);
}

static void *secure_both_start(struct rig *rig)
{
        return too_many(rig, 3) ? NULL : chain_start(rig, 3);
}

static void ours_stop(void *forwarder, const struct rig *rig)
{
        (void)rig;
        relay_stop(forwarder);
}

const struct relay_way way_ours = {
        .name = "sccpgw, epoll, connected", .thread = "media", .start = ours_start, .stop = ours_stop};
const struct relay_way way_secure_one = {.name = "sccpgw, SRTP on one leg",
                                         .thread = "media",
                                         .start = secure_one_start,
                                         .stop = ours_stop,
                                         .passages = 2};
const struct relay_way way_secure_both = {
        "sccpgw, SRTP on both legs", "media", secure_both_start, ours_stop, .passages = 1, .around = &way_secure_one};
