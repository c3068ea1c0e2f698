/* Calls come, change, speak in secret, press keys and go in any order while packets of all kinds fly at their ports
 * from other threads. Worth most under the thread and address sanitizers; what it checks itself: each stream is closed
 * once, nobody hears a packet of another call, and nothing is left.
 *
 *     STORM_SECONDS=600 build-tsan/tests/test_media_storm        as long as one likes */
#define FIRST   13000
#define THREADS 3
#include "media_world.h"

#include <pthread.h>

#include "gateway/base/log.h"
#include "gateway/media/digits.h"
#include "gateway/media/secure.h"

#define PEER_FIRST (FIRST + 600)
#define STREAMS    24
#define COMMANDS   150000
#define SENDERS    2

/* A peer per stream and side; its packets carry the number of the stream. */
struct storm {
        struct relay *relay;
        struct peer peers[STREAMS][2];
        pthread_mutex_t lock[STREAMS]; /* of its ports: nobody sends to one that has gone to another call */
        uint16_t ports[STREAMS][2];    /* of the relay; 0: not open */
        atomic_bool over;
        atomic_ulong sent, heard, misled;
};

struct owner {
        bool open[STREAMS];
        uint32_t name[STREAMS]; /* differs for every call */
        unsigned opened, closed;
        unsigned long commands;
};

/* 0: not by time. */
static int64_t storm_ms(void)
{
        const char *seconds = getenv("STORM_SECONDS");
        return seconds ? 1000 * strtol(seconds, NULL, 10) : 0;
}

static unsigned pick(unsigned *seed, unsigned below)
{
        return (unsigned)rand_r(seed) % below;
}

/* --- packets --- */

static size_t packet_make(unsigned *seed, unsigned stream, unsigned kind, uint8_t packet[VOICE_LEN])
{
        memset(packet, (int)stream, VOICE_LEN);
        packet[0] = pick(seed, 10) ? 0x80 : (uint8_t)pick(seed, 256);
        packet[1] = kind ? 200 : 0;
        packet[2] = 0;
        packet[3] = kind ? 6 : 0;
        return pick(seed, 10) ? VOICE_LEN : pick(seed, 16);
}

static void peer_hear(struct storm *storm, unsigned stream, int fd)
{
        uint8_t packet[PACKET_MAX];
        ssize_t len = recv(fd, packet, sizeof packet, 0);
        if (len <= 0)
                return;
        storm->heard++;
        if (len == VOICE_LEN && packet[VOICE_LEN - 1] != stream)
                storm->misled++;
}

/* A peer only ever sends to the ports of its own stream, so whatever it hears is its own call's. */
static void peer_speak(struct storm *storm, unsigned *seed)
{
        unsigned stream = pick(seed, STREAMS), side = pick(seed, 2), kind = pick(seed, 8) == 0;
        uint8_t packet[VOICE_LEN];
        size_t len = packet_make(seed, stream, kind, packet);
        struct endpoint to = endpoint_at(HOME, 0);
        union udp_name name;
        pthread_mutex_lock(&storm->lock[stream]);
        to.port = storm->ports[stream][side];
        if (to.port) {
                to.port = (uint16_t)(to.port + kind);
                socklen_t name_len = udp_name(AF_INET, &to, &name);
                storm->sent += sendto(storm->peers[stream][side].fd[kind], packet, len, 0, &name.any, name_len) >= 0;
        }
        pthread_mutex_unlock(&storm->lock[stream]);
        peer_hear(storm, stream, storm->peers[stream][!side].fd[kind]);
}

static void *sender_run(void *argument)
{
        struct storm *storm = argument;
        unsigned seed = 11;
        while (!storm->over) {
                for (unsigned i = 0; i < 50; i++)
                        peer_speak(storm, &seed);
                usleep(500);
        }
        return NULL;
}

/* --- commands --- */

static void ports_tell(struct storm *storm, unsigned stream, const struct relay_ports *ports)
{
        pthread_mutex_lock(&storm->lock[stream]);
        storm->ports[stream][RELAY_PHONE] = ports->phone;
        storm->ports[stream][RELAY_SIP] = ports->sip;
        pthread_mutex_unlock(&storm->lock[stream]);
}

static void stream_open(struct storm *storm, struct owner *owner, unsigned stream)
{
        struct relay_ports ports;
        owner->name[stream] += STREAMS;
        if (!relay_open(storm->relay, owner->name[stream], &ports))
                return;
        owner->open[stream] = true;
        owner->opened++;
        ports_tell(storm, stream, &ports);
}

static void stream_close(struct storm *storm, struct owner *owner, unsigned stream)
{
        static const struct relay_ports none;
        ports_tell(storm, stream, &none);
        assert_true(relay_close(storm->relay, owner->name[stream]));
        owner->open[stream] = false;
}

/* Sometimes held, sometimes to a port the peer does not send from, sometimes unknown. */
static struct endpoint somewhere(const struct peer *peer, unsigned *seed)
{
        struct endpoint endpoint = peer->at;
        switch (pick(seed, 6)) {
        case 0:
                endpoint.port = 0;
                break;
        case 1:
                endpoint.port = (uint16_t)(1 + pick(seed, 1000));
                break;
        case 2:
                endpoint = (struct endpoint){0};
                break;
        }
        return endpoint;
}

/* The key of each time is another one; in the clear now and then. */
static void stream_secure(struct storm *storm, struct owner *owner, unsigned stream, enum relay_side side,
                          unsigned *seed)
{
        struct crypto_keys keys = {.suite = pick(seed, 2) ? (enum crypto_suite)pick(seed, CRYPTO_SUITES) : CRYPTO_NONE};
        const struct crypto_suite_info *info = crypto_suite_info(keys.suite);
        memset(keys.send.bytes, (int)pick(seed, 256), info ? info->key_len : 0);
        memset(keys.receive.bytes, (int)pick(seed, 256), info ? info->key_len : 0);
        relay_secure(storm->relay, owner->name[stream], side, &keys);
}

static void stream_press(struct storm *storm, struct owner *owner, unsigned stream, enum relay_side side,
                         unsigned *seed)
{
        struct digits_terms terms = {.packet_ms = 20, .report = true};
        for (unsigned of = 0; of < 2; of++)
                terms.of[of].event_in = terms.of[of].event_out = (uint8_t)(pick(seed, 3) ? 96 + pick(seed, 32) : 0);
        relay_terms(storm->relay, owner->name[stream], &terms);
        relay_digit(storm->relay, owner->name[stream], side, "0123456789*#"[pick(seed, 12)], 0);
}

static void command_any(struct storm *storm, struct owner *owner, unsigned *seed)
{
        unsigned stream = pick(seed, STREAMS), side = pick(seed, 2), what = pick(seed, 16);
        struct endpoint endpoint = somewhere(&storm->peers[stream][side], seed);
        struct relay_counters counters;
        if (!owner->open[stream])
                stream_open(storm, owner, stream);
        else if (what == 0)
                stream_close(storm, owner, stream);
        else if (what == 1)
                relay_hold(storm->relay, owner->name[stream], pick(seed, 2));
        else if (what == 2)
                relay_rtcp(storm->relay, owner->name[stream], (enum relay_side)side, pick(seed, 2), &endpoint);
        else if (what == 3)
                assert_true(relay_look(storm->relay, owner->name[stream], &counters));
        else if (what == 4)
                stream_secure(storm, owner, stream, (enum relay_side)side, seed);
        else if (what == 5)
                stream_press(storm, owner, stream, (enum relay_side)side, seed);
        else
                relay_set(storm->relay, owner->name[stream], (enum relay_side)side, &endpoint);
}

/* Names are number of stream + a multiple of STREAMS. */
static void events_read(struct storm *storm, struct owner *owner, int patience_ms)
{
        struct relay_event event;
        while (event_wait(storm->relay, &event, patience_ms)) {
                bool current = event.stream == owner->name[event.stream % STREAMS];
                assert_true(event.stream <= owner->name[event.stream % STREAMS]);
                owner->closed += event.kind == RELAY_CLOSED;
                assert_false(event.kind == RELAY_CLOSED && current && owner->open[event.stream % STREAMS]);
                if (patience_ms && owner->closed == owner->opened)
                        return;
        }
}

/* Without what the test makes of the clock. */
static int64_t real_ms(void)
{
        return clock_ms() - 1000 * (int64_t)clock_ahead_s;
}

static void storm_command(struct storm *storm, struct owner *owner)
{
        unsigned seed = 5;
        int64_t ms = storm_ms(), began_ms = real_ms();
        for (unsigned long i = 0; ms ? real_ms() - began_ms < ms : i < COMMANDS; i++) {
                command_any(storm, owner, &seed);
                owner->commands++;
                if (pick(&seed, 8) == 0)
                        events_read(storm, owner, 0);
                if (i % 2500 == 0) { /* long enough to fill the relay's queue */
                        usleep(20000);
                        ports_have_rested(); /* also a sweep of the relay's */
                }
        }
        for (unsigned stream = 0; stream < STREAMS; stream++)
                if (owner->open[stream])
                        stream_close(storm, owner, stream);
        events_read(storm, owner, PATIENCE_MS);
}

static void calls_change_at_random_while_packets_fly(void **state)
{
        (void)state;
        struct storm storm = {0};
        struct owner owner = {0};
        pthread_t senders[SENDERS];
        assert_true(secure_init());
        unsigned before = open_descriptors();
        storm.relay = relay_start_range(FIRST, LAST, NULL, 2 * STREAMS, 3);
        for (unsigned i = 0; i < STREAMS; i++) {
                owner.name[i] = i;
                pthread_mutex_init(&storm.lock[i], NULL);
                for (unsigned side = 0; side < 2; side++)
                        storm.peers[i][side] = peer_open_at(HOME, (uint16_t)(PEER_FIRST + 4 * i + 2 * side));
        }
        for (unsigned i = 0; i < SENDERS; i++)
                assert_int_equal(pthread_create(&senders[i], NULL, sender_run, &storm), 0);
        storm_command(&storm, &owner);
        storm.over = true;
        for (unsigned i = 0; i < SENDERS; i++)
                pthread_join(senders[i], NULL);
        print_message("%u calls, %lu commands, %lu packets sent, %lu heard\n", owner.opened, owner.commands, storm.sent,
                      storm.heard);
        assert_true(owner.opened > 500);
        assert_int_equal(owner.closed, owner.opened);
        assert_true(storm.heard > 100);
        assert_int_equal(storm.misled, 0);
        assert_int_equal(relay_ports_used(storm.relay), 0);
        relay_stop(storm.relay);
        for (unsigned i = 0; i < STREAMS; i++) {
                pthread_mutex_destroy(&storm.lock[i]);
                for (unsigned side = 0; side < 2; side++)
                        peer_close(&storm.peers[i][side]);
        }
        assert_int_equal(open_descriptors(), before);
}

int main(void)
{
        if (guard_take(FIRST) < 0)
                return 1;
        log_level_set(LOG_ERROR); /* refusals are part of the weather */
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(calls_change_at_random_while_packets_fly),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
