/* The codecs that are mixed: 8 bytes are a millisecond of each (gateway/media/rtp.h). G.711 has 8 samples of it, G.722
 * 16, by spandsp, whose G.722 passes the ITU's tests. A state of zeros is not valid: start it first. Pure, but for the
 * library's own arithmetic. */
#ifndef SCCPGW_MEDIA_VOICE_H
#define SCCPGW_MEDIA_VOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <spandsp/telephony.h> /* spandsp's headers want each other, and stdint.h, in this order */

#include <spandsp/g722.h>

#include <spandsp/private/g722.h>

#include "gateway/base/audio.h"

struct voice_decoder {
        enum codec codec;
        struct g722_decode_state_s g722; /* plain values: copying the decoder copies where it is */
};

struct voice_encoder {
        enum codec codec;
        struct g722_encode_state_s g722;
};

bool voice_is_mixed(enum codec codec);           /* one of those here */
bool voice_is_wide(enum codec codec);            /* 16 samples a millisecond */
enum codec voice_codec_of(uint8_t payload_type); /* by the static numbers of RFC 3551; CODEC_NONE: none of those here */

void voice_decoder_start(struct voice_decoder *decoder, enum codec codec);
void voice_encoder_start(struct voice_encoder *encoder, enum codec codec);

/* One sample per byte, or two of wide codecs; the encoder is given as many and writes `len` bytes. */
void voice_decode(struct voice_decoder *decoder, const uint8_t *bytes, size_t len, int16_t *samples);
void voice_encode(struct voice_encoder *encoder, const int16_t *samples, uint8_t *bytes, size_t len);

#endif
