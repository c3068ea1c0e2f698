/* What the tests of the configuration share: text in, configuration and report out. */
#ifndef TEST_CONFIG_HELP_H
#define TEST_CONFIG_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"

/* One parse; given back with `forget`. */
struct parsed {
        struct config *config;
        struct config_report report;
};

static inline struct parsed parse_in(const char *text, const char *folder)
{
        struct parsed p = {0};
        p.config = config_parse(text, strlen(text), "test.yaml", folder, &p.report);
        return p;
}

static inline struct parsed parse(const char *text)
{
        return parse_in(text, NULL);
}

static inline void forget(struct parsed *p)
{
        config_free(p->config);
        config_report_free(&p->report);
        *p = (struct parsed){0};
}

/* What a printer writes, to be freed. */
static inline char *printed(void (*print)(const void *, FILE *), const void *what)
{
        char *text = NULL;
        size_t len = 0;
        FILE *to = open_memstream(&text, &len);
        assert_non_null(to);
        print(what, to);
        fclose(to);
        char *copy = strdup(text); /* gcc 12 takes the stream's own text for a local of this function */
        free(text);
        return copy;
}

static inline void print_report(const void *report, FILE *to)
{
        config_report_print(report, to);
}

static inline void print_config(const void *config, FILE *to)
{
        config_print(config, to);
}

/* A whole file, to be freed. */
static inline char *read_file(const char *path)
{
        FILE *file = fopen(path, "rb");
        char *text = NULL;
        size_t len = 0;
        if (!file)
                fail_msg("cannot open %s", path);
        if (getdelim(&text, &len, 0, file) < 0)
                fail_msg("cannot read %s", path);
        fclose(file);
        return text;
}

/* The text must be refused with exactly one error, at that place, that contains the words. */
static inline void expect_error(const char *text, unsigned line, unsigned column, const char *words)
{
        struct parsed p = parse(text);
        char *report = printed(print_report, &p.report);
        const struct config_problem *error = NULL;
        for (size_t i = 0; i < p.report.count; i++)
                if (p.report.problems[i].severity == CONFIG_ERROR)
                        error = &p.report.problems[i];
        if (p.config || p.report.errors != 1 || !error || error->line != line || error->column != column ||
            !strstr(error->sentence, words))
                fail_msg("expected one error at %u:%u with '%s' of\n%s\nbut got\n%s", line, column, words, text,
                         report);
        free(report);
        forget(&p);
}

#endif
