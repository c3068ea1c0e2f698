/* The character sets of phones, as this machine's iconv has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <iconv.h>

#include "gateway/base/charset.h"
#include "sccp/charsets.h"

static struct charsets charsets;

static const char *converted(const char *set, const char *text)
{
        static char out[256];
        const struct sccp_charset *charset = charsets_find(&charsets, set);
        assert_string_equal(charset->name, set);
        assert_true(sccp_text_put(out, sizeof out, text, charset));
        return out;
}

static void names_come_out_in_the_bytes_of_the_set(void **state)
{
        (void)state;
        static const char *const known[][3] = {
                {"iso8859-2", "Łódź",
                 "\xA3\xF3"
                 "d\xBC"},
                {"windows-1250", "Łódź",
                 "\xA3\xF3"
                 "d\x9F"},
                {"windows-1251", "Иван", "\xC8\xE2\xE0\xED"},
                {"iso8859-5", "Иван", "\xB8\xD2\xD0\xDD"},
                {"koi8-r", "Иван", "\xE9\xD7\xC1\xCE"},
                {"iso8859-7", "Νίκος", "\xCD\xDF\xEA\xEF\xF2"},
                {"iso8859-15", "5 €", "5 \xA4"},
                {"shift_jis", "東京タワー", "\x93\x8C\x8B\x9E\x83\x5E\x83\x8F\x81\x5B"},
                {"euc-kr", "서울", "\xBC\xAD\xBF\xEF"},
                {"big5", "台北", "\xA5\x78\xA5\x5F"},
                {"gbk", "北京", "\xB1\xB1\xBE\xA9"},
        };
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
                assert_string_equal(converted(known[i][0], known[i][1]), known[i][2]);
}

static void letters_a_set_lacks_become_near_ones(void **state)
{
        (void)state;
        static const char *const known[][3] = {
                {"windows-1251", "Łódź", "Lodz"},
                {"iso8859-7", "Müller", "Muller"},
                {"iso8859-2", "Иван", "Ivan"},
                {"koi8-r", "Straße", "Strasse"},
                {"shift_jis", "Dvořák", "Dvorak"},
                {"windows-1250", "5 €", "5 EUR"}, /* there 0x80 */
                {"windows-1251", "Ђорђе", "Dj\xEE\xF0\x90\xE5"},
                {"iso8859-5", "東", "?"},
        };
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
                assert_string_equal(converted(known[i][0], known[i][1]), known[i][2]);
}

/* UTF-8 of a character of the basic plane. */
static void spell(unsigned character, char out[4])
{
        memset(out, 0, 4);
        if (character < 0x80) {
                out[0] = (char)character;
        } else if (character < 0x800) {
                out[0] = (char)(0xC0 | character >> 6);
                out[1] = (char)(0x80 | (character & 0x3F));
        } else {
                out[0] = (char)(0xE0 | character >> 12);
                out[1] = (char)(0x80 | (character >> 6 & 0x3F));
                out[2] = (char)(0x80 | (character & 0x3F));
        }
}

/* For every set and every character: iconv reads the same character back, or what came is plain ASCII. */
static void what_is_put_is_what_iconv_reads(void **state)
{
        (void)state;
        for (size_t set = 0; charset_at(set); set++) {
                iconv_t back = iconv_open("UTF-8", charset_at(set)->iconv);
                assert_true(back != (iconv_t)-1);
                unsigned beyond_ascii = 0;
                for (unsigned c = 1; c < 0x10000; c++) {
                        char text[4], read[16] = "", *to = read;
                        if (c >= 0xD800 && c < 0xE000)
                                continue;
                        spell(c, text);
                        const char *put = converted(charset_at(set)->name, text);
                        assert_true((uint8_t)put[0] != 0x80 && (*put == '\0' || (uint8_t)put[0] >= 0x20));
                        bool ascii = true;
                        for (const char *at = put; *at; at++)
                                ascii = ascii && (uint8_t)*at < 0x80;
                        if (ascii)
                                continue;
                        char *from = (char *)put;
                        size_t from_left = strlen(put), to_left = sizeof read - 1;
                        iconv(back, NULL, NULL, NULL, NULL);
                        assert_int_equal(iconv(back, &from, &from_left, &to, &to_left), 0);
                        iconv(back, NULL, NULL, &to, &to_left);
                        assert_string_equal(read, text);
                        beyond_ascii++;
                }
                assert_in_range(beyond_ascii, 40, 30000);
                iconv_close(back);
        }
}

static void a_set_is_made_once(void **state)
{
        (void)state;
        assert_ptr_equal(charsets_find(&charsets, "koi8-r"), charsets_find(&charsets, "KOI8-R"));
}

static void no_name_is_latin_1(void **state)
{
        (void)state;
        assert_ptr_equal(charsets_find(&charsets, NULL), &sccp_latin1);
        assert_ptr_equal(charsets_find(&charsets, ""), &sccp_latin1);
        assert_ptr_equal(charsets_find(&charsets, "iso8859-1"), &sccp_latin1);
        assert_ptr_equal(charsets_find(&charsets, "klingon"), &sccp_latin1);
}

static int forget(void **state)
{
        (void)state;
        charsets_clear(&charsets);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names_come_out_in_the_bytes_of_the_set),
                cmocka_unit_test(letters_a_set_lacks_become_near_ones),
                cmocka_unit_test(what_is_put_is_what_iconv_reads),
                cmocka_unit_test(a_set_is_made_once),
                cmocka_unit_test(no_name_is_latin_1),
        };
        return cmocka_run_group_tests(tests, NULL, forget);
}
