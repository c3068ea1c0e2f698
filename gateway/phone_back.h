/* Calls that waited for their phone. One that was talked in is shown with its audio on only if its user still talks: a
 * moment after it registered we know whether it goes on sending. Phones come back when their call is over, as a rule,
 * and nobody wants an open microphone on a desk. */
#ifndef SCCPGW_GATEWAY_PHONE_BACK_H
#define SCCPGW_GATEWAY_PHONE_BACK_H

#include "gateway/gateway.h"

void phone_back(struct phone *phone);        /* it has registered */
void phone_back_forget(struct phone *phone); /* it has gone again */

#endif
