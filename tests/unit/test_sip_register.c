/* Registrations of a whole SIP side against a PBX by hand: what a registrar may answer, and what follows. */
#include "tests/unit/sip_peer.h"
#include "tests/unit/sip_side.h"

#include "gateway/base/log.h"
#include "sip/digest.h"

#define US  "127.22.0.1:5060"
#define PBX "127.22.0.2:5060"

struct world {
        struct side side;
        struct peer pbx;
};

static int world_start(void **state)
{
        static struct world world;
        peer_open(&world.pbx, PBX);
        side_start(&world.side, US, PBX, SIP_UDP);
        side_line(&world.side, SIDE_LINE, "1001", "secret");
        side_expect_line(&world.side, SIP_LINE_TRYING);
        peer_expect(&world.pbx, "REGISTER sip:127.22.0.2:5060 SIP/2.0");
        *state = &world;
        return 0;
}

static int world_stop(void **state)
{
        struct world *world = *state;
        sip_stop(world->side.sip, 0);
        close(world->pbx.fd);
        return 0;
}

static const char *header(const struct world *world, const char *name)
{
        static char value[512];
        return peer_header(&world->pbx, name, value);
}

/* A 200 that repeats the contact. */
static void grant(struct world *world, unsigned expires_s)
{
        char contact[512], extra[640];
        peer_header(&world->pbx, "Contact", contact);
        text_printf(extra, sizeof extra, "Contact: %s;expires=%u\r\n", contact, expires_s);
        peer_answer(&world->pbx, "200 OK", "r", extra, "");
}

static void challenge(struct world *world, const char *nonce, const char *more)
{
        char extra[256];
        text_printf(extra, sizeof extra, "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"%s\", qop=\"auth\"%s\r\n",
                    nonce, more);
        peer_answer(&world->pbx, "401 Unauthorized", "r", extra, "");
}

/* What a quoted or bare parameter of the Authorization header says. */
static const char *credential(const struct world *world, const char *name)
{
        static char value[128];
        char key[32];
        text_printf(key, sizeof key, "%s=", name);
        const char *at = strstr(header(world, "Authorization"), key);
        value[0] = '\0';
        if (at) {
                at += strlen(key);
                at += *at == '"';
                text_copy_n(value, sizeof value, at, strcspn(at, "\","));
        }
        return value;
}

static void contact_is_random_and_no_number(void **state)
{
        struct world *world = *state;
        char contact[512], expires[512];
        peer_header(&world->pbx, "Contact", contact);
        assert_non_null(strstr(contact, "@127.22.0.1:5060>"));
        assert_null(strstr(contact, "1001"));
        assert_string_equal(peer_header(&world->pbx, "Expires", expires), "300");
        assert_non_null(strstr(header(world, "To"), "<sip:1001@127.22.0.2>"));
        grant(world, 300);
        side_expect_line(&world->side, SIP_LINE_REGISTERED);
}

/* As a PBX sees it from behind a NAT (RFC 3581). */
static void grant_seen_from(struct world *world, const char *address, unsigned port)
{
        char request[PEER_TEXT_SIZE] = "", contact[512], extra[640];
        const char *rport = strstr(world->pbx.text, ";rport");
        assert_non_null(rport);
        text_printf(request, sizeof request, "%.*s;received=%s;rport=%u%s", (int)(rport - world->pbx.text),
                    world->pbx.text, address, port, rport + strlen(";rport"));
        peer_header(&world->pbx, "Contact", contact);
        text_printf(extra, sizeof extra, "Contact: %s;expires=300\r\n", contact);
        peer_answer_to(&world->pbx, request, "200 OK", "r", extra, "");
}

static void behind_a_nat_the_contact_is_where_the_pbx_sees_us(void **state)
{
        struct world *world = *state;
        grant_seen_from(world, "198.51.100.7", 4711);
        side_expect_line(&world->side, SIP_LINE_REGISTERED);
        peer_expect(&world->pbx, "REGISTER "); /* at once, with what it learnt */
        assert_non_null(strstr(header(world, "Contact"), "@198.51.100.7:4711"));
        assert_non_null(strstr(header(world, "Via"), US)); /* it is sent from here all the same */
        grant_seen_from(world, "198.51.100.7", 4712);      /* a NAT with a new port every time: not again and again */
        peer_expect_no(&world->pbx, "REGISTER ", 500);
}

static void an_address_seen_as_it_is_stays(void **state)
{
        struct world *world = *state;
        grant_seen_from(world, "127.22.0.1", 4711); /* a port alone says nothing */
        side_expect_line(&world->side, SIP_LINE_REGISTERED);
        assert_non_null(strstr(header(world, "Contact"), "@" US));
        peer_expect_no(&world->pbx, "REGISTER ", 500);
}

static void challenge_is_answered_once_and_the_nonce_used_again(void **state)
{
        struct world *world = *state;
        char cnonce[128], response[128], call_id[512];
        peer_header(&world->pbx, "Call-ID", call_id);
        challenge(world, "abc", "");
        peer_expect(&world->pbx, "REGISTER ");
        assert_string_equal(header(world, "Call-ID"), call_id);
        assert_string_equal(credential(world, "username"), "1001");
        assert_string_equal(credential(world, "nonce"), "abc");
        assert_string_equal(credential(world, "nc"), "00000001");
        TEXT_SET(cnonce, credential(world, "cnonce"));
        TEXT_SET(response, credential(world, "response"));
        struct digest digest = {.qop = false};
        char expected[DIGEST_ANSWER_SIZE];
        assert_true(digest_take(&digest, (const char *[]){"realm=\"pbx\"", "nonce=\"abc\"", "qop=\"auth\"", NULL}));
        digest_answer(&digest, &(struct digest_user){"1001", "secret"}, "REGISTER", "sip:127.22.0.2:5060", cnonce,
                      expected);
        assert_non_null(strstr(expected, response));
        grant(world, 6);
        side_expect_line(&world->side, SIP_LINE_REGISTERED);
        peer_expect_in(&world->pbx, "REGISTER ", 7000); /* the refresh, after 85 to 90 % of 6 s */
        assert_string_equal(credential(world, "nc"), "00000002");
        grant(world, 300);
        side_expect_nothing(&world->side);
}

static void wrong_password_is_refused_after_one_try(void **state)
{
        struct world *world = *state;
        challenge(world, "abc", "");
        peer_expect(&world->pbx, "REGISTER ");
        challenge(world, "def", "");
        const struct sip_event *event = side_expect_line(&world->side, SIP_LINE_REFUSED);
        assert_int_equal(event->status, 401);
        assert_string_equal(event->reason, "Unauthorized");
        assert_in_range(event->retry_s, 150, 300);
        peer_expect_no(&world->pbx, "REGISTER ", 700);
}

static void stale_nonce_is_replaced_without_a_word(void **state)
{
        struct world *world = *state;
        challenge(world, "abc", "");
        peer_expect(&world->pbx, "REGISTER ");
        challenge(world, "def", ", stale=true");
        peer_expect(&world->pbx, "REGISTER ");
        assert_string_equal(credential(world, "nonce"), "def");
        grant(world, 300);
        side_expect_line(&world->side, SIP_LINE_REGISTERED);
}

static void sha256_is_answered_when_it_comes_first(void **state)
{
        struct world *world = *state;
        peer_answer(&world->pbx, "401 Unauthorized", "r",
                    "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256\r\n"
                    "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n\", qop=\"auth\", algorithm=MD5\r\n",
                    "");
        peer_expect(&world->pbx, "REGISTER ");
        assert_string_equal(credential(world, "algorithm"), "SHA-256");
        assert_int_equal(strlen(credential(world, "response")), 64);
}

static void brief_interval_is_made_longer(void **state)
{
        struct world *world = *state;
        peer_answer(&world->pbx, "423 Interval Too Brief", "r", "Min-Expires: 900\r\n", "");
        peer_expect(&world->pbx, "REGISTER ");
        assert_string_equal(header(world, "Expires"), "900");
        grant(world, 900);
        side_expect_line(&world->side, SIP_LINE_REGISTERED);
}

static void forbidden_is_told_with_its_reason(void **state)
{
        struct world *world = *state;
        peer_answer(&world->pbx, "403 Not \"here\"\x01", "r", "", "");
        const struct sip_event *event = side_expect_line(&world->side, SIP_LINE_REFUSED);
        assert_int_equal(event->status, 403);
        assert_non_null(strstr(event->reason, "Not"));
        assert_null(strchr(event->reason, 1));
}

static void silent_registrar_is_unreachable_and_tried_again(void **state)
{
        struct world *world = *state;
        const struct sip_event *event = side_expect_in(&world->side, SIP_LINE_STATE, 13000);
        assert_int_equal(event->line_state, SIP_LINE_UNREACHABLE);
        assert_int_equal(event->status, 408);
        assert_in_range(event->retry_s, 2, 4);
        while (peer_read(&world->pbx, 0))
                ;
        peer_expect(&world->pbx, "REGISTER ");
        grant(world, 300);
        side_expect_line(&world->side, SIP_LINE_REGISTERED);
}

static void line_down_takes_the_binding_away(void **state)
{
        struct world *world = *state;
        grant(world, 300);
        side_expect_line(&world->side, SIP_LINE_REGISTERED);
        side_send(&world->side, &(struct sip_command){.kind = SIP_CMD_LINE_DOWN, .line = SIDE_LINE});
        side_expect_line(&world->side, SIP_LINE_DOWN);
        peer_expect(&world->pbx, "REGISTER ");
        assert_string_equal(header(world, "Expires"), "0");
        peer_answer(&world->pbx, "200 OK", "r", "", "");
        side_expect_nothing(&world->side);
}

static void line_that_bounces_ends_up_registered(void **state)
{
        struct world *world = *state;
        side_send(&world->side, &(struct sip_command){.kind = SIP_CMD_LINE_DOWN, .line = SIDE_LINE});
        side_expect_line(&world->side, SIP_LINE_DOWN);
        side_send(&world->side, &(struct sip_command){.kind = SIP_CMD_LINE_UP, .line = SIDE_LINE});
        side_expect_line(&world->side, SIP_LINE_TRYING);
        grant(world, 300);
        side_expect_line(&world->side, SIP_LINE_REGISTERED);
}

static void removed_line_is_deregistered_and_forgotten(void **state)
{
        struct world *world = *state;
        grant(world, 300);
        side_expect_line(&world->side, SIP_LINE_REGISTERED);
        side_send(&world->side, &(struct sip_command){.kind = SIP_CMD_LINE_REMOVE, .line = SIDE_LINE});
        side_expect_line(&world->side, SIP_LINE_DOWN);
        peer_expect(&world->pbx, "REGISTER ");
        assert_string_equal(header(world, "Expires"), "0");
        challenge(world, "abc", "");
        peer_expect(&world->pbx, "REGISTER ");
        peer_answer(&world->pbx, "200 OK", "r", "", "");
        side_line(&world->side, SIDE_LINE, "1001", "other");
        side_expect_line(&world->side, SIP_LINE_TRYING);
}

/* 200 lines at once: the PBX hears of 128 of them, of the others when those are answered. */
static void many_lines_take_turns(void **state)
{
        struct world *world = *state;
        unsigned asked = 0, registered = 0;
        grant(world, 300);
        side_expect_line(&world->side, SIP_LINE_REGISTERED);
        for (uint32_t line = 2; line < 202; line++)
                side_line(&world->side, line, "1002", "");
        for (int64_t until_ms = clock_ms() + 400; clock_ms() < until_ms;)
                asked += peer_read(&world->pbx, 10);
        assert_int_equal(asked, 128);
        for (int64_t until_ms = clock_ms() + 8000; registered < 200 && clock_ms() < until_ms;) {
                if (peer_read(&world->pbx, 10)) /* repetitions of the first ones, then the rest */
                        grant(world, 300);
                while (side_wait(&world->side, 0))
                        registered += world->side.event.line_state == SIP_LINE_REGISTERED;
        }
        struct sip_counters counters;
        sip_counters(world->side.sip, &counters);
        assert_int_equal(counters.lines_registered, 201);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WORLD_TEST(contact_is_random_and_no_number),
                WORLD_TEST(behind_a_nat_the_contact_is_where_the_pbx_sees_us),
                WORLD_TEST(an_address_seen_as_it_is_stays),
                WORLD_TEST(challenge_is_answered_once_and_the_nonce_used_again),
                WORLD_TEST(wrong_password_is_refused_after_one_try),
                WORLD_TEST(stale_nonce_is_replaced_without_a_word),
                WORLD_TEST(sha256_is_answered_when_it_comes_first),
                WORLD_TEST(brief_interval_is_made_longer),
                WORLD_TEST(forbidden_is_told_with_its_reason),
                WORLD_TEST(silent_registrar_is_unreachable_and_tried_again),
                WORLD_TEST(line_down_takes_the_binding_away),
                WORLD_TEST(line_that_bounces_ends_up_registered),
                WORLD_TEST(removed_line_is_deregistered_and_forgotten),
                WORLD_TEST(many_lines_take_turns),
        };
        log_start(getenv("SCCPGW_TEST_LOG") ? LOG_DEBUG : LOG_ERROR, LOG_TEXT);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
