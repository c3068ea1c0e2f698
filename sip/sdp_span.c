/* Words of a text that is not ours and has no end but its length. */
#include "sip/sdp_span.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_one_of(char c, const char *set)
{
        return c != '\0' && strchr(set, c);
}

struct span span_take_until(struct span *from, const char *ends)
{
        struct span word = {from->at, 0};
        while (word.len < from->len && !is_one_of(word.at[word.len], ends))
                word.len++;
        from->at += word.len;
        from->len -= word.len;
        return word;
}

void span_skip(struct span *from, const char *what)
{
        while (from->len && is_one_of(*from->at, what)) {
                from->at++;
                from->len--;
        }
}

struct span span_take_word(struct span *from)
{
        span_skip(from, " \t");
        return span_take_until(from, " \t");
}

/* Lines end in CR LF, or in less with some. */
bool span_take_line(struct span *from, struct span *line)
{
        span_skip(from, "\r\n");
        *line = span_take_until(from, "\r\n");
        return line->len > 0;
}

/* Digits at the front, at most `max`; what follows them stays. */
bool span_take_number(struct span *from, unsigned max, unsigned *out)
{
        size_t digits = 0;
        unsigned long value = 0;
        for (; digits < from->len && isdigit((unsigned char)from->at[digits]) && value <= max; digits++)
                value = value * 10 + (unsigned long)(from->at[digits] - '0');
        if (digits == 0 || value > max)
                return false;
        from->at += digits;
        from->len -= digits;
        *out = (unsigned)value;
        return true;
}

bool span_is(struct span span, const char *text)
{
        size_t len = strlen(text);
        return span.len == len && strncasecmp(span.at, text, len) == 0;
}
