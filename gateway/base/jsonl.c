#include "gateway/base/jsonl.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/text.h"

#define TAIL 8 /* kept free for what closes it */

void jsonl_begin(struct jsonl *line)
{
        *line = (struct jsonl){.text = "{", .len = 1, .depth = 1};
}

/* All of it or nothing. */
static bool put(struct jsonl *line, const char *text, size_t len)
{
        if (len > sizeof line->text - TAIL - line->len)
                return false;
        memcpy(line->text + line->len, text, len);
        line->len += len;
        return true;
}

static bool put_escaped(struct jsonl *line, const char *text)
{
        for (size_t left = strlen(text), len; left > 0; text += len, left -= len) {
                char escape[8];
                bool good;
                len = text_utf8_next(text, left);
                if (len == 0) {
                        good = put(line, "\xef\xbf\xbd", 3);
                        len = 1;
                } else if (len == 1 && ((unsigned char)*text < ' ' || *text == 0x7F)) {
                        snprintf(escape, sizeof escape, "\\u%04x", (unsigned)(unsigned char)*text);
                        good = put(line, escape, 6);
                } else if (*text == '"' || *text == '\\') {
                        good = put(line, (char[]){'\\', *text}, 2);
                } else {
                        good = put(line, text, len);
                }
                if (!good)
                        return false;
        }
        return true;
}

/* `,"key":`, without the comma behind an opening brace. Keys are ours. */
static bool put_key(struct jsonl *line, const char *key)
{
        bool first = line->text[line->len - 1] == '{';
        return put(line, first ? "\"" : ",\"", first ? 1 : 2) && put(line, key, strlen(key)) && put(line, "\":", 2);
}

void jsonl_text(struct jsonl *line, const char *key, const char *value)
{
        size_t before = line->len;
        if (value && !(put_key(line, key) && put(line, "\"", 1) && put_escaped(line, value) && put(line, "\"", 1)))
                line->len = before;
}

void jsonl_number(struct jsonl *line, const char *key, int64_t value)
{
        char text[24];
        size_t before = line->len;
        snprintf(text, sizeof text, "%lld", (long long)value);
        if (!put_key(line, key) || !put(line, text, strlen(text)))
                line->len = before;
}

void jsonl_time(struct jsonl *line, const char *key, int64_t ms)
{
        char day[32], text[48];
        time_t seconds = (time_t)(ms / 1000);
        struct tm utc;
        gmtime_r(&seconds, &utc);
        strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &utc);
        snprintf(text, sizeof text, "%s.%03dZ", day, (int)(ms % 1000));
        jsonl_text(line, key, text);
}

void jsonl_open(struct jsonl *line, const char *key)
{
        size_t before = line->len;
        if (line->depth < TAIL - 2 && put_key(line, key) && put(line, "{", 1))
                line->depth++;
        else
                line->len = before;
}

void jsonl_close(struct jsonl *line)
{
        if (line->depth > 1 && put(line, "}", 1))
                line->depth--;
}

/* The room for it was kept. */
void jsonl_end(struct jsonl *line)
{
        for (; line->depth > 0; line->depth--)
                line->text[line->len++] = '}';
        line->text[line->len++] = '\n';
        line->text[line->len] = '\0';
}
