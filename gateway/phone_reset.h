/* Phones that a reload touches: those that have to hear it are reset when nothing hangs on them, get the lines and keys
 * of the new configuration while they are away, and come back; those that are not in it any more go for good. */
#ifndef SCCPGW_GATEWAY_PHONE_RESET_H
#define SCCPGW_GATEWAY_PHONE_RESET_H

#include "gateway/gateway.h"

/* All with reset_due. Not from inside a callback of one of them; phone_reset_soon() is for that. */
void phone_reset_due(struct gateway *gateway);
void phone_reset_soon(struct gateway *gateway);

/* A phone that the configuration has and the gateway has not yet. */
void phone_reset_add(struct gateway *gateway, const struct config_phone *config);

/* One of them asks to register. False: it is to go, and is gone. */
bool phone_reset_admit(struct phone *phone);

#endif
