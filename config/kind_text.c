/* Texts: free ones, those of a small alphabet, and dial plan patterns. They go to phones and into SIP headers, so none
 * may contain control characters. */
#include <string.h>

#include "config/dialplan.h"
#include "config/option.h"
#include "config/source.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

bool kind_keep_text(struct reading *r, const char *text)
{
        const char *copy = arena_text(r->arena, text, strlen(text));
        memcpy(r->at, &copy, sizeof(copy));
        return true;
}

const char *kind_print_text(struct printing *p)
{
        const char *text;
        memcpy(&text, p->at, sizeof(text));
        return text;
}

static long count_characters(const char *text)
{
        long count = 0;
        for (; *text; text++)
                count += ((unsigned char)*text & 0xC0) != 0x80;
        return count;
}

/* C0, DEL, and C1 as UTF-8 writes it. */
static bool has_control_character(const char *text)
{
        const unsigned char *at = (const unsigned char *)text;
        for (; *at; at++)
                if (*at < 0x20 || *at == 0x7F || (at[0] == 0xC2 && at[1] < 0xA0))
                        return true;
        return false;
}

bool kind_read_text(struct reading *r, const char *text)
{
        const struct option *option = r->option;
        const char *alphabet = option->kind->alphabet;
        long count = count_characters(text);
        if (has_control_character(text))
                return reading_refuse(r, "must not contain control characters such as line ends");
        if (count < option->min && option->min > 1)
                return reading_refuse(r, "must have at least %ld characters", option->min);
        if (count < option->min)
                return reading_refuse(r, "must not be empty");
        if (count > option->max)
                return reading_refuse(r, "must have at most %ld characters, not %ld", option->max, count);
        r->offset = alphabet ? strspn(text, alphabet) : 0;
        if (alphabet && text[r->offset])
                return reading_refuse(r, "may only have %s", option->kind->alphabet_name);
        return kind_keep_text(r, text);
}

#define TEXT(what, characters, named, regex)                                                                           \
        {                                                                                                              \
                .name = what, .limits = LIMITS_LENGTH, .alphabet = characters, .alphabet_name = named,                 \
                .pattern = regex, .read = kind_read_text, .print = kind_print_text,                                    \
        }

const struct kind kind_text = TEXT("text", NULL, NULL, NULL);
const struct kind kind_path = TEXT("path", NULL, NULL, NULL);

/* Beside the configuration, as one who writes it expects. */
static bool read_file(struct reading *r, const char *text)
{
        return kind_read_text(r, text) && kind_keep_text(r, r->folder ? path_join(r->arena, r->folder, text) : text);
}

const struct kind kind_file = {
        .name = "file, relative to the configuration",
        .limits = LIMITS_LENGTH,
        .read = read_file,
        .print = kind_print_text,
};
const struct kind kind_id = TEXT("name", LETTERS DIGITS "_-.+*#@/", "letters, digits and _ - . + * # @ /",
                                 "^[A-Za-z0-9_.+*#@/-]*$");
const struct kind kind_dialable = TEXT("number", LETTERS DIGITS "*#+._-", "digits, letters and * # + . _ -",
                                       "^[A-Za-z0-9*#+._-]*$");
/* RFC 3261 section 25.1, user */
const struct kind kind_user = TEXT("SIP user", LETTERS DIGITS "-_.!~*'()%&=+$,;?/",
                                   "letters, digits and - _ . ! ~ * ' ( ) % & = + $ , ; ? /",
                                   "^[A-Za-z0-9_.!~*'()%&=+$,;?/-]*$");
const struct kind kind_model = TEXT("model", LETTERS DIGITS "+-_", "letters, digits and + - _", "^[A-Za-z0-9+_-]*$");
const struct kind kind_digits = TEXT("digits", DIGITS "*#+", "digits and * # +", "^[0-9*#+]*$");

static bool read_dial_pattern(struct reading *r, const char *text)
{
        const char *reason = dialplan_check(text, &r->offset);
        if (reason)
                return reading_refuse(r, "%s, at character %zu", reason, r->offset + 1);
        return kind_read_text(r, text);
}

const struct kind kind_dial_pattern = {
        .name = "pattern",
        .limits = LIMITS_LENGTH,
        .pattern = "^([0-9xX*#+.]|\\[[0-9*#-]+\\])+!?$",
        .read = read_dial_pattern,
        .print = kind_print_text,
};

static bool read_url(struct reading *r, const char *text)
{
        size_t host = strncmp(text, "http://", 7) == 0 ? 7 : strncmp(text, "https://", 8) == 0 ? 8 : 0;
        if (!host || !text[host] || strchr(text, ' '))
                return reading_refuse(r, "must be an address such as http://intranet/menu.xml");
        return kind_read_text(r, text);
}

const struct kind kind_url = {
        .name = "http address",
        .pattern = "^https?://[^ ]+$",
        .read = read_url,
        .print = kind_print_text,
};
