/* YAML merge keys: `<<: *template` lends a mapping the keys it does not have itself. */
#ifndef SCCPGW_CONFIG_MERGE_H
#define SCCPGW_CONFIG_MERGE_H

#include "config/tree.h"

/* Replaces every plain `<<` of the mapping by what it names: a mapping, or a list of mappings where the first wins.
 * `budget` is what merging may still cost, in key comparisons; false when that was not enough. */
bool merge_keys(struct node *mapping, struct arena *arena, struct config_report *report, size_t *budget);

#endif
