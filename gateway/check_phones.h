/* What only somebody who knows the phones can say of a configuration: models, key modules, and whether there are keys
 * for all buttons. */
#ifndef SCCPGW_GATEWAY_CHECK_PHONES_H
#define SCCPGW_GATEWAY_CHECK_PHONES_H

#include "config/config.h"
#include "sccp/setup.h"

/* Adds warnings, and errors for key modules nobody makes, to the report. */
void check_phones(const struct config *config, struct config_report *report);

/* A file as every command reads it: NULL when it has an error; `report` says all. */
struct config *check_file(const char *path, struct config_report *report);

bool phone_has_soft_keys(const struct sccp_model *model);

/* The key modules of a checked phone. */
void profile_addons(const struct config_phone *phone, struct sccp_profile *profile);

#endif
