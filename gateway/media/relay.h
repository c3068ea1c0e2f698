/* The RTP relay as the rest of the house sees it: threads of its own that carry packets between a phone and the SIP
 * side. A stream is opened here with both its port pairs bound, so its ports can be announced at once; ownership of
 * the sockets moves with the open to the thread that has the fewest streams, which keeps it for its whole life. Threads
 * share nothing. Streams are named by the caller, not 0, no two open ones alike.
 * All functions are for one thread, the one that owns the calls; none of them waits. */
#ifndef SCCPGW_MEDIA_RELAY_H
#define SCCPGW_MEDIA_RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/addr.h"
#include "gateway/base/crypto.h"

struct relay;

enum relay_side { RELAY_PHONE, RELAY_SIP }; /* towards the phone, towards the SIP peer */

struct relay_settings {
        unsigned threads;               /* 0: one for each core we may use */
        uint16_t port_first, port_last; /* even first; pairs RTP and RTCP */
        uint8_t dscp;
        unsigned rtp_timeout_s; /* a side that has been heard, or should be, and is silent this long; 0: never */
        unsigned keepalive_s;   /* a side that is told nothing this long gets an empty packet, for its NAT; 0: never; <
                                   256 */
        size_t max_streams;     /* open ones, and closed ones whose RELAY_CLOSED was not taken yet */
        size_t max_members; /* of conferences (conference.h), and those whose leaving is not done yet; 0: no mixer */
        struct ip bind;     /* family 0: all addresses */
        bool latch_strict;  /* hear only who was signalled, as signalled */
        const struct network
                *latch_networks; /* where others may be; none: anywhere; the caller's while the relay runs */
        size_t n_latch_networks;
};

struct relay_ports {
        uint16_t phone, sip; /* RTP; RTCP is the next */
};

enum relay_event_kind {
        RELAY_LATCHED, /* stream, side: a packet was accepted from a source that was not the source before */
        RELAY_UNSAFE,  /* stream, side: for seconds nothing it sent was genuine SRTP under its key; said once per key */
        RELAY_SILENT,  /* stream, side: nothing from this side for rtp_timeout_s; a peer may do so while it is muted */
        RELAY_ONE_WAY, /* stream, side: the other side speaks, and this one was never heard for seconds, or is silent
                        * now; said again while it lasts */
        RELAY_DEAD,    /* stream: nothing from either side for rtp_timeout_s */
        RELAY_CLOSED,  /* stream, counters: the answer to relay_close */
        RELAY_DIGIT,   /* stream, side, digit: a key was pressed there, and relay_terms asked for such news */
};

struct relay_counters {
        uint64_t packets[2], bytes[2]; /* RTP accepted, by the side it came from; bytes of UDP payload */
        uint64_t rtcp[2];              /* RTCP packets accepted */
        uint64_t strangers[2];         /* refused: wrong source (once latched the kernel refuses them, uncounted) */
        uint64_t invalid[2];           /* refused: not RTP, or not RTCP on that port */
        uint64_t lost[2];              /* RTP that did not come, by its sequence numbers (RFC 3550 appendix A.3) */
        uint64_t jitter_us[2];         /* (A.8) */
        uint64_t foreign[2];           /* refused: RTP of a payload type that was not agreed on */
        uint64_t refused[2]; /* refused: SRTP of another key, heard before, or cut; or what cannot be encrypted */
};

struct relay_event {
        enum relay_event_kind kind;
        uint32_t stream;
        enum relay_side side;
        char digit;
        struct relay_counters counters;
};

/* Starts the threads; NULL with a sentence in `why`. */
struct relay *relay_start(const struct relay_settings *settings, char *why, size_t why_size);
void relay_stop(struct relay *relay); /* closes every stream, joins the threads, frees */

/* Binds two port pairs and starts the stream: packets are counted and, once both sides are set, forwarded.
 * False: no ports left, no descriptors, too many streams, or the thread's queue is full (nothing was opened). */
bool relay_open(struct relay *relay, uint32_t stream, struct relay_ports *ports);

/* Where the side receives, and from where it may send. Until this was said for a side its packets are dropped.
 * A packet from the signalled address wins at once; another source address on the same stream is accepted only as the
 * first packet (the phone or peer sits behind NAT), or after a second of silence: from another port of the same
 * address, as the same source (SSRC), or from the signalled address's network as another one (latch.h). Saying it again
 * with another endpoint (re-INVITE, resume) lets the side latch anew; port 0, or the address 0.0.0.0 or ::, stops
 * sending to that side while it may still send; no address at all makes the side unknown again. RTCP is the next port.
 * False: no such stream, or the thread's queue is full. */
bool relay_set(struct relay *relay, uint32_t stream, enum relay_side side, const struct endpoint *endpoint);

/* Where the side's RTCP is, of which relay_set says nothing: on the port of RTP (`mux`, RFC 5761), or at `rtcp` (RFC
 * 3605; without an address: on RTP's; without a port: the next one), which is so before it was said. False: as
 * relay_set. */
bool relay_rtcp(struct relay *relay, uint32_t stream, enum relay_side side, bool mux, const struct endpoint *rtcp);

/* The keys of the side's SRTP, as we see them; suite CRYPTO_NONE: plain RTP, as in the beginning. What comes in is
 * decrypted before anybody else sees it, what goes there is encrypted last; nothing passes that is not genuine, and it
 * is no source to latch to. Said again with the same keys nothing changes, and packets are counted on; see secure.h.
 * False: as relay_set. */
bool relay_secure(struct relay *relay, uint32_t stream, enum relay_side side, const struct crypto_keys *keys);

/* While held, silence is expected; none of RELAY_SILENT, RELAY_ONE_WAY and RELAY_DEAD is reported. */
bool relay_hold(struct relay *relay, uint32_t stream, bool held);

/* RTP packets accepted from that side so far, 0 also when there is no such stream. */
uint64_t relay_heard(const struct relay *relay, uint32_t stream, enum relay_side side);

/* Always answered, once, with RELAY_CLOSED, the stream's last event; the name is free at once. False: no such stream.
 */
bool relay_close(struct relay *relay, uint32_t stream);

/* What the stream had counted a second ago at most. False: no such stream. */
bool relay_look(struct relay *relay, uint32_t stream, struct relay_counters *counters);

bool relay_next(struct relay *relay, struct relay_event *event);
int relay_fd(const struct relay *relay); /* readable when relay_next may have something */

/* Snapshots, from the thread that opens streams. */
size_t relay_ports_used(const struct relay *relay);
size_t relay_ports_total(const struct relay *relay);
size_t relay_threads(const struct relay *relay);
void relay_timeout_set(struct relay *relay, unsigned rtp_timeout_s); /* as in the settings, from now on */

#endif
