/* Sockets, their options, and names in the family of the socket. */
#include "gateway/media/udp.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BUFFER 32768 /* 0.8 s of G.711; the default would keep 5 s of it, all too late to be heard */

static void set(int fd, int level, int option, int value)
{
        /* Without the option audio still flows: a buffer of another size, packets without a mark. */
        (void)setsockopt(fd, level, option, &value, sizeof value);
}

static void set_options(int fd, int family, uint8_t dscp)
{
        set(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
        set(fd, IPPROTO_IP, IP_TOS, dscp << 2); /* of an AF_INET6 socket: for its IPv4 peers */
        if (family == AF_INET6)
                set(fd, IPPROTO_IPV6, IPV6_TCLASS, dscp << 2);
}

static int open_bound(int family, const struct endpoint *at, uint8_t dscp)
{
        union udp_name name;
        socklen_t len = udp_name(family, at, &name);
        int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0)
                return -1;
        set_options(fd, family, dscp);
        if (family == AF_INET6)
                set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
        if (bind(fd, &name.any, len) == 0)
                return fd;
        int error = errno;
        close(fd);
        errno = error;
        return -1;
}

int udp_open(const struct ip *bind, uint16_t port, uint8_t dscp)
{
        struct endpoint at = {*bind, port};
        if (bind->family != 0)
                return open_bound(bind->family == 4 ? AF_INET : AF_INET6, &at, dscp);
        at.ip.family = 6;
        int fd = open_bound(AF_INET6, &at, dscp);
        if (fd >= 0 || (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL))
                return fd;
        at.ip.family = 4;
        return open_bound(AF_INET, &at, dscp);
}

int udp_family(int fd)
{
        int family = 0;
        socklen_t len = sizeof family;
        (void)getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len);
        return family;
}

static void map_ipv4(const struct endpoint *to, struct sockaddr_in6 *name)
{
        *name = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(to->port)};
        memset(name->sin6_addr.s6_addr + 10, 0xff, 2);
        memcpy(name->sin6_addr.s6_addr + 12, to->ip.bytes, 4);
}

socklen_t udp_name(int family, const struct endpoint *to, union udp_name *name)
{
        struct sockaddr_storage storage;
        socklen_t len = endpoint_to_sockaddr(to, &storage);
        if (family == AF_INET6 && to->ip.family == 4) {
                map_ipv4(to, &name->v6);
                return sizeof name->v6;
        }
        if (len == 0 || storage.ss_family != family)
                return 0;
        memcpy(name, &storage, len);
        return len;
}

bool udp_connect(int fd, const union udp_name *peer, socklen_t len)
{
        return connect(fd, &peer->any, len) == 0;
}

void udp_disconnect(int fd)
{
        struct sockaddr nobody = {.sa_family = AF_UNSPEC};
        (void)connect(fd, &nobody, sizeof nobody);
}
