/* Collecting problems: sorted on the way in, each with a copy of its line, secrets in it masked. */
#include "config/report.h"

#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "config/arena.h"
#include "config/mask.h"
#include "gateway/base/text.h"

#define SENTENCE_MAX 400
#define EXCERPT_MAX  240 /* bytes of a source line that are shown */

/* What config_report.owned points to; orders[i] belongs to problems[i]. */
struct store {
        struct arena arena;
        unsigned orders[REPORT_MAX];
        struct config_problem problems[REPORT_MAX];
};

static struct store *store_of(struct config_report *report)
{
        if (!report->owned) {
                struct store *store = calloc(1, sizeof(*store));
                assert(store);
                report->owned = store;
                report->problems = store->problems;
        }
        return report->owned;
}

/* What a file says goes to terminals and logs: no control characters. */
static void defuse(char *text)
{
        for (; *text; text++)
                if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7F)
                        *text = '?';
}

const char *report_excerpt(struct place place, char out[EXCERPT_SIZE])
{
        const struct source *source = place.source;
        if (!place.line || place.line > source->n_lines || source->all_secret)
                return NULL;
        const char *line = source->text + source->lines[place.line - 1];
        size_t left = (size_t)(source->text + source->len - line);
        const char *newline = memchr(line, '\n', left);
        size_t len = newline ? (size_t)(newline - line) : left;
        if (len && line[len - 1] == '\r')
                len--;
        text_copy_n(out, EXCERPT_SIZE, line, len);
        mask_secrets(out);
        defuse(out);
        return out;
}

/* A problem before it has its place in the report. */
struct finding {
        struct config_problem problem;
        const struct source *from; /* its line is copied once the problem is new; NULL: problem.source is it */
        unsigned order;            /* of its source */
        char sentence[SENTENCE_MAX + 2];
};

static int compare(const struct store *store, size_t i, const struct finding *finding)
{
        const struct config_problem *before = &store->problems[i], *problem = &finding->problem;
        if (store->orders[i] != finding->order)
                return store->orders[i] < finding->order ? -1 : 1;
        if (before->line != problem->line)
                return before->line < problem->line ? -1 : 1;
        return before->column < problem->column ? -1 : before->column > problem->column;
}

/* The first index after every problem that is not behind the finding. */
static size_t index_after(const struct config_report *report, const struct store *store, const struct finding *finding)
{
        size_t low = 0, high = report->count;
        while (low < high) {
                size_t middle = (low + high) / 2;
                if (compare(store, middle, finding) <= 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static bool said_already(const struct store *store, size_t after, const struct finding *finding)
{
        for (size_t i = after; i > 0 && compare(store, i - 1, finding) == 0; i--)
                if (text_equal(store->problems[i - 1].sentence, finding->sentence))
                        return true;
        return false;
}

static void insert(struct config_report *report, struct store *store, const struct finding *finding, size_t at)
{
        struct config_problem *problem = &store->problems[at];
        memmove(problem + 1, problem, (report->count - at) * sizeof(*problem));
        memmove(&store->orders[at + 1], &store->orders[at], (report->count - at) * sizeof(*store->orders));
        report->count++;
        store->orders[at] = finding->order;
        *problem = finding->problem;
        problem->file = arena_text(&store->arena, problem->file, strlen(problem->file));
        problem->sentence = arena_text(&store->arena, finding->sentence, strlen(finding->sentence));
        char line[EXCERPT_SIZE];
        if (finding->from)
                problem->source = report_excerpt((struct place){finding->from, problem->line, problem->column}, line);
        if (problem->source)
                problem->source = arena_text(&store->arena, problem->source, strlen(problem->source));
}

static void count(struct config_report *report, enum config_severity severity)
{
        if (severity == CONFIG_ERROR)
                report->errors++;
        else
                report->warnings++;
}

static void add(struct config_report *report, struct finding *finding, const char *format, va_list args)
{
        struct store *store = store_of(report);
        if (report->count == REPORT_MAX) { /* only counted, and quickly: a hostile file has millions */
                count(report, finding->problem.severity);
                return;
        }
        vsnprintf(finding->sentence, sizeof(finding->sentence), format, args);
        finding->sentence[text_utf8_cut(finding->sentence, SENTENCE_MAX)] = 0;
        defuse(finding->sentence);
        size_t at = index_after(report, store, finding);
        if (said_already(store, at, finding))
                return;
        count(report, finding->problem.severity);
        insert(report, store, finding, at);
}

void report_add(struct config_report *report, enum config_severity severity, struct place place, const char *format,
                ...)
{
        struct finding finding = {
                .from = place.source,
                .order = place.source->order,
                .problem = {
                        .severity = severity, .file = place.source->name, .line = place.line, .column = place.column}};
        va_list args;
        va_start(args, format);
        add(report, &finding, format, args);
        va_end(args);
}

void config_report_add(struct config_report *report, enum config_severity severity, const struct config_place *place,
                       const char *format, ...)
{
        struct finding finding = {.order = UINT_MAX,
                                  .problem = {.severity = severity,
                                              .file = place->file,
                                              .line = place->line,
                                              .column = place->column,
                                              .source = place->source}};
        va_list args;
        va_start(args, format);
        add(report, &finding, format, args);
        va_end(args);
}

void config_report_free(struct config_report *report)
{
        struct store *store = report->owned;
        if (store)
                arena_free(&store->arena);
        free(store);
        *report = (struct config_report){0};
}
