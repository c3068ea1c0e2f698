/* SRTP between a phone and the relay (media.phone_srtp): keys made here for every channel of a phone that came over
 * TLS, told it in the messages that open the channel, and to the relay. */
#ifndef SCCPGW_PHONE_SECRET_H
#define SCCPGW_PHONE_SECRET_H

#include "gateway/gateway.h"

/* Its next channel gets keys, if it is one to the relay. The phone is there. */
bool phone_secret_due(const struct phone *phone);

/* The phone's receive channel is about to be opened: slot->phone_keys are new ones, or none. False, and said: it would
 * have to be in the clear, which is not allowed. */
bool phone_secret_open(struct call_slot *slot);

/* The phone is about to be told to send. The second time on one channel it is another key, as it may begin to count from
 * anywhere. False as relay_secure. */
bool phone_secret_send(struct call_slot *slot);

/* One of the keys as messages have it. */
struct sccp_media_key phone_secret_key(const struct call_slot *slot, const struct crypto_key *key);

/* The phone refused the channel. True: because of the key, so that it is to be opened again, in the clear from now on.
 */
bool phone_secret_refused(struct call_slot *slot);

/* All that is heard in the call is encrypted on the way to and from the gateway: on the phone's side, on the far side,
 * and on those of others in the same conference. */
bool phone_secret_all(const struct call_slot *slot);

#endif
