/* What time does to calls that stay as they are: those to be answered without a hand, the tone of one that waits, the
 * reminder of one on hold. */
#ifndef SCCPGW_GATEWAY_NUDGE_H
#define SCCPGW_GATEWAY_NUDGE_H

#include "gateway/gateway.h"

void nudge_init(struct call_slot *slot);
void nudge_settle(struct phone *phone); /* after every change */
void nudge_stop(struct call_slot *slot);

/* Could the phone ever do what is asked for? One that can be heard and spoken to in the handset only cannot, unless it
 * has a loudspeaker and shall not be spoken to. */
bool phone_may_answer_alone(const struct phone *phone, const struct alerting *alerting);

/* A call just offered whose caller wants it answered: at once, or in a while. */
void nudge_offered(struct call_slot *slot);

#endif
