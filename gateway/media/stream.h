/* One call's packets: four sockets, towards the phone and towards the SIP side, RTP and RTCP each. What comes in at one
 * side leaves at the other, after a look at its header and its source. Nothing here allocates, locks or logs; all of it
 * runs on the thread of the stream's loop. */
#ifndef SCCPGW_MEDIA_STREAM_H
#define SCCPGW_MEDIA_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/crypto.h"
#include "gateway/base/loop.h"
#include "gateway/media/convert.h"
#include "gateway/media/digits.h"
#include "gateway/media/latch.h"
#include "gateway/media/reception.h"
#include "gateway/media/relay.h"
#include "gateway/media/udp.h"

enum { STREAM_SIDES = 2 }; /* indexed by enum relay_side */
enum stream_kind { STREAM_RTP, STREAM_RTCP, STREAM_KINDS };

struct stream_sockets {
        int fd[STREAM_SIDES][STREAM_KINDS];
};

struct stream_socket {
        struct loop_fd watch; /* first: its callback casts back */
        struct latch latch;
        struct ip here;    /* our address, as the source knows it */
        union udp_name to; /* where the other side's packets go */
        socklen_t to_len;  /* 0: nowhere */
        int fd;
        int family;
        enum relay_side side;
        enum stream_kind kind;
        bool connected; /* to the source: the kernel then keeps strangers away */
};

struct stream_quiet {
        uint64_t packets; /* at the last look */
        unsigned seconds; /* that nothing came although it should */
        bool expected_anew, idle;
        uint8_t one_way; /* seconds of which only the other side was heard */
};

/* What is said to a side. */
struct stream_alive {
        bool sent; /* something since the last look */
        uint8_t quiet_s;
};

/* Where a side has its RTCP. */
struct stream_rtcp {
        bool mux;           /* on the port of RTP */
        struct endpoint at; /* no address: RTP's; no port: the next one */
};

/* SRTP of one side. */
struct stream_safety {
        bool wanted;              /* nothing may pass in the clear */
        bool told;                /* that nothing it sends is genuine */
        uint8_t doubtful;         /* seconds in which that was so */
        uint64_t passed, refused; /* at the last look */
        struct secure *secure;    /* NULL though wanted: the machine cannot do it, nothing passes */
};

struct stream {
        struct stream_socket sockets[STREAM_SIDES][STREAM_KINDS];
        struct relay_counters counters;
        struct reception reception[STREAM_SIDES];
        struct stream_quiet quiet[STREAM_SIDES];
        struct stream_alive alive[STREAM_SIDES];
        struct stream_rtcp rtcp[STREAM_SIDES];
        struct loop *loop;
        const struct latch_rule *rule;
        struct stream_safety safety[STREAM_SIDES];
        void (*on_news)(struct stream *stream);
        uint8_t news[STREAM_SIDES]; /* a bit per enum relay_event_kind: what on_news has not told yet */
        bool held, dead;
        void (*on_voice)(struct stream *stream, enum relay_side side, const uint8_t *packet, size_t len);
        _Atomic uint64_t *heard; /* by side, the owner's: as counters.packets, for other threads */
        void (*on_digit)(struct stream *stream, enum relay_side side, char digit);
        struct digits digits;
        struct types may_send[STREAM_SIDES];
        bool converted;          /* its sides speak different codecs */
        struct convert *convert; /* then; NULL: there was no memory, nothing passes */
        struct loop_timer digits_clock;
        struct stream_member {
                uint32_t name; /* of the side as member of a conference, from 1; 0: it is none */
                bool muted;
        } member[STREAM_SIDES];
};

/* Takes the sockets and begins to listen; `on_news` is called when a bit of `news` was set by a packet, `on_digit`,
 * when the owner has set it, at the first packet of an event. `rule` stays the caller's. */
void stream_start(struct stream *stream, struct loop *loop, const struct stream_sockets *sockets,
                  const struct latch_rule *rule, void (*on_news)(struct stream *stream));
void stream_stop(struct stream *stream); /* closes the sockets; the counters stay readable */

void stream_set(struct stream *stream, enum relay_side side, const struct endpoint *endpoint);
void stream_rtcp(struct stream *stream, enum relay_side side, bool mux, const struct endpoint *rtcp);
void stream_secure(struct stream *stream, enum relay_side side, const struct crypto_keys *keys);
void stream_hold(struct stream *stream, bool held);

/* A side that is a member is heard by `on_voice`, unless it is muted, and told by stream_say; the other one, as long as
 * it is no member too, is heard and told by nobody. */
bool stream_is_member(const struct stream *stream, enum relay_side side);
void stream_say(struct stream *stream, enum relay_side side, const uint8_t *packet, size_t len);

/* A packet of RTP as if it came from `side`, with the relay's payload types (digits.h). It is nobody's afterwards, and
 * has SECURE_TRAILER_MAX bytes behind it. */
void stream_pass(struct stream *stream, enum relay_side side, uint8_t *packet, size_t len);
bool stream_reaches(const struct stream *stream, enum relay_side side); /* what is said to it goes somewhere */

/* stream_digits.c */
void stream_agree(struct stream *stream, const struct digits_terms *terms);

/* stream_convert.c */
void stream_convert_agree(struct stream *stream, const struct digits_terms *terms);
void stream_convert_end(struct stream *stream);
bool stream_convert(struct stream *stream, enum relay_side from, uint8_t *packet, size_t len); /* false: drop it */

void stream_digit(struct stream *stream, enum relay_side side, char digit, unsigned ms, bool promised);

/* Once a second: whoever was told nothing for keepalive_s gets an empty packet; 0: never. */
void stream_keep_alive(struct stream *stream, unsigned keepalive_s);
/* Once a second, in this order; both set `news`. Silent is a side of which nothing came; dead is a stream when all its
 * sides that matter are silent and it is not kept alive by others of a conference. */
void stream_second(struct stream *stream, unsigned timeout_s);
bool stream_is_silent(const struct stream *stream, enum relay_side side, unsigned timeout_s);
void stream_judge(struct stream *stream, unsigned timeout_s, bool kept_alive);

struct relay_counters stream_counters(const struct stream *stream);

#endif
