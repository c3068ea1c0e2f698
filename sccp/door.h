/* Who may connect. A connection that is let in may cost a stranger its own: whoever never registers keeps no phone out
 * (protocol/README section 5, field guide R12). */
#ifndef SCCPGW_SCCP_DOOR_H
#define SCCPGW_SCCP_DOOR_H

#include "gateway/base/addr.h"
#include "sccp/session.h"

/* NULL: welcome, and there is room. Otherwise why not; it has been counted. */
const char *door_refusal(struct session_house *house, const struct endpoint *peer);

#endif
