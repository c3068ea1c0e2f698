/* One pass over the pattern, one element at a time. */
#include "config/dialplan.h"

#include <stdbool.h>
#include <string.h>

#define KEYS "0123456789*#"

static bool is_key(char c)
{
        return c && strchr(KEYS, c);
}

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

/* A range inside brackets, or one key: its length, 0 when it is neither. */
static size_t set_item(const char *at, const char **reason)
{
        if (!is_key(*at)) {
                *reason = *at ? "only digits, * and # stand between [ and ]" : "has a [ without its ]";
                return 0;
        }
        if (at[1] != '-')
                return 1;
        if (is_digit(at[0]) && is_digit(at[2]) && at[0] <= at[2])
                return 3;
        *reason = "has a range that is not from a lower to a higher digit";
        return 0;
}

/* The length of `[...]` at `at`; 0 and the offset of what is wrong otherwise. */
static size_t set_length(const char *at, const char **reason, size_t *wrong)
{
        size_t i = 1;
        if (at[i] == ']')
                *reason = "has [] with nothing between";
        while (!*reason && at[i] != ']')
                i += set_item(at + i, reason);
        *wrong = *reason && at[i] ? i : 0;
        return *reason ? 0 : i + 1;
}

/* The length of the element at `at`; 0: the reason is set, and where relative to `at`. */
static size_t element_length(const char *at, const char **reason, size_t *wrong)
{
        *wrong = 0;
        if (*at == '[')
                return set_length(at, reason, wrong);
        if (is_key(*at) || *at == '+' || *at == 'x' || *at == 'X')
                return 1;
        if (*at == '.' && (at[1] == 0 || (at[1] == '!' && at[2] == 0)))
                return 1;
        *reason = *at == '.'   ? "can have . at its end only"
                  : *at == '!' ? "can have ! behind everything else only"
                  : *at == ']' ? "has a ] without its ["
                               : "may only have digits, * # + x [2-9] . and !";
        return 0;
}

const char *dialplan_check(const char *pattern, size_t *offset)
{
        const char *reason = NULL, *at = pattern;
        while (*at && !(at > pattern && at[0] == '!' && at[1] == 0)) {
                size_t wrong, len = element_length(at, &reason, &wrong);
                *offset = (size_t)(at - pattern) + wrong;
                if (reason)
                        return reason;
                at += len;
        }
        *offset = 0;
        return at == pattern ? "must not be empty" : NULL;
}

size_t dialplan_length(const char *pattern)
{
        const char *reason = NULL;
        size_t count = 0, wrong;
        for (const char *at = pattern; *at && *at != '!'; count++)
                at += element_length(at, &reason, &wrong);
        return count;
}
