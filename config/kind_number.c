/* Numbers, durations and ranges. */
#include "config/kind.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/option.h"
#include "gateway/base/text.h"

static bool is_within(const struct option *option, long value)
{
        return value >= option->min && value <= option->max;
}

static bool read_number(struct reading *r, const char *text)
{
        long value;
        const char *end = kind_take_number(text, &value);
        if (!end || *end || !is_within(r->option, value))
                return reading_refuse(r, "must be a number from %ld to %ld", r->option->min, r->option->max);
        kind_store(r->at, r->option->size, (unsigned long)value);
        return true;
}

static const char *print_number(struct printing *p)
{
        text_printf(p->room, sizeof(p->room), "%lu", kind_fetch(p->at, p->option->size));
        return p->room;
}

const struct kind kind_number = {
        .name = "number",
        .look = LOOK_NUMBER,
        .limits = LIMITS_VALUE,
        .read = read_number,
        .print = print_number,
};

/* Version 1 is the first; what a later program wrote must not be half understood. */
static bool read_version(struct reading *r, const char *text)
{
        long value;
        const char *end = kind_take_number(text, &value);
        if (end && !*end && value > r->option->max)
                return reading_refuse(r, "%ld is newer than this program, which reads version %ld", value,
                                      r->option->max);
        if (!end || *end || value < r->option->min)
                return reading_refuse(r, "must be %ld", r->option->max);
        kind_store(r->at, r->option->size, (unsigned long)value);
        return true;
}

const struct kind kind_version = {
        .name = "number",
        .look = LOOK_NUMBER,
        .limits = LIMITS_VALUE,
        .read = read_version,
        .print = print_number,
};

void kind_print_duration(char *to, size_t size, long count, long unit_ms)
{
        if (count * unit_ms % 1000)
                text_printf(to, size, "%ldms", count * unit_ms);
        else
                text_printf(to, size, "%lds", unit_ms == 1000 ? count : count * unit_ms / 1000);
}

static long long milliseconds(const char *unit)
{
        return text_equal(unit, "ms")  ? 1
               : text_equal(unit, "s") ? 1000
               : text_equal(unit, "m") ? 60000
               : text_equal(unit, "h") ? 3600000
                                       : 0;
}

static bool read_duration(struct reading *r, const char *text)
{
        const struct option *option = r->option;
        long number = 0, scale = (long)option->kind->unit_ms;
        const char *unit = kind_take_number(text, &number);
        long long ms = unit ? number * milliseconds(unit) : 0;
        if (!unit || !milliseconds(unit))
                return reading_refuse(r, "must be a duration with its unit, such as 500ms, 30s or 5m");
        if (ms % scale || ms / scale < option->min || ms / scale > option->max) {
                char from[KIND_TEXT_SIZE], to[KIND_TEXT_SIZE];
                kind_print_duration(from, sizeof(from), option->min, scale);
                kind_print_duration(to, sizeof(to), option->max, scale);
                return reading_refuse(r, "must be from %s to %s%s", from, to, ms % scale ? ", in whole seconds" : "");
        }
        kind_store(r->at, option->size, (unsigned long)(ms / scale));
        return true;
}

static const char *print_duration_value(struct printing *p)
{
        kind_print_duration(p->room, sizeof(p->room), (long)kind_fetch(p->at, p->option->size),
                            (long)p->option->kind->unit_ms);
        return p->room;
}

#define DURATION(unit)                                                                                                 \
        {                                                                                                              \
                .name = "duration", .look = LOOK_WORD, .limits = LIMITS_VALUE, .unit_ms = unit,                        \
                .pattern = "^[0-9]+(ms|s|m|h)$", .read = read_duration, .print = print_duration_value,                 \
        }

const struct kind kind_duration_s = DURATION(1000);
const struct kind kind_duration_ms = DURATION(1);

/* Ranges, both ends included. */
static bool take_range(struct reading *r, const char *text, long *first, long *last)
{
        const char *dash = kind_take_number(text, first);
        const char *end = dash && *dash == '-' ? kind_take_number(dash + 1, last) : NULL;
        if (!end || *end)
                return reading_refuse(r, "must be two numbers with a dash between, such as %s", r->option->preset);
        if (*first > *last)
                return reading_refuse(r, "begins behind its end");
        if (!is_within(r->option, *first) || !is_within(r->option, *last))
                return reading_refuse(r, "must lie between %ld and %ld", r->option->min, r->option->max);
        return true;
}

static bool read_range(struct reading *r, const char *text)
{
        long first = 0, last = 0;
        if (!take_range(r, text, &first, &last))
                return false;
        kind_store(r->at, r->option->size, (unsigned long)first);
        kind_store(r->second, r->option->size, (unsigned long)last);
        return true;
}

static bool read_port_range(struct reading *r, const char *text)
{
        long first = 0, last = 0;
        if (!take_range(r, text, &first, &last))
                return false;
        if (first % 2 || last % 2 == 0)
                return reading_refuse(r, "must begin with an even port and end with an odd one: RTP takes pairs");
        if (last - first < 3)
                return reading_refuse(r, "must have room for a call: two pairs");
        return read_range(r, text);
}

static const char *print_range(struct printing *p)
{
        text_printf(p->room, sizeof(p->room), "%lu-%lu", kind_fetch(p->at, p->option->size),
                    kind_fetch(p->second, p->option->size));
        return p->room;
}

#define RANGE(what, reader)                                                                                            \
        {                                                                                                              \
                .name = what, .look = LOOK_WORD, .limits = LIMITS_VALUE, .pattern = "^[0-9]+-[0-9]+$", .read = reader, \
                .print = print_range,                                                                                  \
        }

const struct kind kind_number_range = RANGE("range of numbers", read_range);
const struct kind kind_port_range = RANGE("range of ports", read_port_range);
