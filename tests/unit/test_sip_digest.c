/* Digest answers against the examples of the RFCs, and challenges that cannot be answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "sip/digest.h"
#include "sip/sha256.h"

#define NULLED(...) ((const char *[]){__VA_ARGS__, NULL})

static void sha256_of(const char *text, size_t times, char out[65])
{
        uint8_t sum[SHA256_SIZE];
        struct sha256 sha;
        sha256_start(&sha);
        for (size_t i = 0; i < times; i++)
                sha256_add(&sha, text, strlen(text));
        sha256_end(&sha, sum);
        for (size_t i = 0; i < SHA256_SIZE; i++)
                text_printf(out + 2 * i, 3, "%02x", sum[i]);
}

/* FIPS 180-2 appendix B, and every length around the ends of blocks. */
static void sha256_knows_its_examples(void **state)
{
        char sum[65], parts[65];
        (void)state;
        sha256_of("", 1, sum);
        assert_string_equal(sum, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        sha256_of("abc", 1, sum);
        assert_string_equal(sum, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, sum);
        assert_string_equal(sum, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
        sha256_of("aaaaaaaaaa", 100000, sum);
        assert_string_equal(sum, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
        for (size_t len = 50; len < 140; len++) {
                char text[141] = "";
                memset(text, 'x', len);
                sha256_of(text, 1, sum);
                sha256_of("x", len, parts);
                assert_string_equal(sum, parts);
        }
}

static void answer_contains(const char *const *challenge, const char *name, const char *password, const char *uri,
                            const char *cnonce, const char *expected)
{
        struct digest digest = {.set = false};
        char answer[DIGEST_ANSWER_SIZE];
        assert_true(digest_take(&digest, challenge));
        assert_true(digest_answer(&digest, &(struct digest_user){name, password}, "GET", uri, cnonce, answer));
        if (!strstr(answer, expected))
                fail_msg("%s is not in %s", expected, answer);
}

static void rfc_7616_md5(void **state)
{
        (void)state;
        answer_contains(NULLED("realm=\"http-auth@example.org\"", "qop=\"auth, auth-int\"", "algorithm=MD5",
                               "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\"",
                               "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""),
                        "Mufasa", "Circle of Life", "/dir/index.html", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
                        "response=\"8ca523f5e9506fed4657c9700eebdbec\"");
}

static void rfc_7616_sha256(void **state)
{
        (void)state;
        answer_contains(NULLED("realm=\"http-auth@example.org\"", "qop=\"auth, auth-int\"", "algorithm=SHA-256",
                               "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\"",
                               "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""),
                        "Mufasa", "Circle of Life", "/dir/index.html", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
                        "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\"");
}

static void rfc_2617(void **state)
{
        (void)state;
        answer_contains(NULLED("realm=\"testrealm@host.com\"", "qop=\"auth,auth-int\"",
                               "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"",
                               "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""),
                        "Mufasa", "Circle Of Life", "/dir/index.html", "0a4f113b",
                        "response=\"6629fae49393a05397450978507c4ef1\"");
}

static void without_qop_the_old_form_is_answered(void **state)
{
        struct digest digest = {.set = false};
        char answer[DIGEST_ANSWER_SIZE];
        (void)state;
        assert_true(digest_take(&digest,
                                NULLED("realm=testrealm@host.com", "NONCE=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"")));
        assert_true(digest_answer(&digest, &(struct digest_user){"Mufasa", "CircleOfLife"}, "GET", "/dir/index.html",
                                  "0a4f113b", answer));
        assert_non_null(strstr(answer, "response=\"1949323746fe6a43ef61f9606e7febea\""));
        assert_null(strstr(answer, "nc="));
        assert_null(strstr(answer, "qop="));
        assert_null(strstr(answer, "opaque="));
}

static void uses_of_a_nonce_are_counted(void **state)
{
        struct digest digest = {.set = false};
        char answer[DIGEST_ANSWER_SIZE];
        struct digest_user user = {"u", "p"};
        (void)state;
        assert_false(digest_answer(&digest, &user, "REGISTER", "sip:x", "c", answer));
        assert_true(digest_take(&digest, NULLED("realm=\"r\"", "nonce=\"n\"", "qop=\"auth\"")));
        for (unsigned i = 1; i <= 11; i++) {
                char count[16];
                assert_true(digest_answer(&digest, &user, "REGISTER", "sip:x", "c", answer));
                text_printf(count, sizeof count, "nc=%08x", i);
                assert_non_null(strstr(answer, count));
        }
        assert_true(digest_take(&digest, NULLED("realm=\"r\"", "nonce=\"m\"", "qop=\"auth\"", "stale=TRUE")));
        assert_true(digest.stale);
        assert_true(digest_answer(&digest, &user, "REGISTER", "sip:x", "c", answer));
        assert_non_null(strstr(answer, "nc=00000001"));
}

static void quotes_in_a_name_are_escaped(void **state)
{
        (void)state;
        answer_contains(NULLED("realm=\"r\"", "nonce=\"n\""), "a\"b\\c", "p", "sip:x", "c", "username=\"a\\\"b\\\\c\"");
}

static void what_cannot_be_answered_leaves_the_old_challenge(void **state)
{
        static char long_nonce[400];
        memset(long_nonce, 'n', sizeof long_nonce - 1);
        memcpy(long_nonce, "nonce=", 6);
        const char *const *const bad[] = {
                NULLED("realm=\"r\""),
                NULLED("nonce=\"n\""),
                NULLED("realm=\"r\"", "nonce=\"\""),
                NULLED("realm=\"r\"", "nonce=\"n\"", "algorithm=SHA-512-256"),
                NULLED("realm=\"r\"", "nonce=\"n\"", "qop=\"auth-int\""),
                NULLED("realm=\"r\"", "nonce=\"n\"", "qop=\"authx\""),
                NULLED("realm=\"r\"", long_nonce),
                NULLED("", "=", "realm", "nonce"),
                NULL,
        };
        struct digest digest = {.set = false};
        (void)state;
        assert_true(digest_take(&digest, NULLED("realm=\"first\"", "nonce=\"n\"")));
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
                assert_false(digest_take(&digest, bad[i]));
                assert_string_equal(digest.realm, "first");
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sha256_knows_its_examples),
                cmocka_unit_test(rfc_7616_md5),
                cmocka_unit_test(rfc_7616_sha256),
                cmocka_unit_test(rfc_2617),
                cmocka_unit_test(without_qop_the_old_form_is_answered),
                cmocka_unit_test(uses_of_a_nonce_are_counted),
                cmocka_unit_test(quotes_in_a_name_are_escaped),
                cmocka_unit_test(what_cannot_be_answered_leaves_the_old_challenge),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
