/* What becomes of a call that comes in for a line, before it rings: forwarded, refused, or offered to the phone; and
 * which forwards go in circles. Facts in, a verdict out. Facts: flows.md 14 and 15, field-guide 1.G; RFC 5806 for how
 * often a call was diverted. */
#ifndef SCCPGW_CORE_FORWARD_H
#define SCCPGW_CORE_FORWARD_H

#include <stdbool.h>

#include "gateway/core/event.h"

#define FORWARD_HOPS_MAX 5 /* a call that was diverted so often is not sent any further */

enum forward_kind { FORWARD_ALL, FORWARD_BUSY, FORWARD_NO_ANSWER, FORWARD_KINDS };

enum dnd_mode { DND_OFF, DND_REJECT, DND_SILENT, DND_MODES };

/* Where the calls of a line go; "": they stay. */
struct forwards {
        char to[FORWARD_KINDS][PARTY_NUMBER_SIZE];
};

struct forward_facts {
        const struct forwards *forwards; /* those that are ours to do, not the PBX's */
        const char *caller;              /* "" unknown */
        unsigned hops;                   /* times the call was diverted on its way here */
        bool came_by;                    /* once by this line */
        bool away;                       /* there is no phone */
        enum dnd_mode dnd;
        int dnd_status; /* how do not disturb refuses: 486 or 603 */
        int busy;       /* phone_refuses() */
};

struct forward_verdict {
        int status;     /* refuse it; 0: no */
        const char *to; /* redirect it; NULL: no */
        enum redirect_reason reason;
        bool stays; /* offered to the phone, and not forwarded when nobody answers */
};

struct forward_verdict forward_decide(const struct forward_facts *facts);

/* The line is to be reachable while its phone is away. */
bool forward_keeps(const struct forwards *forwards);

/* Where calls to `number` are sent at once, by what is known here; NULL: nowhere. */
typedef const char *forward_next(const void *owner, const char *number);

/* Would forwarding `from` to `to` lead back to `from`? */
bool forward_loops(const char *from, const char *to, forward_next *next, const void *owner);

enum forward_kind forward_of_purpose(enum call_purpose purpose); /* FORWARD_KINDS: it is none */

const char *forward_name(enum forward_kind kind); /* "all", "busy", "no_answer" */
const char *dnd_name(enum dnd_mode mode);         /* "off", "reject", "silent" */

#endif
