/* Files to one tree: reads a configuration, joins what it includes, answers !env and !secret. */
#ifndef SCCPGW_CONFIG_LOAD_H
#define SCCPGW_CONFIG_LOAD_H

#include "config/tree.h"

#define LOAD_BYTES_MAX (4u << 20) /* all files together */
#define LOAD_FILES_MAX 256
#define LOAD_DEPTH_MAX 8 /* includes within includes */

struct loader {
        struct arena *arena; /* of the tree */
        struct config_report *report;
        const char *folder; /* where secrets.yaml is looked for; NULL: nowhere */
        size_t bytes;
        unsigned n_sources;
        bool incomplete; /* a file is missing from the tree; why is reported */
        bool secrets_read;
        const struct node *secrets;
};

/* Both return the root mapping, or NULL when there is none. */
struct node *load_file(struct loader *loader, const char *path);
struct node *load_text(struct loader *loader, const char *name, const char *text, size_t len);

#endif
