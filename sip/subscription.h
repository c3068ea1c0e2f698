/* Keeping one subscription alive (RFC 6665): when to SUBSCRIBE, for how long, when again, and what a NOTIFY means for
 * that. Pure, like registration.h: what happened goes in, what to do comes out; the clock and the dice are the
 * caller's. */
#ifndef SCCPGW_SIP_SUBSCRIPTION_H
#define SCCPGW_SIP_SUBSCRIPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "sip/sip.h"

#define SUBSCRIPTION_GRANT_MIN_S 30    /* what is granted for less is refreshed as if it were this */
#define SUBSCRIPTION_TIMER_N_MS  32000 /* for the first NOTIFY after the 2xx (section 4.1.2.4) */
#define SUBSCRIPTION_PARTING_MS  4000  /* for the last NOTIFY after an un-SUBSCRIBE */
#define SUBSCRIPTION_WAIT_MAX_S  7200  /* the longest wait after a refusal */

enum subscription_phase {
        SUBSCRIPTION_IDLE,     /* not wanted, nothing is left at the other side */
        SUBSCRIPTION_ASKING,   /* a SUBSCRIBE is queued or waits for its answer */
        SUBSCRIPTION_AWAITING, /* it was accepted, the first NOTIFY has not come */
        SUBSCRIPTION_HELD,     /* until the refresh is due */
        SUBSCRIPTION_WAITING,  /* failed or ended, to be begun anew */
        SUBSCRIPTION_REMOVING, /* a SUBSCRIBE with Expires: 0 waits for its answer */
        SUBSCRIPTION_PARTING,  /* it was answered, the last NOTIFY may be on its way */
        SUBSCRIPTION_PHASES,
};

/* Zero and then `expires_s` set: a subscription that is not wanted. */
struct subscription {
        enum subscription_phase phase;
        enum sip_watch_state state; /* what is told of it */
        bool wanted;
        bool dialog;         /* there is one to refresh or end */
        bool notified;       /* a NOTIFY has come in it */
        bool refreshing;     /* the SUBSCRIBE that is asked is not the first of its dialog */
        bool ended;          /* a NOTIFY ended it while a SUBSCRIBE waits for its answer */
        int64_t ended_ms;    /* ... and this is to be waited then */
        unsigned expires_s;  /* what we ask for; grows with 423 */
        unsigned granted_s;  /* by the newest 2xx */
        unsigned failures;   /* in a row */
        int status;          /* of the last failure that was told */
        unsigned challenges; /* answered in the attempt that runs */
};

enum subscription_event_kind {
        SUBSCRIPTION_WANTED,
        SUBSCRIPTION_UNWANTED,
        SUBSCRIPTION_LOST,     /* the line's registration is: whatever the PBX knew is not to be relied upon */
        SUBSCRIPTION_DUE,      /* the timer of the last order ran out */
        SUBSCRIPTION_ANSWER,   /* a final answer; 408 and 503 also when nobody answered at all */
        SUBSCRIPTION_NOTIFIED, /* a NOTIFY of this subscription */
        SUBSCRIPTION_MISSED,   /* a notification was lost: the whole state is needed */
        SUBSCRIPTION_EVENTS,
};

/* Of Subscription-State (section 4.1.3); other words are active, and no reason. */
enum subscription_said { SUBSCRIPTION_ACTIVE, SUBSCRIPTION_PENDING, SUBSCRIPTION_TERMINATED };
enum subscription_reason {
        SUBSCRIPTION_NO_REASON,
        SUBSCRIPTION_DEACTIVATED,
        SUBSCRIPTION_PROBATION,
        SUBSCRIPTION_REJECTED,
        SUBSCRIPTION_TIMEOUT,
        SUBSCRIPTION_GIVEUP,
        SUBSCRIPTION_NORESOURCE,
        SUBSCRIPTION_INVARIANT,
        SUBSCRIPTION_REASONS,
};

enum subscription_said subscription_said(const char *word);
enum subscription_reason subscription_reason(const char *word); /* NULL: none */

struct subscription_event {
        enum subscription_event_kind kind;
        int status;
        bool answerable;        /* 401, 407: a challenge that was not answered yet was taken */
        unsigned expires_s;     /* granted by a 2xx; of a NOTIFY, 0: not said */
        unsigned min_expires_s; /* of a 423 */
        unsigned retry_after_s; /* of an answer, or of a NOTIFY that ends it; 0: not said */
        enum subscription_said said;
        enum subscription_reason reason;
        int64_t left_ms; /* until the timer of the last order runs out; 0: it is not set */
        uint32_t random; /* any number, for the jitter */
};

/* What to do now. The timer is stopped unless wait_ms says when it is to fire. */
struct subscription_order {
        bool send;          /* a SUBSCRIBE */
        bool again;         /* ... as the next step of the attempt that runs: it need not wait for its turn */
        bool anew;          /* ... that begins a new dialog; the one there was is over */
        unsigned expires_s; /* of that SUBSCRIBE */
        int64_t wait_ms;    /* 0: no timer */
        bool report;        /* the state changed, or its reason did */
};

/* False: nothing to do, the event means nothing in this phase; a timer that runs goes on. */
bool subscription_step(struct subscription *subscription, const struct subscription_event *event,
                       struct subscription_order *order);

/* May a NOTIFY come? What comes otherwise is for nobody. */
bool subscription_listens(const struct subscription *subscription);

#endif
