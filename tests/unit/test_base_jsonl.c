/* JSON lines: what comes out is one object in one line, whatever goes in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/jsonl.h"

static void texts_numbers_times_and_objects(void **state)
{
        struct jsonl line;
        (void)state;
        jsonl_begin(&line);
        jsonl_time(&line, "ts", INT64_C(1795871479123));
        jsonl_text(&line, "none", NULL);
        jsonl_text(&line, "text", "a \"b\" \\ \n\x7f Zo\xc3\xab \xff");
        jsonl_open(&line, "in");
        jsonl_number(&line, "n", -3);
        jsonl_number(&line, "m", 4);
        jsonl_close(&line);
        jsonl_open(&line, "empty");
        jsonl_end(&line);
        assert_string_equal(line.text,
                            "{\"ts\":\"2026-11-28T13:11:19.123Z\",\"text\":\"a \\\"b\\\" \\\\ \\u000a\\u007f "
                            "Zo\xc3\xab \xef\xbf\xbd\",\"in\":{\"n\":-3,\"m\":4},\"empty\":{}}\n");
        assert_int_equal(strlen(line.text), line.len);
}

static void what_does_not_fit_is_left_out_whole(void **state)
{
        char big[JSONL_SIZE];
        struct jsonl line;
        (void)state;
        memset(big, '"', sizeof big - 1);
        big[sizeof big - 1] = '\0';
        jsonl_begin(&line);
        jsonl_text(&line, "big", big);
        jsonl_number(&line, "n", 1);
        jsonl_end(&line);
        assert_string_equal(line.text, "{\"n\":1}\n");
        jsonl_begin(&line);
        for (int i = 0; i < 5000; i++) {
                jsonl_number(&line, "n", i);
                jsonl_open(&line, "o");
        }
        jsonl_end(&line);
        assert_true(line.len < sizeof line.text);
        assert_int_equal(strlen(line.text), line.len);
        assert_string_equal(line.text + line.len - 2, "}\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(texts_numbers_times_and_objects),
                cmocka_unit_test(what_does_not_fit_is_left_out_whole),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
