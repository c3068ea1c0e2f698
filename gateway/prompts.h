/* The texts of the display, by the core's words for them. */
#ifndef SCCPGW_GATEWAY_PROMPTS_H
#define SCCPGW_GATEWAY_PROMPTS_H

#include "gateway/gateway.h"

/* The phone's own localised text (SCCP_LABEL_..., 0: none) and what stands behind it. */
struct prompt_text {
        uint16_t label;
        const char *text;
};

struct prompt_text prompt_text(enum look_prompt prompt, const char *argument);

/* What a phone in rest should say: a line that does not work, or its usual text. `text` is that in words (for
 * comparing) and backs the result. */
struct prompt_text idle_text(const struct phone *phone, char *text, size_t size);

#endif
