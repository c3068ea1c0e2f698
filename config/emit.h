/* Writes nested values as YAML (blocks; lists of plain values and whatever is inside a list on one line) or as JSON. */
#ifndef SCCPGW_CONFIG_EMIT_H
#define SCCPGW_CONFIG_EMIT_H

#include <stdbool.h>
#include <stdio.h>

#define EMIT_DEPTH 12

enum emit_format { EMIT_YAML, EMIT_JSON };

struct emit {
        FILE *to;
        enum emit_format format;
        unsigned depth;
        struct emit_level {
                bool list, flow, any;
        } levels[EMIT_DEPTH];
};

/* The document is one map: opened by emit_start, closed by emit_finish. `key` is NULL for items of a list. */
void emit_start(struct emit *e, FILE *to, enum emit_format format);
void emit_finish(struct emit *e);
void emit_map(struct emit *e, const char *key);
void emit_list(struct emit *e, const char *key);
void emit_end(struct emit *e); /* of the map or list opened last */

void emit_text(struct emit *e, const char *key, const char *text); /* always in quotes */
void emit_word(struct emit *e, const char *key, const char *word); /* quoted in JSON, as it is in YAML */
void emit_raw(struct emit *e, const char *key, const char *text);  /* as it is */
void emit_number(struct emit *e, const char *key, long number);
void emit_bool(struct emit *e, const char *key, bool value);

void emit_quoted(FILE *to, const char *text); /* a text in double quotes, as YAML and JSON both read it */

#endif
