/* SHA-256 (FIPS 180-4), for digest authentication (RFC 8760): sofia brings MD5 only. */
#ifndef SCCPGW_SIP_SHA256_H
#define SCCPGW_SIP_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32

struct sha256 {
        uint32_t state[8];
        uint64_t len; /* bytes taken so far */
        uint8_t block[64];
};

void sha256_start(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *data, size_t len);
void sha256_end(struct sha256 *sha, uint8_t out[SHA256_SIZE]); /* `sha` is to be started again after this */

#endif
