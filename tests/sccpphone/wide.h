/* G.722, with the coder of the gateway: what matters is that it is real audio, which nobody but a coder understands. */
#ifndef SCCPPHONE_WIDE_H
#define SCCPPHONE_WIDE_H

#include "gateway/media/voice.h"
#include "tone.h"

#define WIDE_MOST 1024 /* bytes at once */

struct wide {
        struct voice_encoder encoder;
        struct voice_decoder decoder;
};

void wide_start(struct wide *wide);
void wide_speak(struct wide *wide, struct tone *tone, bool muted, uint8_t *bytes, size_t len);
/* At TONE_RATE: one sample per byte. */
void wide_hear(struct wide *wide, const uint8_t *bytes, size_t len, int16_t *samples);

#endif
