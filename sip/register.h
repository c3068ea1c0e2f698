/* REGISTER requests of one account: waiting for their turn, sent, answered. */
#ifndef SCCPGW_SIP_REGISTER_H
#define SCCPGW_SIP_REGISTER_H

#include "sip/account.h"

/* Gives an event to the account's machine and does what it says; `reason` explains a changed state. */
void register_step(struct account *account, const struct registration_event *event, const char *reason);

/* The PBX answers again: lines that found nobody there need not sit out their waits. */
void register_again(struct pbx *pbx);

void register_due(struct timer *timer);         /* the account's timer */
void register_abandon(struct account *account); /* before it is freed: takes it out of everything */

#endif
