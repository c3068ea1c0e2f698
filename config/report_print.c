/* Showing problems: for people (and editors, as gcc does), and as JSON. */
#include <string.h>

#include "config/config.h"
#include "config/emit.h"

static const char *severity_name(enum config_severity severity)
{
        return severity == CONFIG_ERROR ? "error" : "warning";
}

/* A caret under the column; tabs are kept, so that it stands right whatever their width. */
static void print_caret(const char *source, unsigned column, FILE *to)
{
        fputs("    ", to);
        for (unsigned i = 1; i < column && *source; i++) {
                fputc(*source == '\t' ? '\t' : ' ', to);
                do
                        source++;
                while (((unsigned char)*source & 0xC0) == 0x80); /* the rest of one character */
        }
        fputs("^\n", to);
}

static void print_problem(const struct config_problem *problem, FILE *to)
{
        fputs(problem->file, to);
        if (problem->line)
                fprintf(to, ":%u:%u", problem->line, problem->column);
        fprintf(to, ": %s: %s\n", severity_name(problem->severity), problem->sentence);
        if (!problem->source)
                return;
        fprintf(to, "    %s\n", problem->source);
        print_caret(problem->source, problem->column, to);
}

static void print_count(size_t count, const char *noun, FILE *to)
{
        fprintf(to, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

void config_report_print(const struct config_report *report, FILE *to)
{
        for (size_t i = 0; i < report->count; i++)
                print_problem(&report->problems[i], to);
        size_t hidden = report->errors + report->warnings - report->count;
        if (hidden)
                fprintf(to, "... and %zu more\n", hidden);
        print_count(report->errors, "error", to);
        fputs(", ", to);
        print_count(report->warnings, "warning", to);
        fputc('\n', to);
}

void config_report_print_json(const struct config_report *report, FILE *to)
{
        struct emit e;
        emit_start(&e, to, EMIT_JSON);
        emit_number(&e, "errors", (long)report->errors);
        emit_number(&e, "warnings", (long)report->warnings);
        emit_list(&e, "problems");
        for (size_t i = 0; i < report->count; i++) {
                const struct config_problem *problem = &report->problems[i];
                emit_map(&e, NULL);
                emit_text(&e, "file", problem->file);
                emit_number(&e, "line", problem->line);
                emit_number(&e, "column", problem->column);
                emit_text(&e, "severity", severity_name(problem->severity));
                emit_text(&e, "sentence", problem->sentence);
                emit_end(&e);
        }
        emit_end(&e);
        emit_finish(&e);
}
