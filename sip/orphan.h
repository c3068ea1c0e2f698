/* Our re-INVITE or UPDATE that is out when the dialog ends. The peer still answers it, often with a 200 that crossed
 * the BYE: that one is acknowledged like any other, or it is repeated for half a minute (RFC 3261 sections 13.2.2.4,
 * 15). */
#ifndef SCCPGW_SIP_ORPHAN_H
#define SCCPGW_SIP_ORPHAN_H

#include "sip/dialog.h"

#define ORPHAN_WAIT_MS 32000 /* 64 * T1: a peer that is silent for longer is gone */

struct nta_outgoing_s;
struct sip_s;

/* The dialog wants no answer to its request any more: an INVITE is kept until it has one, all else is forgotten. */
void orphan_make(struct dialog *dialog);

/* Is `request` one that nobody waits for? Then this was all about its answer. */
bool orphan_answered(struct dialog *dialog, const struct nta_outgoing_s *request, const struct sip_s *sip);

void orphan_drop(struct dialog *dialog);

#endif
