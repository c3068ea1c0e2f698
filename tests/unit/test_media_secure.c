/* SRTP between two contexts: what one side protects the other one hears, once, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/media/secure.h"

#define VOICE  172
#define REPORT 28
#define ROOM   (VOICE + SECURE_TRAILER_MAX)

static const enum crypto_suite suites[] = {CRYPTO_AES_CM_128_HMAC_SHA1_80, CRYPTO_AEAD_AES_128_GCM,
                                           CRYPTO_AES_CM_128_HMAC_SHA1_32};
enum { N_SUITES = sizeof suites / sizeof *suites };

/* A keys' `send` is B's `receive`. */
static struct crypto_keys keys_of(enum crypto_suite suite, unsigned send, unsigned receive)
{
        struct crypto_keys keys = {.suite = suite};
        for (unsigned i = 0; i < crypto_suite_info(suite)->key_len; i++) {
                keys.send.bytes[i] = (uint8_t)(send * 37 + i * 11 + 1);
                keys.receive.bytes[i] = (uint8_t)(receive * 37 + i * 11 + 1);
        }
        return keys;
}

struct pair {
        struct secure *a, *b;
};

static struct pair pair_new(enum crypto_suite suite)
{
        struct crypto_keys a = keys_of(suite, 1, 2), b = keys_of(suite, 2, 1);
        struct pair pair = {secure_new(&a), secure_new(&b)};
        assert_non_null(pair.a);
        assert_non_null(pair.b);
        return pair;
}

static void pair_free(const struct pair *pair)
{
        secure_free(pair->a);
        secure_free(pair->b);
}

struct packet {
        _Alignas(4) uint8_t bytes[ROOM];
        size_t len;
};

static struct packet voice(uint32_t source, uint16_t number)
{
        struct packet packet = {.len = VOICE, .bytes = {0x80, 0, (uint8_t)(number >> 8), (uint8_t)number}};
        for (unsigned i = 0; i < 4; i++)
                packet.bytes[8 + i] = (uint8_t)(source >> (24 - 8 * i));
        for (unsigned i = 12; i < VOICE; i++)
                packet.bytes[i] = (uint8_t)(number * 7 + i);
        return packet;
}

static struct packet report(uint32_t source)
{
        struct packet packet = {.len = REPORT, .bytes = {0x80, 200, 0, 6}};
        for (unsigned i = 0; i < 4; i++)
                packet.bytes[4 + i] = (uint8_t)(source >> (24 - 8 * i));
        return packet;
}

static bool equal(const struct packet *a, const struct packet *b)
{
        return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

static struct packet sent(struct secure *from, struct packet packet)
{
        assert_true(secure_protect(from, false, packet.bytes, &packet.len));
        return packet;
}

static bool heard(struct secure *to, struct packet packet)
{
        return secure_unprotect(to, false, packet.bytes, &packet.len);
}

static void assert_crosses(struct secure *from, struct secure *to, uint32_t source, uint16_t number)
{
        struct packet plain = voice(source, number), packet = sent(from, plain);
        assert_true(packet.len > plain.len && packet.len <= plain.len + SECURE_TRAILER_MAX);
        assert_memory_not_equal(packet.bytes + 12, plain.bytes + 12, VOICE - 12);
        assert_true(secure_unprotect(to, false, packet.bytes, &packet.len));
        assert_true(equal(&packet, &plain));
}

static void for_each_suite(void (*check)(struct pair pair, enum crypto_suite suite))
{
        for (unsigned i = 0; i < N_SUITES; i++) {
                if (!secure_has(suites[i]))
                        continue;
                struct pair pair = pair_new(suites[i]);
                check(pair, suites[i]);
                pair_free(&pair);
        }
}

#define TEST_EACH(name)                                                                                                \
        static void name(void **state)                                                                                 \
        {                                                                                                              \
                (void)state;                                                                                           \
                for_each_suite(check_##name);                                                                          \
        }

static void check_voice_and_reports_cross_both_ways(struct pair pair, enum crypto_suite suite)
{
        (void)suite;
        for (uint16_t i = 0; i < 100; i++) {
                assert_crosses(pair.a, pair.b, 0x11223344, (uint16_t)(65500 + i));
                assert_crosses(pair.b, pair.a, 0x99887766, i);
        }
        struct packet plain = report(0x11223344), packet = plain;
        assert_true(secure_protect(pair.a, true, packet.bytes, &packet.len));
        assert_memory_not_equal(packet.bytes + 8, plain.bytes + 8, REPORT - 8);
        assert_true(secure_unprotect(pair.b, true, packet.bytes, &packet.len));
        assert_true(equal(&packet, &plain));
}
TEST_EACH(voice_and_reports_cross_both_ways)

/* 65536 packets are 22 minutes: what follows is under the next rollover count, which no packet names. */
static void check_the_rollover_is_counted_by_both(struct pair pair, enum crypto_suite suite)
{
        (void)suite;
        uint16_t number = 65000;
        for (unsigned i = 0; i < 2 * 65536 + 1000; i += 20)
                assert_crosses(pair.a, pair.b, 7, (uint16_t)(number + i));
        struct crypto_keys late = keys_of(suite, 2, 1);
        struct secure *joined_late = secure_new(&late);
        assert_false(heard(joined_late, sent(pair.a, voice(7, (uint16_t)(number + 2 * 65536 + 1001)))));
        secure_free(joined_late);
}
TEST_EACH(the_rollover_is_counted_by_both)

static void check_a_packet_is_heard_once(struct pair pair, enum crypto_suite suite)
{
        (void)suite;
        struct packet packets[300];
        for (uint16_t i = 0; i < 300; i++)
                packets[i] = sent(pair.a, voice(7, i));
        for (unsigned round = 0; round < 2; round++)
                for (unsigned i = 0; i < 300; i++)
                        assert_int_equal(heard(pair.b, packets[i]), round == 0);
}
TEST_EACH(a_packet_is_heard_once)

static void check_late_packets_are_heard_and_ancient_ones_not(struct pair pair, enum crypto_suite suite)
{
        (void)suite;
        struct packet packets[600];
        for (uint16_t i = 0; i < 600; i++)
                packets[i] = sent(pair.a, voice(7, i));
        assert_true(heard(pair.b, packets[0]));
        assert_true(heard(pair.b, packets[599]));
        for (unsigned i = 598; i > 400; i--)
                assert_true(heard(pair.b, packets[i]));
        assert_false(heard(pair.b, packets[300]));
        assert_false(heard(pair.b, packets[1]));
}
TEST_EACH(late_packets_are_heard_and_ancient_ones_not)

static void check_every_cut_and_every_flipped_bit_is_refused(struct pair pair, enum crypto_suite suite)
{
        (void)suite;
        struct packet genuine = sent(pair.a, voice(7, 1));
        for (size_t len = 12; len < genuine.len; len++) {
                struct packet cut = genuine;
                cut.len = len;
                assert_false(heard(pair.b, cut));
        }
        for (size_t bit = 0; bit < genuine.len * 8; bit++) {
                struct packet flipped = genuine;
                flipped.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
                assert_false(heard(pair.b, flipped));
        }
        assert_true(heard(pair.b, genuine));
}
TEST_EACH(every_cut_and_every_flipped_bit_is_refused)

static void check_cut_reports_are_refused(struct pair pair, enum crypto_suite suite)
{
        (void)suite;
        struct packet genuine = report(7);
        assert_true(secure_protect(pair.a, true, genuine.bytes, &genuine.len));
        for (size_t len = 8; len < genuine.len; len++) {
                struct packet cut = genuine;
                cut.len = len;
                assert_false(secure_unprotect(pair.b, true, cut.bytes, &cut.len));
        }
        struct packet whole = genuine, again = genuine;
        assert_true(secure_unprotect(pair.b, true, whole.bytes, &whole.len));
        assert_false(secure_unprotect(pair.b, true, again.bytes, &again.len));
}
TEST_EACH(cut_reports_are_refused)

static void check_the_wrong_key_plain_rtp_and_ones_own_packets_are_refused(struct pair pair, enum crypto_suite suite)
{
        struct crypto_keys wrong = keys_of(suite, 5, 6);
        struct secure *stranger = secure_new(&wrong);
        assert_non_null(stranger);
        assert_false(heard(pair.b, sent(stranger, voice(7, 1))));
        assert_false(heard(pair.b, voice(7, 1)));
        assert_false(heard(pair.a, sent(pair.a, voice(7, 1))));
        secure_free(stranger);
}
TEST_EACH(the_wrong_key_plain_rtp_and_ones_own_packets_are_refused)

/* A re-INVITE that changes something else says the same keys again. */
static void check_the_same_keys_again_change_nothing(struct pair pair, enum crypto_suite suite)
{
        struct crypto_keys a = keys_of(suite, 1, 2), b = keys_of(suite, 2, 1);
        for (unsigned i = 0; i < 70000; i += 100)
                assert_crosses(pair.a, pair.b, 7, (uint16_t)i);
        struct packet before = sent(pair.a, voice(7, (uint16_t)70000));
        assert_true(heard(pair.b, before));
        assert_true(secure_rekey(pair.a, &a) && secure_rekey(pair.b, &b));
        assert_false(heard(pair.b, before));
        assert_crosses(pair.a, pair.b, 7, (uint16_t)70001);
}
TEST_EACH(the_same_keys_again_change_nothing)

static void check_a_new_key_begins_anew_and_the_old_one_ends_with_its_first_packet(struct pair pair,
                                                                                   enum crypto_suite suite)
{
        struct crypto_keys a = keys_of(suite, 3, 2), b = keys_of(suite, 2, 3);
        for (unsigned i = 0; i < 70000; i += 100)
                assert_crosses(pair.a, pair.b, 7, (uint16_t)i);
        struct packet on_its_way = sent(pair.a, voice(7, (uint16_t)70000)),
                      too_late = sent(pair.a, voice(7, (uint16_t)70001));
        assert_true(secure_rekey(pair.b, &b));
        assert_true(heard(pair.b, on_its_way));
        assert_true(secure_rekey(pair.a, &a));
        assert_crosses(pair.a, pair.b, 7, (uint16_t)70002);
        assert_false(heard(pair.b, too_late));
        assert_crosses(pair.b, pair.a, 8, 1);
}
TEST_EACH(a_new_key_begins_anew_and_the_old_one_ends_with_its_first_packet)

static void another_suite_is_another_key(void **state)
{
        (void)state;
        if (!secure_has(CRYPTO_AEAD_AES_128_GCM))
                skip();
        struct pair pair = pair_new(CRYPTO_AES_CM_128_HMAC_SHA1_80);
        struct crypto_keys a = keys_of(CRYPTO_AEAD_AES_128_GCM, 1, 2), b = keys_of(CRYPTO_AEAD_AES_128_GCM, 2, 1);
        assert_crosses(pair.a, pair.b, 7, 1);
        struct packet on_its_way = sent(pair.a, voice(7, 2));
        assert_true(secure_rekey(pair.a, &a) && secure_rekey(pair.b, &b));
        assert_true(heard(pair.b, on_its_way));
        assert_crosses(pair.a, pair.b, 7, 3);
        pair_free(&pair);
}

static void check_sources_come_and_go(struct pair pair, enum crypto_suite suite)
{
        (void)suite;
        struct packet first = sent(pair.a, voice(1, 1));
        assert_true(heard(pair.b, first));
        for (uint32_t source = 2; source < 2 + SECURE_SOURCES_GONE; source++)
                for (uint16_t number = 1; number < 4; number++)
                        assert_crosses(pair.a, pair.b, source, number);
        assert_false(heard(pair.b, first));
        struct packet again = voice(1, 2);
        assert_false(secure_protect(pair.a, false, again.bytes, &again.len)); /* the same keystream twice */
}
TEST_EACH(sources_come_and_go)

static void check_as_many_sources_as_are_remembered_may_alternate(struct pair pair, enum crypto_suite suite)
{
        (void)suite;
        for (uint16_t number = 1; number < 20; number++)
                for (uint32_t source = 1; source <= SECURE_SOURCES; source++)
                        assert_crosses(pair.a, pair.b, source, number);
}
TEST_EACH(as_many_sources_as_are_remembered_may_alternate)

/* A phone that is told to send again, and numbers its packets from anywhere. */
static void check_a_sender_that_begins_anew_is_another_source(struct pair pair, enum crypto_suite suite)
{
        (void)suite;
        unsigned lost = 0;
        for (uint16_t number = 30000; number < 30400; number++)
                assert_crosses(pair.a, pair.b, 7, number);
        for (uint16_t number = 10; number < 60; number++) {
                struct packet plain = voice(7, number), packet = plain;
                if (!secure_protect(pair.a, false, packet.bytes, &packet.len)) {
                        lost++;
                        continue;
                }
                assert_true(secure_unprotect(pair.b, false, packet.bytes, &packet.len));
                assert_memory_not_equal(packet.bytes + 8, plain.bytes + 8, 4);
                memcpy(packet.bytes + 8, plain.bytes + 8, 4);
                assert_true(equal(&packet, &plain));
        }
        assert_true(lost > 0 && lost < 5);
}
TEST_EACH(a_sender_that_begins_anew_is_another_source)

static void a_packet_sent_twice_leaves_once(void **state)
{
        (void)state;
        struct pair pair = pair_new(CRYPTO_AES_CM_128_HMAC_SHA1_80);
        for (uint16_t number = 1; number < 100; number++) {
                assert_crosses(pair.a, pair.b, 7, number);
                struct packet twice = voice(7, number);
                assert_false(secure_protect(pair.a, false, twice.bytes, &twice.len));
        }
        pair_free(&pair);
}

/* RFC 7714 and RFC 3711 name the numbers; what the suite costs on the wire follows from them. */
static void check_the_tag_is_as_long_as_the_suite_says(struct pair pair, enum crypto_suite suite)
{
        static const size_t tags[][2] = {[CRYPTO_AES_CM_128_HMAC_SHA1_80] = {10, 14},
                                         [CRYPTO_AES_CM_128_HMAC_SHA1_32] = {4, 14},
                                         [CRYPTO_AEAD_AES_128_GCM] = {16, 20}};
        struct packet rtp = sent(pair.a, voice(7, 1)), rtcp = report(7);
        assert_true(secure_protect(pair.a, true, rtcp.bytes, &rtcp.len));
        assert_int_equal(rtp.len, VOICE + tags[suite][0]);
        assert_int_equal(rtcp.len, REPORT + tags[suite][1]);
}
TEST_EACH(the_tag_is_as_long_as_the_suite_says)

static void the_library_says_what_it_is(void **state)
{
        (void)state;
        char library[SECURE_LIBRARY_SIZE];
        assert_true(secure_init());
        secure_library(library);
        assert_non_null(strstr(library, "libsrtp"));
        assert_true(secure_has(CRYPTO_AES_CM_128_HMAC_SHA1_80));
        assert_true(secure_has(CRYPTO_AES_CM_128_HMAC_SHA1_32));
        assert_false(secure_has(CRYPTO_NONE));
        print_message("%s\n", library);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(voice_and_reports_cross_both_ways),
                cmocka_unit_test(the_rollover_is_counted_by_both),
                cmocka_unit_test(a_packet_is_heard_once),
                cmocka_unit_test(late_packets_are_heard_and_ancient_ones_not),
                cmocka_unit_test(every_cut_and_every_flipped_bit_is_refused),
                cmocka_unit_test(cut_reports_are_refused),
                cmocka_unit_test(the_wrong_key_plain_rtp_and_ones_own_packets_are_refused),
                cmocka_unit_test(the_same_keys_again_change_nothing),
                cmocka_unit_test(a_new_key_begins_anew_and_the_old_one_ends_with_its_first_packet),
                cmocka_unit_test(another_suite_is_another_key),
                cmocka_unit_test(sources_come_and_go),
                cmocka_unit_test(as_many_sources_as_are_remembered_may_alternate),
                cmocka_unit_test(a_sender_that_begins_anew_is_another_source),
                cmocka_unit_test(a_packet_sent_twice_leaves_once),
                cmocka_unit_test(the_tag_is_as_long_as_the_suite_says),
                cmocka_unit_test(the_library_says_what_it_is),
        };
        return secure_init() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
