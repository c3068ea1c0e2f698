/* Pieces of text for show_*.c: tables, times, and texts that somebody else wrote. */
#ifndef SCCPGW_GATEWAY_SHOW_TEXT_H
#define SCCPGW_GATEWAY_SHOW_TEXT_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#define SHOW_WIDTH    80
#define SHOW_DURATION 24

/* A text of the object, "" when it is absent or null. */
const char *show_get(const json_t *object, const char *key);
json_int_t show_number(const json_t *object, const char *key); /* 0 when absent */

/* "3 d 4 h", "12 s"; "" for what is no number. */
const char *show_duration(const json_t *seconds, char out[SHOW_DURATION]);

/* A line in columns: each text is padded to its width, the last one is cut at the edge. Width 0 ends the list. */
struct show_column {
        const char *title;
        unsigned width;
};
void show_row(const struct show_column *columns, const char *const *texts, FILE *to);
void show_titles(const struct show_column *columns, FILE *to);

/* "  name      text", a text longer than the line goes on below. */
void show_fact(const char *name, FILE *to, const char *format, ...) __attribute__((format(printf, 3, 4)));

void show_line_error(const json_t *line, FILE *to); /* what its PBX last had against it, if anything */

#endif
