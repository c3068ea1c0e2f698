/* What leaves the SIP side carries the mark of its settings for the network's quality of service. */
#include "tests/unit/sip_peer.h"
#include "tests/unit/sip_side.h"

#define US  "127.22.10.1:5060"
#define PBX "127.22.10.2:5060"

#define DESCRIPTORS 64 /* this program has far fewer */

/* The mark of the next packet at a socket that asked for marks. */
static int mark_of_next(int fd)
{
        char text[16];
        union {
                struct cmsghdr header;
                unsigned char bytes[CMSG_SPACE(sizeof(int))];
        } control;
        struct iovec bytes = {text, sizeof text};
        struct msghdr message = {
                .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
        assert_true(recvmsg(fd, &message, 0) > 0);
        struct cmsghdr *mark = CMSG_FIRSTHDR(&message);
        assert_true(mark && mark->cmsg_level == IPPROTO_IP && mark->cmsg_type == IP_TOS);
        return *CMSG_DATA(mark) >> 2;
}

static void requests_over_udp_carry_their_mark(void **state)
{
        struct side side = {.sip = NULL};
        struct peer pbx;
        int on = 1;
        (void)state;
        peer_open(&pbx, PBX);
        assert_int_equal(setsockopt(pbx.fd, IPPROTO_IP, IP_RECVTOS, &on, sizeof on), 0);
        side_start(&side, US, PBX, SIP_UDP);
        side_line(&side, SIDE_LINE, "1001", "secret");
        assert_int_equal(mark_of_next(pbx.fd), SIDE_DSCP);
        sip_stop(side.sip, 0);
        close(pbx.fd);
}

/* Of a connection of ours the mark can be asked from this side only: it is the socket whose peer is the PBX. */
static void connections_carry_their_mark(void **state)
{
        struct side side = {.sip = NULL};
        struct endpoint at;
        struct sockaddr_storage name;
        int one = 1, mark = 0;
        (void)state;
        assert_true(endpoint_parse(PBX, 5060, &at));
        socklen_t len = endpoint_to_sockaddr(&at, &name);
        int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        assert_true(bind(listener, (struct sockaddr *)&name, len) == 0 && listen(listener, 1) == 0);
        side_start(&side, US, PBX, SIP_TCP);
        side_line(&side, SIDE_LINE, "1001", "secret");
        int accepted = accept(listener, NULL, NULL);
        assert_true(accepted >= 0);
        for (int fd = 3; fd < DESCRIPTORS; fd++) {
                struct sockaddr_in peer = {.sin_family = AF_UNSPEC};
                socklen_t peer_len = sizeof peer, mark_len = sizeof mark;
                if (getpeername(fd, (struct sockaddr *)&peer, &peer_len) == 0 &&
                    memcmp(&peer, &name, sizeof peer.sin_family + sizeof peer.sin_port + sizeof peer.sin_addr) == 0)
                        assert_int_equal(getsockopt(fd, IPPROTO_IP, IP_TOS, &mark, &mark_len), 0);
        }
        assert_int_equal(mark >> 2, SIDE_DSCP);
        sip_stop(side.sip, 0);
        close(accepted);
        close(listener);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(requests_over_udp_carry_their_mark),
                cmocka_unit_test(connections_carry_their_mark),
        };
        return cmocka_run_group_tests_name("sip: marks", tests, NULL, NULL);
}
