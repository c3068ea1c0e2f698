/* Addresses: one spelling in, the same value out, and nothing read past the text. */
#include "gateway/base/addr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct ip ip(const char *text)
{
        struct ip parsed = {0};
        assert_true(ip_parse(text, &parsed));
        return parsed;
}

static void an_address_prints_as_it_was_written(void **state)
{
        (void)state;
        static const char *const texts[] = {
                "0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1", "2001:db8::a:0:1", "ff02::1"};
        char out[IP_TEXT_SIZE];
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
                struct ip parsed = ip(texts[i]);
                assert_string_equal(ip_print(&parsed, out), texts[i]);
        }
}

static void the_longest_texts_fit_their_buffers(void **state)
{
        (void)state;
        const char *longest = "1111:2222:3333:4444:5555:6666:7777:8888";
        char out[ENDPOINT_TEXT_SIZE];
        struct endpoint endpoint = {ip(longest), 65535};
        assert_string_equal(endpoint_print(&endpoint, out), "[1111:2222:3333:4444:5555:6666:7777:8888]:65535");
}

static void an_address_is_the_whole_text_or_nothing(void **state)
{
        (void)state;
        static const char *const texts[] = {"",           "192.0.2",    "192.0.2.1 ",       " 192.0.2.1", "192.0.2.256",
                                            "192.0.2.1.", "0x7f.0.0.1", "192.0.2.01",       "localhost",  "::1%lo",
                                            "[::1]",      ":::",        "1:2:3:4:5:6:7:8:9"};
        struct ip before = ip("198.51.100.7"), out = before;
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
                assert_false(ip_parse(texts[i], &out));
        assert_memory_equal(&out, &before, sizeof out);
}

static void no_address_prints_as_a_dash_and_equals_itself(void **state)
{
        (void)state;
        char out[ENDPOINT_TEXT_SIZE];
        struct ip none = {0}, four = ip("0.0.0.0"), six = ip("::");
        struct endpoint nowhere = {.port = 7};
        assert_string_equal(ip_print(&none, out), "-");
        assert_string_equal(endpoint_print(&nowhere, out), "-");
        assert_true(ip_equal(&none, &none));
        assert_false(ip_equal(&none, &four));
        assert_false(ip_equal(&six, &four));
}

static void any_is_none_or_all_zeros(void **state)
{
        (void)state;
        struct ip none = {0}, four = ip("0.0.0.0"), six = ip("::"), low = ip("0.0.0.1"), loop = ip("::1");
        assert_true(ip_is_any(&none) && ip_is_any(&four) && ip_is_any(&six));
        assert_false(ip_is_any(&low));
        assert_false(ip_is_any(&loop));
}

static void a_mapped_address_is_the_ipv4_address(void **state)
{
        (void)state;
        struct ip mapped = ip("::ffff:192.0.2.1"), plain = ip("192.0.2.1");
        assert_true(ip_equal(&mapped, &plain));
        struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(5060)};
        memcpy(v6.sin6_addr.s6_addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\1", 16);
        struct endpoint from = endpoint_from_sockaddr((struct sockaddr *)&v6);
        assert_true(ip_equal(&from.ip, &plain));
        assert_int_equal(from.port, 5060);
}

static void an_endpoint_is_read_with_or_without_its_port(void **state)
{
        (void)state;
        static const struct {
                const char *text, *ip;
                uint16_t port;
        } rows[] = {
                {"192.0.2.1:5060", "192.0.2.1", 5060},
                {"192.0.2.1", "192.0.2.1", 2000},
                {"0.0.0.0:1", "0.0.0.0", 1},
                {"[2001:db8::1]:65535", "2001:db8::1", 65535},
                {"[2001:db8::1]", "2001:db8::1", 2000},
                {"2001:db8::1", "2001:db8::1", 2000},
                {"::1:5060", "::1:5060", 2000}, /* without brackets all of it is the address */
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct endpoint out = {0}, expected = {ip(rows[i].ip), rows[i].port};
                assert_true(endpoint_parse(rows[i].text, 2000, &out));
                assert_true(endpoint_equal(&out, &expected));
        }
        struct endpoint out;
        assert_true(endpoint_parse("192.0.2.1", 0, &out));
        assert_int_equal(out.port, 0);
}

static void a_wrong_endpoint_leaves_the_result_alone(void **state)
{
        (void)state;
        static const char *const texts[] = {"",
                                            ":5060",
                                            "192.0.2.1:",
                                            "192.0.2.1:0",
                                            "192.0.2.1:65536",
                                            "192.0.2.1:4294972356",
                                            "192.0.2.1:+5",
                                            "192.0.2.1: 5",
                                            "192.0.2.1:5 ",
                                            "192.0.2.1:05",
                                            "192.0.2.1:5x",
                                            "192.0.2.1:5:6",
                                            "[192.0.2.1]:5060",
                                            "[::1",
                                            "::1]:5",
                                            "[::1]5060",
                                            "[::1]:",
                                            "[::1]:0",
                                            "[]:5060",
                                            "[::1]:5]",
                                            "pbx.example:5060",
                                            "[1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc]:5060"};
        struct endpoint before = {ip("198.51.100.7"), 9}, out = before;
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
                assert_false(endpoint_parse(texts[i], 2000, &out));
        assert_memory_equal(&out, &before, sizeof out);
}

static void an_endpoint_survives_text_and_sockaddr(void **state)
{
        (void)state;
        static const char *const texts[] = {"192.0.2.1:5060", "[2001:db8::1]:5060", "192.0.2.1", "[::1]"};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
                struct endpoint endpoint, back;
                struct sockaddr_storage name;
                char out[ENDPOINT_TEXT_SIZE];
                assert_true(endpoint_parse(texts[i], 0, &endpoint));
                assert_string_equal(endpoint_print(&endpoint, out), texts[i]);
                bool six = endpoint.ip.family == 6;
                assert_int_equal(endpoint_to_sockaddr(&endpoint, &name),
                                 six ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
                back = endpoint_from_sockaddr((struct sockaddr *)&name);
                assert_true(endpoint_equal(&endpoint, &back));
        }
}

static void no_address_is_no_sockaddr_and_unknown_families_are_no_address(void **state)
{
        (void)state;
        struct endpoint none = {0};
        struct sockaddr_storage name = {.ss_family = AF_UNIX};
        struct endpoint from = endpoint_from_sockaddr((struct sockaddr *)&name);
        assert_int_equal(from.ip.family, 0);
        assert_int_equal(endpoint_to_sockaddr(&none, &name), 0);
}

static void a_network_contains_its_own_and_no_other(void **state)
{
        (void)state;
        static const struct {
                const char *network, *inside, *outside;
        } rows[] = {
                {"10.0.0.0/8", "10.255.255.255", "11.0.0.0"},
                {"192.0.2.128/25", "192.0.2.255", "192.0.2.127"},
                {"192.0.2.8/29", "192.0.2.15", "192.0.2.16"},
                {"192.0.2.1", "192.0.2.1", "192.0.2.2"},
                {"192.0.2.1/32", "192.0.2.1", "192.0.2.0"},
                {"0.0.0.0/0", "255.255.255.255", "::1"},
                {"fd00::/8", "fdff::1", "fe00::1"},
                {"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"},
                {"2001:db8::1", "2001:db8::1", "2001:db8::2"},
                {"::/0", "::1", "10.0.0.1"},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct network network;
                struct ip inside = ip(rows[i].inside), outside = ip(rows[i].outside);
                assert_true(network_parse(rows[i].network, &network));
                assert_true(network_contains(&network, &inside));
                assert_false(network_contains(&network, &outside));
        }
}

static void two_addresses_are_joined_by_one_group_only(void **state)
{
        (void)state;
        struct network_group groups[2] = {{.count = 2}, {.count = 1}};
        assert_true(network_parse("10.0.0.0/8", &groups[0].at[0]));
        assert_true(network_parse("fd00::/8", &groups[0].at[1]));
        assert_true(network_parse("192.0.2.0/24", &groups[1].at[0]));
        static const struct {
                const char *a, *b;
                bool joined;
        } rows[] = {
                {"10.0.0.1", "10.255.0.1", true}, {"10.0.0.1", "fd00::1", true},    {"192.0.2.1", "192.0.2.2", true},
                {"10.0.0.1", "192.0.2.2", false}, {"192.0.2.2", "10.0.0.1", false}, {"10.0.0.1", "11.0.0.1", false},
                {"fe00::1", "fd00::1", false},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct ip a = ip(rows[i].a), b = ip(rows[i].b);
                assert_int_equal(network_groups_join(groups, 2, &a, &b), rows[i].joined);
                assert_false(network_groups_join(groups, 0, &a, &b));
        }
}

static void the_first_address_for_a_peer_is_told(void **state)
{
        (void)state;
        struct address_rule rules[3] = {{.ip = ip("10.0.0.1")}, {.ip = ip("203.0.113.5")}, {.ip = ip("fd00::1")}};
        assert_true(network_parse("10.0.0.0/8", &rules[0].to));
        rules[1].to.ip.family = 4; /* everybody else */
        assert_true(network_parse("fd00::/8", &rules[2].to));
        static const char *const rows[][2] = {
                {"10.9.9.9", "10.0.0.1"}, {"192.0.2.1", "203.0.113.5"}, {"fd12::1", "fd00::1"}, {"2001:db8::1", "-"}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct ip peer = ip(rows[i][0]), told = address_towards(rules, 3, &peer);
                char text[IP_TEXT_SIZE];
                assert_string_equal(ip_print(&told, text), rows[i][1]);
                told = address_towards(rules, 0, &peer);
                assert_int_equal(told.family, 0);
        }
}

static void an_empty_network_contains_nothing(void **state)
{
        (void)state;
        struct network empty = {0};
        struct ip none = {0}, four = ip("0.0.0.0");
        assert_false(network_contains(&empty, &none));
        assert_false(network_contains(&empty, &four));
}

static void a_network_with_host_bits_or_a_wrong_prefix_is_refused(void **state)
{
        (void)state;
        static const char *const texts[] = {"10.0.0.1/8",
                                            "192.0.2.1/31",
                                            "fd00::1/8",
                                            "2001:db8:8000::/32",
                                            "1.0.0.0/0",
                                            "10.0.0.0/33",
                                            "fd00::/129",
                                            "10.0.0.0/",
                                            "10.0.0.0/-1",
                                            "10.0.0.0/ 8",
                                            "10.0.0.0/08",
                                            "10.0.0.0/8/",
                                            "10.0.0.0/8 ",
                                            "/8",
                                            "",
                                            "10/8",
                                            "10.0.0.0/255.0.0.0"};
        struct network out = {.prefix = 77};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
                assert_false(network_parse(texts[i], &out));
        assert_int_equal(out.prefix, 77);
        assert_int_equal(out.ip.family, 0);
}

static void towards_loopback_we_are_loopback(void **state)
{
        (void)state;
        struct ip four = ip("127.0.0.1"), none = {0};
        struct ip here = ip_towards(&four), nowhere = ip_towards(&none);
        assert_true(ip_equal(&here, &four));
        assert_int_equal(nowhere.family, 0);
}

static void without_a_route_there_is_no_address(void **state)
{
        (void)state;
        struct ip linklocal = ip("fe80::1"); /* needs an interface, which a plain address cannot name */
        assert_int_equal(ip_towards(&linklocal).family, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_address_prints_as_it_was_written),
                cmocka_unit_test(the_longest_texts_fit_their_buffers),
                cmocka_unit_test(an_address_is_the_whole_text_or_nothing),
                cmocka_unit_test(no_address_prints_as_a_dash_and_equals_itself),
                cmocka_unit_test(any_is_none_or_all_zeros),
                cmocka_unit_test(a_mapped_address_is_the_ipv4_address),
                cmocka_unit_test(an_endpoint_is_read_with_or_without_its_port),
                cmocka_unit_test(a_wrong_endpoint_leaves_the_result_alone),
                cmocka_unit_test(an_endpoint_survives_text_and_sockaddr),
                cmocka_unit_test(no_address_is_no_sockaddr_and_unknown_families_are_no_address),
                cmocka_unit_test(a_network_contains_its_own_and_no_other),
                cmocka_unit_test(two_addresses_are_joined_by_one_group_only),
                cmocka_unit_test(the_first_address_for_a_peer_is_told),
                cmocka_unit_test(an_empty_network_contains_nothing),
                cmocka_unit_test(a_network_with_host_bits_or_a_wrong_prefix_is_refused),
                cmocka_unit_test(towards_loopback_we_are_loopback),
                cmocka_unit_test(without_a_route_there_is_no_address),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
