/* Text for phones: UTF-8 in, the bytes a phone can show out. A phone without the UTF-8 feature bit wants one set of
 * characters, ISO 8859-1 unless its owner says otherwise, and garbles the whole line when it gets another
 * (protocol/README section 3, flows 21). */
#ifndef SCCPGW_SCCP_CHARSET_H
#define SCCPGW_SCCP_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sccp/models.h"

/* A character beyond ASCII: one byte, or two with the first in the high half. */
struct sccp_code {
        uint16_t character, code;
};

struct sccp_charset {
        const char *name;
        bool utf8;
        bool latin1;                   /* U+00A0 to U+00FF are their own bytes */
        const struct sccp_code *codes; /* of any other set, in order of characters; no code begins with 0x80 */
        size_t n_codes;
};

extern const struct sccp_charset sccp_utf8, sccp_latin1;

/* Writes `from` for a phone, cut between characters, always with a NUL; false when it was cut. Letters the set lacks
 * become near ones ("Łódź" is "Lódz" in ISO 8859-1, "Lodz" in ISO 8859-5). What is no UTF-8 becomes '?', and so do
 * control characters: a caller's name cannot hold the label codes 0x80 and 0x1E. NULL counts as "". */
bool sccp_text_put(char *to, size_t size, const char *from, const struct sccp_charset *charset);

#define SCCP_LABEL_NEWER(new_label) (0x100 | (new_label)) /* of the second table, SCCP_NEW_LABEL_... */

/* A prompt: the phone's own text `label` (SCCP_LABEL_..., or from the second table; 0 for none), then `text`. False
 * when this model shows nothing of it, and `to` is empty: it has no prompt line, or shows only labels and there is
 * none. */
bool sccp_prompt_put(char *to, size_t size, const struct sccp_model *model, const struct sccp_charset *charset,
                     uint16_t label, const char *text);

#endif
