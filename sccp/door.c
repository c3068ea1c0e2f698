#include "sccp/door.h"

#include <stddef.h>

enum verdict { WELCOME, NOT_ALLOWED, ADDRESS_FULL, FULL };

static const struct {
        const char *why;
        size_t counter; /* place in the totals */
} refusals[] = {
        [NOT_ALLOWED] = {"address not allowed (sccp.allow)", offsetof(struct sccp_totals, refused_not_allowed)},
        [ADDRESS_FULL] = {"too many connections from its address (sccp.limits.connections_per_address)",
                          offsetof(struct sccp_totals, refused_per_address)},
        [FULL] = {"too many connections (sccp.limits.connections)", offsetof(struct sccp_totals, refused_full)},
};

static bool is_allowed(const struct session_house *house, const struct ip *ip)
{
        for (size_t i = 0; i < house->n_allow; i++)
                if (network_contains(&house->allow[i], ip))
                        return true;
        return house->n_allow == 0;
}

static bool is_reached(size_t count, unsigned limit)
{
        return limit && count >= limit;
}

/* The stranger that came first has had its time. */
static bool make_room(struct session_house *house, const struct strangers *strangers, const char *why)
{
        struct guest *guest = strangers_first(strangers);
        char text[ENDPOINT_TEXT_SIZE];
        if (!guest)
                return false;
        struct sccp_session *session = session_of_guest(guest);
        house->totals.strangers_dropped++;
        if (log_allowed(&house->strangers, STRANGERS, STRANGERS_S))
                log_warning(session_subject(session, text), "closed: %s, and it does not register", why);
        session_drop(session);
        return true;
}

/* Of one address the oldest stranger goes rather than the newcomer: behind a NAT the newcomer may be a phone, and one
 * that sits there without registering is hardly any. Phones that are registered, or about to be, stay and do not count
 * as strangers: a gateway with many ports and a site behind NAT need no setting. */
static enum verdict check_address(struct session_house *house, const struct endpoint *peer)
{
        static const char why[] = "too many connections from its address";
        const struct sccp_limits *limits = &house->limits;
        const struct host *host = hosts_find(&house->hosts, &peer->ip);
        if (!host)
                return WELCOME;
        if (is_reached(host->connections, limits->connections_per_address))
                return make_room(house, &host->strangers, why) ? WELCOME : ADDRESS_FULL;
        if (is_reached(host->strangers.count, limits->strangers_per_address))
                make_room(house, &host->strangers, why);
        return WELCOME;
}

static enum verdict check_all(struct session_house *house)
{
        static const char why[] = "too many connections";
        const struct sccp_limits *limits = &house->limits;
        const struct strangers *strangers = &house->hosts.strangers;
        if (is_reached(house->registry.count, limits->connections))
                return make_room(house, strangers, why) ? WELCOME : FULL;
        if (is_reached(strangers->count, limits->strangers))
                make_room(house, strangers, why);
        return WELCOME;
}

const char *door_refusal(struct session_house *house, const struct endpoint *peer)
{
        enum verdict verdict = is_allowed(house, &peer->ip) ? check_address(house, peer) : NOT_ALLOWED;
        if (verdict == WELCOME)
                verdict = check_all(house);
        if (verdict == WELCOME)
                return NULL;
        ++*(uint64_t *)((char *)&house->totals + refusals[verdict].counter);
        return refusals[verdict].why;
}
