/* Digest towards one line's PBX: the newest challenges of its registrar and of its proxy, and the headers that answer
 * them. The same nonces serve REGISTER and calls until a server wants new ones. */
#ifndef SCCPGW_SIP_AUTH_H
#define SCCPGW_SIP_AUTH_H

#include <stdbool.h>

#include "sip/digest.h"

struct sip_s;

struct auth {
        struct digest *www, *proxy; /* owned; NULL: never challenged */
};

/* What one request went through: a second challenge for what was answered means a wrong password. */
struct auth_attempt {
        unsigned www, proxy;
};

/* Header values, "" where there is none. */
struct auth_headers {
        char www[DIGEST_ANSWER_SIZE], proxy[DIGEST_ANSWER_SIZE];
};

void auth_free(struct auth *auth);

/* Takes the challenges of a 401 or 407. True: answering them is worth another request. */
bool auth_challenged(struct auth *auth, struct auth_attempt *attempt, const struct sip_s *response);

void auth_write(struct auth *auth, const struct digest_user *user, const char *method, const char *uri,
                struct auth_headers *out);

/* For a request of sofia's. */
#define AUTH_TAGS(headers)                                                                                             \
        TAG_IF((headers)->www[0], SIPTAG_AUTHORIZATION_STR((headers)->www)),                                           \
                TAG_IF((headers)->proxy[0], SIPTAG_PROXY_AUTHORIZATION_STR((headers)->proxy))

#endif
