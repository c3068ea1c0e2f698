/* What a conference costs, and whether it ever stops: 20 of them at once by default, every member sending 20 ms packets
 * of a tone and being sent the others'.
 *
 *     mixer_bench [--conferences N] [--members N] [--codec pcmu|pcma|g722|mixed] [--seconds S]
 *
 * All members are one socket: what is measured is the gateway, and the load should cost little beside it. Every packet
 * to every member is decoded: one that is missing, or nearly silent though others speak, is a drop-out. */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/loop.h"
#include "gateway/media/conference.h"
#include "gateway/media/rtp.h"
#include "gateway/media/udp.h"
#include "gateway/media/voice.h"

enum {
        MEMBERS_MOST = 1000,
        PORTS_MOST = 65536,
        PHASES = 20,      /* of 1 ms: when in 20 ms a member sends */
        WARM_MS = 2000,   /* not counted */
        TONE_PACKETS = 5, /* of 20 ms: whole periods of every tone */
        PORT_FIRST = 20000,
        PORT_LAST = 26000,
        PEER_PORT = 19990,
        PEER_BUFFER = 4 << 20,
        QUIET = 1000, /* root mean square; two tones are at 4,200 */
};

struct listener {
        struct voice_decoder ear;
        struct rtp last;
        bool heard;
        int64_t heard_ns;
};

struct member {
        uint16_t port;
        enum codec codec;
        struct rtp rtp;
        unsigned turn;
        uint8_t tone[TONE_PACKETS][RTP_HEADER_LEN + 160];
};

struct bench {
        unsigned conferences, members, seconds;
        const char *codec;
        struct relay *relay;
        int peer;
        struct member *all;
        unsigned count;
        struct listener *by_port; /* the gateway's */
        atomic_bool counting, over;
        uint64_t packets, lost, quiet, gaps_over_40_ms;
        int64_t longest_gap_ns;
};

__attribute__((noreturn)) static void fail(const char *what)
{
        fprintf(stderr, "mixer_bench: %s: %s\n", what, strerror(errno));
        exit(1);
}

static int64_t now_ns(void)
{
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static enum codec codec_of(const struct bench *bench, unsigned number)
{
        static const enum codec mixed[] = {CODEC_PCMU, CODEC_G722, CODEC_PCMA};
        return strcmp(bench->codec, "mixed") == 0 ? mixed[number % 3] : codec_by_name(bench->codec);
}

/* --- members --- */

static void tone_make(struct member *member, double hz)
{
        struct voice_encoder encoder;
        unsigned rate = voice_is_wide(member->codec) ? 16 : 8, count = 20 * rate;
        int16_t samples[320];
        voice_encoder_start(&encoder, member->codec);
        for (unsigned packet = 0; packet < TONE_PACKETS; packet++) {
                for (unsigned i = 0; i < count; i++)
                        samples[i] = (int16_t)(4200 * sin(2 * M_PI * hz * (packet * count + i) / (1000.0 * rate)));
                voice_encode(&encoder, samples, member->tone[packet] + RTP_HEADER_LEN, 160);
        }
}

static void member_add(struct bench *bench, unsigned number)
{
        struct member *member = &bench->all[number];
        uint32_t stream = number + 1, conference = number / bench->members + 1;
        struct endpoint peer = {.port = PEER_PORT, .ip = {.family = 4, .bytes = {127, 0, 0, 1}}};
        struct relay_ports ports;
        member->codec = codec_of(bench, number);
        struct conference_terms terms = {.codec = member->codec,
                                         .payload_type = codec_info(member->codec)->payload_type};
        if (!relay_open(bench->relay, stream, &ports) || !relay_set(bench->relay, stream, RELAY_SIP, &peer))
                fail("stream");
        if (number % bench->members == 0 && !conference_open(bench->relay, conference))
                fail("conference");
        if (conference_join(bench->relay, conference, stream, RELAY_SIP, &terms) != CONFERENCE_JOINED)
                fail("member");
        member->port = ports.sip;
        member->rtp = (struct rtp){.payload_type = terms.payload_type, .ssrc = number};
        tone_make(member, 400 + 250 * (number % bench->members));
        voice_decoder_start(&bench->by_port[ports.sip].ear, member->codec);
}

static void member_send(struct bench *bench, struct member *member)
{
        struct endpoint to = {.port = member->port, .ip = {.family = 4, .bytes = {127, 0, 0, 1}}};
        union udp_name name;
        socklen_t name_len = udp_name(AF_INET, &to, &name);
        uint8_t *packet = member->tone[member->turn++ % TONE_PACKETS];
        rtp_write(&member->rtp, packet);
        member->rtp.sequence++;
        member->rtp.timestamp += 160;
        (void)sendto(bench->peer, packet, RTP_HEADER_LEN + 160, 0, &name.any, name_len);
}

static void *mouths_run(void *argument)
{
        struct bench *bench = argument;
        struct timespec next;
        clock_gettime(CLOCK_MONOTONIC, &next);
        for (unsigned phase = 0; !bench->over; phase = (phase + 1) % PHASES) {
                for (unsigned i = phase; i < bench->count; i += PHASES)
                        member_send(bench, &bench->all[i]);
                next.tv_nsec += 1000000;
                if (next.tv_nsec >= 1000000000)
                        next.tv_nsec -= 1000000000, next.tv_sec++;
                clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
        }
        return NULL;
}

/* --- listeners --- */

static bool is_quiet(struct listener *listener, const uint8_t *payload, size_t len)
{
        int16_t samples[RTP_VOICE_MAX * 2];
        size_t count = len * (voice_is_wide(listener->ear.codec) ? 2 : 1);
        double power = 0;
        voice_decode(&listener->ear, payload, len, samples);
        for (size_t i = 0; i < count; i++)
                power += (double)samples[i] * samples[i];
        return sqrt(power / (double)count) < QUIET;
}

static void packet_judge(struct bench *bench, struct listener *listener, const uint8_t *packet, size_t len)
{
        const uint8_t *payload;
        size_t payload_len;
        struct rtp rtp;
        int64_t now = now_ns();
        if (!rtp_read(packet, len, &rtp, &payload, &payload_len))
                return;
        bool quiet = is_quiet(listener, payload, payload_len);
        if (bench->counting && listener->heard) {
                int64_t gap = now - listener->heard_ns;
                bench->packets++;
                bench->lost += (uint16_t)(rtp.sequence - listener->last.sequence - 1);
                bench->quiet += quiet;
                bench->gaps_over_40_ms += gap > 40000000;
                bench->longest_gap_ns = gap > bench->longest_gap_ns ? gap : bench->longest_gap_ns;
        }
        listener->last = rtp;
        listener->heard = true;
        listener->heard_ns = now;
}

static void *ears_run(void *argument)
{
        struct bench *bench = argument;
        while (!bench->over) {
                struct pollfd ready = {.fd = bench->peer, .events = POLLIN};
                union udp_name from;
                uint8_t packet[2048];
                ssize_t len;
                poll(&ready, 1, 100);
                while ((len = udp_receive(bench->peer, packet, sizeof packet, &from)) > 0)
                        packet_judge(bench, &bench->by_port[ntohs(from.v4.sin_port)], packet, (size_t)len);
        }
        return NULL;
}

/* --- figures --- */

/* On-CPU nanoseconds of the thread of that name. */
static uint64_t cpu_of(const char *wanted)
{
        DIR *tasks = opendir("/proc/self/task");
        uint64_t found = 0;
        for (struct dirent *task; tasks && (task = readdir(tasks));) {
                char path[300], name[32] = "";
                uint64_t ns = 0;
                snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
                FILE *file = fopen(path, "r");
                if (!file)
                        continue;
                if (fscanf(file, "%31s", name) != 1)
                        name[0] = '\0';
                fclose(file);
                snprintf(path, sizeof path, "/proc/self/task/%s/schedstat", task->d_name);
                file = fopen(path, "r");
                if (!file)
                        continue;
                if (fscanf(file, "%lu", &ns) == 1 && strcmp(name, wanted) == 0)
                        found = ns;
                fclose(file);
        }
        if (tasks)
                closedir(tasks);
        return found;
}

static void measure(struct bench *bench)
{
        usleep(WARM_MS * 1000);
        uint64_t mixer = cpu_of("mixer"), media = cpu_of("media");
        struct conference_counters before = conference_counters(bench->relay);
        bench->counting = true;
        usleep(bench->seconds * 1000000);
        bench->counting = false;
        struct conference_counters after = conference_counters(bench->relay);
        double per = 1000.0 * bench->count * bench->seconds; /* to microseconds */
        printf("%2u conferences of %u, %-5s: CPU per member and second: mixer %4.0f us, relay %4.0f us; "
               "ticks %lu, missed %lu, dropped %lu; packets %lu, lost %lu, drop-outs %lu; longest gap %.1f ms, over 40 "
               "ms: "
               "%lu\n",
               bench->conferences, bench->members, bench->codec, (double)(cpu_of("mixer") - mixer) / per,
               (double)(cpu_of("media") - media) / per, after.ticks - before.ticks, after.missed - before.missed,
               after.dropped - before.dropped, bench->packets, bench->lost, bench->quiet,
               (double)bench->longest_gap_ns / 1e6, bench->gaps_over_40_ms);
}

static void bench_run(struct bench *bench)
{
        struct endpoint peer = {.port = PEER_PORT, .ip = {.family = 4, .bytes = {127, 0, 0, 1}}};
        struct relay_settings settings = {.port_first = PORT_FIRST,
                                          .port_last = PORT_LAST,
                                          .max_streams = bench->count,
                                          .max_members = bench->count,
                                          .bind = peer.ip};
        pthread_t mouths, ears;
        char why[128];
        int buffer = PEER_BUFFER;
        bench->relay = relay_start(&settings, why, sizeof why);
        bench->peer = udp_open(&peer.ip, peer.port, 0);
        if (!bench->relay || bench->peer < 0)
                fail("start");
        if (setsockopt(bench->peer, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) != 0)
                (void)setsockopt(bench->peer, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
        for (unsigned i = 0; i < bench->count; i++)
                member_add(bench, i);
        if (pthread_create(&mouths, NULL, mouths_run, bench) || pthread_create(&ears, NULL, ears_run, bench))
                fail("thread");
        measure(bench);
        bench->over = true;
        pthread_join(mouths, NULL);
        pthread_join(ears, NULL);
        relay_stop(bench->relay);
        close(bench->peer);
}

int main(int argc, char **argv)
{
        static const struct option options[] = {{"conferences", required_argument, NULL, 'c'},
                                                {"members", required_argument, NULL, 'm'},
                                                {"codec", required_argument, NULL, 'k'},
                                                {"seconds", required_argument, NULL, 's'},
                                                {0}};
        static struct listener by_port[PORTS_MOST];
        struct bench bench = {.conferences = 20, .members = 3, .seconds = 10, .codec = "pcmu", .by_port = by_port};
        for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
                switch (option) {
                case 'c':
                        bench.conferences = (unsigned)atoi(optarg);
                        break;
                case 'm':
                        bench.members = (unsigned)atoi(optarg);
                        break;
                case 'k':
                        bench.codec = optarg;
                        break;
                case 's':
                        bench.seconds = (unsigned)atoi(optarg);
                        break;
                default:
                        return 64;
                }
        }
        bench.count = bench.conferences * bench.members;
        if (bench.count == 0 || bench.count > MEMBERS_MOST || bench.members > CONFERENCE_MEMBERS_MAX ||
            !bench.seconds || !voice_is_mixed(codec_of(&bench, 0))) {
                fprintf(stderr, "usage: mixer_bench [--conferences N] [--members N] [--codec pcmu|pcma|g722|mixed] "
                                "[--seconds S]\n");
                return 64;
        }
        bench.all = calloc(bench.count, sizeof *bench.all);
        if (!bench.all)
                fail("memory");
        bench_run(&bench);
        free(bench.all);
        return 0;
}
