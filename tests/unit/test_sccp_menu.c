/* Lists on the display, as XML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdint.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sccp/menu.h"
#include "sccp/models.h"

static const char *text_of(const struct sccp_menu *menu)
{
        static char text[2001];
        const struct sccp_user_to_device_data_v1 *data = &menu->message.user_to_device_data_v1;
        assert_true(data->n_data <= sizeof data->data);
        text_copy_n(text, sizeof text, (const char *)data->data, data->n_data);
        return text;
}

static void a_list_has_a_title_items_and_keys(void **state)
{
        (void)state;
        struct sccp_menu menu;
        sccp_menu_begin(&menu, SCCP_APPLICATION_CONFERENCE, 2, 300, "Conference");
        sccp_menu_item(&menu, "Bob (1002)", 301);
        sccp_menu_key(&menu, 1, "Remove", "remove");
        sccp_menu_end(&menu);
        assert_string_equal(text_of(&menu),
                            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><CiscoIPPhoneMenu appId=\"9081\">"
                            "<Title>Conference</Title>"
                            "<MenuItem><Name>Bob (1002)</Name><URL>UserCallData:9081:2:300:1:301</URL></MenuItem>"
                            "<SoftKeyItem><Name>Remove</Name><Position>1</Position>"
                            "<URL>UserCallDataSoftKey:Select:9081:2:300:1:remove</URL></SoftKeyItem>"
                            "<SoftKeyItem><Name>Exit</Name><Position>4</Position><URL>SoftKey:Exit</URL></SoftKeyItem>"
                            "</CiscoIPPhoneMenu>");
        assert_int_equal(menu.message.id, SCCP_USER_TO_DEVICE_DATA_V1);
        assert_int_equal(menu.message.user_to_device_data_v1.call_ref, 300);
        assert_int_equal(menu.message.user_to_device_data_v1.sequence, SCCP_SEQUENCE_LAST);
        assert_false(menu.full);
}

static void names_are_no_markup(void **state)
{
        (void)state;
        struct sccp_menu menu;
        sccp_menu_begin(&menu, 1, 1, 1, "a & b");
        sccp_menu_item(&menu, "<Bob> \"\x01\x7f\"", 1);
        assert_non_null(strstr(text_of(&menu), "<Title>a &amp; b</Title>"));
        assert_non_null(strstr(text_of(&menu), "<Name>&lt;Bob&gt; &quot;\x7f&quot;</Name>"));
}

static void what_has_no_room_is_left_out_whole(void **state)
{
        (void)state;
        struct sccp_menu menu;
        char name[200];
        memset(name, '&', sizeof name - 1);
        name[sizeof name - 1] = '\0';
        sccp_menu_begin(&menu, 1, 1, 1, name);
        for (uint32_t i = 1; i < 50; i++)
                sccp_menu_item(&menu, name, i);
        sccp_menu_key(&menu, 1, "Remove", "remove");
        sccp_menu_end(&menu);
        assert_non_null(strstr(text_of(&menu), "&amp;</Title>"));
        const char *text = text_of(&menu), *end = strstr(text, "</CiscoIPPhoneMenu>");
        assert_true(menu.full);
        assert_non_null(end);
        assert_string_equal(end, "</CiscoIPPhoneMenu>");
}

static void only_phones_that_know_applications_have_lists(void **state)
{
        (void)state;
        static const struct {
                const char *model;
                unsigned version;
                bool shown;
        } rows[] = {{"7965", 22, true},  {"7970", 17, true}, {"7965", 11, false}, {"7960", 11, false},
                    {"6921", 20, false}, {"7912", 6, false}, {"ATA186", 3, false}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct sccp_reader reader = {.model = sccp_model_by_name(rows[i].model), .version = rows[i].version};
                assert_non_null(reader.model);
                assert_int_equal(sccp_menu_shown(&reader), rows[i].shown);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_list_has_a_title_items_and_keys),
                cmocka_unit_test(names_are_no_markup),
                cmocka_unit_test(what_has_no_room_is_left_out_whole),
                cmocka_unit_test(only_phones_that_know_applications_have_lists),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
