/* Every link layer, both families and everything that may stand between them and TCP give the same segment; what is
 * cut short or contradicts itself gives none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/decode/packet.h"

enum { ROOM = 512 };

struct bytes {
        uint8_t at[ROOM];
        size_t len;
};

static void add(struct bytes *b, const void *at, size_t len)
{
        memcpy(b->at + b->len, at, len);
        b->len += len;
}

#define ADD(b, ...)                                                                                                    \
        do {                                                                                                           \
                static const uint8_t part[] = {__VA_ARGS__};                                                           \
                add((b), part, sizeof part);                                                                           \
        } while (0)

static void add_tcp(struct bytes *b)
{
        ADD(b, 0xc0, 0x01, 0x07, 0xd0, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08);
        ADD(b, 0x60, 0x12, 0xff, 0xff, 0, 0, 0, 0, 2, 4, 5, 0xb4); /* 24 bytes; SYN and ACK */
        add(b, "hello", 5);
}

enum { TCP_SIZE = 29 };

static void add_ipv4(struct bytes *b)
{
        ADD(b, 0x46, 0, 0, 24 + TCP_SIZE, 0, 1, 0x40, 0, 64, 6, 0, 0); /* one option word, not to be fragmented */
        ADD(b, 192, 0, 2, 77, 192, 0, 2, 10, 1, 1, 1, 1);
        add_tcp(b);
}

static void add_ipv6_header(struct bytes *b, uint8_t next, size_t len)
{
        uint8_t header[40] = {0x60, 0, 0, 0, 0, (uint8_t)len, next, 64, 0x20, 1, 0xd, 0xb8};
        header[23] = 0x77;
        memcpy(header + 24, header + 8, 4);
        header[39] = 0x10;
        add(b, header, sizeof header);
}

static void add_ipv6(struct bytes *b)
{
        add_ipv6_header(b, 6, TCP_SIZE);
        add_tcp(b);
}

/* Hop by hop, routing, destination options of 16 bytes, authentication, an atomic fragment. */
static void add_ipv6_extended(struct bytes *b)
{
        add_ipv6_header(b, 0, 8 + 8 + 16 + 24 + 8 + TCP_SIZE);
        ADD(b, 43, 0, 1, 4, 0, 0, 0, 0);
        ADD(b, 60, 0, 4, 0, 0, 0, 0, 0);
        ADD(b, 51, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        ADD(b, 44, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        ADD(b, 6, 0, 0, 0, 0, 0, 0, 9);
        add_tcp(b);
}

static void segment_is_whole(const struct segment *s)
{
        char text[ENDPOINT_TEXT_SIZE];
        bool ipv4 = s->from.ip.family == 4;
        assert_string_equal(endpoint_print(&s->from, text), ipv4 ? "192.0.2.77:49153" : "[2001:db8::77]:49153");
        assert_string_equal(endpoint_print(&s->to, text), ipv4 ? "192.0.2.10:2000" : "[2001:db8::10]:2000");
        assert_int_equal(s->seq, 0x01020304);
        assert_int_equal(s->ack, 0x05060708);
        assert_true(s->syn && s->acks && !s->fin && !s->rst);
        assert_int_equal(s->len, 5);
}

static const struct {
        const char *name;
        enum packet_link link;
        size_t len;
        uint8_t bytes[24];
        void (*rest)(struct bytes *);
} packets[] = {
        {"ethernet", PACKET_ETHERNET, 14, {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 8, 0}, add_ipv4},
        {"ethernet, IPv6", PACKET_ETHERNET, 14, {[12] = 0x86, 0xdd}, add_ipv6},
        {"extension headers", PACKET_ETHERNET, 14, {[12] = 0x86, 0xdd}, add_ipv6_extended},
        {"VLAN", PACKET_ETHERNET, 18, {[12] = 0x81, 0, 0, 5, 8, 0}, add_ipv4},
        {"VLAN in VLAN", PACKET_ETHERNET, 22, {[12] = 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 0x86, 0xdd}, add_ipv6},
        {"cooked", PACKET_COOKED, 16, {0, 4, 0, 1, 0, 6, [14] = 8, 0}, add_ipv4},
        {"cooked, VLAN", PACKET_COOKED, 20, {[14] = 0x81, 0, 0, 1, 0x86, 0xdd}, add_ipv6},
        {"cooked 2", PACKET_COOKED_2, 20, {8, 0, 0, 0, 0, 0, 0, 2}, add_ipv4},
        {"cooked 2, IPv6", PACKET_COOKED_2, 20, {0x86, 0xdd}, add_ipv6},
        {"loopback", PACKET_LOOPBACK, 4, {2, 0, 0, 0}, add_ipv4},
        {"loopback, other order", PACKET_LOOPBACK, 4, {0, 0, 0, 30}, add_ipv6},
        {"raw", PACKET_RAW, 0, {0}, add_ipv4},
        {"raw, IPv6", PACKET_RAW, 0, {0}, add_ipv6_extended},
};

enum { PACKETS = sizeof packets / sizeof *packets };

static struct bytes packet(size_t i)
{
        struct bytes b = {.len = 0};
        add(&b, packets[i].bytes, packets[i].len);
        packets[i].rest(&b);
        return b;
}

/* From memory of exactly its size. */
static enum packet_kind read(size_t i, const struct bytes *b, size_t len, struct segment *out)
{
        uint8_t *copy = malloc(len ? len : 1);
        assert_non_null(copy);
        memcpy(copy, b->at, len);
        enum packet_kind kind = packet_read(packets[i].link, copy, len, out);
        if (kind == PACKET_SEGMENT) {
                assert_true(out->have <= len && out->have <= out->len);
                assert_true(!out->have || memcmp(out->bytes, "hello", out->have) == 0);
        }
        free(copy);
        return kind;
}

static void every_link_gives_the_segment(void **state)
{
        (void)state;
        for (size_t i = 0; i < PACKETS; i++) {
                struct bytes b = packet(i);
                struct segment s;
                assert_int_equal(read(i, &b, b.len, &s), PACKET_SEGMENT);
                segment_is_whole(&s);
                assert_int_equal(s.have, 5);
        }
}

static void padding_is_no_part_of_it(void **state)
{
        (void)state;
        for (size_t i = 0; i < PACKETS; i++) {
                struct bytes b = packet(i);
                struct segment s;
                b.len += 7;
                assert_int_equal(read(i, &b, b.len, &s), PACKET_SEGMENT);
                segment_is_whole(&s);
        }
}

static void a_snap_length_keeps_what_there_is(void **state)
{
        (void)state;
        for (size_t i = 0; i < PACKETS; i++) {
                struct bytes b = packet(i);
                for (size_t len = 0; len < b.len; len++) {
                        struct segment s;
                        enum packet_kind kind = read(i, &b, len, &s);
                        if (len + 5 < b.len)
                                assert_int_equal(kind, PACKET_CUT);
                        else {
                                assert_int_equal(kind, PACKET_SEGMENT);
                                segment_is_whole(&s);
                                assert_int_equal(s.have, len + 5 - b.len);
                        }
                }
        }
}

/* The place of a byte behind the link header, and what it is changed to. */
static const struct {
        const char *name;
        size_t packet, at;
        uint8_t to;
        enum packet_kind kind;
} changes[] = {
        {"UDP", 0, 9, 17, PACKET_OTHER},
        {"more fragments", 0, 6, 0x20, PACKET_FRAGMENT},
        {"a later fragment", 0, 7, 1, PACKET_FRAGMENT},
        {"a header of 16 bytes", 0, 0, 0x44, PACKET_CUT},
        {"a total below the header", 0, 3, 23, PACKET_CUT},
        {"a total below TCP's header", 0, 3, 24 + 20, PACKET_CUT},
        {"IP version 5", 0, 0, 0x56, PACKET_OTHER},
        {"a TCP header of 16 bytes", 0, 24 + 12, 0x40, PACKET_CUT},
        {"a TCP header beyond the end", 0, 24 + 12, 0xf0, PACKET_CUT},
        {"ICMP", 1, 6, 58, PACKET_OTHER},
        {"an extension beyond the end", 2, 40 + 1, 200, PACKET_CUT},
        {"a later fragment", 2, 40 + 8 + 8 + 16 + 24 + 3, 8, PACKET_FRAGMENT},
        {"more fragments", 2, 40 + 8 + 8 + 16 + 24 + 3, 1, PACKET_FRAGMENT},
};

static void what_is_no_segment_is_told(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
                struct bytes b = packet(changes[i].packet);
                struct segment s;
                b.at[packets[changes[i].packet].len + changes[i].at] = changes[i].to;
                if (read(changes[i].packet, &b, b.len, &s) != changes[i].kind)
                        fail_msg("%s", changes[i].name);
                if (changes[i].kind == PACKET_FRAGMENT)
                        assert_true(s.from.ip.family && s.to.ip.family && s.len >= TCP_SIZE);
        }
}

static void segmentation_offload_leaves_the_length_out(void **state)
{
        (void)state;
        static const size_t ipv4 = 0, ipv6 = 1;
        struct segment s;
        struct bytes b = packet(ipv4);
        b.at[14 + 2] = b.at[14 + 3] = 0;
        assert_int_equal(read(ipv4, &b, b.len, &s), PACKET_SEGMENT);
        segment_is_whole(&s);
        b = packet(ipv6);
        b.at[14 + 4] = b.at[14 + 5] = 0;
        assert_int_equal(read(ipv6, &b, b.len, &s), PACKET_SEGMENT);
        segment_is_whole(&s);
}

static void every_changed_byte_is_survived(void **state)
{
        (void)state;
        for (size_t i = 0; i < PACKETS; i++)
                for (size_t at = 0; at < packet(i).len - 5; at++)
                        for (unsigned to = 0; to < 256; to += 5) {
                                struct bytes b = packet(i);
                                struct segment s;
                                b.at[at] = (uint8_t)to;
                                uint8_t *copy = malloc(b.len);
                                assert_non_null(copy);
                                memcpy(copy, b.at, b.len);
                                if (packet_read(packets[i].link, copy, b.len, &s) == PACKET_SEGMENT)
                                        assert_true(s.bytes + s.have <= copy + b.len);
                                free(copy);
                        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_link_gives_the_segment),
                cmocka_unit_test(padding_is_no_part_of_it),
                cmocka_unit_test(a_snap_length_keeps_what_there_is),
                cmocka_unit_test(what_is_no_segment_is_told),
                cmocka_unit_test(segmentation_offload_leaves_the_length_out),
                cmocka_unit_test(every_changed_byte_is_survived),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
