/* Dial plan patterns against digits, one position at a time. Digits come from phones, patterns from the
 * configuration; both end in a NUL. */
#include "gateway/core/dial.h"

#include <stdint.h>
#include <string.h>

#include "gateway/base/text.h"

enum fit {
        FIT_NO,
        FIT_BEGINNING, /* the pattern wants more */
        FIT_WHOLE,
        FIT_WHOLE_AT_ONCE, /* and it ends in ! */
};

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool is_literal(char c)
{
        return is_digit(c) || c == '*' || c == '#' || c == '+';
}

/* Reads "[2-9*]" at `*at` (just behind the bracket) and steps over it. False: it does not hold `c`, or is no set. */
static bool set_takes(const char **at, char c)
{
        bool found = false;
        const char *p = *at;
        while (is_literal(*p)) {
                char first = *p, last = *p;
                if (p[1] == '-') {
                        if (!is_digit(first) || !is_digit(p[2]))
                                return false;
                        last = p[2];
                        p += 2;
                }
                found |= first <= c && c <= last;
                p++;
        }
        *at = p + 1;
        return found && *p == ']';
}

/* One element of a pattern against one digit; steps over the element. */
static bool element_takes(const char **at, char digit)
{
        char element = *(*at)++;
        if (element == 'x')
                return is_digit(digit);
        if (element == '[')
                return set_takes(at, digit);
        return is_literal(element) && element == digit;
}

static enum fit fit_end(const char *rest)
{
        if (*rest == '\0')
                return FIT_WHOLE;
        return strcmp(rest, "!") == 0 ? FIT_WHOLE_AT_ONCE : FIT_BEGINNING;
}

static enum fit pattern_fit(const char *pattern, const char *digits)
{
        for (; *digits; digits++) {
                if (*pattern == '.')
                        return fit_end(pattern + 1) == FIT_BEGINNING ? FIT_NO : fit_end(pattern + 1);
                if (!element_takes(&pattern, *digits))
                        return FIT_NO;
        }
        return fit_end(pattern);
}

/* The first rule that these digits fit at least as far as `least`; NULL: none. */
static const struct dial_rule *rule_find(const struct dial_plan *plan, const char *digits, enum fit least)
{
        for (size_t i = 0; i < plan->n_rules; i++)
                if (pattern_fit(plan->rules[i].match, digits) >= least)
                        return &plan->rules[i];
        return NULL;
}

enum dial_answer dial_check(const struct dial_plan *plan, const char *digits)
{
        if (plan->n_rules == 0)
                return DIAL_MORE;
        const struct dial_rule *rule = rule_find(plan, digits, FIT_BEGINNING);
        if (!rule)
                return DIAL_INVALID;
        return pattern_fit(rule->match, digits) == FIT_WHOLE_AT_ONCE ? DIAL_COMPLETE : DIAL_MORE;
}

enum dial_answer dial_finish(const struct dial_plan *plan, const char *digits, char number[PARTY_NUMBER_SIZE])
{
        static const struct dial_rule as_typed = {.match = ""};
        const struct dial_rule *rule = plan->n_rules ? rule_find(plan, digits, FIT_WHOLE) : &as_typed;
        if (!rule)
                return DIAL_INVALID;
        size_t len = strlen(digits), strip = rule->strip < len ? rule->strip : len;
        bool fits = text_printf(number, PARTY_NUMBER_SIZE, "%s%s", rule->prepend ? rule->prepend : "", digits + strip);
        return fits && *number ? DIAL_COMPLETE : DIAL_INVALID;
}

static size_t literal_prefix(const char *pattern)
{
        size_t len = 0;
        while (is_literal(pattern[len]))
                len++;
        return len;
}

bool dial_outside_tone(const struct dial_plan *plan, const char *digits)
{
        const struct dial_rule *rule = *digits ? rule_find(plan, digits, FIT_BEGINNING) : NULL;
        return rule && rule->outside_tone && literal_prefix(rule->match) == strlen(digits);
}
