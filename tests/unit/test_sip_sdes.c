/* Keys in session descriptions: the attribute as text, and what two sides agree on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "sip/sdes.h"

#define KEY "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR" /* of an example in RFC 4568 */
#define CM  "AES_CM_128_HMAC_SHA1_80"
#define GCM "AEAD_AES_128_GCM"

static const struct sdp_security off = {CRYPTO_POLICY_OFF, ~0u}, optional = {CRYPTO_POLICY_OPTIONAL, ~0u},
                                 required = {CRYPTO_POLICY_REQUIRED, ~0u},
                                 few = {CRYPTO_POLICY_OPTIONAL, 1u << CRYPTO_AES_CM_128_HMAC_SHA1_32};

/* From a block of exactly that size. */
static bool reads(const char *text, struct sdp_crypto *crypto)
{
        size_t len = strlen(text);
        char *copy = malloc(len ? len : 1);
        assert_non_null(copy);
        memcpy(copy, text, len);
        bool good = sdp_crypto_read((struct span){copy, len}, crypto);
        free(copy);
        return good;
}

static const struct {
        const char *text;
        uint32_t tag;
        enum crypto_suite suite;
} good[] = {
        {"1 " CM " inline:" KEY, 1, CRYPTO_AES_CM_128_HMAC_SHA1_80},
        {"1 " CM " inline:" KEY "|2^20", 1, CRYPTO_AES_CM_128_HMAC_SHA1_80},
        {"1 " CM " inline:" KEY "|1048576", 1, CRYPTO_AES_CM_128_HMAC_SHA1_80},
        {"0000007 aes_cm_128_hmac_sha1_32  inline:" KEY "|2^48 ", 7, CRYPTO_AES_CM_128_HMAC_SHA1_32},
        {"999999999 " CM " INLINE:" KEY " WSH=64 -future=1", 999999999, CRYPTO_AES_CM_128_HMAC_SHA1_80},
        {"1 " CM " inline:" KEY " KDR=0", 1, CRYPTO_AES_CM_128_HMAC_SHA1_80},
        {"3 " GCM " inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw==", 3, CRYPTO_AEAD_AES_128_GCM},
        {"3 " GCM " inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw", 3, CRYPTO_AEAD_AES_128_GCM},
};

static void what_peers_write_is_read(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
                struct sdp_crypto crypto;
                if (!reads(good[i].text, &crypto))
                        fail_msg("refused: %s", good[i].text);
                assert_int_equal(crypto.tag, good[i].tag);
                assert_int_equal(crypto.suite, good[i].suite);
        }
}

static void the_example_of_the_rfc_is_the_bytes_it_stands_for(void **state)
{
        (void)state;
        struct sdp_crypto crypto;
        assert_true(reads("1 " CM " inline:" KEY, &crypto));
        assert_memory_equal(crypto.key.bytes, "=-n@%^x!Bjufr9)?,#5h\\`=&]{qiPQ", CRYPTO_KEY_MAX);
        assert_true(reads(good[6].text, &crypto));
        for (unsigned i = 0; i < CRYPTO_KEY_MAX; i++)
                assert_int_equal(crypto.key.bytes[i], i < 28 ? i : 0);
}

static void what_we_cannot_do_is_refused_and_leaves_no_key(void **state)
{
        (void)state;
        static const char *const bad[] = {"",
                                          "1",
                                          "1 " CM,
                                          "1 " CM " inline:",
                                          "1 " CM " inline",
                                          "1 " CM " " KEY,
                                          "x " CM " inline:" KEY,
                                          "-1 " CM " inline:" KEY,
                                          "1234567890 " CM " inline:" KEY,
                                          CM " inline:" KEY,
                                          "1 AES_256_CM_HMAC_SHA1_80 inline:" KEY,
                                          "1 F8_128_HMAC_SHA1_80 inline:" KEY,
                                          "1 " CM "X inline:" KEY,
                                          "1 " CM " prompt:" KEY,
                                          "1 " CM " inline:" KEY "A",
                                          "1 " CM " inline:AAAA",
                                          "1 " CM " inline:" KEY "==",
                                          "1 " CM " inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVB*",
                                          "1 " CM " inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaV==",
                                          "1 " GCM " inline:" KEY,
                                          "1 " CM " inline:" KEY "|",
                                          "1 " CM " inline:" KEY "|2^",
                                          "1 " CM " inline:" KEY "|2^49",
                                          "1 " CM " inline:" KEY "|2^20|1:4",
                                          "1 " CM " inline:" KEY "|1:4",
                                          "1 " CM " inline:" KEY "|x",
                                          "1 " CM " inline:" KEY ";inline:" KEY,
                                          "1 " CM " inline:" KEY "|2^20;inline:" KEY "|2^20",
                                          "1 " CM " inline:" KEY " UNENCRYPTED_SRTP",
                                          "1 " CM " inline:" KEY " UNENCRYPTED_SRTCP",
                                          "1 " CM " inline:" KEY " UNAUTHENTICATED_SRTP",
                                          "1 " CM " inline:" KEY " KDR=5",
                                          "1 " CM " inline:" KEY " FEC_ORDER=FEC_SRTP",
                                          "1 " CM " inline:" KEY " WSH=",
                                          "1 " CM " inline:" KEY " WSH",
                                          "1 " CM " inline:" KEY " future=1",
                                          "1 " CM " inline:" KEY " -"};
        static const struct sdp_crypto none = {0};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                struct sdp_crypto crypto;
                memset(&crypto, 0xff, sizeof crypto);
                if (reads(bad[i], &crypto))
                        fail_msg("taken: %s", bad[i]);
                assert_memory_equal(&crypto, &none, sizeof none);
        }
}

static void every_key_is_read_as_it_was_written(void **state)
{
        (void)state;
        srand(7);
        for (unsigned i = 0; i < 3000; i++) {
                struct sdp_crypto crypto = {.tag = (uint32_t)rand() % 999999999, .suite = 1 + i % (CRYPTO_SUITES - 1)},
                                  back;
                char text[SDP_CRYPTO_TEXT_SIZE];
                for (unsigned j = 0; j < crypto_suite_info(crypto.suite)->key_len; j++)
                        crypto.key.bytes[j] = (uint8_t)rand();
                sdp_crypto_write(&crypto, text);
                assert_true(reads(text, &back));
                assert_int_equal(back.tag, crypto.tag);
                assert_int_equal(back.suite, crypto.suite);
                assert_true(crypto_key_equal(&back.key, &crypto.key));
        }
}

/* --- in descriptions --- */

#define BODY(profile) "v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 " profile " 0\r\n"
#define LINE(text)    "a=crypto:" text " inline:" KEY "\r\n"
#define BAD_LINE      "a=crypto:9 AES_256_CM_HMAC_SHA1_80 inline:" KEY "\r\n"

static const char *read_as(const char *text, const struct sdp_security *security, struct sdp_cryptos *cryptos,
                           struct sdp_shape *shape)
{
        struct audio audio;
        *cryptos = (struct sdp_cryptos){0};
        return sdp_read(text, strlen(text), security, &audio, shape, cryptos);
}

static void each_policy_takes_what_it_may(void **state)
{
        (void)state;
        static const struct {
                const char *text;
                int off, optional, required; /* keys taken; -1: refused */
        } rows[] = {
                {BODY("RTP/AVP"), 0, 0, -1},
                {BODY("RTP/AVPF"), 0, 0, -1},
                {BODY("RTP/AVP") LINE("1 " CM), 0, 1, 1},
                {BODY("RTP/AVPF") LINE("1 " CM) LINE("2 " CM), 0, 2, 2},
                {BODY("RTP/AVP") BAD_LINE, 0, 0, -1},
                {BODY("RTP/SAVP"), -1, -1, -1},
                {BODY("RTP/SAVP") BAD_LINE, -1, -1, -1},
                {BODY("RTP/SAVP") BAD_LINE LINE("1 " CM), -1, 1, 1},
                {BODY("RTP/SAVPF") LINE("1 " CM), -1, 1, 1},
                {"v=0\r\na=crypto:1 " CM " inline:" KEY "\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 0\r\n", 0, 0,
                 -1},
                {BODY("RTP/SAVP") LINE("1 " CM) "m=audio 4002 RTP/AVP 0\r\n", 0, 1, 1},
                {BODY("RTP/AVP") "m=audio 4002 RTP/SAVP 0\r\n" LINE("1 " CM), 0, 0, 1},
                {BODY("UDP/TLS/RTP/SAVPF") LINE("1 " CM), -1, -1, -1},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                const struct sdp_security *const policies[] = {&off, &optional, &required};
                const int expected[] = {rows[i].off, rows[i].optional, rows[i].required};
                for (unsigned j = 0; j < 3; j++) {
                        struct sdp_cryptos cryptos;
                        const char *problem = read_as(rows[i].text, policies[j], &cryptos, NULL);
                        int taken = problem ? -1 : cryptos.n;
                        if (taken != expected[j])
                                fail_msg("row %zu, policy %u: %d, not %d (%s)", i, j, taken, expected[j],
                                         problem ? problem : "taken");
                }
        }
}

static void only_suites_that_can_be_spoken_are_taken(void **state)
{
        (void)state;
        struct sdp_cryptos cryptos;
        assert_null(read_as(BODY("RTP/SAVP") LINE("1 " CM) LINE("2 AES_CM_128_HMAC_SHA1_32"), &few, &cryptos, NULL));
        assert_int_equal(cryptos.n, 1);
        assert_int_equal(cryptos.at[0].tag, 2);
        assert_true(cryptos.others);
        assert_string_equal(read_as(BODY("RTP/SAVP") LINE("1 " CM), &few, &cryptos, NULL),
                            "audio is offered over RTP/SAVP without a key that we can use");
}

static void an_endless_list_of_keys_is_cut(void **state)
{
        (void)state;
        char text[8192] = BODY("RTP/SAVP");
        struct sdp_cryptos cryptos;
        for (unsigned i = 1; i < 60; i++)
                text_append(text, sizeof text, "a=crypto:%u " CM " inline:" KEY "\r\n", i);
        assert_null(read_as(text, &required, &cryptos, NULL));
        assert_int_equal(cryptos.n, SDP_CRYPTOS_MAX);
}

/* --- two sides --- */

struct side {
        struct sdes sdes;
        struct sdp_security security;
        struct crypto_keys keys;
};

static void offer_crosses(struct side *from, struct side *to)
{
        struct sdp_cryptos offer, answer;
        sdes_offer(&from->sdes, &from->security, &offer);
        sdes_take_offer(&to->sdes, &offer, &to->keys);
        sdes_answer(&to->sdes, &answer);
        assert_true(sdes_take_answer(&from->sdes, &answer, &from->keys));
        assert_int_equal(from->keys.suite, to->keys.suite);
        assert_true(crypto_key_equal(&from->keys.send, &to->keys.receive));
        assert_true(crypto_key_equal(&from->keys.receive, &to->keys.send));
}

static void both_sides_find_the_same_keys_and_keep_them(void **state)
{
        (void)state;
        struct side a = {.security = optional}, b = {.security = optional};
        offer_crosses(&a, &b);
        assert_int_equal(a.keys.suite, CRYPTO_AES_CM_128_HMAC_SHA1_80);
        assert_false(crypto_key_equal(&a.keys.send, &a.keys.receive));
        struct crypto_keys first = a.keys;
        for (unsigned i = 0; i < 4; i++) {
                offer_crosses(i % 2 ? &a : &b, i % 2 ? &b : &a);
                assert_true(crypto_keys_equal(&a.keys, &first));
        }
}

static void the_suite_agreed_is_offered_first_from_then_on(void **state)
{
        (void)state;
        struct side a = {.security = optional};
        struct sdp_cryptos offer, theirs = {.n = 1, .at = {{.tag = 5, .suite = CRYPTO_AES_CM_128_HMAC_SHA1_32}}};
        sdes_take_offer(&a.sdes, &theirs, &a.keys);
        sdes_offer(&a.sdes, &optional, &offer);
        assert_int_equal(offer.n, CRYPTO_SUITES - 1);
        assert_int_equal(offer.at[0].suite, CRYPTO_AES_CM_128_HMAC_SHA1_32);
        assert_true(crypto_key_equal(&offer.at[0].key, &a.keys.send));
        for (unsigned i = 0; i < offer.n; i++)
                for (unsigned j = 0; j < i; j++) {
                        assert_int_not_equal(offer.at[i].tag, offer.at[j].tag);
                        assert_false(crypto_key_equal(&offer.at[i].key, &offer.at[j].key));
                }
        sdes_offer(&a.sdes, &off, &offer);
        assert_int_equal(offer.n, 0);
}

static void an_answer_names_the_tag_of_the_offer(void **state)
{
        (void)state;
        struct side a = {.security = optional};
        struct sdp_cryptos answer, theirs = {.n = 2,
                                             .at = {{.tag = 77, .suite = CRYPTO_AEAD_AES_128_GCM},
                                                    {.tag = 78, .suite = CRYPTO_AES_CM_128_HMAC_SHA1_80}}};
        sdes_take_offer(&a.sdes, &theirs, &a.keys);
        sdes_answer(&a.sdes, &answer);
        assert_int_equal(answer.n, 1);
        assert_int_equal(answer.at[0].tag, 77);
        assert_int_equal(answer.at[0].suite, CRYPTO_AEAD_AES_128_GCM);
        assert_true(crypto_key_equal(&answer.at[0].key, &a.keys.send));
}

static void an_answer_to_nothing_we_offered_is_refused(void **state)
{
        (void)state;
        struct side a = {.security = optional};
        struct sdp_cryptos offer, answer = {.n = 1, .at = {{.tag = 40, .suite = CRYPTO_AES_CM_128_HMAC_SHA1_80}}};
        sdes_offer(&a.sdes, &few, &offer);
        assert_false(sdes_take_answer(&a.sdes, &answer, &a.keys));
        answer.at[0].tag = CRYPTO_AES_CM_128_HMAC_SHA1_80; /* our number for it, and it was not offered */
        assert_false(sdes_take_answer(&a.sdes, &answer, &a.keys));
        answer.at[0] = (struct sdp_crypto){.tag = CRYPTO_AES_CM_128_HMAC_SHA1_32, .suite = CRYPTO_AEAD_AES_128_GCM};
        assert_false(sdes_take_answer(&a.sdes, &answer, &a.keys));
        answer = (struct sdp_cryptos){.others = true};
        assert_false(sdes_take_answer(&a.sdes, &answer, &a.keys));
        assert_int_equal(a.keys.suite, CRYPTO_NONE);
        answer.others = false;
        assert_true(sdes_take_answer(&a.sdes, &answer, &a.keys)); /* in the clear */
        assert_int_equal(a.keys.suite, CRYPTO_NONE);
}

static void another_key_of_theirs_gives_another_one_of_ours(void **state)
{
        (void)state;
        struct side a = {.security = optional}, b = {.security = optional}, c = {.security = optional};
        offer_crosses(&a, &b);
        struct crypto_keys first = b.keys;
        offer_crosses(&c, &b);
        assert_false(crypto_key_equal(&b.keys.send, &first.send));
        assert_false(crypto_key_equal(&b.keys.receive, &first.receive));
        struct crypto_keys second = b.keys;
        offer_crosses(&b, &c);
        assert_true(crypto_keys_equal(&b.keys, &second));
}

static void plain_and_back_again_is_another_key(void **state)
{
        (void)state;
        struct side a = {.security = optional}, b = {.security = optional}, plain = {.security = off};
        offer_crosses(&a, &b);
        struct crypto_keys first = b.keys;
        offer_crosses(&plain, &b);
        assert_int_equal(b.keys.suite, CRYPTO_NONE);
        offer_crosses(&a, &b);
        assert_false(crypto_key_equal(&b.keys.send, &first.send));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_peers_write_is_read),
                cmocka_unit_test(the_example_of_the_rfc_is_the_bytes_it_stands_for),
                cmocka_unit_test(what_we_cannot_do_is_refused_and_leaves_no_key),
                cmocka_unit_test(every_key_is_read_as_it_was_written),
                cmocka_unit_test(each_policy_takes_what_it_may),
                cmocka_unit_test(only_suites_that_can_be_spoken_are_taken),
                cmocka_unit_test(an_endless_list_of_keys_is_cut),
                cmocka_unit_test(both_sides_find_the_same_keys_and_keep_them),
                cmocka_unit_test(the_suite_agreed_is_offered_first_from_then_on),
                cmocka_unit_test(an_answer_names_the_tag_of_the_offer),
                cmocka_unit_test(an_answer_to_nothing_we_offered_is_refused),
                cmocka_unit_test(another_key_of_theirs_gives_another_one_of_ours),
                cmocka_unit_test(plain_and_back_again_is_another_key),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
