/* Digest authentication (RFC 7616, RFC 3261 section 22, RFC 8760), one challenge at a time: parameters in, the value
 * of an Authorization header out. Pure: the caller brings the client nonce. */
#ifndef SCCPGW_SIP_DIGEST_H
#define SCCPGW_SIP_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_REALM_SIZE  128
#define DIGEST_NONCE_SIZE  256
#define DIGEST_OPAQUE_SIZE 128
#define DIGEST_ANSWER_SIZE 1536 /* enough for every answer to a challenge that was taken */

enum digest_algorithm { DIGEST_MD5, DIGEST_MD5_SESS, DIGEST_SHA256, DIGEST_SHA256_SESS };

/* The newest challenge and how often it was answered. Texts are as between the quotes of the challenge. */
struct digest {
        bool set;
        bool stale; /* the password was right, only the nonce was old */
        bool qop;   /* "auth" is wanted; without it the old form of RFC 2069 is answered */
        bool opaque_told;
        enum digest_algorithm algorithm;
        uint32_t uses;
        char realm[DIGEST_REALM_SIZE];
        char nonce[DIGEST_NONCE_SIZE];
        char opaque[DIGEST_OPAQUE_SIZE];
};

struct digest_user {
        const char *name;
        const char *password;
};

/* Takes a challenge: `params` are "name=value" texts up to a NULL, as sofia parses them. False, with `digest` as it
 * was, for what cannot be answered: another algorithm, auth-int alone, no realm or nonce, or too long. */
bool digest_take(struct digest *digest, const char *const *params);

/* Writes "Digest username=..." for one request and counts it; the nonce is used again with a higher count until a
 * new challenge comes. `cnonce` is random text for this request. False: no challenge yet, or texts too long. */
bool digest_answer(struct digest *digest, const struct digest_user *user, const char *method, const char *uri,
                   const char *cnonce, char out[DIGEST_ANSWER_SIZE]);

#endif
