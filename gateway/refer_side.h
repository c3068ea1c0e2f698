/* Transfers on the SIP side of the gateway: ours to others, theirs to us, and calls that take another one's place. */
#ifndef SCCPGW_GATEWAY_REFER_SIDE_H
#define SCCPGW_GATEWAY_REFER_SIDE_H

#include "gateway/gateway.h"

/* To the far end of another call, or (NULL) to call.transfer_to. */
void refer_side_transfer(struct call_slot *slot, const struct call_slot *target);

/* SIP_REFERRED: the far end of a call wants us to call somebody else. */
void refer_side_referred(struct gateway *gateway, const struct sip_event *event);

/* SIP_INCOMING that takes the place of a call; then the core says which of the two: its dialog ends and the new one is
 * its dialog, or the new one is refused. */
void refer_side_replacement(struct gateway *gateway, const struct sip_event *event);
void refer_side_replace(struct call_slot *slot);
void refer_side_refuse(struct call_slot *slot, int status);

/* The call is to the PBX's focus, at that URI. False: no memory. */
bool refer_side_focus(struct call_slot *slot, const char *uri);
void refer_side_arrived(struct call_slot *focus, const char *name);
void refer_side_forget(struct call_slot *slot); /* at the end of the call */

#endif
