/* Requests inside a dialog, by method. */
#ifndef SCCPGW_SIP_INSIDE_H
#define SCCPGW_SIP_INSIDE_H

#include "sip/dialog.h"

struct nta_incoming_s;
struct nta_leg_s;
struct sip_s;

/* For sofia: what a dialog's leg calls. */
int inside_received(struct dialog *dialog, struct nta_leg_s *leg, struct nta_incoming_s *irq, const struct sip_s *sip);

#endif
