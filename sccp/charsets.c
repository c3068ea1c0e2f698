/* A set is tried out: every byte, and every pair whose first byte is no character alone. iconv is then not needed any
 * more, text is put by a table (charset.c). Of several codes of a character the first is taken. */
#include "sccp/charsets.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/charset.h"
#include "gateway/base/log.h"
#include "gateway/base/text.h"

#define CODES_MAX 0x10000
#define FIRST_BYTE                                                                                                     \
        0x81 /* 0x80 is the prefix of label codes: a character of that byte alone is left to its near letter */
#define FIRST_TRAIL 0x30

struct charsets_entry {
        struct charsets_entry *next;
        struct sccp_charset charset;
        struct sccp_code codes[];
};

/* The character of a code of `len` bytes; 0: none of its own. */
static uint16_t decode(iconv_t converter, uint16_t code, size_t len)
{
        char bytes[2] = {(char)(code >> 8), (char)code};
        uint16_t character[2] = {0};
        char *in = len == 2 ? bytes : bytes + 1, *out = (char *)character;
        size_t in_left = len, out_left = sizeof character;
        iconv(converter, NULL, NULL, NULL, NULL);
        bool whole = iconv(converter, &in, &in_left, &out, &out_left) == 0 && in_left == 0;
        /* some sets wait with a letter whether a mark follows */
        whole = whole && iconv(converter, NULL, NULL, &out, &out_left) == 0;
        bool one = whole && out_left == sizeof character - sizeof *character;
        return one && character[0] >= 0xA0 ? character[0] : 0;
}

static size_t decode_all(iconv_t converter, uint16_t codes[CODES_MAX])
{
        size_t count = 0;
        for (unsigned first = FIRST_BYTE; first <= 0xFF; first++) {
                uint16_t character = decode(converter, (uint16_t)first, 1);
                for (unsigned code = first << 8 | FIRST_TRAIL; !character && code <= (first << 8 | 0xFF); code++) {
                        uint16_t of_two = decode(converter, (uint16_t)code, 2);
                        count += of_two && !codes[of_two];
                        if (of_two && !codes[of_two])
                                codes[of_two] = (uint16_t)code;
                }
                count += character && !codes[character];
                if (character && !codes[character])
                        codes[character] = (uint16_t)first;
        }
        return count;
}

/* `codes` by character, 0 for none, packed into an entry. */
static struct charsets_entry *pack(const uint16_t codes[CODES_MAX], size_t count)
{
        struct charsets_entry *entry = calloc(1, sizeof *entry + count * sizeof *entry->codes);
        if (!entry)
                return NULL;
        entry->charset.codes = entry->codes;
        for (unsigned character = 0; character < CODES_MAX; character++)
                if (codes[character])
                        entry->codes[entry->charset.n_codes++] = (struct sccp_code){(uint16_t)character,
                                                                                    codes[character]};
        return entry;
}

static struct charsets_entry *make(const struct charset_name *name)
{
        iconv_t converter = iconv_open(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? "UCS-2LE" : "UCS-2BE", name->iconv);
        uint16_t *codes = calloc(CODES_MAX, sizeof *codes);
        struct charsets_entry *entry = NULL;
        if (converter != (iconv_t)-1 && codes)
                entry = pack(codes, decode_all(converter, codes));
        if (converter != (iconv_t)-1)
                iconv_close(converter);
        free(codes);
        return entry;
}

static struct charsets_entry *add(struct charsets *charsets, const struct charset_name *name)
{
        struct charsets_entry *entry = make(name);
        if (!entry)
                log_warning(name->name, "this machine cannot make that character set, phones there get iso8859-1");
        if (!entry)
                entry = calloc(1, sizeof *entry);
        if (!entry)
                return NULL;
        entry->charset.latin1 = entry->charset.n_codes == 0;
        entry->charset.name = name->name;
        entry->next = charsets->first;
        charsets->first = entry;
        return entry;
}

const struct sccp_charset *charsets_find(struct charsets *charsets, const char *name)
{
        const struct charset_name *known = name ? charset_by_name(name) : NULL;
        if (!known || known == charset_by_name(sccp_latin1.name))
                return &sccp_latin1;
        const struct charsets_entry *entry = charsets->first;
        while (entry && !text_equal(entry->charset.name, known->name))
                entry = entry->next;
        if (!entry)
                entry = add(charsets, known);
        return entry ? &entry->charset : &sccp_latin1;
}

void charsets_clear(struct charsets *charsets)
{
        for (struct charsets_entry *entry = charsets->first, *next; entry; entry = next) {
                next = entry->next;
                free(entry);
        }
        charsets->first = NULL;
}
