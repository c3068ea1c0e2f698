/* May the audio of a call leave the relay and go between phone and far end alone? Values in, a value out; when what
 * is asked about changes, the call asks again (call_way.c). */
#ifndef SCCPGW_CORE_WAY_H
#define SCCPGW_CORE_WAY_H

#include <stddef.h>

#include "gateway/base/addr.h"
#include "gateway/core/media.h"

/* What the configuration and the phone say. n_groups 0: never. */
struct way_rules {
        const struct network_group *groups; /* who reaches whom without us; the owner's */
        size_t n_groups;
        struct ip phone; /* from where the phone's connection comes */
        bool keys;       /* the phone says keys in its audio by itself (RFC 4733) */
        bool secured;    /* its audio is encrypted towards us */
};

struct way_ends {
        struct endpoint phone;             /* where the phone listens */
        const struct media_stream *stream; /* what was agreed with the far end */
        const struct audio *local;         /* what we said of ourselves */
        uint8_t keys_type;                 /* as what the phone's channels have telephone events */
        bool mixed;                        /* it takes part in a conference of ours */
};

/* X(name, why not, in words) */
#define MEDIA_WAYS(X)                                                                                                  \
        X(WAY_DIRECT, "")                                                                                              \
        X(WAY_SETTLED, "media.mode")             /* nobody asks */                                                     \
        X(WAY_CONFERENCE, "conference")          /* it is mixed here */                                                \
        X(WAY_UNKNOWN, "address not known")      /* one of the two has not said where it listens, or is on hold */     \
        X(WAY_FAMILY, "address families differ") /* */                                                                 \
        X(WAY_NAT, "phone behind NAT")           /* it listens elsewhere than it comes from */                         \
        X(WAY_NETWORKS, "networks")              /* no group has both */                                               \
        X(WAY_SECURITY, "SRTP")                  /* of one leg */                                                      \
        X(WAY_PAYLOAD, "payload types")          /* they call one thing differently */                                 \
        X(WAY_KEYS, "keys")                      /* the relay says or hears them for one of the two */

enum way {
#define X(name, word) name,
        MEDIA_WAYS(X)
#undef X
                WAY_COUNT
};

/* WAY_DIRECT, or the first reason why not. */
enum way way_of(const struct way_rules *rules, const struct way_ends *ends);
const char *way_word(enum way way);

#endif
