/* Bounded text: every function here knows the size of its target and never leaves half a UTF-8 character. */
#include "gateway/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WORD_MAX 64 /* text_distance compares option names, not prose */

/* Well-formed sequences by their first two bytes (Unicode table 3-7): no overlong forms, surrogates, or past U+10FFFF.
 */
static const struct lead {
        uint8_t first, last;            /* lead byte */
        uint8_t second_min, second_max; /* the bytes after the second are 80..BF */
        uint8_t len;
} leads[] = {
        {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static const struct lead *lead_of(char byte)
{
        uint8_t value = (uint8_t)byte;
        for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
                if (value >= leads[i].first && value <= leads[i].last)
                        return &leads[i];
        return NULL;
}

static bool is_continuation(char byte)
{
        return ((uint8_t)byte & 0xc0) == 0x80;
}

size_t text_utf8_next(const char *text, size_t len)
{
        const struct lead *lead = len ? lead_of(*text) : NULL;
        if (!lead || lead->len > len)
                return 0;
        if (lead->len > 1 && ((uint8_t)text[1] < lead->second_min || (uint8_t)text[1] > lead->second_max))
                return 0;
        for (size_t i = 2; i < lead->len; i++)
                if (!is_continuation(text[i]))
                        return 0;
        return lead->len;
}

bool text_is_utf8(const char *text, size_t len)
{
        while (len > 0) {
                size_t step = text_utf8_next(text, len);
                if (step == 0)
                        return false;
                text += step;
                len -= step;
        }
        return true;
}

/* `len` less the beginning of a character that does not end inside it. Text that is no UTF-8 stays as it is. */
static size_t drop_partial(const char *text, size_t len)
{
        size_t at = len;
        while (at > 0 && len - at < 3 && is_continuation(text[at - 1]))
                at--;
        if (at == 0)
                return len;
        const struct lead *lead = lead_of(text[at - 1]);
        return lead && lead->len > len - at + 1 ? at - 1 : len;
}

size_t text_utf8_cut(const char *text, size_t max_bytes)
{
        size_t len = strnlen(text, max_bytes);
        return len < max_bytes || text[len] == '\0' ? len : drop_partial(text, len);
}

bool text_copy_n(char *to, size_t size, const char *from, size_t len)
{
        if (size == 0)
                return false;
        len = from ? strnlen(from, len) : 0;
        bool fits = len < size;
        if (!fits)
                len = drop_partial(from, size - 1);
        if (len > 0)
                memcpy(to, from, len);
        to[len] = '\0';
        return fits;
}

bool text_copy(char *to, size_t size, const char *from)
{
        return text_copy_n(to, size, from, SIZE_MAX);
}

static bool print_at(char *to, size_t size, size_t at, const char *format, va_list args)
{
        if (at >= size)
                return false;
        int len = vsnprintf(to + at, size - at, format, args);
        if (len < 0)
                to[at] = '\0';
        else if ((size_t)len >= size - at)
                to[drop_partial(to, size - 1)] = '\0';
        return len >= 0 && (size_t)len < size - at;
}

bool text_printf(char *to, size_t size, const char *format, ...)
{
        va_list args;
        va_start(args, format);
        bool fits = print_at(to, size, 0, format, args);
        va_end(args);
        return fits;
}

bool text_append(char *to, size_t size, const char *format, ...)
{
        va_list args;
        va_start(args, format);
        bool fits = print_at(to, size, strnlen(to, size), format, args);
        va_end(args);
        return fits;
}

void text_tame(char *text)
{
        for (size_t left = strlen(text), len; left > 0; text += len, left -= len) {
                uint8_t first = (uint8_t)*text;
                len = text_utf8_next(text, left);
                if (len == 0)
                        *text = '?';
                else if (first < 0x20 || first == 0x7f)
                        *text = '.';
                else if (len == 2 && first == 0xc2 && (uint8_t)text[1] < 0xa0)
                        text[0] = text[1] = '.'; /* C1, which terminals obey too */
                len += len == 0;
        }
}

bool text_equal(const char *a, const char *b)
{
        return a && b ? strcmp(a, b) == 0 : a == b;
}

static char lower(char byte)
{
        return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

bool text_equal_nocase(const char *a, const char *b)
{
        if (!a || !b)
                return a == b;
        while (*a && lower(*a) == lower(*b))
                a++, b++;
        return lower(*a) == lower(*b);
}

bool text_is_digits(const char *text)
{
        return text && *text && text[strspn(text, "0123456789")] == '\0';
}

static unsigned least(unsigned a, unsigned b)
{
        return a < b ? a : b;
}

/* Optimal string alignment: rows[i % 3][j] is the distance of the first i bytes of a from the first j of b. A swap
 * looks two rows back, so three rows are kept. */
unsigned text_distance(const char *a, const char *b, unsigned limit)
{
        unsigned rows[3][WORD_MAX + 1];
        size_t a_len = strnlen(a, WORD_MAX + 1), b_len = strnlen(b, WORD_MAX + 1);
        if (a_len > WORD_MAX || b_len > WORD_MAX)
                return limit + 1;
        for (size_t i = 0; i <= a_len; i++) {
                unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
                for (size_t j = 0; j <= b_len; j++) {
                        if (i == 0 || j == 0) {
                                row[j] = (unsigned)(i + j);
                                continue;
                        }
                        row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
                        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                                row[j] = least(row[j], two_above[j - 2] + 1);
                }
        }
        return least(rows[a_len % 3][b_len], limit + 1);
}
