/* Text for phones: UTF-8 in, the bytes a phone can show out. A phone without the UTF-8 feature bit wants ISO 8859-1 and
 * garbles the whole line otherwise (protocol/README section 3, flows 21). */
#ifndef SCCPGW_SCCP_CHARSET_H
#define SCCPGW_SCCP_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sccp/models.h"

/* Writes `from` for a phone, cut between characters, always with a NUL; false when it was cut. For ISO 8859-1 letters
 * it lacks become near ones ("Łódź" is "Lódz"). What is no UTF-8 becomes '?', and so do control characters: a caller's
 * name cannot hold the label codes 0x80 and 0x1E. NULL counts as "". */
bool sccp_text_put(char *to, size_t size, const char *from, bool utf8);

/* A prompt: the phone's own text `label` (SCCP_LABEL_..., 0 for none), then `text`. False when this model shows nothing
 * of it, and `to` is empty: it has no prompt line, or shows only labels and there is none. */
bool sccp_prompt_put(char *to, size_t size, const struct sccp_model *model, bool utf8, uint8_t label, const char *text);

#endif
