/* The calls between the two sides: takes slots, gives events to the pure core, performs the actions it asks for, and
 * has the phone shown what changed. Every event of a call, whoever it comes from, enters here. */
#ifndef SCCPGW_GATEWAY_BRIDGE_H
#define SCCPGW_GATEWAY_BRIDGE_H

#include "gateway/gateway.h"

bool bridge_init(struct gateway *gateway); /* false: no memory */
void bridge_free(struct gateway *gateway);
void bridge_forget(const struct phone *phone); /* its lines are not what they were, and it has no calls */

/* A call for this line in state idle; NULL when there are too many. It lives until its core says DO_DONE. */
struct call_slot *bridge_call_new(struct phone_line *line);

struct call_slot *bridge_call(struct gateway *gateway, uint32_t id);               /* by its own id; NULL: over */
struct call_slot *bridge_call_by_dialog(struct gateway *gateway, uint32_t dialog); /* NULL: over or never was */
struct call_slot *bridge_call_by_party(struct phone *phone, uint32_t party, uint32_t reference);

/* Gives the event to the call's core and performs what it wants. The slot may be done afterwards. */
void bridge_event(struct call_slot *slot, const struct event *event);

/* After the events of one turn: shows the phone what changed and frees the calls that are done. */
void bridge_settle(struct phone *phone);

size_t bridge_calls(const struct phone *phone); /* without those of other phones of its lines */

bool bridge_is_analog(const struct phone *phone); /* a port with a hook and nothing else */

/* The calls of a phone as the core wants to see them; `calls` has CALLS_PER_PHONE_MAX places. */
struct phone_view bridge_view(const struct phone *phone, const struct call *calls[CALLS_PER_PHONE_MAX]);

#endif
