/* The body of a MESSAGE (RFC 3428) as one line of UTF-8: what may be shown to people. Pure. */
#ifndef SCCPGW_SIP_PLAIN_TEXT_H
#define SCCPGW_SIP_PLAIN_TEXT_H

#include <stddef.h>

/* `type` and `charset` as the Content-Type says them, NULL: it does not (UTF-8 then, RFC 3261 section 20). 0 and the
 * text, line ends and other control characters made spaces; or the status to refuse it with: 415 no plain text in a
 * character set we know, 400 nothing in it or not what its character set says, 413 longer than `size` takes. */
int plain_text_read(const char *type, const char *charset, const char *body, size_t len, char *out, size_t size);

#endif
