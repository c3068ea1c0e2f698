/* Barge: a phone has joined a call of another phone of its line, by its shadow of that call (shared.h). Both phones and
 * the far end speak in the mixer. Facts: field-guide 2.2; what CallManager calls barge by built-in bridge. */
#ifndef SCCPGW_GATEWAY_BARGE_H
#define SCCPGW_GATEWAY_BARGE_H

#include "gateway/gateway.h"

/* The call's own sides speak in the mixer as long as somebody has joined. */
void barge_mix(struct call_slot *of);

/* Whoever is in the call hears that the phone of `shadow` has joined it, once. */
void barge_announce(struct call_slot *shadow, struct call_slot *of);

/* Its user hangs up: who has joined goes on with the far end. The phone that has to be settled then, for the call to
 * come to it; NULL: nobody has joined, and the call ends. */
struct phone *barge_bequeath(struct call_slot *of);

#endif
