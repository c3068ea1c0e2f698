/* Collecting problems: sorted on the way in, each with a copy of its line, secrets in it masked. */
#include "config/report.h"

#include <assert.h>
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

/* A copy of the line `number` of the source, NULL when there is none to show. */
static const char *excerpt(struct arena *arena, const struct source *source, unsigned number)
{
        const char *line = source->text, *end = source->text + source->len;
        if (!line || !number || source->all_secret)
                return NULL;
        for (unsigned i = 1; i < number; i++) {
                const char *newline = memchr(line, '\n', (size_t)(end - line));
                if (!newline)
                        return NULL;
                line = newline + 1;
        }
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        size_t len = (size_t)((newline ? newline : end) - line);
        if (len && line[len - 1] == '\r')
                len--;
        char *copy = arena_text(arena, line, len <= EXCERPT_MAX ? len : EXCERPT_MAX + 1);
        copy[text_utf8_cut(copy, EXCERPT_MAX)] = 0;
        mask_secrets(copy);
        defuse(copy);
        return copy;
}

static int compare(const struct store *store, size_t i, struct place place)
{
        const struct config_problem *problem = &store->problems[i];
        unsigned order = place.source->order;
        if (store->orders[i] != order)
                return store->orders[i] < order ? -1 : 1;
        if (problem->line != place.line)
                return problem->line < place.line ? -1 : 1;
        return problem->column < place.column ? -1 : problem->column > place.column;
}

/* The first index after every problem that is not behind `place`. */
static size_t index_after(const struct config_report *report, const struct store *store, struct place place)
{
        size_t low = 0, high = report->count;
        while (low < high) {
                size_t middle = (low + high) / 2;
                if (compare(store, middle, place) <= 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static bool said_already(const struct store *store, size_t after, struct place place, const char *sentence)
{
        for (size_t i = after; i > 0 && compare(store, i - 1, place) == 0; i--)
                if (text_equal(store->problems[i - 1].sentence, sentence))
                        return true;
        return false;
}

void report_add(struct config_report *report, enum config_severity severity, struct place place, const char *format,
                ...)
{
        struct store *store = store_of(report);
        char sentence[SENTENCE_MAX + 2];
        va_list args;
        va_start(args, format);
        vsnprintf(sentence, sizeof(sentence), format, args);
        va_end(args);
        sentence[text_utf8_cut(sentence, SENTENCE_MAX)] = 0;
        defuse(sentence);
        size_t at = index_after(report, store, place);
        if (said_already(store, at, place, sentence))
                return;
        if (severity == CONFIG_ERROR)
                report->errors++;
        else
                report->warnings++;
        if (report->count == REPORT_MAX)
                return;
        memmove(&store->problems[at + 1], &store->problems[at], (report->count - at) * sizeof(*store->problems));
        memmove(&store->orders[at + 1], &store->orders[at], (report->count - at) * sizeof(*store->orders));
        store->orders[at] = place.source->order;
        store->problems[at] = (struct config_problem){
                .severity = severity,
                .file = arena_text(&store->arena, place.source->name, strlen(place.source->name)),
                .line = place.line,
                .column = place.column,
                .sentence = arena_text(&store->arena, sentence, strlen(sentence)),
                .source = excerpt(&store->arena, place.source, place.line),
        };
        report->count++;
}

void config_report_free(struct config_report *report)
{
        struct store *store = report->owned;
        if (store)
                arena_free(&store->arena);
        free(store);
        *report = (struct config_report){0};
}
