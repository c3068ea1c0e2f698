/* Calls to a whole SIP side from a peer by hand, and everything else a stranger may send it. */
#include <sys/time.h>
#define NET "127.22.2"

#include "tests/unit/sip_caller.h"

static void announcement_is_told(void **state)
{
        struct world *world = *state;
        invite(world, "Require: answermode\r\nAnswer-Mode: Auto;require\r\nAlert-Info: <Bellcore-dr2>\r\n", PEER_SDP);
        const struct alerting *alerting = &world->side.event.alerting;
        assert_true(alerting->answer && alerting->required && !alerting->one_way);
        assert_int_equal(alerting->ring, RING_BELLCORE_2);
        side_do(&world->side, SIP_CMD_REJECT, world->side.event.dialog);
        peer_expect(&world->pbx, "SIP/2.0 480 ");
}

/* PBXs put the contact we registered into To. */
static void call_to_ourselves_was_not_redirected(void **state)
{
        struct world *world = *state;
        uint32_t dialog = invite(world, "", PEER_SDP);
        assert_non_null(strstr(header(world, "To"), world->line));
        assert_string_equal(world->side.event.called, "");
        side_do(&world->side, SIP_CMD_REJECT, dialog);
        peer_expect(&world->pbx, "SIP/2.0 480 ");
}

static void call_rings_and_is_answered(void **state)
{
        struct world *world = *state;
        uint32_t dialog = invite(world, "Diversion: <sip:1999@x>;reason=user-busy\r\n", PEER_SDP);
        assert_string_equal(world->side.event.party.number, "2001");
        assert_string_equal(world->side.event.party.name, "Bob");
        assert_string_equal(world->side.event.called, "1999");
        assert_int_equal(world->side.event.audio.rtp.port, 6000);
        side_do(&world->side, SIP_CMD_RING, dialog);
        peer_expect(&world->pbx, "SIP/2.0 180 ");
        tag_learn(world);
        assert_true(*header(world, "Contact") != '\0');
        side_do(&world->side, SIP_CMD_ANSWER, dialog);
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        assert_non_null(strstr(world->pbx.text, "m=audio 5000 RTP/AVP 8"));
        say(world, "ACK", world->line, 1, "", "");
        hang_up(world, 2);
}

static void unknown_contact_is_404(void **state)
{
        struct world *world = *state;
        say(world, "INVITE", "sip:1001@127.22.2.1:5060", 1, CONTACT, PEER_SDP); /* by number: there is a PBX */
        peer_expect(&world->pbx, "SIP/2.0 404 ");
        say(world, "INVITE", "sip:1-0000000000000000@127.22.2.1:5060", 2, CONTACT, PEER_SDP);
        peer_expect(&world->pbx, "SIP/2.0 404 ");
        say(world, "INVITE", "sip:ffffffffffffffffffffff-1@127.22.2.1:5060", 3, CONTACT, PEER_SDP);
        peer_expect(&world->pbx, "SIP/2.0 404 ");
        side_expect_nothing(&world->side);
}

static void unusable_offer_is_told(void **state)
{
        struct world *world = *state;
        uint32_t dialog = invite(world, "", "v=0\r\nm=audio 0 RTP/AVP 0\r\n");
        assert_true(world->side.event.audio_bad);
        side_end(&world->side, SIP_CMD_REJECT, dialog, 488, 0, "");
        peer_expect(&world->pbx, "SIP/2.0 488 ");
}

static void what_an_invite_must_not_ask_is_refused(void **state)
{
        struct world *world = *state;
        say(world, "INVITE", world->line, 1, CONTACT "Require: magic\r\n", PEER_SDP);
        peer_expect(&world->pbx, "SIP/2.0 420 ");
        assert_string_equal(header(world, "Unsupported"), "magic");
        say(world, "INVITE", world->line, 2, CONTACT "Supported: timer\r\nSession-Expires: 30\r\n", PEER_SDP);
        peer_expect(&world->pbx, "SIP/2.0 422 ");
        assert_string_equal(header(world, "Min-SE"), "90");
        say(world, "INVITE", world->line, 3, CONTACT "Content-Type: text/plain\r\n", "hello");
        peer_expect(&world->pbx, "SIP/2.0 415 ");
        assert_string_equal(header(world, "Accept"), "application/sdp");
        say(world, "INVITE", world->line, 4, "", PEER_SDP); /* no Contact */
        peer_expect(&world->pbx, "SIP/2.0 400 ");
        side_expect_nothing(&world->side);
}

static void cancel_ends_the_ringing(void **state)
{
        struct world *world = *state;
        uint32_t dialog = invite(world, "", PEER_SDP);
        say_with(world, true, "CANCEL", world->line, 1, "Reason: SIP;cause=200;text=\"elsewhere\"\r\n", "");
        peer_expect(&world->pbx, "SIP/2.0 487 ");
        const struct sip_event *event = side_expect(&world->side, SIP_ENDED);
        assert_int_equal(event->dialog, dialog);
        assert_true(event->elsewhere);
        side_expect_idle(&world->side, SIDE_WAIT_MS);
}

static void bye_before_the_answer_ends_the_ringing(void **state)
{
        struct world *world = *state;
        uint32_t dialog = invite(world, "", PEER_SDP);
        side_do(&world->side, SIP_CMD_RING, dialog);
        peer_expect(&world->pbx, "SIP/2.0 180 ");
        tag_learn(world);
        say(world, "BYE", world->line, 2, "", "");
        side_expect(&world->side, SIP_ENDED);
        peer_expect(&world->pbx, "SIP/2.0 487 ");
}

static void repeated_and_merged_invites_ring_once(void **state)
{
        struct world *world = *state;
        uint32_t dialog = invite(world, "", PEER_SDP);
        say_with(world, true, "INVITE", world->line, 1, CONTACT, PEER_SDP);
        peer_expect(&world->pbx, "SIP/2.0 100 ");
        say(world, "INVITE", world->line, 1, CONTACT, PEER_SDP); /* the same by another way */
        peer_expect(&world->pbx, "SIP/2.0 482 ");
        side_expect_nothing(&world->side);
        side_end(&world->side, SIP_CMD_REJECT, dialog, 0, 0, "");
        peer_expect(&world->pbx, "SIP/2.0 480 ");
}

static void ringing_is_reliable_when_required(void **state)
{
        struct world *world = *state;
        char rack[64];
        uint32_t dialog = invite(world, "Require: 100rel\r\n", PEER_SDP);
        side_do(&world->side, SIP_CMD_RING, dialog);
        peer_expect(&world->pbx, "SIP/2.0 180 ");
        tag_learn(world);
        assert_string_equal(header(world, "Require"), "100rel");
        text_printf(rack, sizeof rack, "RAck: %s 1 INVITE\r\n", header(world, "RSeq"));
        say(world, "PRACK", world->line, 2, rack, "");
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        side_do(&world->side, SIP_CMD_ANSWER, dialog);
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        say(world, "ACK", world->line, 1, "", "");
        hang_up(world, 3);
}

static void ringing_nobody_acknowledges_ends(void **state)
{
        struct world *world = *state;
        uint32_t dialog = invite(world, "Require: 100rel\r\n", PEER_SDP);
        side_do(&world->side, SIP_CMD_RING, dialog);
        side_expect_in(&world->side, SIP_ENDED, 13000);
        peer_expect(&world->pbx, "SIP/2.0 50");
        side_expect_idle(&world->side, SIDE_WAIT_MS);
}

static void text_say(struct world *world, unsigned cseq, const char *extra, const char *body)
{
        char fields[200];
        text_printf(fields, sizeof fields, "Content-Type: text/plain\r\n%s", extra);
        say(world, "MESSAGE", world->line, cseq, fields, body);
}

static void a_text_comes_when_the_phone_shows_texts(void **state)
{
        struct world *world = *state;
        struct sip_command texts = {.kind = SIP_CMD_LINE_TEXTS, .line = SIDE_LINE, .status = 480};
        text_say(world, 1, "", "Hello");
        peer_expect(&world->pbx, "SIP/2.0 480 "); /* nothing was said of its phone */
        texts.status = 488;
        assert_true(sip_send(world->side.sip, &texts));
        side_expect_nothing(&world->side);
        text_say(world, 2, "", "Hello");
        peer_expect(&world->pbx, "SIP/2.0 488 ");
        texts.status = 200;
        assert_true(sip_send(world->side.sip, &texts));
        side_expect_nothing(&world->side);
        text_say(world, 3, "P-Asserted-Identity: \"Ann\" <sip:1002@x>\r\n", "Hello\r\nyou");
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        const struct sip_event *event = side_expect(&world->side, SIP_TEXT);
        assert_int_equal(event->line, SIDE_LINE);
        assert_string_equal(event->text_from.name, "Ann");
        assert_string_equal(event->text, "Hello  you");
        side_expect_nothing(&world->side);
}

static void each_method_gets_its_answer(void **state)
{
        static const struct {
                const char *method, *extra, *status;
        } cases[] = {
                {"OPTIONS", "", "SIP/2.0 200 "},
                {"MESSAGE", "", "SIP/2.0 404 "},
                {"SUBSCRIBE", CONTACT "Event: presence\r\n", "SIP/2.0 489 "},
                {"NOTIFY", CONTACT "Event: presence\r\nSubscription-State: active\r\n", "SIP/2.0 489 "},
                {"REFER", CONTACT "Refer-To: <sip:1@x>\r\n", "SIP/2.0 405 "},
                {"PUBLISH", "Event: presence\r\n", "SIP/2.0 405 "},
                {"REGISTER", CONTACT, "SIP/2.0 405 "},
                {"BYE", "", "SIP/2.0 481 "},
                {"UPDATE", CONTACT, "SIP/2.0 481 "},
                {"PRACK", "RAck: 1 1 INVITE\r\n", "SIP/2.0 481 "},
                {"CANCEL", "", "SIP/2.0 481 "},
                {"FOO", "", "SIP/2.0 501 "},
        };
        struct world *world = *state;
        for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                say(world, cases[i].method, "sip:127.22.2.1:5060", i + 1, cases[i].extra, "");
                peer_expect(&world->pbx, cases[i].status);
                assert_non_null(strstr(header(world, "CSeq"), cases[i].method));
        }
        TEXT_SET(world->to_tag, "nobody");
        say(world, "INVITE", world->line, 90, CONTACT, PEER_SDP);
        peer_expect(&world->pbx, "SIP/2.0 481 ");
        side_expect_nothing(&world->side);
}

static void nonsense_does_no_harm(void **state)
{
        static const char *const lines[] = {
                "\r\n\r\n",
                "INVITE\r\n\r\n",
                "INVITE sip:x SIP/2.0\r\n\r\n",
                "SIP/2.0 200 OK\r\n\r\n",
                "SIP/2.0 99999 OK\r\nVia: SIP/2.0/UDP x\r\nCSeq: 1 INVITE\r\n\r\n",
                "\xff\xfe\x00garbage",
        };
        struct world *world = *state;
        for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
                peer_send(&world->pbx, lines[i]);
        say(world, "OPTIONS", "sip:127.22.2.1:5060", 1, "From: <sip:two@froms>\r\n", "");
        say(world, "OPTIONS", "sip:127.22.2.1:5060", 2, "", "");
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        side_expect_nothing(&world->side);
}

/* Debian's sofia ends its stack on such lists when messages may be longer than we allow. */
static void endless_header_over_tcp_does_no_harm(void **state)
{
        struct world *world = *state;
        static char text[300000];
        struct sockaddr_storage to;
        socklen_t len = endpoint_to_sockaddr(&world->side.at, &to);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(connect(fd, (struct sockaddr *)&to, len), 0);
        size_t at = (size_t)snprintf(text, sizeof text,
                                     "OPTIONS sip:127.22.2.1:5060 SIP/2.0\r\nVia: SIP/2.0/TCP x;branch=z9hG4bK-t\r\n"
                                     "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: t\r\nCSeq: 1 OPTIONS\r\n"
                                     "Content-Length: 0\r\nReason: SIP;cause=200");
        while (at < 200000)
                at += (size_t)snprintf(text + at, sizeof text - at, ",SIP;cause=200");
        at += (size_t)snprintf(text + at, sizeof text - at, "\r\n\r\n");
        for (size_t sent = 0; sent < at;) {
                ssize_t now = send(fd, text + sent, at - sent, MSG_NOSIGNAL);
                if (now <= 0)
                        break; /* the other side has had enough */
                sent += (size_t)now;
        }
        close(fd);
        say(world, "OPTIONS", "sip:127.22.2.1:5060", 1, "", "");
        peer_expect(&world->pbx, "SIP/2.0 200 ");
}

static void stopping_turns_callers_away(void **state)
{
        struct world *world = *state;
        talk(world);
        sip_stop(world->side.sip, 300);
        peer_expect(&world->pbx, "BYE ");
        peer_expect(&world->pbx, "REGISTER ");
        assert_string_equal(header(world, "Expires"), "0");
        side_start(&world->side, US, PBX, SIP_UDP);
}

static void caller_is_redirected_with_the_reason_and_what_came_before(void **state)
{
        struct world *world = *state;
        uint32_t dialog = invite(world, "Diversion: <sip:1999@x>;reason=user-busy\r\n", PEER_SDP);
        assert_string_equal(world->side.event.diverted_by, "1999");
        assert_int_equal(world->side.event.diversions, 1);
        assert_false(world->side.event.came_by);
        struct sip_command command = {.kind = SIP_CMD_REDIRECT, .dialog = dialog, .redirect = SIP_REDIRECT_NO_ANSWER};
        TEXT_SET(command.party.number, "10#04");
        side_send(&world->side, &command);
        peer_expect(&world->pbx, "SIP/2.0 302 ");
        assert_non_null(strstr(header(world, "Contact"), "<sip:10%2304@"));
        assert_non_null(
                strstr(header(world, "Diversion"), ";reason=no-answer;counter=1, <sip:1999@x>;reason=user-busy"));
        side_expect_idle(&world->side, SIDE_WAIT_MS);
}

static void answered_call_is_not_redirected_but_ended(void **state)
{
        struct world *world = *state;
        uint32_t dialog = talk(world);
        struct sip_command command = {.kind = SIP_CMD_REDIRECT, .dialog = dialog};
        TEXT_SET(command.party.number, "1004");
        side_send(&world->side, &command);
        peer_expect(&world->pbx, "BYE ");
        peer_answer(&world->pbx, "200 OK", "x", "", "");
        side_expect_idle(&world->side, SIDE_WAIT_MS);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                WORLD_TEST(call_to_ourselves_was_not_redirected),
                WORLD_TEST(announcement_is_told),
                WORLD_TEST(call_rings_and_is_answered),
                WORLD_TEST(caller_is_redirected_with_the_reason_and_what_came_before),
                WORLD_TEST(answered_call_is_not_redirected_but_ended),
                WORLD_TEST(unknown_contact_is_404),
                WORLD_TEST(unusable_offer_is_told),
                WORLD_TEST(what_an_invite_must_not_ask_is_refused),
                WORLD_TEST(cancel_ends_the_ringing),
                WORLD_TEST(bye_before_the_answer_ends_the_ringing),
                WORLD_TEST(repeated_and_merged_invites_ring_once),
                WORLD_TEST(ringing_is_reliable_when_required),
                WORLD_TEST(ringing_nobody_acknowledges_ends),
                WORLD_TEST(a_text_comes_when_the_phone_shows_texts),
                WORLD_TEST(each_method_gets_its_answer),
                WORLD_TEST(nonsense_does_no_harm),
                WORLD_TEST(endless_header_over_tcp_does_no_harm),
                WORLD_TEST(stopping_turns_callers_away),
        };
        log_start(getenv("SCCPGW_TEST_LOG") ? LOG_DEBUG : LOG_ERROR, LOG_TEXT);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
