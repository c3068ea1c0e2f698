/* A configuration in use, and what is made of it once. Reloading puts another one in its place; who still points into
 * the old one holds it, and it goes with its last holder. */
#ifndef SCCPGW_GATEWAY_SETTINGS_H
#define SCCPGW_GATEWAY_SETTINGS_H

#include "config/config.h"
#include "sccp/softkeys.h"

struct settings {
        struct config *config;            /* owned */
        struct sccp_soft_keys *soft_keys; /* as in config */
        unsigned holders;
};

struct settings *settings_new(struct config *config); /* takes it over; held once. NULL: no memory, and it is freed */
struct settings *settings_hold(struct settings *settings);
void settings_let_go(struct settings *settings); /* NULL is none */

#endif
