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
#include "gateway/media/udp.h"
#include "relay_rig.h"

#define TICKS     20    /* as the load is sent */
#define WAITS_MAX 10000 /* of 1 ms */

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

const struct relay_way way_bare = {"bare recv + send, connected", "bare", bare_start, bare_stop};

/* --- ours, on one thread --- */

/* Thousands of calls at once: its queue is full now and then, but not for long. */
static void wait_for_room(unsigned *waits)
{
        if (++*waits > WAITS_MAX)
                bench_fail("open a stream");
        usleep(1000);
}

static void call_open(struct relay *relay, struct rig *rig, unsigned call, unsigned *waits)
{
        struct relay_ports ports;
        while (!relay_open(relay, call + 1, &ports))
                wait_for_room(waits);
        for (unsigned side = 0; side < 2; side++)
                while (!relay_set(relay, call + 1, (enum relay_side)side, &rig->peer_at[side]))
                        wait_for_room(waits);
        rig->to[call][RELAY_PHONE] = ports.phone;
        rig->to[call][RELAY_SIP] = ports.sip;
}

static void *ours_start(struct rig *rig)
{
        struct relay_settings settings = {
                .threads = 1, .port_first = PORT_FIRST, .port_last = PORT_LAST, .max_streams = rig->calls};
        char why[128];
        unsigned waits = 0;
        struct relay *relay = relay_start(&settings, why, sizeof why);
        if (!relay) {
                fprintf(stderr, "relay_bench: %s\n", why);
                exit(1);
        }
        rig_is_ready(rig, getpid());
        for (unsigned call = 0; call < rig->calls; call++)
                call_open(relay, rig, call, &waits);
        return relay;
}

static void ours_stop(void *forwarder, const struct rig *rig)
{
        (void)rig;
        relay_stop(forwarder);
}

const struct relay_way way_ours = {"sccpgw, epoll, connected", "media", ours_start, ours_stop};
