/* Keeping one line registered (RFC 3261 section 10.2, RFC 5626 section 4.5): when to ask, for how long, when again.
 * Pure: what happened goes in, what to do comes out; the clock and the dice are the caller's. */
#ifndef SCCPGW_SIP_REGISTRATION_H
#define SCCPGW_SIP_REGISTRATION_H

#include <stdbool.h>
#include <stdint.h>

#include "sip/sip.h"

#define REGISTRATION_GRANT_MIN_S 6 /* what is granted for less runs out before it is refreshed, 5 s later */

enum registration_phase {
        REGISTRATION_IDLE,     /* not wanted, no binding */
        REGISTRATION_ASKING,   /* a REGISTER is queued or waits for its answer */
        REGISTRATION_HELD,     /* registered until the refresh is due */
        REGISTRATION_WAITING,  /* failed, to be tried again */
        REGISTRATION_REMOVING, /* a REGISTER with Expires: 0 waits for its answer */
        REGISTRATION_PHASES,
};

/* Zero and then `expires_s` set: a line that is not wanted. */
struct registration {
        enum registration_phase phase;
        enum sip_line_state state; /* what is told of it */
        bool wanted;
        bool bound;          /* the registrar may hold a binding of ours */
        unsigned expires_s;  /* what we ask for; grows with 423 */
        unsigned failures;   /* in a row */
        int status;          /* of the last failure that was told */
        unsigned challenges; /* answered in the attempt that runs */
};

enum registration_event_kind {
        REGISTRATION_WANTED,
        REGISTRATION_UNWANTED,
        REGISTRATION_DUE,    /* the timer of the last order ran out */
        REGISTRATION_ANSWER, /* a final answer; 408 and 503 also when nobody answered at all */
        REGISTRATION_EVENTS,
};

struct registration_event {
        enum registration_event_kind kind;
        int status;
        bool answerable;        /* 401, 407: a challenge that was not answered yet was taken */
        unsigned expires_s;     /* granted by a 2xx */
        unsigned min_expires_s; /* of a 423 */
        unsigned retry_after_s; /* 0: not said */
        uint32_t random;        /* any number, for the jitter */
};

/* What to do now. The timer is stopped unless wait_ms says when it is to fire. */
struct registration_order {
        bool send;          /* a REGISTER */
        bool again;         /* ... as the next step of the attempt that runs: it need not wait for its turn */
        unsigned expires_s; /* of that REGISTER */
        int64_t wait_ms;    /* 0: no timer */
        bool report;        /* the state changed, or its reason did */
};

/* False: nothing to do, the event means nothing in this phase. */
bool registration_step(struct registration *registration, const struct registration_event *event,
                       struct registration_order *order);

#endif
