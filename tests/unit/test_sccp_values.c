/* The named numbers: every set is unambiguous in both directions, and a few numbers the wire depends on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sccp/values.h"

static void every_number_has_one_name_and_every_name_one_number(void **state)
{
        (void)state;
        for (int set = SCCP_VALUES_none + 1; set < SCCP_VALUES_COUNT; set++) {
                uint32_t number, parsed;
                const char *name;
                size_t i = 0;
                for (; (name = sccp_value_at((enum sccp_values)set, i, &number)); i++) {
                        assert_true(*name && !strpbrk(name, " \"=|{}"));
                        assert_string_equal(sccp_value_name((enum sccp_values)set, number), name);
                        assert_true(sccp_value_parse((enum sccp_values)set, name, &parsed));
                        assert_int_equal(parsed, number);
                }
                assert_true(i > 0);
        }
}

static void what_has_no_name_is_not_found(void **state)
{
        (void)state;
        uint32_t number;
        assert_null(sccp_value_name(SCCP_VALUES_tone, 0xffffff));
        assert_null(sccp_value_name(SCCP_VALUES_none, 0));
        assert_false(sccp_value_parse(SCCP_VALUES_tone, "", &number));
        assert_false(sccp_value_parse(SCCP_VALUES_tone, "no such tone", &number));
}

/* Numbers seen in real frames (flows.md). */
static void constants_have_the_numbers_of_the_wire(void **state)
{
        (void)state;
        assert_int_equal(SCCP_TONE_INSIDE_DIAL, 0x21);
        assert_int_equal(SCCP_TONE_LINE_BUSY, 0x23);
        assert_int_equal(SCCP_TONE_ALERTING, 0x24);
        assert_int_equal(SCCP_TONE_REORDER, 0x25);
        assert_int_equal(SCCP_BUTTON_LINE, 9);
        assert_int_equal(SCCP_BUTTON_VOICEMAIL, 15);
        assert_int_equal(SCCP_CALL_STATE_CONNECTED, 5);
        assert_int_equal(SCCP_CALL_STATE_PROCEED, 12);
        assert_int_equal(SCCP_SOFTKEY_END_CALL, 9);
        assert_int_equal(SCCP_SOFTKEYS_RING_OUT, 8);
        assert_int_equal(SCCP_CODEC_G722, 6);
        assert_int_equal(SCCP_CODEC_G729_A, 12);
        assert_int_equal(SCCP_DEVICE_7960, 7);
        assert_int_equal(SCCP_DEVICE_7912, 30007);
        assert_int_equal(SCCP_FEATURE_DYNAMIC_MESSAGES, 0x0100);
        assert_int_equal(SCCP_LABEL_FROM, 0x17);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_number_has_one_name_and_every_name_one_number),
                cmocka_unit_test(what_has_no_name_is_not_found),
                cmocka_unit_test(constants_have_the_numbers_of_the_wire),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
