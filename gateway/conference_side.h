/* Conferences towards the relay's mixer, and the calls of one phone that hear of each other because of them. */
#ifndef SCCPGW_GATEWAY_CONFERENCE_SIDE_H
#define SCCPGW_GATEWAY_CONFERENCE_SIDE_H

#include "gateway/gateway.h"

/* How many sides of streams may speak in conferences at once. */
size_t conference_side_members(uint32_t calls);

bool conference_side_seat(struct call_slot *slot, enum call_side side); /* false: no seat to be had */
void conference_side_unseat(struct call_slot *slot, enum call_side side);
void conference_side_heir(struct call_slot *slot);  /* this call was the host, and is over */
bool conference_side_bring(struct call_slot *slot); /* false: its partner does not come */
void conference_side_settle(struct phone *phone);   /* after every event, before it is shown */

#endif
