/* The page of metrics, and the document made from their table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/status/metrics.h"

#define REFERENCE SOURCE_DIR "/docs/metrics.md"

static char *printed_reference(void)
{
        char *text;
        size_t len;
        FILE *file = open_memstream(&text, &len);
        assert_non_null(file);
        metrics_print_reference(file);
        fclose(file);
        return text;
}

static char *committed_reference(void)
{
        FILE *file = fopen(REFERENCE, "rb");
        assert_non_null(file);
        char *text = calloc(1, 1 << 20);
        assert_non_null(text);
        size_t len = fread(text, 1, (1 << 20) - 1, file);
        assert_true(len > 0);
        fclose(file);
        return text;
}

/* RENEW=1 writes the file. */
static void the_committed_reference_is_the_table(void **state)
{
        (void)state;
        char *reference = printed_reference();
        if (getenv("RENEW")) {
                FILE *file = fopen(REFERENCE, "wb");
                assert_non_null(file);
                fputs(reference, file);
                fclose(file);
        }
        char *committed = committed_reference();
        if (strcmp(committed, reference) != 0)
                fail_msg("docs/metrics.md is not what gateway/status/metrics.def says; run this test with RENEW=1");
        free(committed);
        free(reference);
}

static void names_are_as_prometheus_wants_them(void **state)
{
        (void)state;
        for (size_t i = 0; i < METRICS; i++) {
                const struct metric_info *info = metric_info((enum metric)i);
                size_t len = strlen(info->name);
                bool total = len > 6 && strcmp(info->name + len - 6, "_total") == 0;
                assert_true(strncmp(info->name, "sccpgw_", 7) == 0 || strncmp(info->name, "process_", 8) == 0);
                assert_int_equal(strspn(info->name, "abcdefghijklmnopqrstuvwxyz_"), len);
                assert_int_equal(total, info->type == METRIC_COUNTER);
                assert_true(strlen(info->help) > 0 && info->help[strlen(info->help) - 1] == '.');
                assert_int_equal(strspn(info->labels, "abcdefghijklmnopqrstuvwxyz_ "), strlen(info->labels));
                for (size_t other = 0; other < i; other++)
                        assert_string_not_equal(info->name, metric_info((enum metric)other)->name);
        }
}

static void values_and_labels_are_written_as_the_format_says(void **state)
{
        (void)state;
        struct metrics_page page = {0};
        metrics_begin(&page, METRIC_draining);
        metrics_add(&page, METRIC_draining, 0);
        metrics_add(&page, METRIC_build_info, 1, "0.1", "a\"b\\c\nd");
        metrics_add(&page, METRIC_process_cpu, 0.125);
        metrics_add(&page, METRIC_messages, 9007199254740991.0, "in");
        metrics_add(&page, METRIC_messages, 123456789012.0, "out");
        assert_false(page.failed);
        assert_string_equal(page.text, "# HELP sccpgw_draining 1 while no new phones are taken.\n"
                                       "# TYPE sccpgw_draining gauge\n"
                                       "sccpgw_draining 0\n"
                                       "sccpgw_build_info{version=\"0.1\",revision=\"a\\\"b\\\\c\\nd\"} 1\n"
                                       "process_cpu_seconds_total 0.125000\n"
                                       "sccpgw_sccp_messages_total{direction=\"in\"} 9007199254740991.000000\n"
                                       "sccpgw_sccp_messages_total{direction=\"out\"} 123456789012\n");
        assert_int_equal(page.len, strlen(page.text));
        free(page.text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_committed_reference_is_the_table),
                cmocka_unit_test(names_are_as_prometheus_wants_them),
                cmocka_unit_test(values_and_labels_are_written_as_the_format_says),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
