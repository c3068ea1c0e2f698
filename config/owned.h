/* What config_load hands out is the first member of this: the memory behind a configuration, and where in its files
 * those options stand that only the next start can change. */
#ifndef SCCPGW_CONFIG_OWNED_H
#define SCCPGW_CONFIG_OWNED_H

#include "config/arena.h"
#include "config/config.h"

struct option_place {
        const char *name; /* "admin.http" */
        struct config_place place;
        struct option_place *next;
};

struct owned_config {
        struct config config;
        struct arena arena;
        struct option_place *places;
};

/* Of a configuration of config_load; file NULL: the files do not say it. */
struct config_place owned_place(const struct config *config, const char *name);

#endif
