/* SDP security descriptions (RFC 4568) of one dialog: which keys we say, and what theirs agree on. A dialog has one key
 * of its own per suite, for all its offers and answers, so that sending goes on as before when something else changes;
 * it makes another one when the peer, asking for the change itself, comes with another key. */
#ifndef SCCPGW_SIP_SDES_H
#define SCCPGW_SIP_SDES_H

#include "sip/sdp.h"

struct sdes {
        struct crypto_key ours[CRYPTO_SUITES];
        bool made[CRYPTO_SUITES];
        struct crypto_keys agreed; /* last */
        struct sdp_crypto answer;  /* to their newest offer; suite CRYPTO_NONE: in the clear */
};

/* Our offer: every suite we can do, the one agreed before first. None when SRTP is off. */
void sdes_offer(struct sdes *sdes, const struct sdp_security *security, struct sdp_cryptos *out);
/* Their offer: the first key that we can use is taken. Without one `keys` are none: plain RTP. */
void sdes_take_offer(struct sdes *sdes, const struct sdp_cryptos *theirs, struct crypto_keys *keys);
void sdes_answer(const struct sdes *sdes, struct sdp_cryptos *out); /* to it; nothing when it was plain */
/* Their answer to our offer. False: with a key, but of none of those that we offered. */
bool sdes_take_answer(struct sdes *sdes, const struct sdp_cryptos *theirs, struct crypto_keys *keys);

void sdes_forget(struct sdes *sdes); /* for another peer: no key is used twice */

#endif
