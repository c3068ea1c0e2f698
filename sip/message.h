/* Texts to lines: MESSAGE requests (RFC 3428), outside dialogs and in them. */
#ifndef SCCPGW_SIP_MESSAGE_H
#define SCCPGW_SIP_MESSAGE_H

#include "sip/room.h"

struct account;
struct nta_incoming_s;
struct sip_s;

/* For request.c: by the line's contact, or its number without a PBX. */
int message_received(struct sip *sip, struct nta_incoming_s *irq, const struct sip_s *request);

/* For inside.c: to the line of the dialog; NULL: it is gone. */
int message_to(struct sip *sip, struct account *account, struct nta_incoming_s *irq, const struct sip_s *request);

#endif
