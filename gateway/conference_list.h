/* Who is in a phone's conference: as a list to choose from where the phone shows one, else as a text. */
#ifndef SCCPGW_GATEWAY_CONFERENCE_LIST_H
#define SCCPGW_GATEWAY_CONFERENCE_LIST_H

#include "gateway/gateway.h"

void conference_list_show(struct phone *phone, uint32_t conference);

/* What was chosen in it, as a press; false: nothing that means something. */
bool conference_list_choice(const struct sccp_input *input, struct phone_press *press);

/* `call` was sent to the PBX's focus, and went. */
void conference_list_arrived(struct call_slot *focus, const struct call *call);

#endif
