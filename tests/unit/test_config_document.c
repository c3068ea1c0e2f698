/* What is made from the table for people and editors: the reference, the commented defaults, the schema. */
#include "config/option.h"
#include "tests/unit/config/help.h"

#include <ctype.h>

#define REFERENCE SOURCE_DIR "/docs/configuration.md"
#define MANUAL    SOURCE_DIR "/docs/sccpgw.yaml.5"

typedef void print_fn(FILE *);

static void call(const void *print, FILE *to)
{
        (*(print_fn *const *)print)(to);
}

static char *printed_by(print_fn *print)
{
        return printed(call, &print);
}

/* RENEW=1 writes the file. */
static void assert_committed(print_fn *print, const char *path)
{
        char *text = printed_by(print);
        if (getenv("RENEW")) {
                FILE *file = fopen(path, "wb");
                assert_non_null(file);
                fputs(text, file);
                fclose(file);
        }
        char *committed = read_file(path);
        if (strcmp(committed, text) != 0)
                fail_msg("%s is not what config/options.def says; run this test with RENEW=1", path);
        free(committed);
        free(text);
}

static void the_committed_reference_is_the_table(void **state)
{
        (void)state;
        assert_committed(config_print_reference, REFERENCE);
}

static void the_committed_manual_is_the_table(void **state)
{
        (void)state;
        assert_committed(config_print_manual, MANUAL);
}

/* Every option has its row behind the heading of its scope. */
static void the_reference_has_every_option(void **state)
{
        (void)state;
        char *reference = printed_by(config_print_reference), text[100];
        for (const struct scope *const *scope = option_scopes; *scope; scope++) {
                snprintf(text, sizeof(text), "\n## %s\n", (*scope)->name);
                const char *heading = strstr(reference, text);
                if (!heading)
                        fail_msg("no heading for %s", (*scope)->name);
                const char *next = strstr(heading + 1, "\n## ");
                for (const struct option *option = (*scope)->options(); option->name; option++) {
                        snprintf(text, sizeof(text), "\n| `%s` |", option->name);
                        const char *row = strstr(heading, text);
                        if (!row || (next && row > next))
                                fail_msg("no row for %s of %s", option->name, (*scope)->name);
                }
        }
        free(reference);
}

/* A JSON text is skipped value by value; NULL: it is not one. */
static const char *skip_value(const char *at);

static const char *skip_space(const char *at)
{
        return at + strspn(at, " \t\r\n");
}

static const char *skip_string(const char *at)
{
        for (at++; *at && *at != '"'; at++) {
                if ((unsigned char)*at < 0x20)
                        return NULL;
                if (*at == '\\' && !strchr("\"\\/bfnrtu", *++at))
                        return NULL;
        }
        return *at ? at + 1 : NULL;
}

static const char *skip_members(const char *at, bool named, char end)
{
        at = skip_space(at + 1);
        if (*at == end)
                return at + 1;
        for (;;) {
                if (named) {
                        at = *at == '"' ? skip_string(at) : NULL;
                        at = at ? skip_space(at) : NULL;
                        if (!at || *at++ != ':')
                                return NULL;
                }
                at = skip_value(at);
                if (!at || (*at != ',' && *at != end))
                        return NULL;
                if (*at++ == end)
                        return at;
                at = skip_space(at);
        }
}

static const char *skip_value(const char *at)
{
        char *end;
        at = skip_space(at);
        if (*at == '{')
                at = skip_members(at, true, '}');
        else if (*at == '[')
                at = skip_members(at, false, ']');
        else if (*at == '"')
                at = skip_string(at);
        else if (strncmp(at, "true", 4) == 0 || strncmp(at, "null", 4) == 0)
                at += 4;
        else if (strncmp(at, "false", 5) == 0)
                at += 5;
        else {
                strtod(at, &end);
                at = end > at ? end : NULL;
        }
        return at ? skip_space(at) : NULL;
}

static bool is_json(const char *text)
{
        const char *end = skip_value(text);
        return end && *end == 0;
}

static void the_schema_is_json_and_has_every_option(void **state)
{
        (void)state;
        assert_true(is_json("{\"a\": [1, true, {}, []], \"b\": \"\\\"\"}\n"));
        assert_false(is_json("{\"a\": [1,], \"b\": 2}"));
        assert_false(is_json("{\"a\": 1 \"b\": 2}"));
        char *schema = printed_by(config_print_schema), text[100];
        assert_true(is_json(schema));
        for (const struct scope *const *scope = option_scopes; *scope; scope++) {
                snprintf(text, sizeof(text), "\n    \"%s\": {\"type\": \"object\"", (*scope)->id);
                const char *object = scope == option_scopes ? schema : strstr(schema, text);
                if (!object)
                        fail_msg("no definition of %s", (*scope)->id);
                for (const struct option *option = (*scope)->options(); option->name; option++) {
                        snprintf(text, sizeof(text), "\n      \"%s\": {", option->name);
                        if (!strstr(object, text + (scope == option_scopes ? 3 : 0)))
                                fail_msg("no %s in %s", option->name, (*scope)->id);
                }
        }
        free(schema);
}

static void the_defaults_are_a_valid_configuration_of_defaults(void **state)
{
        (void)state;
        char *text = printed_by(config_print_defaults);
        struct parsed p = parse(text), empty = parse("version: 1\n");
        assert_non_null(p.config);
        char *from_text = printed(print_config, p.config), *from_nothing = printed(print_config, empty.config);
        assert_string_equal(from_text, from_nothing);
        free(from_text);
        free(from_nothing);
        free(text);
        forget(&p);
        forget(&empty);
}

/* Takes the `#` off every line where an option is commented out; help has a space behind its `#` or before it. */
static void uncomment(char *text)
{
        char *to = text;
        for (char *at = text; *at;) {
                char *end = at + strcspn(at, "\n");
                bool option = *at == '#' && (isalpha((unsigned char)at[1]) || (at[1] == ' ' && at[2] == ' '));
                bool include = strncmp(at, "#include", 8) == 0; /* there is no folder here */
                at += option && !include;
                memmove(to, at, (size_t)(end - at) + (*end == '\n'));
                to += (end - at) + (*end == '\n');
                at = end + (*end == '\n');
        }
        *to = 0;
}

static void the_examples_in_the_defaults_work(void **state)
{
        (void)state;
        char *text = printed_by(config_print_defaults);
        uncomment(text);
        struct parsed p = parse(text);
        if (!p.config || p.report.count) {
                char *report = printed(print_report, &p.report);
                fail_msg("%s\nof\n%s", report, text);
        }
        assert_int_equal(p.config->n_phones, 1);
        assert_int_equal(p.config->phones[0].n_buttons, 3);
        assert_int_equal(p.config->calls.n_dialplan, 3);
        assert_string_equal(p.config->pbxs[0].address, "pbx.lan");
        free(text);
        forget(&p);
}

static void shipped_examples_are_valid(void **state)
{
        (void)state;
        static const char *const files[] = {SOURCE_DIR "/config/minimal.yaml", SOURCE_DIR "/config/quickstart.yaml"};
        for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
                struct parsed p = {0};
                p.config = config_load(files[i], &p.report);
                if (!p.config || p.report.count)
                        fail_msg("%s: %s", files[i],
                                 p.report.count ? p.report.problems[0].sentence : "no configuration");
                forget(&p);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_committed_reference_is_the_table),
                cmocka_unit_test(the_committed_manual_is_the_table),
                cmocka_unit_test(the_reference_has_every_option),
                cmocka_unit_test(the_schema_is_json_and_has_every_option),
                cmocka_unit_test(the_defaults_are_a_valid_configuration_of_defaults),
                cmocka_unit_test(the_examples_in_the_defaults_work),
                cmocka_unit_test(shipped_examples_are_valid),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
