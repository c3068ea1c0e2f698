/* A hash with a list per bucket, grown to keep those short. */
#include "sccp/registry.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "gateway/base/text.h"
#include "sccp/session.h"

#define BUCKETS_FIRST 64

static struct registry_node *node_of(struct sccp_session *session)
{
        return &session->node;
}

void registry_list(struct registry *registry, struct sccp_session *session)
{
        node_of(session)->next = registry->first;
        if (registry->first)
                node_of(registry->first)->previous = session;
        registry->first = session;
        registry->count++;
}

void registry_unlist(struct registry *registry, struct sccp_session *session)
{
        struct registry_node *node = node_of(session);
        if (node->next)
                node_of(node->next)->previous = node->previous;
        if (node->previous)
                node_of(node->previous)->next = node->next;
        else
                registry->first = node->next;
        node->next = node->previous = NULL;
        registry->count--;
}

/* Names end within 16 bytes (SCCP_NAME_SIZE); any case. */
static uint64_t hash_of(const struct registry *registry, const char *name)
{
        uint8_t bytes[16] = {0};
        for (size_t i = 0; i < sizeof bytes && name[i]; i++)
                bytes[i] = (uint8_t)(name[i] >= 'a' && name[i] <= 'z' ? name[i] - 'a' + 'A' : name[i]);
        return hash_16(&registry->key, bytes);
}

static struct sccp_session **bucket_of(const struct registry *registry, const char *name)
{
        return &registry->buckets[hash_of(registry, name) & (registry->n_buckets - 1)];
}

static void push(struct registry *registry, struct sccp_session *session)
{
        struct sccp_session **bucket = bucket_of(registry, node_of(session)->name);
        node_of(session)->next_of_bucket = *bucket;
        *bucket = session;
}

static bool grow(struct registry *registry)
{
        struct sccp_session **old = registry->buckets;
        size_t n_old = registry->n_buckets, n_new = n_old ? n_old * 2 : BUCKETS_FIRST;
        struct sccp_session **new = calloc(n_new, sizeof(struct sccp_session *));
        if (!new)
                return false;
        registry->buckets = new;
        registry->n_buckets = n_new;
        for (size_t i = 0; i < n_old; i++)
                for (struct sccp_session *session = old[i], *next; session; session = next) {
                        next = node_of(session)->next_of_bucket;
                        push(registry, session);
                }
        free(old);
        return true;
}

struct sccp_session *registry_find(const struct registry *registry, const char *name)
{
        struct sccp_session *session = registry->n_buckets ? *bucket_of(registry, name) : NULL;
        while (session && !text_equal_nocase(node_of(session)->name, name))
                session = node_of(session)->next_of_bucket;
        return session;
}

bool registry_add(struct registry *registry, struct sccp_session *session, const char *name)
{
        assert(!node_of(session)->name && !registry_find(registry, name));
        if (registry->registered == registry->n_buckets && !grow(registry))
                return false;
        node_of(session)->name = name;
        node_of(session)->by_name = registry;
        push(registry, session);
        registry->registered++;
        return true;
}

void registry_remove(struct registry *registry, struct sccp_session *session)
{
        struct registry_node *node = node_of(session);
        if (node->by_name != registry)
                return;
        struct sccp_session **at = bucket_of(registry, node->name);
        while (*at != session)
                at = &node_of(*at)->next_of_bucket;
        *at = node->next_of_bucket;
        node->name = NULL;
        node->by_name = NULL;
        node->next_of_bucket = NULL;
        registry->registered--;
}

void registry_clear(struct registry *registry)
{
        assert(!registry->first && !registry->registered);
        free(registry->buckets);
        *registry = (struct registry){0};
}
