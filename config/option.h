/* The option table as data: what may stand where, of which kind, within which limits, and what holds when it is absent.
 * Reading, defaults, printing, masking, the JSON Schema and the reference all walk it; the rows are in options.def. */
#ifndef SCCPGW_CONFIG_OPTION_H
#define SCCPGW_CONFIG_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "config/kind.h"

/* What a change of the option in a running gateway costs. */
enum option_cost { LIVE, REREGISTER, RESET_PHONE, RESTART };

struct option {
        const char *name; /* NULL ends a list of options */
        const struct kind *kind;
        size_t place;          /* of the value (of a list: of its pointer) in the struct of the scope */
        size_t size;           /* of what is at place */
        size_t second;         /* place of a range's end or of a list's count */
        long min, max;         /* of the number, of the characters of a text, of the items of a list */
        unsigned port;         /* of an address written without one */
        const char *preset;    /* what holds when absent, as one would write it; items of lists with commas between */
        const char *otherwise; /* the same in words, where it depends on something else */
        const char *example;
        const char *const *words;  /* KIND word: the choices by value, NULL-terminated */
        const struct scope *scope; /* of what stands below, where that is options again */
        enum option_cost cost;
        bool required, secret;
        const char *help;
};

/* The options of one mapping, and the struct they fill. */
struct scope {
        const char *id;   /* a word, for the schema */
        const char *name; /* as the reference calls it: "sccp", "phones.NAME" */
        const char *help;
        const struct option *(*options)(void); /* their rows; one with name NULL ends them */
};

extern const struct scope *const option_scopes[]; /* all, the root first, NULL-terminated */

const char *option_cost_text(enum option_cost cost); /* "a restart" */

/* The option of the scope with that name, or NULL. */
const struct option *option_find(const struct scope *scope, const char *name);

#endif
