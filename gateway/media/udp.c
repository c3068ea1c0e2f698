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

/* Packets then tell the address they were sent to. */
static void ask_here(int fd, int family, bool on)
{
        if (family == AF_INET6)
                set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, on);
        else
                set(fd, IPPROTO_IP, IP_PKTINFO, on);
}

static void set_options(int fd, int family, uint8_t dscp)
{
        set(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
        set(fd, IPPROTO_IP, IP_TOS, dscp << 2); /* of an AF_INET6 socket: for its IPv4 peers */
        if (family == AF_INET6)
                set(fd, IPPROTO_IPV6, IPV6_TCLASS, dscp << 2);
        ask_here(fd, family, true);
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

static struct ip local_ip(int fd)
{
        union udp_name name = {.any.sa_family = AF_UNSPEC};
        socklen_t len = sizeof name;
        (void)getsockname(fd, &name.any, &len);
        return endpoint_from_sockaddr(&name.any).ip;
}

static void forget_peer(int fd)
{
        struct sockaddr nobody = {.sa_family = AF_UNSPEC};
        (void)connect(fd, &nobody, sizeof nobody);
}

bool udp_connect(int fd, const union udp_name *peer, socklen_t len, const struct ip *here)
{
        if (connect(fd, &peer->any, len) != 0)
                return false;
        struct ip local = local_ip(fd);
        if (here->family && !ip_equal(&local, here)) {
                forget_peer(fd);
                return false;
        }
        ask_here(fd, udp_family(fd), false);
        return true;
}

void udp_disconnect(int fd)
{
        forget_peer(fd);
        ask_here(fd, udp_family(fd), true);
}

ssize_t udp_receive(int fd, void *packet, size_t size, union udp_name *from)
{
        socklen_t len = sizeof *from;
        return recvfrom(fd, packet, size, MSG_TRUNC, &from->any, &len);
}

/* One control message, aligned as the kernel wants it. */
union control {
        struct cmsghdr header;
        uint8_t v4[CMSG_SPACE(sizeof(struct in_pktinfo))];
        uint8_t v6[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

static struct ip here_from(const struct cmsghdr *cmsg)
{
        union udp_name name = {.any.sa_family = AF_UNSPEC};
        struct in_pktinfo v4;
        struct in6_pktinfo v6;
        if (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_PKTINFO) {
                memcpy(&v4, CMSG_DATA(cmsg), sizeof v4);
                name.v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = v4.ipi_addr};
        } else if (cmsg->cmsg_level == IPPROTO_IPV6 && cmsg->cmsg_type == IPV6_PKTINFO) {
                memcpy(&v6, CMSG_DATA(cmsg), sizeof v6);
                name.v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_addr = v6.ipi6_addr};
        }
        return endpoint_from_sockaddr(&name.any).ip;
}

ssize_t udp_receive_here(int fd, void *packet, size_t size, union udp_name *from, struct ip *here)
{
        union control control;
        struct iovec bytes = {packet, size};
        struct msghdr message = {
                .msg_name = from,
                .msg_namelen = sizeof *from,
                .msg_iov = &bytes,
                .msg_iovlen = 1,
                .msg_control = &control,
                .msg_controllen = sizeof control,
        };
        ssize_t len = recvmsg(fd, &message, MSG_TRUNC);
        *here = (struct ip){0};
        if (len >= 0 && CMSG_FIRSTHDR(&message))
                *here = here_from(CMSG_FIRSTHDR(&message));
        return len;
}

/* In the family of the socket, like the name it goes with. */
static size_t here_to(const union udp_name *name, struct cmsghdr *cmsg)
{
        struct in_pktinfo v4 = {.ipi_spec_dst = name->v4.sin_addr};
        struct in6_pktinfo v6 = {.ipi6_addr = name->v6.sin6_addr};
        bool is_v6 = name->any.sa_family == AF_INET6;
        size_t len = is_v6 ? sizeof v6 : sizeof v4;
        *cmsg = (struct cmsghdr){
                .cmsg_level = is_v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                .cmsg_type = is_v6 ? IPV6_PKTINFO : IP_PKTINFO,
                .cmsg_len = CMSG_LEN(len),
        };
        memcpy(CMSG_DATA(cmsg), is_v6 ? (const void *)&v6 : (const void *)&v4, len);
        return CMSG_SPACE(len);
}

ssize_t udp_send(int fd, const void *packet, size_t len, const union udp_name *to, socklen_t to_len,
                 const struct ip *here)
{
        union control control = {0};
        union udp_name from;
        struct endpoint at = {.ip = *here};
        struct iovec bytes = {(void *)packet, len};
        struct msghdr message = {.msg_name = (void *)to, .msg_namelen = to_len, .msg_iov = &bytes, .msg_iovlen = 1};
        if (udp_name(to->any.sa_family, &at, &from)) {
                message.msg_control = &control;
                message.msg_controllen = here_to(&from, &control.header);
        }
        return sendmsg(fd, &message, 0);
}
