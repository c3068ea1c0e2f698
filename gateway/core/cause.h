/* Why a call failed, and what the user hears and reads then: one row per reason.
 * Facts: field-guide 1.N and 1.D, flows.md 6.3. */
#ifndef SCCPGW_CORE_CAUSE_H
#define SCCPGW_CORE_CAUSE_H

#include "gateway/core/look.h"

/* Failures of our own making, beside SIP's 300-699. Zero: none. */
enum cause_own {
        CAUSE_NONE,
        CAUSE_BAD_NUMBER,     /* the dial plan does not know it */
        CAUSE_NO_NUMBER,      /* nothing was typed in time */
        CAUSE_NO_ANSWER,      /* rang too long */
        CAUSE_NO_CODEC,       /* nothing in common with the far end */
        CAUSE_CHANNEL,        /* the phone refused its audio channel or said nothing */
        CAUSE_NO_PORTS,       /* the relay is full */
        CAUSE_NOT_REGISTERED, /* the line has no registration */
        CAUSE_OVERLOAD,       /* too many calls, or the SIP side cannot keep up */
        CAUSE_LOOP,           /* calls would be forwarded to where they come from */
        CAUSES_OWN,
};

struct outcome {
        const char *name; /* "busy", for logs and metrics */
        enum look_state shown;
        enum look_tone tone;
        enum look_prompt prompt;
        unsigned release_ms; /* the call goes idle by itself after this */
};

/* `status`: SIP final status 300-699 or enum cause_own; `q850`: the cause in a Reason header (RFC 3326), 0: none. It is
 * believed over the status. Never NULL: what is unknown is a temporary failure. */
const struct outcome *cause_outcome(int status, int q850);

int cause_status(enum cause_own own); /* the SIP status that tells the far end about it: 480, 488, 500, 503 */
int cause_q850(enum cause_own own);   /* likewise for the Reason header of a BYE or CANCEL */

#endif
