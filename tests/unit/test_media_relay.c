/* The relay with real packets over loopback: what crosses, what does not, and from where to where. */
#define FIRST 11000
#include "media_world.h"

static void every_byte_crosses_both_ways_and_is_counted_on(const char *bind)
{
        struct world world;
        uint8_t packet[1472];
        uint64_t bytes = 0;
        world_start(&world, bind, 0);
        world_connect(&world);
        srand(3);
        for (unsigned i = 0; i < 300; i++) {
                size_t len = 12 + (size_t)rand() % (sizeof packet - 11);
                for (size_t j = 0; j < len; j++)
                        packet[j] = (uint8_t)rand();
                packet[0] = 0x80;
                packet[1] &= 0x7f; /* with the marker it may be RTCP */
                send_to(world.phone.fd[0], HOME, world.ports.phone, packet, len);
                assert_receives(world.sip.fd[0], packet, len);
                send_to(world.sip.fd[0], HOME, world.ports.sip, packet, len);
                assert_receives(world.phone.fd[0], packet, len);
                bytes += len;
        }
        struct relay_counters counters = world_close(&world);
        for (unsigned side = 0; side < 2; side++) {
                assert_int_equal(counters.packets[side], 300);
                assert_int_equal(counters.bytes[side], bytes);
                assert_int_equal(counters.rtcp[side] + counters.strangers[side] + counters.invalid[side], 0);
        }
        world_stop(&world);
}

static void every_byte_crosses_both_ways_and_is_counted(void **state)
{
        (void)state;
        every_byte_crosses_both_ways_and_is_counted_on(NULL);
}

static void the_same_bound_to_one_address(void **state)
{
        (void)state;
        every_byte_crosses_both_ways_and_is_counted_on(HOME);
}

static void packets_come_from_the_announced_port(void **state)
{
        (void)state;
        struct world world;
        struct endpoint from, announced;
        uint8_t packet[PACKET_MAX];
        world_start(&world, NULL, 0);
        world_connect(&world);
        announced = endpoint_at(HOME, world.ports.sip);
        phone_says(&world, 1); /* the SIP side is not heard yet: unconnected */
        assert_int_equal(receive(world.sip.fd[0], packet, &from, PATIENCE_MS), VOICE_LEN);
        assert_true(endpoint_equal(&from, &announced));
        assert_talk(&world, 2);
        phone_says(&world, 4); /* connected now */
        assert_int_equal(receive(world.sip.fd[0], packet, &from, PATIENCE_MS), VOICE_LEN);
        assert_true(endpoint_equal(&from, &announced));
        world_stop(&world);
}

static void nothing_is_accepted_from_a_side_that_is_not_known(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_set(&world, RELAY_SIP, &world.sip.at);
        phone_says(&world, 1);
        assert_quiet(world.sip.fd[0]);
        world_set(&world, RELAY_PHONE, &world.phone.at);
        assert_talk(&world, 2);
        struct relay_counters counters = world_close(&world);
        assert_int_equal(counters.packets[RELAY_PHONE], 1);
        assert_int_equal(counters.strangers[RELAY_PHONE], 1);
        world_stop(&world);
}

static void early_media_flows_before_the_phone_sends(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_connect(&world);
        sip_says(&world, 1);
        assert_voice(&world.phone, 1);
        world_stop(&world);
}

static void each_side_latches_once_and_says_so(void **state)
{
        (void)state;
        struct world world;
        struct relay_event event;
        world_start(&world, NULL, 0);
        world_connect(&world);
        assert_talk(&world, 1);
        assert_talk(&world, 3);
        assert_event(world.relay, RELAY_LATCHED, STREAM, RELAY_PHONE);
        assert_event(world.relay, RELAY_LATCHED, STREAM, RELAY_SIP);
        assert_false(event_wait(world.relay, &event, QUIET_MS));
        world_stop(&world);
}

static void strangers_are_not_heard_once_the_signalled_source_was(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_connect(&world);
        assert_talk(&world, 1);
        for (unsigned i = 0; i < 10; i++)
                send_voice(&world.third, HOME, world.ports.phone, 100 + i);
        assert_quiet(world.sip.fd[0]);
        assert_talk(&world, 3);
        assert_int_equal(world_close(&world).packets[RELAY_PHONE], 2);
        world_stop(&world);
}

/* A phone behind NAT: nobody signalled the address it sends from. */
static void another_source_is_heard_first_and_answered(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_connect(&world);
        send_voice(&world.third, HOME, world.ports.phone, 1);
        assert_voice(&world.sip, 1);
        sip_says(&world, 2);
        assert_voice(&world.third, 2);
        assert_quiet(world.phone.fd[0]);
        world_stop(&world);
}

static void the_signalled_source_takes_the_stream_from_another(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_connect(&world);
        send_voice(&world.third, HOME, world.ports.phone, 1);
        assert_voice(&world.sip, 1);
        assert_talk(&world, 2);
        send_voice(&world.third, HOME, world.ports.phone, 4);
        assert_quiet(world.sip.fd[0]);
        assert_talk(&world, 5);
        world_stop(&world);
}

static void a_second_stranger_is_refused_and_counted(void **state)
{
        (void)state;
        struct world world;
        struct peer fourth = peer_open_at(HOME, THIRD_PORT + 10);
        world_start(&world, NULL, 0);
        world_connect(&world);
        send_voice(&world.third, HOME, world.ports.phone, 1);
        assert_voice(&world.sip, 1);
        for (unsigned i = 0; i < 7; i++)
                send_voice(&fourth, HOME, world.ports.phone, 100 + i);
        send_voice(&world.third, HOME, world.ports.phone, 2); /* behind them in the same buffer */
        assert_voice(&world.sip, 2);
        struct relay_counters counters = world_close(&world);
        assert_int_equal(counters.strangers[RELAY_PHONE], 7);
        assert_int_equal(counters.packets[RELAY_PHONE], 2);
        peer_close(&fourth);
        world_stop(&world);
}

/* What waits in a socket when its source is latched came from anybody. */
static void packets_queued_before_the_latch_are_judged_too(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_connect(&world);
        for (unsigned round = 0; round < 50; round++) {
                struct endpoint other = endpoint_at(HOME, (uint16_t)(1 + round % 2));
                world_set(&world, RELAY_PHONE, &other);
                world_set(&world, RELAY_PHONE, &world.phone.at);
                phone_says(&world, 2 * round);
                send_voice(&world.third, HOME, world.ports.phone, 1000);
                assert_voice(&world.sip, 2 * round);
                phone_says(&world, 2 * round + 1);
                assert_voice(&world.sip, 2 * round + 1);
        }
        assert_int_equal(world_close(&world).packets[RELAY_PHONE], 100);
        world_stop(&world);
}

/* re-INVITE: the far end moves, and its old address still sends a little. */
static void a_side_that_moves_is_followed(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_connect(&world);
        assert_talk(&world, 1);
        world_set(&world, RELAY_SIP, &world.third.at);
        sip_says(&world, 3);
        assert_quiet(world.phone.fd[0]);
        phone_says(&world, 4);
        assert_voice(&world.third, 4);
        send_voice(&world.third, HOME, world.ports.sip, 5);
        assert_voice(&world.phone, 5);
        phone_says(&world, 6);
        assert_voice(&world.third, 6);
        world_set(&world, RELAY_SIP, &world.sip.at);
        assert_talk(&world, 7);
        world_stop(&world);
}

static void a_held_side_gets_nothing_and_may_still_send(void **state)
{
        (void)state;
        struct world world;
        struct endpoint held;
        world_start(&world, NULL, 0);
        world_connect(&world);
        assert_talk(&world, 1);
        held = world.sip.at;
        held.port = 0;
        world_set(&world, RELAY_SIP, &held);
        phone_says(&world, 3);
        assert_quiet(world.sip.fd[0]);
        sip_says(&world, 4);
        assert_voice(&world.phone, 4);
        phone_says(&world, 5); /* also when it was heard */
        assert_quiet(world.sip.fd[0]);
        world_set(&world, RELAY_SIP, &world.sip.at);
        assert_talk(&world, 6);
        world_stop(&world);
}

static const uint8_t sender_report[28] = {0x80, 200, 0, 6, 0xca, 0xfe};

static void rtcp_crosses_on_the_next_port(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_connect(&world);
        for (unsigned i = 0; i < 3; i++) {
                send_to(world.phone.fd[1], HOME, world.ports.phone + 1, sender_report, sizeof sender_report);
                assert_receives(world.sip.fd[1], sender_report, sizeof sender_report);
                send_to(world.sip.fd[1], HOME, world.ports.sip + 1, sender_report, sizeof sender_report);
                assert_receives(world.phone.fd[1], sender_report, sizeof sender_report);
        }
        assert_quiet(world.sip.fd[0]);
        struct relay_counters counters = world_close(&world);
        assert_int_equal(counters.rtcp[RELAY_PHONE], 3);
        assert_int_equal(counters.rtcp[RELAY_SIP], 3);
        assert_int_equal(counters.packets[RELAY_PHONE] + counters.packets[RELAY_SIP], 0);
        world_stop(&world);
}

static void rtcp_latches_by_itself(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_connect(&world);
        send_to(world.third.fd[1], HOME, world.ports.phone + 1, sender_report, sizeof sender_report);
        assert_receives(world.sip.fd[1], sender_report, sizeof sender_report);
        send_to(world.sip.fd[1], HOME, world.ports.sip + 1, sender_report, sizeof sender_report);
        assert_receives(world.third.fd[1], sender_report, sizeof sender_report);
        assert_talk(&world, 1);
        assert_quiet(world.third.fd[0]);
        world_stop(&world);
}

static void garbage_is_counted_and_goes_nowhere(void **state)
{
        (void)state;
        struct world world;
        static const uint8_t zeros[3000];
        uint8_t huge[3000] = {0x80};
        world_start(&world, NULL, 0);
        world_connect(&world);
        assert_talk(&world, 1);
        send_to(world.phone.fd[0], HOME, world.ports.phone, zeros, 0);
        send_to(world.phone.fd[0], HOME, world.ports.phone, huge, 11);
        send_to(world.phone.fd[0], HOME, world.ports.phone, zeros, VOICE_LEN);
        send_to(world.phone.fd[0], HOME, world.ports.phone, huge, sizeof huge);
        send_to(world.phone.fd[1], HOME, world.ports.phone + 1, huge, VOICE_LEN);
        send_to(world.phone.fd[1], HOME, world.ports.phone + 1, sender_report, sizeof sender_report);
        assert_receives(world.sip.fd[1], sender_report, sizeof sender_report);
        assert_talk(&world, 3);
        struct relay_counters counters = world_close(&world);
        assert_int_equal(counters.invalid[RELAY_PHONE], 4); /* an empty one keeps a NAT awake, and is nothing else */
        assert_int_equal(counters.invalid[RELAY_SIP], 0);
        assert_int_equal(counters.packets[RELAY_PHONE], 2);
        world_stop(&world);
}

/* The peer's socket is gone for a while: every packet to it is answered with an ICMP error. */
static void a_peer_that_refuses_packets_does_not_end_the_stream(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        world_connect(&world);
        assert_talk(&world, 1);
        peer_close(&world.sip);
        for (unsigned i = 0; i < 20; i++) {
                phone_says(&world, 10 + i);
                settle(world.relay);
        }
        world.sip = peer_open_at(HOME, SIP_PORT);
        sip_says(&world, 40);
        assert_voice(&world.phone, 40);
        phone_says(&world, 41); /* may meet the last error */
        settle(world.relay);
        phone_says(&world, 42);
        uint8_t packet[PACKET_MAX], wanted[VOICE_LEN];
        voice_fill(wanted, 42);
        do
                assert_int_equal(receive(world.sip.fd[0], packet, NULL, PATIENCE_MS), VOICE_LEN);
        while (memcmp(packet, wanted, VOICE_LEN) != 0);
        assert_talk(&world, 50);
        assert_int_equal(world_close(&world).packets[RELAY_PHONE], 1 + 20 + 2 + 1);
        world_stop(&world);
}

/* The machine has several addresses; the peer was told one that the routing table would not choose. */
static void the_address_a_peer_sends_to_is_the_one_that_answers_on(const char *bind)
{
        struct world world;
        struct endpoint from, told;
        uint8_t packet[PACKET_MAX];
        world_start(&world, bind, 0);
        world_connect(&world);
        told = endpoint_at("127.0.0.5", world.ports.phone);
        for (unsigned i = 0; i < 20; i++) {
                send_voice(&world.phone, "127.0.0.5", world.ports.phone, 2 * i);
                assert_voice(&world.sip, 2 * i);
                sip_says(&world, 2 * i + 1);
                assert_int_equal(receive(world.phone.fd[0], packet, &from, PATIENCE_MS), VOICE_LEN);
                assert_true(endpoint_equal(&from, &told));
        }
        world_stop(&world);
}

static void the_address_a_peer_sends_to_is_the_one_that_answers(void **state)
{
        (void)state;
        the_address_a_peer_sends_to_is_the_one_that_answers_on(NULL);
        the_address_a_peer_sends_to_is_the_one_that_answers_on("0.0.0.0");
}

/* Two relays that begin at once each hear the other from an address the machine chose, then from the one they were told
 * of. Were our address to follow that, both would end up sending where nobody listens any more. */
static void our_address_stays_when_the_signalled_source_takes_over(void **state)
{
        (void)state;
        struct world world;
        struct endpoint from;
        uint8_t got[PACKET_MAX];
        world_start(&world, NULL, 60);
        world_connect(&world);
        struct peer neighbour = peer_open_at("127.0.0.5", SIP_PORT + 20);
        struct peer chosen = peer_open_at(HOME, SIP_PORT + 20); /* the same peer, as the machine lets it send */
        world_set(&world, RELAY_SIP, &neighbour.at);

        send_voice(&chosen, "127.0.0.5", world.ports.sip, 1);
        assert_voice(&world.phone, 1);
        send_voice(&neighbour, HOME, world.ports.sip, 2);
        assert_voice(&world.phone, 2);

        phone_says(&world, 3);
        assert_int_equal(receive(neighbour.fd[0], got, &from, PATIENCE_MS), VOICE_LEN);
        struct endpoint told = endpoint_at("127.0.0.5", world.ports.sip);
        assert_true(endpoint_equal(&from, &told));
        send_voice(&neighbour, "127.0.0.5", world.ports.sip, 4);
        assert_voice(&world.phone, 4);
        peer_close(&neighbour);
        peer_close(&chosen);
        world_stop(&world);
}

static void a_phone_of_ipv6_talks_to_a_peer_of_ipv4(void **state)
{
        (void)state;
        struct world world;
        struct endpoint loopback6 = endpoint_at("::1", 0);
        int probe = udp_open(&loopback6.ip, 0, 0);
        if (probe < 0)
                skip(); /* no IPv6 on this machine */
        close(probe);
        world_start(&world, NULL, 0);
        peer_close(&world.phone);
        world.phone = peer_open_at("::1", PHONE_PORT);
        world_connect(&world);
        for (unsigned i = 0; i < 10; i++) {
                send_voice(&world.phone, "::1", world.ports.phone, 2 * i);
                assert_voice(&world.sip, 2 * i);
                sip_says(&world, 2 * i + 1);
                assert_voice(&world.phone, 2 * i + 1);
        }
        assert_int_equal(world_close(&world).packets[RELAY_PHONE], 10);
        world_stop(&world);
}

int main(void)
{
        if (guard_take(FIRST) < 0)
                return 1;
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_byte_crosses_both_ways_and_is_counted),
                cmocka_unit_test(the_same_bound_to_one_address),
                cmocka_unit_test(packets_come_from_the_announced_port),
                cmocka_unit_test(nothing_is_accepted_from_a_side_that_is_not_known),
                cmocka_unit_test(early_media_flows_before_the_phone_sends),
                cmocka_unit_test(each_side_latches_once_and_says_so),
                cmocka_unit_test(strangers_are_not_heard_once_the_signalled_source_was),
                cmocka_unit_test(another_source_is_heard_first_and_answered),
                cmocka_unit_test(the_signalled_source_takes_the_stream_from_another),
                cmocka_unit_test(a_second_stranger_is_refused_and_counted),
                cmocka_unit_test(packets_queued_before_the_latch_are_judged_too),
                cmocka_unit_test(a_side_that_moves_is_followed),
                cmocka_unit_test(a_held_side_gets_nothing_and_may_still_send),
                cmocka_unit_test(rtcp_crosses_on_the_next_port),
                cmocka_unit_test(rtcp_latches_by_itself),
                cmocka_unit_test(garbage_is_counted_and_goes_nowhere),
                cmocka_unit_test(a_peer_that_refuses_packets_does_not_end_the_stream),
                cmocka_unit_test(the_address_a_peer_sends_to_is_the_one_that_answers),
                cmocka_unit_test(our_address_stays_when_the_signalled_source_takes_over),
                cmocka_unit_test(a_phone_of_ipv6_talks_to_a_peer_of_ipv4),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
