/* Texts to people: from the PBX or another phone (MESSAGE), or from whoever runs the gateway. A phone in rest shows one
 * for some seconds and beeps; one in a call shows the latest few, one after the other, when its calls are over. */
#ifndef SCCPGW_GATEWAY_TEXT_SIDE_H
#define SCCPGW_GATEWAY_TEXT_SIDE_H

#include "gateway/gateway.h"

void text_line_up(struct account *account); /* a phone has come, or gone: says to sip/ what it may take */
void text_received(struct gateway *gateway, const struct sip_event *event); /* SIP_TEXT */

/* `from`: "" nobody's. False: the phone is away, or shows no texts. */
bool text_show(struct phone *phone, const char *from, const char *text);

void text_forget(struct phone *phone);                                      /* the gateway ends */
void text_show_waiting(struct phone *phone, const struct phone_view *view); /* one that waited for the calls to end */

#endif
