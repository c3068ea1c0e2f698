/* Between us and one peer: which of our sockets, and which address of ours we tell it. */
#ifndef SCCPGW_SIP_PATH_H
#define SCCPGW_SIP_PATH_H

#include "sip/room.h"

#define PATH_VIA_SIZE 96

struct path {
        struct ip peer;
        struct endpoint local; /* as the peer reaches us: Via, Contact, and c= when the caller gives none */
        struct endpoint seen;  /* as it sees us, where a NAT lies between: then in the Contact; else no address */
        bool named;            /* `local` is configured */
        const char *ident;     /* of the listener, owned by struct sip */
        bool tcp;
        char via[PATH_VIA_SIZE]; /* header value */
};

/* The listener at the address the routing table names, else one for all addresses, else the first of the family. */
void path_find(const struct sip *sip, const struct ip *peer, bool tcp, struct path *out);

const struct endpoint *path_told(const struct path *path); /* `seen`, or else `local` */

/* "<sip:user@address:port>" for a Contact header; `user` may be "". */
void path_contact(const struct path *path, const char *user, char out[SIP_URI_SIZE]);
/* "sip:user@address:port" of ourselves. */
void path_uri(const struct path *path, const char *user, char out[SIP_URI_SIZE]);

/* A user part may hold any character a number may hold; what RFC 3261 does not allow there is written as %XX. */
void uri_user_escape(const char *user, char *out, size_t size);

/* NULL for "", as sofia wants it. */
#define URI_OR_NULL(text) ((const url_string_t *)uri_or_null(text))
const void *uri_or_null(const char *uri);

/* What every request of ours over this path carries for sofia. */
#define PATH_TAGS(path) SIPTAG_VIA_STR((path)->via), NTATAG_USER_VIA(1), TPTAG_IDENT((path)->ident)

#endif
