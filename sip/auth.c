#include "sip/auth.h"

#include <sofia-sip/sip.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sip/room.h"

#define STALE_MAX 3

void auth_free(struct auth *auth)
{
        free(auth->www);
        free(auth->proxy);
        *auth = (struct auth){0};
}

/* The first challenge of the list that we can answer: servers put the strongest first (RFC 8760 section 2.4). */
static bool list_take(const msg_auth_t *list, struct digest *out)
{
        for (; list; list = list->au_next) {
                if (strcasecmp(list->au_scheme, "Digest") == 0 && digest_take(out, list->au_params))
                        return true;
        }
        return false;
}

static bool challenge_take(struct digest **digest, unsigned *answered, const msg_auth_t *list)
{
        struct digest taken;
        if (!list_take(list, &taken))
                return false;
        if (*answered > (taken.stale ? STALE_MAX : 0u))
                return false;
        if (!*digest && !(*digest = malloc(sizeof **digest)))
                return false;
        **digest = taken;
        ++*answered;
        return true;
}

bool auth_challenged(struct auth *auth, struct auth_attempt *attempt, const sip_t *response)
{
        bool www = response->sip_www_authenticate != NULL, proxy = response->sip_proxy_authenticate != NULL;
        if (www && !challenge_take(&auth->www, &attempt->www, response->sip_www_authenticate))
                return false;
        if (proxy && !challenge_take(&auth->proxy, &attempt->proxy, response->sip_proxy_authenticate))
                return false;
        return www || proxy;
}

static void answer_write(struct digest *digest, const struct digest_user *user, const char *method, const char *uri,
                         char out[DIGEST_ANSWER_SIZE])
{
        char cnonce[17];
        out[0] = '\0';
        if (!digest)
                return;
        room_token(cnonce, sizeof cnonce - 1);
        if (!digest_answer(digest, user, method, uri, cnonce, out))
                out[0] = '\0';
}

void auth_write(struct auth *auth, const struct digest_user *user, const char *method, const char *uri,
                struct auth_headers *out)
{
        answer_write(auth->www, user, method, uri, out->www);
        answer_write(auth->proxy, user, method, uri, out->proxy);
}
