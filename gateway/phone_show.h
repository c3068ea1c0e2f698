/* Brings a phone's face up to date: asks the core how its calls and the phone as a whole should look, compares with
 * what was sent before, and sends only the differences, in the order phones expect. */
#ifndef SCCPGW_GATEWAY_PHONE_SHOW_H
#define SCCPGW_GATEWAY_PHONE_SHOW_H

#include "gateway/gateway.h"

void phone_show(struct phone *phone); /* the phone must be there */
/* A call that has gone to another phone: this one is shown that it is over. */
void phone_show_gone(struct call_slot *slot);
/* On all phones that have the line and are there, but for one; NULL: on all. */
void phone_show_account(const struct account *account, const struct phone *but);
void phone_show_keys(struct phone *phone); /* those of a phone in rest, if it is */
void phone_show_idle(struct phone *phone); /* the whole face of a phone that has just registered */
/* Speaker and tones off whatever was sent before: the user hung up something we know nothing of. */
void phone_show_silence(struct phone *phone);

#endif
