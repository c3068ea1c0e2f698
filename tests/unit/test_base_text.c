/* Bounded text: what is copied, where it is cut, what counts as UTF-8, how far apart two words are. */
#include "gateway/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void text_that_fits_is_copied_whole(void **state)
{
        (void)state;
        char to[6];
        assert_true(TEXT_SET(to, "12345"));
        assert_string_equal(to, "12345");
        assert_true(TEXT_SET(to, ""));
        assert_string_equal(to, "");
        assert_true(TEXT_SET(to, NULL));
        assert_string_equal(to, "");
}

static void text_that_does_not_fit_is_cut_and_terminated(void **state)
{
        (void)state;
        char to[8] = "xxxxxxx";
        assert_false(text_copy(to, 5, "12345"));
        assert_memory_equal(to, "1234\0xx", 8);
        assert_false(text_copy(to, 1, "1"));
        assert_string_equal(to, "");
}

static void nothing_is_written_into_no_room(void **state)
{
        (void)state;
        char to[2] = "x";
        assert_false(text_copy(to, 0, ""));
        assert_false(text_printf(to, 0, "1"));
        assert_false(text_append(to, 0, "1"));
        assert_string_equal(to, "x");
}

static void counted_text_ends_at_its_length_or_at_a_nul(void **state)
{
        (void)state;
        char to[8];
        char *exact = malloc(3); /* not terminated: reading a fourth byte is an error the sanitizer finds */
        memcpy(exact, "abc", 3);
        assert_true(text_copy_n(to, sizeof to, exact, 3));
        assert_string_equal(to, "abc");
        assert_true(text_copy_n(to, sizeof to, "ab\0cdefghi", 10));
        assert_string_equal(to, "ab");
        assert_true(text_copy_n(to, sizeof to, NULL, 5));
        assert_string_equal(to, "");
        assert_false(text_copy_n(to, 3, exact, 3));
        assert_string_equal(to, "ab");
        free(exact);
}

static void cutting_never_leaves_half_a_character(void **state)
{
        (void)state;
        static const char text[] =
                "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\x9e."; /* a, e acute, euro, telephone receiver, dot */
        static const size_t whole[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
        for (size_t max = 0; max < sizeof whole / sizeof *whole; max++) {
                char copied[16], printed[16], appended[16] = "";
                assert_int_equal(text_utf8_cut(text, max), whole[max]);
                assert_int_equal(text_copy(copied, max + 1, text), max >= 11);
                assert_int_equal(strlen(copied), whole[max]);
                assert_int_equal(text_printf(printed, max + 1, "%s", text), max >= 11);
                assert_string_equal(printed, copied);
                assert_int_equal(text_append(appended, max + 1, "%s", text), max >= 11);
                assert_string_equal(appended, copied);
        }
}

static void text_that_is_no_utf8_is_still_cut_in_bounds(void **state)
{
        (void)state;
        char to[5];
        assert_false(TEXT_SET(to, "\xbf\xbf\xbf\xbf\xbf\xbf"));
        assert_string_equal(to, "\xbf\xbf\xbf\xbf");
        assert_false(TEXT_SET(to, "caf\xe9s")); /* Latin-1: the byte looks like the start of a character */
        assert_string_equal(to, "caf");
}

static void appending_goes_on_where_the_text_ends(void **state)
{
        (void)state;
        char to[8] = "";
        assert_true(text_append(to, sizeof to, "%d", 12));
        assert_true(text_append(to, sizeof to, "-%s", "345"));
        assert_string_equal(to, "12-345");
        assert_false(text_append(to, sizeof to, "67"));
        assert_string_equal(to, "12-3456");
        assert_false(text_append(to, sizeof to, "8"));
        assert_true(text_append(to, sizeof to, "%s", ""));
        assert_string_equal(to, "12-3456");
}

static void appending_to_text_without_an_end_changes_nothing(void **state)
{
        (void)state;
        char to[3] = {'a', 'b', 'c'};
        assert_false(text_append(to, sizeof to, "d"));
        assert_memory_equal(to, "abc", 3);
}

static void only_well_formed_utf8_counts(void **state)
{
        (void)state;
        static const struct {
                const char *text;
                bool good;
        } rows[] = {
                {"", true},
                {"plain", true},
                {"\xc3\xa9", true},
                {"\xed\x9f\xbf", true},
                {"\xee\x80\x80", true},
                {"\xf4\x8f\xbf\xbf", true},
                {"\x80", false},             /* continuation alone */
                {"\xc3", false},             /* cut short */
                {"\xe2\x82", false},         /* cut short */
                {"\xc0\xaf", false},         /* overlong */
                {"\xc1\xbf", false},         /* overlong */
                {"\xe0\x9f\xbf", false},     /* overlong */
                {"\xf0\x8f\xbf\xbf", false}, /* overlong */
                {"\xed\xa0\x80", false},     /* surrogate */
                {"\xf4\x90\x80\x80", false}, /* past U+10FFFF */
                {"\xf5\x80\x80\x80", false}, /* past U+10FFFF */
                {"\xe2\x28\xa1", false},     /* second byte */
                {"\xe2\x82\x28", false},     /* third byte */
                {"\xf0\x9f\x93\x28", false}, /* fourth byte */
                {"ok\xff", false},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
                assert_int_equal(text_is_utf8(rows[i].text, strlen(rows[i].text)), rows[i].good);
        assert_true(text_is_utf8("a\0b", 3));
}

static void every_code_point_and_nothing_else_is_one_character(void **state)
{
        (void)state;
        for (unsigned code = 0; code < 0x110000; code++) {
                unsigned char bytes[4] = {(unsigned char)code};
                size_t len = 1;
                if (code >= 0x10000) {
                        bytes[0] = (unsigned char)(0xf0 | code >> 18), len = 4;
                        bytes[1] = (unsigned char)(0x80 | (code >> 12 & 0x3f));
                } else if (code >= 0x800) {
                        bytes[0] = (unsigned char)(0xe0 | code >> 12), len = 3;
                } else if (code >= 0x80) {
                        bytes[0] = (unsigned char)(0xc0 | code >> 6), len = 2;
                }
                for (size_t i = len, rest = code; i-- > 1 && len > 1; rest >>= 6)
                        bytes[i] = (unsigned char)(0x80 | (rest & 0x3f));
                bool surrogate = code >= 0xd800 && code < 0xe000;
                assert_int_equal(text_utf8_next((char *)bytes, len), surrogate ? 0 : len);
                assert_int_equal(text_utf8_next((char *)bytes, len - 1), 0);
        }
}

static void equality_knows_null_and_ascii_case(void **state)
{
        (void)state;
        assert_true(text_equal("a", "a"));
        assert_false(text_equal("a", "A"));
        assert_false(text_equal("a", "ab"));
        assert_true(text_equal(NULL, NULL));
        assert_false(text_equal(NULL, ""));
        assert_false(text_equal_nocase("", NULL));
        assert_true(text_equal_nocase("SEP0011aaBB", "sep0011AAbb"));
        assert_false(text_equal_nocase("abc", "abcd"));
        assert_false(text_equal_nocase("[", "{")); /* 32 apart, and no letters */
        assert_false(text_equal_nocase("\xc9", "\xe9"));
}

static void digits_are_ascii_digits_and_at_least_one(void **state)
{
        (void)state;
        assert_true(text_is_digits("0123456789"));
        assert_false(text_is_digits(""));
        assert_false(text_is_digits(NULL));
        assert_false(text_is_digits("12a"));
        assert_false(text_is_digits("+12"));
        assert_false(text_is_digits("\xd9\xa1"));
}

static void distance_counts_edits_up_to_its_limit(void **state)
{
        (void)state;
        static const struct {
                const char *a, *b;
                unsigned limit, distance;
        } rows[] = {
                {"", "", 2, 0},
                {"keepalive", "keepalive", 2, 0},
                {"keepalive", "keepalife", 2, 1}, /* change */
                {"keepalive", "keepalves", 3, 2}, /* delete, insert */
                {"listen", "lisetn", 2, 1},       /* swap */
                {"ab", "ba", 2, 1},
                {"ca", "abc", 9, 3}, /* nothing is edited twice */
                {"", "abc", 9, 3},
                {"abc", "", 9, 3},
                {"kitten", "sitting", 9, 3},
                {"sccp", "provisioning", 2, 3}, /* limit + 1 */
                {"a", "b", 0, 1},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                assert_int_equal(text_distance(rows[i].a, rows[i].b, rows[i].limit), rows[i].distance);
                assert_int_equal(text_distance(rows[i].b, rows[i].a, rows[i].limit), rows[i].distance);
        }
}

static void words_too_long_to_compare_are_far_apart(void **state)
{
        (void)state;
        char longest[66];
        memset(longest, 'a', sizeof longest);
        longest[65] = '\0';
        assert_int_equal(text_distance(longest, "b", 2), 3);
        assert_int_equal(text_distance("b", longest, 2), 3);
        longest[64] = '\0';
        assert_int_equal(text_distance(longest, longest, 2), 0);
        assert_int_equal(text_distance(longest, longest + 1, 2), 1);
}

static void tamed_text_moves_no_terminal(void **state)
{
        (void)state;
        static const struct {
                const char *text, *tame;
        } rows[] = {
                {"", ""},
                {"M\303\274ller 1001", "M\303\274ller 1001"},
                {"\033[2J\r\n\177", ".[2J..."},
                {"a\302\233b", "a..b"},   /* CSI as one C1 control */
                {"\302\240", "\302\240"}, /* the first that is none */
                {"\377x\303", "?x?"},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                char text[32];
                TEXT_SET(text, rows[i].text);
                text_tame(text);
                assert_string_equal(text, rows[i].tame);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(text_that_fits_is_copied_whole),
                cmocka_unit_test(text_that_does_not_fit_is_cut_and_terminated),
                cmocka_unit_test(nothing_is_written_into_no_room),
                cmocka_unit_test(counted_text_ends_at_its_length_or_at_a_nul),
                cmocka_unit_test(cutting_never_leaves_half_a_character),
                cmocka_unit_test(text_that_is_no_utf8_is_still_cut_in_bounds),
                cmocka_unit_test(appending_goes_on_where_the_text_ends),
                cmocka_unit_test(appending_to_text_without_an_end_changes_nothing),
                cmocka_unit_test(only_well_formed_utf8_counts),
                cmocka_unit_test(every_code_point_and_nothing_else_is_one_character),
                cmocka_unit_test(equality_knows_null_and_ascii_case),
                cmocka_unit_test(digits_are_ascii_digits_and_at_least_one),
                cmocka_unit_test(distance_counts_edits_up_to_its_limit),
                cmocka_unit_test(tamed_text_moves_no_terminal),
                cmocka_unit_test(words_too_long_to_compare_are_far_apart),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
