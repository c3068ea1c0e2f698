/* A row per codec. */
#include "gateway/media/voice.h"

#include <spandsp/vector_int.h>

#include <assert.h>

#include "gateway/media/g711.h"

enum { G722_RATE = 64000, G722_WIDE_OPTIONS = 0, SAMPLES_WIDE = 2 };

/* spandsp's filters call this one function outside of its g722.c; it is defined here so that the linker takes ours. In
 * the static library of spandsp 0.0.6 the original is MMX assembly that destroys a register its caller goes on to use
 * (in the shared one the compiler cannot assume so much): G.722 of it is noise, or ends the program. */
int32_t vec_circular_dot_prodi16(const int16_t x[], const int16_t y[], int n, int pos)
{
        int32_t sum = 0;
        for (int i = pos; i < n; i++)
                sum += x[i] * y[i - pos];
        for (int i = 0; i < pos; i++)
                sum += x[i] * y[n - pos + i];
        return sum;
}

bool voice_is_mixed(enum codec codec)
{
        return codec == CODEC_PCMU || codec == CODEC_PCMA || codec == CODEC_G722;
}

bool voice_is_wide(enum codec codec)
{
        return codec == CODEC_G722;
}

enum codec voice_codec_of(uint8_t payload_type)
{
        for (enum codec codec = CODEC_NONE + 1; codec < CODECS; codec++)
                if (voice_is_mixed(codec) && codec_info(codec)->payload_type == payload_type)
                        return codec;
        return CODEC_NONE;
}

void voice_decoder_start(struct voice_decoder *decoder, enum codec codec)
{
        assert(voice_is_mixed(codec));
        *decoder = (struct voice_decoder){.codec = codec};
        if (voice_is_wide(codec))
                g722_decode_init(&decoder->g722, G722_RATE, G722_WIDE_OPTIONS);
}

void voice_encoder_start(struct voice_encoder *encoder, enum codec codec)
{
        assert(voice_is_mixed(codec));
        *encoder = (struct voice_encoder){.codec = codec};
        if (voice_is_wide(codec))
                g722_encode_init(&encoder->g722, G722_RATE, G722_WIDE_OPTIONS);
}

void voice_decode(struct voice_decoder *decoder, const uint8_t *bytes, size_t len, int16_t *samples)
{
        if (voice_is_wide(decoder->codec)) {
                g722_decode(&decoder->g722, samples, bytes, (int)len);
                return;
        }
        int16_t (*decode)(uint8_t byte) = decoder->codec == CODEC_PCMA ? alaw_decode : ulaw_decode;
        for (size_t i = 0; i < len; i++)
                samples[i] = decode(bytes[i]);
}

void voice_encode(struct voice_encoder *encoder, const int16_t *samples, uint8_t *bytes, size_t len)
{
        if (voice_is_wide(encoder->codec)) {
                g722_encode(&encoder->g722, bytes, samples, (int)(len * SAMPLES_WIDE));
                return;
        }
        uint8_t (*encode)(int16_t sample) = encoder->codec == CODEC_PCMA ? alaw_encode : ulaw_encode;
        for (size_t i = 0; i < len; i++)
                bytes[i] = encode(samples[i]);
}
