/* Sessions by device name, and sessions in a list. Names are in upper case; one session per name, the newest. Never by
 * address: many devices may share one (field guide R12). */
#ifndef SCCPGW_SCCP_REGISTRY_H
#define SCCPGW_SCCP_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "sccp/hash.h"

struct sccp_session;
struct registry;

/* What a session carries for the registry; all zeros is in none. */
struct registry_node {
        const char *name;               /* the session's own; NULL: in none by name */
        const struct registry *by_name; /* where it is found by it */
        struct sccp_session *next_of_bucket;
        struct sccp_session *next, *previous; /* of the list */
};

/* All zeros is empty; the key is drawn by whoever owns it. */
struct registry {
        struct hash_key key;
        struct sccp_session **buckets;
        size_t n_buckets; /* a power of two */
        size_t registered;
        size_t count; /* of the list */
        struct sccp_session *first;
};

void registry_list(struct registry *registry, struct sccp_session *session);
void registry_unlist(struct registry *registry, struct sccp_session *session);

/* Any case; NULL if there is none. */
struct sccp_session *registry_find(const struct registry *registry, const char *name);

/* Registers a session, which is in no registry by name, under a name nobody has here, and which the session keeps;
 * false when memory is out. */
bool registry_add(struct registry *registry, struct sccp_session *session, const char *name);
void registry_remove(struct registry *registry, struct sccp_session *session); /* no effect if it is not in this one */

void registry_clear(struct registry *registry); /* frees the buckets; nobody is in it any more */

#endif
