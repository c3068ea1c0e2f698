/* UDP sockets as the relay uses them: bound to a port, non-blocking, connected to one source or to nobody.
 * A socket of family AF_INET6 carries IPv4 too; its IPv4 peers are written as mapped addresses (RFC 4291).
 *
 * A machine may have several addresses, and `here` is the one a peer sends to. A connected socket has one address, the
 * one the routing table prefers; if that is not `here`, connecting would make us deaf, so such a socket stays
 * unconnected and names `here` with every packet it sends. */
#ifndef SCCPGW_MEDIA_UDP_H
#define SCCPGW_MEDIA_UDP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "gateway/base/addr.h"

union udp_name {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
};

/* Binds `port` at `bind` (no address: all of both families where the machine has IPv6). -1 with errno. */
int udp_open(const struct ip *bind, uint16_t port, uint8_t dscp);
int udp_family(int fd); /* AF_INET or AF_INET6 */

/* `to` as a socket of `family` wants it; 0: not reachable from such a socket. */
socklen_t udp_name(int family, const struct endpoint *to, union udp_name *name);

/* False: not connected, because the machine refuses or would no longer hear what is sent to `here`. */
bool udp_connect(int fd, const union udp_name *peer, socklen_t len, const struct ip *here);
void udp_disconnect(int fd);

/* The length of the packet, also when it is longer than `size` and cut; -1 with errno. `here` is written by the second,
 * which works on sockets that are not connected and costs a little more. */
ssize_t udp_receive(int fd, void *packet, size_t size, union udp_name *from);
ssize_t udp_receive_here(int fd, void *packet, size_t size, union udp_name *from, struct ip *here);

/* From a socket that is not connected; `here` without an address: the machine chooses. */
ssize_t udp_send(int fd, const void *packet, size_t len, const union udp_name *to, socklen_t to_len,
                 const struct ip *here);

#endif
