/* The source rule as three endpoints. */
#include "gateway/media/latch.h"

static bool is_signalled(const struct latch *latch, const struct endpoint *from)
{
        const struct endpoint *signalled = &latch->signalled;
        return ip_equal(&signalled->ip, &from->ip) && (signalled->port == 0 || signalled->port == from->port);
}

static bool is_place(const struct endpoint *endpoint)
{
        return endpoint->port != 0 && !ip_is_any(&endpoint->ip);
}

/* Who moves from one place to another is another peer, whose late packets must not be taken for the new one's. Who was
 * on hold comes back from where it was, and from behind a NAT that is a source nobody signalled. */
bool latch_set(struct latch *latch, const struct endpoint *signalled)
{
        if (endpoint_equal(&latch->signalled, signalled))
                return false;
        struct latch fresh = {.signalled = *signalled};
        if (!latch_heard(latch))
                fresh.left = latch->left;
        else if (latch_is_final(latch) || (is_place(&latch->signalled) && is_place(signalled)))
                fresh.left = latch->source;
        *latch = fresh;
        return true;
}

bool latch_allows(const struct latch *latch, const struct endpoint *from)
{
        bool free = !latch_heard(latch) && !endpoint_equal(&latch->left, from);
        return latch->signalled.ip.family != 0 &&
               (endpoint_equal(&latch->source, from) || free || is_signalled(latch, from));
}

enum latch_answer latch_judge(struct latch *latch, const struct endpoint *from)
{
        if (!latch_allows(latch, from))
                return LATCH_REFUSED;
        if (endpoint_equal(&latch->source, from))
                return LATCH_SAME;
        latch->source = *from;
        return LATCH_TAKEN;
}

/* 0.0.0.0 is the hold of RFC 2543: it may send and wants nothing. */
struct endpoint latch_target(const struct latch *latch)
{
        if (!is_place(&latch->signalled))
                return (struct endpoint){0};
        return latch_heard(latch) ? latch->source : latch->signalled;
}

bool latch_heard(const struct latch *latch)
{
        return latch->source.ip.family != 0;
}

bool latch_is_final(const struct latch *latch)
{
        return latch_heard(latch) && is_signalled(latch, &latch->source);
}
