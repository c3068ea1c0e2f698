/* The dial plan of the configuration in the words of the core. */
#ifndef SCCPGW_GATEWAY_DIAL_PLAN_H
#define SCCPGW_GATEWAY_DIAL_PLAN_H

#include "gateway/gateway.h"

bool dial_plan_make(struct gateway *gateway); /* gateway->plan, anew; false: no memory, the old one's rules are gone */
void dial_plan_free(struct gateway *gateway);

#endif
