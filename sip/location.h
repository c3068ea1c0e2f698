/* Where registered softphones are: the bindings of the open registrar (RFC 3261 section 10.3), used only when there is
 * no PBX. Values in, values out: knows no clock, no socket and no message. Strings are copied. */
#ifndef SCCPGW_SIP_LOCATION_H
#define SCCPGW_SIP_LOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/addr.h"
#include "sip/sip.h"

#define LOCATION_MAX       1000 /* bindings of all users together */
#define LOCATION_PER_USER  4    /* contacts of one user; the one refreshed longest ago makes room */
#define LOCATION_URI_MAX   256
#define LOCATION_CALL_MAX  128
#define LOCATION_MIN_S     60 /* shorter is refused with 423 */
#define LOCATION_DEFAULT_S 3600
#define LOCATION_MAX_S     3600 /* longer is shortened */
#define LOCATION_NOT_SAID  (-1)

struct location_binding {
        char user[SIP_NUMBER_MAX];
        char uri[LOCATION_URI_MAX]; /* Contact */
        char call_id[LOCATION_CALL_MAX];
        uint32_t cseq;
        struct endpoint source; /* the REGISTER came from there */
        bool tcp;               /* ... over TCP: the port is that of the connection */
        uint64_t updated_ms;
        uint64_t expires_ms; /* gone from then on */
};

/* One REGISTER as the registrar needs it. Strings end in a NUL and are borrowed. */
struct location_request {
        const char *user; /* of the To header */
        const char *call_id;
        uint32_t cseq;
        struct endpoint source;
        bool tcp;
        int64_t expires_s; /* Expires header, LOCATION_NOT_SAID without */
        bool all;          /* Contact: * */
        size_t n_contacts; /* 0, and not all: only asks what is registered */
        const struct location_contact {
                const char *uri;
                int64_t expires_s; /* expires parameter, LOCATION_NOT_SAID without */
        } * contacts;
};

struct location;

struct location *location_new(void); /* NULL: no memory */
void location_free(struct location *location);

/* Does all of the request or none of it. Returns the status to answer with:
 * 200 done; 400 unusable (a star with contacts or without Expires: 0, no user, something too long);
 * 423 shorter than LOCATION_MIN_S; 500 older than what is registered (RFC 3261 section 10.3 step 7); 503 full. */
int location_register(struct location *location, const struct location_request *request, uint64_t now_ms);

/* The user's contacts, refreshed last first; returns how many were copied. */
size_t location_find(const struct location *location, const char *user, uint64_t now_ms,
                     struct location_binding out[LOCATION_PER_USER]);

size_t location_count(const struct location *location, uint64_t now_ms);

#endif
