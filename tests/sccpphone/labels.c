#include "labels.h"

#include <ctype.h>
#include <iconv.h>
#include <stdint.h>

#include "gateway/base/text.h"
#include "sccp/values.h"

#define LABEL         0x80 /* the next byte says which */
#define NEWER_LABEL   0x1e /* the next byte says which of the second table */
#define CHARACTER_MAX 4    /* bytes */

/* A label's own name reads like the English text: "enter_number" becomes "Enter number". */
static void put_label(char *to, size_t size, bool newer, uint8_t label)
{
        const char *name = sccp_value_name(newer ? SCCP_VALUES_new_label : SCCP_VALUES_label, label);
        char words[64] = "?";
        if (name)
                TEXT_SET(words, name);
        words[0] = (char)toupper((unsigned char)words[0]);
        for (char *c = words; *c; c++)
                if (*c == '_')
                        *c = ' ';
        text_append(to, size, "%s", words);
}

/* One character; the answer is how many bytes it had. */
static size_t put_character(char *to, size_t size, const char *from, iconv_t converter)
{
        for (size_t bytes = 1; bytes <= CHARACTER_MAX && from[bytes - 1]; bytes++) {
                char utf8[8] = "", *in = (char *)from, *out = utf8;
                size_t in_left = bytes, out_left = sizeof utf8 - 1;
                iconv(converter, NULL, NULL, NULL, NULL);
                if (iconv(converter, &in, &in_left, &out, &out_left) == 0 && out != utf8) {
                        text_append(to, size, "%s", utf8);
                        return bytes;
                }
        }
        text_append(to, size, "?");
        return 1;
}

static void put_texts(char *to, size_t size, const char *from, iconv_t converter)
{
        while (*from) {
                bool newer = *from == NEWER_LABEL;
                if (((uint8_t)*from != LABEL && !newer) || !from[1]) {
                        from += put_character(to, size, from, converter);
                        continue;
                }
                put_label(to, size, newer, (uint8_t)from[1]);
                if (from[2] && from[2] != ' ')
                        text_append(to, size, " ");
                from += 2;
        }
}

void label_text(char *to, size_t size, const char *from, const char *charset)
{
        iconv_t converter = iconv_open("UTF-8", charset);
        to[0] = 0;
        if (converter == (iconv_t)-1)
                return;
        put_texts(to, size, from, converter);
        iconv_close(converter);
}

bool label_alone(const char *from)
{
        return ((uint8_t)from[0] == LABEL || from[0] == NEWER_LABEL) && from[1] && !from[2];
}
