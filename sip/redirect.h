/* Sending a caller elsewhere: 302 with Contact and Diversion (RFC 5806), with what the request told of its way before;
 * and the same headers where a call of ours is sent on. */
#ifndef SCCPGW_SIP_REDIRECT_H
#define SCCPGW_SIP_REDIRECT_H

#include "sip/dialog.h"

struct sip_s;

/* The final answer to an INVITE nobody answered; without effect on a call that is answered or over. */
void redirect(struct dialog *dialog, const char *number, enum sip_redirect why);

/* Our INVITE goes where the response says: it tells who sent it there. */
void redirect_followed(struct dialog *dialog, const struct sip_s *response);

#endif
