#include "sip/dtmf_info.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/text.h"

/* A piece of the body, without spaces around it. */
struct piece {
        const char *at;
        size_t len;
};

static bool is_space(char c)
{
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct piece trim(struct piece piece)
{
        while (piece.len && is_space(*piece.at)) {
                piece.at++;
                piece.len--;
        }
        while (piece.len && is_space(piece.at[piece.len - 1]))
                piece.len--;
        return piece;
}

static struct piece cut(struct piece *from, char at)
{
        const char *end = from->len ? memchr(from->at, at, from->len) : NULL;
        struct piece before = {from->at, end ? (size_t)(end - from->at) : from->len};
        size_t used = before.len + (end != NULL);
        from->at += used;
        from->len -= used;
        return trim(before);
}

static bool piece_is(struct piece piece, const char *word)
{
        return piece.len == strlen(word) && strncasecmp(piece.at, word, piece.len) == 0;
}

/* False: no number, or too large for anybody. */
static bool piece_number(struct piece piece, unsigned most, unsigned *out)
{
        *out = 0;
        for (size_t i = 0; i < piece.len; i++) {
                if (piece.at[i] < '0' || piece.at[i] > '9')
                        return false;
                *out = *out * 10 + (unsigned)(piece.at[i] - '0');
                if (*out > most)
                        return false;
        }
        return piece.len > 0;
}

static enum dtmf_found read_key(struct piece piece, char *digit)
{
        static const char keys[] = "0123456789*#ABCD";
        unsigned code;
        char c = piece.len == 1 ? *piece.at : '\0';
        if (c >= 'a' && c <= 'd')
                c = (char)(c - 'a' + 'A');
        if (c && strchr(keys, c)) {
                *digit = c;
                return DTMF_KEY;
        }
        if (piece_is(piece, "flash") || piece_is(piece, "hf") || piece_is(piece, "!"))
                return DTMF_OTHER;
        if (!piece_number(piece, 255, &code))
                return DTMF_BAD;
        if (code >= sizeof keys - 1)
                return DTMF_OTHER;
        *digit = keys[code];
        return DTMF_KEY;
}

static enum dtmf_found read_relay(struct piece body, struct dtmf_info *out)
{
        enum dtmf_found found = DTMF_BAD;
        while (body.len) {
                struct piece value = cut(&body, '\n');
                struct piece name = cut(&value, '=');
                value = trim(value);
                if (piece_is(name, "signal"))
                        found = read_key(value, &out->digit);
                else if (piece_is(name, "duration") && !piece_number(value, DTMF_INFO_MS, &out->ms))
                        out->ms = 0;
        }
        return found;
}

enum dtmf_found dtmf_info_read(const char *type, const char *body, size_t len, struct dtmf_info *out)
{
        enum dtmf_found found = DTMF_OTHER;
        *out = (struct dtmf_info){0};
        if (type && text_equal_nocase(type, DTMF_RELAY_TYPE))
                found = read_relay((struct piece){body, len}, out);
        else if (type && text_equal_nocase(type, "application/dtmf"))
                found = read_key(trim((struct piece){body, len}), &out->digit);
        if (found != DTMF_KEY)
                *out = (struct dtmf_info){0};
        return found;
}

size_t dtmf_info_write(const struct dtmf_info *key, char out[DTMF_INFO_SIZE])
{
        text_printf(out, DTMF_INFO_SIZE, "Signal=%c\r\nDuration=%u\r\n", key->digit, key->ms);
        return strlen(out);
}
