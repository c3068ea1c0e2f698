/* A problem of the configuration as a line of the log. */
#ifndef SCCPGW_GATEWAY_PROBLEM_H
#define SCCPGW_GATEWAY_PROBLEM_H

#include "config/config.h"

void problem_log(const struct config_problem *problem);

#endif
