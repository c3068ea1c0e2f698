/* SRTP and SRTCP (RFC 3711, RFC 7714) of one side of a stream: what comes in is authenticated, decrypted and looked up
 * among what came before; what goes out is encrypted. libsrtp2 does it, by its public functions alone, whatever it is
 * built with. Each direction has a key and a context of its own, for RTP and RTCP together.
 *
 * What cannot be authenticated, was there before, or is older than what we remember is not for anybody's ears: false,
 * and the packet is to be dropped. Nothing is allocated but for a new source (SSRC), after its first packet proved
 * genuine. Of sources only the newest few are remembered whole; a source that had to make room does not come back under
 * the same key, because its packets could be somebody's recording (inwards) or use a keystream twice (outwards).
 *
 * A context is one thread's. */
#ifndef SCCPGW_MEDIA_SECURE_H
#define SCCPGW_MEDIA_SECURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/crypto.h"

enum {
        SECURE_SOURCES = 4,       /* of one direction, at a time: voice, music on hold, announcements */
        SECURE_SOURCES_GONE = 60, /* that made room for these, and are known not to come back */
        SECURE_TRAILER_MAX = 160, /* bytes that secure_protect may add */
};

struct secure;

/* Once per process before all else, again as often as wanted. False: libsrtp2 does not work on this machine. */
bool secure_init(void);
bool secure_has(enum crypto_suite suite);
/* "libsrtp2 2.5.0 (NSS)": version, and what computes its ciphers as far as that can be known. */
#define SECURE_LIBRARY_SIZE 64
void secure_library(char out[SECURE_LIBRARY_SIZE]);

/* A context for `keys`, suite not CRYPTO_NONE; NULL: no memory, or the library cannot do it. */
struct secure *secure_new(const struct crypto_keys *keys);
void secure_free(struct secure *secure); /* wipes; NULL is nothing */

/* Other keys. A direction whose key and suite are as before goes on counting as before; the other begins anew. Packets
 * under the former key are accepted until the first under the new one, as they may be on their way. False: as
 * secure_new; nothing passes then until it worked. */
bool secure_rekey(struct secure *secure, const struct crypto_keys *keys);
bool secure_has_keys(const struct secure *secure, const struct crypto_keys *keys); /* these, now */

/* In place; `packet` is aligned to 4 bytes, and `*len` becomes the new length. For protect there is room for
 * SECURE_TRAILER_MAX bytes behind it. `rtcp`: a compound packet of RTCP. The header has been checked (packet.h). */
bool secure_protect(struct secure *secure, bool rtcp, uint8_t *packet, size_t *len);
bool secure_unprotect(struct secure *secure, bool rtcp, uint8_t *packet, size_t *len);

#endif
