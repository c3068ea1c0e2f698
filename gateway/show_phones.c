#include <string.h>

#include "gateway/base/text.h"
#include "gateway/show.h"
#include "gateway/show_text.h"

static const struct show_column phone_columns[] = {{"PHONE", 15}, {"STATE", 10}, {"SINCE", 9},    {"MODEL", 8},
                                                   {"LINES", 8},  {"CALLS", 5},  {"ADDRESS", 15}, {NULL, 0}};
static const struct show_column unknown_columns[] = {
        {"UNKNOWN PHONE", 15}, {"MODEL", 8}, {"TIMES", 5}, {"LATEST", 9}, {"TOLD", 18}, {"ADDRESS", 15}, {NULL, 0}};

/* "2 of 3": of its lines are in service. */
static void count_lines(const json_t *phone, char *out, size_t size)
{
        const json_t *lines = json_object_get(phone, "lines"), *line;
        size_t i, good = 0;
        json_array_foreach(lines, i, line) good += text_equal(show_get(line, "state"), "in service");
        text_printf(out, size, "%zu of %zu", good, json_array_size(lines));
}

static void show_row_of(const json_t *phone, FILE *to)
{
        char since[SHOW_DURATION], lines[32], calls[16];
        count_lines(phone, lines, sizeof lines);
        text_printf(calls, sizeof calls, "%d", (int)show_number(phone, "calls"));
        const char *texts[] = {show_get(phone, "name"),
                               show_get(phone, "state"),
                               show_duration(json_object_get(phone, "since_s"), since),
                               show_get(phone, "model"),
                               lines,
                               calls,
                               show_get(phone, "address")};
        show_row(phone_columns, texts, to);
}

static void show_unknown(const json_t *unknown, FILE *to)
{
        const json_t *one;
        size_t i;
        fputc('\n', to);
        show_titles(unknown_columns, to);
        json_array_foreach(unknown, i, one)
        {
                char ago[SHOW_DURATION], times[16];
                text_printf(times, sizeof times, "%d", (int)show_number(one, "times"));
                const char *texts[] = {show_get(one, "name"),
                                       show_get(one, "model"),
                                       times,
                                       show_duration(json_object_get(one, "ago_s"), ago),
                                       show_get(one, "told"),
                                       show_get(one, "address")};
                show_row(unknown_columns, texts, to);
        }
        fputs("\nTo admit them, put this into the configuration:\n\nphones:\n", to);
        json_array_foreach(unknown, i, one)
        {
                const char *yaml = strchr(show_get(one, "yaml"), '\n'); /* each begins with its own `phones:` */
                fputs(yaml ? yaml + 1 : "", to);
        }
}

void show_phones(const json_t *phones, FILE *to)
{
        const json_t *unknown = json_object_get(phones, "unknown"), *phone;
        size_t i;
        show_titles(phone_columns, to);
        json_array_foreach(json_object_get(phones, "phones"), i, phone) show_row_of(phone, to);
        if (json_array_size(unknown))
                show_unknown(unknown, to);
}
