/* Lamps beside the entries of a phone's call lists: the phone asks for a number as long as it shows it, and is told
 * what that does. Facts: flows.md 17. */
#ifndef SCCPGW_GATEWAY_LIST_LAMP_H
#define SCCPGW_GATEWAY_LIST_LAMP_H

#include "gateway/gateway.h"

void list_lamp_asked(struct phone *phone, const struct sccp_input *input); /* SCCP_INPUT_SUBSCRIBE */
void list_lamps_end(struct phone *phone);

#endif
