/* "Did you mean": the one of some words that a mistyped one most likely stands for. */
#ifndef SCCPGW_CONFIG_NEAREST_H
#define SCCPGW_CONFIG_NEAREST_H

#include <stdbool.h>

struct nearest {
        const char *word; /* what was written */
        const char *best; /* NULL: nothing is near */
        unsigned distance;
};

bool nearest_offer(struct nearest *nearest, const char *candidate);   /* true: it is the best so far */
const char *nearest_word(const char *word, const char *const *words); /* of a NULL-terminated list; NULL: none near */

#endif
