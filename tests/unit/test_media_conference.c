/* Conferences with real packets over loopback: who hears whom, and what the gateway's owner is told. */
#define FIRST   15000
#define THREADS 2
#define MEMBERS 10
#include "media_hall.h"

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
                cmocka_unit_test(without_a_mixer_there_are_no_conferences),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
