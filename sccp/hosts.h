/* Where connections come from: how many each address has, which of them are strangers (nobody is registered on them),
 * and which addresses had names refused lately. Bounded: an address is remembered while it has a connection, and of
 * the others those HOSTS_IDLE_MAX that were refused last. Pure: no sockets, and the owner says what time it is.
 *
 * An address of IPv6 stands for its /64: that is what one site has, and one attacker. */
#ifndef SCCPGW_SCCP_HOSTS_H
#define SCCPGW_SCCP_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "gateway/base/addr.h"
#include "sccp/hash.h"

#define HOSTS_BUCKETS      4096
#define HOSTS_IDLE_MAX     4096
#define REJECTIONS_FREE    5      /* names refused before answers become slow */
#define REJECTIONS_REST_MS 600000 /* without a refusal: forgotten */

struct host;

/* Who has to make room first. */
enum stranger_rank {
        STRANGER_SILENT,  /* has shown no sign of being a phone */
        STRANGER_STANDBY, /* sends keepalives: a phone that is registered elsewhere */
        STRANGER_RANKS,
};

/* What a connection carries; all zeros is in no list. */
struct guest {
        struct host *host;
        TAILQ_ENTRY(guest) of_host, of_all;
        enum stranger_rank rank;
        bool stranger;
};

TAILQ_HEAD(guest_list, guest);

struct strangers {
        struct guest_list list[STRANGER_RANKS]; /* the oldest first */
        size_t count;
};

struct host {
        struct host *next_of_bucket;
        TAILQ_ENTRY(host) of_idle;
        struct ip ip;
        size_t connections;
        struct strangers strangers;
        unsigned rejections;
        int64_t rejected_ms; /* the last one */
};

struct hosts {
        struct host **buckets;
        struct hash_key key;
        TAILQ_HEAD(host_list, host) idle; /* no connections; the longest first */
        size_t n_idle, count;
        struct strangers strangers; /* of all addresses */
};

bool hosts_open(struct hosts *hosts, const struct hash_key *key); /* false: out of memory */
void hosts_close(struct hosts *hosts);                            /* all guests have left; all zeros may be closed */

/* NULL: no connection from there, and no refusal of late. */
const struct host *hosts_find(const struct hosts *hosts, const struct ip *ip);

/* A connection comes as a stranger; false: out of memory. */
bool hosts_enter(struct hosts *hosts, struct guest *guest, const struct ip *ip);
void hosts_leave(struct hosts *hosts, struct guest *guest); /* no effect on one that is not in */

/* It is a phone of ours; or is a stranger (again), as the youngest of its rank. No effect on one that is not in. */
void hosts_welcome(struct hosts *hosts, struct guest *guest);
void hosts_estrange(struct hosts *hosts, struct guest *guest, enum stranger_rank rank);

/* Who has to make room, the oldest of the lowest rank; NULL: no strangers. */
struct guest *strangers_first(const struct strangers *strangers);

/* A name from this address is refused. How many seconds the answer has to wait: none for the first few, then 1, 2, 4
 * and so on up to `most_s`. */
unsigned hosts_reject(struct host *host, int64_t now_ms, unsigned most_s);

#endif
