/* From where packets are accepted and where they are sent: the source rule of one socket. Pure, and the same for RTP
 * and RTCP.
 *
 * The signalled address wins at once and for good. Any other source is accepted only while nothing has been heard
 * (peers behind NAT send from an address nobody signalled; field-guide M12), and stays until the signalled one speaks.
 * Packets go where they come from (RFC 4961), before that to where was signalled. */
#ifndef SCCPGW_MEDIA_LATCH_H
#define SCCPGW_MEDIA_LATCH_H

#include <stdbool.h>

#include "gateway/base/addr.h"

struct latch {
        struct endpoint signalled; /* no address: nothing is accepted; port 0: any port, and nothing is sent there */
        struct endpoint source;    /* no address: nothing heard yet */
        struct endpoint left;      /* the source before signalling moved: its last packets are not "another source" */
};

enum latch_answer {
        LATCH_REFUSED, /* a stranger */
        LATCH_SAME,    /* the source, as before */
        LATCH_TAKEN,   /* accepted; it is the source from now on */
};

/* False when nothing changed; a change lets the side latch anew. */
bool latch_set(struct latch *latch, const struct endpoint *signalled);
bool latch_allows(const struct latch *latch, const struct endpoint *from); /* what latch_judge would not refuse */
enum latch_answer latch_judge(struct latch *latch, const struct endpoint *from);
struct endpoint latch_target(const struct latch *latch); /* where to send; port 0: nowhere */
bool latch_heard(const struct latch *latch);             /* somebody is the source */
bool latch_is_final(const struct latch *latch);          /* the source is the signalled one: nothing can replace it */

#endif
