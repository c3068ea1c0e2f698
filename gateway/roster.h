/* Who is there: the phones and lines of the configuration, which several phones may share, and those handed out to
 * unknown phones. Made once; nothing moves afterwards, so pointers into it stay good. */
#ifndef SCCPGW_GATEWAY_ROSTER_H
#define SCCPGW_GATEWAY_ROSTER_H

#include "gateway/gateway.h"

bool roster_init(struct gateway *gateway); /* from gateway->config; false: no memory */
void roster_free(struct gateway *gateway);

struct phone *roster_phone(struct gateway *gateway, const char *name); /* case does not matter; NULL: unknown */

/* A phone nobody configured gets a number of its own (sccp.unknown_phones: auto); NULL when all are taken,
 * or none are to be handed out. roster_can_hand_out only asks. */
bool roster_can_hand_out(const struct gateway *gateway);
struct phone *roster_hand_out(struct gateway *gateway, const char *name);

#endif
