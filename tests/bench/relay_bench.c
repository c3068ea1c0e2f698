/* What the relay costs per packet, against the least a program can do (one receive and one send on connected sockets in
 * an order known beforehand) and against rtpengine in user space. All carry the same load in the same run, by turns;
 * the answer is the median.
 *
 *     relay_bench [--calls N,N] [--seconds S] [--repeats R] [--json] [--most]
 *
 * N calls, 50 packets of 172 bytes a second and direction, over loopback. All phones are one socket and all SIP peers
 * another: what is measured is the relay, and generating the load should cost little beside it. --most looks for the
 * greatest number of calls, in steps of a hundred, without loss and with p99 within a millisecond. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gateway/media/udp.h"
#include "relay_rig.h"

#define PACKET_LEN     172
#define STAMP_AT       12 /* behind the RTP header: when it was sent, ns; 0: warming up, not counted */
#define TICKS          20 /* of 1 ms; each call sends in one of them */
#define WARM_ROUNDS    50
#define LINGER_MS      200 /* for the last packets */
#define PEER_BUFFER    (4 << 20)
#define LATENCY_MAX_US 20000
#define REPEATS_MAX    21
#define MOST_STEP      100
#define MOST_P99_US    1000

struct ear {
        const struct rig *rig;
        atomic_bool over;
        unsigned long heard;
        unsigned latency[LATENCY_MAX_US + 1]; /* packets by microseconds; the last: that, or more */
};

/* Negative: not measured. */
struct figures {
        double ns, instructions, p50_us, p99_us, loss, memory;
};

void bench_fail(const char *what)
{
        fprintf(stderr, "relay_bench: %s: %s\n", what, strerror(errno));
        exit(1);
}

int64_t bench_ns(void)
{
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void rig_is_ready(struct rig *rig, pid_t pid)
{
        rig->pid = pid;
        rig->memory = memory_of(pid) + memory_of_kernel();
}

/* What is around another one stands before it. */
static const struct relay_way *const ways[] = {&way_bare, &way_ours, &way_secure_one, &way_secure_both, &way_rtpengine};
enum { WAYS = sizeof ways / sizeof *ways };

/* --- load and measurement --- */

static void ear_note(struct ear *ear, const uint8_t *packet)
{
        int64_t sent_ns;
        memcpy(&sent_ns, packet + STAMP_AT, sizeof sent_ns);
        if (sent_ns == 0)
                return;
        int64_t us = (bench_ns() - sent_ns) / 1000;
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

static void speak(struct rig *rig, unsigned call, unsigned side, bool counted)
{
        uint16_t sequence = rig->sequence[call][side]++;
        uint8_t packet[PACKET_LEN] = {0x80, 0, (uint8_t)(sequence >> 8), (uint8_t)sequence};
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(rig->to[call][side])};
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int64_t now_ns = counted ? bench_ns() : 0;
        memcpy(packet + STAMP_AT, &now_ns, sizeof now_ns);
        if (sendto(rig->peer[side], packet, sizeof packet, 0, (struct sockaddr *)&to, sizeof to) != sizeof packet)
                bench_fail("send");
}

/* A round is 20 ms of every call; `at_ns` is when its first tick is due. Returns the packets sent. */
static unsigned long round_speak(struct rig *rig, int64_t *at_ns, bool counted)
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

static double percentile(const struct ear *ear, double part)
{
        unsigned long wanted = (unsigned long)((double)ear->heard * part), seen = 0;
        for (unsigned us = 0; us <= LATENCY_MAX_US; us++)
                if ((seen += ear->latency[us]) > wanted)
                        return us;
        return LATENCY_MAX_US;
}

static struct ear *ear_open(const struct rig *rig, pthread_t *listener)
{
        struct ear *ear = calloc(1, sizeof *ear);
        if (!ear)
                bench_fail("memory");
        ear->rig = rig;
        if (pthread_create(listener, NULL, ear_run, ear))
                bench_fail("thread");
        return ear;
}

static unsigned long load_send(struct rig *rig, int64_t *at_ns, unsigned rounds, bool counted)
{
        unsigned long sent = 0;
        for (unsigned i = 0; i < rounds; i++)
                sent += round_speak(rig, at_ns, counted);
        return sent;
}

/* Latency is the whole chain's, so only of one stream it is told. */
static void figures_of(const struct relay_way *way, const struct ear *ear, const struct meter *meter,
                       unsigned long sent, struct figures *figures)
{
        double heard = ear->heard ? (double)ear->heard : 1;
        figures->ns = (double)meter->cpu_ns / heard;
        figures->instructions = meter->instructions < 0 ? -1 : (double)meter->instructions / heard;
        figures->p50_us = way->passages ? -1 : percentile(ear, 0.50);
        figures->p99_us = way->passages ? -1 : percentile(ear, 0.99);
        figures->loss = 100.0 * (double)(sent - ear->heard) / (double)sent;
}

/* False: that way is not to be had. Memory is what calls that speak take beside the program, user and kernel. */
static bool measure(const struct relay_way *way, struct rig *rig, unsigned seconds, struct figures *figures)
{
        pthread_t listener;
        struct meter meter;
        void *forwarder = way->start(rig);
        if (!forwarder)
                return false;
        struct ear *ear = ear_open(rig, &listener);
        int64_t at_ns = bench_ns();
        load_send(rig, &at_ns, WARM_ROUNDS, false);
        figures->memory = (double)(memory_of(rig->pid) + memory_of_kernel() - rig->memory) / rig->calls;
        meter_begin(&meter, rig->pid, way->thread);
        unsigned long sent = load_send(rig, &at_ns, seconds * 1000 / TICKS, true);
        usleep(LINGER_MS * 1000);
        meter_end(&meter, rig->pid, way->thread);
        way->stop(forwarder, rig);
        ear->over = true;
        pthread_join(listener, NULL);
        figures_of(way, ear, &meter, sent, figures);
        free(ear);
        return true;
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

#define MEDIAN(runs, repeats, what) median(runs, repeats, offsetof(struct figures, what))

static void figures_print(const char *way, unsigned calls, const struct figures *runs, unsigned repeats, double limit,
                          bool json)
{
        static const char *const forms[] = {
                "| %5u | %-27s | %13.0f | %7.2f | %12.0f | %8.0f | %8.0f | %6.3f | %9.1f |\n",
                "{\"calls\": %u, \"way\": \"%s\", \"ns\": %.0f, \"of_limit\": %.3f, \"instructions\": %.0f, "
                "\"p50_us\": %.0f, "
                "\"p99_us\": %.0f, \"loss\": %.4f, \"memory_kb\": %.2f}\n"};
        double ns = MEDIAN(runs, repeats, ns);
        printf(forms[json], calls, way, ns, ns / limit, MEDIAN(runs, repeats, instructions),
               MEDIAN(runs, repeats, p50_us), MEDIAN(runs, repeats, p99_us), MEDIAN(runs, repeats, loss),
               MEDIAN(runs, repeats, memory) / 1024);
        fflush(stdout);
}

static void less(double *value, double other)
{
        *value = *value < 0 || other < 0 ? -1 : *value - other;
}

/* Of one passage: without what is around it, which has been measured in the same repetition. */
static void figures_one(const struct relay_way *way, const struct figures *around, struct figures *figures)
{
        if (!way->passages)
                return;
        if (around) {
                less(&figures->ns, 2 * around->ns);
                less(&figures->instructions, around->instructions < 0 ? -1 : 2 * around->instructions);
                less(&figures->memory, 2 * around->memory);
        }
        figures->ns /= way->passages;
        figures->instructions /= figures->instructions < 0 ? 1 : way->passages;
        figures->memory /= way->passages;
}

static unsigned way_number(const struct relay_way *wanted)
{
        unsigned way = 0;
        while (ways[way] != wanted)
                way++;
        return way;
}

/* The first repetition warms what is warm ever after: memory counts from there too. */
static void calls_measure(struct rig *rig, unsigned seconds, unsigned repeats, bool json)
{
        struct figures runs[WAYS][REPEATS_MAX];
        bool there[WAYS];
        for (unsigned i = 0; i < repeats; i++)
                for (unsigned way = 0; way < WAYS; way++)
                        if (i == 0 || there[way]) {
                                const struct relay_way *around = ways[way]->around;
                                there[way] = measure(ways[way], rig, seconds, &runs[way][i]);
                                figures_one(ways[way], around ? &runs[way_number(around)][i] : NULL, &runs[way][i]);
                        }
        for (unsigned way = 0; way < WAYS; way++)
                if (there[way])
                        figures_print(ways[way]->name, rig->calls, runs[way], repeats, MEDIAN(runs[0], repeats, ns),
                                      json);
}

static bool is_good(const struct relay_way *way, struct rig *rig, unsigned seconds, unsigned repeats)
{
        struct figures runs[REPEATS_MAX];
        for (unsigned i = 0; i < repeats; i++)
                if (!measure(way, rig, seconds, &runs[i]))
                        return false;
        return MEDIAN(runs, repeats, loss) <= 0 && MEDIAN(runs, repeats, p99_us) <= MOST_P99_US;
}

static void most_measure(struct rig *rig, unsigned seconds, unsigned repeats, bool json)
{
        for (unsigned way = 0; way < WAYS; way++) {
                unsigned good = 0;
                if (ways[way]->passages)
                        continue;
                for (rig->calls = MOST_STEP; rig->calls <= CALLS_MAX; rig->calls += MOST_STEP) {
                        if (!is_good(ways[way], rig, seconds, repeats))
                                break;
                        good = rig->calls;
                }
                printf(json ? "{\"way\": \"%s\", \"most\": %u}\n" : "%s: %u calls without loss, p99 within 1 ms\n",
                       ways[way]->name, good);
                fflush(stdout);
        }
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
                        bench_fail("a peer's port");
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
                {"calls", required_argument, NULL, 'c'},   {"seconds", required_argument, NULL, 's'},
                {"repeats", required_argument, NULL, 'r'}, {"json", no_argument, NULL, 'j'},
                {"most", no_argument, NULL, 'm'},          {0},
        };
        static struct rig rig;
        char preset[] = "100,500", *calls = preset;
        unsigned seconds = 3, repeats = 5;
        bool json = false, most = false;
        for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
                if (option == 'c')
                        calls = optarg;
                else if (option == 's')
                        seconds = number(optarg, 3600);
                else if (option == 'r')
                        repeats = number(optarg, REPEATS_MAX);
                else if (option == 'j')
                        json = true;
                else if (option == 'm')
                        most = true;
                else
                        return 64;
        }
        descriptors_allow();
        peers_open(&rig);
        if (most) {
                most_measure(&rig, seconds, repeats, json);
                return 0;
        }
        if (!json)
                printf("| calls | way                         | CPU ns/packet | x limit | instructions | p50 (us) | "
                       "p99 (us) | "
                       "loss %% | kB / call |\n"
                       "|-------|-----------------------------|---------------|---------|--------------|----------|----"
                       "------|"
                       "--------|-----------|\n");
        for (char *rest, *one = strtok_r(calls, ",", &rest); one; one = strtok_r(NULL, ",", &rest)) {
                rig.calls = number(one, CALLS_MAX);
                calls_measure(&rig, seconds, repeats, json);
        }
        return 0;
}
