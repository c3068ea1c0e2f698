#include "sccp/hosts.h"

#include <assert.h>
#include <stdlib.h>

static void strangers_open(struct strangers *strangers)
{
        for (int rank = 0; rank < STRANGER_RANKS; rank++)
                TAILQ_INIT(&strangers->list[rank]);
}

struct guest *strangers_first(const struct strangers *strangers)
{
        for (int rank = 0; rank < STRANGER_RANKS; rank++)
                if (!TAILQ_EMPTY(&strangers->list[rank]))
                        return TAILQ_FIRST(&strangers->list[rank]);
        return NULL;
}

bool hosts_open(struct hosts *hosts, const struct hash_key *key)
{
        *hosts = (struct hosts){.key = *key};
        hosts->buckets = calloc(HOSTS_BUCKETS, sizeof(struct host *));
        TAILQ_INIT(&hosts->idle);
        strangers_open(&hosts->strangers);
        return hosts->buckets;
}

/* What counts as one address. */
static struct ip site_of(const struct ip *ip)
{
        struct ip site = *ip;
        if (ip->family == 6)
                memset(site.bytes + 8, 0, 8);
        return site;
}

static struct host **bucket_of(const struct hosts *hosts, const struct ip *site)
{
        uint8_t bytes[16];
        memcpy(bytes, site->bytes, sizeof bytes);
        bytes[15] = site->family; /* an IPv4 address has four bytes, a /64 eight */
        return &hosts->buckets[hash_16(&hosts->key, bytes) % HOSTS_BUCKETS];
}

static struct host *find(const struct hosts *hosts, const struct ip *site)
{
        struct host *host = *bucket_of(hosts, site);
        while (host && !ip_equal(&host->ip, site))
                host = host->next_of_bucket;
        return host;
}

const struct host *hosts_find(const struct hosts *hosts, const struct ip *ip)
{
        struct ip site = site_of(ip);
        return find(hosts, &site);
}

static struct host *add(struct hosts *hosts, const struct ip *site)
{
        struct host *host = calloc(1, sizeof *host);
        struct host **bucket = bucket_of(hosts, site);
        if (!host)
                return NULL;
        host->ip = *site;
        strangers_open(&host->strangers);
        host->next_of_bucket = *bucket;
        *bucket = host;
        hosts->count++;
        return host;
}

static void forget(struct hosts *hosts, struct host *host)
{
        struct host **at = bucket_of(hosts, &host->ip);
        while (*at != host)
                at = &(*at)->next_of_bucket;
        *at = host->next_of_bucket;
        hosts->count--;
        free(host);
}

static void wake(struct hosts *hosts, struct host *host)
{
        TAILQ_REMOVE(&hosts->idle, host, of_idle);
        hosts->n_idle--;
}

/* The last connection has gone. What was never refused anything is no news when it comes again. */
static void rest(struct hosts *hosts, struct host *host)
{
        if (!host->rejections) {
                forget(hosts, host);
                return;
        }
        TAILQ_INSERT_TAIL(&hosts->idle, host, of_idle);
        if (++hosts->n_idle > HOSTS_IDLE_MAX) {
                struct host *longest = TAILQ_FIRST(&hosts->idle);
                wake(hosts, longest);
                forget(hosts, longest);
        }
}

void hosts_close(struct hosts *hosts)
{
        struct host *host;
        while (hosts->buckets && (host = TAILQ_FIRST(&hosts->idle))) {
                wake(hosts, host);
                forget(hosts, host);
        }
        assert(hosts->count == 0);
        free(hosts->buckets);
        *hosts = (struct hosts){0};
}

bool hosts_enter(struct hosts *hosts, struct guest *guest, const struct ip *ip)
{
        struct ip site = site_of(ip);
        struct host *host = find(hosts, &site);
        if (host && host->connections == 0)
                wake(hosts, host);
        else if (!host && !(host = add(hosts, &site)))
                return false;
        host->connections++;
        *guest = (struct guest){.host = host};
        hosts_estrange(hosts, guest, STRANGER_SILENT);
        return true;
}

void hosts_leave(struct hosts *hosts, struct guest *guest)
{
        struct host *host = guest->host;
        if (!host)
                return;
        hosts_welcome(hosts, guest);
        guest->host = NULL;
        if (--host->connections == 0)
                rest(hosts, host);
}

void hosts_welcome(struct hosts *hosts, struct guest *guest)
{
        if (!guest->stranger)
                return;
        guest->stranger = false;
        TAILQ_REMOVE(&guest->host->strangers.list[guest->rank], guest, of_host);
        TAILQ_REMOVE(&hosts->strangers.list[guest->rank], guest, of_all);
        guest->host->strangers.count--;
        hosts->strangers.count--;
}

void hosts_estrange(struct hosts *hosts, struct guest *guest, enum stranger_rank rank)
{
        if (!guest->host)
                return;
        hosts_welcome(hosts, guest);
        guest->stranger = true;
        guest->rank = rank;
        TAILQ_INSERT_TAIL(&guest->host->strangers.list[rank], guest, of_host);
        TAILQ_INSERT_TAIL(&hosts->strangers.list[rank], guest, of_all);
        guest->host->strangers.count++;
        hosts->strangers.count++;
}

unsigned hosts_reject(struct host *host, int64_t now_ms, unsigned most_s)
{
        if (now_ms - host->rejected_ms >= REJECTIONS_REST_MS)
                host->rejections = 0;
        host->rejected_ms = now_ms;
        if (host->rejections < REJECTIONS_FREE + 31)
                host->rejections++;
        if (host->rejections <= REJECTIONS_FREE)
                return 0;
        unsigned wait_s = 1u << (host->rejections - REJECTIONS_FREE - 1);
        return wait_s < most_s ? wait_s : most_s;
}
