/* The running gateway: owns every room's object, starts them in order and stops them in reverse. */
#ifndef SCCPGW_GATEWAY_APP_H
#define SCCPGW_GATEWAY_APP_H

#include <stdbool.h>

#include "config/config.h"

/* Runs until SIGTERM or SIGINT ended it cleanly (true), or something could not be started (false, logged).
 * Takes `config` over; it came from the file `path`, which is read again when it is to be reloaded. */
bool app_run(struct config *config, const char *path);

#endif
