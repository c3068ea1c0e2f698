/* Two whole SIP sides call each other over loopback: `left` uses `right` as its PBX, `right` is a gateway without one
 * and with an open registrar. */
#include "tests/unit/sip_side.h"

#include <unistd.h>

#include "gateway/base/log.h"

#define LEFT  "127.21.0.1:5060"
#define RIGHT "127.21.0.2:5060"
#define CALL  7u /* the caller's name for its dialog */

struct pair {
        struct side left, right;
        uint32_t theirs; /* the called side's name for the dialog */
};

static void pair_start_over(struct pair *pair, enum sip_transport transport)
{
        *pair = (struct pair){0};
        side_start(&pair->right, RIGHT, NULL, SIP_UDP);
        side_start(&pair->left, LEFT, RIGHT, transport);
        side_line(&pair->right, SIDE_LINE, "2001", "");
        side_expect_line(&pair->right, SIP_LINE_REGISTERED);
        side_line(&pair->left, SIDE_LINE, "1001", "");
        side_expect_line(&pair->left, SIP_LINE_TRYING);
        side_expect_line(&pair->left, SIP_LINE_REGISTERED);
}

static int pair_start(void **state)
{
        static struct pair pair;
        pair_start_over(&pair, SIP_UDP);
        *state = &pair;
        return 0;
}

static int pair_stop(void **state)
{
        struct pair *pair = *state;
        side_expect_idle(&pair->left, SIDE_WAIT_MS);
        side_expect_idle(&pair->right, SIDE_WAIT_MS);
        sip_stop(pair->left.sip, 2000);
        sip_stop(pair->right.sip, 2000);
        return 0;
}

/* left calls right, up to ringing. */
static void ring(struct pair *pair)
{
        side_invite(&pair->left, CALL, "2001");
        const struct sip_event *event = side_expect(&pair->right, SIP_INCOMING);
        pair->theirs = event->dialog;
        side_do(&pair->right, SIP_CMD_RING, pair->theirs);
        event = side_expect(&pair->left, SIP_PROGRESS);
        assert_int_equal(event->dialog, CALL);
        assert_int_equal(event->status, 180);
        assert_int_equal(event->audio.n_codecs, 0);
}

static void talk(struct pair *pair)
{
        ring(pair);
        side_do(&pair->right, SIP_CMD_ANSWER, pair->theirs);
        side_expect(&pair->left, SIP_ANSWERED);
}

static void caller_number_name_and_offer_arrive(void **state)
{
        struct pair *pair = *state;
        side_invite(&pair->left, CALL, "2001");
        const struct sip_event *event = side_expect(&pair->right, SIP_INCOMING);
        assert_true(event->dialog & SIP_DIALOG_INCOMING);
        assert_int_equal(event->line, SIDE_LINE);
        assert_string_equal(event->party.number, "1001");
        assert_string_equal(event->party.name, "Phone 1001");
        assert_int_equal(event->audio.n_codecs, 1);
        assert_int_equal(event->audio.codecs[0].codec, CODEC_PCMA);
        assert_int_equal(event->audio.rtp.port, 4000);
        assert_true(ip_equal(&event->audio.rtp.ip, &pair->left.at.ip));
        side_end(&pair->right, SIP_CMD_REJECT, event->dialog, 486, 17, "");
        event = side_expect(&pair->left, SIP_FAILED);
        assert_int_equal(event->status, 486);
        assert_int_equal(event->cause, 17);
}

static void answered_call_is_ended_by_the_caller(void **state)
{
        struct pair *pair = *state;
        ring(pair);
        side_do(&pair->right, SIP_CMD_ANSWER, pair->theirs);
        const struct sip_event *event = side_expect(&pair->left, SIP_ANSWERED);
        assert_int_equal(event->audio.rtp.port, 5000);
        assert_true(ip_equal(&event->audio.rtp.ip, &pair->right.at.ip));
        side_end(&pair->left, SIP_CMD_END, CALL, 0, 16, "bye now");
        event = side_expect(&pair->right, SIP_ENDED);
        assert_int_equal(event->dialog, pair->theirs);
        assert_int_equal(event->cause, 16);
        assert_string_equal(event->reason, "bye now");
}

static void answered_call_is_ended_by_the_called(void **state)
{
        struct pair *pair = *state;
        talk(pair);
        side_end(&pair->right, SIP_CMD_END, pair->theirs, 0, 0, "");
        assert_int_equal(side_expect(&pair->left, SIP_ENDED)->dialog, CALL);
        side_expect_nothing(&pair->right);
}

static void called_by_its_registered_contact(void **state)
{
        struct pair *pair = *state;
        side_invite(&pair->right, CALL, "1001");
        const struct sip_event *event = side_expect(&pair->left, SIP_INCOMING);
        assert_string_equal(event->party.number, "2001");
        side_do(&pair->left, SIP_CMD_ANSWER, event->dialog);
        uint32_t theirs = event->dialog;
        side_expect(&pair->right, SIP_ANSWERED);
        side_end(&pair->left, SIP_CMD_END, theirs, 0, 0, "");
        side_expect(&pair->right, SIP_ENDED);
}

static void caller_gives_up_while_it_rings(void **state)
{
        struct pair *pair = *state;
        ring(pair);
        side_end(&pair->left, SIP_CMD_END, CALL, 0, 0, "");
        assert_int_equal(side_expect(&pair->right, SIP_ENDED)->dialog, pair->theirs);
        side_do(&pair->right, SIP_CMD_ANSWER, pair->theirs); /* crossed the CANCEL: meaningless now */
        side_expect_nothing(&pair->left);
}

static void nobody_answers_in_time(void **state)
{
        struct pair *pair = *state;
        ring(pair);
        assert_int_equal(side_expect(&pair->left, SIP_FAILED)->status, 408);
        side_expect(&pair->right, SIP_ENDED);
}

static void unknown_number_is_404(void **state)
{
        struct pair *pair = *state;
        side_invite(&pair->left, CALL, "2999");
        assert_int_equal(side_expect(&pair->left, SIP_FAILED)->status, 404);
        side_invite(&pair->right, CALL, "2999");
        assert_int_equal(side_expect(&pair->right, SIP_FAILED)->status, 404);
}

static void line_that_is_down_is_480(void **state)
{
        struct pair *pair = *state;
        side_send(&pair->right, &(struct sip_command){.kind = SIP_CMD_LINE_DOWN, .line = SIDE_LINE});
        side_expect_line(&pair->right, SIP_LINE_DOWN);
        side_invite(&pair->left, CALL, "2001");
        assert_int_equal(side_expect(&pair->left, SIP_FAILED)->status, 480);
}

static void offers_are_answered_both_ways(void **state)
{
        struct pair *pair = *state;
        talk(pair);
        side_send(&pair->left,
                  &(struct sip_command){.kind = SIP_CMD_OFFER, .dialog = CALL, .audio = side_audio(4100, CODEC_PCMU)});
        const struct sip_event *event = side_expect(&pair->right, SIP_OFFERED);
        assert_int_equal(event->audio.rtp.port, 4100);
        assert_int_equal(event->audio.codecs[0].codec, CODEC_PCMU);
        side_send(&pair->right, &(struct sip_command){.kind = SIP_CMD_ACCEPT,
                                                      .dialog = pair->theirs,
                                                      .audio = side_audio(5100, CODEC_PCMU)});
        assert_int_equal(side_expect(&pair->left, SIP_OFFER_ANSWERED)->audio.rtp.port, 5100);

        side_do(&pair->right, SIP_CMD_OFFER, pair->theirs);
        side_expect(&pair->left, SIP_OFFERED);
        side_end(&pair->left, SIP_CMD_REFUSE, CALL, 488, 0, "");
        assert_int_equal(side_expect(&pair->right, SIP_OFFER_FAILED)->status, 488);
        side_end(&pair->left, SIP_CMD_END, CALL, 0, 0, "");
        side_expect(&pair->right, SIP_ENDED);
}

/* Both sides offer at once: each refuses the other with 491, and the one that owns the Call-ID waits longer. */
static void offers_that_meet_are_both_made(void **state)
{
        struct pair *pair = *state;
        talk(pair);
        side_do(&pair->left, SIP_CMD_OFFER, CALL);
        side_do(&pair->right, SIP_CMD_OFFER, pair->theirs);
        unsigned answered = 0;
        for (int64_t until_ms = clock_ms() + 8000; answered < 2 && clock_ms() < until_ms;) {
                struct side *sides[] = {&pair->left, &pair->right};
                uint32_t dialogs[] = {CALL, pair->theirs};
                for (size_t i = 0; i < 2; i++) {
                        if (!side_wait(sides[i], 20))
                                continue;
                        if (sides[i]->event.kind == SIP_OFFERED)
                                side_do(sides[i], SIP_CMD_ACCEPT, dialogs[i]);
                        else
                                assert_int_equal(sides[i]->event.kind, SIP_OFFER_ANSWERED);
                        answered += sides[i]->event.kind == SIP_OFFER_ANSWERED;
                }
        }
        assert_int_equal(answered, 2);
        side_end(&pair->left, SIP_CMD_END, CALL, 0, 0, "");
        side_expect(&pair->right, SIP_ENDED);
}

/* A session refresh as many PBXs do it: nobody else needs to hear of it. */
static void unchanged_offer_is_answered_by_itself(void **state)
{
        struct pair *pair = *state;
        talk(pair);
        side_do(&pair->right, SIP_CMD_OFFER, pair->theirs);
        assert_int_equal(side_expect(&pair->right, SIP_OFFER_ANSWERED)->audio.rtp.port, 4000);
        side_expect_nothing(&pair->left);
        side_end(&pair->left, SIP_CMD_END, CALL, 0, 0, "");
        side_expect(&pair->right, SIP_ENDED);
}

static void end_before_the_ack_still_ends_it(void **state)
{
        struct pair *pair = *state;
        ring(pair);
        side_do(&pair->right, SIP_CMD_ANSWER, pair->theirs);
        side_end(&pair->right, SIP_CMD_END, pair->theirs, 0, 0, "");
        side_expect(&pair->left, SIP_ANSWERED);
        side_expect(&pair->left, SIP_ENDED);
}

static void many_calls_leave_nothing_behind(void **state)
{
        struct pair *pair = *state;
        for (unsigned i = 0; i < 50; i++) {
                talk(pair);
                side_end(i % 2 ? &pair->left : &pair->right, SIP_CMD_END, i % 2 ? CALL : pair->theirs, 0, 0, "");
                side_expect(i % 2 ? &pair->right : &pair->left, SIP_ENDED);
        }
        side_expect_idle(&pair->left, SIDE_WAIT_MS);
        side_expect_idle(&pair->right, SIDE_WAIT_MS);
}

static void stopping_ends_calls_and_registrations(void **state)
{
        struct pair *pair = *state;
        talk(pair);
        sip_stop(pair->left.sip, 2000);
        side_expect(&pair->right, SIP_ENDED);
        side_invite(&pair->right, CALL, "1001"); /* its binding is gone */
        assert_int_equal(side_expect(&pair->right, SIP_FAILED)->status, 404);
        side_start(&pair->left, LEFT, RIGHT, SIP_UDP);
}

static void calls_work_over_tcp(void **state)
{
        struct pair *pair = *state;
        sip_stop(pair->left.sip, 2000);
        side_start(&pair->left, LEFT, RIGHT, SIP_TCP);
        side_line(&pair->left, SIDE_LINE, "1001", "");
        side_expect_line(&pair->left, SIP_LINE_TRYING);
        side_expect_line(&pair->left, SIP_LINE_REGISTERED);
        talk(pair);
        side_end(&pair->left, SIP_CMD_END, CALL, 0, 0, "");
        side_expect(&pair->right, SIP_ENDED);
        side_invite(&pair->right, CALL, "1001");
        uint32_t theirs = side_expect(&pair->left, SIP_INCOMING)->dialog;
        side_do(&pair->left, SIP_CMD_ANSWER, theirs);
        side_expect(&pair->right, SIP_ANSWERED);
        side_end(&pair->left, SIP_CMD_END, theirs, 0, 0, "");
        side_expect(&pair->right, SIP_ENDED);
}

/* Without a PBX the INVITE goes through our own socket: both ends of one dialog live in one agent. */
static void neighbours_call_each_other(void **state)
{
        struct pair *pair = *state;
        struct side *side = &pair->right;
        side_line(side, 2, "2002", "");
        side_expect_line(side, SIP_LINE_REGISTERED);
        side_invite(side, CALL, "2002");
        const struct sip_event *event = side_expect(side, SIP_INCOMING);
        uint32_t theirs = event->dialog;
        assert_int_equal(event->line, 2);
        assert_string_equal(event->party.number, "2001");
        side_do(side, SIP_CMD_RING, theirs);
        assert_int_equal(side_expect(side, SIP_PROGRESS)->dialog, CALL);
        side_do(side, SIP_CMD_ANSWER, theirs);
        assert_int_equal(side_expect(side, SIP_ANSWERED)->dialog, CALL);
        side_send(side, &(struct sip_command){
                                .kind = SIP_CMD_OFFER, .dialog = theirs, .audio = side_audio(5200, CODEC_PCMA)});
        assert_int_equal(side_expect(side, SIP_OFFERED)->dialog, CALL);
        side_do(side, SIP_CMD_ACCEPT, CALL);
        assert_int_equal(side_expect(side, SIP_OFFER_ANSWERED)->dialog, theirs);
        side_end(side, SIP_CMD_END, CALL, 0, 0, "");
        assert_int_equal(side_expect(side, SIP_ENDED)->dialog, theirs);
}

/* A gateway at `listen` that is called at `address`, by one at `from`. */
static void call_between(const char *listen, const char *address, const char *from)
{
        struct pair pair = {.theirs = 0};
        struct endpoint reached;
        side_start(&pair.right, listen, NULL, SIP_UDP);
        side_start(&pair.left, from, address, SIP_UDP);
        side_line(&pair.right, SIDE_LINE, "2001", "");
        side_expect_line(&pair.right, SIP_LINE_REGISTERED);
        side_line(&pair.left, SIDE_LINE, "1001", "");
        side_expect_line(&pair.left, SIP_LINE_TRYING);
        side_expect_line(&pair.left, SIP_LINE_REGISTERED);
        ring(&pair);
        assert_true(ip_equal(&pair.right.event.audio.rtp.ip, &pair.left.at.ip));
        side_do(&pair.right, SIP_CMD_ANSWER, pair.theirs);
        const struct sip_event *event = side_expect(&pair.left, SIP_ANSWERED);
        assert_true(endpoint_parse(address, 5060, &reached));
        assert_false(ip_is_any(&event->audio.rtp.ip));
        assert_int_equal(event->audio.rtp.ip.family, reached.ip.family);
        side_end(&pair.left, SIP_CMD_END, CALL, 0, 0, "");
        side_expect(&pair.right, SIP_ENDED);

        side_line(&pair.right, 2, "2002", ""); /* and a neighbour on the same gateway */
        side_expect_line(&pair.right, SIP_LINE_REGISTERED);
        side_invite(&pair.right, CALL, "2002");
        uint32_t theirs = side_expect(&pair.right, SIP_INCOMING)->dialog;
        side_do(&pair.right, SIP_CMD_ANSWER, theirs);
        side_expect(&pair.right, SIP_ANSWERED);
        side_end(&pair.right, SIP_CMD_END, theirs, 0, 0, "");
        side_expect(&pair.right, SIP_ENDED);
        sip_stop(pair.left.sip, 2000);
        sip_stop(pair.right.sip, 2000);
}

static void all_addresses_are_told_as_the_one_that_is_reached(void **state)
{
        (void)state;
        call_between("0.0.0.0:5981", "127.0.0.1:5981", "127.21.0.4:5982");
}

static void calls_work_over_ipv6(void **state)
{
        (void)state;
        int probe = socket(AF_INET6, SOCK_DGRAM, 0);
        struct sockaddr_in6 loopback = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
        bool usable = probe >= 0 && bind(probe, (struct sockaddr *)&loopback, sizeof loopback) == 0;
        if (probe >= 0)
                close(probe);
        if (!usable)
                skip();
        call_between("[::]:5983", "[::1]:5983", "[::1]:5984");
}

#define PAIR_TEST(name) cmocka_unit_test_setup_teardown(name, pair_start, pair_stop)

int main(void)
{
        const struct CMUnitTest tests[] = {
                PAIR_TEST(caller_number_name_and_offer_arrive),
                PAIR_TEST(answered_call_is_ended_by_the_caller),
                PAIR_TEST(answered_call_is_ended_by_the_called),
                PAIR_TEST(called_by_its_registered_contact),
                PAIR_TEST(caller_gives_up_while_it_rings),
                PAIR_TEST(nobody_answers_in_time),
                PAIR_TEST(unknown_number_is_404),
                PAIR_TEST(line_that_is_down_is_480),
                PAIR_TEST(offers_are_answered_both_ways),
                PAIR_TEST(offers_that_meet_are_both_made),
                PAIR_TEST(unchanged_offer_is_answered_by_itself),
                PAIR_TEST(end_before_the_ack_still_ends_it),
                PAIR_TEST(many_calls_leave_nothing_behind),
                PAIR_TEST(stopping_ends_calls_and_registrations),
                PAIR_TEST(calls_work_over_tcp),
                PAIR_TEST(neighbours_call_each_other),
                cmocka_unit_test(all_addresses_are_told_as_the_one_that_is_reached),
                cmocka_unit_test(calls_work_over_ipv6),
        };
        log_start(getenv("SCCPGW_TEST_LOG") ? LOG_DEBUG : LOG_ERROR, LOG_TEXT);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
