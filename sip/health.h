/* Does a PBX answer? What requests to it came to goes in, what to think of it and when to ask again comes out.
 * Pure: the clock and the dice are the caller's. */
#ifndef SCCPGW_SIP_HEALTH_H
#define SCCPGW_SIP_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "sip/sip.h"

#define HEALTH_DOWN_S 5 /* a PBX that is down is asked at least so often: phones wait for it */

/* Zero and then `qualify_s` set: nothing is known. */
struct health {
        enum sip_pbx_state state;
        unsigned qualify_s; /* 0: it is not asked, only what REGISTERs come to is seen */
        unsigned rtt_ms;    /* of the last good answer to a question */
        bool busy;          /* down because it answers 503: only an answer to a question lifts that */
        int64_t heard_ms;   /* its last good answer to anything; 0: never */
        int64_t doubted_ms; /* when a question was asked for out of turn; 0: never */
};

enum health_outcome {
        HEALTH_ANSWERED, /* any final status but 503: a refusal is an answer too */
        HEALTH_BUSY,     /* it said 503 itself */
        HEALTH_SILENT,   /* no answer in time, or it cannot be reached */
};

struct health_news {
        bool question; /* of an OPTIONS; else of a REGISTER */
        enum health_outcome outcome;
        int64_t sent_ms, now_ms;
};

/* What is to be told after it: the state, or the round trip, is another one. */
bool health_learn(struct health *health, const struct health_news *news);

/* When to ask: after an answer, and sooner when it is down; spread, so that many gateways do not ask together.
 * 0: never. */
int64_t health_wait_ms(const struct health *health, uint32_t random);

/* Nothing is concluded from a REGISTER that was answered 503: is it time for a question instead? Not for each of many
 * lines. To be asked once about each piece of news, after health_learn. */
bool health_doubts(struct health *health, const struct health_news *news);

#endif
