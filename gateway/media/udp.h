/* UDP sockets as the relay uses them: bound to a port, non-blocking, connected to one source or to nobody.
 * A socket of family AF_INET6 carries IPv4 too; its IPv4 peers are written as mapped addresses (RFC 4291). */
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

bool udp_connect(int fd, const union udp_name *peer, socklen_t len);
void udp_disconnect(int fd);

#endif
