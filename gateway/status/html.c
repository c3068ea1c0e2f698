#include "gateway/status/html.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "gateway/base/text.h"

static const char *entity(char c)
{
        switch (c) {
        case '&':
                return "&amp;";
        case '<':
                return "&lt;";
        case '>':
                return "&gt;";
        case '"':
                return "&quot;";
        case '\'':
                return "&#39;";
        default:
                return NULL;
        }
}

static int is_control(const char *at, size_t len)
{
        unsigned char first = (unsigned char)at[0];
        return len == 1 ? first < ' ' || first == 0x7F : len == 2 && first == 0xC2 && (unsigned char)at[1] < 0xA0;
}

void html_text(FILE *to, const char *text)
{
        for (size_t left = text ? strlen(text) : 0, len; left > 0; text += len, left -= len) {
                len = text_utf8_next(text, left);
                const char *instead = len == 0 ? "?" : is_control(text, len) ? "." : entity(*text);
                if (instead)
                        fputs(instead, to);
                else
                        fwrite(text, 1, len, to);
                len += len == 0;
        }
}

void html_put(FILE *to, const char *format, ...)
{
        va_list args;
        va_start(args, format);
        for (const char *at = format; *at; at++) {
                if (*at != '%') {
                        fputc(*at, to);
                        continue;
                }
                at++;
                assert(*at == 's' || *at == '%');
                if (*at == 's')
                        html_text(to, va_arg(args, const char *));
                else
                        fputc('%', to);
        }
        va_end(args);
}
