/* The allocator with a clock of our own and real sockets: order, rest, strangers on our ports, exhaustion. */
#include "gateway/media/ports.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/media/udp.h"
#include "media_guard.h"

#define FIRST 10000
#define PAIRS 16
#define LAST  (FIRST + 2 * PAIRS - 1)
#define EF    46
#define LATER PORTS_REST_MS

static const struct ip loopback = {.family = 4, .bytes = {127, 0, 0, 1}}, any;

static struct port_pair take(struct ports *ports, int64_t now_ms)
{
        struct port_pair pair = {0};
        assert_int_equal(ports_take(ports, now_ms, &pair), PORTS_TAKEN);
        return pair;
}

static void pair_close(const struct port_pair *pair)
{
        assert_int_equal(close(pair->rtp), 0);
        assert_int_equal(close(pair->rtcp), 0);
}

static void give(struct ports *ports, int64_t now_ms, const struct port_pair *pair)
{
        pair_close(pair);
        ports_give(ports, now_ms, pair->port);
}

static void take_all(struct ports *ports, int64_t now_ms, struct port_pair pairs[PAIRS])
{
        struct port_pair none;
        for (unsigned i = 0; i < PAIRS; i++)
                pairs[i] = take(ports, now_ms);
        assert_int_equal(ports_take(ports, now_ms, &none), PORTS_NONE_LEFT);
}

static void give_all(struct ports *ports, int64_t now_ms, const struct port_pair pairs[PAIRS])
{
        for (unsigned i = 0; i < PAIRS; i++)
                give(ports, now_ms, &pairs[i]);
}

static uint16_t bound_port(int fd)
{
        union udp_name name;
        socklen_t len = sizeof name;
        assert_int_equal(getsockname(fd, &name.any, &len), 0);
        return endpoint_from_sockaddr(&name.any).port;
}

static int option(int fd, int level, int name)
{
        int value = 0;
        socklen_t len = sizeof value;
        assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
        return value;
}

static void a_pair_is_bound_to_an_even_port_and_the_next(void **state)
{
        (void)state;
        struct ports *ports = ports_new(FIRST, LAST, &loopback, EF);
        struct port_pair pair = take(ports, 0);
        assert_true(pair.port >= FIRST && pair.port < LAST && pair.port % 2 == 0);
        assert_int_equal(bound_port(pair.rtp), pair.port);
        assert_int_equal(bound_port(pair.rtcp), pair.port + 1);
        give(ports, 0, &pair);
        ports_free(ports);
}

static void sockets_are_marked_small_and_not_inherited(void **state)
{
        (void)state;
        struct ports *ports = ports_new(FIRST, LAST, &loopback, EF);
        struct port_pair pair = take(ports, 0);
        assert_int_equal(option(pair.rtp, IPPROTO_IP, IP_TOS), EF << 2);
        assert_int_equal(option(pair.rtp, SOL_SOCKET, SO_RCVBUF), 2 * 32768); /* the kernel doubles it */
        assert_int_equal(fcntl(pair.rtp, F_GETFD), FD_CLOEXEC);
        assert_true(fcntl(pair.rtp, F_GETFL) & O_NONBLOCK);
        give(ports, 0, &pair);
        ports_free(ports);
}

static void all_addresses_means_both_families(void **state)
{
        (void)state;
        struct ports *ports = ports_new(FIRST, LAST, &any, EF);
        struct port_pair pair = take(ports, 0);
        if (udp_family(pair.rtp) == AF_INET6) {
                assert_int_equal(option(pair.rtp, IPPROTO_IPV6, IPV6_V6ONLY), 0);
                assert_int_equal(option(pair.rtp, IPPROTO_IPV6, IPV6_TCLASS), EF << 2);
                assert_int_equal(option(pair.rtp, IPPROTO_IP, IP_TOS), EF << 2);
        }
        give(ports, 0, &pair);
        ports_free(ports);
}

static void every_pair_is_given_out_once_and_counted(void **state)
{
        (void)state;
        struct ports *ports = ports_new(FIRST, LAST, &loopback, EF);
        struct port_pair pairs[PAIRS];
        bool seen[PAIRS] = {false};
        assert_int_equal(ports_total(ports), PAIRS);
        assert_int_equal(ports_used(ports), 0);
        take_all(ports, 0, pairs);
        assert_int_equal(ports_used(ports), PAIRS);
        for (unsigned i = 0; i < PAIRS; i++) {
                unsigned number = (pairs[i].port - FIRST) / 2u;
                assert_false(seen[number]);
                seen[number] = true;
        }
        give_all(ports, 0, pairs);
        assert_int_equal(ports_used(ports), 0);
        ports_free(ports);
}

static void the_order_is_not_that_of_the_numbers(void **state)
{
        (void)state;
        struct port_pair one[PAIRS], other[PAIRS];
        struct ports *ports = ports_new(FIRST, LAST, &loopback, EF);
        take_all(ports, 0, one);
        give_all(ports, 0, one);
        ports_free(ports);
        ports = ports_new(FIRST, LAST, &loopback, EF);
        take_all(ports, 0, other);
        give_all(ports, 0, other);
        ports_free(ports);
        unsigned same = 0; /* two shuffles of 16 agree everywhere once in 2 * 10^13 */
        for (unsigned i = 0; i < PAIRS; i++)
                same += one[i].port == other[i].port;
        assert_true(same < PAIRS);
}

static void a_pair_rests_for_30_seconds(void **state)
{
        (void)state;
        struct ports *ports = ports_new(FIRST, FIRST + 1, &loopback, EF);
        struct port_pair pair = take(ports, 1000), none;
        give(ports, 5000, &pair);
        assert_int_equal(ports_take(ports, 5000, &none), PORTS_NONE_LEFT);
        assert_int_equal(ports_take(ports, 5000 + LATER - 1, &none), PORTS_NONE_LEFT);
        pair = take(ports, 5000 + LATER);
        assert_int_equal(pair.port, FIRST);
        give(ports, 0, &pair);
        ports_free(ports);
}

static void the_longest_unused_pair_is_next(void **state)
{
        (void)state;
        struct ports *ports = ports_new(FIRST, LAST, &loopback, EF);
        struct port_pair pairs[PAIRS], again[PAIRS];
        take_all(ports, 0, pairs);
        for (unsigned i = 0; i < PAIRS; i++)
                give(ports, 1000 * i, &pairs[(i * 5) % PAIRS]);
        take_all(ports, LATER + 1000 * PAIRS, again);
        for (unsigned i = 0; i < PAIRS; i++)
                assert_int_equal(again[i].port, pairs[(i * 5) % PAIRS].port);
        give_all(ports, 0, again);
        ports_free(ports);
}

static void a_pair_nobody_was_told_need_not_rest(void **state)
{
        (void)state;
        struct ports *ports = ports_new(FIRST, LAST, &loopback, EF);
        struct port_pair pair = take(ports, 0);
        uint16_t port = pair.port;
        pair_close(&pair);
        ports_give_unused(ports, port);
        assert_int_equal(ports_used(ports), 0);
        pair = take(ports, 0);
        assert_int_equal(pair.port, port);
        give(ports, 0, &pair);
        ports_free(ports);
}

/* One holds an RTP port, another an RTCP port, of two different pairs. */
static void ports_held_by_somebody_else_are_skipped_until_they_are_free(void **state)
{
        (void)state;
        struct ports *ports = ports_new(FIRST, LAST, &any, EF);
        struct port_pair pairs[PAIRS], none;
        int holders[] = {udp_open(&loopback, FIRST + 4, 0), udp_open(&loopback, FIRST + 9, 0)};
        assert_true(holders[0] >= 0 && holders[1] >= 0);
        for (unsigned i = 0; i < PAIRS - 2; i++) {
                pairs[i] = take(ports, 0);
                assert_true(pairs[i].port != FIRST + 4 && pairs[i].port != FIRST + 8);
        }
        assert_int_equal(ports_take(ports, 0, &none), PORTS_NONE_LEFT);
        assert_int_equal(ports_used(ports), PAIRS - 2);
        close(holders[0]);
        close(holders[1]);
        pairs[PAIRS - 2] = take(ports, LATER);
        pairs[PAIRS - 1] = take(ports, LATER);
        assert_int_equal(pairs[PAIRS - 2].port + pairs[PAIRS - 1].port, 2 * FIRST + 12);
        give_all(ports, 0, pairs);
        ports_free(ports);
}

static unsigned open_descriptors(void)
{
        unsigned count = 0;
        for (int fd = 0; fd < 1024; fd++)
                count += fcntl(fd, F_GETFD) >= 0;
        return count;
}

static void a_machine_without_descriptors_costs_no_port(void **state)
{
        (void)state;
        struct ports *ports = ports_new(FIRST, LAST, &loopback, EF);
        struct port_pair pair;
        struct rlimit before, none;
        int next = dup(0); /* the lowest free number; room for one more descriptor: the pair fails half way */
        close(next);
        unsigned open = open_descriptors();
        assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
        none = before;
        none.rlim_cur = (rlim_t)next + 1;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
        enum ports_answer answer = ports_take(ports, 0, &pair);
        int error = errno;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_int_equal(answer, PORTS_REFUSED);
        assert_int_equal(error, EMFILE);
        assert_int_equal(ports_used(ports), 0);
        assert_int_equal(open_descriptors(), open);
        pair = take(ports, 0);
        give(ports, 0, &pair);
        ports_free(ports);
}

static void only_whole_pairs_of_the_range_count(void **state)
{
        (void)state;
        static const struct {
                uint16_t first, last;
                size_t pairs;
        } ranges[] = {{10000, 10001, 1}, {10000, 10000, 0}, {10001, 10003, 1},   {10001, 10002, 0},
                      {10000, 10002, 1}, {10002, 10001, 0}, {65534, 65535, 1},   {65535, 65535, 0},
                      {0, 65535, 32768}, {1, 65535, 32767}, {16384, 32767, 8192}};
        for (unsigned i = 0; i < sizeof ranges / sizeof *ranges; i++) {
                struct ports *ports = ports_new(ranges[i].first, ranges[i].last, &loopback, EF);
                assert_int_equal(ports_total(ports), ranges[i].pairs);
                ports_free(ports);
        }
        struct port_pair none;
        struct ports *empty = ports_new(10000, 10000, &loopback, EF);
        assert_int_equal(ports_take(empty, 0, &none), PORTS_NONE_LEFT);
        ports_free(empty);
}

/* Thousands of calls begin and end: never a pair twice at once, never one before its rest, no leak. */
static void a_random_walk_never_gives_a_port_too_early(void **state)
{
        (void)state;
        struct ports *ports = ports_new(FIRST, LAST, &loopback, EF);
        struct port_pair held[PAIRS], pair;
        int64_t given_ms[PAIRS], now_ms = 0;
        size_t n_held = 0;
        unsigned open = open_descriptors();
        for (unsigned i = 0; i < PAIRS; i++)
                given_ms[i] = -LATER;
        srand(7);
        for (unsigned i = 0; i < 20000; i++) {
                now_ms += rand() % 2000;
                if (n_held && rand() % 2) {
                        size_t which = (size_t)rand() % n_held;
                        give(ports, now_ms, &held[which]);
                        given_ms[(held[which].port - FIRST) / 2] = now_ms;
                        held[which] = held[--n_held];
                } else if (ports_take(ports, now_ms, &pair) == PORTS_TAKEN) {
                        assert_true(now_ms >= given_ms[(pair.port - FIRST) / 2] + LATER);
                        for (size_t j = 0; j < n_held; j++)
                                assert_int_not_equal(held[j].port, pair.port);
                        held[n_held++] = pair;
                }
                assert_int_equal(ports_used(ports), n_held);
                if (i % 64 == 0)
                        assert_int_equal(open_descriptors(), open + 2 * n_held);
        }
        while (n_held)
                give(ports, now_ms, &held[--n_held]);
        ports_free(ports);
}

int main(void)
{
        if (guard_take(FIRST) < 0)
                return 1;
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_pair_is_bound_to_an_even_port_and_the_next),
                cmocka_unit_test(sockets_are_marked_small_and_not_inherited),
                cmocka_unit_test(all_addresses_means_both_families),
                cmocka_unit_test(every_pair_is_given_out_once_and_counted),
                cmocka_unit_test(the_order_is_not_that_of_the_numbers),
                cmocka_unit_test(a_pair_rests_for_30_seconds),
                cmocka_unit_test(the_longest_unused_pair_is_next),
                cmocka_unit_test(a_pair_nobody_was_told_need_not_rest),
                cmocka_unit_test(ports_held_by_somebody_else_are_skipped_until_they_are_free),
                cmocka_unit_test(a_machine_without_descriptors_costs_no_port),
                cmocka_unit_test(only_whole_pairs_of_the_range_count),
                cmocka_unit_test(a_random_walk_never_gives_a_port_too_early),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
