#include "sip/mail_summary.h"

#include <string.h>

#include "gateway/base/text.h"
#include "sip/identity.h"

/* A piece of the body. */
struct piece {
        const char *at;
        size_t len;
};

static struct piece trimmed(struct piece piece)
{
        while (piece.len > 0 && strchr(" \t\r", piece.at[piece.len - 1]))
                piece.len--;
        while (piece.len > 0 && strchr(" \t", *piece.at)) {
                piece.at++;
                piece.len--;
        }
        return piece;
}

static bool is_word(struct piece piece, const char *word)
{
        char text[40];
        return piece.len < sizeof text && memchr(piece.at, '\0', piece.len) == NULL &&
               text_copy_n(text, sizeof text, piece.at, piece.len) && text_equal_nocase(text, word);
}

/* Takes "digits" off the front. */
static bool number_take(struct piece *piece, unsigned *out)
{
        size_t digits = 0;
        *out = 0;
        for (; digits < piece->len && piece->at[digits] >= '0' && piece->at[digits] <= '9'; digits++) {
                *out = *out * 10 + (unsigned)(piece->at[digits] - '0');
                if (*out > MAIL_COUNT_MAX)
                        *out = MAIL_COUNT_MAX;
        }
        piece->at += digits;
        piece->len -= digits;
        return digits > 0;
}

static bool char_take(struct piece *piece, char c)
{
        *piece = trimmed(*piece);
        if (piece->len == 0 || *piece->at != c)
                return false;
        piece->at++;
        piece->len--;
        *piece = trimmed(*piece);
        return true;
}

static bool pair_take(struct piece *piece, unsigned *fresh, unsigned *old)
{
        return number_take(piece, fresh) && char_take(piece, '/') && number_take(piece, old);
}

static const char *waiting_read(struct piece value, struct sip_mail *out)
{
        out->waiting = is_word(value, "yes");
        return out->waiting || is_word(value, "no") ? NULL : "Messages-Waiting is neither yes nor no";
}

static const char *account_read(struct piece value, struct sip_mail *out)
{
        struct identity_address address;
        const char *at = value.at;
        size_t len = value.len;
        if (identity_next(&at, &len, &address))
                identity_number(address.uri, address.uri_len, out->account, sizeof out->account);
        return NULL;
}

/* "2/8 (0/2)": new/old, of those urgent */
static const char *voice_read(struct piece value, struct sip_mail *out)
{
        if (!pair_take(&value, &out->fresh, &out->old))
                return "Voice-Message has no counts";
        out->counted = true;
        if (!char_take(&value, '('))
                return NULL;
        return pair_take(&value, &out->urgent_fresh, &out->urgent_old) ? NULL : "Voice-Message has bad urgent counts";
}

static const struct field {
        const char *name;
        const char *(*read)(struct piece, struct sip_mail *);
} fields[] = {
        {"Messages-Waiting", waiting_read},
        {"Message-Account", account_read},
        {"Voice-Message", voice_read},
};

static const char *line_read(struct piece line, struct sip_mail *out, bool *told)
{
        const char *colon = memchr(line.at, ':', line.len);
        if (!colon)
                return NULL; /* the empty line before the messages' own headers, or nonsense */
        struct piece name = trimmed((struct piece){line.at, (size_t)(colon - line.at)});
        struct piece value = trimmed((struct piece){colon + 1, line.len - (size_t)(colon + 1 - line.at)});
        for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
                if (is_word(name, fields[i].name)) {
                        *told |= i == 0;
                        return fields[i].read(value, out);
                }
        }
        return NULL;
}

const char *mail_summary_read(const char *text, size_t len, struct sip_mail *out)
{
        const char *problem = len > MAIL_SUMMARY_SIZE_MAX ? "too large" : NULL;
        bool told = false;
        *out = (struct sip_mail){0};
        while (!problem && len > 0) {
                const char *end = memchr(text, '\n', len);
                size_t line_len = end ? (size_t)(end - text) : len;
                problem = line_read((struct piece){text, line_len}, out, &told);
                text += end ? line_len + 1 : line_len;
                len -= end ? line_len + 1 : line_len;
        }
        if (!problem && !told)
                problem = "Messages-Waiting is missing";
        if (problem)
                *out = (struct sip_mail){0};
        return problem;
}
