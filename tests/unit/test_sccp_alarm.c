/* What phones say about why they came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sccp/alarm.h"

static const char *reason(const char *text)
{
        static struct sccp_alarm_news news;
        sccp_alarm_text(text, &news);
        return news.reason;
}

/* As the real 7912 of the protocol reference wrote it. */
static void words_are_explained(void **state)
{
        (void)state;
        struct sccp_alarm_news news;
        sccp_alarm_text("Name=SEP001122334455 Load=CP7912060000SCCP050124A Last=CM-aborted-TCP", &news);
        assert_string_equal(news.reason, "server dropped the connection (CM-aborted-TCP)");
        assert_string_equal(news.line, "server dropped the connection (CM-aborted-TCP), load CP7912060000SCCP050124A");
        assert_string_equal(reason("Name=SEP1 Load=x Last=Initialized"), "power-up (Initialized)");
        assert_string_equal(reason("Name=SEP1 Load=8.5.3 Last=cm-closed-tcp"),
                            "server closed the connection (cm-closed-tcp)");
        assert_string_equal(reason("Last=Phone-Keypad"), "reset at its keypad (Phone-Keypad)");
        assert_string_equal(reason("Last=Reset-Reset"), "reset by its server (Reset-Reset)");
}

static void numbers_are_explained(void **state)
{
        (void)state;
        assert_string_equal(reason("25: Name=SEP1 Load=3.2(2.14) Last=Initialized"), "power-up (Initialized)");
        assert_string_equal(reason("17: Name=SEP1 Load=3.2(2.14)"), "keepalives were not answered");
        assert_string_equal(reason("Name=SEP1 Last=22"), "reset by its server (22)");
        assert_string_equal(reason("Name=SEP1 Last=0"), "firmware refused (0)");
}

static void what_nobody_knows_is_repeated(void **state)
{
        (void)state;
        struct sccp_alarm_news news;
        assert_string_equal(reason("Name=SEP1 Load=x Last=Martians"), "Martians");
        assert_string_equal(reason("Name=SEP1 Last=99"), "99");
        sccp_alarm_text("Name=SEP003094C26105 Load=AJ.30 Parms=Status/IPaddr LastTime=A", &news);
        assert_string_equal(news.reason, "");
        assert_string_equal(news.line, "Name=SEP003094C26105 Load=AJ.30 Parms=Status/IPaddr LastTime=A");
        sccp_alarm_text("", &news);
        assert_string_equal(news.reason, "");
        assert_string_equal(news.line, "");
}

static void nothing_unprintable_gets_out(void **state)
{
        (void)state;
        struct sccp_alarm_news news;
        sccp_alarm_text("Last=\x1B[31mred\x07 Load=\xFF\x80\x17", &news);
        assert_string_equal(news.reason, "?[31mred?");
        assert_string_equal(news.line, "?[31mred?, load ???");
}

#define XML(reason)                                                                                                    \
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<x-cisco-alarm>\n<Alarm Name=\"LastOutOfServiceInformation\">\n"  \
        "<ParameterList>\n<String name=\"DeviceName\">SEP001122334455</String>\n"                                      \
        "<String name=\"DeviceIPv4Address\">192.0.2.7/24</String>\n"                                                   \
        "<String name=\"NeighborDeviceID\">sw1.lan</String>\n<String name=\"NeighborPortID\">Gi0/5</String>\n"         \
        "<String name=\"UnifiedCMIPAddress\"><not open></String>\n"                                                    \
        "<Enum name=\"ReasonForOutOfService\">" reason "</Enum>\n"                                                     \
        "<String name=\"LastProtocolEventSent\"></String>\n</ParameterList>\n</Alarm>\n</x-cisco-alarm>"

static void xml_from_text(const char *text, struct sccp_alarm_news *news)
{
        size_t len = strlen(text);
        uint8_t *exact = malloc(len); /* as on the wire: no NUL */
        memcpy(exact, text, len);
        sccp_alarm_xml(exact, len, news);
        free(exact);
}

static void xml_is_told_in_one_line(void **state)
{
        (void)state;
        struct sccp_alarm_news news;
        xml_from_text(XML("13"), &news);
        assert_string_equal(news.reason, "server dropped the connection (13)");
        assert_string_equal(news.line, "server dropped the connection (13), switch sw1.lan, port Gi0/5, address "
                                       "192.0.2.7/24, server <not open>");
        xml_from_text(XML("15"), &news); /* not what 15 means in Alarm */
        assert_string_equal(news.reason, "keepalives were not answered (15)");
        xml_from_text(XML("999"), &news);
        assert_string_equal(news.reason, "999");
        xml_from_text(XML(""), &news);
        assert_string_equal(news.reason, "");
}

static void entities_are_not_expanded(void **state)
{
        (void)state;
        struct sccp_alarm_news news;
        xml_from_text("<!DOCTYPE x [<!ENTITY a \"&b;&b;\">]><Enum name=\"ReasonForOutOfService\">&a;&#10;</Enum>",
                      &news);
        assert_string_equal(news.reason, "&a;&#10;");
}

static void xml_may_end_anywhere(void **state)
{
        (void)state;
        static const char whole[] = XML("22");
        for (size_t len = 0; len < sizeof whole; len++) {
                uint8_t *cut = malloc(len + 1);
                struct sccp_alarm_news news;
                memcpy(cut + 1, whole, len);
                sccp_alarm_xml(cut + 1, len, &news);
                assert_true(news.reason[0] == '\0' || strcmp(news.reason, "reset by its server (22)") == 0);
                free(cut);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(words_are_explained),           cmocka_unit_test(numbers_are_explained),
                cmocka_unit_test(what_nobody_knows_is_repeated), cmocka_unit_test(nothing_unprintable_gets_out),
                cmocka_unit_test(xml_is_told_in_one_line),       cmocka_unit_test(entities_are_not_expanded),
                cmocka_unit_test(xml_may_end_anywhere),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
