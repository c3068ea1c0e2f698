/* The relay with real packets over loopback: what crosses, what does not, and what is left afterwards. */
#include "media_world.h"

#define FIRST      11000
#define LAST       11999
#define PHONE_PORT 12000
#define SIP_PORT   12100
#define THIRD_PORT 12200
#define STREAM     17
#define HOME       "127.0.0.1"

/* A stream between a phone and a SIP peer, and a third who is neither. */
struct world {
        struct relay *relay;
        struct relay_ports ports;
        struct peer phone, sip, third;
};

static void world_start(struct world *world, const char *bind, unsigned timeout_s)
{
        world->relay = relay_start_range(FIRST, LAST, bind, 64, timeout_s);
        world->phone = peer_open_at(HOME, PHONE_PORT);
        world->sip = peer_open_at(HOME, SIP_PORT);
        world->third = peer_open_at(HOME, THIRD_PORT);
        assert_true(relay_open(world->relay, STREAM, &world->ports));
}

static void world_stop(struct world *world)
{
        relay_stop(world->relay);
        peer_close(&world->phone);
        peer_close(&world->sip);
        peer_close(&world->third);
}

static void set(struct world *world, enum relay_side side, const struct endpoint *endpoint)
{
        assert_true(relay_set(world->relay, STREAM, side, endpoint));
        settle(world->relay);
}

static void world_connect(struct world *world)
{
        set(world, RELAY_PHONE, &world->phone.at);
        set(world, RELAY_SIP, &world->sip.at);
}

static void phone_says(struct world *world, unsigned seed)
{
        send_voice(&world->phone, HOME, world->ports.phone, seed);
}

static void sip_says(struct world *world, unsigned seed)
{
        send_voice(&world->sip, HOME, world->ports.sip, seed);
}

static void assert_talk(struct world *world, unsigned seed)
{
        phone_says(world, seed);
        assert_voice(&world->sip, seed);
        sip_says(world, seed + 1);
        assert_voice(&world->phone, seed + 1);
}

static struct relay_counters world_close(struct world *world)
{
        return close_and_count(world->relay, STREAM);
}

static void ports_are_even_and_differ(void **state)
{
        (void)state;
        struct world world;
        world_start(&world, NULL, 0);
        assert_int_equal(world.ports.phone % 2, 0);
        assert_int_equal(world.ports.sip % 2, 0);
        assert_int_not_equal(world.ports.phone, world.ports.sip);
        assert_int_equal(relay_ports_used(world.relay), 2);
        assert_int_equal(relay_ports_total(world.relay), (LAST - FIRST + 1) / 2);
        world_stop(&world);
}

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
        set(&world, RELAY_SIP, &world.sip.at);
        phone_says(&world, 1);
        assert_quiet(world.sip.fd[0]);
        set(&world, RELAY_PHONE, &world.phone.at);
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
                set(&world, RELAY_PHONE, &other);
                set(&world, RELAY_PHONE, &world.phone.at);
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
        set(&world, RELAY_SIP, &world.third.at);
        sip_says(&world, 3);
        assert_quiet(world.phone.fd[0]);
        phone_says(&world, 4);
        assert_voice(&world.third, 4);
        send_voice(&world.third, HOME, world.ports.sip, 5);
        assert_voice(&world.phone, 5);
        phone_says(&world, 6);
        assert_voice(&world.third, 6);
        set(&world, RELAY_SIP, &world.sip.at);
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
        set(&world, RELAY_SIP, &held);
        phone_says(&world, 3);
        assert_quiet(world.sip.fd[0]);
        sip_says(&world, 4);
        assert_voice(&world.phone, 4);
        phone_says(&world, 5); /* also when it was heard */
        assert_quiet(world.sip.fd[0]);
        set(&world, RELAY_SIP, &world.sip.at);
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
        assert_int_equal(counters.invalid[RELAY_PHONE], 5);
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

static void a_silent_side_is_reported_once(void **state)
{
        (void)state;
        struct world world;
        struct relay_event event;
        world_start(&world, NULL, 2);
        world_connect(&world);
        int64_t began_ms = clock_ms();
        assert_talk(&world, 1);
        assert_event(world.relay, RELAY_LATCHED, STREAM, RELAY_PHONE);
        assert_event(world.relay, RELAY_LATCHED, STREAM, RELAY_SIP);
        assert_event(world.relay, RELAY_SILENT, STREAM, RELAY_PHONE);
        assert_event(world.relay, RELAY_SILENT, STREAM, RELAY_SIP);
        assert_true(clock_ms() - began_ms >= 2000);
        assert_false(event_wait(world.relay, &event, 2500));
        phone_says(&world, 3); /* and again, when it was heard in between */
        assert_event(world.relay, RELAY_SILENT, STREAM, RELAY_PHONE);
        world_stop(&world);
}

static void a_side_that_never_spoke_is_silent_too_unless_held_or_unknown(void **state)
{
        (void)state;
        struct world world;
        struct relay_event event;
        world_start(&world, NULL, 1);
        assert_false(event_wait(world.relay, &event, 2500)); /* nobody is expected */
        assert_true(relay_hold(world.relay, STREAM, true));
        assert_true(relay_set(world.relay, STREAM, RELAY_SIP, &world.sip.at));
        assert_false(event_wait(world.relay, &event, 2500));
        assert_true(relay_hold(world.relay, STREAM, false));
        assert_event(world.relay, RELAY_SILENT, STREAM, RELAY_SIP);
        assert_false(event_wait(world.relay, &event, 1500));
        world_stop(&world);
}

static void a_side_that_moves_gets_its_time_anew(void **state)
{
        (void)state;
        struct world world;
        struct relay_event event;
        world_start(&world, NULL, 3);
        assert_true(relay_set(world.relay, STREAM, RELAY_SIP, &world.sip.at));
        assert_false(event_wait(world.relay, &event, 1900));
        assert_true(relay_set(world.relay, STREAM, RELAY_SIP, &world.third.at));
        assert_false(event_wait(world.relay, &event, 1900));
        assert_event(world.relay, RELAY_SILENT, STREAM, RELAY_SIP);
        world_stop(&world);
}

static void names_nobody_opened_are_ignored(void **state)
{
        (void)state;
        struct world world;
        struct relay_event event;
        world_start(&world, NULL, 0);
        world_connect(&world);
        assert_false(relay_set(world.relay, STREAM + 1, RELAY_PHONE, &world.third.at));
        assert_false(relay_hold(world.relay, STREAM + 1, true));
        assert_false(relay_close(world.relay, STREAM + 1));
        assert_false(relay_close(world.relay, 0));
        assert_talk(&world, 1);
        world_close(&world);
        assert_false(relay_close(world.relay, STREAM));
        assert_false(relay_set(world.relay, STREAM, RELAY_PHONE, &world.phone.at));
        assert_false(event_wait(world.relay, &event, QUIET_MS));
        world_stop(&world);
}

static void a_name_may_be_used_again_right_after_its_close(void **state)
{
        (void)state;
        struct world world;
        struct relay_ports before;
        world_start(&world, NULL, 0);
        world_connect(&world);
        assert_talk(&world, 1);
        before = world.ports;
        assert_true(relay_close(world.relay, STREAM));
        assert_true(relay_open(world.relay, STREAM, &world.ports));
        assert_int_not_equal(before.phone, world.ports.phone);
        assert_int_equal(closed_wait(world.relay, STREAM).packets[RELAY_PHONE], 1);
        world_connect(&world);
        assert_talk(&world, 3);
        assert_int_equal(world_close(&world).packets[RELAY_PHONE], 1);
        world_stop(&world);
}

static void ports_run_out_and_come_back(void **state)
{
        (void)state;
        struct relay *relay = relay_start_range(FIRST, FIRST + 9, NULL, 64, 0); /* five pairs: two streams */
        struct relay_ports ports;
        assert_true(relay_open(relay, 1, &ports));
        assert_true(relay_open(relay, 2, &ports));
        assert_false(relay_open(relay, 3, &ports));
        assert_int_equal(relay_ports_used(relay), 4);
        close_and_count(relay, 1);
        assert_int_equal(relay_ports_used(relay), 2);
        assert_false(relay_open(relay, 3, &ports)); /* they rest */
        ports_have_rested();
        assert_true(relay_open(relay, 3, &ports));
        close_and_count(relay, 2);
        close_and_count(relay, 3);
        assert_int_equal(relay_ports_used(relay), 0);
        relay_stop(relay);
}

static void no_more_streams_are_open_than_allowed(void **state)
{
        (void)state;
        struct relay *relay = relay_start_range(FIRST, LAST, NULL, 2, 0);
        struct relay_ports ports;
        assert_true(relay_open(relay, 1, &ports));
        assert_true(relay_open(relay, 2, &ports));
        assert_false(relay_open(relay, 3, &ports));
        close_and_count(relay, 1);
        assert_true(relay_open(relay, 3, &ports));
        relay_stop(relay);
}

static void two_hundred_calls_leave_nothing_behind(void **state)
{
        (void)state;
        unsigned before = open_descriptors();
        struct world world;
        world_start(&world, NULL, 0);
        unsigned running = open_descriptors();
        world_close(&world);
        for (unsigned i = 0; i < 200; i++) {
                ports_have_rested();
                assert_true(relay_open(world.relay, STREAM, &world.ports));
                world_connect(&world);
                assert_talk(&world, 2 * i);
                struct relay_counters counters = world_close(&world);
                assert_int_equal(counters.packets[RELAY_PHONE] + counters.packets[RELAY_SIP], 2);
        }
        assert_int_equal(relay_ports_used(world.relay), 0);
        assert_int_equal(open_descriptors(), running - 4);
        assert_true(relay_open(world.relay, STREAM, &world.ports)); /* the last stop finds an open one */
        world_stop(&world);
        assert_int_equal(open_descriptors(), before);
}

/* Nobody reads events for a while: sources change without end, then all streams are closed. */
static void closed_is_told_once_for_each_though_nobody_read_events(void **state)
{
        (void)state;
        enum { STREAMS = 8, CHANGES = 400 };
        struct relay *relay = relay_start_range(FIRST, LAST, NULL, STREAMS, 0);
        struct peer peers[2] = {peer_open_at(HOME, PHONE_PORT), peer_open_at(HOME, SIP_PORT)};
        struct peer third = peer_open_at(HOME, THIRD_PORT);
        struct relay_ports ports[STREAMS];
        struct relay_event event;
        unsigned latched = 0, closed[STREAMS] = {0};
        uint8_t packet[PACKET_MAX];
        for (uint32_t i = 0; i < STREAMS; i++)
                assert_true(relay_open(relay, 100 + i, &ports[i]));
        assert_true(relay_set(relay, 100, RELAY_SIP, &third.at));
        for (unsigned i = 0; i < CHANGES; i++) {
                while (!relay_set(relay, 100, RELAY_PHONE, &peers[i % 2].at))
                        usleep(1000);
                do /* until the thread has heard of the change */
                        send_voice(&peers[i % 2], HOME, ports[0].phone, i);
                while (receive(third.fd[0], packet, NULL, 20) < 0);
        }
        for (uint32_t i = 0; i < STREAMS; i++)
                assert_true(relay_close(relay, 100 + i));
        for (unsigned n = 0; n < STREAMS;) {
                assert_true(event_wait(relay, &event, PATIENCE_MS));
                latched += event.kind == RELAY_LATCHED;
                if (event.kind != RELAY_CLOSED)
                        continue;
                closed[event.stream - 100]++;
                n++;
        }
        assert_false(event_wait(relay, &event, QUIET_MS));
        for (unsigned i = 0; i < STREAMS; i++)
                assert_int_equal(closed[i], 1);
        assert_true(latched > 0 && latched < CHANGES); /* or the queue was never full */
        assert_int_equal(relay_ports_used(relay), 0);
        relay_stop(relay);
        peer_close(&peers[0]);
        peer_close(&peers[1]);
        peer_close(&third);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(ports_are_even_and_differ),
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
                cmocka_unit_test(a_phone_of_ipv6_talks_to_a_peer_of_ipv4),
                cmocka_unit_test(a_silent_side_is_reported_once),
                cmocka_unit_test(a_side_that_never_spoke_is_silent_too_unless_held_or_unknown),
                cmocka_unit_test(a_side_that_moves_gets_its_time_anew),
                cmocka_unit_test(names_nobody_opened_are_ignored),
                cmocka_unit_test(a_name_may_be_used_again_right_after_its_close),
                cmocka_unit_test(ports_run_out_and_come_back),
                cmocka_unit_test(no_more_streams_are_open_than_allowed),
                cmocka_unit_test(two_hundred_calls_leave_nothing_behind),
                cmocka_unit_test(closed_is_told_once_for_each_though_nobody_read_events),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
