/* Bodies of MESSAGEs: what may be shown, and what is refused with which status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sip/plain_text.h"

static void texts_are_read_in_their_character_set(void **state)
{
        (void)state;
        static const struct {
                const char *type, *charset, *body, *text;
        } cases[] = {
                {"text/plain", NULL, "Hello", "Hello"},
                {NULL, NULL, "Hello", "Hello"},
                {"Text/Plain", "UTF-8",
                 "Gr\xc3\xbc\xc3\x9f"
                 "e",
                 "Gr\xc3\xbc\xc3\x9f"
                 "e"},
                {"text/plain", "\"utf-8\"", "x", "x"},
                {"text/plain", "US-ASCII", "x", "x"},
                {"text/plain", "ISO-8859-1",
                 "Gr\xfc\xdf"
                 "e\x85",
                 "Gr\xc3\xbc\xc3\x9f"
                 "e "},
                {"text/plain", NULL, "one\r\ntwo\tthree\x7f\xc2\x85.", "one  two three  ."},
                {"text/plain", NULL, "end \r\n\r\n", "end"},
        };
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                char text[64];
                assert_int_equal(plain_text_read(cases[i].type, cases[i].charset, cases[i].body, strlen(cases[i].body),
                                                 text, sizeof text),
                                 0);
                assert_string_equal(text, cases[i].text);
        }
}

static void what_cannot_be_shown_is_refused(void **state)
{
        (void)state;
        static const struct {
                const char *type, *charset, *body;
                int status;
        } cases[] = {
                {"text/html", NULL, "<b>x</b>", 415},
                {"application/im-iscomposing+xml", NULL, "<x/>", 415},
                {"text/plain", "koi8-r", "x", 415},
                {"text/plain", "a-character-set-with-a-long-name", "x", 415},
                {"text/plain", NULL, "", 400},
                {"text/plain", NULL, " \r\n", 400},
                {"text/plain", NULL, "\xff\xfe", 400},
                {"text/plain", NULL, "0123456789", 413},
                {"text/plain", "iso-8859-1", "1234\xfc\xfc", 413},
        };
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                char text[8] = "before";
                assert_int_equal(plain_text_read(cases[i].type, cases[i].charset, cases[i].body, strlen(cases[i].body),
                                                 text, sizeof text),
                                 cases[i].status);
                assert_string_equal(text, "");
        }
}

static void a_zero_byte_is_a_control_character(void **state)
{
        (void)state;
        char text[8];
        assert_int_equal(plain_text_read("text/plain", NULL, "a\0b", 3, text, sizeof text), 0);
        assert_string_equal(text, "a b");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(texts_are_read_in_their_character_set),
                cmocka_unit_test(what_cannot_be_shown_is_refused),
                cmocka_unit_test(a_zero_byte_is_a_control_character),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
