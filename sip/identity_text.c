/* The pieces of identity headers: names, numbers and parameters out of raw header text, cleaned for a display. */
#include <string.h>
#include <strings.h>

#include "gateway/base/text.h"
#include "sip/identity.h"

#define WHITE    " \t\r\n"
#define CLEAN_AT 512 /* longer names and numbers are cut before they are cleaned */

static bool is_one_of(char c, const char *set)
{
        return c != '\0' && strchr(set, c);
}

static void trim(const char **at, size_t *len)
{
        while (*len && is_one_of(**at, WHITE)) {
                ++*at;
                --*len;
        }
        while (*len && is_one_of((*at)[*len - 1], WHITE))
                --*len;
}

/* The place of the first of `stops` outside quoted strings; `len` when there is none. */
static size_t find_unquoted(const char *text, size_t len, const char *stops)
{
        bool quoted = false;
        for (size_t i = 0; i < len; i++) {
                if (quoted && text[i] == '\\')
                        i++;
                else if (text[i] == '"')
                        quoted = !quoted;
                else if (!quoted && is_one_of(text[i], stops))
                        return i;
        }
        return len;
}

static size_t find_any(const char *text, size_t len, const char *stops)
{
        size_t i = 0;
        while (i < len && !is_one_of(text[i], stops))
                i++;
        return i;
}

static void advance(const char **at, size_t *len, size_t by)
{
        *at += by;
        *len -= by;
}

bool identity_next(const char **value, size_t *len, struct identity_address *out)
{
        *out = (struct identity_address){0};
        while (*len && is_one_of(**value, WHITE ","))
                advance(value, len, 1);
        if (*len == 0)
                return false;
        size_t at = find_unquoted(*value, *len, "<,;");
        if (at < *len && (*value)[at] == '<') {
                out->name = *value;
                out->name_len = at;
                advance(value, len, at + 1);
                at = find_any(*value, *len, ">");
        }
        out->uri = *value;
        out->uri_len = at;
        advance(value, len, at);
        if (*len && **value == '>')
                advance(value, len, 1);
        at = find_unquoted(*value, *len, ",");
        out->params = *value;
        out->params_len = at;
        advance(value, len, at);
        trim(&out->name, &out->name_len);
        trim(&out->uri, &out->uri_len);
        return true;
}

/* --- text for a display --- */

static size_t control_len(const char *text, size_t len)
{
        const unsigned char *bytes = (const unsigned char *)text;
        if (len >= 1 && (bytes[0] < 0x20 || bytes[0] == 0x7f))
                return 1;
        return len >= 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0 ? 2 : 0; /* U+0080 to U+009F */
}

/* Control characters are dropped, bytes that are no UTF-8 become '?', what does not fit is cut. */
static void clean(const char *text, size_t len, char *out, size_t size)
{
        size_t used = 0;
        while (len > 0) {
                size_t step = text_utf8_next(text, len);
                const char *character = step ? text : "?";
                size_t bytes = step ? step : 1;
                if (step && control_len(text, len)) {
                        advance(&text, &len, step);
                        continue;
                }
                if (used + bytes >= size)
                        break;
                memcpy(out + used, character, bytes);
                used += bytes;
                advance(&text, &len, bytes);
        }
        out[used] = '\0';
}

void identity_name(const char *name, size_t len, char *out, size_t size)
{
        char plain[CLEAN_AT];
        size_t used = 0;
        trim(&name, &len);
        bool quoted = len > 0 && *name == '"';
        for (size_t i = quoted; i < len && used < sizeof(plain) && !(quoted && name[i] == '"'); i++) {
                if (quoted && name[i] == '\\' && i + 1 < len)
                        i++;
                plain[used++] = name[i];
        }
        clean(plain, used, out, size);
}

bool identity_param(const char *params, size_t len, const char *name, char *out, size_t size)
{
        while (len > 0) {
                size_t end = find_unquoted(params, len, ";");
                size_t equals = find_any(params, end, "=");
                const char *key = params;
                size_t key_len = equals;
                trim(&key, &key_len);
                if (key_len == strlen(name) && strncasecmp(key, name, key_len) == 0) {
                        size_t from = equals < end ? equals + 1 : end;
                        identity_name(params + from, end - from, out, size);
                        return true;
                }
                advance(&params, &len, end < len ? end + 1 : end);
        }
        return false;
}

/* --- numbers --- */

static int hex_digit(char c)
{
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *at = c ? strchr(digits, c) : NULL;
        return at ? (int)((at - digits) % 16) : -1;
}

static void decode_number(const char *text, size_t len, const char *ignored, char *out, size_t size)
{
        char plain[CLEAN_AT];
        size_t used = 0;
        for (size_t i = 0; i < len && used < sizeof(plain); i++) {
                int high = text[i] == '%' && i + 2 < len ? hex_digit(text[i + 1]) : -1;
                int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
                if (low >= 0) {
                        plain[used++] = (char)(high * 16 + low);
                        i += 2;
                } else if (!is_one_of(text[i], ignored)) {
                        plain[used++] = text[i];
                }
        }
        clean(plain, used, out, size);
}

static bool take_scheme(const char **uri, size_t *len, const char *scheme)
{
        size_t size = strlen(scheme);
        if (*len < size || strncasecmp(*uri, scheme, size) != 0)
                return false;
        advance(uri, len, size);
        return true;
}

bool identity_is_tel(const char *uri, size_t len)
{
        return take_scheme(&uri, &len, "tel:");
}

void identity_number(const char *uri, size_t len, char *out, size_t size)
{
        out[0] = '\0';
        if (take_scheme(&uri, &len, "tel:")) {
                decode_number(uri, find_any(uri, len, ";"), "-.()", out, size); /* visual separators, RFC 3966 */
        } else if (take_scheme(&uri, &len, "sip:") || take_scheme(&uri, &len, "sips:")) {
                size_t user_len = find_any(uri, len, "@");
                if (user_len < len)
                        decode_number(uri, find_any(uri, user_len, ";:"), "", out, size);
        }
}

bool identity_is_anonymous(const char *uri, size_t len)
{
        static const char nowhere[] = ".invalid";
        char user[sizeof("anonymous") + 1];
        identity_number(uri, len, user, sizeof(user));
        if (text_equal_nocase(user, "anonymous"))
                return true;
        advance(&uri, &len, find_any(uri, len, "@"));
        size_t host_len = find_any(uri, len, ":;?");
        size_t tail = sizeof(nowhere) - 1;
        return host_len > tail && strncasecmp(uri + host_len - tail, nowhere, tail) == 0;
}
