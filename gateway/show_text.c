#include "gateway/show_text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "gateway/base/text.h"

#define COLUMNS_MAX 12
#define NAME_WIDTH  14

const char *show_get(const json_t *object, const char *key)
{
        const char *text = json_string_value(json_object_get(object, key));
        return text ? text : "";
}

json_int_t show_number(const json_t *object, const char *key)
{
        return json_integer_value(json_object_get(object, key));
}

const char *show_duration(const json_t *seconds, char out[SHOW_DURATION])
{
        static const struct {
                const char *unit;
                long seconds;
        } units[] = {{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}};
        enum { UNITS = sizeof units / sizeof units[0] };
        long left = (long)json_integer_value(seconds);
        unsigned first = 0;
        *out = '\0';
        if (!json_is_integer(seconds))
                return out;
        while (first + 1 < UNITS && left < units[first].seconds)
                first++;
        for (unsigned i = first; i < UNITS && i < first + 2; i++) {
                if (i > first && left < units[i].seconds)
                        break;
                text_append(out, SHOW_DURATION, "%s%ld %s", i > first ? " " : "", left / units[i].seconds,
                            units[i].unit);
                left %= units[i].seconds;
        }
        return out;
}

/* Columns on the terminal, if every character takes one. */
static unsigned columns_of(const char *text)
{
        unsigned n = 0;
        for (; *text; text++)
                n += ((unsigned char)*text & 0xc0) != 0x80;
        return n;
}

/* The first `width` characters; cut ones end in '~'. */
static void fit(char *text, unsigned width)
{
        unsigned n = 0;
        if (columns_of(text) <= width)
                return;
        for (; *text; text++) {
                n += ((unsigned char)*text & 0xc0) != 0x80;
                if (n == width) {
                        text[0] = '~';
                        text[1] = '\0';
                        return;
                }
        }
}

void show_row(const struct show_column *columns, const char *const *texts, FILE *to)
{
        unsigned at = 0;
        for (size_t i = 0; columns[i].width; i++) {
                bool last = !columns[i + 1].width;
                char text[4 * SHOW_WIDTH + 1];
                TEXT_SET(text, texts[i]);
                text_tame(text);
                fit(text, last ? SHOW_WIDTH - at : columns[i].width);
                unsigned pad = last ? 0 : columns[i].width + 1 - columns_of(text);
                fprintf(to, "%s%*s", text, (int)pad, "");
                at += columns[i].width + 1;
        }
        fputc('\n', to);
}

void show_titles(const struct show_column *columns, FILE *to)
{
        const char *titles[COLUMNS_MAX] = {NULL};
        for (size_t i = 0; columns[i].width; i++)
                titles[i] = columns[i].title;
        show_row(columns, titles, to);
}

void show_fact(const char *name, FILE *to, const char *format, ...)
{
        char text[1024];
        va_list args;
        va_start(args, format);
        vsnprintf(text, sizeof text, format, args);
        va_end(args);
        text_tame(text);
        const char *at = text;
        do {
                const size_t room = SHOW_WIDTH - NAME_WIDTH;
                size_t len = text_utf8_cut(at, room);
                for (size_t blank = len; at[len] && blank > room / 2; blank--)
                        if (at[blank] == ' ') {
                                len = blank;
                                break;
                        }
                fprintf(to, "%-*s%.*s\n", NAME_WIDTH, name, (int)len, at);
                at += len + (at[len] == ' ');
                name = "";
        } while (*at);
}

void show_line_error(const json_t *line, FILE *to)
{
        const json_t *error = json_object_get(line, "error");
        char ago[SHOW_DURATION];
        if (json_is_object(error))
                show_fact("", to, "%s ago: %d %s%s", show_duration(json_object_get(error, "ago_s"), ago),
                          (int)show_number(error, "status"), show_get(error, "reason"),
                          text_equal(show_get(line, "state"), "in service") ? " (over)" : "");
}
