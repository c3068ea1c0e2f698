/* A whole SIP side asks a PBX by hand whether it is there: what the question looks like, and what follows from every
 * kind of answer. */
#include "tests/unit/sip_peer.h"
#include "tests/unit/sip_side.h"

#include "gateway/base/log.h"

#define US      "127.22.7.1:5060"
#define PBX     "127.22.7.2:5060"
#define NOBODY  "127.22.7.3:5060"
#define TIMEOUT 13000 /* of a request nobody answers, and some */

struct world {
        struct side side;
        struct peer pbx;
};

static int world_start(void **state)
{
        static struct world world;
        peer_open(&world.pbx, PBX);
        world.side.qualify_s = 1;
        side_start(&world.side, US, PBX, SIP_UDP);
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

static void answer_question(struct world *world, const char *status)
{
        peer_expect(&world->pbx, "OPTIONS ");
        peer_answer(&world->pbx, status, "p", "", "");
}

static void question_goes_where_lines_register(void **state)
{
        struct world *world = *state;
        char value[512], call_id[512];
        peer_expect(&world->pbx, "OPTIONS sip:127.22.7.2:5060 SIP/2.0");
        peer_header(&world->pbx, "Call-ID", call_id);
        assert_non_null(strstr(peer_header(&world->pbx, "Via", value), "SIP/2.0/UDP 127.22.7.1:5060;"));
        assert_non_null(strstr(peer_header(&world->pbx, "From", value), "<sip:127.22.7.1:5060>;tag="));
        assert_non_null(strstr(peer_header(&world->pbx, "To", value), "<sip:127.22.7.2:5060>"));
        assert_string_equal(peer_header(&world->pbx, "CSeq", value), "1 OPTIONS");
        assert_string_equal(peer_header(&world->pbx, "Contact", value), "<sip:127.22.7.1:5060>");
        peer_answer(&world->pbx, "200 OK", "p", "", "");
        side_expect_pbx(&world->side, SIP_PBX_UP, 1000);
        assert_int_equal(world->side.health.pbx, 0);
        peer_expect(&world->pbx, "OPTIONS "); /* and again, a second later */
        assert_string_not_equal(peer_header(&world->pbx, "Call-ID", value), call_id);
}

static void refusals_are_answers(void **state)
{
        static const char *const refusals[] = {"404 Not Found", "405 Method Not Allowed", "483 Too Many Hops",
                                               "500 No"};
        struct world *world = *state;
        for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
                answer_question(world, refusals[i]);
                side_expect_pbx(&world->side, SIP_PBX_UP, 1000);
        }
        assert_int_equal(world->side.health_changes, 1);
}

static void out_of_service_is_down_with_its_words(void **state)
{
        struct world *world = *state;
        answer_question(world, "200 OK");
        side_expect_pbx(&world->side, SIP_PBX_UP, 1000);
        answer_question(world, "503 Going \"down\"");
        side_expect_pbx(&world->side, SIP_PBX_DOWN, 1000);
        assert_int_equal(world->side.health.status, 503);
        assert_non_null(strstr(world->side.health.reason, "Going"));
        answer_question(world, "200 OK");
        side_expect_pbx(&world->side, SIP_PBX_UP, 1000);
        assert_int_equal(world->side.health_changes, 3);
}

/* The line was given up for the moment; it does not sit out its wait. */
static void silence_is_down_and_the_first_answer_brings_the_lines_back(void **state)
{
        struct world *world = *state;
        side_line(&world->side, SIDE_LINE, "1001", "");
        side_expect_line(&world->side, SIP_LINE_TRYING);
        side_expect_in(&world->side, SIP_LINE_STATE, TIMEOUT);
        assert_int_equal(world->side.event.line_state, SIP_LINE_UNREACHABLE);
        side_expect_pbx(&world->side, SIP_PBX_DOWN, TIMEOUT);
        assert_int_equal(world->side.health.status, 0);
        assert_string_equal(world->side.health.reason, "no answer in time");
        while (peer_read(&world->pbx, 0))
                ;
        bool registered = false;
        for (int64_t until_ms = clock_ms() + TIMEOUT; !registered && clock_ms() < until_ms;) {
                if (peer_read(&world->pbx, 100))
                        peer_answer(&world->pbx, "200 OK", "p", "", "");
                while (side_wait(&world->side, 0))
                        registered |= world->side.event.line_state == SIP_LINE_REGISTERED;
        }
        assert_true(registered);
        assert_int_equal(world->side.health.pbx_state, SIP_PBX_UP);
}

static void a_busy_registrar_is_asked_at_once(void **state)
{
        struct world *world = *state;
        answer_question(world, "200 OK");
        side_expect_pbx(&world->side, SIP_PBX_UP, 1000);
        side_line(&world->side, SIDE_LINE, "1001", "");
        side_expect_line(&world->side, SIP_LINE_TRYING);
        peer_expect(&world->pbx, "REGISTER ");
        peer_answer(&world->pbx, "503 Service Unavailable", "p", "Retry-After: 60\r\n", "");
        peer_expect_in(&world->pbx, "OPTIONS ", 700); /* the next one in turn is later */
        peer_answer(&world->pbx, "503 Service Unavailable", "p", "", "");
        side_wait(&world->side, 0);
        for (int64_t until_ms = clock_ms() + 2000; clock_ms() < until_ms && world->side.health.pbx_state == SIP_PBX_UP;)
                side_wait(&world->side, 20);
        assert_int_equal(world->side.health.pbx_state, SIP_PBX_DOWN);
}

static void a_stop_does_not_wait_for_an_answer(void **state)
{
        struct world *world = *state;
        peer_expect(&world->pbx, "OPTIONS ");
        int64_t began_ms = clock_ms();
        sip_stop(world->side.sip, 5000);
        assert_in_range(clock_ms() - began_ms, 0, 4000);
        world->side.qualify_s = 1;
        side_start(&world->side, US, PBX, SIP_UDP);
}

static void refused_connections_are_down_at_once(void **state)
{
        struct world *world = *state;
        sip_stop(world->side.sip, 0);
        world->side.qualify_s = 30;
        side_start(&world->side, US, NOBODY, SIP_TCP);
        side_expect_pbx(&world->side, SIP_PBX_DOWN, 2000);
        assert_string_equal(world->side.health.reason, "cannot be reached");
}

/* Only REGISTERs tell of it then. */
static void who_is_not_to_be_asked_is_not_asked(void **state)
{
        struct world *world = *state;
        sip_stop(world->side.sip, 0);
        while (peer_read(&world->pbx, 0))
                ;
        world->side.qualify_s = 0;
        side_start(&world->side, US, PBX, SIP_UDP);
        peer_expect_no(&world->pbx, "OPTIONS ", 1500);
        side_line(&world->side, SIDE_LINE, "1001", "");
        side_expect_line(&world->side, SIP_LINE_TRYING);
        peer_expect(&world->pbx, "REGISTER ");
        peer_answer(&world->pbx, "403 Forbidden", "p", "", "");
        side_expect_line(&world->side, SIP_LINE_REFUSED);
        assert_int_equal(world->side.health.pbx_state, SIP_PBX_UP);
        assert_int_equal(world->side.health.rtt_ms, 0);
        peer_expect_no(&world->pbx, "OPTIONS ", 1500);
}

static void without_an_address_nothing_is_said_of_it(void **state)
{
        struct world *world = *state;
        sip_stop(world->side.sip, 0);
        world->side.qualify_s = 1;
        side_start(&world->side, US, NULL, SIP_UDP);
        side_line(&world->side, SIDE_LINE, "1001", "");
        side_expect_line(&world->side, SIP_LINE_REGISTERED);
        side_expect_nothing(&world->side);
        assert_int_equal(world->side.health_changes, 0);
}

/* A proxy in front is asked with the route of calls. */
static void the_proxy_is_asked_with_the_route(void **state)
{
        struct world *world = *state;
        char route[512];
        sip_stop(world->side.sip, 0);
        while (peer_read(&world->pbx, 0))
                ;
        world->side.proxy = "sip:" PBX;
        world->side.qualify_s = 1;
        side_start(&world->side, US, "pbx.example", SIP_UDP);
        peer_expect(&world->pbx, "OPTIONS sip:pbx.example SIP/2.0");
        assert_string_equal(peer_header(&world->pbx, "Route", route), "<sip:" PBX ";lr>");
        world->side.proxy = NULL;
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WORLD_TEST(question_goes_where_lines_register),
                WORLD_TEST(refusals_are_answers),
                WORLD_TEST(out_of_service_is_down_with_its_words),
                WORLD_TEST(silence_is_down_and_the_first_answer_brings_the_lines_back),
                WORLD_TEST(a_busy_registrar_is_asked_at_once),
                WORLD_TEST(a_stop_does_not_wait_for_an_answer),
                WORLD_TEST(refused_connections_are_down_at_once),
                WORLD_TEST(who_is_not_to_be_asked_is_not_asked),
                WORLD_TEST(without_an_address_nothing_is_said_of_it),
                WORLD_TEST(the_proxy_is_asked_with_the_route),
        };
        log_start(getenv("SCCPGW_TEST_LOG") ? LOG_DEBUG : LOG_ERROR, LOG_TEXT);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
