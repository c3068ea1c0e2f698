/* How much one connection may send: an allowance that fills at a constant rate and holds RATE_S seconds of it, so that
 * what comes in a burst (a registration asks a hundred questions at once) costs nothing and what does not end is
 * noticed. Pure: the owner says what time it is. */
#ifndef SCCPGW_SCCP_RATE_H
#define SCCPGW_SCCP_RATE_H

#include <stdbool.h>
#include <stdint.h>

#define RATE_S 10

/* When all that was taken is paid for; all zeros has never been used. */
struct rate {
        int64_t paid_us;
};

/* Takes `amount` where `per_s` are allowed; 0 allows all. False: it was too much. */
static inline bool rate_take(struct rate *rate, int64_t now_ms, unsigned amount, unsigned per_s)
{
        int64_t now_us = now_ms * 1000;
        if (per_s == 0)
                return true;
        if (rate->paid_us < now_us)
                rate->paid_us = now_us;
        rate->paid_us += (int64_t)amount * 1000000 / per_s;
        return rate->paid_us - now_us <= (int64_t)RATE_S * 1000000;
}

#endif
