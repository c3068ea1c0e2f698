/* One JSON object in one line, of texts, numbers and objects in it. Texts may be anything: controls are escaped, bytes
 * that are no UTF-8 become U+FFFD. What does not fit is left out whole, and the object stays one. */
#ifndef SCCPGW_BASE_JSONL_H
#define SCCPGW_BASE_JSONL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSONL_SIZE 2048

struct jsonl {
        char text[JSONL_SIZE];
        size_t len;
        unsigned depth;
};

void jsonl_begin(struct jsonl *line);
void jsonl_text(struct jsonl *line, const char *key, const char *value); /* NULL: nothing is added */
void jsonl_number(struct jsonl *line, const char *key, int64_t value);
void jsonl_time(struct jsonl *line, const char *key, int64_t ms); /* since 1970: "2026-11-28T12:00:00.123Z" */
void jsonl_open(struct jsonl *line, const char *key);             /* an object in it */
void jsonl_close(struct jsonl *line);
void jsonl_end(struct jsonl *line); /* closes all, with a line end behind it */

#endif
