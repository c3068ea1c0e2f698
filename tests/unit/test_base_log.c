/* Log lines as they reach stderr: form, escapes, the cut, limits, and many threads at once. */
#include "gateway/base/log.h"

#include <errno.h>
#include <pthread.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/loop.h"
#include "gateway/base/text.h"

#define TIME "[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}"

/* stderr goes into a file while a test listens. */
struct ear {
        FILE *file;
        int saved;
        char heard[65536];
};

static struct ear ear;

static void listen_to_stderr(void)
{
        ear.file = tmpfile();
        assert_non_null(ear.file);
        ear.saved = dup(STDERR_FILENO);
        dup2(fileno(ear.file), STDERR_FILENO);
}

static const char *heard(void)
{
        dup2(ear.saved, STDERR_FILENO);
        close(ear.saved);
        rewind(ear.file);
        ear.heard[fread(ear.heard, 1, sizeof ear.heard - 1, ear.file)] = '\0';
        fclose(ear.file);
        return ear.heard;
}

static void assert_matches(const char *text, const char *pattern)
{
        regex_t regex;
        assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
        int answer = regexec(&regex, text, 0, NULL, 0);
        regfree(&regex);
        if (answer != 0)
                fail_msg("'%s' does not match '%s'", text, pattern);
}

static void a_text_line_has_time_level_subject_and_message(void **state)
{
        (void)state;
        listen_to_stderr();
        log_start(LOG_DEBUG, LOG_TEXT);
        log_error("config", "no such file");
        log_warning("SEP001122334455", "%u bytes, %s", 12U, "too short");
        log_info(NULL, "started");
        log_debug("call 17", "100%%");
        assert_matches(heard(), "^" TIME " ERROR config: no such file\n" TIME
                                " WARN  SEP001122334455: 12 bytes, too short\n" TIME " INFO  started\n" TIME
                                " DEBUG call 17: 100%\n$");
}

static void a_json_line_has_the_same_as_fields(void **state)
{
        (void)state;
        listen_to_stderr();
        log_start(LOG_DEBUG, LOG_JSON);
        log_warning("line 101", "refused: %d", 403);
        log_info(NULL, "started");
        assert_matches(heard(), "^\\{\"ts\":\"[0-9]{4}-[0-9]{2}-[0-9]{2}T" TIME "Z\",\"level\":\"warning\","
                                "\"subject\":\"line 101\",\"message\":\"refused: 403\"\\}\n"
                                "\\{\"ts\":\"[^\"]*\",\"level\":\"info\",\"message\":\"started\"\\}\n$");
}

static void auto_is_json_where_there_is_no_terminal(void **state)
{
        (void)state;
        listen_to_stderr();
        log_start(LOG_INFO, LOG_AUTO);
        log_info(NULL, "x");
        assert_int_equal(heard()[0], '{');
}

static void levels_above_the_one_set_are_silent(void **state)
{
        (void)state;
        listen_to_stderr();
        log_start(LOG_WARNING, LOG_TEXT);
        log_info(NULL, "not this");
        log_level_set(LOG_ERROR);
        log_warning(NULL, "nor this");
        assert_false(log_on(LOG_WARNING));
        assert_true(log_on(LOG_ERROR));
        log_error(NULL, "but this");
        log_level_set(LOG_INFO);
        log_info(NULL, "and this");
        assert_matches(heard(), "^" TIME " ERROR but this\n" TIME " INFO  and this\n$");
}

static void a_silent_debug_line_does_not_evaluate_its_arguments(void **state)
{
        (void)state;
        int calls = 0;
        listen_to_stderr();
        log_start(LOG_INFO, LOG_TEXT);
        log_debug(NULL, "%d", ++calls);
        assert_string_equal(heard(), "");
        assert_int_equal(calls, 0);
}

/* The message part of the one line that was logged. */
static const char *message_of(const char *line, const char *before)
{
        const char *at = strstr(line, before);
        assert_non_null(at);
        return at + strlen(before);
}

static void control_characters_cannot_forge_a_line(void **state)
{
        (void)state;
        listen_to_stderr();
        log_start(LOG_INFO, LOG_TEXT);
        log_info("a\nb", "%s", "one\r\n10:00:00 two\ttab\x1b[31m\x7f\xc2\x9b\x01 \\ \" \xc3\xa9");
        assert_string_equal(message_of(heard(), "INFO  "),
                            "a\\nb: one\\r\\n10:00:00 two\\ttab\\x1b[31m\\x7f\\x9b\\x01 \\ \" \xc3\xa9\n");
        listen_to_stderr();
        log_start(LOG_INFO, LOG_JSON);
        log_info("a\"b", "%s", "one\r\ntwo\ttab\x1b[31m\x7f\xc2\x9b\x01 \\ \" \xc3\xa9");
        assert_string_equal(message_of(heard(), "\"info\","),
                            "\"subject\":\"a\\\"b\",\"message\":\"one\\r\\ntwo\\ttab\\u001b[31m\\u007f\\u009b\\u0001 "
                            "\\\\ \\\" \xc3\xa9\"}\n");
}

static void every_byte_alone_gives_one_line_of_utf8(void **state)
{
        (void)state;
        for (int format = LOG_TEXT; format <= LOG_JSON; format++) {
                for (int byte = 1; byte < 256; byte++) {
                        listen_to_stderr();
                        log_start(LOG_INFO, (enum log_format)format);
                        log_info(NULL, "<%c>", byte);
                        const char *line = heard();
                        assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
                        assert_true(text_is_utf8(line, strlen(line)));
                        for (const char *at = line; at[1]; at++)
                                assert_true((unsigned char)*at >= 0x20 && *at != 0x7f);
                        if (byte >= 0x80)
                                assert_non_null(strstr(line, "<\xef\xbf\xbd>"));
                }
        }
}

static void a_long_line_is_cut_at_4096_bytes_and_still_well_formed(void **state)
{
        (void)state;
        static char text[3 * 4096 + 1];
        for (size_t i = 0; i + 3 < sizeof text; i += 3)
                memcpy(text + i, "\xe2\x82\xac", 3);
        for (int shift = 0; shift < 3; shift++) {
                listen_to_stderr();
                log_start(LOG_INFO, LOG_JSON);
                log_info(NULL, "%.*s%s\n", shift, "xx", text);
                const char *line = heard();
                size_t len = strlen(line);
                assert_in_range(len, 4096 - 12, 4096);
                assert_true(text_is_utf8(line, len));
                assert_string_equal(line + len - 9, "\xe2\x82\xac...\"}\n");
        }
        listen_to_stderr();
        log_start(LOG_INFO, LOG_TEXT);
        log_info(text, "unseen");
        const char *line = heard();
        assert_in_range(strlen(line), 4096 - 12, 4096);
        assert_string_equal(line + strlen(line) - 7, "\xe2\x82\xac...\n");
}

static void a_subject_of_any_length_leaves_json_well_formed(void **state)
{
        (void)state;
        static char subject[4200];
        for (int len = 4000; len < 4100; len++) {
                memset(subject, 's', (size_t)len);
                listen_to_stderr();
                log_start(LOG_INFO, LOG_JSON);
                log_info(subject, "%s", "m");
                assert_matches(heard(), "^\\{\"ts\":\"[^\"]+\",\"level\":\"info\",\"subject\":\"s+"
                                        "(\\.\\.\\.|\",\"message\":\"(m|\\.\\.\\.))\"\\}\n$");
        }
}

static void an_escape_is_not_cut_in_two(void **state)
{
        (void)state;
        static char text[4096];
        memset(text, '\x01', sizeof text - 1);
        for (int shift = 0; shift < 6; shift++) {
                listen_to_stderr();
                log_start(LOG_INFO, LOG_JSON);
                log_info(NULL, "%.*s%s", shift, "xxxxx", text);
                const char *line = heard();
                assert_true(strlen(line) <= 4096);
                assert_string_equal(line + strlen(line) - 12, "\\u0001...\"}\n");
        }
}

static void errno_goes_in_and_stays(void **state)
{
        (void)state;
        listen_to_stderr();
        log_start(LOG_INFO, LOG_TEXT);
        errno = ENOENT;
        log_info(NULL, "%m");
        int after = errno;
        assert_matches(heard(), "No such file or directory\n$");
        assert_int_equal(after, ENOENT);
}

static void a_line_that_cannot_be_written_harms_nobody(void **state)
{
        (void)state;
        listen_to_stderr();
        log_start(LOG_INFO, LOG_TEXT);
        close(STDERR_FILENO);
        errno = 0;
        log_info(NULL, "lost");
        int after = errno;
        assert_string_equal(heard(), "");
        assert_int_equal(after, 0);
}

static void a_limit_lets_a_burst_through_and_counts_the_rest(void **state)
{
        (void)state;
        struct log_limit limit = {0};
        unsigned allowed = 0;
        listen_to_stderr();
        log_start(LOG_INFO, LOG_TEXT);
        for (int i = 0; i < 10; i++)
                allowed += log_allowed(&limit, 3, 3600);
        assert_string_equal(heard(), "");
        assert_int_equal(allowed, 3);
        assert_int_equal(limit.suppressed, 7);
}

static void the_next_period_says_once_how_many_were_held_back(void **state)
{
        (void)state;
        struct log_limit limit = {0};
        for (int i = 0; i < 10; i++)
                log_allowed(&limit, 3, 3600);
        limit.window_ms = clock_ms(); /* the period is over */
        listen_to_stderr();
        log_start(LOG_INFO, LOG_TEXT);
        unsigned allowed = 0;
        for (int i = 0; i < 5; i++)
                allowed += log_allowed(&limit, 3, 3600);
        assert_matches(heard(), "^" TIME " WARN  7 lines like the next were held back\n$");
        assert_int_equal(allowed, 3);
        assert_int_equal(limit.suppressed, 2);
}

static void a_limit_of_none_lets_none_through(void **state)
{
        (void)state;
        struct log_limit limit = {0};
        assert_false(log_allowed(&limit, 0, 3600));
        assert_false(log_allowed(&limit, 0, 3600));
        assert_int_equal(limit.suppressed, 2);
}

#define WRITERS 4
#define LINES   3000

static void *write_lines(void *argument)
{
        char text[600];
        memset(text, *(char *)argument, sizeof text - 1);
        text[sizeof text - 1] = '\0';
        for (int i = 0; i < LINES; i++) {
                log_level_set(LOG_INFO); /* anybody may, at any time */
                log_info("thread", "%.*s.", i % (int)sizeof text, text);
        }
        return NULL;
}

/* "hh:mm:ss.mmm INFO  thread: aaa.": one letter only, then the dot. */
static bool is_whole(const char *line)
{
        const char *message = strstr(line, "INFO  thread: ");
        if (message != line + 13)
                return false;
        message += strlen("INFO  thread: ");
        size_t same = 0;
        while (message[same] && message[same] != '.' && message[same] == message[0])
                same++;
        return strcmp(message + same, ".\n") == 0;
}

static void lines_of_many_threads_do_not_mix(void **state)
{
        (void)state;
        static char letters[WRITERS] = {'a', 'b', 'c', 'd'};
        pthread_t threads[WRITERS];
        int ends[2], saved = dup(STDERR_FILENO), whole = 0, lines = 0;
        char line[4097];
        log_start(LOG_INFO, LOG_TEXT);
        assert_int_equal(pipe(ends), 0);
        dup2(ends[1], STDERR_FILENO);
        for (int i = 0; i < WRITERS; i++)
                pthread_create(&threads[i], NULL, write_lines, &letters[i]);
        FILE *pipe_end = fdopen(ends[0], "r");
        while (lines < WRITERS * LINES && fgets(line, sizeof line, pipe_end)) {
                whole += is_whole(line);
                lines++;
        }
        for (int i = 0; i < WRITERS; i++)
                pthread_join(threads[i], NULL);
        dup2(saved, STDERR_FILENO);
        close(saved);
        close(ends[1]);
        fclose(pipe_end);
        assert_int_equal(whole, WRITERS * LINES);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_text_line_has_time_level_subject_and_message),
                cmocka_unit_test(a_json_line_has_the_same_as_fields),
                cmocka_unit_test(auto_is_json_where_there_is_no_terminal),
                cmocka_unit_test(levels_above_the_one_set_are_silent),
                cmocka_unit_test(a_silent_debug_line_does_not_evaluate_its_arguments),
                cmocka_unit_test(control_characters_cannot_forge_a_line),
                cmocka_unit_test(every_byte_alone_gives_one_line_of_utf8),
                cmocka_unit_test(a_long_line_is_cut_at_4096_bytes_and_still_well_formed),
                cmocka_unit_test(a_subject_of_any_length_leaves_json_well_formed),
                cmocka_unit_test(an_escape_is_not_cut_in_two),
                cmocka_unit_test(errno_goes_in_and_stays),
                cmocka_unit_test(a_line_that_cannot_be_written_harms_nobody),
                cmocka_unit_test(a_limit_lets_a_burst_through_and_counts_the_rest),
                cmocka_unit_test(the_next_period_says_once_how_many_were_held_back),
                cmocka_unit_test(a_limit_of_none_lets_none_through),
                cmocka_unit_test(lines_of_many_threads_do_not_mix),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
