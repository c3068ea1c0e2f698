/* Requests that come in outside of any dialog, by method, and the refusals for what is not done here. */
#ifndef SCCPGW_SIP_REQUEST_H
#define SCCPGW_SIP_REQUEST_H

#include "sip/room.h"

struct nta_incoming_s;
struct nta_leg_magic_s;
struct nta_leg_s;
struct sip_s;

/* For sofia: what the default leg calls; `magic` is the struct sip. */
int request_received(struct nta_leg_magic_s *magic, struct nta_leg_s *leg, struct nta_incoming_s *irq,
                     const struct sip_s *request);

/* 405, 489 or 501, as the method asks for; returns the status. */
int request_refuse(const struct sip *sip, struct nta_incoming_s *irq, const struct sip_s *request);

#endif
