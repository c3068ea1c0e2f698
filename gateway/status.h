/* Status, metrics and control: the control socket, the HTTP port, and the one table of verbs both serve. */
#ifndef SCCPGW_GATEWAY_STATUS_H
#define SCCPGW_GATEWAY_STATUS_H

#include "gateway/gateway.h"

#define STATUS_REASONS_MAX 8

/* A socket or port that cannot be had is a warning and no reason not to run. False: no memory. */
bool status_start(struct gateway *gateway);
void status_stop(struct gateway *gateway);
void status_token_set(struct gateway *gateway); /* the configuration has another one */

/* Why the gateway is not ready for phones; 0: it is. */
size_t status_reasons(const struct gateway *gateway, const char *reasons[STATUS_REASONS_MAX]);

#endif
