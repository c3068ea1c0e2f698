/* REGISTER from softphones: the open registrar of a gateway without a PBX (RFC 3261 section 10.3). */
#ifndef SCCPGW_SIP_REGISTRAR_H
#define SCCPGW_SIP_REGISTRAR_H

#include "sip/room.h"

struct nta_incoming_s;
struct sip_s;

/* Answers in full, 405 when this gateway is no registrar; returns the status. */
int registrar_received(struct sip *sip, struct nta_incoming_s *irq, const struct sip_s *request);

#endif
