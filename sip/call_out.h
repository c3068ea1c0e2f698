/* Calls we make: where they go, INVITE until its final answer, forks, challenges, redirections. */
#ifndef SCCPGW_SIP_CALL_OUT_H
#define SCCPGW_SIP_CALL_OUT_H

#include "sip/dialog.h"

void call_out(struct sip *sip, const struct sip_command *command); /* SIP_CMD_INVITE */

#endif
