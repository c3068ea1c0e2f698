/* What requests inside a dialog have in common. */
#ifndef SCCPGW_SIP_SEND_H
#define SCCPGW_SIP_SEND_H

#include "sip/dialog.h"

/* Credentials for a request on `leg`, for challenges met so far. */
void send_auth(struct dialog *dialog, struct nta_leg_s *leg, const char *method, struct auth_headers *out);

/* ACK for a 2xx to the INVITE with this CSeq. Sofia repeats it for every repetition of the 2xx. */
void send_ack(struct dialog *dialog, uint32_t cseq);

#endif
