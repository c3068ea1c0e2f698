/* Files: includes, environment, secrets, templates, and files that mean harm. */
#include "tests/unit/config/help.h"

#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/text.h"

/* A folder of its own per test, removed afterwards with the files that were put into it. */
struct folder {
        char path[64];
        char names[16][32];
        unsigned count;
};

static int folder_new(void **state)
{
        struct folder *folder = calloc(1, sizeof(*folder));
        assert_non_null(folder);
        strcpy(folder->path, "/tmp/test_config_XXXXXX");
        assert_non_null(mkdtemp(folder->path));
        *state = folder;
        return 0;
}

static char *path_of(const struct folder *folder, const char *name)
{
        static char path[128];
        snprintf(path, sizeof(path), "%s/%s", folder->path, name);
        return path;
}

static int folder_free(void **state)
{
        struct folder *folder = *state;
        while (folder->count)
                unlink(path_of(folder, folder->names[--folder->count]));
        rmdir(folder->path);
        free(folder);
        return 0;
}

static void put_bytes(struct folder *folder, const char *name, const char *text, size_t len)
{
        FILE *file = fopen(path_of(folder, name), "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(text, 1, len, file), len);
        fclose(file);
        chmod(path_of(folder, name), 0600);
        strcpy(folder->names[folder->count++], name);
}

static void put(struct folder *folder, const char *name, const char *text)
{
        put_bytes(folder, name, text, strlen(text));
}

static struct parsed load(struct folder *folder, const char *name)
{
        struct parsed p = {0};
        p.config = config_load(path_of(folder, name), &p.report);
        return p;
}

static void assert_good(const struct parsed *p)
{
        if (p->report.errors)
                fail_msg("%s:%u:%u: %s", p->report.problems[0].file, p->report.problems[0].line,
                         p->report.problems[0].column, p->report.problems[0].sentence);
        assert_non_null(p->config);
}

/* Some problem of the report has the words and stands in that line of that file. */
static void assert_said(const struct parsed *p, const char *file, unsigned line, const char *words)
{
        for (size_t i = 0; i < p->report.count; i++) {
                const struct config_problem *problem = &p->report.problems[i];
                const char *slash = strrchr(problem->file, '/');
                if (text_equal(slash ? slash + 1 : problem->file, file) && problem->line == line &&
                    strstr(problem->sentence, words))
                        return;
        }
        char *report = printed(print_report, &p->report);
        fail_msg("expected '%s' at %s:%u in\n%s", words, file, line, report);
}

static void included_files_become_one(void **state)
{
        struct folder *folder = *state;
        put(folder, "main.yaml", "version: 1\ninclude: [part-*.yaml, sccp.yaml]\nlog: {level: debug}\n");
        put(folder, "part-a.yaml", "lines: {a: {number: \"1\"}}\nphones: {SEP000000000001: {lines: [a]}}\n");
        put(folder, "part-b.yaml",
            "version: 1\nlines: {b: {number: \"2\"}}\nphones: {SEP000000000002: {lines: [b]}}\n");
        put(folder, "sccp.yaml", "sccp: {keepalive: 20s}\nlog: {format: text}\n");
        struct parsed p = load(folder, "main.yaml");
        assert_good(&p);
        assert_int_equal(p.report.count, 0);
        assert_int_equal(p.config->n_phones, 2);
        assert_int_equal(p.config->n_lines, 2);
        assert_int_equal(p.config->sccp.keepalive_s, 20);
        assert_int_equal(p.config->log.level, LOG_DEBUG);
        assert_int_equal(p.config->log.format, LOG_TEXT);
        forget(&p);
}

static void the_same_in_two_files_is_an_error(void **state)
{
        struct folder *folder = *state;
        put(folder, "main.yaml", "version: 1\ninclude: more.yaml\nlog: {level: debug}\nphones: {SEP000000000001: }\n");
        put(folder, "more.yaml", "log: {level: info}\nphones: {SEP000000000001: }\nsccp: {keepalife: 1s}\n");
        struct parsed p = load(folder, "main.yaml");
        assert_null(p.config);
        assert_int_equal(p.report.errors, 3);
        assert_said(&p, "more.yaml", 1, "'level' is given twice; first in /tmp/");
        assert_said(&p, "more.yaml", 2, "'SEP000000000001' is given twice");
        assert_said(&p, "more.yaml", 3, "unknown option 'keepalife'; did you mean 'keepalive'?");
        forget(&p);
}

static void a_pattern_may_match_nothing_but_a_path_must_exist(void **state)
{
        struct folder *folder = *state;
        put(folder, "main.yaml", "version: 1\ninclude:\n  - conf.d/*.yaml\n  - absent.yaml\n");
        struct parsed p = load(folder, "main.yaml");
        assert_null(p.config);
        assert_int_equal(p.report.errors, 1);
        assert_said(&p, "main.yaml", 4, "absent.yaml: No such file");
        forget(&p);
}

static void a_file_that_includes_itself_is_refused(void **state)
{
        struct folder *folder = *state;
        put(folder, "main.yaml", "version: 1\ninclude: a.yaml\n");
        put(folder, "a.yaml", "include: b.yaml\n");
        put(folder, "b.yaml", "include: '*.yaml'\n");
        struct parsed p = load(folder, "main.yaml");
        assert_null(p.config);
        assert_said(&p, "b.yaml", 1, "/a.yaml includes itself");
        assert_said(&p, "b.yaml", 1, "/main.yaml includes itself");
        forget(&p);
}

static void includes_do_not_go_on_for_ever(void **state)
{
        struct folder *folder = *state;
        put(folder, "main.yaml", "version: 1\ninclude: 0.yaml\n");
        for (int i = 0; i < 12; i++) {
                char name[16], text[32];
                snprintf(name, sizeof(name), "%d.yaml", i);
                snprintf(text, sizeof(text), "include: %d.yaml\n", i + 1);
                put(folder, name, text);
        }
        struct parsed p = load(folder, "main.yaml");
        assert_null(p.config);
        assert_int_equal(p.report.errors, 1);
        assert_said(&p, "6.yaml", 1, "included too deeply");
        forget(&p);
}

static void a_mistake_in_yaml_stops_at_its_file(void **state)
{
        struct folder *folder = *state;
        put(folder, "main.yaml", "version: 1\ninclude: [a.yaml, b.yaml]\n");
        put(folder, "a.yaml", "log: {level: [\n");
        put(folder, "b.yaml", "log: \"\n");
        struct parsed p = load(folder, "main.yaml");
        assert_null(p.config);
        assert_int_equal(p.report.errors, 2);
        forget(&p);
}

static void the_environment_gives_values(void **state)
{
        struct folder *folder = *state;
        setenv("TEST_CONFIG_NUMBER", "0042", 1);
        unsetenv("TEST_CONFIG_ABSENT");
        put(folder, "main.yaml",
            "version: 1\nphones: {SEP000000000001: {lines: [{number: !env TEST_CONFIG_NUMBER}]}}\n");
        struct parsed p = load(folder, "main.yaml");
        assert_good(&p);
        assert_string_equal(p.config->lines[0].number, "0042");
        forget(&p);
        put(folder, "main.yaml", "version: 1\nnode: {name: !env TEST_CONFIG_ABSENT}\n");
        p = load(folder, "main.yaml");
        assert_null(p.config);
        assert_said(&p, "main.yaml", 2, "TEST_CONFIG_ABSENT is not set");
        forget(&p);
}

static void a_value_of_the_environment_may_be_missing(void **state)
{
        struct folder *folder = *state;
        unsetenv("TEST_CONFIG_ABSENT");
        setenv("TEST_CONFIG_EMPTY", "", 1);
        setenv("TEST_CONFIG_NUMBER", "0042", 1);
        put(folder, "main.yaml",
            "version: 1\npbx: {address: !env TEST_CONFIG_ABSENT?, transport: !env TEST_CONFIG_EMPTY?}\n"
            "phones: {SEP000000000001: {lines: [{number: !env TEST_CONFIG_NUMBER?}]}}\n");
        struct parsed p = load(folder, "main.yaml");
        assert_good(&p);
        assert_null(p.config->pbxs[0].address);
        assert_int_equal(p.config->pbxs[0].transport, 0);
        assert_string_equal(p.config->lines[0].number, "0042");
        forget(&p);
        put(folder, "main.yaml", "version: !env TEST_CONFIG_ABSENT?\n");
        p = load(folder, "main.yaml");
        assert_null(p.config); /* what is required is still */
        forget(&p);
}

static const char with_secret[] = "version: 1\n"
                                  "phones: {SEP000000000001: {lines: [{number: \"1\", password: !secret one}]}}\n";

static void secrets_stand_beside_the_file(void **state)
{
        struct folder *folder = *state;
        put(folder, "main.yaml", with_secret);
        put(folder, "secrets.yaml", "one: 'hush #1'\ntwo: 2\n");
        struct parsed p = load(folder, "main.yaml");
        assert_good(&p);
        assert_int_equal(p.report.count, 0);
        assert_string_equal(p.config->lines[0].password, "hush #1");
        char *text = printed(print_config, p.config);
        assert_null(strstr(text, "hush"));
        assert_non_null(strstr(text, "password: \"********\""));
        free(text);
        forget(&p);
}

static void a_missing_secret_is_named(void **state)
{
        struct folder *folder = *state;
        put(folder, "main.yaml", with_secret);
        struct parsed p = load(folder, "main.yaml");
        assert_null(p.config);
        assert_int_equal(p.report.errors, 1);
        assert_said(&p, "main.yaml", 2, "secrets.yaml: No such file");
        forget(&p);
        put(folder, "secrets.yaml", "ones: hush\n");
        p = load(folder, "main.yaml");
        assert_null(p.config);
        assert_int_equal(p.report.errors, 1);
        assert_said(&p, "main.yaml", 2, "no secret 'one' in secrets.yaml; did you mean 'ones'?");
        forget(&p);
}

static void secrets_that_everybody_can_read_are_a_warning(void **state)
{
        struct folder *folder = *state;
        put(folder, "main.yaml", with_secret);
        put(folder, "secrets.yaml", "one: hush\n");
        chmod(path_of(folder, "secrets.yaml"), 0644);
        struct parsed p = load(folder, "main.yaml");
        assert_good(&p);
        assert_int_equal(p.report.warnings, 1);
        assert_said(&p, "secrets.yaml", 0, "everybody");
        forget(&p);
}

static void secrets_stay_secret_whatever_goes_wrong(void **state)
{
        struct folder *folder = *state;
        static const char *const mains[] = {
                "version: 1\nnode: {name: !secret one}\n",
                "version: 1\nsccp: {listen: [!secret one, !secret one]}\n",
                "version: 1\nlines: {a: {number: \"1\", password: !secret long}}\n",
                "version: 1\nlines: {a: {number: \"1\", password: !secret list}}\n",
                "version: 1\nphones: {SEP000000000001: {lines: [!secret one]}}\n",
                "version: 1\n!secret one: x\n",
                "version: 1\ninclude: !secret one\n",
                "version: !secret one\n",
        };
        static const char *const secrets[] = {
                "one: hush\nlist: [hush]\nlong: "
                "hush.........................................................................."
                "............................................................\n",
                "hush\n",
                "one: hush\nx: [hush\n",
                "one: hush\n\thush: hush\n",
        };
        for (size_t s = 0; s < sizeof(secrets) / sizeof(secrets[0]); s++)
                for (size_t i = 0; i < sizeof(mains) / sizeof(mains[0]); i++) {
                        folder->count = 0;
                        put(folder, "main.yaml", mains[i]);
                        put(folder, "secrets.yaml", secrets[s]);
                        struct parsed p = load(folder, "main.yaml");
                        char *report = printed(print_report, &p.report);
                        assert_null(p.config);
                        if (strstr(report, "hush"))
                                fail_msg("%s", report);
                        free(report);
                        forget(&p);
                }
}

static void text_from_memory_reads_no_files(void **state)
{
        (void)state;
        expect_error("version: 1\ninclude: /etc/passwd\n", 2, 10, "nothing can be included here");
        expect_error("version: 1\nlines: {a: {number: \"1\", password: !secret x}}\n", 2, 44, "no secrets can be had");
}

static void templates_are_merged(void **state)
{
        (void)state;
        struct parsed p = parse("version: 1\n"
                                "lines:\n"
                                "  a: &base {number: \"1\", name: A, password: pw}\n"
                                "  b: {<<: *base, number: \"2\"}\n"
                                "  c: {number: \"3\", <<: [{name: C}, *base]}\n"
                                "phones: {SEP000000000001: {lines: [a, b, c]}}\n");
        assert_good(&p);
        assert_string_equal(p.config->lines[1].number, "2");
        assert_string_equal(p.config->lines[1].password, "pw");
        assert_string_equal(p.config->lines[2].name, "C");
        assert_string_equal(p.config->lines[2].number, "3");
        assert_string_equal(p.config->lines[2].password, "pw");
        forget(&p);
        expect_error("version: 1\nnode: {<<: text}\n", 2, 12, "<< takes a mapping");
}

static void what_is_no_configuration_is_refused(void **state)
{
        (void)state;
        expect_error("", 1, 1, "version is missing");
        expect_error("- 1\n", 1, 1, "must be a mapping");
        expect_error("just text", 1, 1, "must be a mapping");
        expect_error("version: 2\n", 1, 10, "2 is newer than this program");
        expect_error("version: one\n", 1, 10, "version must be 1");
        expect_error("version: 1\n---\nversion: 1\n", 2, 1, "second document");
        expect_error("version: 1\nnode: &a {name: *a}\n", 2, 17, "no anchor '&a'");
        expect_error("version: 1\n? [a]\n: b\n", 2, 3, "a key must be a plain text");
        expect_error("version: 1\nnode: !env {name: a}\n", 2, 12, "tag !env cannot stand before a mapping");
        expect_error("version: 1\nnode: {name: \"a\\0b\"}\n", 2, 14, "UTF-8 without NUL");
}

static void bytes_that_are_no_text_are_refused(void **state)
{
        struct folder *folder = *state;
        static const struct {
                const char *text;
                size_t len;
                const char *words;
        } files[] = {
                {"version: 1\nnode: {name: \xff}\n", 27, "UTF-8"},
                {"version: 1\nnode: {name: \xc3", 25, "UTF-8"},
                {"version: 1\nnode: {name: \0}\n", 27, "NUL"},
        };
        for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
                folder->count = 0;
                put_bytes(folder, "main.yaml", files[i].text, files[i].len);
                struct parsed p = load(folder, "main.yaml");
                assert_null(p.config);
                assert_int_equal(p.report.errors, 1);
                assert_int_equal(p.report.problems[0].column, 14);
                assert_said(&p, "main.yaml", 2, files[i].words);
                forget(&p);
        }
}

static void a_file_that_cannot_be_read_says_why(void **state)
{
        struct folder *folder = *state;
        struct parsed p = load(folder, "absent.yaml");
        assert_null(p.config);
        assert_said(&p, "absent.yaml", 0, "No such file");
        forget(&p);
        p.config = config_load(folder->path, &p.report);
        assert_null(p.config);
        assert_non_null(strstr(p.report.problems[0].sentence, "Is a directory"));
        forget(&p);
        p.config = config_load("/dev/zero", &p.report);
        assert_null(p.config);
        assert_non_null(strstr(p.report.problems[0].sentence, "4 MB"));
        forget(&p);
}

/* Each level names the one before nine times: 9^20 nodes if anybody expanded them. */
static void an_alias_bomb_does_not_go_off(void **state)
{
        (void)state;
        char *text = NULL;
        size_t len = 0;
        FILE *to = open_memstream(&text, &len);
        fputs("version: 1\nlog:\n  x: &a0 [x]\n", to);
        for (int i = 1; i < 20; i++)
                fprintf(to, "  x%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1, i - 1,
                        i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
        fputs("lines: *a19\nphones: {SEP000000000001: {lines: *a19}}\n", to);
        fclose(to);
        struct parsed p = parse(text);
        assert_null(p.config);
        assert_true(p.report.errors >= 20);
        free(text);
        forget(&p);
}

static void merge_keys_cannot_multiply_for_ever(void **state)
{
        (void)state;
        char *text = NULL;
        size_t len = 0;
        FILE *to = open_memstream(&text, &len);
        fputs("version: 1\nlog:\n  m: &m {", to);
        for (int i = 0; i < 20000; i++)
                fprintf(to, "k%d: 1, ", i);
        fputs("}\n", to);
        for (int i = 0; i < 2000; i++)
                fprintf(to, "  m%d: {<<: *m}\n", i);
        fclose(to);
        struct parsed p = parse(text);
        assert_null(p.config);
        assert_int_equal(p.report.errors, 1);
        assert_non_null(strstr(p.report.problems[0].sentence, "expand to far too much"));
        free(text);
        forget(&p);
}

static void nesting_has_an_end(void **state)
{
        (void)state;
        static const char *const shapes[] = {"[", "{a: ", "- "};
        for (size_t s = 0; s < 3; s++) {
                char *text = NULL;
                size_t len = 0;
                FILE *to = open_memstream(&text, &len);
                fputs("version: 1\nlog: \n  ", to);
                for (int i = 0; i < 50000; i++)
                        fputs(shapes[s], to);
                fclose(to);
                struct parsed p = parse(text);
                assert_null(p.config);
                assert_true(p.report.errors > 0);
                free(text);
                forget(&p);
        }
}

static void anchors_have_an_end(void **state)
{
        (void)state;
        char *text = NULL;
        size_t len = 0;
        FILE *to = open_memstream(&text, &len);
        fputs("version: 1\nlog: [", to);
        for (int i = 0; i < 2000; i++)
                fprintf(to, "&a%d x, ", i);
        fputs("]\n", to);
        fclose(to);
        struct parsed p = parse(text);
        assert_null(p.config);
        assert_int_equal(p.report.errors, 1);
        assert_non_null(strstr(p.report.problems[0].sentence, "more than 1000 anchors"));
        free(text);
        forget(&p);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_new, folder_free)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WITH_FOLDER(included_files_become_one),
                WITH_FOLDER(the_same_in_two_files_is_an_error),
                WITH_FOLDER(a_pattern_may_match_nothing_but_a_path_must_exist),
                WITH_FOLDER(a_file_that_includes_itself_is_refused),
                WITH_FOLDER(includes_do_not_go_on_for_ever),
                WITH_FOLDER(a_mistake_in_yaml_stops_at_its_file),
                WITH_FOLDER(the_environment_gives_values),
                WITH_FOLDER(a_value_of_the_environment_may_be_missing),
                WITH_FOLDER(secrets_stand_beside_the_file),
                WITH_FOLDER(a_missing_secret_is_named),
                WITH_FOLDER(secrets_that_everybody_can_read_are_a_warning),
                WITH_FOLDER(secrets_stay_secret_whatever_goes_wrong),
                cmocka_unit_test(text_from_memory_reads_no_files),
                cmocka_unit_test(templates_are_merged),
                cmocka_unit_test(what_is_no_configuration_is_refused),
                WITH_FOLDER(bytes_that_are_no_text_are_refused),
                WITH_FOLDER(a_file_that_cannot_be_read_says_why),
                cmocka_unit_test(an_alias_bomb_does_not_go_off),
                cmocka_unit_test(merge_keys_cannot_multiply_for_ever),
                cmocka_unit_test(nesting_has_an_end),
                cmocka_unit_test(anchors_have_an_end),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
