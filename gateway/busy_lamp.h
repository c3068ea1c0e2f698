/* What a phone's busy lamps show: a state and a label from protocol 15 on, an icon and the lamp of a line key below.
 * Many changes at once go out a few at a time, the newest state of each: side cars stop working otherwise. */
#ifndef SCCPGW_GATEWAY_BUSY_LAMP_H
#define SCCPGW_GATEWAY_BUSY_LAMP_H

#include "gateway/watch.h"

void busy_lamps_begin(struct phone *phone);
void busy_lamps_show(struct phone *phone); /* those that are due, as soon as they may */
void busy_lamps_end(struct phone *phone);

#endif
