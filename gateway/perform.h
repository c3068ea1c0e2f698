/* What the core's actions mean outside: messages to the phone, commands to the SIP side, streams of the relay. */
#ifndef SCCPGW_GATEWAY_PERFORM_H
#define SCCPGW_GATEWAY_PERFORM_H

#include "gateway/gateway.h"

/* Performs the actions in order. False when one failed: `failure` is then the call's next event. */
bool perform(struct call_slot *slot, const struct actions *actions, struct event *failure);

#endif
