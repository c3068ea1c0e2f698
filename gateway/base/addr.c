/* Addresses as values. Text is read with inet_pton, which accepts one spelling of IPv4 and no zone of IPv6. */
#include "gateway/base/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PORT_DISCARD 9 /* connecting a UDP socket sends nothing, whatever the port */

static const uint8_t mapped_prefix[12] = {[10] = 0xff, [11] = 0xff}; /* ::ffff:0:0/96, RFC 4291 section 2.5.5.2 */

static struct ip ip_from_v4(const void *bytes)
{
        struct ip ip = {.family = 4};
        memcpy(ip.bytes, bytes, 4);
        return ip;
}

static struct ip ip_from_v6(const uint8_t *bytes)
{
        if (memcmp(bytes, mapped_prefix, sizeof mapped_prefix) == 0)
                return ip_from_v4(bytes + sizeof mapped_prefix);
        struct ip ip = {.family = 6};
        memcpy(ip.bytes, bytes, 16);
        return ip;
}

static unsigned ip_bits(const struct ip *ip)
{
        return ip->family == 4 ? 32 : 128;
}

bool ip_parse(const char *text, struct ip *out)
{
        uint8_t bytes[16];
        if (inet_pton(AF_INET, text, bytes) == 1)
                *out = ip_from_v4(bytes);
        else if (inet_pton(AF_INET6, text, bytes) == 1)
                *out = ip_from_v6(bytes);
        else
                return false;
        return true;
}

const char *ip_print(const struct ip *ip, char out[IP_TEXT_SIZE])
{
        if (ip->family == 0)
                return memcpy(out, "-", sizeof "-");
        return inet_ntop(ip->family == 4 ? AF_INET : AF_INET6, ip->bytes, out, IP_TEXT_SIZE);
}

bool ip_equal(const struct ip *a, const struct ip *b)
{
        if (a->family != b->family)
                return false;
        return a->family == 0 || memcmp(a->bytes, b->bytes, ip_bits(a) / 8) == 0;
}

bool ip_is_any(const struct ip *ip)
{
        static const uint8_t zeros[16];
        return ip->family == 0 || memcmp(ip->bytes, zeros, ip_bits(ip) / 8) == 0;
}

/* Decimal digits and nothing else, no leading zero. */
static bool number_parse(const char *text, unsigned max, unsigned *out)
{
        unsigned value = 0;
        if (*text == '\0' || (text[0] == '0' && text[1] != '\0'))
                return false;
        for (; *text; text++) {
                if (*text < '0' || *text > '9')
                        return false;
                value = value * 10 + (unsigned)(*text - '0');
                if (value > max)
                        return false;
        }
        *out = value;
        return true;
}

static bool ip_parse_n(const char *text, size_t len, struct ip *out)
{
        char copy[IP_TEXT_SIZE];
        if (len >= sizeof copy)
                return false;
        memcpy(copy, text, len);
        copy[len] = '\0';
        return ip_parse(copy, out);
}

bool endpoint_parse(const char *text, uint16_t default_port, struct endpoint *out)
{
        struct ip ip;
        unsigned port = default_port;
        if (ip_parse(text, &ip)) { /* also an IPv6 address without brackets: all its colons are its own */
                *out = (struct endpoint){ip, default_port};
                return true;
        }
        bool bracketed = *text == '[';
        const char *end = bracketed ? strchr(text, ']') : strchr(text, ':');
        if (!end)
                return false;
        const char *first = text + bracketed, *rest = end + bracketed;
        if (!ip_parse_n(first, (size_t)(end - first), &ip) || (bracketed && !memchr(first, ':', (size_t)(end - first))))
                return false;
        if (*rest && (*rest != ':' || !number_parse(rest + 1, UINT16_MAX, &port) || port == 0))
                return false;
        *out = (struct endpoint){ip, (uint16_t)port};
        return true;
}

const char *endpoint_print(const struct endpoint *endpoint, char out[ENDPOINT_TEXT_SIZE])
{
        char ip[IP_TEXT_SIZE], port[8] = "";
        ip_print(&endpoint->ip, ip);
        if (endpoint->port != 0 && endpoint->ip.family != 0)
                snprintf(port, sizeof port, ":%u", endpoint->port);
        snprintf(out, ENDPOINT_TEXT_SIZE, endpoint->ip.family == 6 ? "[%s]%s" : "%s%s", ip, port);
        return out;
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
        return a->port == b->port && ip_equal(&a->ip, &b->ip);
}

struct endpoint endpoint_from_sockaddr(const struct sockaddr *from)
{
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        switch (from->sa_family) {
        case AF_INET:
                memcpy(&v4, from, sizeof v4);
                return (struct endpoint){ip_from_v4(&v4.sin_addr), ntohs(v4.sin_port)};
        case AF_INET6:
                memcpy(&v6, from, sizeof v6);
                return (struct endpoint){ip_from_v6(v6.sin6_addr.s6_addr), ntohs(v6.sin6_port)};
        default:
                return (struct endpoint){0};
        }
}

socklen_t endpoint_to_sockaddr(const struct endpoint *endpoint, struct sockaddr_storage *out)
{
        struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(endpoint->port)};
        struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(endpoint->port)};
        memset(out, 0, sizeof *out);
        switch (endpoint->ip.family) {
        case 4:
                memcpy(&v4.sin_addr, endpoint->ip.bytes, 4);
                memcpy(out, &v4, sizeof v4);
                return sizeof v4;
        case 6:
                memcpy(&v6.sin6_addr, endpoint->ip.bytes, 16);
                memcpy(out, &v6, sizeof v6);
                return sizeof v6;
        default:
                return 0;
        }
}

/* The bits of byte `i` that belong to a prefix of that many bits. */
static uint8_t mask_byte(unsigned prefix, unsigned i)
{
        unsigned bits = prefix > i * 8 ? prefix - i * 8 : 0;
        return (uint8_t)(0xff00U >> (bits < 8 ? bits : 8));
}

bool network_parse(const char *text, struct network *out)
{
        struct network network;
        const char *slash = strchr(text, '/');
        if (!ip_parse_n(text, slash ? (size_t)(slash - text) : strlen(text), &network.ip))
                return false;
        unsigned prefix = ip_bits(&network.ip);
        if (slash && !number_parse(slash + 1, prefix, &prefix))
                return false;
        for (unsigned i = 0; i < ip_bits(&network.ip) / 8; i++)
                if (network.ip.bytes[i] & ~mask_byte(prefix, i))
                        return false;
        network.prefix = (uint8_t)prefix;
        *out = network;
        return true;
}

bool network_contains(const struct network *network, const struct ip *ip)
{
        if (ip->family == 0 || ip->family != network->ip.family)
                return false;
        for (unsigned i = 0; i < ip_bits(ip) / 8; i++)
                if ((ip->bytes[i] ^ network->ip.bytes[i]) & mask_byte(network->prefix, i))
                        return false;
        return true;
}

static bool group_contains(const struct network_group *group, const struct ip *ip)
{
        for (size_t i = 0; i < group->count; i++)
                if (network_contains(&group->at[i], ip))
                        return true;
        return false;
}

bool network_groups_join(const struct network_group *groups, size_t n, const struct ip *a, const struct ip *b)
{
        for (size_t i = 0; i < n; i++)
                if (group_contains(&groups[i], a) && group_contains(&groups[i], b))
                        return true;
        return false;
}

struct ip address_towards(const struct address_rule *rules, size_t n, const struct ip *peer)
{
        for (size_t i = 0; i < n; i++)
                if (network_contains(&rules[i].to, peer))
                        return rules[i].ip;
        return (struct ip){0};
}

struct ip ip_towards(const struct ip *peer)
{
        struct sockaddr_storage name;
        struct endpoint to = {*peer, PORT_DISCARD}, here = {0};
        socklen_t len = endpoint_to_sockaddr(&to, &name);
        int fd = len ? socket(name.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
        if (fd < 0)
                return here.ip;
        if (connect(fd, (struct sockaddr *)&name, len) == 0) {
                len = sizeof name;
                if (getsockname(fd, (struct sockaddr *)&name, &len) == 0)
                        here = endpoint_from_sockaddr((struct sockaddr *)&name);
        }
        close(fd);
        return here.ip;
}
