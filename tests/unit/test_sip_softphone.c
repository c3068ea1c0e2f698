/* Softphones of the open registrar: how a phone's call finds them, and how they find each other. */
#include "tests/unit/sip_peer.h"
#include "tests/unit/sip_side.h"

#define US    "127.22.9.1:5060"
#define US_IP "127.22.9.1"
#define SOFT  "127.22.9.2:5060"
#define CALL  3u

/* Reads what comes over TCP until a message that begins with `start` is there. */
static void expect_over_tcp(int fd, const char *start, char out[PEER_TEXT_SIZE])
{
        for (int64_t until_ms = clock_ms() + 5000; clock_ms() < until_ms;) {
                struct pollfd ready = {.fd = fd, .events = POLLIN};
                ssize_t len = poll(&ready, 1, 5000) == 1 ? recv(fd, out, PEER_TEXT_SIZE - 1, 0) : 0;
                if (len <= 0)
                        break;
                out[len] = '\0';
                if (strncmp(out, start, strlen(start)) == 0)
                        return;
        }
        fail_msg("no %s came over TCP", start);
}

static int connect_tcp(void)
{
        struct endpoint at;
        struct sockaddr_storage to;
        assert_true(endpoint_parse(US, 5060, &at));
        socklen_t len = endpoint_to_sockaddr(&at, &to);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_true(fd >= 0 && connect(fd, (struct sockaddr *)&to, len) == 0);
        return fd;
}

static void register_tcp(int fd, const char *contact)
{
        char text[1024], answer[PEER_TEXT_SIZE];
        text_printf(text, sizeof text,
                    "REGISTER sip:" US_IP " SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK-1\r\n"
                    "Max-Forwards: 70\r\nFrom: <sip:2001@x>;tag=f\r\nTo: <sip:2001@x>\r\nCall-ID: soft@test\r\n"
                    "CSeq: 1 REGISTER\r\nContact: <%s>\r\nExpires: 300\r\nContent-Length: 0\r\n\r\n",
                    contact);
        assert_true(send(fd, text, strlen(text), MSG_NOSIGNAL) > 0);
        expect_over_tcp(fd, "SIP/2.0 200 ", answer);
}

/* A softphone that registered over TCP is called over its connection, whatever its contact says of the transport. */
static void softphone_is_called_the_way_it_registered(void **state)
{
        static const char *const contacts[] = {"sip:2001@127.0.0.1:9;transport=tcp",
                                               "sip:2001@127.0.0.1:9;transport=TCP", "sip:2001@127.0.0.1:9"};
        (void)state;
        for (size_t i = 0; i < sizeof contacts / sizeof contacts[0]; i++) {
                struct side side = {.sip = NULL};
                char invite[PEER_TEXT_SIZE];
                side_start(&side, US, NULL, SIP_UDP);
                side_line(&side, SIDE_LINE, "1001", "");
                side_expect_line(&side, SIP_LINE_REGISTERED);
                int fd = connect_tcp();
                register_tcp(fd, contacts[i]);
                side_invite(&side, CALL, "2001");
                expect_over_tcp(fd, "INVITE sip:2001@127.0.0.1:9", invite);
                close(fd);
                sip_stop(side.sip, 0);
        }
}

/* A request from the peer's socket about a user of this gateway. */
static void request(struct peer *peer, const char *method, const char *user, unsigned cseq, const char *extra)
{
        struct endpoint at;
        struct sockaddr_storage to;
        char text[1024];
        assert_true(endpoint_parse(US, 5060, &at));
        endpoint_to_sockaddr(&at, &to);
        memcpy(&peer->from, &to, sizeof peer->from);
        text_printf(text, sizeof text,
                    "%s sip:%s@" US " SIP/2.0\r\nVia: SIP/2.0/UDP " SOFT ";rport;branch=z9hG4bK-%s-%u\r\n"
                    "Max-Forwards: 70\r\nFrom: <sip:%s@" US ">;tag=f\r\nTo: <sip:%s@" US ">\r\nCall-ID: %s@test\r\n"
                    "CSeq: %u %s\r\n%sContent-Length: 0\r\n\r\n",
                    method, user, method, cseq, user, user, method, cseq, method, extra);
        peer_send(peer, text);
}

/* The ACK of a refusal belongs to the INVITE's transaction. */
static void call_refused(struct peer *peer, const char *user, unsigned cseq, const char *status)
{
        char ack[PEER_TEXT_SIZE], to[512];
        request(peer, "INVITE", user, cseq, "Contact: <sip:2002@" SOFT ">\r\n");
        peer_expect(peer, status);
        text_printf(ack, sizeof ack,
                    "ACK sip:%s@" US " SIP/2.0\r\nVia: SIP/2.0/UDP " SOFT ";rport;branch=z9hG4bK-INVITE-%u\r\n"
                    "Max-Forwards: 70\r\nFrom: <sip:%s@" US ">;tag=f\r\nTo: %s\r\nCall-ID: INVITE@test\r\n"
                    "CSeq: %u ACK\r\nContent-Length: 0\r\n\r\n",
                    user, cseq, user, peer_header(peer, "To", to), cseq);
        peer_send(peer, ack);
}

/* The newest contact, as it is now; phones are still called here, and who is nobody is still 404. */
static void softphone_that_calls_another_is_told_where_it_is(void **state)
{
        struct side side = {.sip = NULL};
        struct peer soft;
        char contact[512];
        (void)state;
        peer_open(&soft, SOFT);
        side_start(&side, US, NULL, SIP_UDP);
        side_line(&side, SIDE_LINE, "1001", "");
        side_expect_line(&side, SIP_LINE_REGISTERED);
        call_refused(&soft, "bob", 1, "SIP/2.0 404 ");
        request(&soft, "REGISTER", "bob", 1, "Contact: <sip:bob@127.22.9.3:5070;ob>\r\nExpires: 300\r\n");
        peer_expect(&soft, "SIP/2.0 200 ");
        call_refused(&soft, "bob", 2, "SIP/2.0 302 ");
        assert_string_equal(peer_header(&soft, "Contact", contact), "<sip:bob@127.22.9.3:5070;ob>");
        request(&soft, "INVITE", "1001", 3, "Contact: <sip:2002@" SOFT ">\r\n");
        assert_int_equal(side_expect(&side, SIP_INCOMING)->line, SIDE_LINE);
        request(&soft, "REGISTER", "bob", 2, "Contact: <sip:bob@127.22.9.3:5070;ob>\r\nExpires: 0\r\n");
        peer_expect(&soft, "SIP/2.0 200 ");
        call_refused(&soft, "bob", 4, "SIP/2.0 404 ");
        sip_stop(side.sip, 0);
        close(soft.fd);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(softphone_is_called_the_way_it_registered),
                cmocka_unit_test(softphone_that_calls_another_is_told_where_it_is),
        };
        return cmocka_run_group_tests_name("sip: softphones", tests, NULL, NULL);
}
