/* What the SIP side is told and tells about the lines of a traced phone: one line each, no secrets. */
#ifndef SCCPGW_GATEWAY_TRACE_SIP_H
#define SCCPGW_GATEWAY_TRACE_SIP_H

#include "gateway/gateway.h"

/* Both cheap while there is no trace. */
void trace_sip_command(struct gateway *gateway, const struct sip_command *command);
void trace_sip_event(struct gateway *gateway, const struct sip_event *event);

#endif
