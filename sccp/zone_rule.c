/* Parsing is by hand, one function per piece of the grammar: name, offset, name, [offset], date, date. */
#include "sccp/zone_rule.h"

#include <stddef.h>
#include <string.h>

#define DAY_S  86400
#define HOUR_S 3600

/* A number of 0 to `max`; false if there is none. */
static bool read_number(const char **at, int32_t max, int32_t *out)
{
        const char *digit = *at;
        int32_t value = 0;
        while (*digit >= '0' && *digit <= '9' && value <= max)
                value = value * 10 + (*digit++ - '0');
        if (digit == *at || value > max)
                return false;
        *at = digit;
        *out = value;
        return true;
}

static bool skip(const char **at, char expected)
{
        bool found = **at == expected;
        *at += found;
        return found;
}

static bool is_letter(char c)
{
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Letters, or anything in <>; what it says does not matter here. */
static bool skip_name(const char **at)
{
        const char *begin = *at;
        if (skip(at, '<')) {
                *at += strcspn(*at, ">");
                return skip(at, '>');
        }
        while (is_letter(**at))
                ++*at;
        return *at - begin >= 3;
}

/* [+-]hours[:minutes[:seconds]] in seconds */
static bool read_time(const char **at, int32_t *out)
{
        int32_t hours = 0, minutes = 0, seconds = 0;
        int32_t sign = skip(at, '-') ? -1 : 1;
        if (sign == 1)
                skip(at, '+');
        if (!read_number(at, 167, &hours))
                return false;
        if (skip(at, ':') && !read_number(at, 59, &minutes))
                return false;
        if (skip(at, ':') && !read_number(at, 59, &seconds))
                return false;
        *out = sign * (hours * HOUR_S + minutes * 60 + seconds);
        return true;
}

static bool read_month_day(const char **at, struct zone_day *out)
{
        out->kind = ZONE_DAY_OF_WEEK;
        return read_number(at, 12, &out->month) && out->month >= 1 && skip(at, '.') && read_number(at, 5, &out->week) &&
               out->week >= 1 && skip(at, '.') && read_number(at, 6, &out->weekday);
}

static bool read_day(const char **at, struct zone_day *out)
{
        bool read;
        *out = (struct zone_day){.time_s = 2 * HOUR_S};
        if (skip(at, 'M')) {
                read = read_month_day(at, out);
        } else if (skip(at, 'J')) {
                out->kind = ZONE_DAY_NO_LEAP;
                read = read_number(at, 365, &out->day) && out->day >= 1;
        } else {
                out->kind = ZONE_DAY_OF_YEAR;
                read = read_number(at, 365, &out->day);
        }
        return read && (!skip(at, '/') || read_time(at, &out->time_s));
}

/* POSIX counts offsets westwards. */
static bool read_offset(const char **at, int32_t *out)
{
        if (!read_time(at, out))
                return false;
        *out = -*out;
        return true;
}

bool zone_rule_parse(const char *text, struct zone_rule *out)
{
        const char *at = text;
        struct zone_rule rule = {0};
        if (!skip_name(&at) || !read_offset(&at, &rule.standard_s))
                return false;
        if (*at) {
                rule.has_summer = true;
                rule.summer_s = rule.standard_s + HOUR_S;
                if (!skip_name(&at) || (*at != ',' && !read_offset(&at, &rule.summer_s)))
                        return false;
                if (!skip(&at, ',') || !read_day(&at, &rule.begins) || !skip(&at, ',') || !read_day(&at, &rule.ends))
                        return false;
        }
        if (*at)
                return false;
        *out = rule;
        return true;
}

static bool is_leap(int64_t year)
{
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 1 January 1970 to 1 January of `year`, which is 1970 or later. */
static int64_t days_to_year(int64_t year)
{
        int64_t before = year - 1;
        return (year - 1970) * 365 + (before / 4 - before / 100 + before / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400);
}

static int64_t year_of(int64_t time)
{
        int64_t year = 1970 + time / (366 * (int64_t)DAY_S);
        while (days_to_year(year + 1) * DAY_S <= time)
                year++;
        return year;
}

static int64_t days_to_month(int64_t year, int32_t month)
{
        static const int32_t days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
        return days[month - 1] + (month > 2 && is_leap(year));
}

/* Days from 1 January to the day the rule names. */
static int64_t day_in_year(const struct zone_day *day, int64_t year)
{
        switch (day->kind) {
        case ZONE_DAY_OF_YEAR:
                return day->day;
        case ZONE_DAY_NO_LEAP:
                return day->day - 1 + (day->day > 59 && is_leap(year));
        case ZONE_DAY_OF_WEEK:
                break;
        }
        int64_t first = days_to_month(year, day->month);
        int64_t month_end = day->month == 12 ? 365 + is_leap(year) : days_to_month(year, day->month + 1);
        int64_t first_weekday = (days_to_year(year) + first + 4) % 7; /* 1970 began on a Thursday */
        int64_t wanted = first + (day->weekday - first_weekday + 7) % 7 + (day->week - 1) * 7;
        return wanted < month_end ? wanted : wanted - 7;
}

/* UTC of the change in `year`, the clocks showing `offset_s` until then. */
static int64_t change_in(const struct zone_day *day, int64_t year, int32_t offset_s)
{
        return (days_to_year(year) + day_in_year(day, year)) * DAY_S + day->time_s - offset_s;
}

int32_t zone_rule_offset_s(const struct zone_rule *rule, int64_t time)
{
        if (!rule->has_summer || time < 0)
                return rule->standard_s;
        int64_t local = time + rule->standard_s;
        int64_t year = year_of(local > 0 ? local : 0);
        int64_t begins = change_in(&rule->begins, year, rule->standard_s);
        int64_t ends = change_in(&rule->ends, year, rule->summer_s);
        bool summer = begins < ends ? time >= begins && time < ends : !(time >= ends && time < begins);
        return summer ? rule->summer_s : rule->standard_s;
}
