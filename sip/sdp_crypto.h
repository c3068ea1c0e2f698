/* The a=crypto attribute of SDP (RFC 4568): one key of one suite, as a peer says it and as we do. Pure. */
#ifndef SCCPGW_SIP_SDP_CRYPTO_H
#define SCCPGW_SIP_SDP_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/crypto.h"
#include "sip/sdp_span.h"

#define SDP_CRYPTO_TEXT_SIZE 96 /* what sdp_crypto_write needs at most, with its NUL */
#define SDP_CRYPTOS_MAX      8  /* of one stream; further ones are not looked at */

struct sdp_crypto {
        uint32_t tag;
        enum crypto_suite suite;
        struct crypto_key key; /* of who says it: what it sends with */
};

struct sdp_cryptos {
        uint8_t n;
        bool others; /* there were more, none of which we can use */
        struct sdp_crypto at[SDP_CRYPTOS_MAX];
};

/* What stands behind "crypto:". False: not an attribute, or not one that we can do: another suite, a key of another
 * length, several keys, a key that packets name (MKI), and what changes how packets look (session parameters, those
 * apart that may be ignored). Of a key's lifetime nothing is known but that it is written well. */
bool sdp_crypto_read(struct span value, struct sdp_crypto *crypto);

/* "1 AES_CM_128_HMAC_SHA1_80 inline:..." */
void sdp_crypto_write(const struct sdp_crypto *crypto, char out[SDP_CRYPTO_TEXT_SIZE]);

#endif
