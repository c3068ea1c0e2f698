/* Memory that is given back all at once: a configuration, a report, the tree of a file being read. */
#ifndef SCCPGW_CONFIG_ARENA_H
#define SCCPGW_CONFIG_ARENA_H

#include <stddef.h>

struct arena {
        struct arena_block *newest;
};

void *arena_alloc(struct arena *arena, size_t size);                 /* zeroed, aligned for any type, never NULL */
char *arena_text(struct arena *arena, const char *text, size_t len); /* a copy with a NUL after it */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arena_free(struct arena *arena); /* leaves it empty and usable */

#endif
