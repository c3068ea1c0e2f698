/* The character sets of phones as tables, each made once with iconv(3) when the first phone needs it. */
#ifndef SCCPGW_SCCP_CHARSETS_H
#define SCCPGW_SCCP_CHARSETS_H

#include "sccp/charset.h"

struct charsets_entry;

/* All zeros is empty. */
struct charsets {
        struct charsets_entry *first;
};

/* The set of that name (gateway/base/charset.h); NULL and "" are ISO 8859-1, and so is, after one warning, a set this
 * machine cannot make. Valid until charsets_clear. */
const struct sccp_charset *charsets_find(struct charsets *charsets, const char *name);
void charsets_clear(struct charsets *charsets);

#endif
