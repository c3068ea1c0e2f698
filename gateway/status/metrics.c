#include "gateway/status/metrics.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct metric_info infos[METRICS] = {
#define METRIC(id, name, type, labels, help) [METRIC_##id] = {name, METRIC_##type, labels, help},
#include "gateway/status/metrics.def"
};

static const char *const types[] = {[METRIC_GAUGE] = "gauge", [METRIC_COUNTER] = "counter"};

const struct metric_info *metric_info(enum metric metric)
{
        assert((unsigned)metric < METRICS);
        return &infos[metric];
}

static bool room_for(struct metrics_page *page, size_t more)
{
        if (page->failed || page->len + more < page->room)
                return !page->failed;
        size_t room = 2 * (page->len + more) + 1024;
        char *text = realloc(page->text, room);
        page->failed = !text;
        if (text) {
                page->text = text;
                page->room = room;
        }
        return text;
}

static void put(struct metrics_page *page, const char *text, size_t len)
{
        if (!room_for(page, len + 1))
                return;
        memcpy(page->text + page->len, text, len);
        page->len += len;
        page->text[page->len] = '\0';
}

static void puts_to(struct metrics_page *page, const char *text)
{
        put(page, text, strlen(text));
}

/* In help texts quotes stand for themselves, in labels they do not. */
static void put_escaped(struct metrics_page *page, const char *text, bool label)
{
        for (; *text; text++) {
                if (*text == '\n')
                        puts_to(page, "\\n");
                else if (*text == '\\' || (label && *text == '"'))
                        put(page, (char[]){'\\', *text}, 2);
                else
                        put(page, text, 1);
        }
}

void metrics_begin(struct metrics_page *page, enum metric metric)
{
        const struct metric_info *info = metric_info(metric);
        puts_to(page, "# HELP ");
        puts_to(page, info->name);
        puts_to(page, " ");
        put_escaped(page, info->help, false);
        puts_to(page, "\n# TYPE ");
        puts_to(page, info->name);
        puts_to(page, " ");
        puts_to(page, types[info->type]);
        puts_to(page, "\n");
}

static void put_labels(struct metrics_page *page, const char *names, va_list values)
{
        for (unsigned n = 0; *names; n++) {
                size_t len = strcspn(names, " ");
                assert(n < METRIC_LABELS_MAX);
                puts_to(page, n ? "," : "{");
                put(page, names, len);
                puts_to(page, "=\"");
                put_escaped(page, va_arg(values, const char *), true);
                puts_to(page, "\"");
                names += len + (names[len] == ' ');
                if (!*names)
                        puts_to(page, "}");
        }
}

void metrics_add(struct metrics_page *page, enum metric metric, double value, ...)
{
        const struct metric_info *info = metric_info(metric);
        char number[40];
        va_list values;
        puts_to(page, info->name);
        va_start(values, value);
        put_labels(page, info->labels, values);
        va_end(values);
        bool whole = value > -1e15 && value < 1e15 && value == (double)(int64_t)value;
        snprintf(number, sizeof number, whole ? " %.0f\n" : " %.6f\n", value);
        puts_to(page, number);
}

void metrics_print_reference(FILE *to)
{
        fputs("# Metrics\n"
              "\n"
              "<!-- Made from gateway/status/metrics.def: change the table, then run test_status_metrics with RENEW=1. "
              "-->\n"
              "\n"
              "`GET /metrics`, over the HTTP port (`admin.http`) and the control socket alike, in Prometheus' text "
              "format 0.0.4.\n"
              "\n"
              "| metric | type | labels | meaning |\n|---|---|---|---|\n",
              to);
        for (size_t i = 0; i < METRICS; i++) {
                fprintf(to, "| `%s` | %s | ", infos[i].name, types[infos[i].type]);
                for (const char *name = infos[i].labels; *name;) {
                        int len = (int)strcspn(name, " ");
                        fprintf(to, "%s`%.*s`", name == infos[i].labels ? "" : ", ", len, name);
                        name += len + (name[len] == ' ');
                }
                fprintf(to, " | %s |\n", infos[i].help);
        }
}
