/* From where packets are accepted and where they are sent: the source rule of one socket. Pure, and the same for RTP
 * and RTCP.
 *
 * The signalled address wins at once. Any other source is accepted only
 *   - as the first (peers behind NAT send from an address nobody signalled; field-guide M12), or
 *   - when the source has been quiet for a while, as the same RTP source (SSRC) from another port of its address: a NAT
 *     has forgotten it and chose a new one; or as another source in the network of the signalled address: a peer that
 *     moved without saying so;
 * all of them only in the networks allowed, and none when the rule is strict. So nobody who knows a port can take a
 * stream from who speaks on it. Packets go where they come from (RFC 4961), before that to where was signalled. */
#ifndef SCCPGW_MEDIA_LATCH_H
#define SCCPGW_MEDIA_LATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/addr.h"

/* The same for all sockets. Zero: learn, from anywhere. */
struct latch_rule {
        bool strict;                    /* only the signalled address and port, ever */
        const struct network *networks; /* where sources nobody signalled may be; none: everywhere */
        size_t n_networks;
};

struct latch {
        struct endpoint signalled; /* no address: nothing is accepted; port 0: any port, and nothing is sent there */
        struct endpoint source;    /* no address: nothing heard yet */
        struct endpoint left;      /* the source before signalling moved: its last packets are not "another source" */
        uint32_t ssrc;             /* the source's newest */
        bool quiet;                /* nothing came from the source lately */
};

enum latch_answer {
        LATCH_REFUSED, /* a stranger */
        LATCH_SAME,    /* the source, as before */
        LATCH_BACK,    /* the source, which had been quiet */
        LATCH_TAKEN,   /* accepted; it is the source from now on */
};

/* False when nothing changed; a change lets the side latch anew. */
bool latch_set(struct latch *latch, const struct endpoint *signalled);
void latch_quiet(struct latch *latch); /* nothing came from the source for a while */

enum latch_answer latch_judge(struct latch *latch, const struct latch_rule *rule, const struct endpoint *from,
                              uint32_t ssrc);
/* What latch_judge would not refuse. */
bool latch_allows(const struct latch *latch, const struct latch_rule *rule, const struct endpoint *from, uint32_t ssrc);

struct endpoint latch_target(const struct latch *latch); /* where to send; port 0: nowhere */
bool latch_heard(const struct latch *latch);             /* somebody is the source */
bool latch_is_final(const struct latch *latch);          /* the source is the signalled one, and is not quiet */

#endif
