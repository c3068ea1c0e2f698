/* The lives of streams: names, ports and descriptors taken and given back, silence, and news nobody reads. */
#define FIRST 12000
#include "media_world.h"

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

static void silence_from_both_sides_is_the_end(void **state)
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
        assert_event(world.relay, RELAY_DEAD, STREAM, RELAY_SIP);
        assert_true(clock_ms() - began_ms >= 2000);
        assert_false(event_wait(world.relay, &event, 2500));
        phone_says(&world, 3); /* and again, when it was heard in between */
        assert_event(world.relay, RELAY_SILENT, STREAM, RELAY_PHONE);
        assert_event(world.relay, RELAY_DEAD, STREAM, RELAY_SIP);
        world_stop(&world);
}

static void one_silent_side_is_reported_once_and_is_not_the_end(void **state)
{
        (void)state;
        struct world world;
        struct relay_event event;
        world_start(&world, NULL, 1);
        world_connect(&world);
        assert_talk(&world, 1);
        assert_event(world.relay, RELAY_LATCHED, STREAM, RELAY_PHONE);
        assert_event(world.relay, RELAY_LATCHED, STREAM, RELAY_SIP);
        bool told = false;
        for (int packet = 2; packet < 16; packet++) { /* 3.5 s */
                phone_says(&world, (unsigned)packet);
                if (!event_wait(world.relay, &event, 250))
                        continue;
                assert_false(told);
                assert_int_equal(event.kind, RELAY_SILENT);
                assert_int_equal(event.side, RELAY_SIP);
                told = true;
        }
        assert_true(told);
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

static void sixty_calls_leave_nothing_behind(void **state)
{
        (void)state;
        unsigned before = open_descriptors();
        struct world world;
        world_start(&world, NULL, 0);
        unsigned running = open_descriptors();
        world_close(&world);
        for (unsigned i = 0; i < 60; i++) {
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

/* A crowd of streams of which the first changes its source without end, while nobody reads events. */
enum { STREAMS = 8, CHANGES = 1100, ALLOWED = 1000 }; /* as many allowed leave the queue little room beyond */

struct crowd {
        struct relay *relay;
        struct peer peers[3];
        struct relay_ports ports[STREAMS];
};

static void crowd_start(struct crowd *crowd)
{
        crowd->relay = relay_start_range(FIRST, LAST, NULL, ALLOWED, 0);
        for (unsigned i = 0; i < 3; i++)
                crowd->peers[i] = peer_open_at(HOME, (uint16_t)(PHONE_PORT + 2 * i));
        for (unsigned i = 0; i < STREAMS; i++)
                assert_true(relay_open(crowd->relay, 100 + i, &crowd->ports[i]));
        assert_true(relay_set(crowd->relay, 100, RELAY_SIP, &crowd->peers[2].at));
}

static void crowd_stop(struct crowd *crowd)
{
        relay_stop(crowd->relay);
        for (unsigned i = 0; i < 3; i++)
                peer_close(&crowd->peers[i]);
}

/* What was sent more often than needed is behind us when the mark comes out: a socket keeps the order. */
static void crowd_drain(struct crowd *crowd, const struct peer *last)
{
        uint8_t packet[PACKET_MAX], mark[VOICE_LEN];
        voice_fill(mark, CHANGES);
        send_voice(last, HOME, crowd->ports[0].phone, CHANGES);
        do
                assert_int_equal(receive(crowd->peers[2].fd[0], packet, NULL, PATIENCE_MS), VOICE_LEN);
        while (memcmp(packet, mark, VOICE_LEN) != 0);
}

static void crowd_change(struct crowd *crowd)
{
        uint8_t packet[PACKET_MAX];
        for (unsigned i = 0; i < CHANGES; i++) {
                const struct peer *peer = &crowd->peers[i % 2];
                while (!relay_set(crowd->relay, 100, RELAY_PHONE, &peer->at))
                        usleep(1000);
                do /* until the thread has heard of the change */
                        send_voice(peer, HOME, crowd->ports[0].phone, i);
                while (receive(crowd->peers[2].fd[0], packet, NULL, 2) < 0);
        }
        crowd_drain(crowd, &crowd->peers[(CHANGES - 1) % 2]);
}

static void closed_is_told_once_for_each_though_nobody_read_events(void **state)
{
        (void)state;
        struct crowd crowd;
        struct relay_event event;
        unsigned latched = 0, n_closed = 0, closed[STREAMS] = {0};
        crowd_start(&crowd);
        crowd_change(&crowd);
        for (unsigned i = 0; i < STREAMS; i++)
                assert_true(relay_close(crowd.relay, 100 + i));
        while (n_closed < STREAMS) {
                assert_true(event_wait(crowd.relay, &event, PATIENCE_MS));
                latched += event.kind == RELAY_LATCHED;
                if (event.kind != RELAY_CLOSED)
                        continue;
                closed[event.stream - 100]++;
                n_closed++;
        }
        assert_false(event_wait(crowd.relay, &event, QUIET_MS));
        for (unsigned i = 0; i < STREAMS; i++)
                assert_int_equal(closed[i], 1);
        assert_true(latched > 0 && latched < CHANGES); /* or the queue was never full */
        assert_int_equal(relay_ports_used(crowd.relay), 0);
        crowd_stop(&crowd);
}

/* False also when the sweep came while we were reading: it comes once a second, and reading takes less than one ms. */
static bool news_comes_after_reading(struct crowd *crowd)
{
        struct relay_event event;
        crowd_change(crowd);
        while (relay_next(crowd->relay, &event))
                assert_int_equal(event.kind, RELAY_LATCHED);
        return event_wait(crowd->relay, &event, 1500) && event.kind == RELAY_LATCHED;
}

static void news_that_found_no_room_is_told_later(void **state)
{
        (void)state;
        struct crowd crowd;
        crowd_start(&crowd);
        assert_true(news_comes_after_reading(&crowd) || news_comes_after_reading(&crowd) ||
                    news_comes_after_reading(&crowd));
        crowd_stop(&crowd);
}

int main(void)
{
        if (guard_take(FIRST) < 0)
                return 1;
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(ports_are_even_and_differ),
                cmocka_unit_test(silence_from_both_sides_is_the_end),
                cmocka_unit_test(one_silent_side_is_reported_once_and_is_not_the_end),
                cmocka_unit_test(a_side_that_never_spoke_is_silent_too_unless_held_or_unknown),
                cmocka_unit_test(a_side_that_moves_gets_its_time_anew),
                cmocka_unit_test(names_nobody_opened_are_ignored),
                cmocka_unit_test(a_name_may_be_used_again_right_after_its_close),
                cmocka_unit_test(ports_run_out_and_come_back),
                cmocka_unit_test(no_more_streams_are_open_than_allowed),
                cmocka_unit_test(sixty_calls_leave_nothing_behind),
                cmocka_unit_test(closed_is_told_once_for_each_though_nobody_read_events),
                cmocka_unit_test(news_that_found_no_room_is_told_later),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
