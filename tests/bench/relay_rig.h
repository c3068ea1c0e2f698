/* What the parts of relay_bench share: the load's two ends, and the ways to forward between them. */
#ifndef SCCPGW_BENCH_RELAY_RIG_H
#define SCCPGW_BENCH_RELAY_RIG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "gateway/base/addr.h"

#define CALLS_MAX  2900
#define PORT_FIRST 18000 /* of whoever forwards */
#define PORT_LAST  31999
#define PHONE_PORT 17000
#define SIP_PORT   17002

struct rig {
        unsigned calls;
        int peer[2];
        struct endpoint peer_at[2];
        uint16_t to[CALLS_MAX][2]; /* where the phone and the SIP peer of each call send */
        uint16_t sequence[CALLS_MAX][2];
        pid_t pid;      /* of who forwards: this process or another; its start says it, */
        int64_t memory; /* and, with rig_is_ready(), what it and the kernel had before there were calls */
};

/* Ends speak plain RTP. So SRTP is measured in chains of our streams, with it between them, and what a packet costs is
 * told of one passage of one stream: a chain of two has SRTP on one leg of each; in a chain of three the one in the
 * middle has it on both, and the two around it cost what the chain of two does. */
struct relay_way {
        const char *name;
        const char *thread;           /* whose CPU time counts: threads whose names begin so; "": all */
        void *(*start)(struct rig *); /* NULL: not on this machine */
        void (*stop)(void *forwarder, const struct rig *rig);
        unsigned passages;              /* its costs are those of so many; 0: of one, and it is no chain */
        const struct relay_way *around; /* ... and of what is taken off before */
};

extern const struct relay_way way_bare, way_ours, way_secure_one, way_secure_both, way_rtpengine;

void rig_is_ready(struct rig *rig, pid_t pid);
void bench_fail(const char *what) __attribute__((noreturn));
int64_t bench_ns(void); /* monotonic */

/* CPU time and instructions of some threads. */
struct meter {
        int64_t cpu_ns;
        int64_t instructions; /* -1: the machine does not count them */
        int counters[64];     /* perf_event_open's */
        unsigned n_counters;
};

void meter_begin(struct meter *meter, pid_t pid, const char *thread);
void meter_end(struct meter *meter, pid_t pid, const char *thread); /* leaves the differences */

/* Bytes: of the process, and of the kernel's small objects, which are also those of everybody else. */
int64_t memory_of(pid_t pid);
int64_t memory_of_kernel(void);

#endif
