/* The running gateway: owns every room's object, starts them in order and stops them in reverse. */
#ifndef SCCPGW_GATEWAY_APP_H
#define SCCPGW_GATEWAY_APP_H

#include <stdbool.h>

#include "config/config.h"

/* Runs until SIGTERM or SIGINT ended it cleanly (true), or something could not be started (false, logged).
 * `config` is borrowed. */
bool app_run(const struct config *config);

#endif
