/* A caller rings all phones of a line that several share. Each phone has a call of its own, a leg; the caller's dialog
 * is one. The first who answers has it, the legs of the others become shadows of that call (shared.h). A refusal is
 * passed on when the last leg has refused, the best one of all. A phone that comes while it rings joins in. Facts:
 * flows.md 7.2 and 18, field-guide M3. */
#ifndef SCCPGW_GATEWAY_FORK_H
#define SCCPGW_GATEWAY_FORK_H

#include "gateway/gateway.h"

/* A fork without legs; NULL: no memory. `event`: how the caller came; it is kept. */
struct fork *fork_new(struct gateway *gateway, const struct sip_event *event, bool stays);
void fork_add(struct fork *fork, struct call_slot *slot);
void fork_free(struct fork *fork); /* without legs */

/* Of the callers that ring other phones of the line and not this one, the one after `n` others; NULL: none. */
struct fork *fork_without(const struct phone_line *line, unsigned n);

/* What legs want of the dialog. All are true for a call that is no leg. */
bool fork_rings_first(struct call_slot *slot);              /* the caller is to be told */
bool fork_leaves_last(struct call_slot *slot, int *status); /* the caller is to be refused, with that status */
void fork_redirected(struct call_slot *slot, bool by_user); /* the caller was sent away: all the other legs end */

/* After a step of the leg: it may have been answered. */
void fork_step(struct call_slot *slot);

/* News of the dialog: true when it was that of a fork and its legs have heard of it. */
bool fork_event(struct call_slot *slot, const struct event *event);

#endif
