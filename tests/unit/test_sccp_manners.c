/* What a session keeps of its phone, and what it does not send it, over real sockets. */
#include "sccp_world.h"

static void send_alarm(struct phone *phone, const char *text)
{
        struct sccp_message alarm = {.id = SCCP_ALARM};
        TEXT_SET(alarm.alarm.text, text);
        phone_send(phone, &alarm);
}

static void send_xml_alarm(struct phone *phone, const char *xml)
{
        struct sccp_message alarm = {.id = SCCP_XML_ALARM};
        alarm.xml_alarm.n_xml = (uint32_t)strlen(xml);
        memcpy(alarm.xml_alarm.xml, xml, strlen(xml));
        phone_send(phone, &alarm);
}

static void the_reason_a_phone_gave_is_kept(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        phone_connect(&phone, &world);
        send_alarm(&phone, "Name=SEP1 Load=x Last=CM-aborted-TCP");
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7965, 20);
        struct sccp_session *session = sccp_session_find(world.server, "SEP1");
        assert_string_equal(sccp_session_last_reason(session), "server dropped the connection (CM-aborted-TCP)");
        assert_string_equal(world.record, "up SEP1");

        /* newer loads say it in XML, and later; the owner hears of it */
        send_xml_alarm(&phone, "<Enum name=\"ReasonForOutOfService\">20</Enum>");
        phone_send_id(&phone, SCCP_KEEP_ALIVE);
        phone_expect(&phone, &world, SCCP_KEEP_ALIVE_ACK);
        char expected[64];
        text_printf(expected, sizeof expected, "up SEP1, input SEP1 %d", (int)SCCP_INPUT_REASON);
        assert_string_equal(world.record, expected);
        assert_string_equal(sccp_session_last_reason(session), "reset at its keypad (20)");

        /* one that says nothing leaves it */
        send_alarm(&phone, "Name=SEP1");
        phone_send_id(&phone, SCCP_KEEP_ALIVE);
        phone_expect(&phone, &world, SCCP_KEEP_ALIVE_ACK);
        assert_string_equal(world.record, expected);
        assert_string_equal(sccp_session_last_reason(session), "reset at its keypad (20)");
        phone_close(&phone);
        world_close(&world);
}

static void what_a_phone_does_not_take_is_not_sent(void **state)
{
        (void)state;
        static const struct sccp_message clear = {.id = SCCP_CLEAR_DISPLAY};
        static const struct sccp_message tone = {.id = SCCP_STOP_TONE};
        struct world world;
        struct phone phone;
        world_open(&world);
        phone_connect(&phone, &world);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7975, 20);
        uint64_t before = sccp_server_totals(world.server)->messages_out;
        sccp_session_send(sccp_session_find(world.server, "SEP1"), &clear);
        sccp_session_send(sccp_session_find(world.server, "SEP1"), &tone);
        while (phone_receive(&phone, &world).id != SCCP_STOP_TONE)
                assert_int_equal(sccp_server_totals(world.server)->messages_out, before + 1);
        assert_int_equal(sccp_server_totals(world.server)->messages_out, before + 1);
        phone_close(&phone);
        world_close(&world);
}

static void texts_are_in_the_set_the_profile_names(void **state)
{
        (void)state;
        struct world world;
        struct phone phone;
        world_open(&world);
        world.profile.charset = "windows-1251";
        phone_connect(&phone, &world);
        phone_register(&phone, &world, "SEP1", SCCP_DEVICE_7960, 11);
        struct sccp_session *session = sccp_session_find(world.server, "SEP1");
        struct sccp_reader reader = sccp_session_reader(session);
        struct sccp_message message;
        assert_true(sccp_notice(&message, &reader, 5, 0, "Иван"));
        assert_string_equal(message.display_notify_dynamic.text, "\xC8\xE2\xE0\xED");
        phone_close(&phone);
        world_close(&world);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_reason_a_phone_gave_is_kept),
                cmocka_unit_test(what_a_phone_does_not_take_is_not_sent),
                cmocka_unit_test(texts_are_in_the_set_the_profile_names),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
