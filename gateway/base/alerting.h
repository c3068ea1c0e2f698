/* How a caller asks to be announced: what sip/ reads from headers and core/ follows. Zero is an ordinary call. */
#ifndef SCCPGW_BASE_ALERTING_H
#define SCCPGW_BASE_ALERTING_H

#include <stdbool.h>

enum ring {
        RING_DEFAULT, /* by where the call comes from */
        RING_INSIDE,
        RING_OUTSIDE,
        RING_FEATURE, /* of a group, a queue, a friend */
        RING_URGENT,
        RING_BELLCORE_1, /* 1 to 5 in a row */
        RING_BELLCORE_2,
        RING_BELLCORE_3,
        RING_BELLCORE_4,
        RING_BELLCORE_5,
};

struct alerting {
        enum ring ring;
        bool answer;             /* the phone is to answer by itself ... */
        bool required;           /* ... or not to be called at all (RFC 5373 section 4.2) */
        bool one_way;            /* ... with its microphone off */
        unsigned answer_after_s; /* ... when it has rung so long */
};

#endif
