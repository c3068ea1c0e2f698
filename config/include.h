/* `include:` - other files become part of this one. */
#ifndef SCCPGW_CONFIG_INCLUDE_H
#define SCCPGW_CONFIG_INCLUDE_H

#include "config/load.h"

/* The tree of a source with everything it includes, in load.c: the two call each other. */
struct node *load_source(struct loader *loader, const struct source *source);

/* Takes `include` out of the root and joins the files it names. Sections are joined; an option, line or phone that both
 * have is an error. */
void include_join(struct loader *loader, const struct source *source, struct node *root);

#endif
