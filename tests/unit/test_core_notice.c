/* The most important of what wants to be said is said, whatever else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/core/notice.h"

static void the_order_is_that_of_the_field_guide(void **state)
{
        (void)state;
        static const char *const order[] = {"idle",           "voicemail", "call-back", "monitor", "privacy",
                                            "do-not-disturb", "forward",   "trouble",   "timed",   "call"};
        assert_int_equal(NOTICES, sizeof order / sizeof *order);
        for (enum notice notice = NOTICE_IDLE; notice < NOTICES; notice++)
                assert_string_equal(notice_name(notice), order[notice]);
        assert_string_equal(notice_name(NOTICES), "unknown");
}

static void the_highest_of_any_wins(void **state)
{
        (void)state;
        for (unsigned wanted = 0; wanted < 1u << NOTICES; wanted++) {
                bool wants[NOTICES];
                enum notice highest = NOTICE_IDLE;
                for (unsigned i = 0; i < NOTICES; i++) {
                        wants[i] = wanted >> i & 1;
                        if (wants[i])
                                highest = (enum notice)i;
                }
                assert_int_equal(notice_choose(wants), highest);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_order_is_that_of_the_field_guide),
                cmocka_unit_test(the_highest_of_any_wins),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
