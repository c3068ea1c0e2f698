/* Peers that move without a word, or are not heard: what the relay makes of silence. */
#define FIRST 8000
#include "media_world.h"

static void speak_as(const struct peer *peer, uint16_t port, uint32_t ssrc, uint16_t sequence)
{
        uint8_t packet[VOICE_LEN];
        voice_fill(packet, sequence);
        packet[2] = (uint8_t)(sequence >> 8);
        packet[3] = (uint8_t)sequence;
        memset(packet + 8, 0, 4);
        packet[11] = (uint8_t)ssrc;
        send_to(peer->fd[0], HOME, port, packet, sizeof packet);
}

static bool hears(const struct peer *peer, int patience_ms)
{
        uint8_t packet[PACKET_MAX];
        return receive(peer->fd[0], packet, NULL, patience_ms) > 0;
}

/* A phone that begins again from another port, as another source: heard as soon as its old port is quiet for a second,
 * and answered there. */
static void a_phone_that_moved_its_port_is_heard_again(void **state)
{
        (void)state;
        struct world world;
        unsigned tries = 0;
        world_start(&world, NULL, 0);
        world_connect(&world);
        speak_as(&world.phone, world.ports.phone, 1, 1);
        assert_true(hears(&world.sip, PATIENCE_MS));
        do
                speak_as(&world.third, world.ports.phone, 2, (uint16_t)++tries);
        while (!hears(&world.sip, 50) && tries < 200);
        assert_true(tries > 10 && tries < 200);
        sip_says(&world, 7);
        assert_voice(&world.third, 7);
        world_stop(&world);
}

/* Behind a NAT that has forgotten it: the same source, at another port of its address. */
static void a_source_whose_nat_chose_another_port_is_heard_again(void **state)
{
        (void)state;
        struct world world;
        uint16_t tries = 0;
        world_start(&world, NULL, 0);
        world_connect(&world);
        speak_as(&world.phone, world.ports.phone, 1, 1);
        assert_true(hears(&world.sip, PATIENCE_MS));
        do
                speak_as(&world.third, world.ports.phone, 1, ++tries);
        while (!hears(&world.sip, 50) && tries < 200);
        assert_true(tries > 10 && tries < 200);
        sip_says(&world, 7);
        assert_voice(&world.third, 7);
        speak_as(&world.phone, world.ports.phone, 1, ++tries); /* signalled: the first of all */
        assert_true(hears(&world.sip, PATIENCE_MS));
        world_stop(&world);
}

/* As long as the phone speaks, who knows its port and address is not heard; nor when the phone is quiet and somebody at
 * another address says to be it. */
static void who_takes_the_name_of_a_source_or_its_time_is_refused(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_connect(&world);
        for (uint16_t i = 0; i < 60; i++) { /* 3 s, in which two looks find the phone speaking */
                speak_as(&world.phone, world.ports.phone, 1, i);
                int64_t spoke_ms = clock_ms();
                assert_true(hears(&world.sip, PATIENCE_MS));
                speak_as(&world.third, world.ports.phone, 2, i);
                if (hears(&world.sip, 50)) /* only when the machine kept the phone from speaking */
                        assert_true(clock_ms() - spoke_ms >= 1000);
        }
        struct peer elsewhere = peer_open_at("127.0.1.9", 0);
        for (uint16_t i = 0; i < 60; i++) {
                speak_as(&elsewhere, world.ports.phone, 1, (uint16_t)(100 + i));
                assert_false(hears(&world.sip, 50));
        }
        peer_close(&elsewhere);
        struct relay_counters counters = world_close(&world);
        assert_true(counters.packets[RELAY_PHONE] >= 60);
        assert_true(counters.strangers[RELAY_PHONE] > 0); /* those that came while the phone was quiet */
        world_stop(&world);
}

/* The phone is only listened to; to the other side there is always something said. */
static void who_is_told_nothing_gets_an_empty_packet_now_and_then(void **state)
{
        (void)state;
        struct world world;
        struct relay_settings settings = {
                .threads = 1, .port_first = FIRST, .port_last = LAST, .max_streams = 8, .keepalive_s = 2};
        char why[128];
        uint8_t packet[PACKET_MAX];
        ssize_t len = -1;
        world_start(&world, NULL, 0);
        relay_stop(world.relay);
        world.relay = relay_start(&settings, why, sizeof why);
        assert_true(relay_open(world.relay, STREAM, &world.ports));
        world_connect(&world);
        for (uint16_t i = 0; i < 100 && len < 0; i++) {
                speak_as(&world.phone, world.ports.phone, 1, i);
                assert_true(receive(world.sip.fd[0], packet, NULL, PATIENCE_MS) > 0);
                len = receive(world.phone.fd[0], packet, NULL, 50);
        }
        assert_int_equal(len, 0);
        assert_int_equal(receive(world.phone.fd[1], packet, NULL, QUIET_MS), -1); /* RTCP looks after itself */
        world_set(&world, RELAY_SIP, &(struct endpoint){.ip = world.sip.at.ip});  /* on hold: it wants nothing at all */
        assert_int_equal(receive(world.sip.fd[0], packet, NULL, 3000), -1);
        world_stop(&world);
}

static void strictly_nobody_moves(void **state)
{
        (void)state;
        struct world world;
        struct relay_settings settings = {
                .threads = 1, .port_first = FIRST, .port_last = LAST, .max_streams = 8, .latch_strict = true};
        char why[128];
        world_start(&world, NULL, 0);
        relay_stop(world.relay);
        world.relay = relay_start(&settings, why, sizeof why);
        assert_true(relay_open(world.relay, STREAM, &world.ports));
        world_connect(&world);
        speak_as(&world.third, world.ports.phone, 2, 1);
        assert_false(hears(&world.sip, QUIET_MS));
        speak_as(&world.phone, world.ports.phone, 1, 1);
        assert_true(hears(&world.sip, PATIENCE_MS));
        for (uint16_t i = 0; i < 50; i++) {
                speak_as(&world.third, world.ports.phone, 2, i);
                assert_false(hears(&world.sip, 50));
        }
        assert_true(world_close(&world).strangers[RELAY_PHONE] > 0);
        world_stop(&world);
}

static void a_source_that_was_quiet_goes_on_as_before(void **state)
{
        (void)state;
        struct world world;
        struct relay_event event;
        world_start(&world, NULL, 0);
        world_connect(&world);
        assert_talk(&world, 1);
        assert_event(world.relay, RELAY_LATCHED, STREAM, RELAY_PHONE);
        assert_event(world.relay, RELAY_LATCHED, STREAM, RELAY_SIP);
        assert_false(event_wait(world.relay, &event, 2500));
        assert_talk(&world, 3);
        assert_talk(&world, 5);
        assert_false(event_wait(world.relay, &event, QUIET_MS)); /* nothing new */
        assert_int_equal(world_close(&world).packets[RELAY_PHONE], 3);
        world_stop(&world);
}

/* Five seconds of a side that never spoke, in a stream without any timeout. */
static void a_side_never_heard_while_the_other_speaks_is_told(void **state)
{
        (void)state;
        struct world world;
        struct relay_event event;
        world_start(&world, NULL, 0);
        world_connect(&world);
        int64_t began_ms = clock_ms();
        sip_says(&world, 1);
        assert_event(world.relay, RELAY_LATCHED, STREAM, RELAY_SIP);
        for (unsigned i = 2; !event_wait(world.relay, &event, 200); i++) {
                assert_true(i < 100);
                sip_says(&world, i);
        }
        assert_int_equal(event.kind, RELAY_ONE_WAY);
        assert_int_equal(event.side, RELAY_PHONE);
        assert_true(clock_ms() - began_ms >= 4000);
        world_stop(&world);
}

/* Three streams without one: both silent, held, and one that speaks now and then. */
static void no_one_way_is_told_of_streams_that_have_none(void **state)
{
        (void)state;
        struct world world;
        struct relay_ports held;
        struct relay_event event;
        world_start(&world, NULL, 0);
        world_connect(&world);
        assert_true(relay_open(world.relay, 50, &held));
        assert_true(relay_set(world.relay, 50, RELAY_PHONE, &world.third.at));
        assert_true(relay_set(world.relay, 50, RELAY_SIP, &world.third.at));
        assert_true(relay_hold(world.relay, 50, true));
        settle(world.relay);
        phone_says(&world, 1);
        for (unsigned i = 0; i < 35; i++) { /* 7 s */
                sip_says(&world, i);
                send_voice(&world.third, HOME, held.sip, i);
                if (event_wait(world.relay, &event, 200))
                        assert_int_equal(event.kind, RELAY_LATCHED);
        }
        world_stop(&world);
}

static void counters_can_be_seen_while_the_stream_lives(void **state)
{
        (void)state;
        struct world world;
        struct relay_counters counters;
        world_start(&world, NULL, 0);
        world_connect(&world);
        assert_true(relay_look(world.relay, STREAM, &counters));
        assert_int_equal(counters.packets[RELAY_PHONE], 0);
        for (uint16_t i = 0; i < 10; i++)
                if (i != 4)
                        speak_as(&world.phone, world.ports.phone, 1, i);
        for (unsigned i = 0; i < 100 && counters.packets[RELAY_PHONE] < 9; i++) {
                usleep(50000);
                assert_true(relay_look(world.relay, STREAM, &counters));
        }
        assert_int_equal(counters.packets[RELAY_PHONE], 9);
        assert_int_equal(counters.bytes[RELAY_PHONE], 9 * VOICE_LEN);
        assert_int_equal(counters.lost[RELAY_PHONE], 1);
        assert_false(relay_look(world.relay, STREAM + 1, &counters));
        assert_int_equal(world_close(&world).lost[RELAY_PHONE], 1);
        assert_false(relay_look(world.relay, STREAM, &counters));
        world_stop(&world);
}

int main(void)
{
        if (guard_take(FIRST) < 0)
                return 1;
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_phone_that_moved_its_port_is_heard_again),
                cmocka_unit_test(a_source_whose_nat_chose_another_port_is_heard_again),
                cmocka_unit_test(who_takes_the_name_of_a_source_or_its_time_is_refused),
                cmocka_unit_test(who_is_told_nothing_gets_an_empty_packet_now_and_then),
                cmocka_unit_test(strictly_nobody_moves),
                cmocka_unit_test(a_source_that_was_quiet_goes_on_as_before),
                cmocka_unit_test(a_side_never_heard_while_the_other_speaks_is_told),
                cmocka_unit_test(no_one_way_is_told_of_streams_that_have_none),
                cmocka_unit_test(counters_can_be_seen_while_the_stream_lives),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
