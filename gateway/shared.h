/* Lines that several phones share: what one phone is in, the others show. Every call that can be seen has a shadow on
 * each of the other phones that are there; from a shadow it is taken to that phone, or joined (core/call_remote.c). */
#ifndef SCCPGW_GATEWAY_SHARED_H
#define SCCPGW_GATEWAY_SHARED_H

#include "gateway/gateway.h"

void shared_phone_up(struct phone *phone); /* it sees at once what the others are in */

/* In bridge_settle(): first what its user wants of other phones' calls; then, when the phone was shown what changed,
 * the others are. */
void shared_take(struct phone *phone);
void shared_follow(struct phone *phone);

void shared_shadow(struct call_slot *slot, const struct call_slot *of); /* a leg whose caller is answered there */

#endif
