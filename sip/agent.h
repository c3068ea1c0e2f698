/* Sofia's transaction engine, set up the way this house uses it: a user agent for tens of thousands of lines. */
#ifndef SCCPGW_SIP_AGENT_H
#define SCCPGW_SIP_AGENT_H

#include "sip/room.h"

#define AGENT_ALLOW     "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, NOTIFY, REFER"
#define AGENT_SUPPORTED "100rel, timer, replaces"

/* Half a second between the first two copies of a request, and ten seconds for all of them: RFC 3261 would wait 32,
 * which is too long for a person with a receiver at the ear, and for the next of several servers. The same time is
 * given to a missing ACK. */
#define AGENT_T1_MS    500
#define AGENT_T1X64_MS 10000
/* How long a finished transaction stays to swallow late repetitions, with 18 kB of memory. They do no harm without it,
 * so it may be short: 5,000 lines that register within three seconds need a fifth of what they would with 5 s. */
#define AGENT_T4_MS 1000

/* On the SIP thread. Opens every listener for UDP and TCP; false with a sentence in sip->why. */
bool agent_open(struct sip *sip);
void agent_close(struct sip *sip);

#endif
