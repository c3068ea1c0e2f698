/* The suites we speak, and secrets as bytes. */
#include "gateway/base/crypto.h"

#include <string.h>
#include <strings.h>

static const struct crypto_suite_info suites[CRYPTO_SUITES] = {
        [CRYPTO_AES_CM_128_HMAC_SHA1_80] = {"AES_CM_128_HMAC_SHA1_80", 30},
        [CRYPTO_AEAD_AES_128_GCM] = {"AEAD_AES_128_GCM", 28},
        [CRYPTO_AES_CM_128_HMAC_SHA1_32] = {"AES_CM_128_HMAC_SHA1_32", 30},
};

const struct crypto_suite_info *crypto_suite_info(enum crypto_suite suite)
{
        return suite > CRYPTO_NONE && suite < CRYPTO_SUITES ? &suites[suite] : NULL;
}

enum crypto_suite crypto_suite_by_name(const char *name, size_t len)
{
        for (enum crypto_suite suite = CRYPTO_NONE + 1; suite < CRYPTO_SUITES; suite++)
                if (strlen(suites[suite].name) == len && strncasecmp(suites[suite].name, name, len) == 0)
                        return suite;
        return CRYPTO_NONE;
}

bool crypto_key_equal(const struct crypto_key *a, const struct crypto_key *b)
{
        unsigned differ = 0;
        for (size_t i = 0; i < CRYPTO_KEY_MAX; i++)
                differ |= (unsigned)(a->bytes[i] ^ b->bytes[i]);
        return differ == 0;
}

bool crypto_keys_equal(const struct crypto_keys *a, const struct crypto_keys *b)
{
        bool send = crypto_key_equal(&a->send, &b->send), receive = crypto_key_equal(&a->receive, &b->receive);
        return a->suite == b->suite && send && receive;
}

void crypto_wipe(void *secret, size_t len)
{
        explicit_bzero(secret, len);
}
