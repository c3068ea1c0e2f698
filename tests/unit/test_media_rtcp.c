/* Where RTCP goes when something else than the next port was agreed: the port of RTP, or another one. */
#define FIRST 9000
#include "media_world.h"

static const uint8_t report[28] = {0x80, 200, 0, 6, 0xca, 0xfe};

static const struct endpoint nowhere;

static void world_mux(struct world *world, bool mux)
{
        assert_true(relay_rtcp(world->relay, STREAM, RELAY_SIP, mux, &nowhere));
        settle(world->relay);
}

static void rtcp_of_one_port_and_of_two_meet(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_mux(&world, true);
        world_connect(&world);
        for (unsigned i = 0; i < 3; i++) {
                send_to(world.sip.fd[0], HOME, world.ports.sip, report, sizeof report);
                assert_receives(world.phone.fd[1], report, sizeof report);
                send_to(world.phone.fd[1], HOME, world.ports.phone + 1, report, sizeof report);
                assert_receives(world.sip.fd[0], report, sizeof report);
                assert_talk(&world, 10 + 2 * i);
        }
        assert_quiet(world.sip.fd[1]);
        struct relay_counters counters = world_close(&world);
        for (unsigned side = 0; side < 2; side++) {
                assert_int_equal(counters.rtcp[side], 3);
                assert_int_equal(counters.packets[side], 3);
                assert_int_equal(counters.invalid[side], 0);
        }
        world_stop(&world);
}

static void the_next_port_is_nobodys_when_there_is_one(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_connect(&world);
        world_mux(&world, true);
        send_to(world.sip.fd[1], HOME, world.ports.sip + 1, report, sizeof report);
        assert_quiet(world.phone.fd[1]);
        struct relay_counters counters = world_close(&world);
        assert_int_equal(counters.strangers[RELAY_SIP], 1);
        assert_int_equal(counters.rtcp[RELAY_SIP], 0);
        world_stop(&world);
}

static void rtcp_on_the_port_of_rtp_is_refused_unless_agreed(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_connect(&world);
        send_to(world.sip.fd[0], HOME, world.ports.sip, report, sizeof report);
        assert_quiet(world.phone.fd[0]);
        assert_quiet(world.phone.fd[1]);
        assert_talk(&world, 1);
        world_mux(&world, true);
        send_to(world.sip.fd[0], HOME, world.ports.sip, report, sizeof report);
        assert_receives(world.phone.fd[1], report, sizeof report);
        world_mux(&world, false); /* a re-INVITE takes it back */
        send_to(world.sip.fd[0], HOME, world.ports.sip, report, sizeof report);
        send_to(world.sip.fd[1], HOME, world.ports.sip + 1, report, sizeof report);
        assert_receives(world.phone.fd[1], report, sizeof report);
        assert_quiet(world.phone.fd[1]);
        struct relay_counters counters = world_close(&world);
        assert_int_equal(counters.invalid[RELAY_SIP], 2);
        assert_int_equal(counters.rtcp[RELAY_SIP], 2);
        world_stop(&world);
}

/* What begins like RTCP and is none goes nowhere, whatever was agreed. */
static void what_claims_to_be_rtcp_must_be_it(void **state)
{
        (void)state;
        struct world world;
        uint8_t packet[VOICE_LEN] = {0x80, 0xc8, 0xff, 0xff};
        world_start(&world, NULL, 0);
        world_connect(&world);
        send_to(world.sip.fd[0], HOME, world.ports.sip, packet, sizeof packet);
        settle(world.relay);
        world_mux(&world, true);
        send_to(world.sip.fd[0], HOME, world.ports.sip, packet, sizeof packet);
        assert_talk(&world, 1);
        assert_quiet(world.phone.fd[1]);
        assert_int_equal(world_close(&world).invalid[RELAY_SIP], 2);
        world_stop(&world);
}

static void rtcp_may_be_at_a_port_of_its_own(void **state)
{
        (void)state;
        struct world world;
        struct endpoint there = {0};
        world_start(&world, NULL, 0);
        there.port = world.third.at.port;
        assert_true(relay_rtcp(world.relay, STREAM, RELAY_SIP, false, &there));
        world_connect(&world);
        send_to(world.phone.fd[1], HOME, world.ports.phone + 1, report, sizeof report);
        assert_receives(world.third.fd[0], report, sizeof report);
        send_to(world.third.fd[0], HOME, world.ports.sip + 1, report, sizeof report);
        assert_receives(world.phone.fd[1], report, sizeof report);
        assert_talk(&world, 1);
        world_stop(&world);
}

static void rtcp_may_be_at_another_address(void **state)
{
        (void)state;
        struct world world;
        struct peer neighbour = peer_open_at("127.0.0.7", THIRD_PORT + 20);
        world_start(&world, NULL, 0);
        assert_true(relay_rtcp(world.relay, STREAM, RELAY_SIP, false, &neighbour.at));
        world_connect(&world);
        send_to(world.phone.fd[1], HOME, world.ports.phone + 1, report, sizeof report);
        assert_receives(neighbour.fd[0], report, sizeof report);
        world_stop(&world);
        peer_close(&neighbour);
}

/* A held side is held as a whole. */
static void a_held_side_gets_no_rtcp_at_its_own_port_either(void **state)
{
        (void)state;
        struct world world;
        struct endpoint there, held;
        world_start(&world, NULL, 0);
        there = world.third.at;
        assert_true(relay_rtcp(world.relay, STREAM, RELAY_SIP, false, &there));
        world_connect(&world);
        held = world.sip.at;
        held.port = 0;
        world_set(&world, RELAY_SIP, &held);
        send_to(world.phone.fd[1], HOME, world.ports.phone + 1, report, sizeof report);
        assert_quiet(world.third.fd[0]);
        world_stop(&world);
}

int main(void)
{
        if (guard_take(FIRST) < 0)
                return 1;
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rtcp_of_one_port_and_of_two_meet),
                cmocka_unit_test(the_next_port_is_nobodys_when_there_is_one),
                cmocka_unit_test(rtcp_on_the_port_of_rtp_is_refused_unless_agreed),
                cmocka_unit_test(what_claims_to_be_rtcp_must_be_it),
                cmocka_unit_test(rtcp_may_be_at_a_port_of_its_own),
                cmocka_unit_test(rtcp_may_be_at_another_address),
                cmocka_unit_test(a_held_side_gets_no_rtcp_at_its_own_port_either),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
