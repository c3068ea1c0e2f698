/* Every problem of a file at once, at its place, and nothing secret on the screen. */
#include "tests/unit/config/help.h"

#define FOLDER SOURCE_DIR "/tests/unit/config"

/* The golden report was read line by line against the file; RENEW=1 writes it anew after a change of wording. */
static void every_mistake_of_a_file_is_reported_at_its_place(void **state)
{
        (void)state;
        char *text = read_file(FOLDER "/mistakes.yaml");
        struct parsed p = parse(text);
        char *report = printed(print_report, &p.report);
        if (getenv("RENEW")) {
                FILE *golden = fopen(FOLDER "/mistakes.txt", "wb");
                assert_non_null(golden);
                fputs(report, golden);
                fclose(golden);
        }
        char *expected = read_file(FOLDER "/mistakes.txt");
        assert_null(p.config);
        assert_string_equal(report, expected);
        free(expected);
        free(report);
        free(text);
        forget(&p);
}

static void no_password_is_in_a_report(void **state)
{
        (void)state;
        static const char *const lines[] = {
                "password: hush!x",
                "  password: 'hush, it''s'",
                "{a: b, password: \"hu}sh, \\\"hush\", name: x}",
                "{password: hush, name: x}",
                "\"password\" : hush",
                "paswsord: hush, hush",
                "db_secret: hush",
                "password: hush\n  - [",
                "{password: hush",
                "password: \"hush",
        };
        for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
                char text[200];
                snprintf(text, sizeof(text), "version: 1\nnope: [\n  x: {%s", lines[i]);
                struct parsed p = parse(text);
                char *report = printed(print_report, &p.report);
                assert_true(p.report.errors > 0);
                assert_null(strstr(report, "hush"));
                free(report);
                forget(&p);
                snprintf(text, sizeof(text), "version: 1\n%s\n", lines[i]);
                p = parse(text);
                report = printed(print_report, &p.report);
                assert_true(p.report.errors > 0);
                assert_null(strstr(report, "hush"));
                free(report);
                forget(&p);
        }
}

static void masking_keeps_columns(void **state)
{
        (void)state;
        struct parsed p = parse("version: 1\nlines: {a: {number: \"1\", password: hush, nmae: x}}\n");
        assert_int_equal(p.report.errors, 1);
        assert_int_equal(p.report.count, 3); /* behind two warnings: no phones, and the line is on none */
        assert_int_equal(p.report.problems[2].column, 42);
        assert_string_equal(p.report.problems[2].source, "lines: {a: {number: \"1\", password: ****, nmae: x}}");
        forget(&p);
}

static void problems_are_in_the_order_of_the_file(void **state)
{
        (void)state;
        struct parsed p = parse("zeta: 1\nversion: 1\nsip: {x: 1, y: 2}\nalpha: 1\n");
        assert_int_equal(p.report.count, 5); /* and that there are no phones */
        for (size_t i = 1; i < p.report.count; i++) {
                const struct config_problem *a = &p.report.problems[i - 1], *b = &p.report.problems[i];
                assert_true(a->line < b->line || (a->line == b->line && a->column <= b->column));
        }
        forget(&p);
}

static void a_mistake_in_a_template_is_said_once(void **state)
{
        (void)state;
        struct parsed p = parse("version: 1\nphones:\n"
                                "  SEP000000000001: &t {timezone: Mars/Olympus, lines: [{number: \"1\"}]}\n"
                                "  SEP000000000002: {<<: *t, lines: [{number: \"2\"}]}\n"
                                "  SEP000000000003: {<<: *t, lines: [{number: \"3\"}]}\n");
        assert_int_equal(p.report.errors, 1);
        forget(&p);
}

static void a_flood_of_problems_is_counted_and_cut(void **state)
{
        (void)state;
        char *text = NULL;
        size_t len = 0;
        FILE *to = open_memstream(&text, &len);
        fputs("version: 1\nsccp:\n", to);
        for (int i = 0; i < 2000; i++)
                fprintf(to, "  wrong%d: 1\n", i);
        fclose(to);
        struct parsed p = parse(text);
        assert_null(p.config);
        assert_int_equal(p.report.errors, 2000);
        assert_true(p.report.count < 2000);
        char *report = printed(print_report, &p.report);
        assert_non_null(strstr(report, " more\n2000 errors, 1 warning\n"));
        free(report);
        free(text);
        forget(&p);
}

static void terminals_are_not_at_the_mercy_of_a_file(void **state)
{
        (void)state;
        static const char *const texts[] = {"version: 1\n\"\\e[31mred\": 1\n", "version: 1\nnode: {name: \x1b]0;x}\n"};
        for (size_t i = 0; i < 2; i++) {
                struct parsed p = parse(texts[i]);
                char *report = printed(print_report, &p.report);
                assert_true(p.report.errors > 0);
                assert_null(strchr(report, 0x1b));
                free(report);
                forget(&p);
        }
}

static void a_conference_of_the_pbx_cannot_be_ended(void **state)
{
        (void)state;
        struct parsed p = parse(
                "version: 1\npbx: {address: a}\nphones:\n  SEP000000000001: {lines: [{number: \"1\"}]}\n"
                "calls: {conference: \"sip:8@a\", conference_on_hangup: end}\n");
        assert_non_null(p.config);
        char *report = printed(print_report, &p.report);
        assert_non_null(
                strstr(report, "test.yaml:5:54: warning: conferences are the PBX's (calls.conference), and go on"));
        assert_non_null(strstr(report, "0 errors, 1 warning\n"));
        free(report);
        forget(&p);
}

static void another_room_can_add_a_problem(void **state)
{
        (void)state;
        struct parsed p = parse("version: 1\nphones:\n  SEP000000000001: {model: 7999, lines: [{number: \"1\"}]}\n");
        assert_non_null(p.config);
        assert_int_equal(p.report.count, 0);
        config_report_add(&p.report, CONFIG_WARNING, &p.config->phones[0].model_place, "model %s is unknown", "7999");
        char *report = printed(print_report, &p.report);
        assert_string_equal(report, "test.yaml:3:28: warning: model 7999 is unknown\n"
                                    "      SEP000000000001: {model: 7999, lines: [{number: \"1\"}]}\n"
                                    "                               ^\n"
                                    "0 errors, 1 warning\n");
        free(report);
        forget(&p);
}

static void print_json(const void *report, FILE *to)
{
        config_report_print_json(report, to);
}

/* The relay encrypts, and in direct mode there is none. */
static void srtp_needs_the_relay(void **state)
{
        (void)state;
        static const struct {
                const char *media;
                bool good;
        } rows[] = {{"{mode: direct}", true},
                    {"{srtp: required}", true},
                    {"{mode: relay, srtp: optional}", true},
                    {"{mode: direct, srtp: off}", true},
                    {"{mode: direct, srtp: optional}", false},
                    {"{srtp: required, mode: direct}", false}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                char text[200];
                snprintf(text, sizeof text,
                         "version: 1\nphones: {SEP001122334455: {lines: [{number: 1}]}}\nmedia: %s\n", rows[i].media);
                struct parsed p = parse(text);
                char *report = printed(print_report, &p.report);
                assert_int_equal(p.report.errors, rows[i].good ? 0 : 1);
                assert_int_equal(strstr(report, "srtp is spoken by the relay") != NULL, !rows[i].good);
                free(report);
                forget(&p);
        }
}

static void auto_needs_networks(void **state)
{
        (void)state;
        static const struct {
                const char *media;
                bool good;
        } rows[] = {{"{mode: auto, direct: [10.0.0.0/8]}", true},
                    {"{mode: auto, direct: [10.0.0.0/8 fd00::/8, 192.0.2.0/24], srtp: optional}", true},
                    {"{mode: auto, srtp: required, direct: [10.0.0.0/8]}", true},
                    {"{direct: [10.0.0.0/8]}", true},
                    {"{mode: auto}", false},
                    {"{mode: auto, direct: []}", false}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                char text[200];
                snprintf(text, sizeof text,
                         "version: 1\nphones: {SEP001122334455: {lines: [{number: 1}]}}\nmedia: %s\n", rows[i].media);
                struct parsed p = parse(text);
                char *report = printed(print_report, &p.report);
                assert_int_equal(p.report.errors, rows[i].good ? 0 : 1);
                assert_int_equal(strstr(report, "media.direct names no networks") != NULL, !rows[i].good);
                free(report);
                forget(&p);
        }
}

static void problems_can_be_json(void **state)
{
        (void)state;
        struct parsed p = parse("version: 1\nsccp: {unknown_phones: auto, lisen: \"x\"}\n");
        char *json = printed(print_json, &p.report);
        assert_string_equal(json, "{\n"
                                  "  \"errors\": 1,\n"
                                  "  \"warnings\": 0,\n"
                                  "  \"problems\": [\n"
                                  "    {\n"
                                  "      \"file\": \"test.yaml\",\n"
                                  "      \"line\": 2,\n"
                                  "      \"column\": 30,\n"
                                  "      \"severity\": \"error\",\n"
                                  "      \"sentence\": \"unknown option 'lisen'; did you mean 'listen'?\"\n"
                                  "    }\n"
                                  "  ]\n"
                                  "}\n");
        free(json);
        forget(&p);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_mistake_of_a_file_is_reported_at_its_place),
                cmocka_unit_test(no_password_is_in_a_report),
                cmocka_unit_test(masking_keeps_columns),
                cmocka_unit_test(problems_are_in_the_order_of_the_file),
                cmocka_unit_test(a_mistake_in_a_template_is_said_once),
                cmocka_unit_test(a_flood_of_problems_is_counted_and_cut),
                cmocka_unit_test(terminals_are_not_at_the_mercy_of_a_file),
                cmocka_unit_test(a_conference_of_the_pbx_cannot_be_ended),
                cmocka_unit_test(another_room_can_add_a_problem),
                cmocka_unit_test(srtp_needs_the_relay),
                cmocka_unit_test(auto_needs_networks),
                cmocka_unit_test(problems_can_be_json),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
