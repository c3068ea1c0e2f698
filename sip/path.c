#include "sip/path.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/pbx.h"

static const struct listener *listener_for(const struct sip *sip, const struct ip *local, uint8_t family)
{
        const struct listener *any = NULL, *first = NULL;
        for (size_t i = 0; i < sip->n_listeners; i++) {
                const struct listener *listener = &sip->listeners[i];
                if (ip_equal(&listener->at.ip, local))
                        return listener;
                if (listener->at.ip.family != family)
                        continue;
                if (!any && ip_is_any(&listener->at.ip))
                        any = listener;
                if (!first)
                        first = listener;
        }
        if (any)
                return any;
        return first ? first : &sip->listeners[0];
}

/* What a PBX has said of us holds for all dialogs with it. */
static struct endpoint seen_by(const struct sip *sip, const struct path *path)
{
        for (size_t i = 0; i < SIP_PBXS_MAX; i++) {
                const struct path *known = sip->pbxs[i] ? &sip->pbxs[i]->path : NULL;
                if (known && known->seen.ip.family && known->tcp == path->tcp && ip_equal(&known->peer, &path->peer) &&
                    endpoint_equal(&known->local, &path->local))
                        return known->seen;
        }
        return (struct endpoint){0};
}

void path_find(const struct sip *sip, const struct ip *peer, bool tcp, struct path *out)
{
        struct ip local = ip_towards(peer);
        const struct listener *listener = listener_for(sip, &local, peer->family);
        char text[ENDPOINT_TEXT_SIZE];
        *out = (struct path){.peer = *peer, .local = listener->at, .ident = listener->ident, .tcp = tcp};
        struct ip told = address_towards(sip->addresses, sip->n_addresses, peer);
        out->named = told.family != 0 && told.family == listener->at.ip.family;
        if (out->named)
                out->local.ip = told;
        else if (ip_is_any(&listener->at.ip))
                out->local.ip = local;
        TEXT_SET(out->via, tcp ? "SIP/2.0/TCP " : "SIP/2.0/UDP ");
        text_append(out->via, sizeof out->via, "%s;rport", endpoint_print(&out->local, text));
        out->seen = seen_by(sip, out);
}

const struct endpoint *path_told(const struct path *path)
{
        return path->seen.ip.family ? &path->seen : &path->local;
}

void path_uri(const struct path *path, const char *user, char out[SIP_URI_SIZE])
{
        char text[ENDPOINT_TEXT_SIZE], escaped[SIP_NUMBER_MAX * 3];
        uri_user_escape(user, escaped, sizeof escaped);
        text_printf(out, SIP_URI_SIZE, "sip:%s%s%s%s", escaped, *user ? "@" : "", endpoint_print(path_told(path), text),
                    path->tcp ? ";transport=tcp" : "");
}

void path_contact(const struct path *path, const char *user, char out[SIP_URI_SIZE])
{
        char uri[SIP_URI_SIZE];
        path_uri(path, user, uri);
        text_printf(out, SIP_URI_SIZE, "<%s>", uri);
}

/* RFC 3261 section 25.1: unreserved and user-unreserved. */
static bool user_char_allowed(char c)
{
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               (c != '\0' && strchr("-_.!~*'()&=+$,;?/", c));
}

void uri_user_escape(const char *user, char *out, size_t size)
{
        size_t at = 0;
        for (; *user && at + 4 <= size; user++) {
                if (user_char_allowed(*user))
                        out[at++] = *user;
                else
                        at += (size_t)snprintf(out + at, size - at, "%%%02X", (unsigned char)*user);
        }
        out[at] = '\0';
}

const void *uri_or_null(const char *uri)
{
        return *uri ? uri : NULL;
}
