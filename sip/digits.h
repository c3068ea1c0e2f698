/* Keys beside the audio: INFO (RFC 6086, in the old way without packages that everybody has). */
#ifndef SCCPGW_SIP_DIGITS_H
#define SCCPGW_SIP_DIGITS_H

#include "sip/dialog.h"

struct nta_incoming_s;
struct sip_s;

/* One INFO at a time, so that keys arrive in their order. In an early dialog it goes to the one heard of last; without
 * any, nobody is there to hear it. */
void digits_send(struct dialog *dialog, char digit, unsigned ms);
void digits_clear(struct dialog *dialog);

int digits_received(struct dialog *dialog, struct nta_incoming_s *irq, const struct sip_s *sip);

#endif
