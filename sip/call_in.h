/* Calls to us: an INVITE finds its line, waits for our answer, and becomes a dialog with the ACK. */
#ifndef SCCPGW_SIP_CALL_IN_H
#define SCCPGW_SIP_CALL_IN_H

#include "sip/dialog.h"

struct nta_incoming_s;
struct sip_s;

/* An INVITE outside of any dialog; returns the status for nta: 0, or a refusal. */
int call_in(struct sip *sip, struct nta_incoming_s *irq, const struct sip_s *request);

void call_in_ring(struct dialog *dialog);                              /* SIP_CMD_RING */
void call_in_answer(struct dialog *dialog, const struct audio *audio); /* SIP_CMD_ANSWER */

#endif
