/* Dial plan patterns against digits, as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/core/dial.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

static const enum dial_answer MORE = DIAL_MORE, SEND = DIAL_COMPLETE, WRONG = DIAL_INVALID;

/* What one pattern alone says to digits: while they are typed, and when the time is over. */
static void one_pattern_takes_what_its_text_says(void **state)
{
        (void)state;
        const struct {
                const char *pattern, *digits;
                enum dial_answer typed, over;
        } rows[] = {
                {"112!", "1", MORE, WRONG},
                {"112!", "11", MORE, WRONG},
                {"112!", "112", SEND, SEND},
                {"112!", "113", WRONG, WRONG},
                {"112!", "1122", WRONG, WRONG},
                {"112", "112", MORE, SEND},
                {"112", "1123", WRONG, WRONG},
                {"10xx!", "10", MORE, WRONG},
                {"10xx!", "1099", SEND, SEND},
                {"10xx!", "10*9", WRONG, WRONG},
                {"9.", "9", MORE, WRONG},
                {"9.", "91", MORE, SEND},
                {"9.", "9123*#+", MORE, SEND},
                {"9.", "8", WRONG, WRONG},
                {"9.!", "91", SEND, SEND},
                {"[2-9]x", "2", MORE, WRONG},
                {"[2-9]x", "15", WRONG, WRONG},
                {"[2-9]x", "90", MORE, SEND},
                {"[135]", "3", MORE, SEND},
                {"[135]", "4", WRONG, WRONG},
                {"[1-35*]x!", "*7", SEND, SEND},
                {"[1-35*]x!", "47", WRONG, WRONG},
                {"*21#", "*21#", MORE, SEND},
                {"+.", "+31", MORE, SEND},
                {".", "5", MORE, SEND},
                {"x.", "55", MORE, SEND},
                {"!", "5", WRONG, WRONG},
                /* broken ones never take a whole number */
                {"", "5", WRONG, WRONG},
                {"[", "2", WRONG, WRONG},
                {"[2-", "2", WRONG, WRONG},
                {"[2-9", "2", WRONG, WRONG},
                {"[]", "2", WRONG, WRONG},
                {"[*-9]", "5", WRONG, WRONG},
                {"2]", "2", MORE, WRONG},
                {"9.1", "951", WRONG, WRONG},
                {"1!2", "12", WRONG, WRONG},
                {"z", "z", WRONG, WRONG},
                {"[9-2]", "5", WRONG, WRONG},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                struct dial_rule rule = {.match = rows[i].pattern};
                struct dial_plan plan = {.rules = &rule, .n_rules = 1};
                char number[PARTY_NUMBER_SIZE];
                enum dial_answer typed = dial_check(&plan, rows[i].digits);
                enum dial_answer over = dial_finish(&plan, rows[i].digits, number);
                if (typed != rows[i].typed || over != rows[i].over)
                        fail_msg("%s, %s: %d %d", rows[i].pattern, rows[i].digits, (int)typed, (int)over);
                if (over == DIAL_COMPLETE)
                        assert_string_equal(number, rows[i].digits);
        }
}

static const struct dial_rule office[] = {
        {.match = "112!"},
        {.match = "10xx!"},
        {.match = "1xx"},
        {.match = "90[1-9].", .strip = 1, .outside_tone = true},
        {.match = "9.", .strip = 1, .prepend = "0031"},
        {.match = "xx!", .strip = 7, .prepend = "555"},
};
static const struct dial_plan office_plan = {.rules = office, .n_rules = ROWS(office)};

static void first_pattern_that_matches_wins(void **state)
{
        (void)state;
        const struct {
                const char *digits;
                enum dial_answer typed;
                const char *number; /* NULL: none */
        } rows[] = {
                {"1", MORE, NULL},     {"11", MORE, "555"}, /* 112 may still come, but the timer takes xx! */
                {"112", SEND, "112"},  {"113", MORE, "113"},      {"1012", SEND, "1012"}, {"901", MORE, "003101"},
                {"9012", MORE, "012"}, {"9112", MORE, "0031112"}, {"45", SEND, "555"},    {"4", MORE, NULL},
                {"*", WRONG, NULL},    {"", MORE, NULL},
        };
        for (size_t i = 0; i < ROWS(rows); i++) {
                char number[PARTY_NUMBER_SIZE] = "";
                assert_int_equal(dial_check(&office_plan, rows[i].digits), rows[i].typed);
                enum dial_answer over = dial_finish(&office_plan, rows[i].digits, number);
                assert_int_equal(over, rows[i].number ? DIAL_COMPLETE : DIAL_INVALID);
                if (rows[i].number)
                        assert_string_equal(number, rows[i].number);
        }
}

static void without_a_plan_any_number_waits_for_its_end(void **state)
{
        (void)state;
        static const struct dial_plan none = {.terminator = '#'};
        char number[PARTY_NUMBER_SIZE];
        assert_int_equal(dial_check(&none, "1"), DIAL_MORE);
        assert_int_equal(dial_check(&none, "*#+123"), DIAL_MORE);
        assert_int_equal(dial_finish(&none, "*21*100", number), DIAL_COMPLETE);
        assert_string_equal(number, "*21*100");
        assert_int_equal(dial_finish(&none, "", number), DIAL_INVALID);
}

static void nothing_left_to_send_is_invalid(void **state)
{
        (void)state;
        static const struct dial_rule all_off = {.match = "9xx", .strip = 3};
        static const struct dial_plan plan = {.rules = &all_off, .n_rules = 1};
        char number[PARTY_NUMBER_SIZE];
        assert_int_equal(dial_finish(&plan, "912", number), DIAL_INVALID);
}

static void number_too_long_after_its_prefix_is_invalid_not_cut(void **state)
{
        (void)state;
        static const struct dial_rule far = {.match = ".", .prepend = "00000000000000000000000000000000000000000000"};
        static const struct dial_plan plan = {.rules = &far, .n_rules = 1};
        char number[PARTY_NUMBER_SIZE];
        assert_int_equal(dial_finish(&plan, "123", number), DIAL_COMPLETE);
        assert_int_equal(dial_finish(&plan, "1234", number), DIAL_INVALID);
}

static void outside_tone_comes_after_the_literal_front_only(void **state)
{
        (void)state;
        assert_false(dial_outside_tone(&office_plan, ""));
        assert_false(dial_outside_tone(&office_plan, "9"));
        assert_true(dial_outside_tone(&office_plan, "90"));
        assert_false(dial_outside_tone(&office_plan, "901"));
        assert_false(dial_outside_tone(&office_plan, "1"));
}

/* Patterns come checked from the configuration, but nothing here relies on it. */
static void garbage_patterns_and_digits_do_no_harm(void **state)
{
        (void)state;
        static const char alphabet[] = "0159*#+x.![]-za";
        srand(7);
        for (unsigned i = 0; i < 200000; i++) {
                char pattern[8], digits[8], number[PARTY_NUMBER_SIZE];
                for (unsigned j = 0; j < sizeof pattern; j++) {
                        pattern[j] = alphabet[(size_t)rand() % (sizeof alphabet - 1)];
                        digits[j] = alphabet[(size_t)rand() % (sizeof alphabet - 1)];
                }
                pattern[rand() % 8] = digits[rand() % 8] = '\0';
                char *exact = malloc(strlen(pattern) + 1); /* exactly sized, so that a read past the end is seen */
                strcpy(exact, pattern);
                struct dial_rule rule = {.match = exact, .strip = (unsigned)rand() % 9};
                struct dial_plan plan = {.rules = &rule, .n_rules = 1};
                enum dial_answer typed = dial_check(&plan, digits), over = dial_finish(&plan, digits, number);
                assert_false(typed == DIAL_INVALID && over == DIAL_COMPLETE);
                dial_outside_tone(&plan, digits);
                free(exact);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(one_pattern_takes_what_its_text_says),
                cmocka_unit_test(first_pattern_that_matches_wins),
                cmocka_unit_test(without_a_plan_any_number_waits_for_its_end),
                cmocka_unit_test(nothing_left_to_send_is_invalid),
                cmocka_unit_test(number_too_long_after_its_prefix_is_invalid_not_cut),
                cmocka_unit_test(outside_tone_comes_after_the_literal_front_only),
                cmocka_unit_test(garbage_patterns_and_digits_do_no_harm),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
