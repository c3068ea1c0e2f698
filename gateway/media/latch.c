/* The source rule as three endpoints. */
#include "gateway/media/latch.h"

enum { NEAR_V4_BITS = 24, NEAR_V6_BITS = 64 }; /* the network of a signalled address, whose mask nobody tells us */

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

static bool is_near(const struct ip *signalled, const struct ip *from)
{
        struct network network = {*signalled, signalled->family == 4 ? NEAR_V4_BITS : NEAR_V6_BITS};
        return !ip_is_any(signalled) && network_contains(&network, from);
}

static bool is_allowed(const struct latch_rule *rule, const struct ip *from)
{
        for (size_t i = 0; i < rule->n_networks; i++)
                if (network_contains(&rule->networks[i], from))
                        return true;
        return rule->n_networks == 0;
}

/* One that nobody signalled. */
static bool is_learnt(const struct latch *latch, const struct latch_rule *rule, const struct endpoint *from,
                      uint32_t ssrc)
{
        if (rule->strict || !is_allowed(rule, &from->ip))
                return false;
        if (!latch_heard(latch))
                return !endpoint_equal(&latch->left, from);
        bool moved = ssrc == latch->ssrc ? ip_equal(&latch->source.ip, &from->ip) /* a NAT has chosen another port */
                                         : is_near(&latch->signalled.ip, &from->ip);
        return latch->quiet && moved;
}

bool latch_allows(const struct latch *latch, const struct latch_rule *rule, const struct endpoint *from, uint32_t ssrc)
{
        return latch->signalled.ip.family != 0 && (endpoint_equal(&latch->source, from) || is_signalled(latch, from) ||
                                                   is_learnt(latch, rule, from, ssrc));
}

enum latch_answer latch_judge(struct latch *latch, const struct latch_rule *rule, const struct endpoint *from,
                              uint32_t ssrc)
{
        if (!latch_allows(latch, rule, from, ssrc))
                return LATCH_REFUSED;
        bool same = endpoint_equal(&latch->source, from), quiet = latch->quiet;
        latch->source = *from;
        latch->ssrc = ssrc;
        latch->quiet = false;
        if (!same)
                return LATCH_TAKEN;
        return quiet ? LATCH_BACK : LATCH_SAME;
}

void latch_quiet(struct latch *latch)
{
        latch->quiet = latch_heard(latch);
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
        return latch_heard(latch) && !latch->quiet && is_signalled(latch, &latch->source);
}
