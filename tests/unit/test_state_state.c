/* What is set is there after a restart; what cannot be read or written costs nothing but the memory of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "gateway/state/state.h"

static int folder_make(void **state)
{
        static char folder[] = "/tmp/sccpgw-state-XXXXXX";
        memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
        *state = mkdtemp(folder);
        return *state ? 0 : -1;
}

static int folder_remove(void **state)
{
        static const char *const names[] = {"state.json", "state.json.new", "state.json.bad"};
        char path[128];
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
                text_printf(path, sizeof path, "%s/%s", (const char *)*state, names[i]);
                unlink(path);
                rmdir(path);
        }
        return rmdir(*state);
}

static const char *read_back(const char *folder, const char *name)
{
        static char text[65536];
        char path[128];
        text_printf(path, sizeof path, "%s/%s", folder, name);
        FILE *file = fopen(path, "r");
        size_t len = file ? fread(text, 1, sizeof text - 1, file) : 0;
        text[len] = '\0';
        if (file)
                fclose(file);
        return file ? text : NULL;
}

static void write_file(const char *folder, const char *text)
{
        char path[128];
        text_printf(path, sizeof path, "%s/state.json", folder);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
}

static void what_was_set_is_there_after_a_restart(void **folder)
{
        struct state *state = state_open(*folder);
        assert_string_equal(state_get(state, "lines", "reception", "all"), "");
        state_set(state, "lines", "reception", "all", "1003");
        state_set(state, "lines", "reception", "busy", "1004");
        state_set(state, "phones", "SEP001122334455", "dnd", "reject");
        state_set(state, "lines", "reception", "busy", "");
        assert_string_equal(state_get(state, "lines", "reception", "all"), ""); /* as it was read */
        state_close(state);

        state = state_open(*folder);
        assert_string_equal(state_get(state, "lines", "reception", "all"), "1003");
        assert_string_equal(state_get(state, "lines", "reception", "busy"), "");
        assert_string_equal(state_get(state, "phones", "SEP001122334455", "dnd"), "reject");
        assert_string_equal(state_get(state, "phones", "nobody", "dnd"), "");
        state_set(state, "lines", "other", "all", "1");
        state_close(state);
        assert_non_null(strstr(read_back(*folder, "state.json"), "\"1003\"")); /* who is not there now is kept */
        assert_null(read_back(*folder, "state.json.new"));
}

static void nothing_set_is_nothing_written(void **folder)
{
        state_close(state_open(*folder));
        assert_null(read_back(*folder, "state.json"));
        state_close(NULL);
}

static void file_that_is_not_understood_is_put_aside(void **folder)
{
        static const char *const files[] = {"",
                                            "{",
                                            "[]",
                                            "{\"version\": 2}",
                                            "{\"version\": \"1\"}",
                                            "\x80\x81",
                                            "{\"version\": 1, \"lines\": {\"a\": {\"all\": \"1"};
        for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
                write_file(*folder, files[i]);
                struct state *state = state_open(*folder);
                assert_string_equal(state_get(state, "lines", "a", "all"), "");
                assert_string_equal(read_back(*folder, "state.json.bad"), files[i]);
                assert_null(read_back(*folder, "state.json"));
                state_set(state, "lines", "a", "all", "2");
                state_close(state);
                assert_non_null(strstr(read_back(*folder, "state.json"), "\"all\": \"2\""));
        }
}

static void what_is_odd_inside_is_passed_over(void **folder)
{
        write_file(*folder,
                   "{\"version\": 1, \"lines\": {\"a\": 7, \"b\": {\"all\": 1003}}, \"phones\": [], \"more\": {}}");
        struct state *state = state_open(*folder);
        assert_string_equal(state_get(state, "lines", "a", "all"), "");
        assert_string_equal(state_get(state, "lines", "b", "all"), "");
        state_set(state, "lines", "a", "all", "1");
        state_set(state, "phones", "p", "dnd", "silent");
        state_close(state);
        state = state_open(*folder);
        assert_string_equal(state_get(state, "lines", "a", "all"), "1");
        assert_string_equal(state_get(state, "phones", "p", "dnd"), "silent");
        state_close(state);
        assert_non_null(strstr(read_back(*folder, "state.json"), "\"more\"")); /* a later version's, perhaps */
}

static void without_a_folder_nothing_is_kept(void **folder)
{
        (void)folder;
        struct state *state = state_open("/nowhere/at/all");
        assert_non_null(state);
        state_set(state, "lines", "a", "all", "1");
        assert_string_equal(state_get(state, "lines", "a", "all"), "");
        state_close(state);
}

static void file_that_cannot_be_written_leaves_the_old_one(void **folder)
{
        char path[128];
        struct state *state = state_open(*folder);
        state_set(state, "lines", "a", "all", "1");
        state_close(state);
        text_printf(path, sizeof path, "%s/state.json.new", (const char *)*folder);
        mkdir(path, 0700); /* in the way of the new file */
        state = state_open(*folder);
        state_set(state, "lines", "a", "all", "2");
        state_close(state);
        assert_non_null(strstr(read_back(*folder, "state.json"), "\"all\": \"1\""));
}

static void names_of_any_letters_come_back(void **folder)
{
        struct state *state = state_open(*folder);
        state_set(state, "lines", "B\xc3\xbcro \"1\"\\/", "all", "*72#");
        state_close(state);
        state = state_open(*folder);
        assert_string_equal(state_get(state, "lines", "B\xc3\xbcro \"1\"\\/", "all"), "*72#");
        state_close(state);
}

static void many_changes_in_a_row_end_in_the_last(void **folder)
{
        struct state *state = state_open(*folder);
        char value[16];
        for (int i = 0; i <= 20000; i++) {
                text_printf(value, sizeof value, "%d", i);
                state_set(state, "lines", i % 2 ? "a" : "b", "all", value);
        }
        state_close(state);
        state = state_open(*folder);
        assert_string_equal(state_get(state, "lines", "a", "all"), "19999");
        assert_string_equal(state_get(state, "lines", "b", "all"), "20000");
        state_close(state);
}

/* Long enough to take the machine some time to write. */
static const char *value_of(int round, char text[4096])
{
        char number[16];
        snprintf(number, sizeof number, "%08d", round);
        for (size_t at = 0; at + 8 < 4096; at += 8)
                memcpy(text + at, number, 9);
        return text;
}

static void write_for_ever(const char *folder, int round)
{
        char text[4096], name[16];
        struct state *state = state_open(folder);
        for (unsigned n = 0;; n++) {
                text_printf(name, sizeof name, "%u", n % 50);
                state_set(state, "lines", name, "all", value_of(round, text));
                usleep(50);
        }
}

/* Rounds that the file tells of; every value of it is whole. */
static int newest_round(const char *folder, int latest)
{
        char text[4096], name[16];
        int newest = -1;
        struct state *state = state_open(folder);
        for (unsigned n = 0; n < 50; n++) {
                text_printf(name, sizeof name, "%u", n);
                const char *value = state_get(state, "lines", name, "all");
                int round = *value ? (int)strtol((char[9]){value[0], value[1], value[2], value[3], value[4], value[5],
                                                           value[6], value[7], '\0'},
                                                 NULL, 10)
                                   : -1;
                assert_true(round <= latest);
                if (round >= 0)
                        assert_string_equal(value, value_of(round, text));
                if (round > newest)
                        newest = round;
        }
        state_close(state);
        return newest;
}

static void killed_at_any_moment_the_file_is_whole(void **folder)
{
        enum { KILLS = 200, LATEST_US = 12000 };
        unsigned seed = 1, written = 0;
        int before = -1;
        for (int round = 0; round < KILLS; round++) {
                pid_t child = fork();
                assert_true(child >= 0);
                if (child == 0) {
                        write_for_ever(*folder, round);
                        _exit(0);
                }
                usleep((useconds_t)(rand_r(&seed) % LATEST_US));
                kill(child, SIGKILL);
                assert_int_equal(waitpid(child, NULL, 0), child);
                assert_null(read_back(*folder, "state.json.bad"));
                int newest = newest_round(*folder, round);
                assert_true(newest >= before); /* what was once written stays */
                written += newest == round;
                before = newest;
        }
        assert_true(written > 0); /* some were in the middle of it */
        print_message("%u of %d were killed after a writing\n", written, KILLS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(what_was_set_is_there_after_a_restart),    TEST(nothing_set_is_nothing_written),
                TEST(file_that_is_not_understood_is_put_aside), TEST(what_is_odd_inside_is_passed_over),
                TEST(without_a_folder_nothing_is_kept),         TEST(file_that_cannot_be_written_leaves_the_old_one),
                TEST(names_of_any_letters_come_back),           TEST(many_changes_in_a_row_end_in_the_last),
                TEST(killed_at_any_moment_the_file_is_whole),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
