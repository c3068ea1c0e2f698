/* tag, suite, key parameters, session parameters: words between blanks. */
#include "sip/sdp_crypto.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "gateway/base/text.h"

#define TAG_DIGITS      9
#define LIFETIME_DIGITS 15 /* 2^48 has as many */
#define LIFETIME_POWER  48

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* One of 64, with no time told by a table in memory; -1: none. */
static int value64(char c)
{
        if (c >= 'A' && c <= 'Z')
                return c - 'A';
        if (c >= 'a' && c <= 'z')
                return c - 'a' + 26;
        if (c >= '0' && c <= '9')
                return c - '0' + 52;
        return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 4648 section 4, exactly `len` bytes; the padding may be left out, as some do. */
static bool base64_read(struct span text, uint8_t *out, size_t len)
{
        size_t whole = (len * 8 + 5) / 6, padding = (3 - len % 3) % 3;
        uint32_t bits = 0;
        unsigned n_bits = 0;
        if (text.len != whole && text.len != whole + padding)
                return false;
        for (size_t i = whole; i < text.len; i++)
                if (text.at[i] != '=')
                        return false;
        for (size_t i = 0; i < whole; i++) {
                int value = value64(text.at[i]);
                if (value < 0)
                        return false;
                bits = bits << 6 | (uint32_t)value;
                n_bits += 6;
                if (n_bits >= 8) {
                        n_bits -= 8;
                        *out++ = (uint8_t)(bits >> n_bits);
                }
        }
        return true;
}

static void base64_write(const uint8_t *bytes, size_t len, char *out)
{
        for (size_t i = 0; i < len; i += 3) {
                uint32_t bits = 0;
                for (size_t j = 0; j < 3; j++)
                        bits = bits << 8 | (i + j < len ? bytes[i + j] : 0u);
                for (size_t j = 0; j < 4; j++)
                        *out++ = i * 8 + j * 6 < len * 8 ? digits64[bits >> (18 - 6 * j) & 0x3f] : '=';
        }
        *out = '\0';
}

static bool all_digits(struct span text, size_t max)
{
        for (size_t i = 0; i < text.len; i++)
                if (!isdigit((unsigned char)text.at[i]))
                        return false;
        return text.len > 0 && text.len <= max;
}

/* "2^31" or a number. */
static bool lifetime_is_good(struct span text)
{
        unsigned power;
        if (text.len < 2 || strncmp(text.at, "2^", 2) != 0)
                return all_digits(text, LIFETIME_DIGITS);
        struct span number = {text.at + 2, text.len - 2};
        return span_take_number(&number, LIFETIME_POWER, &power) && number.len == 0;
}

/* inline:KEY[|lifetime][|MKI:length], and nothing behind a semicolon: that would be a second key. */
static bool read_key(struct span parameter, enum crypto_suite suite, struct crypto_key *key)
{
        struct span method = span_take_until(&parameter, ":");
        if (!span_is(method, "inline") || parameter.len == 0)
                return false;
        span_skip(&parameter, ":");
        struct span text = span_take_until(&parameter, "|");
        if (!base64_read(text, key->bytes, crypto_suite_info(suite)->key_len))
                return false;
        if (parameter.len == 0)
                return true;
        return lifetime_is_good((struct span){parameter.at + 1, parameter.len - 1});
}

/* Those that change nothing: a hint for the window, a key derivation rate of never, and what begins with a minus. */
static bool may_be_ignored(struct span parameter)
{
        struct span name = span_take_until(&parameter, "=");
        struct span value = {parameter.at + 1, parameter.len ? parameter.len - 1 : 0};
        if (*name.at == '-')
                return name.len > 1;
        return (span_is(name, "WSH") && all_digits(value, 2)) || (span_is(name, "KDR") && span_is(value, "0"));
}

static bool read_words(struct span value, struct sdp_crypto *crypto)
{
        struct span tag = span_take_word(&value), suite = span_take_word(&value), key = span_take_word(&value);
        unsigned number;
        if (!all_digits(tag, TAG_DIGITS) || !span_take_number(&tag, UINT32_MAX - 1, &number))
                return false;
        crypto->tag = number;
        crypto->suite = crypto_suite_by_name(suite.at, suite.len);
        if (crypto->suite == CRYPTO_NONE || !read_key(key, crypto->suite, &crypto->key))
                return false;
        for (struct span word; (word = span_take_word(&value)).len > 0;)
                if (!may_be_ignored(word))
                        return false;
        return true;
}

bool sdp_crypto_read(struct span value, struct sdp_crypto *crypto)
{
        *crypto = (struct sdp_crypto){0};
        bool good = read_words(value, crypto);
        if (!good)
                crypto_wipe(crypto, sizeof *crypto);
        return good;
}

void sdp_crypto_write(const struct sdp_crypto *crypto, char out[SDP_CRYPTO_TEXT_SIZE])
{
        const struct crypto_suite_info *info = crypto_suite_info(crypto->suite);
        char key[(CRYPTO_KEY_MAX + 2) / 3 * 4 + 1];
        base64_write(crypto->key.bytes, info->key_len, key);
        text_printf(out, SDP_CRYPTO_TEXT_SIZE, "%" PRIu32 " %s inline:%s", crypto->tag, info->name, key);
        crypto_wipe(key, sizeof key);
}
