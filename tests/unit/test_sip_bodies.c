/* What NOTIFY bodies say: voicemail, dialogs and presence, as PBXs write them, and what cannot be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "sip/dialog_info.h"
#include "sip/mail_summary.h"
#include "sip/pidf.h"
#include "sip/xml.h"

/* ---- voicemail ---- */

static struct sip_mail mail(const char *text)
{
        struct sip_mail out;
        const char *problem = mail_summary_read(text, strlen(text), &out);
        if (problem)
                fail_msg("%s: %s", text, problem);
        return out;
}

static void mail_is_counted(void **state)
{
        struct sip_mail got = mail("Messages-Waiting: yes\r\nMessage-Account: sip:*97@pbx.lan\r\n"
                                   "Voice-Message: 2/8 (1/3)\r\n\r\nTo: <sip:a@b>\r\n");
        (void)state;
        assert_true(got.waiting && got.counted);
        assert_int_equal(got.fresh, 2);
        assert_int_equal(got.old, 8);
        assert_int_equal(got.urgent_fresh, 1);
        assert_int_equal(got.urgent_old, 3);
        assert_string_equal(got.account, "*97");
}

static void mail_may_come_without_counts_and_with_odd_spelling(void **state)
{
        (void)state;
        assert_true(mail("messages-waiting:YES\n").waiting);
        assert_false(mail("Messages-Waiting: yes").counted);
        struct sip_mail got = mail("Messages-Waiting : no\r\nFax-Message: 3/3\r\nvoice-message:  0 / 4  ( 0 / 0 ) ");
        assert_true(!got.waiting && got.counted);
        assert_int_equal(got.old, 4);
        assert_string_equal(mail("Message-Account: \"Box\" <sip:%2A98@h;x=1>\nMessages-Waiting: no\n").account, "*98");
        assert_int_equal(mail("Messages-Waiting: yes\nVoice-Message: 99999999999999999999/0\n").fresh, MAIL_COUNT_MAX);
}

static void mail_that_cannot_be_read_says_why(void **state)
{
        static const char *const cases[][2] = {
                {"", "Messages-Waiting is missing"},
                {"Voice-Message: 1/1\r\n", "Messages-Waiting is missing"},
                {"Messages-Waiting: perhaps\r\n", "Messages-Waiting is neither yes nor no"},
                {"Messages-Waiting: yes\r\nVoice-Message: many\r\n", "Voice-Message has no counts"},
                {"Messages-Waiting: yes\r\nVoice-Message: 1/2 (x)\r\n", "Voice-Message has bad urgent counts"},
        };
        (void)state;
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                struct sip_mail out;
                const char *problem = mail_summary_read(cases[i][0], strlen(cases[i][0]), &out);
                assert_non_null(problem);
                assert_string_equal(problem, cases[i][1]);
                assert_false(out.waiting || out.counted);
        }
        char *large = calloc(1, MAIL_SUMMARY_SIZE_MAX + 1);
        struct sip_mail out;
        assert_string_equal(mail_summary_read(large, MAIL_SUMMARY_SIZE_MAX + 1, &out), "too large");
        free(large);
}

/* ---- dialogs ---- */

static struct dialog_info info;

static const struct sip_far_dialog *dialogs(const char *text, size_t n)
{
        const char *problem = dialog_info_read(text, strlen(text), &info);
        if (problem)
                fail_msg("%s: %s", text, problem);
        assert_int_equal(info.n_dialogs, n);
        return info.dialogs;
}

#define INFO(attributes, inside)                                                                                       \
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<dialog-info "                                                    \
        "xmlns=\"urn:ietf:params:xml:ns:dialog-info\" " attributes " entity=\"sip:1002@pbx\">" inside                  \
        "</dialog-info>\n"

static void ringing_call_says_who_calls_and_how_to_pick_it_up(void **state)
{
        const struct sip_far_dialog *got = dialogs(
                INFO("version=\"7\" state=\"full\"",
                     "<dialog id=\"as7d900as8\" call-id=\"a84b4c76e66710\" local-tag=\"1928301774\" "
                     "remote-tag=\"456887766\" direction=\"recipient\"><state event=\"x\"> early\n</state>"
                     "<local><identity>sip:1002@pbx</identity><target uri=\"sip:1002@pbx\"/></local>"
                     "<remote><identity display=\"J&#xF6;rg &quot;J&quot;\">sip:1001@pbx;x=1</identity>"
                     "<target uri=\"sip:other@192.0.2.1\"/></remote></dialog>"),
                1);
        (void)state;
        assert_true(info.full);
        assert_int_equal(info.version, 7);
        assert_int_equal(got->state, SIP_FAR_EARLY);
        assert_false(got->outgoing || got->held);
        assert_string_equal(got->remote.number, "1001");
        assert_string_equal(got->remote.name, "J\xc3\xb6rg \"J\"");
        assert_string_equal(got->call_id, "a84b4c76e66710");
        assert_string_equal(got->local_tag, "1928301774");
        assert_string_equal(got->remote_tag, "456887766");
}

static void several_dialogs_are_kept_apart(void **state)
{
        const struct sip_far_dialog *got = dialogs(
                INFO("version=\"0\" state=\"partial\"",
                     "<dialog id=\"1\" direction=\"initiator\"><state>confirmed</state><local><target "
                     "uri=\"sip:1002@pbx\"><param pname=\"+sip.rendering\" pvalue=\"no\"/></target></local>"
                     "<remote><target uri=\"sip:1003@pbx\"/></remote></dialog>"
                     "<dialog id=\"2\"><state>terminated</state></dialog><dialog id=\"3\">"
                     "<state>trying</state></dialog><dialog id=\"4\"><state>proceeding</state></dialog>"),
                4);
        (void)state;
        assert_false(info.full);
        assert_true(got[0].outgoing && got[0].held);
        assert_string_equal(got[0].remote.number, "1003");
        assert_int_equal(got[0].state, SIP_FAR_CONFIRMED);
        assert_int_equal(got[1].state, SIP_FAR_TERMINATED);
        assert_int_equal(got[2].state, SIP_FAR_TRYING);
        assert_int_equal(got[3].state, SIP_FAR_PROCEEDING);
        assert_true(got[0].key != got[1].key && got[1].key != got[2].key);
}

static void idle_party_has_no_dialog(void **state)
{
        (void)state;
        dialogs(INFO("version=\"3\" state=\"full\"", ""), 0);
        assert_true(info.full);
        /* Asterisk keeps one that is over */
        assert_int_equal(
                dialogs(INFO("version=\"3\" state=\"full\"", "<dialog id=\"1002\"><state>terminated</state></dialog>"),
                        1)
                        ->state,
                SIP_FAR_TERMINATED);
}

static void prefixes_need_not_be_declared(void **state)
{
        (void)state;
        assert_int_equal(dialogs("<di:dialog-info version='1' state='full'><di:dialog id='a'><di:state>confirmed"
                                 "</di:state></di:dialog></di:dialog-info>",
                                 1)
                                 ->state,
                         SIP_FAR_CONFIRMED);
}

static void names_that_do_not_fit_a_replaces_header_are_left_out(void **state)
{
        const struct sip_far_dialog *got = dialogs(
                INFO("version=\"1\" state=\"full\"",
                     "<dialog id=\"1\" call-id=\"a b\" local-tag=\"l\" remote-tag=\"r\"/>"
                     "<dialog id=\"2\" call-id=\"a\" local-tag=\"l\"/>"),
                2);
        (void)state;
        for (size_t i = 0; i < 2; i++)
                assert_true(!got[i].call_id[0] && !got[i].local_tag[0] && !got[i].remote_tag[0]);
}

static void anonymous_party_has_no_number(void **state)
{
        (void)state;
        assert_string_equal(dialogs(INFO("version=\"1\" state=\"full\"",
                                         "<dialog id=\"1\"><state>early</state><remote><identity>"
                                         "sip:anonymous@anonymous.invalid</identity></remote></dialog>"),
                                    1)
                                    ->remote.number,
                            "");
}

static void more_dialogs_than_fit_are_passed_over(void **state)
{
        static char text[8192];
        (void)state;
        text_printf(text, sizeof text, "<dialog-info version='1' state='full'>");
        for (unsigned i = 0; i < DIALOG_INFO_MAX + 5; i++)
                text_append(text, sizeof text,
                            "<dialog id='%u'><state>early</state><remote><identity display='x'>sip:%u@h</identity>"
                            "</remote></dialog>",
                            i, i);
        text_append(text, sizeof text, "</dialog-info>");
        const struct sip_far_dialog *got = dialogs(text, DIALOG_INFO_MAX);
        assert_string_equal(got[DIALOG_INFO_MAX - 1].remote.number, "15");
}

static void partial_documents_come_in_their_order(void **state)
{
        struct dialog_info_order order = {.begun = false};
        struct dialog_info document = {.version = 5};
        (void)state;
        assert_int_equal(dialog_info_place(&order, &document), DIALOG_INFO_GAP);
        document.full = true;
        assert_int_equal(dialog_info_place(&order, &document), DIALOG_INFO_NEXT);
        document.full = false;
        assert_int_equal(dialog_info_place(&order, &document), DIALOG_INFO_OLD);
        document.version = 6;
        assert_int_equal(dialog_info_place(&order, &document), DIALOG_INFO_NEXT);
        document.version = 8;
        assert_int_equal(dialog_info_place(&order, &document), DIALOG_INFO_GAP);
        document = (struct dialog_info){.version = 0, .full = true}; /* the PBX has started anew */
        assert_int_equal(dialog_info_place(&order, &document), DIALOG_INFO_NEXT);
        document = (struct dialog_info){.version = 1};
        assert_int_equal(dialog_info_place(&order, &document), DIALOG_INFO_NEXT);
}

/* ---- presence ---- */

#define PIDF(inside)                                                                                                   \
        "<?xml version=\"1.0\"?><presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"sip:1@p\">" inside            \
        "</presence>"
#define TUPLE(basic, more) "<tuple id=\"t\"><status><basic>" basic "</basic></status>" more "</tuple>"
#define ACTIVITY(name)     "<dm:person><rpid:activities><" name "/></rpid:activities></dm:person>"

static void presence_is_what_is_said_most_of(void **state)
{
        static const struct {
                const char *text;
                enum sip_presence presence;
        } cases[] = {
                {PIDF(""), SIP_PRESENCE_UNKNOWN},
                {PIDF(TUPLE("open", "")), SIP_PRESENCE_OPEN},
                {PIDF(TUPLE("closed", "")), SIP_PRESENCE_CLOSED},
                {PIDF(TUPLE("closed", "") TUPLE("open", "")), SIP_PRESENCE_OPEN},
                {PIDF(TUPLE("open", "<note>Ready</note>")), SIP_PRESENCE_OPEN},
                {PIDF(TUPLE("open", "<note>On the phone</note>")), SIP_PRESENCE_ON_THE_PHONE},
                {PIDF("<note>Ringing</note>" ACTIVITY("ep:busy") TUPLE("open", "")), SIP_PRESENCE_RINGING},
                {PIDF("<note>On hold</note>" TUPLE("open", "")), SIP_PRESENCE_ON_THE_PHONE},
                {PIDF("<note>Unavailable</note>" ACTIVITY("ep:away") TUPLE("closed", "")), SIP_PRESENCE_CLOSED},
                {PIDF(TUPLE("open", "") ACTIVITY("rpid:on-the-phone")), SIP_PRESENCE_ON_THE_PHONE},
                {PIDF(TUPLE("open", "") ACTIVITY("rpid:away")), SIP_PRESENCE_AWAY},
                {PIDF(TUPLE("open", "") ACTIVITY("rpid:unknown")), SIP_PRESENCE_OPEN},
                {PIDF(TUPLE("open",
                            "") "<dm:person><dm:note>Do Not Disturb</dm:note></dm:person>" ACTIVITY("rpid:busy")),
                 SIP_PRESENCE_DND},
                {PIDF(TUPLE("open", "<note>Talk 1002</note>")), SIP_PRESENCE_ON_THE_PHONE},
                {PIDF(TUPLE("open", "<note>out for lunch, busy later</note>")), SIP_PRESENCE_OPEN},
                {PIDF(TUPLE("open", "") "<busy/>"), SIP_PRESENCE_OPEN}, /* not among activities */
        };
        (void)state;
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                enum sip_presence got;
                const char *problem = pidf_read(cases[i].text, strlen(cases[i].text), &got);
                if (problem || got != cases[i].presence)
                        fail_msg("%s: %s, %d", cases[i].text, problem ? problem : "read", got);
        }
}

/* ---- XML ---- */

static const char *problem_of(const char *text, size_t len)
{
        enum sip_presence presence = SIP_PRESENCE_DND;
        const char *problem = pidf_read(text, len, &presence);
        const char *other = dialog_info_read(text, len, &info);
        assert_non_null(problem);
        assert_non_null(other);
        assert_int_equal(presence, SIP_PRESENCE_UNKNOWN);
        assert_int_equal(info.n_dialogs, 0);
        return problem;
}

static void document_type_is_refused(void **state)
{
        static const char text[] = "<!DOCTYPE p [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>"
                                   "<presence><note>&b;</note></presence>";
        (void)state;
        assert_string_equal(problem_of(text, strlen(text)), "a document type is not allowed");
}

static void bounds_are_kept(void **state)
{
        static char text[XML_SIZE_MAX + 64];
        (void)state;
        text[0] = '\0';
        for (unsigned i = 0; i <= XML_DEPTH_MAX; i++)
                text_append(text, sizeof text, "<dialog>");
        assert_string_equal(problem_of(text, strlen(text)), "nested too deep");
        text_printf(text, sizeof text, "<presence>");
        for (unsigned i = 0; i < XML_ELEMENTS_MAX; i++)
                text_append(text, sizeof text, "<a/>");
        text_append(text, sizeof text, "</presence>");
        assert_string_equal(problem_of(text, strlen(text)), "too many elements");
        memset(text, ' ', XML_SIZE_MAX + 1);
        assert_string_equal(problem_of(text, XML_SIZE_MAX + 1), "too large");
}

static void broken_documents_leave_nothing_behind(void **state)
{
        static const char whole[] = "<presence><tuple><status><basic>open</basic></status></tuple></presence>";
        (void)state;
        for (size_t len = 0; len < strlen(whole); len++) {
                char *cut = malloc(len + 1); /* exactly sized: reading past the end is seen */
                memcpy(cut, whole, len);
                problem_of(cut, len);
                free(cut);
        }
        assert_string_equal(problem_of("<a/>", 4), "not a presence document");
        problem_of("<presence>\xff\xfe</presence>", 23);
        problem_of("<presence>\0</presence>", 22);
}

static void long_text_is_cut_at_a_character(void **state)
{
        static char text[2048];
        (void)state;
        text_printf(text, sizeof text, "<dialog-info version='1' state='full'><dialog id='1'><remote><identity>sip:");
        for (unsigned i = 0; i < 400; i++)
                text_append(text, sizeof text, "\xc3\xa9");
        text_append(text, sizeof text, "@h</identity></remote></dialog></dialog-info>");
        const char *number = dialogs(text, 1)->remote.number;
        assert_true(text_is_utf8(number, strlen(number)));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(mail_is_counted),
                cmocka_unit_test(mail_may_come_without_counts_and_with_odd_spelling),
                cmocka_unit_test(mail_that_cannot_be_read_says_why),
                cmocka_unit_test(ringing_call_says_who_calls_and_how_to_pick_it_up),
                cmocka_unit_test(several_dialogs_are_kept_apart),
                cmocka_unit_test(idle_party_has_no_dialog),
                cmocka_unit_test(prefixes_need_not_be_declared),
                cmocka_unit_test(names_that_do_not_fit_a_replaces_header_are_left_out),
                cmocka_unit_test(anonymous_party_has_no_number),
                cmocka_unit_test(more_dialogs_than_fit_are_passed_over),
                cmocka_unit_test(partial_documents_come_in_their_order),
                cmocka_unit_test(presence_is_what_is_said_most_of),
                cmocka_unit_test(document_type_is_refused),
                cmocka_unit_test(bounds_are_kept),
                cmocka_unit_test(broken_documents_leave_nothing_behind),
                cmocka_unit_test(long_text_is_cut_at_a_character),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
