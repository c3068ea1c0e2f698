/* Call back on busy and no answer: watches the party for a phone's user, rings him up when it is free, and tells him on
 * the display how it goes. The rules are core/recall.h. One at a time for a phone, as with real call managers, and it
 * is gone with the phone. */
#ifndef SCCPGW_GATEWAY_CALL_BACK_H
#define SCCPGW_GATEWAY_CALL_BACK_H

#include "gateway/gateway.h"

bool call_back_possible(const struct phone_line *line); /* somebody can tell what this line's parties do */
void call_back_key(struct phone *phone, const struct call_slot *slot); /* NULL: about no call, it is to stop */
void call_back_settle(struct phone *phone);              /* its calls, or the wishes of its user, changed */
void call_back_end(struct phone *phone);                 /* it goes */
const char *call_back_number(const struct phone *phone); /* whom it watches for; NULL: nobody */

#endif
