/* What one option alone cannot tell: values that do not go together. */
#ifndef SCCPGW_CONFIG_CHECK_H
#define SCCPGW_CONFIG_CHECK_H

#include "config/config.h"
#include "config/tree.h"

/* Every value is good by itself; problems are reported where they stand in the tree. */
void config_check(const struct config *config, const struct node *root, struct config_report *report);

#endif
