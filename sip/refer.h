/* Transfer out of a dialog (RFC 3515): the peer is asked to call somebody else, or the far end of another dialog of
 * ours in our place (RFC 3891), and tells how far it has come. */
#ifndef SCCPGW_SIP_REFER_H
#define SCCPGW_SIP_REFER_H

#include "sip/dialog.h"

struct nta_incoming_s;
struct sip_s;

/* What the peer says of itself in a request, or in its 2xx: does it know REFER (Allow)? One that does not say may. */
void refer_learn(struct dialog *dialog, const struct sip_s *sip);

/* `target` NULL: to `number`. A peer that does not know REFER is not asked: 405. The outcome comes in
 * SIP_TRANSFER_NEWS; one transfer at a time. */
void refer_send(struct dialog *dialog, struct dialog *target, const char *number);

/* The ACK of our 2xx has come: what was to be sent before goes out now. The peer may not have known the dialog yet. */
void refer_acked(struct dialog *dialog);

/* To the focus `focus` is with: its Contact says where (RFC 4579 section 5.4), or if that is no focus's, to where it
 * was called. NULL: it is gone. */
void refer_to_focus(struct dialog *dialog, const struct dialog *focus);

/* A NOTIFY inside the dialog; returns the status it is answered with. */
int refer_notified(struct dialog *dialog, struct nta_incoming_s *irq, const struct sip_s *sip);

void refer_clear(struct dialog *dialog); /* at the end of the dialog */

/* The user of the Contact in such a body, "" without one: where a parked call can be fetched (RFC 5359 section 2.14).
 */
void refer_where(const char *body, size_t len, char out[SIP_NUMBER_MAX]);

/* The status of a message/sipfrag body (RFC 3420), 0 when there is none. `reason` gets its phrase. */
int refer_fragment(const char *body, size_t len, char reason[SIP_REASON_MAX]);

#endif
