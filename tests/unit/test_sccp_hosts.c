/* What is remembered of addresses, and how much a connection may send: by values, without sockets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sccp/hosts.h"
#include "sccp/rate.h"

static const struct hash_key key = {{0x0123456789abcdef, 0xfedcba9876543210}};

static struct ip address(const char *text)
{
        struct ip ip;
        assert_true(ip_parse(text, &ip));
        return ip;
}

/* 10.x.y.z by number */
static struct ip numbered(unsigned n)
{
        return (struct ip){.family = 4, .bytes = {10, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n}};
}

static void enter(struct hosts *hosts, struct guest *guest, const char *text)
{
        struct ip ip = address(text);
        assert_true(hosts_enter(hosts, guest, &ip));
}

static const struct host *host_at(const struct hosts *hosts, const char *text)
{
        struct ip ip = address(text);
        return hosts_find(hosts, &ip);
}

static void connections_are_counted_by_address(void **state)
{
        (void)state;
        struct hosts hosts;
        struct guest a, b, c;
        assert_true(hosts_open(&hosts, &key));
        enter(&hosts, &a, "192.0.2.1");
        enter(&hosts, &b, "192.0.2.1");
        enter(&hosts, &c, "192.0.2.2");
        assert_int_equal(host_at(&hosts, "192.0.2.1")->connections, 2);
        assert_int_equal(host_at(&hosts, "192.0.2.2")->connections, 1);
        assert_null(host_at(&hosts, "192.0.2.3"));
        hosts_leave(&hosts, &a);
        hosts_leave(&hosts, &a); /* once is enough */
        assert_int_equal(host_at(&hosts, "192.0.2.1")->connections, 1);
        hosts_leave(&hosts, &b);
        assert_null(host_at(&hosts, "192.0.2.1")); /* nothing to remember */
        hosts_leave(&hosts, &c);
        assert_int_equal(hosts.count, 0);
        hosts_close(&hosts);
}

static void a_mapped_address_is_the_ipv4_one(void **state)
{
        (void)state;
        struct hosts hosts;
        struct guest a, b;
        assert_true(hosts_open(&hosts, &key));
        enter(&hosts, &a, "::ffff:192.0.2.1");
        enter(&hosts, &b, "192.0.2.1");
        assert_ptr_equal(a.host, b.host);
        hosts_leave(&hosts, &a);
        hosts_leave(&hosts, &b);
        hosts_close(&hosts);
}

static void ipv6_addresses_of_one_site_are_one(void **state)
{
        (void)state;
        struct hosts hosts;
        struct guest a, b, c;
        assert_true(hosts_open(&hosts, &key));
        enter(&hosts, &a, "2001:db8:0:1::1");
        enter(&hosts, &b, "2001:db8:0:1:ffff::2");
        enter(&hosts, &c, "2001:db8:0:2::1");
        assert_ptr_equal(a.host, b.host);
        assert_ptr_not_equal(a.host, c.host);
        hosts_leave(&hosts, &a);
        hosts_leave(&hosts, &b);
        hosts_leave(&hosts, &c);
        hosts_close(&hosts);
}

static void the_oldest_silent_stranger_makes_room_first(void **state)
{
        (void)state;
        struct hosts hosts;
        struct guest standby, first, second, phone;
        assert_true(hosts_open(&hosts, &key));
        assert_null(strangers_first(&hosts.strangers));
        enter(&hosts, &standby, "192.0.2.1");
        enter(&hosts, &first, "192.0.2.1");
        enter(&hosts, &second, "192.0.2.2");
        enter(&hosts, &phone, "192.0.2.1");
        hosts_estrange(&hosts, &standby, STRANGER_STANDBY);
        hosts_welcome(&hosts, &phone);
        hosts_welcome(&hosts, &phone); /* once is enough */
        assert_int_equal(hosts.strangers.count, 3);
        assert_int_equal(standby.host->strangers.count, 2);
        assert_ptr_equal(strangers_first(&hosts.strangers), &first);
        hosts_leave(&hosts, &first);
        assert_ptr_equal(strangers_first(&hosts.strangers), &second);
        assert_ptr_equal(strangers_first(&standby.host->strangers), &standby);
        hosts_leave(&hosts, &second);
        assert_ptr_equal(strangers_first(&hosts.strangers), &standby);
        hosts_leave(&hosts, &standby);
        assert_null(strangers_first(&hosts.strangers));
        hosts_estrange(&hosts, &phone, STRANGER_SILENT); /* it has unregistered */
        assert_ptr_equal(strangers_first(&hosts.strangers), &phone);
        hosts_leave(&hosts, &phone);
        hosts_close(&hosts);
}

static void refusals_wait_longer_and_longer_and_are_forgotten(void **state)
{
        (void)state;
        static const unsigned waits[] = {0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60};
        struct hosts hosts;
        struct guest guest;
        assert_true(hosts_open(&hosts, &key));
        enter(&hosts, &guest, "192.0.2.1");
        for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
                assert_int_equal(hosts_reject(guest.host, 1000000 + (int64_t)i, 60), waits[i]);
        for (int i = 0; i < 100; i++) /* no shift runs over */
                assert_int_equal(hosts_reject(guest.host, 1000100, 3600), i + 8 >= 12 ? 3600 : 1u << (i + 8));
        hosts_leave(&hosts, &guest); /* leaving does not help */
        enter(&hosts, &guest, "192.0.2.1");
        assert_int_equal(hosts_reject(guest.host, 1000100 + REJECTIONS_REST_MS - 1, 60), 60);
        assert_int_equal(hosts_reject(guest.host, 1000100 + 2 * REJECTIONS_REST_MS - 1, 60), 0);
        assert_int_equal(hosts_reject(guest.host, 1000100 + 2 * REJECTIONS_REST_MS, 0), 0);
        hosts_leave(&hosts, &guest);
        hosts_close(&hosts);
}

/* A million addresses of which each tries a name: those that were refused last are remembered. */
static void memory_of_refusals_is_bounded(void **state)
{
        (void)state;
        enum { ADDRESSES = 1000000 };
        struct hosts hosts;
        struct guest guest;
        assert_true(hosts_open(&hosts, &key));
        for (unsigned n = 0; n < ADDRESSES; n++) {
                struct ip ip = numbered(n);
                assert_true(hosts_enter(&hosts, &guest, &ip));
                hosts_reject(guest.host, n, 60);
                hosts_leave(&hosts, &guest);
                assert_true(hosts.count <= HOSTS_IDLE_MAX);
        }
        struct ip last_kept = numbered(ADDRESSES - HOSTS_IDLE_MAX),
                  first_lost = numbered(ADDRESSES - HOSTS_IDLE_MAX - 1);
        assert_int_equal(hosts_find(&hosts, &last_kept)->rejections, 1);
        assert_null(hosts_find(&hosts, &first_lost));
        hosts_close(&hosts);
}

/* Addresses one after the other, as a network has them: no bucket gets many more than its share. */
static void buckets_are_used_evenly(void **state)
{
        (void)state;
        enum { ADDRESSES = 4 * HOSTS_BUCKETS };
        struct hosts hosts;
        struct guest *guests = calloc(ADDRESSES, sizeof *guests);
        assert_true(hosts_open(&hosts, &key));
        for (unsigned n = 0; n < ADDRESSES; n++) {
                struct ip ip = numbered(n);
                assert_true(hosts_enter(&hosts, &guests[n], &ip));
        }
        for (unsigned i = 0; i < HOSTS_BUCKETS; i++) {
                unsigned length = 0;
                for (const struct host *host = hosts.buckets[i]; host; host = host->next_of_bucket)
                        length++;
                assert_true(length <= 20); /* 4 expected; more than 20 by chance in one of a million runs */
        }
        for (unsigned n = 0; n < ADDRESSES; n++)
                hosts_leave(&hosts, &guests[n]);
        hosts_close(&hosts);
        free(guests);
}

static void a_burst_of_ten_seconds_is_allowed_and_not_one_more(void **state)
{
        (void)state;
        struct rate rate = {0};
        int64_t now = 5000;
        for (int i = 0; i < 100 * RATE_S; i++)
                assert_true(rate_take(&rate, now, 1, 100));
        assert_false(rate_take(&rate, now, 1, 100));
        now += 20; /* pays for the one that was refused, and for another */
        assert_true(rate_take(&rate, now, 1, 100));
        assert_false(rate_take(&rate, now, 1, 100));
}

static void the_rate_itself_may_be_kept_up_for_ever(void **state)
{
        (void)state;
        struct rate messages = {0}, bytes = {0}, any = {0};
        for (int64_t now = 0; now < 3600000; now += 10) {
                assert_true(rate_take(&messages, now, 1, 100));
                assert_true(rate_take(&bytes, now, 320, 32768));
                assert_true(rate_take(&any, now, 1000000, 0));
        }
        int64_t over = 0;
        while (rate_take(&messages, 3600000 + over * 9, 1, 100)) /* one in 9 ms instead of 10 */
                over++;
        assert_in_range(over, 9000, 11000); /* until a tenth more has used up ten seconds' worth */
}

static void rest_saves_no_more_than_ten_seconds(void **state)
{
        (void)state;
        struct rate rate = {0};
        unsigned taken = 0;
        rate_take(&rate, 0, 1, 100);
        while (rate_take(&rate, 86400000, 1, 100))
                taken++;
        assert_int_equal(taken, 100 * RATE_S);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(connections_are_counted_by_address),
                cmocka_unit_test(a_mapped_address_is_the_ipv4_one),
                cmocka_unit_test(ipv6_addresses_of_one_site_are_one),
                cmocka_unit_test(the_oldest_silent_stranger_makes_room_first),
                cmocka_unit_test(refusals_wait_longer_and_longer_and_are_forgotten),
                cmocka_unit_test(memory_of_refusals_is_bounded),
                cmocka_unit_test(buckets_are_used_evenly),
                cmocka_unit_test(a_burst_of_ten_seconds_is_allowed_and_not_one_more),
                cmocka_unit_test(the_rate_itself_may_be_kept_up_for_ever),
                cmocka_unit_test(rest_saves_no_more_than_ten_seconds),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
