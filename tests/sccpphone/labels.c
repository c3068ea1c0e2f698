#include "labels.h"

#include <ctype.h>
#include <stdint.h>

#include "gateway/base/text.h"
#include "sccp/values.h"

#define LABEL      0x80 /* the next byte says which */
#define UTF8_FIRST 0xc0 /* the least byte that begins a character of several */

/* A label's own name reads like the English text: "enter_number" becomes "Enter number". */
static void put_label(char *to, size_t size, uint8_t label)
{
        const char *name = sccp_value_name(SCCP_VALUES_label, label);
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
static size_t put_character(char *to, size_t size, const char *from, bool utf8)
{
        uint8_t byte = (uint8_t)*from;
        size_t bytes = 1;
        if (byte < LABEL)
                text_append(to, size, "%c", byte);
        else if (!utf8)
                text_append(to, size, "%c%c", UTF8_FIRST | byte >> 6, LABEL | (byte & 0x3f));
        else
                while (((uint8_t)from[bytes] & UTF8_FIRST) == LABEL)
                        bytes++;
        if (byte >= LABEL && utf8)
                text_append(to, size, "%.*s", (int)bytes, from);
        return bytes;
}

void label_text(char *to, size_t size, const char *from, bool utf8)
{
        to[0] = 0;
        while (*from) {
                if ((uint8_t)*from != LABEL || !from[1]) {
                        from += put_character(to, size, from, utf8);
                        continue;
                }
                put_label(to, size, (uint8_t)from[1]);
                if (from[2] && from[2] != ' ')
                        text_append(to, size, " ");
                from += 2;
        }
}

bool label_alone(const char *from)
{
        return (uint8_t)from[0] == LABEL && from[1] && !from[2];
}
