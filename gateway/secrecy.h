/* SRTP of the gateway as a whole: whether the machine can do it, and which suites. */
#ifndef SCCPGW_SECRECY_H
#define SCCPGW_SECRECY_H

#include "gateway/gateway.h"

/* Before the relay and the SIP side: finds gateway->srtp_suites and says so in the log. False with a sentence in `why`
 * when nothing can be encrypted here. */
bool secrecy_start(struct gateway *gateway, char *why, size_t why_size);

#endif
