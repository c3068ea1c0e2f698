/* What may happen between our INVITE and its 200 to the descriptions: early dialogs, each with its own. */
#define NET "127.22.13"

#include "tests/unit/sip_called.h"

#include "gateway/base/log.h"

#define RELIABLE "Require: 100rel\r\nRSeq: 5\r\n"
#define MOVED    "v=0\r\no=- 1 2 IN IP4 127.22.0.2\r\ns=-\r\nc=IN IP4 127.22.0.2\r\nt=0 0\r\nm=audio 6100 RTP/AVP 8\r\n"

static void progress(struct world *world, const char *tag, const char *extra, const char *body)
{
        answer(world, "183 Session Progress", tag, extra, body);
        if (*extra) {
                peer_expect(&world->pbx, "PRACK ");
                peer_answer(&world->pbx, "200 OK", tag, "", "");
        }
        side_expect(&world->side, SIP_PROGRESS);
}

static void answered_with(struct world *world, const char *tag, const char *body, uint16_t port)
{
        answer(world, "200 OK", tag, "", body);
        assert_int_equal(side_expect(&world->side, SIP_ANSWERED)->audio.rtp.port, port);
        peer_expect(&world->pbx, "ACK ");
        finish(world);
}

/* RFC 3311 section 5.2 */
static void offer_before_ours_was_answered_for_certain_has_to_wait(void **state)
{
        struct world *world = *state;
        progress(world, "a", "", PEER_SDP);
        request(world, "UPDATE", 1, "", MOVED);
        peer_expect(&world->pbx, "SIP/2.0 491 ");
        request(world, "UPDATE", 2, "", ""); /* nothing in it */
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        side_expect_nothing(&world->side);
        answered_with(world, "a", PEER_SDP, 6000);
}

static void offer_after_a_reliable_answer_is_told_and_answered(void **state)
{
        struct world *world = *state;
        progress(world, "a", RELIABLE, PEER_SDP);
        request(world, "UPDATE", 1, "", MOVED);
        assert_int_equal(side_expect(&world->side, SIP_OFFERED)->audio.rtp.port, 6100);
        request(world, "UPDATE", 2, "", PEER_SDP);
        peer_expect(&world->pbx, "SIP/2.0 500 ");
        side_do(&world->side, SIP_CMD_ACCEPT, CALL);
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        assert_non_null(strstr(world->pbx.text, "m=audio 5000"));
        answered_with(world, "a", "", 6100);
}

static void what_the_answer_repeats_is_older_than_such_an_offer(void **state)
{
        struct world *world = *state;
        progress(world, "a", RELIABLE, PEER_SDP);
        request(world, "UPDATE", 1, "", MOVED);
        side_expect(&world->side, SIP_OFFERED);
        side_do(&world->side, SIP_CMD_ACCEPT, CALL);
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        answered_with(world, "a", PEER_SDP, 6100);
}

static void refused_offer_leaves_what_was_agreed(void **state)
{
        struct world *world = *state;
        progress(world, "a", RELIABLE, PEER_SDP);
        request(world, "UPDATE", 1, "", MOVED);
        side_expect(&world->side, SIP_OFFERED);
        side_end(&world->side, SIP_CMD_REFUSE, CALL, 488, 0, "");
        peer_expect(&world->pbx, "SIP/2.0 488 ");
        answered_with(world, "a", "", 6000);
}

/* The side of these tests waits three seconds for an answer, whatever happens meanwhile. */
static void offer_does_not_end_the_waiting_for_an_answer(void **state)
{
        struct world *world = *state;
        progress(world, "a", RELIABLE, PEER_SDP);
        request(world, "UPDATE", 1, "", MOVED);
        side_expect(&world->side, SIP_OFFERED);
        side_do(&world->side, SIP_CMD_ACCEPT, CALL);
        peer_expect(&world->pbx, "SIP/2.0 200 ");
        assert_int_equal(side_expect(&world->side, SIP_FAILED)->status, 408);
        peer_expect(&world->pbx, "CANCEL ");
}

static void offers_of_one_early_dialog_are_not_those_of_another(void **state)
{
        struct world *world = *state;
        progress(world, "b", RELIABLE, PEER_SDP);
        progress(world, "a", "", MOVED);
        request(world, "UPDATE", 1, "", PEER_SDP); /* of a */
        peer_expect(&world->pbx, "SIP/2.0 491 ");
        answered_with(world, "a", "", 6100);
}

/* Whoever answers without a description means his own, not the last one that anybody gave. */
static void answer_without_a_description_means_its_own_early_one(void **state)
{
        struct world *world = *state;
        progress(world, "b", "", PEER_SDP);
        progress(world, "a", "", MOVED);
        answered_with(world, "b", "", 6000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                WORLD_TEST(offer_before_ours_was_answered_for_certain_has_to_wait),
                WORLD_TEST(offer_after_a_reliable_answer_is_told_and_answered),
                WORLD_TEST(what_the_answer_repeats_is_older_than_such_an_offer),
                WORLD_TEST(refused_offer_leaves_what_was_agreed),
                WORLD_TEST(offer_does_not_end_the_waiting_for_an_answer),
                WORLD_TEST(offers_of_one_early_dialog_are_not_those_of_another),
                WORLD_TEST(answer_without_a_description_means_its_own_early_one),
        };
        log_start(getenv("SCCPGW_TEST_LOG") ? LOG_DEBUG : LOG_ERROR, LOG_TEXT);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
