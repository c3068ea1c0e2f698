/* Each layer takes its header off the front of what is left and says which layer comes next. */
#include "gateway/decode/packet.h"

#include <string.h>

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd };
enum { PROTOCOL_TCP = 6, PORTS_SIZE = 4 };
enum {
        EXTENSION_HOPS = 0,
        EXTENSION_ROUTING = 43,
        EXTENSION_FRAGMENT = 44,
        EXTENSION_AUTH = 51,
        EXTENSION_OPTIONS = 60
};
enum { EXTENSIONS_MAX = 16 };

/* What is left of the packet. */
struct rest {
        const uint8_t *at;
        size_t have; /* bytes there are */
        size_t len;  /* bytes there were before the snap length cut them */
};

static uint16_t big16(const uint8_t *at)
{
        return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t big32(const uint8_t *at)
{
        return (uint32_t)big16(at) << 16 | big16(at + 2);
}

/* The next `n` bytes, NULL if they were not captured. */
static const uint8_t *rest_take(struct rest *rest, size_t n)
{
        const uint8_t *at = rest->at;
        if (n > rest->have || n > rest->len)
                return NULL;
        rest->at += n;
        rest->have -= n;
        rest->len -= n;
        return at;
}

/* Padding behind the datagram is no part of it; what the datagram says it has and was not captured is missing. */
static void rest_limit(struct rest *rest, size_t len)
{
        rest->len = len;
        if (rest->have > len)
                rest->have = len;
}

static enum packet_kind tcp_read(struct rest rest, struct segment *out)
{
        const uint8_t *header = rest_take(&rest, 20);
        if (!header)
                return PACKET_CUT;
        size_t size = (size_t)(header[12] >> 4) * 4;
        if (size < 20 || !rest_take(&rest, size - 20))
                return PACKET_CUT;
        out->from.port = big16(header);
        out->to.port = big16(header + 2);
        out->seq = big32(header + 4);
        out->ack = big32(header + 8);
        out->fin = header[13] & 0x01;
        out->syn = header[13] & 0x02;
        out->rst = header[13] & 0x04;
        out->acks = header[13] & 0x10;
        out->bytes = rest.at;
        out->have = rest.have;
        out->len = rest.len;
        return PACKET_SEGMENT;
}

static enum packet_kind fragment_of(uint8_t protocol, const struct rest *rest, struct segment *out)
{
        out->len = rest->len;
        return protocol == PROTOCOL_TCP ? PACKET_FRAGMENT : PACKET_OTHER;
}

static void ip_from(struct ip *ip, uint8_t family, const uint8_t *bytes)
{
        *ip = (struct ip){.family = family};
        memcpy(ip->bytes, bytes, family == 4 ? 4 : 16);
}

static enum packet_kind ipv4_read(struct rest rest, struct segment *out)
{
        const uint8_t *header = rest_take(&rest, 20);
        if (!header)
                return PACKET_CUT;
        size_t size = (size_t)(header[0] & 15) * 4, total = big16(header + 2);
        if (size < 20 || (total && total < size) || !rest_take(&rest, size - 20))
                return PACKET_CUT;
        if (total) /* 0: the network card was to cut it (segmentation offload), and all there is belongs to it */
                rest_limit(&rest, total - size);
        ip_from(&out->from.ip, 4, header + 12);
        ip_from(&out->to.ip, 4, header + 16);
        if (big16(header + 6) & 0x3fff) /* an offset, or more fragments follow */
                return fragment_of(header[9], &rest, out);
        return header[9] == PROTOCOL_TCP ? tcp_read(rest, out) : PACKET_OTHER;
}

static bool is_extension(uint8_t next)
{
        return next == EXTENSION_HOPS || next == EXTENSION_ROUTING || next == EXTENSION_OPTIONS ||
               next == EXTENSION_AUTH;
}

/* Takes an extension header off; false if it is not all there. *next is what follows it. */
static bool extension_take(struct rest *rest, uint8_t *next)
{
        size_t unit = *next == EXTENSION_AUTH ? 4 : 8; /* both counts leave the first 8 bytes out */
        const uint8_t *header = rest_take(rest, 2);
        if (!header || !rest_take(rest, header[1] * unit + 6))
                return false;
        *next = header[0];
        return true;
}

static enum packet_kind ipv6_read(struct rest rest, struct segment *out)
{
        const uint8_t *header = rest_take(&rest, 40), *fragment;
        if (!header)
                return PACKET_CUT;
        uint8_t next = header[6];
        if (big16(header + 4)) /* 0: as in IPv4 */
                rest_limit(&rest, big16(header + 4));
        ip_from(&out->from.ip, 6, header + 8);
        ip_from(&out->to.ip, 6, header + 24);
        for (int i = 0; i < EXTENSIONS_MAX && is_extension(next); i++)
                if (!extension_take(&rest, &next))
                        return PACKET_CUT;
        if (next == EXTENSION_FRAGMENT) {
                if (!(fragment = rest_take(&rest, 8)))
                        return PACKET_CUT;
                next = fragment[0];
                if (big16(fragment + 2) & 0xfff9)
                        return fragment_of(next, &rest, out);
        }
        return next == PROTOCOL_TCP ? tcp_read(rest, out) : PACKET_OTHER;
}

static enum packet_kind ip_read(struct rest rest, struct segment *out)
{
        if (!rest.have)
                return PACKET_CUT;
        switch (rest.at[0] >> 4) {
        case 4:
                return ipv4_read(rest, out);
        case 6:
                return ipv6_read(rest, out);
        default:
                return PACKET_OTHER;
        }
}

/* IEEE 802.1Q, 802.1ad, and the number that was used before it */
static bool is_vlan(uint16_t type)
{
        return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

static enum packet_kind ethertype_read(struct rest rest, uint16_t type, struct segment *out)
{
        while (is_vlan(type)) {
                const uint8_t *tag = rest_take(&rest, 4);
                if (!tag)
                        return PACKET_CUT;
                type = big16(tag + 2);
        }
        return type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6 ? ip_read(rest, out) : PACKET_OTHER;
}

/* A header of `size` bytes with an Ethernet type at `offset`. */
static enum packet_kind typed_read(struct rest rest, size_t size, size_t offset, struct segment *out)
{
        const uint8_t *header = rest_take(&rest, size);
        return header ? ethertype_read(rest, big16(header + offset), out) : PACKET_CUT;
}

enum packet_kind packet_read(enum packet_link link, const uint8_t *bytes, size_t len, struct segment *out)
{
        struct rest rest = {.at = bytes, .have = len, .len = len};
        *out = (struct segment){0};
        switch (link) {
        case PACKET_ETHERNET:
                return typed_read(rest, 14, 12, out);
        case PACKET_COOKED:
                return typed_read(rest, 16, 14, out);
        case PACKET_COOKED_2:
                return typed_read(rest, 20, 0, out);
        case PACKET_LOOPBACK: /* the family's number differs between systems; the IP header says it as well */
                return rest_take(&rest, 4) ? ip_read(rest, out) : PACKET_CUT;
        case PACKET_RAW:
                return ip_read(rest, out);
        }
        return PACKET_OTHER;
}
