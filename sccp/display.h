/* Texts for the display as messages: in the form its protocol version has, in its characters, and only what its model
 * shows. Pure. */
#ifndef SCCPGW_SCCP_DISPLAY_H
#define SCCPGW_SCCP_DISPLAY_H

#include "sccp/charset.h"
#include "sccp/schema.h"

/* Who reads it. */
struct sccp_reader {
        const struct sccp_model *model;
        unsigned version; /* negotiated */
        const struct sccp_charset *charset;
};

/* The phone's own text `label` (SCCP_LABEL_..., 0: none), then `text` in UTF-8. False when this phone would show
 * nothing of it: there is nothing to send. Line 0 and call 0: the text of a phone in rest. */
bool sccp_prompt(struct sccp_message *out, const struct sccp_reader *reader, uint32_t line, uint32_t call_ref,
                 uint16_t label, const char *text);
bool sccp_notice(struct sccp_message *out, const struct sccp_reader *reader, unsigned timeout_s, uint16_t label,
                 const char *text);
bool sccp_banner(struct sccp_message *out, const struct sccp_reader *reader, unsigned timeout_s, uint32_t priority,
                 uint16_t label, const char *text);

#endif
