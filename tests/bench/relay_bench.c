/* What the relay costs per packet, against the least a program can do: one receive and one send on connected sockets
 * in an order known beforehand. Both carry the same load in the same run, by turns; the answer is the median.
 *
 *     relay_bench [--calls N,N] [--seconds S] [--repeats R]
 *
 * N calls, 50 packets of 172 bytes a second and direction, over loopback. All phones are one socket and all SIP peers
 * another: what is measured is the relay, and generating the load should cost little beside it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/loop.h"
#include "gateway/media/ports.h"
#include "gateway/media/relay.h"
#include "gateway/media/udp.h"

#define PACKET_LEN     172
#define STAMP_AT       12 /* behind the RTP header: when it was sent, ns; 0: warming up, not counted */
#define TICKS          20 /* of 1 ms; each call sends in one of them */
#define WARM_ROUNDS    50
#define LINGER_MS      200 /* for the last packets */
#define PEER_BUFFER    (4 << 20)
#define LATENCY_MAX_US 20000
#define REPEATS_MAX    21
#define CALLS_MAX      2900
#define WAITS_MAX      10000 /* of 1 ms */
#define PORT_FIRST     18000
#define PORT_LAST      31999
#define PHONE_PORT     17000
#define SIP_PORT       17002

struct rig {
        unsigned calls;
        int peer[2];
        struct endpoint peer_at[2];
        uint16_t to[CALLS_MAX][2]; /* where the phone and the SIP peer of each call send */
};

struct ear {
        const struct rig *rig;
        atomic_bool over;
        unsigned long heard;
        unsigned latency[LATENCY_MAX_US + 1]; /* packets by microseconds; the last: that, or more */
};

struct figures {
        double ns, p50_us, p99_us, loss;
};

static void fail(const char *what)
{
        fprintf(stderr, "relay_bench: %s: %s\n", what, strerror(errno));
        exit(1);
}

static int64_t clock_ns(clockid_t clock)
{
        struct timespec now;
        clock_gettime(clock, &now);
        return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* --- the least: packets come in the order they are sent in, so nobody needs to ask which socket is ready --- */

struct bare {
        const struct rig *rig;
        pthread_t thread;
        atomic_bool over;
        int fd[CALLS_MAX][2];
};

/* False when nothing came for a while: a packet was lost, or all is over. */
static bool bare_forward(struct bare *bare, unsigned call, unsigned side)
{
        uint8_t packet[2048];
        ssize_t len = recv(bare->fd[call][side], packet, sizeof packet, 0);
        if (len > 0)
                (void)send(bare->fd[call][!side], packet, (size_t)len, 0);
        return len > 0;
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
                fail("bare socket");
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
                fail("memory");
        bare->rig = rig;
        for (unsigned call = 0; call < rig->calls; call++)
                for (unsigned side = 0; side < 2; side++)
                        bare->fd[call][side] = bare_socket(&rig->peer_at[side], &rig->to[call][side]);
        if (pthread_create(&bare->thread, NULL, bare_run, bare))
                fail("thread");
        pthread_setname_np(bare->thread, "bare");
        return bare;
}

static void bare_stop(void *forwarder, unsigned calls)
{
        struct bare *bare = forwarder;
        bare->over = true;
        pthread_join(bare->thread, NULL);
        for (unsigned call = 0; call < calls; call++)
                for (unsigned side = 0; side < 2; side++)
                        close(bare->fd[call][side]);
        free(bare);
}

/* --- the relay --- */

/* Thousands of calls at once: its queue is full now and then, but not for long. */
static void wait_for_room(unsigned *waits)
{
        if (++*waits > WAITS_MAX)
                fail("open a stream");
        usleep(1000);
}

static void *start_relay(struct rig *rig)
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
        for (unsigned call = 0; call < rig->calls; call++) {
                struct relay_ports ports;
                while (!relay_open(relay, call + 1, &ports))
                        wait_for_room(&waits);
                for (unsigned side = 0; side < 2; side++)
                        while (!relay_set(relay, call + 1, (enum relay_side)side, &rig->peer_at[side]))
                                wait_for_room(&waits);
                rig->to[call][RELAY_PHONE] = ports.phone;
                rig->to[call][RELAY_SIP] = ports.sip;
        }
        return relay;
}

static void stop_relay(void *forwarder, unsigned calls)
{
        (void)calls;
        relay_stop(forwarder);
}

static const struct way {
        const char *name;
        const char *thread; /* whose CPU time counts */
        void *(*start)(struct rig *rig);
        void (*stop)(void *forwarder, unsigned calls);
} ways[] = {
        {"bare recv + send, connected", "bare", bare_start, bare_stop},
        {"relay", "media", start_relay, stop_relay},
};
enum { WAYS = sizeof ways / sizeof *ways };

/* --- load and measurement --- */

static void ear_note(struct ear *ear, const uint8_t *packet)
{
        int64_t sent_ns;
        memcpy(&sent_ns, packet + STAMP_AT, sizeof sent_ns);
        if (sent_ns == 0)
                return;
        int64_t us = (clock_ns(CLOCK_MONOTONIC) - sent_ns) / 1000;
        ear->latency[us < LATENCY_MAX_US ? us : LATENCY_MAX_US]++;
        ear->heard++;
}

static void *ear_run(void *argument)
{
        struct ear *ear = argument;
        struct pollfd ready[2] = {{.fd = ear->rig->peer[0], .events = POLLIN},
                                  {.fd = ear->rig->peer[1], .events = POLLIN}};
        uint8_t packet[2048];
        while (!ear->over) {
                poll(ready, 2, 50);
                for (unsigned side = 0; side < 2; side++)
                        while (recv(ear->rig->peer[side], packet, sizeof packet, 0) == PACKET_LEN)
                                ear_note(ear, packet);
        }
        return NULL;
}

static void speak(const struct rig *rig, unsigned call, unsigned side, bool counted)
{
        uint8_t packet[PACKET_LEN] = {0x80};
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(rig->to[call][side])};
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int64_t now_ns = counted ? clock_ns(CLOCK_MONOTONIC) : 0;
        memcpy(packet + STAMP_AT, &now_ns, sizeof now_ns);
        if (sendto(rig->peer[side], packet, sizeof packet, 0, (struct sockaddr *)&to, sizeof to) != sizeof packet)
                fail("send");
}

/* A round is 20 ms of every call; `at_ns` is when its first tick is due. Returns the packets sent. */
static unsigned long round_speak(const struct rig *rig, int64_t *at_ns, bool counted)
{
        for (unsigned tick = 0; tick < TICKS; tick++) {
                struct timespec due = {.tv_sec = *at_ns / 1000000000, .tv_nsec = *at_ns % 1000000000};
                clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
                for (unsigned call = tick; call < rig->calls; call += TICKS)
                        for (unsigned side = 0; side < 2; side++)
                                speak(rig, call, side, counted);
                *at_ns += 1000000;
        }
        return 2UL * rig->calls;
}

static bool thread_is(const char *tid, const char *name)
{
        char path[300], line[32] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", tid);
        FILE *file = fopen(path, "r");
        if (!file)
                return false;
        bool read = fgets(line, sizeof line, file);
        fclose(file);
        return read && strncmp(line, name, strlen(name)) == 0;
}

/* The relay keeps its thread to itself: it is found by its name. */
static int64_t thread_cpu_ns(const char *name)
{
        DIR *tasks = opendir("/proc/self/task");
        const struct dirent *task = NULL;
        if (!tasks)
                fail("/proc/self/task");
        do
                task = readdir(tasks);
        while (task && !thread_is(task->d_name, name));
        if (!task)
                fail("no such thread");
        /* a thread's clock as clock_gettime takes it: not its number, and the bits for "thread, scheduler" */
        unsigned tid = (unsigned)strtoul(task->d_name, NULL, 10);
        closedir(tasks);
        return clock_ns((clockid_t)(~tid << 3 | 6));
}

static double percentile(const struct ear *ear, double part)
{
        unsigned long wanted = (unsigned long)((double)ear->heard * part), seen = 0;
        for (unsigned us = 0; us <= LATENCY_MAX_US; us++)
                if ((seen += ear->latency[us]) > wanted)
                        return us;
        return LATENCY_MAX_US;
}

static struct figures measure(const struct way *way, struct rig *rig, unsigned seconds)
{
        struct ear *ear = calloc(1, sizeof *ear);
        pthread_t listener;
        unsigned long sent = 0;
        if (!ear)
                fail("memory");
        ear->rig = rig;
        void *forwarder = way->start(rig);
        if (pthread_create(&listener, NULL, ear_run, ear))
                fail("thread");
        int64_t at_ns = clock_ns(CLOCK_MONOTONIC);
        for (unsigned i = 0; i < WARM_ROUNDS; i++)
                round_speak(rig, &at_ns, false);
        int64_t cpu_ns = thread_cpu_ns(way->thread);
        for (unsigned i = 0; i < seconds * 1000 / TICKS; i++)
                sent += round_speak(rig, &at_ns, true);
        usleep(LINGER_MS * 1000);
        cpu_ns = thread_cpu_ns(way->thread) - cpu_ns;
        way->stop(forwarder, rig->calls);
        ear->over = true;
        pthread_join(listener, NULL);
        struct figures figures = {
                .ns = ear->heard ? (double)cpu_ns / (double)ear->heard : 0,
                .p50_us = percentile(ear, 0.50),
                .p99_us = percentile(ear, 0.99),
                .loss = 100.0 * (double)(sent - ear->heard) / (double)sent,
        };
        free(ear);
        return figures;
}

static int compare(const void *a, const void *b)
{
        double left = *(const double *)a, right = *(const double *)b;
        return (left > right) - (left < right);
}

static double median(const struct figures *runs, unsigned repeats, size_t offset)
{
        double values[REPEATS_MAX];
        for (unsigned i = 0; i < repeats; i++)
                memcpy(&values[i], (const char *)&runs[i] + offset, sizeof *values);
        qsort(values, repeats, sizeof *values, compare);
        return values[repeats / 2];
}

static void calls_measure(struct rig *rig, unsigned seconds, unsigned repeats)
{
        struct figures runs[WAYS][REPEATS_MAX];
        for (unsigned i = 0; i < repeats; i++)
                for (unsigned way = 0; way < WAYS; way++)
                        runs[way][i] = measure(&ways[way], rig, seconds);
        double limit = median(runs[0], repeats, offsetof(struct figures, ns));
        for (unsigned way = 0; way < WAYS; way++) {
                double ns = median(runs[way], repeats, offsetof(struct figures, ns));
                printf("| %5u | %-27s | %13.0f | %7.2f | %8.0f | %8.0f | %6.3f |\n", rig->calls, ways[way].name, ns,
                       ns / limit, median(runs[way], repeats, offsetof(struct figures, p50_us)),
                       median(runs[way], repeats, offsetof(struct figures, p99_us)),
                       median(runs[way], repeats, offsetof(struct figures, loss)));
        }
        fflush(stdout);
}

static void peers_open(struct rig *rig)
{
        static const uint16_t ports[2] = {PHONE_PORT, SIP_PORT};
        int size = PEER_BUFFER;
        for (unsigned side = 0; side < 2; side++) {
                rig->peer_at[side] = (struct endpoint){.port = ports[side]};
                (void)ip_parse("127.0.0.1", &rig->peer_at[side].ip);
                rig->peer[side] = udp_open(&rig->peer_at[side].ip, ports[side], 0);
                if (rig->peer[side] < 0)
                        fail("a peer's port");
                setsockopt(rig->peer[side], SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
        }
}

static void descriptors_allow(void)
{
        struct rlimit limit;
        getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
}

static unsigned number(const char *text, unsigned max)
{
        unsigned long value = strtoul(text, NULL, 10);
        if (value == 0 || value > max) {
                fprintf(stderr, "relay_bench: %s is not a number from 1 to %u\n", text, max);
                exit(64);
        }
        return (unsigned)value;
}

int main(int argc, char **argv)
{
        static const struct option options[] = {
                {"calls", required_argument, NULL, 'c'},
                {"seconds", required_argument, NULL, 's'},
                {"repeats", required_argument, NULL, 'r'},
                {0},
        };
        static struct rig rig;
        char preset[] = "100,500", *calls = preset;
        unsigned seconds = 3, repeats = 5;
        for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
                if (option == 'c')
                        calls = optarg;
                else if (option == 's')
                        seconds = number(optarg, 3600);
                else if (option == 'r')
                        repeats = number(optarg, REPEATS_MAX);
                else
                        return 64;
        }
        descriptors_allow();
        peers_open(&rig);
        printf("| calls | way                         | CPU ns/packet | x limit | p50 (us) | p99 (us) | loss %% |\n"
               "|-------|-----------------------------|---------------|---------|----------|----------|--------|\n");
        for (char *rest, *one = strtok_r(calls, ",", &rest); one; one = strtok_r(NULL, ",", &rest)) {
                rig.calls = number(one, CALLS_MAX);
                calls_measure(&rig, seconds, repeats);
        }
        return 0;
}
