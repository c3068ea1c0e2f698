#include "sip/plain_text.h"

#include <string.h>

#include "gateway/base/text.h"

enum encoding { UTF8, LATIN1 };

static const struct {
        const char *name;
        enum encoding encoding;
} charsets[] = {
        {"utf-8", UTF8}, {"utf8", UTF8}, {"us-ascii", UTF8}, {"iso-8859-1", LATIN1}, {"latin1", LATIN1},
};

/* `charset` may stand in quotes. False: we do not know it. */
static bool find_encoding(const char *charset, enum encoding *encoding)
{
        *encoding = UTF8;
        if (!charset || !*charset)
                return true;
        bool quoted = *charset == '"';
        char name[24] = "";
        size_t len = strcspn(charset + quoted, "\"");
        if (len >= sizeof name)
                return false;
        text_copy_n(name, sizeof name, charset + quoted, len);
        for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
                if (text_equal_nocase(charsets[i].name, name)) {
                        *encoding = charsets[i].encoding;
                        return true;
                }
        return false;
}

/* False: it does not fit. */
static bool put(char *out, size_t size, size_t *used, unsigned char byte)
{
        if (*used + 1 >= size)
                return false;
        out[(*used)++] = (char)byte;
        return true;
}

/* U+0080 to U+009F are control characters too. */
static bool put_latin1(char *out, size_t size, size_t *used, unsigned char byte)
{
        if (byte < 0xA0)
                return put(out, size, used, byte < 0x20 || byte >= 0x7F ? ' ' : byte);
        return put(out, size, used, 0xC0 | byte >> 6) && put(out, size, used, 0x80 | (byte & 0x3F));
}

static bool is_c1(const unsigned char *at, size_t left)
{
        return left >= 2 && at[0] == 0xC2 && at[1] < 0xA0;
}

static bool copy(char *out, size_t size, size_t *used, const unsigned char *body, size_t len, enum encoding encoding)
{
        for (size_t i = 0; i < len; i++) {
                bool fits;
                if (encoding == LATIN1) {
                        fits = put_latin1(out, size, used, body[i]);
                } else {
                        bool c1 = is_c1(body + i, len - i);
                        fits = put(out, size, used, c1 || body[i] < 0x20 || body[i] == 0x7F ? ' ' : body[i]);
                        i += c1;
                }
                if (!fits)
                        return false;
        }
        return true;
}

int plain_text_read(const char *type, const char *charset, const char *body, size_t len, char *out, size_t size)
{
        enum encoding encoding;
        size_t used = 0;
        *out = '\0';
        if ((type && !text_equal_nocase(type, "text/plain")) || !find_encoding(charset, &encoding))
                return 415;
        while (len && strchr(" \t\r\n", body[len - 1]) && body[len - 1])
                len--;
        if (len == 0 || (encoding == UTF8 && !text_is_utf8(body, len)))
                return 400;
        if (!copy(out, size, &used, (const unsigned char *)body, len, encoding)) {
                *out = '\0';
                return 413;
        }
        out[used] = '\0';
        return 0;
}
