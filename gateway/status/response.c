#include "gateway/status/response.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define LENGTH_DIGITS 15

struct line {
        const char *text;
        size_t len; /* without its end */
};

/* Lines end in CR LF; false: the text ends before. */
static bool take_line(const char **at, const char *end, struct line *line)
{
        const char *found = memchr(*at, '\n', (size_t)(end - *at));
        if (!found)
                return false;
        *line = (struct line){.text = *at, .len = (size_t)(found - *at)};
        if (line->len && line->text[line->len - 1] == '\r')
                line->len--;
        *at = found + 1;
        return true;
}

/* HTTP/1.x SP 3DIGIT, then a blank or nothing (RFC 9112 section 4). */
static bool read_status(const struct line *line, unsigned *status)
{
        const char *text = line->text;
        if (line->len < 12 || memcmp(text, "HTTP/1.", 7) != 0 || !isdigit((unsigned char)text[7]) || text[8] != ' ')
                return false;
        *status = 0;
        for (size_t i = 9; i < 12; i++) {
                if (!isdigit((unsigned char)text[i]))
                        return false;
                *status = *status * 10 + (unsigned)(text[i] - '0');
        }
        return (line->len == 12 || text[12] == ' ') && *status >= 100 && *status < 600;
}

static bool is_header(const struct line *line, const char *name)
{
        size_t len = strlen(name);
        return line->len > len && line->text[len] == ':' && strncasecmp(line->text, name, len) == 0;
}

static bool read_length(const struct line *line, size_t skip, struct response_head *head)
{
        size_t length = 0, digits = 0, at = skip;
        while (at < line->len && (line->text[at] == ' ' || line->text[at] == '\t'))
                at++;
        for (; at < line->len && isdigit((unsigned char)line->text[at]); at++, digits++)
                if (digits < LENGTH_DIGITS)
                        length = length * 10 + (size_t)(line->text[at] - '0');
        while (at < line->len && (line->text[at] == ' ' || line->text[at] == '\t'))
                at++;
        if (at != line->len || digits == 0 || digits > LENGTH_DIGITS || (head->sized && head->length != length))
                return false;
        head->sized = true;
        head->length = length;
        return true;
}

static bool read_header(const struct line *line, struct response_head *head)
{
        static const char length[] = "Content-Length";
        if (is_header(line, "Transfer-Encoding"))
                return false;
        if (is_header(line, length))
                return read_length(line, strlen(length) + 1, head);
        return line->text[0] != ':' && memchr(line->text, ':', line->len);
}

enum response_read response_read(const char *bytes, size_t len, struct response_head *out)
{
        const char *at = bytes, *end = bytes + (len < RESPONSE_HEAD_MAX ? len : RESPONSE_HEAD_MAX);
        struct response_head head = {0};
        struct line line;
        for (bool first = true; take_line(&at, end, &line); first = false) {
                if (!first && line.len == 0) {
                        head.size = (size_t)(at - bytes);
                        *out = head;
                        return RESPONSE_READ;
                }
                if (!(first ? read_status(&line, &head.status) : read_header(&line, &head)))
                        return RESPONSE_BAD;
        }
        return len < RESPONSE_HEAD_MAX ? RESPONSE_MORE : RESPONSE_BAD;
}
