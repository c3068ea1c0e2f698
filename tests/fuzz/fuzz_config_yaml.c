/* Any bytes as a configuration: no crash, and what is accepted prints as something that reads back the same. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses a scratch buffer for every ['0''2']: a quoted text of a flow with many quotes inside. */
const char *__lsan_default_suppressions(void)
{
        return "leak:libfyaml";
}

static char *print(const struct config *config, size_t *len)
{
        char *text = NULL;
        FILE *to = open_memstream(&text, len);
        assert(to);
        config_print(config, to);
        fclose(to);
        return text;
}

static void check_round_trip(const struct config *config)
{
        struct config_report report = {0};
        size_t len, again_len;
        char *text = print(config, &len);
        struct config *again = config_parse(text, len, "printed", NULL, &report);
        if (!again)
                config_report_print(&report, stderr);
        assert(again);
        char *again_text = print(again, &again_len);
        assert(again_len == len && memcmp(text, again_text, len) == 0);
        free(text);
        free(again_text);
        config_free(again);
        config_report_free(&report);
}

static void check_report(const struct config_report *report, bool accepted)
{
        char *text = NULL;
        size_t len = 0;
        FILE *to = open_memstream(&text, &len);
        assert(to);
        config_report_print(report, to);
        config_report_print_json(report, to);
        fclose(to);
        free(text);
        assert(accepted == (report->errors == 0));
        for (size_t i = 1; i < report->count; i++)
                assert(report->problems[i - 1].line <= report->problems[i].line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct config_report report = {0};
        char *text = malloc(size + !size); /* sized exactly: an over-read is found */
        assert(text);
        memcpy(text, data, size);
        struct config *config = config_parse(text, size, "fuzz", NULL, &report);
        free(text);
        check_report(&report, config != NULL);
        if (config)
                check_round_trip(config);
        config_free(config);
        config_report_free(&report);
        return 0;
}
