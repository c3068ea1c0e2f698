/* A random walk through streams and conferences with packets of every kind: what each answer should be is known, what
 * the threads make of it is the sanitizers'. */
#define FIRST   16000
#define THREADS 3
#define MEMBERS 10
#include "gateway/media/conference.h"
#include "gateway/media/rtp.h"
#include "media_world.h"

#define WALK_STREAMS     6
#define WALK_CONFERENCES 3

struct walk {
        struct relay *relay;
        struct peer peer;
        struct relay_ports ports[WALK_STREAMS];
        bool open[WALK_STREAMS], there[WALK_CONFERENCES];
        unsigned in[WALK_STREAMS][2]; /* conference, from 1; 0: none */
        unsigned joined;
};

static unsigned walk_count(const struct walk *walk, unsigned conference)
{
        unsigned count = 0;
        for (unsigned i = 0; i < WALK_STREAMS * 2; i++)
                count += walk->in[i / 2][i % 2] == conference;
        return count;
}

static void walk_stream(struct walk *walk, unsigned stream)
{
        if (walk->open[stream]) {
                assert_true(relay_close(walk->relay, stream + 1));
                walk->in[stream][0] = walk->in[stream][1] = 0;
                walk->open[stream] = false;
                return;
        }
        while (!relay_open(walk->relay, stream + 1, &walk->ports[stream]))
                ports_have_rested();
        for (unsigned side = 0; side < 2; side++)
                assert_true(relay_set(walk->relay, stream + 1, (enum relay_side)side, &walk->peer.at));
        walk->open[stream] = true;
}

static void walk_conference(struct walk *walk, unsigned conference)
{
        bool *there = &walk->there[conference - 1];
        if (*there) {
                for (unsigned i = 0; i < WALK_STREAMS * 2; i++)
                        if (walk->in[i / 2][i % 2] == conference)
                                walk->in[i / 2][i % 2] = 0;
                assert_true(conference_close(walk->relay, conference));
        } else {
                assert_true(conference_open(walk->relay, conference));
        }
        *there = !*there;
}

static void walk_join(struct walk *walk, unsigned stream, enum relay_side side, unsigned conference)
{
        static const enum codec codecs[] = {CODEC_PCMU, CODEC_PCMA, CODEC_G722};
        struct conference_terms terms = {.codec = codecs[rand() % 3], .packet_ms = (uint8_t)(rand() % 7 * 10)};
        enum conference_answer answer = conference_join(walk->relay, conference, stream + 1, side, &terms);
        if (!walk->there[conference - 1] || !walk->open[stream]) {
                assert_int_equal(answer, CONFERENCE_NONE);
        } else if (walk->in[stream][side]) {
                assert_int_equal(answer, CONFERENCE_MEMBER);
        } else if (walk_count(walk, conference) == CONFERENCE_MEMBERS_MAX) {
                assert_int_equal(answer, CONFERENCE_FULL);
        } else if (answer == CONFERENCE_BUSY) { /* names are on their way back, a tick of the mixer's away */
                struct relay_event event;
                event_wait(walk->relay, &event, 20);
        } else {
                assert_int_equal(answer, CONFERENCE_JOINED);
                walk->in[stream][side] = conference;
                walk->joined++;
        }
}

static void walk_speak(struct walk *walk, unsigned stream, enum relay_side side)
{
        static const uint8_t types[] = {0, 8, 9, 13, 101};
        struct rtp rtp = {
                .payload_type = types[rand() % 5], .timestamp = (uint32_t)rand() % 9000, .ssrc = (uint32_t)rand() % 2};
        uint8_t packet[RTP_HEADER_LEN + 600];
        memset(packet, rand(), sizeof packet);
        rtp_write(&rtp, packet);
        if (walk->open[stream])
                send_to(walk->peer.fd[0], HOME,
                        side == RELAY_PHONE ? walk->ports[stream].phone : walk->ports[stream].sip, packet,
                        RTP_HEADER_LEN + (size_t)rand() % 600);
}

static void walk_step(struct walk *walk)
{
        unsigned stream = (unsigned)rand() % WALK_STREAMS, conference = 1 + (unsigned)rand() % WALK_CONFERENCES;
        enum relay_side side = rand() % 2 ? RELAY_PHONE : RELAY_SIP;
        int dice = rand() % 100;
        if (dice < 5) {
                walk_stream(walk, stream);
        } else if (dice < 8) {
                walk_conference(walk, conference);
        } else if (dice < 30) {
                walk_join(walk, stream, side, conference);
        } else if (dice < 40) {
                assert_int_equal(conference_leave(walk->relay, stream + 1, side), walk->in[stream][side] != 0);
                walk->in[stream][side] = 0;
        } else if (dice < 50) {
                assert_int_equal(conference_mute(walk->relay, stream + 1, side, rand() % 2),
                                 walk->in[stream][side] != 0);
        } else {
                walk_speak(walk, stream, side);
        }
}

static void a_random_walk_keeps_its_books_and_gives_everything_back(void **state)
{
        (void)state;
        struct walk walk = {.peer = peer_open_at(HOME, SIP_PORT)};
        struct relay_event event;
        uint8_t packet[PACKET_MAX];
        unsigned descriptors = open_descriptors();
        walk.relay = relay_start_range(FIRST, LAST, NULL, 64, 0);
        srand(11);
        for (unsigned i = 0; i < 6000; i++) {
                walk_step(&walk);
                while (relay_next(walk.relay, &event))
                        ;
                while (recv(walk.peer.fd[0], packet, sizeof packet, MSG_DONTWAIT) >= 0)
                        ;
                for (unsigned conference = 1; conference <= WALK_CONFERENCES; conference++)
                        assert_int_equal(conference_members(walk.relay, conference), walk_count(&walk, conference));
                if (i % 50 == 0)
                        settle(walk.relay);
                if (i % 1000 == 0)
                        ports_have_rested();
        }
        assert_true(walk.joined > 200);
        for (unsigned stream = 0; stream < WALK_STREAMS; stream++)
                if (walk.open[stream])
                        walk_stream(&walk, stream);
        settle(walk.relay);
        assert_int_equal(relay_ports_used(walk.relay), 0);
        relay_stop(walk.relay);
        assert_int_equal(open_descriptors(), descriptors);
        peer_close(&walk.peer);
}

int main(void)
{
        if (guard_take(FIRST) < 0)
                return 1;
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_random_walk_keeps_its_books_and_gives_everything_back),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
