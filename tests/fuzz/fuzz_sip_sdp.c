/* Any bytes as a session description: refused with a sentence, or what was understood can be written and read again. */
#include <assert.h>
#include <string.h>

#include "sip/sdp.h"

static void check_audio(const struct audio *audio, const struct sdp_shape *shape)
{
        assert(audio->n_codecs > 0 && audio->n_codecs <= AUDIO_CODECS_MAX);
        assert(audio->rtp.port != 0 && audio->rtp.ip.family != 0);
        assert(shape->n_media > 0 && shape->n_media <= SDP_MEDIA_MAX && shape->audio < shape->n_media);
        for (unsigned i = 0; i < audio->n_codecs; i++)
                assert(codec_info(audio->codecs[i].codec) && audio->codecs[i].payload_type < 128);
}

/* Field by field: the bytes between the fields are nobody's. */
static void check_equal(const struct audio *a, const struct audio *b)
{
        assert(a->n_codecs == b->n_codecs && a->direction == b->direction);
        assert(a->dtmf_payload_type == b->dtmf_payload_type && a->packet_ms == b->packet_ms &&
               a->packet_max_ms == b->packet_max_ms);
        assert(endpoint_equal(&a->rtp, &b->rtp));
        for (unsigned i = 0; i < a->n_codecs; i++)
                assert(a->codecs[i].codec == b->codecs[i].codec &&
                       a->codecs[i].payload_type == b->codecs[i].payload_type);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Keys that were understood are written as they were. */
static void check_cryptos(const struct sdp_cryptos *a, const struct sdp_cryptos *b)
{
        assert(a->n == b->n && a->n <= SDP_CRYPTOS_MAX && !b->others);
        for (unsigned i = 0; i < a->n; i++)
                assert(crypto_suite_info(a->at[i].suite) && a->at[i].suite == b->at[i].suite &&
                       a->at[i].tag == b->at[i].tag && crypto_key_equal(&a->at[i].key, &b->at[i].key));
}

static void check_security(const struct sdp_security *security, const uint8_t *data, size_t size)
{
        struct audio audio, again;
        struct sdp_shape shape, shape_again;
        struct sdp_cryptos cryptos = {0}, cryptos_again = {0};
        struct sdp_session session = {.id = 1};
        char text[SDP_TEXT_SIZE];
        const char *problem = sdp_read((const char *)data, size, security, &audio, &shape, &cryptos);
        if (problem) {
                assert(*problem && audio.n_codecs == 0 && cryptos.n == 0);
                return;
        }
        check_audio(&audio, &shape);
        assert(security->policy != CRYPTO_POLICY_OFF || cryptos.n == 0);
        assert(security->policy != CRYPTO_POLICY_REQUIRED || cryptos.n > 0);
        size_t len = sdp_write(&audio, &shape, &cryptos, &session, text);
        assert(len == strlen(text) && !sdp_read(text, len, security, &again, &shape_again, &cryptos_again));
        check_equal(&audio, &again);
        check_cryptos(&cryptos, &cryptos_again);
        assert(shape_again.n_media == shape.n_media && shape_again.audio == shape.audio);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        for (enum crypto_policy policy = CRYPTO_POLICY_OFF; policy <= CRYPTO_POLICY_REQUIRED; policy++) {
                struct sdp_security all = {policy, ~0u}, one = {policy, 1u << CRYPTO_AES_CM_128_HMAC_SHA1_80};
                check_security(&all, data, size);
                check_security(&one, data, size);
        }
        return 0;
}
