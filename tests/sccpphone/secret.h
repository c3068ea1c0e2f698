/* SRTP of the simulated phone, under the keys it is told: one for what it hears, one for what it says. */
#ifndef SCCPPHONE_SECRET_H
#define SCCPPHONE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sccp/schema.h"

struct secret_way; /* one direction; NULL: in the clear */

struct secret {
        struct secret_way *in, *out;
        unsigned refused; /* packets that were not genuine */
        bool wrong;       /* speaks under a key it was not told */
        bool plain;       /* speaks in the clear, whatever it was told */
};

/* From the key of a message; one without algorithm is the end of secrecy. False: no key a phone could use. */
bool secret_hear(struct secret *secret, const struct sccp_media_key *key);
bool secret_say(struct secret *secret, const struct sccp_media_key *key);
void secret_end(struct secret *secret);

#define SECRET_TRAILER 64 /* bytes behind the packet that secret_protect may take */

/* In place; false: it is dropped. Without a key everything passes. */
bool secret_unprotect(struct secret *secret, uint8_t *packet, size_t *len);
bool secret_protect(struct secret *secret, uint8_t *packet, size_t *len);

#endif
