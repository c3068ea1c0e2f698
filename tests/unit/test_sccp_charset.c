/* Text for phones: what each kind of phone is sent for the same words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/text.h"
#include "sccp/charset.h"
#include "sccp/values.h"

static const char *converted_to(const struct sccp_charset *charset, const char *text)
{
        static char out[256];
        assert_true(sccp_text_put(out, sizeof out, text, charset));
        return out;
}

static const char *converted(const char *text, bool utf8)
{
        return converted_to(utf8 ? &sccp_utf8 : &sccp_latin1, text);
}

static void ascii_is_the_same_for_every_phone(void **state)
{
        (void)state;
        assert_string_equal(converted("Alice +31*#", true), "Alice +31*#");
        assert_string_equal(converted("Alice +31*#", false), "Alice +31*#");
        assert_string_equal(converted("", false), "");
        assert_string_equal(converted(NULL, true), "");
}

static void phones_with_utf8_get_it_unchanged(void **state)
{
        (void)state;
        assert_string_equal(converted("Łódź 東京 Привет", true), "Łódź 東京 Привет");
}

static void letters_of_latin_1_become_one_byte(void **state)
{
        (void)state;
        assert_string_equal(converted("Müller Ñandú ÿ", false), "M\xFCller \xD1"
                                                                "and\xFA \xFF");
}

static void letters_beyond_it_become_near_ones(void **state)
{
        (void)state;
        static const char *const near[][2] = {
                {"Łódź", "L\xF3"
                         "dz"},
                {"Dvořák", "Dvor\xE1k"},
                {"Šimůnek", "Simunek"},
                {"Œuvre ĳs", "OEuvre ijs"},
                {"Ioniță Șerban", "Ionita Serban"},
                {"Щука", "Shchuka"},
                {"Юрий Ёлкин", "Yurij Yolkin"},
                {"Київ", "Kiyiv"},
                {"“5 €” – it’s…", "\"5 EUR\" - it's..."},
                {"Νίκος Παπαδόπουλος", "Nikos Papadopoulos"},
                {"Ђорђе Њушић", "Djordje Njushic"},
                {"Nguyễn Thị Ơn", "Nguyen Thi On"},
                {"Zoe\u0308 № 5", "Zoe No 5"},
                {"ＡＢ１", "AB1"},
                {"東京", "??"},
                {"😀", "?"},
        };
        for (size_t i = 0; i < sizeof near / sizeof *near; i++)
                assert_string_equal(converted(near[i][0], false), near[i][1]);
}

/* Every character up to the end of Latin Extended-A comes out as something that can be shown. */
static void every_latin_letter_has_a_near_one(void **state)
{
        (void)state;
        for (unsigned c = 0xA0; c < 0x180; c++) {
                char text[] = {(char)(0xC0 | c >> 6), (char)(0x80 | (c & 0x3F)), '\0'};
                const char *out = converted(text, false);
                assert_in_range(strlen(out), 1, 2);
                assert_string_not_equal(out, "?");
                if (c >= 0x100)
                        for (const char *letter = out; *letter; letter++)
                                assert_true((*letter >= 'A' && *letter <= 'Z') || (*letter >= 'a' && *letter <= 'z'));
        }
}

static void control_characters_cannot_become_label_codes(void **state)
{
        (void)state;
        assert_string_equal(converted("a\x1E\x38\n\x7F", true), "a?8??");
        assert_string_equal(converted("\x80\x17", true), "??");
        assert_string_equal(converted("\xC2\x80\x1E", true), "??"); /* U+0080 */
        assert_string_equal(converted("\xC2\x80\x1E", false), "??");
}

static void bytes_that_are_no_utf8_become_question_marks(void **state)
{
        (void)state;
        assert_string_equal(converted("a\xFF"
                                      "b\xC3",
                                      true),
                            "a?b?");
        assert_string_equal(converted("M\xFCller", false), "M?ller");
        assert_string_equal(converted("\xC0\xAF", false), "??");
}

/* Whole characters only, a NUL always, nothing behind the buffer: it has exactly its size. */
static void text_is_cut_between_characters(void **state)
{
        (void)state;
        static const char text[] = "aé€😀Щz";
        for (int utf8 = 0; utf8 <= 1; utf8++)
                for (size_t size = 1; size <= sizeof text + 8; size++) {
                        char whole[64], *out = malloc(size);
                        sccp_text_put(whole, sizeof whole, text, utf8 ? &sccp_utf8 : &sccp_latin1);
                        bool fits = sccp_text_put(out, size, text, utf8 ? &sccp_utf8 : &sccp_latin1);
                        assert_true(strlen(out) < size);
                        assert_memory_equal(out, whole, strlen(out));
                        assert_int_equal(fits, strlen(whole) < size);
                        if (utf8)
                                assert_true(text_is_utf8(out, strlen(out)));
                        free(out);
                }
}

static void nothing_follows_a_character_that_did_not_fit(void **state)
{
        (void)state;
        char out[4];
        assert_false(sccp_text_put(out, sizeof out, "ab€c", &sccp_utf8));
        assert_string_equal(out, "ab");
}

static void a_prompt_is_a_label_and_words(void **state)
{
        (void)state;
        char out[32];
        const struct sccp_model *phone = sccp_model_by_name("7960");
        assert_true(sccp_prompt_put(out, sizeof out, phone, &sccp_latin1, SCCP_LABEL_FROM, "Renée"));
        assert_string_equal(out, "\x80\x17Ren\xE9"
                                 "e");
        assert_true(sccp_prompt_put(out, sizeof out, phone, &sccp_utf8, SCCP_LABEL_NEWER(56), ""));
        assert_string_equal(out, "\x1e\x38");
        assert_true(sccp_prompt_put(out, sizeof out, phone, &sccp_utf8, 0, "Renée"));
        assert_string_equal(out, "Renée");
}

static void phones_that_know_only_labels_get_only_labels(void **state)
{
        (void)state;
        char out[32];
        const struct sccp_model *phone = sccp_model_by_name("6921");
        assert_true(sccp_prompt_put(out, sizeof out, phone, &sccp_utf8, SCCP_LABEL_FROM, "Alice"));
        assert_string_equal(out, "\x80\x17");
        assert_false(sccp_prompt_put(out, sizeof out, phone, &sccp_utf8, 0, "Alice"));
        assert_string_equal(out, "");
}

static void phones_without_a_prompt_line_get_nothing(void **state)
{
        (void)state;
        char out[32] = "x";
        assert_false(
                sccp_prompt_put(out, sizeof out, sccp_model_by_name("ATA186"), &sccp_latin1, SCCP_LABEL_FROM, "Alice"));
        assert_string_equal(out, "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(ascii_is_the_same_for_every_phone),
                cmocka_unit_test(phones_with_utf8_get_it_unchanged),
                cmocka_unit_test(letters_of_latin_1_become_one_byte),
                cmocka_unit_test(letters_beyond_it_become_near_ones),
                cmocka_unit_test(every_latin_letter_has_a_near_one),
                cmocka_unit_test(control_characters_cannot_become_label_codes),
                cmocka_unit_test(bytes_that_are_no_utf8_become_question_marks),
                cmocka_unit_test(text_is_cut_between_characters),
                cmocka_unit_test(nothing_follows_a_character_that_did_not_fit),
                cmocka_unit_test(a_prompt_is_a_label_and_words),
                cmocka_unit_test(phones_that_know_only_labels_get_only_labels),
                cmocka_unit_test(phones_without_a_prompt_line_get_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
