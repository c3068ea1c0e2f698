#include "gateway/base/text.h"
#include "gateway/show.h"
#include "gateway/show_text.h"

static const struct show_column columns[] = {{"LINE", 8},   {"NAME", 10},  {"PBX", 8}, {"STATE", 14},
                                             {"PHONE", 15}, {"THERE", 20}, {NULL, 0}};

/* "registered, talking, held" */
static void there(const json_t *phone, char *out, size_t size)
{
        const json_t *call;
        size_t i;
        text_copy(out, size, show_get(phone, "state"));
        json_array_foreach(json_object_get(phone, "calls"), i, call)
                text_append(out, size, ", %s", json_string_value(call));
}

/* The first row of a line names it. */
static void show_phone_of(const json_t *line, const json_t *phone, bool first, FILE *to)
{
        char state[256];
        there(phone, state, sizeof state);
        const char *texts[] = {first ? show_get(line, "number") : "",
                               first ? show_get(line, "name") : "",
                               first ? show_get(line, "pbx") : "",
                               first ? show_get(line, "state") : "",
                               show_get(phone, "name"),
                               state};
        show_row(columns, texts, to);
}

static void show_line(const json_t *line, FILE *to)
{
        const json_t *phone, *forward;
        const char *kind;
        size_t i;
        json_array_foreach(json_object_get(line, "phones"), i, phone) show_phone_of(line, phone, i == 0, to);
        json_object_foreach((json_t *)(uintptr_t)json_object_get(line, "forwards"), kind, forward)
                show_fact("", to, "forward %s to %s", kind, json_string_value(forward));
        if (show_number(line, "voicemail"))
                show_fact("", to, "voicemail, %d new", (int)show_number(line, "voicemail"));
        show_line_error(line, to);
}

void show_lines(const json_t *document, FILE *to)
{
        const json_t *lines = json_object_get(document, "lines"), *line;
        size_t i;
        if (json_array_size(lines) == 0) {
                fputs("no lines\n", to);
                return;
        }
        show_titles(columns, to);
        json_array_foreach(lines, i, line) show_line(line, to);
}
