/* Who is calling, as the headers of real PBXs say it, and what hostile ones cannot do to a phone's display. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>

#include "gateway/base/text.h"
#include "sip/identity.h"

#define FROM "From: \"Alice\" <sip:1001@pbx.test>;tag=1\r\n"
#define TO   "To: <sip:1002@pbx.test>\r\n"

/* The headers given, in an INVITE that has the others it needs. */
static msg_t *make_message(const char *headers)
{
        char text[4096];
        assert_true(text_printf(text, sizeof(text),
                                "INVITE sip:u7x@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\r\n"
                                "Call-ID: 1\r\nCSeq: 1 INVITE\r\n%sContent-Length: 0\r\n\r\n",
                                headers));
        msg_t *msg = msg_make(sip_default_mclass(), 0, text, (ssize_t)strlen(text));
        assert_non_null(msg);
        assert_non_null(sip_object(msg));
        return msg;
}

static const struct {
        const char *what, *headers, *name, *number;
} callers[] = {
        {"From alone", FROM, "Alice", "1001"},
        {"no display name", "From: <sip:1001@pbx.test>;tag=1\r\n", "", "1001"},
        {"no user", "From: \"PBX\" <sip:pbx.test>;tag=1\r\n", "PBX", ""},
        {"an unquoted name", "From: Alice B <sip:1001@pbx.test>;tag=1\r\n", "Alice B", "1001"},
        {"escapes in name and user", "From: \"A \\\"q\\\" \\\\ B\" <sip:%31001%23@pbx.test>;tag=1\r\n", "A \"q\" \\ B",
         "1001#"},
        {"user parameters and a password", "From: <sip:1001;ext=5:secret@pbx.test;user=phone>;tag=1\r\n", "", "1001"},
        {"a tel: URI", "From: \"Bob\" <tel:+1-555-(0199).7;phone-context=x>;tag=1\r\n", "Bob", "+155501997"},
        {"a sips: URI", "From: <sips:1001@pbx.test>;tag=1\r\n", "", "1001"},
        {"no From at all", "", "", ""},
        {"asserted wins over Remote-Party-ID and From",
         FROM "Remote-Party-ID: \"R\" <sip:3@pbx>\r\nP-Asserted-Identity: \"P\" <sip:2@pbx>\r\n", "P", "2"},
        {"header names in any case", FROM "p-asserted-identity: \"P\" <sip:2@pbx>\r\n", "P", "2"},
        {"a sip: identity wins over tel:, whatever their order",
         FROM "P-Asserted-Identity: <tel:+3125550100>, \"P\" <sip:2@pbx>\r\n", "P", "2"},
        {"the name of the one, the number of the other",
         FROM "P-Asserted-Identity: \"P\" <sip:pbx.test>\r\nP-Asserted-Identity: <tel:+31-2555>\r\n", "P", "+312555"},
        {"an asserted tel: identity alone", FROM "P-Asserted-Identity: \"T\" <tel:123>\r\n", "T", "123"},
        {"addr-spec without brackets", FROM "P-Asserted-Identity: sip:2@pbx\r\n", "", "2"},
        {"a comma inside quotes and brackets", FROM "P-Asserted-Identity: \"Doe, J\" <sip:2,3@pbx>\r\n", "Doe, J",
         "2,3"},
        {"Remote-Party-ID wins over From", FROM "Remote-Party-ID: \"R\" <sip:3@pbx>;party=calling;screen=yes\r\n", "R",
         "3"},
        {"the called party's Remote-Party-ID is not the caller",
         FROM "Remote-Party-ID: <sip:9@pbx>;party=called\r\nRemote-Party-ID: <sip:3@pbx>;party=calling\r\n", "", "3"},
        {"Remote-Party-ID with full privacy", FROM "Remote-Party-ID: \"R\" <sip:3@pbx>;privacy=full;screen=no\r\n", "",
         ""},
        {"Remote-Party-ID hiding its name", FROM "Remote-Party-ID: \"R\" <sip:3@pbx>;privacy=name\r\n", "", "3"},
        {"Remote-Party-ID hiding its number", FROM "Remote-Party-ID: \"R\" <sip:3@pbx>;privacy=\"uri\"\r\n", "R", ""},
        {"Remote-Party-ID without privacy", FROM "Remote-Party-ID: \"R\" <sip:3@pbx>;privacy=off\r\n", "R", "3"},
        {"Privacy: id", FROM "P-Asserted-Identity: \"P\" <sip:2@pbx>\r\nPrivacy: id\r\n", "", ""},
        {"Privacy: user among others", FROM "Privacy: header;user;critical\r\n", "", ""},
        {"Privacy: none", FROM "P-Asserted-Identity: \"P\" <sip:2@pbx>\r\nPrivacy: none\r\n", "P", "2"},
        {"anonymous From", "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1\r\n", "", ""},
        {"anonymous user elsewhere", "From: \"Anonymous\" <sip:Anonymous@192.0.2.1>;tag=1\r\n", "", ""},
        {"a host that cannot exist", "From: \"?\" <sip:unavailable@unknown.invalid:5060;x=y>;tag=1\r\n", "", ""},
        {"anonymous From, vouched for by a trusted PBX",
         "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1\r\nP-Asserted-Identity: <sip:2@pbx>\r\n", "",
         "2"},
        {"UTF-8 stays", "From: \"J\xc3\xbcrgen \xe2\x82\xac\" <sip:1@pbx>;tag=1\r\n", "J\xc3\xbcrgen \xe2\x82\xac",
         "1"},
        {"bytes that are no UTF-8", "From: \"J\xfcrgen \xc3\" <sip:1@pbx>;tag=1\r\n", "J?rgen ?", "1"},
        {"control characters in text and behind escapes",
         FROM "P-Asserted-Identity: \"A\x1b[2J\x7f \xc2\x85"
              "B\" <sip:1%00%0d%0a%802@pbx>\r\n",
         "A[2J B", "1?2"},
        {"escapes that are none", FROM "P-Asserted-Identity: <sip:1%4@pbx>\r\n", "", "1%4"},
        {"nonsense where the identity should be", FROM "P-Asserted-Identity: \"never closed <sip:1@pbx>\r\n", "Alice",
         "1001"},
        {"an asserted identity that nobody may know", FROM "P-Asserted-Identity: <sip:anonymous@anonymous.invalid>\r\n",
         "", ""},
};

static void callers_are_known_by_the_header_that_counts(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof callers / sizeof *callers; i++) {
                msg_t *msg = make_message(callers[i].headers);
                struct sip_party party;
                identity_caller(sip_object(msg), &party);
                if (!text_equal(party.name, callers[i].name) || !text_equal(party.number, callers[i].number))
                        fail_msg("%s: '%s' %s, not '%s' %s", callers[i].what, party.name, party.number, callers[i].name,
                                 callers[i].number);
                msg_destroy(msg);
        }
}

static const struct {
        const char *headers, *name, *number;
        bool told;
} connected[] = {
        {FROM TO, "before", "0", false},
        {FROM "P-Asserted-Identity: \"P\" <sip:2@pbx>\r\n", "P", "2", true},
        {FROM "Remote-Party-ID: \"R\" <sip:3@pbx>;party=called\r\n", "R", "3", true},
        {FROM "P-Asserted-Identity: \"P\" <sip:2@pbx>\r\nPrivacy: id\r\n", "before", "0", false},
        {FROM "Remote-Party-ID: \"R\" <sip:3@pbx>;privacy=full\r\n", "before", "0", false},
        {FROM "P-Asserted-Identity: ,,\r\n", "before", "0", false},
};

static void a_connected_party_is_only_told_by_headers_that_vouch(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof connected / sizeof *connected; i++) {
                msg_t *msg = make_message(connected[i].headers);
                struct sip_party party = {.name = "before", .number = "0"};
                assert_int_equal(identity_connected(sip_object(msg), &party), connected[i].told);
                assert_string_equal(party.name, connected[i].name);
                assert_string_equal(party.number, connected[i].number);
                msg_destroy(msg);
        }
}

static const struct {
        const char *headers, *number;
} called[] = {
        {FROM TO, "1002"},
        {FROM, ""},
        {FROM TO "Diversion: <sip:200@pbx>;reason=no-answer\r\n", "200"},
        {FROM TO "Diversion: <sip:300@pbx>;reason=busy, \"First\" <sip:200@pbx>;reason=no-answer\r\n", "200"},
        {FROM TO "Diversion: <sip:300@pbx>;reason=busy\r\nDiversion: <tel:+31200>;reason=no-answer\r\n", "+31200"},
        {FROM TO "Diversion: <sip:200@pbx>;privacy=full\r\n", "1002"},
        {FROM TO "History-Info: <sip:400@pbx>;index=1\r\nHistory-Info: <sip:500@pbx?Reason=SIP%3Bcause%3D302>;index=1.1"
                 "\r\n",
         "400"},
        {FROM TO "History-Info: <sip:400@pbx>;index=1, <sip:500@pbx>;index=1.1\r\nDiversion: <sip:200@pbx>\r\n", "200"},
        {FROM TO "History-Info: <sip:anonymous@anonymous.invalid>;index=1\r\n", "1002"},
};

static void who_was_called_first_is_the_oldest_diversion(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof called / sizeof *called; i++) {
                msg_t *msg = make_message(called[i].headers);
                char number[SIP_NUMBER_MAX];
                identity_called(sip_object(msg), number);
                if (!text_equal(number, called[i].number))
                        fail_msg("%s: '%s', not '%s'", called[i].headers, number, called[i].number);
                msg_destroy(msg);
        }
}

static const struct {
        const char *headers;
        struct identity_reason reason;
} reasons[] = {
        {FROM, {0}},
        {FROM "Reason: Q.850;cause=16;text=\"Normal \\\"Call\\\" Clearing\"\r\n",
         {.cause = 16, .text = "Normal \"Call\" Clearing"}},
        {FROM "Reason: q.850 ; cause = 17\r\n", {.cause = 17}},
        {FROM "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n",
         {.elsewhere = true, .text = "Call completed elsewhere"}},
        {FROM "Reason: Q.850;cause=26;text=\"Answered elsewhere\"\r\n",
         {.cause = 26, .elsewhere = true, .text = "Answered elsewhere"}},
        {FROM "Reason: SIP;cause=486;text=\"Busy\"\r\nReason: Q.850;cause=17;text=\"User busy\"\r\n",
         {.cause = 17, .text = "Busy"}},
        {FROM "Reason: SIP;cause=200, Q.850;cause=16\r\n", {.cause = 16, .elsewhere = true}},
        {FROM "Reason: Q.850;cause=200\r\n", {0}},
        {FROM "Reason: Q.850;cause=-1\r\n", {0}},
        {FROM "Reason: Q.850;cause=99999999999999999999\r\n", {0}},
        {FROM "Reason: Q.850;text=x\x1by\r\n", {.text = ""}},
        {FROM "Reason: preemption;cause=1\r\n", {0}},
};

static void reasons_give_cause_text_and_whether_another_answered(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
                msg_t *msg = make_message(reasons[i].headers);
                struct identity_reason reason;
                identity_reason(sip_object(msg), &reason);
                if (reason.cause != reasons[i].reason.cause || reason.elsewhere != reasons[i].reason.elsewhere ||
                    !text_equal(reason.text, reasons[i].reason.text))
                        fail_msg("%s: cause %d elsewhere %d '%s'", reasons[i].headers, reason.cause, reason.elsewhere,
                                 reason.text);
                msg_destroy(msg);
        }
}

static void names_are_cut_between_characters(void **state)
{
        (void)state;
        char out[6];
        identity_name("abc\xc3\xbc\xc3\xbc", 7, out, sizeof(out));
        assert_string_equal(out, "abc\xc3\xbc");
        identity_name("abcd\xc3\xbc", 6, out, sizeof(out));
        assert_string_equal(out, "abcd");
}

static void long_numbers_are_cut(void **state)
{
        (void)state;
        char headers[1200], user[900], number[SIP_NUMBER_MAX];
        memset(user, '7', sizeof(user));
        user[sizeof(user) - 1] = '\0';
        text_printf(headers, sizeof(headers), FROM "To: <sip:%s@pbx.test>\r\n", user);
        msg_t *msg = make_message(headers);
        identity_called(sip_object(msg), number);
        assert_int_equal(strlen(number), SIP_NUMBER_MAX - 1);
        assert_int_equal(strspn(number, "7"), SIP_NUMBER_MAX - 1);
        msg_destroy(msg);
}

static void parameters_are_found_by_name(void **state)
{
        (void)state;
        static const char params[] = ";reason=\"no; answer\" ; Counter = 1;privacyx=2;flag;privacy=full";
        char out[32];
        size_t len = sizeof params - 1;
        assert_true(identity_param(params, len, "reason", out, sizeof(out)));
        assert_string_equal(out, "no; answer");
        assert_true(identity_param(params, len, "counter", out, sizeof(out)));
        assert_string_equal(out, "1");
        assert_true(identity_param(params, len, "privacy", out, sizeof(out)));
        assert_string_equal(out, "full");
        assert_true(identity_param(params, len, "flag", out, sizeof(out)));
        assert_string_equal(out, "");
        assert_false(identity_param(params, len, "answer", out, sizeof(out)));
        assert_false(identity_param(NULL, 0, "answer", out, sizeof(out)));
}

static void how_a_call_was_sent_on_is_counted(void **state)
{
        (void)state;
        static const char *const ours[] = {"1001", "u7x"};
        static const struct {
                const char *headers;
                unsigned count;
                const char *last;
                bool us;
        } rows[] = {
                {FROM TO, 0, "", false},
                {FROM TO "Diversion: <sip:1003@pbx>;reason=user-busy\r\n", 1, "1003", false},
                {FROM TO "Diversion: <sip:1003@pbx>, <sip:1001@pbx>\r\n", 2, "1003", true},
                {FROM TO "Diversion: <sip:1003@pbx>;counter=3\r\nDiversion: <sip:1004@pbx>\r\n", 4, "1003", false},
                {FROM TO "Diversion: <sip:1003@pbx>;counter=999999\r\n", 1, "1003", false},
                {FROM TO "Diversion: <sip:1003@pbx>;counter=-4\r\n", 1, "1003", false},
                {FROM TO "Diversion: <sip:1003@pbx>;counter=99, <sip:1@pbx>;counter=99\r\n", 100, "1003", false},
                /* a proxy that only finds the phone does not divert */
                {FROM TO "History-Info: <sip:1001@pbx>;index=1, <sip:u7x@gw>;index=1.1\r\n", 0, "", false},
                {FROM TO
                 "History-Info: <sip:1001@p>;index=1, <sip:1003@p;cause=302>;index=2, <sip:1001@p;CAUSE=486>\r\n",
                 2, "1003", true},
                {FROM TO "History-Info: <sip:1009@p;cause=302>;index=1\r\n", 1, "", false},
        };
        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
                msg_t *msg = make_message(rows[i].headers);
                struct identity_diversions got;
                identity_diversions(sip_object(msg), ours, 2, &got);
                if (got.count != rows[i].count || got.ours != rows[i].us || strcmp(got.last, rows[i].last) != 0)
                        fail_msg("%s: %u by '%s' %d", rows[i].headers, got.count, got.last, got.ours);
                msg_destroy(msg);
        }
}

static void headers_of_one_name_are_copied_as_one_or_not_at_all(void **state)
{
        (void)state;
        char out[40];
        msg_t *msg = make_message(FROM TO "Diversion: <sip:3@p>;a=1\r\ndiversion: <sip:4@p>\r\n");
        assert_true(identity_copy(sip_object(msg), "Diversion", out, sizeof(out)));
        assert_string_equal(out, "Diversion: <sip:3@p>;a=1, <sip:4@p>");
        assert_false(identity_copy(sip_object(msg), "Diversion", out, 20));
        assert_string_equal(out, "");
        assert_false(identity_copy(sip_object(msg), "History-Info", out, sizeof(out)));
        msg_destroy(msg);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(how_a_call_was_sent_on_is_counted),
                cmocka_unit_test(headers_of_one_name_are_copied_as_one_or_not_at_all),
                cmocka_unit_test(callers_are_known_by_the_header_that_counts),
                cmocka_unit_test(a_connected_party_is_only_told_by_headers_that_vouch),
                cmocka_unit_test(who_was_called_first_is_the_oldest_diversion),
                cmocka_unit_test(reasons_give_cause_text_and_whether_another_answered),
                cmocka_unit_test(names_are_cut_between_characters),
                cmocka_unit_test(long_numbers_are_cut),
                cmocka_unit_test(parameters_are_found_by_name),
        };
        return cmocka_run_group_tests_name("sip: identity", tests, NULL, NULL);
}
