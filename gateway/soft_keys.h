/* The soft keys of the configuration in the words of sccp/: a struct for each name under softkeys. */
#ifndef SCCPGW_GATEWAY_SOFT_KEYS_H
#define SCCPGW_GATEWAY_SOFT_KEYS_H

#include "config/config.h"
#include "sccp/softkeys.h"

/* One for each of config->softkeys, in their order; to be freed with free(). NULL: out of memory. */
struct sccp_soft_keys *soft_keys_new(const struct config *config);

/* Adds errors for keys nobody knows to the report, and for more of them than a phone can be told. */
void soft_keys_check(const struct config *config, struct config_report *report);

#endif
