/* Session timers (RFC 4028) as decisions: who refreshes, when, and when the session is given up. Pure. */
#ifndef SCCPGW_SIP_SESSION_TIMER_H
#define SCCPGW_SIP_SESSION_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#define SESSION_EXPIRES_S     1800 /* what we ask for */
#define SESSION_EXPIRES_MIN_S 90   /* below this an incoming request is answered 422 (section 5) */

enum session_refresher { SESSION_REFRESHER_OPEN, SESSION_REFRESHER_UAC, SESSION_REFRESHER_UAS };

/* What a request or a response says; interval_s 0: no Session-Expires. */
struct session_terms {
        unsigned interval_s;
        enum session_refresher refresher;
        bool supported; /* the sender lists "timer" in Supported or Require */
};

struct session_timer {
        unsigned interval_s; /* 0: this session has no timer */
        bool ours;           /* we refresh; otherwise we wait for the peer's refresh */
};

/* As the side that answers: what the request asks for, and who refreshes then. Nothing is imposed on a peer that did
 * not ask (section 9). */
struct session_timer session_timer_answer(const struct session_terms *request);

/* As the side that asked: what the 2xx grants. */
struct session_timer session_timer_granted(const struct session_terms *response);

/* How long until something must be done: the refresh at half time, or the BYE shortly before the end (section 10). */
int64_t session_timer_wait_ms(const struct session_timer *timer);

#endif
