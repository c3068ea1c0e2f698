/* Transfer by the peer (RFC 3515): it asks us to call somebody else, perhaps in the place of a call it has with them,
 * and is told what becomes of that. */
#ifndef SCCPGW_SIP_REFERRED_H
#define SCCPGW_SIP_REFERRED_H

#include "sip/dialog.h"

struct nta_incoming_s;
struct sip_s;

/* A REFER inside the dialog; returns the status it is answered with. */
int referred_received(struct dialog *dialog, struct nta_incoming_s *irq, const struct sip_s *sip);

/* No effect when nobody waits for it. */
void referred_news(struct dialog *dialog, int status);

void referred_clear(struct dialog *dialog); /* at the end of the dialog */

#endif
