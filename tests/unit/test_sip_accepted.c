/* Calls to us that were answered: their ACK, what the caller changes, and what waits for either. */
#define NET "127.22.12"

#include "tests/unit/sip_caller.h"

static void missing_ack_ends_the_call(void **state)
{
        struct world *world = *state;
        uint32_t dialog = invite(world, "", PEER_SDP);
        side_do(&world->side, SIP_CMD_ANSWER, dialog);
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        peer_expect(&world->pbx, "SIP/2.0 200 "); /* repeated */
        const struct sip_event *event = side_expect_in(&world->side, SIP_ENDED, 13000);
        assert_string_equal(event->reason, "no ACK");
        peer_expect(&world->pbx, "BYE ");
        peer_answer(&world->pbx, "200 OK", "x", "", "");
        side_expect_idle(&world->side, SIDE_WAIT_MS);
}

static void invite_without_an_offer_gets_ours(void **state)
{
        struct world *world = *state;
        uint32_t dialog = invite(world, "", "");
        assert_int_equal(world->side.event.audio.n_codecs, 0);
        assert_false(world->side.event.audio_bad);
        side_do(&world->side, SIP_CMD_ANSWER, dialog);
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        assert_non_null(strstr(world->pbx.text, "m=audio 5000"));
        tag_learn(world);
        say(world, "ACK", world->line, 1, "", PEER_SDP);
        assert_int_equal(side_expect(&world->side, SIP_ACKED)->audio.rtp.port, 6000);
        hang_up(world, 2);
}

static void session_timer_is_granted(void **state)
{
        struct world *world = *state;
        uint32_t dialog = invite(world, "Supported: timer\r\nSession-Expires: 1200\r\n", PEER_SDP);
        side_do(&world->side, SIP_CMD_ANSWER, dialog);
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        assert_string_equal(header(world, "Session-Expires"), "1200;refresher=uac");
        assert_string_equal(header(world, "Require"), "timer");
        tag_learn(world);
        say(world, "ACK", world->line, 1, "", "");
        hang_up(world, 2);
}

static void changed_session_is_offered(void **state)
{
        struct world *world = *state;
        uint32_t dialog = talk(world);
        say(world, "UPDATE", world->line, 2, CONTACT,
            "v=0\r\no=- 1 2 IN IP4 127.22.12.2\r\ns=-\r\nc=IN IP4 127.22.12.2\r\nt=0 0\r\nm=audio 6100 RTP/AVP 8\r\n"
            "a=sendonly\r\n");
        const struct sip_event *event = side_expect(&world->side, SIP_OFFERED);
        assert_int_equal(event->audio.direction, AUDIO_SENDONLY);
        side_do(&world->side, SIP_CMD_ACCEPT, dialog);
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        assert_non_null(strstr(header(world, "CSeq"), "UPDATE"));
        say(world, "UPDATE", world->line, 3, CONTACT, "v=0\r\nnonsense\r\n");
        peer_expect(&world->pbx, "SIP/2.0 488 ");
        side_expect_nothing(&world->side);
        hang_up(world, 4);
}

/* Refused once, the same offer is not taken for a refresh of what stands. */
static void refused_change_may_be_offered_again(void **state)
{
        static const char hold[] = "v=0\r\no=- 1 2 IN IP4 127.22.12.2\r\ns=-\r\nc=IN IP4 127.22.12.2\r\nt=0 0\r\n"
                                   "m=audio 6000 RTP/AVP 8\r\na=inactive\r\n";
        struct world *world = *state;
        uint32_t dialog = talk(world);
        for (unsigned cseq = 2; cseq < 4; cseq++) {
                say(world, "UPDATE", world->line, cseq, CONTACT, hold);
                side_expect(&world->side, SIP_OFFERED);
                side_end(&world->side, SIP_CMD_REFUSE, dialog, 488, 0, "");
                peer_expect(&world->pbx, "SIP/2.0 488 ");
        }
        hang_up(world, 4);
}

/* The peer thinks better of its re-INVITE; what we make of it afterwards is void. */
static void cancelled_change_is_over(void **state)
{
        struct world *world = *state;
        uint32_t dialog = talk(world);
        say(world, "INVITE", world->line, 2, CONTACT, "");
        side_expect(&world->side, SIP_OFFERED);
        say_with(world, true, "CANCEL", world->line, 2, "", "");
        peer_expect(&world->pbx, "SIP/2.0 487 ");
        say_with(world, true, "ACK", world->line, 2, "", "");
        side_do(&world->side, SIP_CMD_ACCEPT, dialog);
        side_expect_nothing(&world->side);
        hang_up(world, 3);
}

static void transfer(struct world *world, uint32_t dialog, uint32_t target, const char *number)
{
        struct sip_command command = {.kind = SIP_CMD_TRANSFER, .dialog = dialog, .line = SIDE_LINE, .target = target};
        TEXT_SET(command.party.number, number);
        side_send(&world->side, &command);
}

static void refer_comes(struct world *world, const char *to)
{
        peer_expect(&world->pbx, "REFER ");
        assert_non_null(strstr(header(world, "Refer-To"), to));
        peer_answer(&world->pbx, "202 Accepted", "x", "", "");
        assert_int_equal(side_expect(&world->side, SIP_TRANSFER_NEWS)->status, 100);
}

static void transfer_waits_for_the_ack_of_its_call(void **state)
{
        struct world *world = *state;
        transfer(world, accepted(world), 0, "700");
        peer_expect_no(&world->pbx, "REFER ", SIDE_QUIET_MS);
        side_expect_nothing(&world->side);
        say(world, "ACK", world->line, 1, "", "");
        refer_comes(world, "sip:700@");
        hang_up(world, 2);
}

static void transfer_waits_for_the_ack_of_whose_place_is_taken(void **state)
{
        struct world *world = *state;
        side_invite(&world->side, 3, "2002");
        peer_expect(&world->pbx, "INVITE ");
        peer_answer(&world->pbx, "200 OK", "o", CONTACT PEER_SDP_TYPE, PEER_SDP);
        side_expect(&world->side, SIP_ANSWERED);
        transfer(world, 3, accepted(world), "");
        peer_expect_no(&world->pbx, "REFER ", SIDE_QUIET_MS);
        say(world, "ACK", world->line, 1, "", "");
        refer_comes(world, "Replaces=in");
        end(world, 2);
        side_end(&world->side, SIP_CMD_END, 3, 0, 0, "");
        peer_expect(&world->pbx, "BYE ");
        peer_answer(&world->pbx, "200 OK", "o", "", "");
        side_expect_idle(&world->side, SIDE_WAIT_MS);
}

static void transfer_of_a_call_whose_ack_never_comes_is_no_more(void **state)
{
        struct world *world = *state;
        transfer(world, accepted(world), 0, "700");
        say(world, "BYE", world->line, 2, "", "");
        side_expect(&world->side, SIP_ENDED);
        peer_expect_no(&world->pbx, "REFER ", SIDE_QUIET_MS);
        side_expect_nothing(&world->side);
        side_expect_idle(&world->side, SIDE_WAIT_MS);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                WORLD_TEST(missing_ack_ends_the_call),
                WORLD_TEST(invite_without_an_offer_gets_ours),
                WORLD_TEST(session_timer_is_granted),
                WORLD_TEST(changed_session_is_offered),
                WORLD_TEST(refused_change_may_be_offered_again),
                WORLD_TEST(cancelled_change_is_over),
                WORLD_TEST(transfer_waits_for_the_ack_of_its_call),
                WORLD_TEST(transfer_waits_for_the_ack_of_whose_place_is_taken),
                WORLD_TEST(transfer_of_a_call_whose_ack_never_comes_is_no_more),
        };
        log_start(getenv("SCCPGW_TEST_LOG") ? LOG_DEBUG : LOG_ERROR, LOG_TEXT);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
