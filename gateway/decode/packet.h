/* One captured packet to the TCP segment in it: link layer, IPv4 or IPv6, TCP header. Pure; every length in the packet
 * is checked against the bytes there are. */
#ifndef SCCPGW_DECODE_PACKET_H
#define SCCPGW_DECODE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/addr.h"

enum packet_link {
        PACKET_ETHERNET, /* VLAN tags, also several, are skipped */
        PACKET_COOKED,   /* Linux "any" interface, version 1 */
        PACKET_COOKED_2, /* and version 2 */
        PACKET_LOOPBACK, /* BSD: the address family in either byte order */
        PACKET_RAW,      /* begins with the IP header */
};

enum packet_kind {
        PACKET_SEGMENT,  /* *out is a TCP segment */
        PACKET_OTHER,    /* no TCP */
        PACKET_FRAGMENT, /* a part of a TCP segment: from, to and len are set */
        PACKET_CUT,      /* ends inside its headers, or they contradict themselves */
};

struct segment {
        struct endpoint from, to;
        uint32_t seq, ack;
        bool syn, acks, fin, rst;
        const uint8_t *bytes; /* inside the packet */
        size_t have;          /* bytes that were captured */
        size_t len;           /* bytes that were sent; more than `have` when the capture has a snap length */
};

enum packet_kind packet_read(enum packet_link link, const uint8_t *bytes, size_t len, struct segment *out);

#endif
