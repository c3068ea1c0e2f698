/* The syntax of dial plan patterns: digits and * # + stand for themselves, x for any digit, [2-9*] for one of those,
 * . at the end for one or more of anything, ! behind it all: send at once. */
#ifndef SCCPGW_CONFIG_DIALPLAN_H
#define SCCPGW_CONFIG_DIALPLAN_H

#include <stddef.h>

/* NULL when the pattern is one; else why not, and the offset of the byte that is wrong. */
const char *dialplan_check(const char *pattern, size_t *offset);

size_t dialplan_length(const char *pattern); /* keys a good pattern takes at least */

#endif
