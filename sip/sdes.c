/* Tags of our offers are the numbers of the suites. */
#include "sip/sdes.h"

#include <assert.h>
#include <sys/random.h>

static void key_make(struct crypto_key *key, enum crypto_suite suite)
{
        size_t len = crypto_suite_info(suite)->key_len;
        *key = (struct crypto_key){{0}};
        ssize_t made = getrandom(key->bytes, len, 0);
        assert(made == (ssize_t)len);
}

static const struct crypto_key *key_ours(struct sdes *sdes, enum crypto_suite suite)
{
        if (!sdes->made[suite])
                key_make(&sdes->ours[suite], suite);
        sdes->made[suite] = true;
        return &sdes->ours[suite];
}

static void add(struct sdes *sdes, enum crypto_suite suite, struct sdp_cryptos *out)
{
        out->at[out->n++] = (struct sdp_crypto){.tag = (uint32_t)suite, .suite = suite, .key = *key_ours(sdes, suite)};
}

void sdes_offer(struct sdes *sdes, const struct sdp_security *security, struct sdp_cryptos *out)
{
        enum crypto_suite first = sdes->agreed.suite;
        *out = (struct sdp_cryptos){0};
        if (security->policy == CRYPTO_POLICY_OFF)
                return;
        if (first != CRYPTO_NONE)
                add(sdes, first, out);
        for (enum crypto_suite suite = CRYPTO_NONE + 1; suite < CRYPTO_SUITES; suite++)
                if (suite != first && security->suites & 1u << suite)
                        add(sdes, suite, out);
}

static void agree(struct sdes *sdes, const struct sdp_crypto *theirs, struct crypto_keys *keys)
{
        *keys = (struct crypto_keys){
                .suite = theirs->suite, .send = *key_ours(sdes, theirs->suite), .receive = theirs->key};
        sdes->agreed = *keys;
}

/* Another key of theirs means that they begin anew, and so may who hears us now: it could not know our rollover count.
 */
void sdes_take_offer(struct sdes *sdes, const struct sdp_cryptos *theirs, struct crypto_keys *keys)
{
        const struct sdp_crypto *first = &theirs->at[0];
        const struct crypto_keys *before = &sdes->agreed;
        *keys = (struct crypto_keys){0};
        sdes->answer = (struct sdp_crypto){0};
        if (theirs->n == 0) {
                sdes->agreed = *keys;
                return;
        }
        if (before->suite != first->suite || !crypto_key_equal(&before->receive, &first->key))
                sdes->made[first->suite] = false;
        agree(sdes, first, keys);
        sdes->answer = (struct sdp_crypto){.tag = first->tag, .suite = first->suite, .key = keys->send};
}

void sdes_answer(const struct sdes *sdes, struct sdp_cryptos *out)
{
        *out = (struct sdp_cryptos){0};
        if (sdes->answer.suite != CRYPTO_NONE)
                out->at[out->n++] = sdes->answer;
}

bool sdes_take_answer(struct sdes *sdes, const struct sdp_cryptos *theirs, struct crypto_keys *keys)
{
        *keys = (struct crypto_keys){0};
        for (unsigned i = 0; i < theirs->n; i++) {
                const struct sdp_crypto *one = &theirs->at[i];
                if (one->tag != (uint32_t)one->suite || !sdes->made[one->suite])
                        continue;
                agree(sdes, one, keys);
                return true;
        }
        if (theirs->n > 0 || theirs->others)
                return false;
        sdes->agreed = *keys;
        return true;
}

void sdes_forget(struct sdes *sdes)
{
        crypto_wipe(sdes, sizeof *sdes);
}
