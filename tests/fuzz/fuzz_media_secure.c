/* Any bytes as SRTP and SRTCP of every suite: nothing of it is genuine, and no byte behind the packet is read. What is
 * protected instead comes out again as it went in. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/media/packet.h"
#include "gateway/media/secure.h"

static struct secure *context(enum crypto_suite suite, uint8_t send, uint8_t receive)
{
        struct crypto_keys keys = {.suite = suite};
        memset(keys.send.bytes, send, crypto_suite_info(suite)->key_len);
        memset(keys.receive.bytes, receive, crypto_suite_info(suite)->key_len);
        return secure_new(&keys);
}

/* In a block of exactly its size, plus what protecting may add. */
static uint8_t *copy(const uint8_t *data, size_t size, size_t spare)
{
        uint8_t *bytes = malloc(size + spare);
        assert(bytes);
        memcpy(bytes, data, size);
        return bytes;
}

static void check(enum crypto_suite suite, bool rtcp, const uint8_t *data, size_t size)
{
        struct secure *a = context(suite, 1, 2), *b = context(suite, 2, 1);
        size_t len = size;
        uint8_t *bytes = copy(data, size, 0);
        assert(!secure_unprotect(b, rtcp, bytes, &len));
        free(bytes);
        bytes = copy(data, size, SECURE_TRAILER_MAX);
        len = size;
        if (secure_protect(a, rtcp, bytes, &len)) {
                assert(len > size && len <= size + SECURE_TRAILER_MAX);
                assert(secure_unprotect(b, rtcp, bytes, &len));
                assert(len == size && memcmp(bytes, data, size) == 0);
        }
        free(bytes);
        secure_free(a);
        secure_free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (!secure_init())
                abort();
        for (enum crypto_suite suite = CRYPTO_NONE + 1; suite < CRYPTO_SUITES && size <= 2048; suite++) {
                if (packet_is_rtp(data, size))
                        check(suite, false, data, size);
                if (packet_is_rtcp(data, size))
                        check(suite, true, data, size);
        }
        return 0;
}
