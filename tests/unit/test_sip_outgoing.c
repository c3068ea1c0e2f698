/* Calls from a whole SIP side to a peer by hand: everything a callee and the network between may do to an INVITE. */
#define NET "127.22.1"

#include "tests/unit/sip_called.h"

#include "gateway/base/log.h"

static int listen_tcp(const char *address)
{
        struct endpoint at;
        struct sockaddr_storage name;
        assert_true(endpoint_parse(address, 5060, &at));
        socklen_t len = endpoint_to_sockaddr(&at, &name);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
        assert_true(bind(fd, (struct sockaddr *)&name, len) == 0 && listen(fd, 1) == 0);
        return fd;
}

static int accept_tcp(int listener)
{
        struct pollfd ready = {.fd = listener, .events = POLLIN};
        assert_int_equal(poll(&ready, 1, 5000), 1);
        return accept(listener, NULL, NULL);
}

static void invite_says_who_we_are(void **state)
{
        struct world *world = *state;
        assert_non_null(strstr(header(world, "From"), "\"Phone 1001\" <sip:1001@127.22.1.2>;tag="));
        assert_non_null(strstr(header(world, "Contact"), "@127.22.1.1:5060>"));
        assert_non_null(strstr(header(world, "Supported"), "100rel"));
        assert_non_null(strstr(world->invite, "m=audio 4000 RTP/AVP 8"));
        assert_non_null(strstr(world->invite, "c=IN IP4 127.22.1.1"));
        answer(world, "603 Decline", "a", "Reason: Q.850;cause=21;text=\"not today\"\r\n", "");
        peer_expect(&world->pbx, "ACK ");
        const struct sip_event *event = side_expect(&world->side, SIP_FAILED);
        assert_int_equal(event->status, 603);
        assert_int_equal(event->cause, 21);
        assert_string_equal(event->reason, "not today");
}

static void is_private(struct world *world)
{
        TEXT_SET(world->invite, peer_expect(&world->pbx, "INVITE "));
        assert_non_null(strstr(header(world, "From"), "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="));
        assert_string_equal(header(world, "Privacy"), "id");
        assert_string_equal(header(world, "P-Asserted-Identity"), "\"Phone 1001\" <sip:1001@127.22.1.2>");
}

/* RFC 3323 section 4.1, RFC 3325 section 9.1 */
static void private_call_names_us_to_the_pbx_only(void **state)
{
        struct world *world = *state;
        assert_null(strstr(world->invite, "Privacy:"));
        assert_null(strstr(world->invite, "P-Asserted-Identity:"));
        answer(world, "603 Decline", "a", "", "");
        peer_expect(&world->pbx, "ACK ");
        side_expect(&world->side, SIP_FAILED);
        struct sip_command invite = {.kind = SIP_CMD_INVITE, .line = SIDE_LINE, .dialog = CALL, .anonymous = true};
        TEXT_SET(invite.party.number, "2001");
        invite.audio = side_audio(4000, CODEC_PCMA);
        side_send(&world->side, &invite);
        is_private(world);
        answer(world, "401 Unauthorized", "p", "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n1\"\r\n", "");
        peer_expect(&world->pbx, "ACK ");
        is_private(world);
        answer(world, "200 OK", "a", "", PEER_SDP);
        peer_expect(&world->pbx, "ACK ");
        side_expect(&world->side, SIP_ANSWERED);
        struct sip_command transfer = {.kind = SIP_CMD_TRANSFER, .dialog = CALL, .line = SIDE_LINE};
        TEXT_SET(transfer.party.number, "700");
        side_send(&world->side, &transfer);
        peer_expect(&world->pbx, "REFER ");
        assert_null(strstr(world->pbx.text, "Referred-By:"));
        peer_answer(&world->pbx, "603 Decline", "x", "", "");
        assert_int_equal(side_expect(&world->side, SIP_TRANSFER_NEWS)->status, 603);
        finish(world);
}

static void challenge_is_answered(void **state)
{
        struct world *world = *state;
        answer(world, "407 Proxy Authentication Required", "p",
               "Proxy-Authenticate: Digest realm=\"pbx\", nonce=\"n1\", qop=\"auth\"\r\n", "");
        peer_expect(&world->pbx, "ACK ");
        TEXT_SET(world->invite, peer_expect(&world->pbx, "INVITE "));
        assert_non_null(strstr(header(world, "Proxy-Authorization"), "nonce=\"n1\""));
        assert_non_null(strstr(header(world, "Proxy-Authorization"), "uri=\"sip:2001@127.22.1.2:5060\""));
        assert_null(strstr(header(world, "To"), "tag="));
        answer(world, "407 Proxy Authentication Required", "p",
               "Proxy-Authenticate: Digest realm=\"pbx\", nonce=\"n2\", qop=\"auth\"\r\n", "");
        assert_int_equal(side_expect(&world->side, SIP_FAILED)->status, 407);
}

static void early_media_and_identity_are_told(void **state)
{
        struct world *world = *state;
        answer(world, "183 Session Progress", "a", "P-Asserted-Identity: \"Bob\" <sip:2009@x>\r\n", PEER_SDP);
        const struct sip_event *event = side_expect(&world->side, SIP_PROGRESS);
        assert_int_equal(event->status, 183);
        assert_int_equal(event->audio.rtp.port, 6000);
        assert_int_equal(event->audio.dtmf_payload_type, 101);
        assert_string_equal(event->party.number, "2009");
        assert_string_equal(event->party.name, "Bob");
        answer(world, "200 OK", "a", "", PEER_SDP);
        peer_expect(&world->pbx, "ACK ");
        side_expect(&world->side, SIP_ANSWERED);
        finish(world);
}

static void garbage_for_an_answer_is_told(void **state)
{
        struct world *world = *state;
        answer(world, "200 OK", "a", "", "v=0\r\nthis is no session\r\n");
        peer_expect(&world->pbx, "ACK ");
        const struct sip_event *event = side_expect(&world->side, SIP_ANSWERED);
        assert_true(event->audio_bad);
        assert_int_equal(event->audio.n_codecs, 0);
        finish(world);
}

static void repeated_answer_is_acked_again_and_told_once(void **state)
{
        struct world *world = *state;
        answer(world, "200 OK", "a", "", PEER_SDP);
        peer_expect(&world->pbx, "ACK ");
        side_expect(&world->side, SIP_ANSWERED);
        answer(world, "200 OK", "a", "", PEER_SDP);
        peer_expect(&world->pbx, "ACK ");
        side_expect_nothing(&world->side);
        finish(world);
}

static void answer_of_another_fork_is_hung_up(void **state)
{
        struct world *world = *state;
        answer(world, "180 Ringing", "a", "", "");
        answer(world, "180 Ringing", "b", "", "");
        side_expect(&world->side, SIP_PROGRESS);
        side_expect(&world->side, SIP_PROGRESS);
        answer(world, "200 OK", "b", "", PEER_SDP);
        peer_expect(&world->pbx, "ACK ");
        assert_non_null(strstr(header(world, "To"), "tag=b"));
        side_expect(&world->side, SIP_ANSWERED);
        answer(world, "200 OK", "a", "", PEER_SDP);
        bool acked = false, ended = false;
        for (int64_t until_ms = clock_ms() + 3000; !(acked && ended) && clock_ms() < until_ms;) {
                if (!peer_read(&world->pbx, 100))
                        continue;
                bool other = strstr(header(world, "To"), "tag=a") != NULL;
                acked |= other && strncmp(world->pbx.text, "ACK ", 4) == 0;
                ended |= other && strncmp(world->pbx.text, "BYE ", 4) == 0;
        }
        assert_true(acked && ended);
        side_expect_nothing(&world->side);
        finish(world);
}

static void cancel_waits_for_a_first_response(void **state)
{
        struct world *world = *state;
        side_end(&world->side, SIP_CMD_END, CALL, 0, 26, "");
        peer_expect_no(&world->pbx, "CANCEL ", 300);
        answer(world, "100 Trying", "a", "", "");
        peer_expect(&world->pbx, "CANCEL ");
        assert_non_null(strstr(header(world, "Reason"), "cause=26"));
        peer_answer(&world->pbx, "200 OK", "a", "", "");
        answer(world, "487 Request Terminated", "a", "", "");
        peer_expect(&world->pbx, "ACK ");
        side_expect_nothing(&world->side);
        side_expect_idle(&world->side, SIDE_WAIT_MS);
}

static void answer_that_crosses_the_cancel_is_hung_up(void **state)
{
        struct world *world = *state;
        answer(world, "180 Ringing", "a", "", "");
        side_expect(&world->side, SIP_PROGRESS);
        side_end(&world->side, SIP_CMD_END, CALL, 0, 0, "");
        peer_expect(&world->pbx, "CANCEL ");
        answer(world, "200 OK", "a", "", PEER_SDP);
        peer_expect(&world->pbx, "ACK ");
        peer_expect(&world->pbx, "BYE ");
        peer_answer(&world->pbx, "200 OK", "a", "", "");
        side_expect_nothing(&world->side);
        side_expect_idle(&world->side, SIDE_WAIT_MS);
}

static void redirection_is_followed_by_preference_and_not_in_circles(void **state)
{
        struct world *world = *state;
        answer(world, "302 Moved Temporarily", "a",
               "Contact: <sip:3001@127.22.1.2:5060>;q=0.2, <sip:3002@127.22.1.2:5060>;q=0.8\r\n", "");
        peer_expect(&world->pbx, "ACK ");
        TEXT_SET(world->invite, peer_expect(&world->pbx, "INVITE sip:3002@127.22.1.2:5060 SIP/2.0"));
        answer(world, "302 Moved Temporarily", "b", "Contact: <sip:3002@127.22.1.2:5060>\r\n", "");
        /* the line every answer here has, sip:2001@..., is a contact too: tried, like 3002 */
        assert_int_equal(side_expect(&world->side, SIP_FAILED)->status, 302);
}

static void redirection_to_another_port_goes_to_that_port(void **state)
{
        struct world *world = *state;
        struct peer other;
        peer_open(&other, "127.22.1.2:5099");
        answer(world, "302 Moved Temporarily", "a", "Contact: <sip:3001@127.22.1.2:5099>\r\n", "");
        peer_expect(&world->pbx, "ACK ");
        peer_expect(&other, "INVITE sip:3001@127.22.1.2:5099 SIP/2.0");
        close(other.fd);
}

static void check_redirection_by_tcp(struct world *world, const char *place)
{
        char contact[128], text[PEER_TEXT_SIZE];
        int listener = listen_tcp(place);
        text_printf(contact, sizeof contact, "Contact: <sip:3001@%s;transport=TCP>\r\n", place);
        peer_answer_to(&world->pbx, world->invite, "302 Moved Temporarily", "a", contact, "");
        peer_expect(&world->pbx, "ACK ");
        int fd = accept_tcp(listener);
        ssize_t len = recv(fd, text, sizeof text - 1, 0);
        assert_true(len > 0);
        text[len] = '\0';
        assert_int_equal(strncmp(text, "INVITE sip:3001@", 16), 0);
        assert_non_null(strstr(text, "Via: SIP/2.0/TCP 127.22.1.1:5060"));
        assert_non_null(strstr(text, "@127.22.1.1:5060;transport=tcp>"));
        close(fd);
        close(listener);
}

static void redirection_to_the_pbx_by_tcp_goes_there_by_tcp(void **state)
{
        check_redirection_by_tcp(*state, PBX);
}

static void redirection_to_another_port_by_tcp_goes_there_by_tcp(void **state)
{
        check_redirection_by_tcp(*state, "127.22.1.2:5099");
}

static void redirection_to_another_host_by_tcp_goes_there_by_tcp(void **state)
{
        check_redirection_by_tcp(*state, "127.22.1.3:5060");
}

static void redirection_to_what_we_do_not_speak_is_passed_over(void **state)
{
        struct world *world = *state;
        peer_answer_to(&world->pbx, world->invite, "302 Moved Temporarily", "a",
                       "Contact: <sip:3001@127.22.1.2:5060;transport=ws>;q=1, <sip:3002@127.22.1.2:5060>;q=0.1\r\n",
                       "");
        peer_expect(&world->pbx, "ACK ");
        peer_expect(&world->pbx, "INVITE sip:3002@127.22.1.2:5060 SIP/2.0");
}

static void reliable_response_is_acknowledged_once(void **state)
{
        struct world *world = *state;
        char rack[512];
        answer(world, "183 Session Progress", "a", "Require: 100rel\r\nRSeq: 77\r\n", PEER_SDP);
        peer_expect(&world->pbx, "PRACK sip:2001@127.22.1.2:5060 SIP/2.0");
        assert_non_null(strstr(peer_header(&world->pbx, "RAck", rack), "77 "));
        assert_non_null(strstr(rack, " INVITE"));
        peer_answer(&world->pbx, "200 OK", "a", "", "");
        side_expect(&world->side, SIP_PROGRESS);
        answer(world, "183 Session Progress", "a", "Require: 100rel\r\nRSeq: 77\r\n", PEER_SDP);
        peer_expect_no(&world->pbx, "PRACK ", 300);
        side_expect_nothing(&world->side);
        answer(world, "200 OK", "a", "", ""); /* the answer was in the reliable response */
        assert_int_equal(side_expect(&world->side, SIP_ANSWERED)->audio.rtp.port, 6000);
        peer_expect(&world->pbx, "ACK ");
        finish(world);
}

static void silent_callee_is_408(void **state)
{
        struct world *world = *state;
        /* the side's ring timeout is shorter than a transaction's: it counts from the INVITE on */
        assert_int_equal(side_expect(&world->side, SIP_FAILED)->status, 408);
}

static void interval_too_small_is_repaired(void **state)
{
        struct world *world = *state;
        answer(world, "422 Session Interval Too Small", "a", "Min-SE: 7200\r\n", "");
        peer_expect(&world->pbx, "ACK ");
        peer_expect(&world->pbx, "INVITE ");
        assert_string_equal(header(world, "Session-Expires"), "7200");
        assert_string_equal(header(world, "Min-SE"), "7200");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                WORLD_TEST(invite_says_who_we_are),
                WORLD_TEST(private_call_names_us_to_the_pbx_only),
                WORLD_TEST(challenge_is_answered),
                WORLD_TEST(early_media_and_identity_are_told),
                WORLD_TEST(garbage_for_an_answer_is_told),
                WORLD_TEST(repeated_answer_is_acked_again_and_told_once),
                WORLD_TEST(answer_of_another_fork_is_hung_up),
                WORLD_TEST(cancel_waits_for_a_first_response),
                WORLD_TEST(answer_that_crosses_the_cancel_is_hung_up),
                WORLD_TEST(redirection_is_followed_by_preference_and_not_in_circles),
                WORLD_TEST(redirection_to_another_port_goes_to_that_port),
                WORLD_TEST(redirection_to_the_pbx_by_tcp_goes_there_by_tcp),
                WORLD_TEST(redirection_to_another_port_by_tcp_goes_there_by_tcp),
                WORLD_TEST(redirection_to_another_host_by_tcp_goes_there_by_tcp),
                WORLD_TEST(redirection_to_what_we_do_not_speak_is_passed_over),
                WORLD_TEST(reliable_response_is_acknowledged_once),
                WORLD_TEST(silent_callee_is_408),
                WORLD_TEST(interval_too_small_is_repaired),
        };
        log_start(getenv("SCCPGW_TEST_LOG") ? LOG_DEBUG : LOG_ERROR, LOG_TEXT);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
