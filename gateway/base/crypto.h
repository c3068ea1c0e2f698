/* The words every room uses for keys of SRTP (RFC 3711): the suites by name and the keys of one stream. Values that are
 * copied along with the descriptions they belong to; whoever keeps some for long wipes them when he is done. */
#ifndef SCCPGW_BASE_CRYPTO_H
#define SCCPGW_BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In order of preference towards SIP peers: what everybody knows comes first. */
enum crypto_suite {
        CRYPTO_NONE, /* plain RTP */
        CRYPTO_AES_CM_128_HMAC_SHA1_80,
        CRYPTO_AEAD_AES_128_GCM,
        CRYPTO_AES_CM_128_HMAC_SHA1_32,
        CRYPTO_SUITES,
};

enum { CRYPTO_KEY_MAX = 30, CRYPTO_MASTER_LEN = 16 /* of every suite; the rest is its salt */ };

/* Whether the audio of a call is encrypted. */
enum crypto_policy { CRYPTO_POLICY_OFF, CRYPTO_POLICY_OPTIONAL, CRYPTO_POLICY_REQUIRED };

struct crypto_suite_info {
        const char *name; /* as RFC 4568 and RFC 7714 spell it */
        uint8_t key_len;  /* master key and salt, one behind the other */
};

struct crypto_key {
        uint8_t bytes[CRYPTO_KEY_MAX]; /* zeros behind the suite's length */
};

/* Of one stream, as its owner sees it. Suite CRYPTO_NONE: none, and the keys are zeros. */
struct crypto_keys {
        enum crypto_suite suite;
        struct crypto_key send, receive;
};

const struct crypto_suite_info *crypto_suite_info(enum crypto_suite suite); /* NULL for CRYPTO_NONE */
enum crypto_suite crypto_suite_by_name(const char *name, size_t len);       /* CRYPTO_NONE: unknown */

/* In a time that does not depend on where they differ. */
bool crypto_key_equal(const struct crypto_key *a, const struct crypto_key *b);
bool crypto_keys_equal(const struct crypto_keys *a, const struct crypto_keys *b);
void crypto_wipe(void *secret, size_t len); /* not left out by the compiler */

#endif
