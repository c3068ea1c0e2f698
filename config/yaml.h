/* YAML text to a tree. The only file that knows libfyaml; nothing of it survives the call. */
#ifndef SCCPGW_CONFIG_YAML_H
#define SCCPGW_CONFIG_YAML_H

#include "config/tree.h"

#define YAML_DEPTH_MAX   32
#define YAML_ANCHORS_MAX 1000
#define YAML_MERGED_MAX  10000000 /* key comparisons that all `<<` of a file may cost */

struct yaml {
        struct node *root;                 /* NULL: an empty file */
        struct node *tagged, *last_tagged; /* every text with a tag, linked by next_tagged in their order */
};

/* Anchors, aliases and merge keys are resolved and duplicate keys reported; tags are left to the caller. False: the
 * text is no YAML (or hostile), the report says where, and `out` is not to be used. */
bool yaml_read(const struct source *source, struct arena *arena, struct config_report *report, struct yaml *out);

#endif
