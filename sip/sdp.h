/* Session descriptions (RFC 8866, offers and answers of RFC 3264): text to struct audio and back.
 * Knows one audio stream of a session; everything else in a peer's description is remembered only as far as an answer
 * must name it. Decides nothing: which codecs, types and directions to say comes in with struct audio. */
#ifndef SCCPGW_SIP_SDP_H
#define SCCPGW_SIP_SDP_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/audio.h"
#include "sip/sdp_crypto.h"

#define SDP_TEXT_SIZE  3072  /* what sdp_write needs at most, with its NUL */
#define SDP_READ_MAX   16384 /* longer texts are refused */
#define SDP_MEDIA_MAX  8     /* m= lines; more are refused */
#define SDP_TOKEN_SIZE 24

/* The m= lines of a session, in order: an answer names each of the offer's, and later offers from either side keep
 * them, profile included (RFC 3264 sections 6 and 8). Empty (the zero value): one audio stream, nothing else. */
struct sdp_shape {
        uint8_t n_media;
        uint8_t audio; /* which of them carries our stream */
        struct sdp_media_line {
                char type[SDP_TOKEN_SIZE];     /* "audio", "video" */
                char protocol[SDP_TOKEN_SIZE]; /* "RTP/AVP" */
                char format[SDP_TOKEN_SIZE];   /* the first one */
        } media[SDP_MEDIA_MAX];
};

/* What identifies our side of one session in its o= line. The caller sets `id` once (random, below 2^63) and leaves
 * the rest to sdp_write, which counts `version` up whenever the description differs from the one written before. */
struct sdp_session {
        uint64_t id;
        uint64_t version;
        uint64_t digest; /* of what was written last */
};

/* What of SRTP may be spoken. */
struct sdp_security {
        enum crypto_policy policy;
        unsigned suites; /* a bit, 1 << enum crypto_suite, for each we can do */
};

/* Reads an offer or an answer: the first audio stream that is not refused and may be spoken, with the codecs of
 * base/audio.h in the order of the text. Plain is RTP/AVP or RTP/AVPF (RFC 4585; its feedback is neither asked for nor
 * given), secure is RTP/SAVP or RTP/SAVPF with a key that we can use. Off: plain, and its keys are not looked at;
 * optional: both, and plain with keys is an offer to speak SRTP too (RFC 8643); required: what has a key we can use.
 * Null c= addresses (0.0.0.0, ::) mean hold: the direction loses its receiving half (RFC 3264 section 8.4). Addresses
 * are taken as they are told; names and multicast are refused. RTCP is where a=rtcp (RFC 3605) and a=rtcp-mux say. Returns NULL, or a sentence for the log why nothing can
 * be done with it; `audio` is then empty (n_codecs 0), and its keys are never filled in here. `security` NULL: off.
 * `shape` and `cryptos` may be NULL; they are written only on success, and the shape is to be kept for the session's
 * next sdp_write. */
const char *sdp_read(const char *text, size_t len, const struct sdp_security *security, struct audio *audio,
                     struct sdp_shape *shape, struct sdp_cryptos *cryptos);

/* Writes `audio` as an offer (shape: of the session so far, or NULL) or an answer (shape: of the offer), with these
 * keys (NULL: none). Needs audio->rtp.ip; port 0 writes a refused stream. Streams of the shape other than our audio are
 * refused with port 0. Returns the length of the NUL-terminated text. */
size_t sdp_write(const struct audio *audio, const struct sdp_shape *shape, const struct sdp_cryptos *cryptos,
                 struct sdp_session *session, char out[SDP_TEXT_SIZE]);

/* The shape of a first offer that nothing but SRTP may answer. */
void sdp_shape_secure(struct sdp_shape *shape);

/* The word of the attribute: "sendrecv". */
const char *sdp_direction_name(enum audio_direction direction);

#endif
