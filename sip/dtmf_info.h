/* The body of an INFO that carries a key. Pure. */
#ifndef SCCPGW_SIP_DTMF_INFO_H
#define SCCPGW_SIP_DTMF_INFO_H

#include <stddef.h>

#define DTMF_RELAY_TYPE "application/dtmf-relay"
#define DTMF_INFO_SIZE  40
#define DTMF_INFO_MS    60000 /* nobody holds a key for longer */

struct dtmf_info {
        char digit;  /* 0-9 * # A-D */
        unsigned ms; /* 0: not told */
};

enum dtmf_found {
        DTMF_KEY,
        DTMF_OTHER, /* no key, but nothing wrong: a hook flash, another kind of body, none at all */
        DTMF_BAD,
};

/* `type` as the Content-Type says it, NULL: it does not. Knows application/dtmf-relay ("Signal=5", "Duration=160" on
 * lines of their own, in any order, with or without spaces) and application/dtmf (the key alone); keys also as the
 * numbers 10 to 15 of RFC 4733. */
enum dtmf_found dtmf_info_read(const char *type, const char *body, size_t len, struct dtmf_info *out);
size_t dtmf_info_write(const struct dtmf_info *key, char out[DTMF_INFO_SIZE]); /* of DTMF_RELAY_TYPE */

#endif
