/* Calls of ours that are up: what either side changes, and what is under way when they end. */
#define NET "127.22.11"

#include "tests/unit/sip_called.h"

#include "gateway/base/log.h"

static void session_is_refreshed_by_update(void **state)
{
        struct world *world = *state;
        answer(world, "200 OK", "a", "Require: timer\r\nSession-Expires: 4;refresher=uac\r\n" ALLOW, PEER_SDP);
        side_expect(&world->side, SIP_ANSWERED);
        peer_expect(&world->pbx, "UPDATE ");
        assert_string_equal(header(world, "Session-Expires"), "4;refresher=uac");
        peer_answer(&world->pbx, "200 OK", "a", CONTACT "Session-Expires: 4;refresher=uac\r\n", "");
        peer_expect(&world->pbx, "UPDATE ");
        peer_answer(&world->pbx, "501 Not Implemented", "a", "", ""); /* then the other way */
        TEXT_SET(world->invite, peer_expect(&world->pbx, "INVITE "));
        answer(world, "200 OK", "a", "", PEER_SDP);
        peer_expect(&world->pbx, "ACK ");
        side_expect_nothing(&world->side);
        finish(world);
}

static void session_nobody_refreshes_ends(void **state)
{
        struct world *world = *state;
        answer(world, "200 OK", "a", "Require: timer\r\nSession-Expires: 3;refresher=uas\r\n", PEER_SDP);
        side_expect(&world->side, SIP_ANSWERED);
        peer_expect(&world->pbx, "BYE ");
        side_expect(&world->side, SIP_ENDED);
        peer_answer(&world->pbx, "200 OK", "a", "", "");
}

static void update_tells_who_speaks_now(void **state)
{
        struct world *world = *state;
        answer(world, "200 OK", "a", ALLOW, PEER_SDP);
        side_expect(&world->side, SIP_ANSWERED);
        request(world, "UPDATE", 1, "P-Asserted-Identity: \"Carol\" <sip:2044@x>\r\n", "");
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        const struct sip_event *event = side_expect(&world->side, SIP_IDENTITY);
        assert_string_equal(event->party.number, "2044");
        request(world, "INFO", 2, "", "");
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        request(world, "REFER", 3, "Refer-To: <sip:1@x>\r\n", "");
        peer_expect(&world->pbx, "SIP/2.0 202 ");
        side_expect(&world->side, SIP_REFERRED);
        request(world, "UPDATE", 2, "", ""); /* out of order */
        peer_expect(&world->pbx, "SIP/2.0 500 ");
        finish(world);
}

static void offer_without_a_description_is_answered_in_the_ack(void **state)
{
        struct world *world = *state;
        answer(world, "200 OK", "a", "", PEER_SDP);
        side_expect(&world->side, SIP_ANSWERED);
        request(world, "INVITE", 1, "", "");
        assert_int_equal(side_expect(&world->side, SIP_OFFERED)->audio.n_codecs, 0);
        side_do(&world->side, SIP_CMD_ACCEPT, CALL);
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        assert_non_null(strstr(world->pbx.text, "m=audio 5000"));
        request(world, "ACK", 1, "", PEER_SDP);
        assert_int_equal(side_expect(&world->side, SIP_OFFER_ANSWERED)->audio.rtp.port, 6000);
        finish(world);
}

static void second_offer_before_the_first_is_answered_waits(void **state)
{
        struct world *world = *state;
        answer(world, "200 OK", "a", "", PEER_SDP);
        side_expect(&world->side, SIP_ANSWERED);
        request(world, "INVITE", 1, "", "");
        side_expect(&world->side, SIP_OFFERED);
        request(world, "UPDATE", 2, "", PEER_SDP);
        peer_expect(&world->pbx, "SIP/2.0 500 ");
        assert_true(*header(world, "Retry-After") != '\0');
        side_do(&world->side, SIP_CMD_REFUSE, CALL);
        peer_expect(&world->pbx, "SIP/2.0 488 ");
        finish(world);
}

static void dialog_the_peer_forgot_ends(void **state)
{
        struct world *world = *state;
        answer(world, "200 OK", "a", "", PEER_SDP);
        side_expect(&world->side, SIP_ANSWERED);
        side_do(&world->side, SIP_CMD_OFFER, CALL);
        TEXT_SET(world->invite, peer_expect(&world->pbx, "INVITE sip:2001@127.22.11.2:5060"));
        while (strstr(header(world, "To"), "tag=a") == NULL)
                TEXT_SET(world->invite, peer_expect(&world->pbx, "INVITE sip:2001@127.22.11.2:5060"));
        answer(world, "481 Call/Transaction Does Not Exist", "a", "", "");
        side_expect(&world->side, SIP_ENDED);
        peer_expect(&world->pbx, "BYE ");
}

/* Our re-INVITE has come to the PBX, which has not answered it. */
static void reinvite(struct world *world)
{
        answer(world, "200 OK", "a", "", PEER_SDP);
        side_expect(&world->side, SIP_ANSWERED);
        side_do(&world->side, SIP_CMD_OFFER, CALL);
        do
                TEXT_SET(world->invite, peer_expect(&world->pbx, "INVITE sip:2001@127.22.11.2:5060"));
        while (strstr(header(world, "To"), "tag=a") == NULL);
}

/* The 200 to it comes all the same, and again: each time it is acknowledged. */
static void late_answer_is_acked(struct world *world)
{
        char cseq[512];
        unsigned number;
        struct peer invite = world->pbx;
        TEXT_SET(invite.text, world->invite);
        assert_int_equal(sscanf(peer_header(&invite, "CSeq", cseq), "%u", &number), 1);
        answer(world, "100 Trying", "a", "", "");
        answer(world, "200 OK", "a", "", PEER_SDP);
        peer_expect(&world->pbx, "ACK ");
        assert_int_equal(strtoul(header(world, "CSeq"), NULL, 10), number);
}

static void reinvite_that_crosses_their_bye_is_acked(void **state)
{
        struct world *world = *state;
        reinvite(world);
        request(world, "BYE", 1, "", "");
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        side_expect(&world->side, SIP_ENDED);
        request(world, "INVITE", 2, "", PEER_SDP);
        peer_expect(&world->pbx, "SIP/2.0 481 ");
        late_answer_is_acked(world);
        side_expect_idle(&world->side, SIDE_WAIT_MS);
        side_expect_nothing(&world->side);
}

static void reinvite_that_crosses_our_bye_is_acked(void **state)
{
        struct world *world = *state;
        reinvite(world);
        side_end(&world->side, SIP_CMD_END, CALL, 0, 0, "");
        peer_expect(&world->pbx, "BYE ");
        peer_answer(&world->pbx, "200 OK", "x", "", "");
        late_answer_is_acked(world);
        side_expect_idle(&world->side, SIDE_WAIT_MS);
        side_expect_nothing(&world->side);
}

static void reinvite_refused_after_the_bye_is_over(void **state)
{
        struct world *world = *state;
        reinvite(world);
        request(world, "BYE", 1, "", "");
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        side_expect(&world->side, SIP_ENDED);
        answer(world, "487 Request Terminated", "a", "", "");
        peer_expect(&world->pbx, "ACK ");
        side_expect_idle(&world->side, SIDE_WAIT_MS);
        side_expect_nothing(&world->side);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                WORLD_TEST(session_is_refreshed_by_update),
                WORLD_TEST(session_nobody_refreshes_ends),
                WORLD_TEST(update_tells_who_speaks_now),
                WORLD_TEST(offer_without_a_description_is_answered_in_the_ack),
                WORLD_TEST(second_offer_before_the_first_is_answered_waits),
                WORLD_TEST(dialog_the_peer_forgot_ends),
                WORLD_TEST(reinvite_that_crosses_their_bye_is_acked),
                WORLD_TEST(reinvite_that_crosses_our_bye_is_acked),
                WORLD_TEST(reinvite_refused_after_the_bye_is_over),
        };
        log_start(getenv("SCCPGW_TEST_LOG") ? LOG_DEBUG : LOG_ERROR, LOG_TEXT);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
