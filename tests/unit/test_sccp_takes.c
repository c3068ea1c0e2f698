/* What may be said to whom, and texts in the form of each version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "sccp/display.h"
#include "sccp/softkeys.h"
#include "sccp/takes.h"
#include "sccp/values.h"

static const struct sccp_model *model(const char *name)
{
        const struct sccp_model *found = sccp_model_by_name(name);
        assert_non_null(found);
        return found;
}

static bool takes(const char *name, unsigned version, enum sccp_id id)
{
        struct sccp_message message = {.id = id};
        return sccp_takes(model(name), version, &message);
}

/* flows 1.1: the version from which a dynamic form is sent; 0: never. */
static void each_version_gets_the_form_it_understands(void **state)
{
        (void)state;
        static const struct {
                enum sccp_id plain, dynamic;
                unsigned since;
        } expected[] = {
                {SCCP_DISPLAY_PROMPT_STATUS, SCCP_DISPLAY_PROMPT_STATUS_DYNAMIC, 8},
                {SCCP_DISPLAY_NOTIFY, SCCP_DISPLAY_NOTIFY_DYNAMIC, 8},
                {SCCP_DISPLAY_PRI_NOTIFY, SCCP_DISPLAY_PRI_NOTIFY_DYNAMIC, 8},
                {SCCP_CALL_INFO, SCCP_CALL_INFO_DYNAMIC, 8},
                {SCCP_LINE_STAT, SCCP_LINE_STAT_DYNAMIC, 17},
                {SCCP_CONFIG_STAT, SCCP_CONFIG_STAT_DYNAMIC, 99},
                {SCCP_SPEED_DIAL_STAT, SCCP_SPEED_DIAL_STAT_DYNAMIC, 99},
                {SCCP_SERVICE_URL_STAT, SCCP_SERVICE_URL_STAT_DYNAMIC, 99},
                {SCCP_START_TONE, SCCP_START_TONE, 99},
        };
        for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
                for (unsigned version = 3; version <= 22; version++)
                        assert_int_equal(sccp_form(expected[i].plain, version),
                                         version >= expected[i].since ? expected[i].dynamic : expected[i].plain);
}

static void a_form_a_version_does_not_know_is_left_out(void **state)
{
        (void)state;
        assert_false(takes("7960", 6, SCCP_CALL_INFO_DYNAMIC));
        assert_true(takes("7960", 8, SCCP_CALL_INFO_DYNAMIC));
        assert_false(takes("7960", 11, SCCP_LINE_STAT_DYNAMIC));
        assert_true(takes("7965", 17, SCCP_LINE_STAT_DYNAMIC));
        assert_false(takes("7960", 11, SCCP_FEATURE_STAT_DYNAMIC));
        assert_true(takes("7965", 15, SCCP_FEATURE_STAT_DYNAMIC));
}

static const enum sccp_id texts[] = {SCCP_DISPLAY_PROMPT_STATUS,  SCCP_DISPLAY_PROMPT_STATUS_DYNAMIC,
                                     SCCP_CLEAR_PROMPT_STATUS,    SCCP_DISPLAY_NOTIFY,
                                     SCCP_DISPLAY_NOTIFY_DYNAMIC, SCCP_CLEAR_NOTIFY,
                                     SCCP_DISPLAY_PRI_NOTIFY,     SCCP_DISPLAY_PRI_NOTIFY_DYNAMIC,
                                     SCCP_CLEAR_PRI_NOTIFY,       SCCP_CLEAR_DISPLAY,
                                     SCCP_SELECT_SOFT_KEYS};

static void phones_without_a_display_are_shown_nothing(void **state)
{
        (void)state;
        static const char *const blind[] = {"ATA186", "ATA188", "VG224", "VG248", "12SP+", "30VIP"};
        for (size_t phone = 0; phone < sizeof blind / sizeof *blind; phone++)
                for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
                        assert_false(takes(blind[phone], 22, texts[i]));
        assert_true(takes("ATA186", 3, SCCP_START_TONE));
        assert_true(takes("ATA186", 3, SCCP_CALL_INFO));
}

static void a_notice_without_text_is_left_out(void **state)
{
        (void)state;
        struct sccp_message message = {.id = SCCP_DISPLAY_NOTIFY};
        assert_false(sccp_takes(model("7960"), 6, &message));
        TEXT_SET(message.display_notify.text, "x");
        assert_true(sccp_takes(model("7960"), 6, &message));
        message = (struct sccp_message){.id = SCCP_DISPLAY_NOTIFY_DYNAMIC};
        assert_false(sccp_takes(model("7965"), 20, &message));
        TEXT_SET(message.display_notify_dynamic.text, "x");
        assert_true(sccp_takes(model("7965"), 20, &message));
        assert_false(takes("7965", 20, SCCP_DISPLAY_PRI_NOTIFY_DYNAMIC));
        assert_false(takes("7912", 6, SCCP_DISPLAY_PRI_NOTIFY));
}

static void phones_that_restart_over_a_message_are_not_sent_it(void **state)
{
        (void)state;
        assert_false(takes("7975", 20, SCCP_CLEAR_DISPLAY));
        assert_false(takes("7970", 17, SCCP_CLEAR_DISPLAY));
        assert_true(takes("7960", 11, SCCP_CLEAR_DISPLAY));
        assert_false(takes("7911", 17, SCCP_SET_HOOK_FLASH_DETECT));
        assert_false(takes("7912", 6, SCCP_SET_HOOK_FLASH_DETECT));
        assert_false(takes("7960", 11, SCCP_SET_HOOK_FLASH_DETECT));
        assert_false(takes("12SP+", 3, SCCP_SET_HOOK_FLASH_DETECT));
        assert_true(takes("VG224", 3, SCCP_SET_HOOK_FLASH_DETECT));
        assert_true(takes("ATA186", 3, SCCP_SET_HOOK_FLASH_DETECT));
        assert_false(takes("7937", 11, SCCP_CONNECTION_STATISTICS_REQ));
        assert_true(takes("7936", 11, SCCP_CONNECTION_STATISTICS_REQ));
        assert_false(takes("7960", 11, SCCP_CALL_HISTORY_DISPOSITION));
        assert_true(takes("7965", 17, SCCP_CALL_HISTORY_DISPOSITION));
        assert_false(takes("7910", 5, SCCP_SELECT_SOFT_KEYS));
        assert_true(takes("7912", 5, SCCP_SELECT_SOFT_KEYS));
}

static void a_phone_nobody_knows_gets_its_soft_keys(void **state)
{
        (void)state;
        struct sccp_message message = {.id = SCCP_SELECT_SOFT_KEYS};
        assert_true(sccp_takes(sccp_model_by_type(4711), 11, &message));
}

static void phones_that_show_nothing_in_rest_are_sent_no_idle_text(void **state)
{
        (void)state;
        struct sccp_message message = {.id = SCCP_DISPLAY_PROMPT_STATUS_DYNAMIC};
        TEXT_SET(message.display_prompt_status_dynamic.text, "x");
        assert_false(sccp_takes(model("6921"), 20, &message));
        assert_false(sccp_takes(model("8945"), 22, &message));
        assert_true(sccp_takes(model("7965"), 22, &message));
        message.display_prompt_status_dynamic.line = 1;
        message.display_prompt_status_dynamic.call_ref = 7;
        assert_true(sccp_takes(model("6921"), 20, &message));
}

/* Field guide D13: the 7970, 7971 and IP Communicator refuse to register when they find cBarge in the template. */
static void the_soft_key_template_has_no_conference_barge(void **state)
{
        (void)state;
        struct sccp_soft_key_template_res template;
        sccp_soft_key_template(&template);
        for (uint32_t i = 0; i < template.n_keys; i++)
                assert_int_not_equal(template.keys[i].event, SCCP_SOFTKEY_CONFERENCE_BARGE);
}

static struct sccp_reader reader_of(const char *name, unsigned version)
{
        return (struct sccp_reader){.model = model(name), .version = version, .charset = &sccp_latin1};
}

static void texts_are_put_in_the_form_of_the_version(void **state)
{
        (void)state;
        struct sccp_reader old = reader_of("7912", 6), new = reader_of("7965", 20);
        struct sccp_message message;
        assert_true(sccp_prompt(&message, &old, 1, 7, SCCP_LABEL_FROM, "1002"));
        assert_int_equal(message.id, SCCP_DISPLAY_PROMPT_STATUS);
        assert_string_equal(message.display_prompt_status.text, "\x80\x17"
                                                                "1002");
        assert_int_equal(message.display_prompt_status.line, 1);
        assert_int_equal(message.display_prompt_status.call_ref, 7);
        assert_true(sccp_prompt(&message, &new, 1, 7, SCCP_LABEL_FROM, "1002"));
        assert_int_equal(message.id, SCCP_DISPLAY_PROMPT_STATUS_DYNAMIC);
        assert_string_equal(message.display_prompt_status_dynamic.text, "\x80\x17"
                                                                        "1002");
        assert_true(sccp_notice(&message, &old, 10, 0, "Zoë"));
        assert_int_equal(message.id, SCCP_DISPLAY_NOTIFY);
        assert_string_equal(message.display_notify.text, "Zo\xEB");
        assert_int_equal(message.display_notify.timeout_s, 10);
        assert_true(sccp_notice(&message, &new, 10, 0, "x"));
        assert_int_equal(message.id, SCCP_DISPLAY_NOTIFY_DYNAMIC);
        assert_true(sccp_banner(&message, &old, 10, 5, 0, "x"));
        assert_int_equal(message.id, SCCP_DISPLAY_PRI_NOTIFY);
        assert_int_equal(message.display_pri_notify.priority, 5);
        assert_true(sccp_banner(&message, &new, 10, 5, 0, "x"));
        assert_int_equal(message.id, SCCP_DISPLAY_PRI_NOTIFY_DYNAMIC);
        assert_int_equal(message.display_pri_notify_dynamic.priority, 5);
}

static void a_text_nobody_would_see_is_not_sent(void **state)
{
        (void)state;
        struct sccp_reader ata = reader_of("ATA186", 3), labels = reader_of("6921", 20), full = reader_of("7965", 20);
        struct sccp_message message;
        assert_false(sccp_prompt(&message, &ata, 1, 7, SCCP_LABEL_FROM, "1002"));
        assert_false(sccp_notice(&message, &ata, 10, 0, "x"));
        assert_false(sccp_banner(&message, &ata, 10, 5, 0, "x"));
        assert_false(sccp_notice(&message, &labels, 10, 0, "words of ours"));
        assert_false(sccp_prompt(&message, &labels, 0, 0, SCCP_LABEL_YOUR_CURRENT_OPTIONS, ""));
        assert_true(sccp_prompt(&message, &full, 0, 0, SCCP_LABEL_YOUR_CURRENT_OPTIONS, ""));
        assert_false(sccp_notice(&message, &full, 10, 0, ""));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_version_gets_the_form_it_understands),
                cmocka_unit_test(a_form_a_version_does_not_know_is_left_out),
                cmocka_unit_test(phones_without_a_display_are_shown_nothing),
                cmocka_unit_test(a_notice_without_text_is_left_out),
                cmocka_unit_test(phones_that_restart_over_a_message_are_not_sent_it),
                cmocka_unit_test(a_phone_nobody_knows_gets_its_soft_keys),
                cmocka_unit_test(phones_that_show_nothing_in_rest_are_sent_no_idle_text),
                cmocka_unit_test(the_soft_key_template_has_no_conference_barge),
                cmocka_unit_test(texts_are_put_in_the_form_of_the_version),
                cmocka_unit_test(a_text_nobody_would_see_is_not_sent),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
