/* NOTIFY: of our subscriptions, and what a PBX says of voicemail without being asked. */
#ifndef SCCPGW_SIP_NOTIFY_H
#define SCCPGW_SIP_NOTIFY_H

#include "sip/room.h"

struct nta_incoming_s;
struct sip_s;

#define NOTIFY_ALLOW_EVENTS "message-summary, dialog, presence"

/* Answers in full, inside a dialog or not; returns the status. */
int notify_received(struct sip *sip, struct nta_incoming_s *irq, const struct sip_s *request);

#endif
