/* Streams and the threads that carry them: who gets which, and what happens to a conference that lives on several. */
#define FIRST   14000
#define THREADS 3
#include "media_world.h"

#include <sched.h>

#include "gateway/media/relay_own.h"

static size_t share(const struct relay *relay, size_t thread)
{
        return relay->slots_each - relay->hands[thread].n_free;
}

static size_t thread_of(const struct relay *relay, uint32_t stream)
{
        uint32_t slot;
        assert_true(relay_slot_of(relay, stream, &slot));
        return relay_hand_of(relay, slot);
}

static void every_thread_has_its_share(void **state)
{
        (void)state;
        struct relay *relay = relay_start_range(FIRST, LAST, HOME, 100, 0);
        struct relay_ports ports;
        assert_int_equal(relay_threads(relay), 3);
        for (uint32_t stream = 1; stream <= 20; stream++)
                assert_true(relay_open(relay, stream, &ports));
        assert_int_equal(share(relay, 0), 7);
        assert_int_equal(share(relay, 1), 7);
        assert_int_equal(share(relay, 2), 6);
        relay_stop(relay);
}

static void a_new_stream_goes_where_the_fewest_are(void **state)
{
        (void)state;
        struct relay *relay = relay_start_range(FIRST, LAST, HOME, 100, 0);
        struct relay_ports ports;
        for (uint32_t stream = 1; stream <= 12; stream++)
                assert_true(relay_open(relay, stream, &ports));
        size_t left = thread_of(relay, 5);
        for (uint32_t stream = 1; stream <= 12; stream++)
                if (thread_of(relay, stream) == left)
                        close_and_count(relay, stream);
        for (uint32_t stream = 21; stream <= 24; stream++) {
                assert_true(relay_open(relay, stream, &ports));
                assert_int_equal(thread_of(relay, stream), left);
        }
        relay_stop(relay);
}

/* However calls end, as many as are allowed find a place, and the threads' shares stay their own. */
static void as_many_as_allowed_are_open_whoever_left_before(void **state)
{
        (void)state;
        enum { MOST = 17 };
        struct relay *relay = relay_start_range(FIRST, LAST, HOME, MOST, 0);
        struct relay_ports ports;
        bool open[MOST + 1] = {false};
        srand(4);
        for (unsigned round = 0; round < 300; round++) {
                uint32_t stream = 1 + (uint32_t)rand() % MOST;
                ports_have_rested();
                if (!open[stream])
                        assert_true(relay_open(relay, stream, &ports));
                else
                        close_and_count(relay, stream);
                open[stream] = !open[stream];
        }
        for (uint32_t stream = 1; stream <= MOST; stream++)
                if (!open[stream])
                        assert_true(relay_open(relay, stream, &ports));
        assert_false(relay_open(relay, MOST + 1, &ports));
        for (size_t thread = 0; thread < THREADS; thread++)
                assert_true(share(relay, thread) <= (MOST - 1) / THREADS + 1);
        relay_stop(relay);
}

/* Each call's packets come through, and each thread's events and counters are told. */
static void calls_of_all_threads_talk_and_are_counted(void **state)
{
        (void)state;
        enum { CALLS = 6 };
        struct relay *relay = relay_start_range(FIRST, LAST, HOME, 64, 0);
        struct peer phone = peer_open_at(HOME, PHONE_PORT), sip = peer_open_at(HOME, SIP_PORT);
        struct relay_ports ports[CALLS];
        unsigned latched = 0;
        for (uint32_t i = 0; i < CALLS; i++) {
                assert_true(relay_open(relay, i + 1, &ports[i]));
                assert_true(relay_set(relay, i + 1, RELAY_PHONE, &phone.at));
                assert_true(relay_set(relay, i + 1, RELAY_SIP, &sip.at));
        }
        settle(relay);
        for (unsigned i = 0; i < CALLS; i++) {
                send_voice(&phone, HOME, ports[i].phone, 2 * i);
                assert_voice(&sip, 2 * i);
                send_voice(&sip, HOME, ports[i].sip, 2 * i + 1);
                assert_voice(&phone, 2 * i + 1);
        }
        for (struct relay_event event; latched < 2 * CALLS; latched++) {
                assert_true(event_wait(relay, &event, PATIENCE_MS));
                assert_int_equal(event.kind, RELAY_LATCHED);
        }
        for (uint32_t i = 0; i < CALLS; i++)
                assert_int_equal(close_and_count(relay, i + 1).packets[RELAY_SIP], 1);
        relay_stop(relay);
        peer_close(&phone);
        peer_close(&sip);
}

static void without_a_number_there_is_one_thread_per_core(void **state)
{
        (void)state;
        struct relay_settings settings = {.port_first = FIRST, .port_last = LAST, .max_streams = 8};
        char why[128];
        cpu_set_t before, one;
        assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
        struct relay *relay = relay_start(&settings, why, sizeof why);
        assert_non_null(relay);
        assert_int_equal(relay_threads(relay), CPU_COUNT(&before));
        relay_stop(relay);
        CPU_ZERO(&one);
        for (size_t cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; cpu++)
                if (CPU_ISSET(cpu, &before))
                        CPU_SET(cpu, &one);
        assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
        relay = relay_start(&settings, why, sizeof why);
        assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
        assert_non_null(relay);
        assert_int_equal(relay_threads(relay), 1);
        relay_stop(relay);
}

int main(void)
{
        if (guard_take(FIRST) < 0)
                return 1;
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_thread_has_its_share),
                cmocka_unit_test(a_new_stream_goes_where_the_fewest_are),
                cmocka_unit_test(as_many_as_allowed_are_open_whoever_left_before),
                cmocka_unit_test(calls_of_all_threads_talk_and_are_counted),
                cmocka_unit_test(without_a_number_there_is_one_thread_per_core),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
