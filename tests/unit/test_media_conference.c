/* Conferences with real packets over loopback: each party sends a tone of its own, and what it is sent is decoded and
 * looked through for everybody's. What a party should hear is waited for: a busy machine may take a while, and may
 * spoil a moment, but cannot make anybody hear what he should not. */
#define FIRST   15000
#define MEMBERS 10
#include <time.h>

#include "gateway/media/conference.h"
#include "media_tones.h"
#include "media_world.h"

#define PARTIES    8
#define CONFERENCE 5
#define LOUD       3000.0
#define EVENT_TYPE 101
#define WINDOW_MS  400
#define PATIENT_MS 60000

/* Who is heard, a bit per party. */
typedef unsigned crowd;
#define EVERYBODY(n) ((1u << (n)) - 1)

struct party {
        struct peer peer;
        struct endpoint at;
        uint32_t stream;
        enum relay_side side;
        uint16_t port; /* ours for it */
        enum codec codec;
        struct talker talker;
        bool silent;
        struct voice_decoder ear;
        int16_t heard[WINDOW_MS * MEMBER_WIDE]; /* the newest at the end */
        unsigned packets;
        struct rtp last;
        size_t last_len;
        unsigned events;  /* packets of them */
        struct rtp event; /* the newest */
        uint8_t event_key, event_end;
};

struct hall {
        struct relay *relay;
        struct party parties[PARTIES];
        unsigned count;
        struct timespec next;
        void (*send)(struct party *party, const uint8_t *packet, size_t len); /* how the network carries packets */
        unsigned sent;
};

static void carry(struct party *party, const uint8_t *packet, size_t len)
{
        send_to(party->peer.fd[0], HOME, party->port, packet, len);
}

static struct hall *hall_new(unsigned timeout_s)
{
        struct hall *hall = calloc(1, sizeof *hall);
        assert_non_null(hall);
        hall->relay = relay_start_range(FIRST, LAST, NULL, 64, timeout_s);
        hall->send = carry;
        clock_gettime(CLOCK_MONOTONIC, &hall->next);
        hall->next.tv_sec -= clock_ahead_s;
        assert_true(conference_open(hall->relay, CONFERENCE));
        return hall;
}

static void hall_end(struct hall *hall)
{
        relay_stop(hall->relay);
        for (unsigned i = 0; i < hall->count; i++)
                peer_close(&hall->parties[i].peer);
        free(hall);
}

/* A party that is known to the relay and no member yet. */
static struct party *party_add(struct hall *hall, uint32_t stream, enum relay_side side, uint16_t port,
                               enum codec codec)
{
        unsigned number = hall->count++;
        struct party *party = &hall->parties[number];
        *party = (struct party){.stream = stream, .side = side, .port = port, .codec = codec};
        party->peer = peer_open_at(HOME, (uint16_t)(PHONE_PORT + 2 * number));
        party->talker = talker_new(codec, 400 + 250 * number, LOUD, 20);
        voice_decoder_start(&party->ear, codec);
        assert_true(relay_set(hall->relay, stream, side, &party->peer.at));
        return party;
}

static struct conference_terms terms_of(const struct party *party)
{
        return (struct conference_terms){.codec = party->codec, .payload_type = codec_info(party->codec)->payload_type};
}

static enum conference_answer party_join(struct hall *hall, const struct party *party)
{
        struct conference_terms terms = terms_of(party);
        return conference_join(hall->relay, CONFERENCE, party->stream, party->side, &terms);
}

/* The names of members who have left come back with events, at the mixer's next tick. */
static void join_when_free(struct hall *hall, uint32_t stream, enum relay_side side,
                           const struct conference_terms *terms)
{
        enum conference_answer answer;
        struct relay_event event;
        int64_t until_ms = clock_ms() + PATIENCE_MS;
        while ((answer = conference_join(hall->relay, CONFERENCE, stream, side, terms)) == CONFERENCE_BUSY &&
               clock_ms() < until_ms)
                event_wait(hall->relay, &event, 5);
        assert_int_equal(answer, CONFERENCE_JOINED);
}

/* A phone in calls 1 and 2, and whom it speaks to: party 0 is the phone, 1 and 2 the others. Plainly relayed still. */
static struct hall *three_new(unsigned timeout_s)
{
        struct hall *hall = hall_new(timeout_s);
        struct relay_ports a, b;
        assert_true(relay_open(hall->relay, 1, &a) && relay_open(hall->relay, 2, &b));
        party_add(hall, 1, RELAY_PHONE, a.phone, CODEC_PCMU);
        party_add(hall, 1, RELAY_SIP, a.sip, CODEC_PCMA);
        party_add(hall, 2, RELAY_SIP, b.sip, CODEC_G722);
        return hall;
}

static void all_join(struct hall *hall)
{
        for (unsigned i = 0; i < hall->count; i++) {
                struct conference_terms terms = terms_of(&hall->parties[i]);
                join_when_free(hall, hall->parties[i].stream, hall->parties[i].side, &terms);
        }
}

static struct hall *hall_of(unsigned count)
{
        static const enum codec codecs[] = {CODEC_PCMU, CODEC_G722, CODEC_PCMA};
        struct hall *hall = hall_new(0);
        for (unsigned i = 0; i < count; i++) {
                struct relay_ports ports;
                assert_true(relay_open(hall->relay, 1 + i, &ports));
                party_add(hall, 1 + i, i % 2 ? RELAY_SIP : RELAY_PHONE, i % 2 ? ports.sip : ports.phone, codecs[i % 3]);
        }
        return hall;
}

/* --- time --- */

static void party_sends(struct hall *hall, struct party *party)
{
        uint8_t packet[RTP_PACKET_MAX];
        size_t len = talker_next(&party->talker, packet + RTP_HEADER_LEN);
        rtp_write(&party->talker.rtp, packet);
        if (!party->silent)
                hall->send(party, packet, RTP_HEADER_LEN + len);
}

static void party_remember(struct party *party, const int16_t *samples, size_t count)
{
        size_t room = WINDOW_MS * rate_heard(party->codec);
        memmove(party->heard, party->heard + count, (room - count) * sizeof *samples);
        memcpy(party->heard + room - count, samples, count * sizeof *samples);
}

/* Numbered like the voice it comes with; all packets of a key have one time. */
static void party_is_told(struct party *party, const struct rtp *rtp, const uint8_t *event, size_t len)
{
        assert_int_equal(len, 4);
        assert_int_equal(rtp->ssrc, party->last.ssrc);
        assert_int_equal(rtp->sequence, (uint16_t)(party->last.sequence + 1));
        if (party->events++ == 0 || event[0] != party->event_key)
                assert_true(rtp->marker);
        else
                assert_int_equal(rtp->timestamp, party->event.timestamp);
        party->last.sequence = rtp->sequence;
        party->event = *rtp;
        party->event_key = event[0];
        party->event_end = event[1];
}

/* Unbroken numbers and one source, always. */
static void party_receives(struct party *party)
{
        uint8_t packet[PACKET_MAX];
        int16_t samples[RTP_VOICE_MAX * 2];
        const uint8_t *payload;
        struct rtp rtp;
        size_t len;
        for (ssize_t got; (got = recv(party->peer.fd[0], packet, sizeof packet, MSG_DONTWAIT)) >= 0; party->packets++) {
                assert_true(rtp_read(packet, (size_t)got, &rtp, &payload, &len));
                if (rtp.payload_type == EVENT_TYPE) {
                        party_is_told(party, &rtp, payload, len);
                        continue;
                }
                assert_int_equal(rtp.payload_type, codec_info(party->codec)->payload_type);
                if (party->packets > 0) {
                        assert_int_equal(rtp.ssrc, party->last.ssrc);
                        assert_int_equal(rtp.sequence, (uint16_t)(party->last.sequence + 1));
                        assert_int_equal((rtp.timestamp - party->last.timestamp) % 80, 0);
                        if (!rtp.marker)
                                assert_int_equal(rtp.timestamp, (uint32_t)(party->last.timestamp + party->last_len));
                }
                party->last = rtp;
                party->last_len = len;
                voice_decode(&party->ear, payload, len, samples);
                party_remember(party, samples, len * rate_heard(party->codec) / RTP_UNITS_MS);
        }
}

/* Who is sent nothing any more would remember his last tones for ever. */
static void party_forgets(struct party *party)
{
        party_receives(party);
        memset(party->heard, 0, sizeof party->heard);
}

/* 20 ms of everybody's life. */
static void hall_tick(struct hall *hall)
{
        hall->next.tv_nsec += 20000000;
        if (hall->next.tv_nsec >= 1000000000) {
                hall->next.tv_nsec -= 1000000000;
                hall->next.tv_sec++;
        }
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &hall->next, NULL);
        for (unsigned i = 0; i < hall->count; i++) {
                party_sends(hall, &hall->parties[i]);
                party_receives(&hall->parties[i]);
        }
}

static void hall_run(struct hall *hall, unsigned ms)
{
        for (unsigned spent = 0; spent < ms; spent += 20)
                hall_tick(hall);
}

/* --- what is heard --- */

static double loud_at(const struct hall *hall, const struct party *party, unsigned other)
{
        unsigned rate = rate_heard(party->codec);
        return tone_loud(party->heard, WINDOW_MS * rate, hall->parties[other].talker.hz, rate);
}

/* `there`: how loud those who are heard must be, of 1; the others are `noise` at most. */
static bool hears(const struct hall *hall, unsigned listener, crowd who, double there, double noise)
{
        for (unsigned other = 0; other < hall->count; other++) {
                double loud = loud_at(hall, &hall->parties[listener], other) / LOUD;
                if (who & 1u << other ? loud < there || loud > 1.2 : loud > noise)
                        return false;
        }
        return true;
}

struct expected {
        crowd who[PARTIES];
};

static void hall_until_as_good(struct hall *hall, const struct expected *expected, double there, double noise)
{
        hall_run(hall, WINDOW_MS); /* what was heard before is forgotten */
        for (unsigned ms = 0; ms < PATIENT_MS; ms += 20) {
                unsigned content = 0;
                hall_tick(hall);
                for (unsigned i = 0; i < hall->count; i++)
                        content += hears(hall, i, expected->who[i], there, noise);
                if (content == hall->count)
                        return;
        }
        for (unsigned i = 0; i < hall->count; i++)
                for (unsigned other = 0; other < hall->count; other++)
                        print_error("%u hears %u at %.3f (%s)\n", i, other,
                                    loud_at(hall, &hall->parties[i], other) / LOUD,
                                    expected->who[i] & 1u << other ? "should" : "should not");
        fail();
}

static void hall_until(struct hall *hall, const struct expected *expected)
{
        hall_until_as_good(hall, expected, 0.9, 0.03);
}

static struct expected all_but_oneself(unsigned count)
{
        struct expected expected = {{0}};
        for (unsigned i = 0; i < count; i++)
                expected.who[i] = EVERYBODY(count) & ~(1u << i);
        return expected;
}

/* --- the claims --- */

static void a_phone_and_two_calls_hear_each_other(void **state)
{
        (void)state;
        struct hall *hall = three_new(0);
        struct expected expected = all_but_oneself(3);
        all_join(hall);
        assert_int_equal(conference_members(hall->relay, CONFERENCE), 3);
        hall_until(hall, &expected);
        hall_end(hall);
}

static void each_of_eight_hears_the_seven_others(void **state)
{
        (void)state;
        struct hall *hall = hall_of(8);
        struct expected expected = all_but_oneself(8);
        all_join(hall);
        hall_until(hall, &expected);
        hall_end(hall);
}

static void two_conferences_do_not_hear_each_other(void **state)
{
        (void)state;
        struct hall *hall = hall_of(4);
        struct expected expected = {{2, 1, 8, 4}};
        assert_true(conference_open(hall->relay, CONFERENCE + 1));
        for (unsigned i = 0; i < 4; i++) {
                struct conference_terms terms = terms_of(&hall->parties[i]);
                assert_int_equal(conference_join(hall->relay, CONFERENCE + i / 2, hall->parties[i].stream,
                                                 hall->parties[i].side, &terms),
                                 CONFERENCE_JOINED);
        }
        hall_until(hall, &expected);
        hall_end(hall);
}

static void the_phone_leaves_and_the_others_go_on(void **state)
{
        (void)state;
        struct hall *hall = three_new(0);
        struct expected before = all_but_oneself(3), after = {{0, 4, 2}};
        all_join(hall);
        hall_until(hall, &before);
        assert_true(conference_leave(hall->relay, 1, RELAY_PHONE));
        assert_false(conference_leave(hall->relay, 1, RELAY_PHONE));
        settle(hall->relay);
        hall_run(hall, 60); /* what was on its way */
        unsigned packets = hall->parties[0].packets;
        party_forgets(&hall->parties[0]);
        hall_until(hall, &after);
        assert_int_equal(hall->parties[0].packets, packets); /* cut off: nothing is sent there */
        assert_int_equal(party_join(hall, &hall->parties[0]), CONFERENCE_JOINED);
        hall->parties[0].packets = 0; /* another source from now on */
        hall_until(hall, &before);
        hall_end(hall);
}

/* Every byte as before, once both sides of a stream have left. */
static void who_leaves_is_relayed_again(void **state)
{
        (void)state;
        struct hall *hall = three_new(0);
        struct expected expected = all_but_oneself(3);
        uint8_t packet[VOICE_LEN];
        all_join(hall);
        hall_until(hall, &expected);
        assert_true(conference_close(hall->relay, CONFERENCE));
        assert_false(conference_close(hall->relay, CONFERENCE));
        assert_false(conference_leave(hall->relay, 2, RELAY_SIP));
        settle(hall->relay);
        for (unsigned i = 0; i < 2; i++)
                while (receive(hall->parties[i].peer.fd[0], packet, NULL, QUIET_MS) >= 0)
                        ;
        for (unsigned i = 0; i < 10; i++) {
                send_voice(&hall->parties[0].peer, HOME, hall->parties[0].port, 2 * i);
                assert_voice(&hall->parties[1].peer, 2 * i);
                send_voice(&hall->parties[1].peer, HOME, hall->parties[1].port, 2 * i + 1);
                assert_voice(&hall->parties[0].peer, 2 * i + 1);
        }
        hall_end(hall);
}

static void the_muted_are_not_heard_and_hear(void **state)
{
        (void)state;
        struct hall *hall = three_new(0);
        struct expected all = all_but_oneself(3), muted = {{4, 5, 1}};
        all_join(hall);
        hall_until(hall, &all);
        assert_true(conference_mute(hall->relay, 1, RELAY_SIP, true));
        hall_until(hall, &muted);
        assert_true(conference_mute(hall->relay, 1, RELAY_SIP, false));
        hall_until(hall, &all);
        assert_true(conference_mute(hall->relay, 1, RELAY_SIP, true)); /* not for its next membership */
        assert_true(conference_leave(hall->relay, 1, RELAY_SIP));
        assert_false(conference_mute(hall->relay, 1, RELAY_SIP, false));
        settle(hall->relay);
        party_receives(&hall->parties[1]);
        hall->parties[1].packets = 0; /* another source from now on */
        assert_int_equal(party_join(hall, &hall->parties[1]), CONFERENCE_JOINED);
        hall_until(hall, &all);
        hall_end(hall);
}

/* Every tenth packet is lost, pairs of the others swapped, some come twice. */
static void carry_badly(struct party *party, const uint8_t *packet, size_t len)
{
        static uint8_t kept[PARTIES][RTP_PACKET_MAX];
        static size_t kept_len[PARTIES];
        unsigned number = (unsigned)(party->peer.at.port - PHONE_PORT) / 2;
        unsigned turn = ((unsigned)packet[2] << 8 | packet[3]) % 20;
        if (turn % 10 == 9)
                return;
        if (turn == 3) {
                memcpy(kept[number], packet, len);
                kept_len[number] = len;
                return;
        }
        carry(party, packet, len);
        if (turn == 4 && kept_len[number])
                carry(party, kept[number], kept_len[number]);
        if (turn == 6)
                carry(party, packet, len);
}

static void a_bad_network_is_heard_through(void **state)
{
        (void)state;
        struct hall *hall = three_new(0);
        struct expected expected = all_but_oneself(3);
        hall->send = carry_badly;
        all_join(hall);
        hall_until_as_good(hall, &expected, 0.75, 0.1);
        hall_end(hall);
}

static void strangers_are_refused_and_counted(void **state)
{
        (void)state;
        struct hall *hall = hall_of(3);
        struct expected expected = all_but_oneself(3);
        struct talker loud = talker_new(CODEC_PCMU, 1775, 20000, 20);
        struct peer stranger = peer_open_at(HOME, THIRD_PORT);
        uint8_t packet[RTP_PACKET_MAX];
        all_join(hall);
        hall_until(hall, &expected);
        for (unsigned i = 0; i < 50; i++) {
                size_t len = talker_next(&loud, packet + RTP_HEADER_LEN);
                rtp_write(&loud.rtp, packet);
                send_to(stranger.fd[0], HOME, hall->parties[0].port, packet, RTP_HEADER_LEN + len);
                hall_tick(hall);
                assert_true(tone_loud(hall->parties[2].heard, WINDOW_MS * 8, 1775, 8) < LOUD * 0.2);
        }
        uint8_t garbage[20] = "no packet of voice";
        send_to(hall->parties[0].peer.fd[0], HOME, hall->parties[0].port, garbage, sizeof garbage);
        hall_until(hall, &expected);
        struct relay_counters counters = close_and_count(hall->relay, 1);
        assert_int_equal(counters.invalid[RELAY_PHONE], 1);
        assert_int_equal(counters.packets[RELAY_SIP], 0);
        peer_close(&stranger);
        hall_end(hall);
}

static void counters_and_rtcp_are_as_ever(void **state)
{
        (void)state;
        static const uint8_t report[] = {0x80, 200, 0, 6, [27] = 1};
        struct hall *hall = three_new(0);
        uint8_t packet[PACKET_MAX];
        all_join(hall);
        settle(hall->relay);
        for (unsigned i = 0; i < 5; i++) {
                party_sends(hall, &hall->parties[1]);
                send_to(hall->parties[1].peer.fd[1], HOME, hall->parties[1].port + 1, report, sizeof report);
        }
        assert_int_equal(receive(hall->parties[0].peer.fd[1], packet, NULL, QUIET_MS), -1);
        struct relay_counters counters = close_and_count(hall->relay, 1);
        assert_int_equal(counters.packets[RELAY_SIP], 5);
        assert_int_equal(counters.bytes[RELAY_SIP], 5 * 172);
        assert_int_equal(counters.rtcp[RELAY_SIP], 5);
        assert_int_equal(conference_members(hall->relay, CONFERENCE), 1);
        hall_end(hall);
}

static void a_held_member_is_sent_nothing_and_is_heard(void **state)
{
        (void)state;
        struct hall *hall = three_new(0);
        struct expected expected = all_but_oneself(3);
        struct endpoint nowhere = {.ip = hall->parties[1].peer.at.ip};
        all_join(hall);
        hall_until(hall, &expected);
        assert_true(relay_set(hall->relay, 1, RELAY_SIP, &nowhere));
        settle(hall->relay);
        hall_run(hall, 60);
        unsigned packets = hall->parties[1].packets;
        expected.who[1] = 0;
        party_forgets(&hall->parties[1]);
        hall_until(hall, &expected);
        assert_int_equal(hall->parties[1].packets, packets);
        hall_end(hall);
}

static void packets_have_the_length_that_was_asked_for(void **state)
{
        (void)state;
        struct hall *hall = three_new(0);
        struct expected expected = all_but_oneself(3);
        for (unsigned i = 0; i < 3; i++) {
                struct conference_terms terms = terms_of(&hall->parties[i]);
                terms.packet_ms = (uint8_t)(i == 0 ? 10 : i == 1 ? 40 : 60);
                assert_int_equal(conference_join(hall->relay, CONFERENCE, hall->parties[i].stream,
                                                 hall->parties[i].side, &terms),
                                 CONFERENCE_JOINED);
        }
        hall_until(hall, &expected);
        assert_int_equal(hall->parties[0].last_len, 80);
        assert_int_equal(hall->parties[1].last_len, 320);
        assert_int_equal(hall->parties[2].last_len, 480);
        hall_end(hall);
}

/* A key of 100 ms as RFC 4733 has it: five packets with one timestamp, the last one three times. */
static void party_presses(struct hall *hall, struct party *party, uint8_t key)
{
        struct rtp rtp = party->talker.rtp;
        rtp.payload_type = EVENT_TYPE;
        for (unsigned i = 0; i < 7; i++) {
                unsigned duration = (i < 5 ? i + 1 : 5) * 160;
                uint8_t packet[RTP_HEADER_LEN + 4] = {
                        [12] = key, i >= 4 ? 0x8a : 0x0a, (uint8_t)(duration >> 8), (uint8_t)duration};
                rtp.marker = i == 0;
                rtp_write(&rtp, packet);
                rtp.sequence++;
                hall->send(party, packet, sizeof packet);
                if (i < 4)
                        hall_tick(hall);
        }
}

static void keys_are_passed_on_to_those_who_want_them(void **state)
{
        (void)state;
        struct hall *hall = three_new(0);
        struct expected expected = all_but_oneself(3);
        for (unsigned i = 0; i < 3; i++) {
                struct conference_terms terms = terms_of(&hall->parties[i]);
                terms.dtmf_payload_type = i == 2 ? 0 : EVENT_TYPE;
                assert_int_equal(conference_join(hall->relay, CONFERENCE, hall->parties[i].stream,
                                                 hall->parties[i].side, &terms),
                                 CONFERENCE_JOINED);
        }
        hall_until(hall, &expected);
        for (uint8_t key = 3; key < 6; key++) {
                party_presses(hall, &hall->parties[0], key);
                hall_until(hall, &expected);
                assert_int_equal(hall->parties[1].events, (key - 2) * 7);
                assert_int_equal(hall->parties[1].event_key, key);
                assert_int_equal(hall->parties[1].event_end, 0x8a);
        }
        assert_int_equal(hall->parties[0].events + hall->parties[2].events, 0);
        hall_end(hall);
}

static void what_cannot_be_is_refused_and_changes_nothing(void **state)
{
        (void)state;
        struct hall *hall = hall_of(8);
        struct relay_ports ports;
        struct conference_terms terms = {.codec = CODEC_PCMU}, wrong = terms;
        assert_int_equal(conference_join(hall->relay, 99, 1, RELAY_PHONE, &terms), CONFERENCE_NONE);
        assert_int_equal(conference_join(hall->relay, CONFERENCE, 99, RELAY_PHONE, &terms), CONFERENCE_NONE);
        wrong.codec = CODEC_G729;
        assert_int_equal(conference_join(hall->relay, CONFERENCE, 1, RELAY_PHONE, &wrong), CONFERENCE_NO_CODEC);
        wrong.codec = CODEC_NONE;
        assert_int_equal(conference_join(hall->relay, CONFERENCE, 1, RELAY_PHONE, &wrong), CONFERENCE_NO_CODEC);
        for (unsigned packet_ms = 0; packet_ms < 256; packet_ms++) {
                wrong = (struct conference_terms){.codec = CODEC_PCMU, .packet_ms = (uint8_t)packet_ms};
                enum conference_answer answer = conference_join(hall->relay, CONFERENCE, 1, RELAY_SIP, &wrong);
                assert_int_equal(answer, packet_ms % 10 || packet_ms > 60 ? CONFERENCE_NO_CODEC : CONFERENCE_JOINED);
                assert_int_equal(conference_leave(hall->relay, 1, RELAY_SIP), answer == CONFERENCE_JOINED);
        }
        all_join(hall);
        assert_int_equal(party_join(hall, &hall->parties[0]), CONFERENCE_MEMBER);
        assert_true(relay_open(hall->relay, 50, &ports));
        assert_int_equal(conference_join(hall->relay, CONFERENCE, 50, RELAY_SIP, &terms), CONFERENCE_FULL);
        assert_true(conference_open(hall->relay, 6));
        for (unsigned wait = 0; wait < 10; wait++) /* all names are back for certain: ten turns of the mixer's */
                hall_tick(hall);
        settle(hall->relay);
        assert_int_equal(conference_join(hall->relay, 6, 50, RELAY_SIP, &terms), CONFERENCE_JOINED);
        assert_int_equal(conference_join(hall->relay, 6, 50, RELAY_PHONE, &terms), CONFERENCE_JOINED);
        assert_int_equal(conference_join(hall->relay, 6, 2, RELAY_PHONE, &terms), CONFERENCE_BUSY); /* MEMBERS are in */
        assert_int_equal(conference_members(hall->relay, 6), 2);
        assert_int_equal(conference_members(hall->relay, 99), 0);
        for (uint32_t more = 7; more < 5 + MEMBERS; more++)
                assert_true(conference_open(hall->relay, more));
        assert_false(conference_open(hall->relay, 5 + MEMBERS));
        hall_end(hall);
}

/* Everything that is taken comes back: names of members (there are ten), descriptors, ports. Leaks are the sanitizer's.
 */
static void two_hundred_joins_and_leaves_leave_nothing_behind(void **state)
{
        (void)state;
        unsigned descriptors = open_descriptors();
        struct hall *hall = hall_of(3);
        unsigned in_use = open_descriptors();
        size_t ports = relay_ports_used(hall->relay);
        for (unsigned i = 0; i < 200; i++) {
                struct relay_ports more;
                struct conference_terms terms = {.codec = i % 2 ? CODEC_PCMA : CODEC_G722};
                if (i % 100 == 99) /* of 300 pairs each turn takes two */
                        ports_have_rested();
                all_join(hall);
                assert_true(relay_open(hall->relay, 100 + i, &more));
                join_when_free(hall, 100 + i, RELAY_SIP, &terms);
                join_when_free(hall, 100 + i, RELAY_PHONE, &terms);
                assert_int_equal(conference_members(hall->relay, CONFERENCE), 5);
                for (unsigned p = 0; p < 3; p++)
                        party_sends(hall, &hall->parties[p]);
                if (i % 3 == 0) {
                        assert_true(conference_close(hall->relay, CONFERENCE));
                        assert_true(conference_open(hall->relay, CONFERENCE));
                } else {
                        for (unsigned p = 0; p < 3; p++)
                                assert_true(
                                        conference_leave(hall->relay, hall->parties[p].stream, hall->parties[p].side));
                }
                close_and_count(hall->relay, 100 + i);
                assert_int_equal(conference_members(hall->relay, CONFERENCE), 0);
        }
        assert_int_equal(relay_ports_used(hall->relay), ports);
        assert_int_equal(open_descriptors(), in_use);
        hall_end(hall);
        assert_int_equal(open_descriptors(), descriptors);
}

static void a_closed_stream_leaves_and_the_others_go_on(void **state)
{
        (void)state;
        struct hall *hall = hall_of(3);
        struct expected before = all_but_oneself(3), after = {{0, 4, 2}};
        all_join(hall);
        hall_until(hall, &before);
        close_and_count(hall->relay, 1);
        assert_int_equal(conference_members(hall->relay, CONFERENCE), 2);
        hall->parties[0].silent = true; /* its port is closed */
        party_forgets(&hall->parties[0]);
        hall_until(hall, &after);
        hall_end(hall);
}

static bool event_comes(struct hall *hall, enum relay_event_kind kind, uint32_t stream, enum relay_side side,
                        unsigned ms)
{
        struct relay_event event;
        for (unsigned spent = 0; spent < ms; spent += 20) {
                hall_tick(hall);
                while (relay_next(hall->relay, &event))
                        if (event.kind == kind && event.stream == stream && (kind == RELAY_DEAD || event.side == side))
                                return true;
        }
        return false;
}

static void a_silent_member_is_told_and_is_not_dead_while_others_speak(void **state)
{
        (void)state;
        struct hall *hall = three_new(1);
        struct expected expected = all_but_oneself(3);
        all_join(hall);
        hall_until(hall, &expected);
        hall->parties[2].silent = true;
        assert_true(event_comes(hall, RELAY_SILENT, 2, RELAY_SIP, PATIENT_MS));
        assert_false(event_comes(hall, RELAY_DEAD, 2, RELAY_SIP, 2500));
        hall->parties[0].silent = hall->parties[1].silent = true; /* the machine they are all on is gone */
        assert_true(event_comes(hall, RELAY_DEAD, 1, RELAY_SIP, PATIENT_MS));
        hall_end(hall);
}

static void a_stream_dies_with_its_conference(void **state)
{
        (void)state;
        struct hall *hall = three_new(1);
        hall->parties[0].silent = hall->parties[1].silent = hall->parties[2].silent = true;
        all_join(hall);
        assert_true(event_comes(hall, RELAY_DEAD, 2, RELAY_SIP, PATIENT_MS));
        assert_false(event_comes(hall, RELAY_SILENT, 2, RELAY_PHONE, 2500)); /* cut off: nothing is expected of it */
        hall_end(hall);
}

/* --- a random walk: what the answers should be is known, what the threads do with it is the sanitizers' --- */

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

static void without_a_mixer_there_are_no_conferences(void **state)
{
        (void)state;
        struct relay_settings settings = {.port_first = FIRST, .port_last = LAST, .max_streams = 2};
        struct conference_terms terms = {.codec = CODEC_PCMU};
        struct relay_ports ports;
        char why[128];
        struct relay *relay = relay_start(&settings, why, sizeof why);
        assert_non_null(relay);
        assert_true(relay_open(relay, 1, &ports));
        assert_false(conference_open(relay, 1));
        assert_int_equal(conference_join(relay, 1, 1, RELAY_SIP, &terms), CONFERENCE_NONE);
        assert_false(conference_leave(relay, 1, RELAY_SIP));
        assert_false(conference_close(relay, 1));
        assert_int_equal(conference_counters(relay).ticks, 0);
        relay_stop(relay);
}

int main(void)
{
        if (guard_take(FIRST) < 0)
                return 1;
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_phone_and_two_calls_hear_each_other),
                cmocka_unit_test(each_of_eight_hears_the_seven_others),
                cmocka_unit_test(two_conferences_do_not_hear_each_other),
                cmocka_unit_test(the_phone_leaves_and_the_others_go_on),
                cmocka_unit_test(who_leaves_is_relayed_again),
                cmocka_unit_test(the_muted_are_not_heard_and_hear),
                cmocka_unit_test(a_bad_network_is_heard_through),
                cmocka_unit_test(strangers_are_refused_and_counted),
                cmocka_unit_test(counters_and_rtcp_are_as_ever),
                cmocka_unit_test(a_held_member_is_sent_nothing_and_is_heard),
                cmocka_unit_test(packets_have_the_length_that_was_asked_for),
                cmocka_unit_test(keys_are_passed_on_to_those_who_want_them),
                cmocka_unit_test(what_cannot_be_is_refused_and_changes_nothing),
                cmocka_unit_test(two_hundred_joins_and_leaves_leave_nothing_behind),
                cmocka_unit_test(a_closed_stream_leaves_and_the_others_go_on),
                cmocka_unit_test(a_silent_member_is_told_and_is_not_dead_while_others_speak),
                cmocka_unit_test(a_stream_dies_with_its_conference),
                cmocka_unit_test(a_random_walk_keeps_its_books_and_gives_everything_back),
                cmocka_unit_test(without_a_mixer_there_are_no_conferences),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
