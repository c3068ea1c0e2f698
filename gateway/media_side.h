/* What the relay tells of calls, for logs, metrics and answers. */
#ifndef SCCPGW_GATEWAY_MEDIA_SIDE_H
#define SCCPGW_GATEWAY_MEDIA_SIDE_H

#include "gateway/gateway.h"
#include "sccp/input.h"

/* RELAY_CLOSED: the call it belonged to may be gone. */
void media_side_closed(struct gateway *gateway, const struct relay_event *event);
void media_side_one_way(struct call_slot *slot, enum relay_side side); /* RELAY_ONE_WAY */
/* What the phone counted itself, which comes after the call. */
void media_side_statistics(struct phone *phone, const struct sccp_input *input);

unsigned media_side_jitter_ms(const struct relay_counters *counters, enum relay_side side);

#endif
