/* The character sets phones may want their text in, by the names people write. Constant data. */
#ifndef SCCPGW_BASE_CHARSET_H
#define SCCPGW_BASE_CHARSET_H

#include <stddef.h>

struct charset_name {
        const char *name;  /* as configuration has it: "iso8859-5" */
        const char *iconv; /* as iconv(3) has it: "ISO-8859-5" */
};

/* All of them; NULL behind the last. */
const struct charset_name *charset_at(size_t index);

/* Case does not matter; NULL: unknown. */
const struct charset_name *charset_by_name(const char *name);

#endif
