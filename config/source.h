/* The bytes of a file, before anything is made of them. */
#ifndef SCCPGW_CONFIG_SOURCE_H
#define SCCPGW_CONFIG_SOURCE_H

#include "config/load.h"

/* A source for the file, read whole; NULL: reported at `where`, or at the file itself when that has no source.
 * Only regular files may be included, the first may also be a pipe. `mode` (may be NULL) gets its permissions. */
struct source *source_open(struct loader *loader, const char *path, struct place where, unsigned *mode);
/* Gives the source its text, copied. */
void source_fill(struct loader *loader, struct source *source, const char *text, size_t len);
struct source *source_new(struct loader *loader, const char *name, const char *folder);

/* Takes what no YAML is off libfyaml's hands: bytes that are not UTF-8, NUL. False: reported. */
bool source_is_text(const struct source *source, struct config_report *report);

const char *path_folder(struct arena *arena, const char *path);                   /* "." when it has none */
const char *path_join(struct arena *arena, const char *folder, const char *path); /* an absolute path stays alone */

#endif
