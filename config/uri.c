/* Hosts are letters, digits, dots and hyphens; what is in brackets is an IPv6 address. */
#include "config/uri.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/addr.h"
#include "gateway/base/text.h"

#define HOST_MAX 253
#define ALNUM    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static bool is_ip(const char *text, size_t len, uint8_t family)
{
        char copy[IP_TEXT_SIZE];
        struct ip ip;
        return len < sizeof(copy) && text_copy_n(copy, sizeof(copy), text, len) && ip_parse(copy, &ip) &&
               ip.family == family;
}

static bool is_label(const char *label, size_t len)
{
        return len > 0 && len <= 63 && label[0] != '-' && label[len - 1] != '-';
}

/* Letters somewhere in the last label: what has digits and dots only must be an IPv4 address. */
static bool is_name(const char *text, size_t len)
{
        if (len == 0 || len > HOST_MAX || strspn(text, ALNUM "-_.") < len)
                return false;
        const char *end = text + len - (text[len - 1] == '.'), *label = text;
        for (;;) {
                const char *dot = memchr(label, '.', (size_t)(end - label));
                if (!is_label(label, (size_t)((dot ? dot : end) - label)))
                        return false;
                if (!dot)
                        return strspn(label, "0123456789") < (size_t)(end - label);
                label = dot + 1;
        }
}

static bool is_bracketed(const char *text, size_t len)
{
        return len > 2 && text[0] == '[' && text[len - 1] == ']' && is_ip(text + 1, len - 2, 6);
}

bool uri_is_host(const char *text, size_t len)
{
        return is_name(text, len) || is_ip(text, len, 4) || is_ip(text, len, 6) || is_bracketed(text, len);
}

static bool is_port(const char *text, size_t len)
{
        return len > 0 && len <= 5 && strspn(text, "0123456789") >= len && strtol(text, NULL, 10) > 0 &&
               strtol(text, NULL, 10) <= 65535;
}

/* The length of the host in front of :port; brackets hide the colons of IPv6. */
static size_t host_length(const char *text, size_t len)
{
        const char *bracket = *text == '[' ? memchr(text, ']', len) : NULL;
        const char *from = bracket ? bracket : text;
        const char *colon = memchr(from, ':', len - (size_t)(from - text));
        return colon ? (size_t)(colon - text) : len;
}

bool uri_is_host_port(const char *text, size_t len)
{
        size_t host = len ? host_length(text, len) : 0;
        if (host < len && !is_port(text + host + 1, len - host - 1))
                return false;
        return is_name(text, host) || is_ip(text, host, 4) || is_bracketed(text, host);
}

bool uri_has_scheme(const char *text)
{
        return strncasecmp(text, "sip:", 4) == 0 || strncasecmp(text, "sips:", 5) == 0;
}

const char *uri_check(const char *text)
{
        if (strncasecmp(text, "sips:", 5) == 0)
                return "must be a sip: URI: TLS is not supported";
        if (strncasecmp(text, "sip:", 4) != 0)
                return "must be a SIP URI such as sip:edge.lan;lr";
        const char *server = text + 4;
        size_t len = strcspn(server, ";");
        if (memchr(server, '@', len))
                return "must be the URI of a server, without a user";
        if (!uri_is_host_port(server, len))
                return "must have a host, or host:port, behind sip:";
        if (strspn(server + len, ALNUM ";=-_.!~*'()%[]/:&+$") < strlen(server + len))
                return "has parameters that are not those of a SIP URI";
        return NULL;
}

const char *uri_host(const char *text, size_t *len)
{
        if (uri_has_scheme(text))
                text = strchr(text, ':') + 1;
        *len = host_length(text, strcspn(text, ";"));
        if (*text == '[' && *len > 2) {
                *len -= 2;
                return text + 1;
        }
        return text;
}
