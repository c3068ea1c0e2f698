/* The open registrar's memory: registering, refreshing, leaving and expiring as RFC 3261 section 10.3 says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "sip/location.h"

#define NOW 1000000u

static int setup(void **state)
{
        *state = location_new();
        return *state ? 0 : -1;
}

static int teardown(void **state)
{
        location_free(*state);
        return 0;
}

static struct location_request request_of(const char *user, const char *call_id, uint32_t cseq)
{
        return (struct location_request){
                .user = user, .call_id = call_id, .cseq = cseq, .expires_s = LOCATION_NOT_SAID};
}

static int bind_uri(struct location *location, const char *user, const char *uri, uint32_t cseq, int64_t expires_s,
                    uint64_t now_ms)
{
        struct location_contact contact = {uri, expires_s};
        struct location_request request = request_of(user, "call-1", cseq);
        request.contacts = &contact;
        request.n_contacts = 1;
        return location_register(location, &request, now_ms);
}

/* "sip:a@h sip:b@h": what is found, in its order. */
static void assert_found(const struct location *location, const char *user, uint64_t now_ms, const char *expected)
{
        struct location_binding found[LOCATION_PER_USER];
        char text[LOCATION_PER_USER * LOCATION_URI_MAX] = "";
        size_t count = location_find(location, user, now_ms, found);
        for (size_t i = 0; i < count; i++)
                text_append(text, sizeof(text), i ? " %s" : "%s", found[i].uri);
        assert_string_equal(text, expected);
}

static void a_contact_is_found_until_it_expires(void **state)
{
        assert_int_equal(bind_uri(*state, "2001", "sip:a@h", 1, 100, NOW), 200);
        assert_found(*state, "2001", NOW + 99999, "sip:a@h");
        assert_found(*state, "2001", NOW + 100000, "");
        assert_found(*state, "2002", NOW, "");
        assert_int_equal(location_count(*state, NOW), 1);
        assert_int_equal(location_count(*state, NOW + 100000), 0);
}

static void the_parameter_wins_over_the_header_and_the_header_over_the_default(void **state)
{
        struct location_contact contacts[] = {{"sip:own@h", 90}, {"sip:header@h", LOCATION_NOT_SAID}};
        struct location_request request = request_of("2001", "c", 1);
        request.expires_s = 200;
        request.contacts = contacts;
        request.n_contacts = 2;
        assert_int_equal(location_register(*state, &request, NOW), 200);
        assert_int_equal(bind_uri(*state, "2001", "sip:default@h", 1, LOCATION_NOT_SAID, NOW + 1), 200);
        assert_int_equal(bind_uri(*state, "2001", "sip:forever@h", 1, INT64_C(4294967295), NOW + 2), 200);
        assert_found(*state, "2001", NOW + 89999, "sip:forever@h sip:default@h sip:own@h sip:header@h");
        assert_found(*state, "2001", NOW + 199999, "sip:forever@h sip:default@h sip:header@h");
        assert_found(*state, "2001", NOW + 3600000, "sip:forever@h sip:default@h");
        assert_found(*state, "2001", NOW + 3600001, "sip:forever@h");
        assert_found(*state, "2001", NOW + 3600002, "");
}

static void refreshing_moves_the_time_and_keeps_one_binding(void **state)
{
        struct location_binding found[LOCATION_PER_USER];
        assert_int_equal(bind_uri(*state, "2001", "sip:a@h", 1, 100, NOW), 200);
        assert_int_equal(bind_uri(*state, "2001", "sip:a@h", 2, 100, NOW + 50000), 200);
        assert_int_equal(location_find(*state, "2001", NOW + 140000, found), 1);
        assert_int_equal(found[0].cseq, 2);
        assert_int_equal(found[0].expires_ms, NOW + 150000);
}

static void zero_removes_one_contact_and_a_star_all_of_them(void **state)
{
        struct location_request star = request_of("2001", "call-1", 9);
        star.all = true;
        star.expires_s = 0;
        bind_uri(*state, "2001", "sip:a@h", 1, 100, NOW);
        bind_uri(*state, "2001", "sip:b@h", 1, 100, NOW + 1);
        bind_uri(*state, "2002", "sip:c@h", 1, 100, NOW);
        assert_int_equal(bind_uri(*state, "2001", "sip:a@h", 2, 0, NOW + 2), 200);
        assert_found(*state, "2001", NOW + 2, "sip:b@h");
        assert_int_equal(bind_uri(*state, "2001", "sip:never@h", 2, 0, NOW + 2), 200);
        assert_int_equal(location_register(*state, &star, NOW + 3), 200);
        assert_found(*state, "2001", NOW + 3, "");
        assert_found(*state, "2002", NOW + 3, "sip:c@h");
}

static void a_star_needs_expires_zero_and_no_other_contact(void **state)
{
        struct location_contact contact = {"sip:a@h", LOCATION_NOT_SAID};
        struct location_request star = request_of("2001", "call-1", 9);
        bind_uri(*state, "2001", "sip:a@h", 1, 100, NOW);
        star.all = true;
        assert_int_equal(location_register(*state, &star, NOW), 400);
        star.expires_s = 60;
        assert_int_equal(location_register(*state, &star, NOW), 400);
        star.expires_s = 0;
        star.contacts = &contact;
        star.n_contacts = 1;
        assert_int_equal(location_register(*state, &star, NOW), 400);
        assert_found(*state, "2001", NOW, "sip:a@h");
}

static void an_older_request_of_the_same_call_changes_nothing(void **state)
{
        struct location_request star = request_of("2001", "call-1", 5);
        star.all = true;
        star.expires_s = 0;
        bind_uri(*state, "2001", "sip:a@h", 5, 100, NOW);
        assert_int_equal(bind_uri(*state, "2001", "sip:a@h", 5, 0, NOW), 500);
        assert_int_equal(bind_uri(*state, "2001", "sip:a@h", 4, 600, NOW), 500);
        assert_int_equal(location_register(*state, &star, NOW), 500);
        assert_found(*state, "2001", NOW + 100000, "");
        assert_found(*state, "2001", NOW + 99999, "sip:a@h");
        assert_int_equal(bind_uri(*state, "2001", "sip:b@h", 1, 100, NOW), 200); /* another contact is not touched */
}

static void another_call_id_wins_whatever_its_cseq(void **state)
{
        struct location_contact contact = {"sip:a@h", 0};
        struct location_request restarted = request_of("2001", "call-2", 1);
        restarted.contacts = &contact;
        restarted.n_contacts = 1;
        bind_uri(*state, "2001", "sip:a@h", 500, 100, NOW);
        assert_int_equal(location_register(*state, &restarted, NOW), 200);
        assert_found(*state, "2001", NOW, "");
}

static void too_brief_is_refused_as_a_whole(void **state)
{
        struct location_contact contacts[] = {{"sip:a@h", 600}, {"sip:b@h", LOCATION_MIN_S - 1}};
        struct location_request request = request_of("2001", "c", 1);
        request.contacts = contacts;
        request.n_contacts = 2;
        assert_int_equal(location_register(*state, &request, NOW), 423);
        assert_found(*state, "2001", NOW, "");
        assert_int_equal(bind_uri(*state, "2001", "sip:a@h", 1, -7, NOW), 423);
}

static void asking_only_changes_nothing(void **state)
{
        struct location_request query = request_of("2001", "call-1", 1);
        bind_uri(*state, "2001", "sip:a@h", 1, 100, NOW);
        assert_int_equal(location_register(*state, &query, NOW), 200);
        assert_found(*state, "2001", NOW, "sip:a@h");
}

static void what_does_not_fit_is_refused_not_cut(void **state)
{
        char long_uri[LOCATION_URI_MAX + 1], long_user[SIP_NUMBER_MAX + 1];
        memset(long_uri, 'u', sizeof(long_uri));
        long_uri[LOCATION_URI_MAX] = '\0';
        memset(long_user, 'u', sizeof(long_user));
        long_user[SIP_NUMBER_MAX] = '\0';
        assert_int_equal(bind_uri(*state, "2001", long_uri, 1, 100, NOW), 400);
        assert_int_equal(bind_uri(*state, long_user, "sip:a@h", 1, 100, NOW), 400);
        assert_int_equal(bind_uri(*state, "", "sip:a@h", 1, 100, NOW), 400);
        assert_int_equal(bind_uri(*state, NULL, "sip:a@h", 1, 100, NOW), 400);
        assert_int_equal(bind_uri(*state, "2001", "", 1, 100, NOW), 400);
        long_uri[LOCATION_URI_MAX - 1] = '\0';
        assert_int_equal(bind_uri(*state, "2001", long_uri, 1, 100, NOW), 200);
        assert_found(*state, "2001", NOW, long_uri);
}

static void a_user_has_four_contacts_and_the_oldest_makes_room(void **state)
{
        struct location_contact many[LOCATION_PER_USER + 1] = {{"1", 60}, {"2", 60}, {"3", 60}, {"4", 60}, {"5", 60}};
        struct location_request request = request_of("2002", "c", 1);
        bind_uri(*state, "2001", "sip:a@h", 1, 100, NOW + 1);
        bind_uri(*state, "2001", "sip:b@h", 1, 100, NOW);
        bind_uri(*state, "2001", "sip:c@h", 1, 100, NOW + 2);
        bind_uri(*state, "2001", "sip:d@h", 1, 100, NOW + 3);
        assert_int_equal(bind_uri(*state, "2001", "sip:e@h", 1, 100, NOW + 4), 200);
        assert_found(*state, "2001", NOW + 5, "sip:e@h sip:d@h sip:c@h sip:a@h");
        request.contacts = many;
        request.n_contacts = LOCATION_PER_USER + 1;
        assert_int_equal(location_register(*state, &request, NOW), 400);
}

static void a_full_registrar_refuses_until_somebody_expires(void **state)
{
        char user[16];
        for (unsigned i = 0; i < LOCATION_MAX; i++) {
                text_printf(user, sizeof(user), "u%u", i);
                assert_int_equal(bind_uri(*state, user, "sip:a@h", 1, i == 7 ? 60 : 100, NOW), 200);
        }
        assert_int_equal(bind_uri(*state, "late", "sip:a@h", 1, 100, NOW), 503);
        assert_int_equal(bind_uri(*state, "u9", "sip:a@h", 2, 100, NOW + 1), 200);
        assert_int_equal(bind_uri(*state, "u9", "sip:a@h", 3, 0, NOW + 2), 200);
        assert_int_equal(bind_uri(*state, "late", "sip:a@h", 1, 100, NOW + 3), 200);
        assert_int_equal(bind_uri(*state, "later", "sip:a@h", 1, 100, NOW + 59999), 503);
        assert_int_equal(bind_uri(*state, "later", "sip:a@h", 1, 100, NOW + 60000), 200);
        assert_found(*state, "u7", NOW + 60000, "");
        assert_found(*state, "u999", NOW + 60000, "sip:a@h");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
                CLAIM(a_contact_is_found_until_it_expires),
                CLAIM(the_parameter_wins_over_the_header_and_the_header_over_the_default),
                CLAIM(refreshing_moves_the_time_and_keeps_one_binding),
                CLAIM(zero_removes_one_contact_and_a_star_all_of_them),
                CLAIM(a_star_needs_expires_zero_and_no_other_contact),
                CLAIM(an_older_request_of_the_same_call_changes_nothing),
                CLAIM(another_call_id_wins_whatever_its_cseq),
                CLAIM(too_brief_is_refused_as_a_whole),
                CLAIM(asking_only_changes_nothing),
                CLAIM(what_does_not_fit_is_refused_not_cut),
                CLAIM(a_user_has_four_contacts_and_the_oldest_makes_room),
                CLAIM(a_full_registrar_refuses_until_somebody_expires),
        };
        return cmocka_run_group_tests_name("sip: the open registrar", tests, NULL, NULL);
}
