/* Keys pressed in a call, in both directions: into the audio by way of the relay, beside it by way of SIP INFO, and as
 * tones to who cannot be told otherwise. Which way it is, is the core's decision (call_talk.c). */
#ifndef SCCPGW_GATEWAY_DIGITS_SIDE_H
#define SCCPGW_GATEWAY_DIGITS_SIDE_H

#include "gateway/gateway.h"

/* Tells the relay what was agreed; false: it cannot keep up. */
bool digits_side_terms(struct call_slot *slot);
void digits_side_may_come(struct call_slot *slot); /* an offer of ours goes out, or is answered */

void digits_side_say(struct call_slot *slot, char digit); /* the phone's key, in its audio, unless it does so itself */
void digits_side_inform(struct call_slot *slot,
                        char digit); /* by INFO; in a conference to all who have not agreed to more */

/* An INFO came. */
void digits_side_heard(struct call_slot *slot, char digit, unsigned ms);
/* A key was pressed at the far end. Phones show and sound nothing, as with a call manager; what hangs on an analog port
 * may be a machine that waits for tones. */
void digits_side_play(struct call_slot *slot, char digit);
void digits_side_intrusion(struct call_slot *slot); /* its phone sounds that somebody has joined the call */
void digits_side_hush(struct call_slot *slot);      /* the channel is closed, and what sounds in it goes first */
void digits_side_stop(struct call_slot *slot);      /* the slot is over */

#endif
