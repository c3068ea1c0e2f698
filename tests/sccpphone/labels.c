#include "labels.h"

#include <ctype.h>
#include <stdint.h>

#include "gateway/base/text.h"
#include "sccp/values.h"

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

void label_text(char *to, size_t size, const char *from)
{
        to[0] = 0;
        while (*from) {
                if ((uint8_t)*from == 0x80 && from[1]) {
                        put_label(to, size, (uint8_t)from[1]);
                        if (from[2] && from[2] != ' ')
                                text_append(to, size, " ");
                        from += 2;
                } else {
                        text_append(to, size, "%c", *from++);
                }
        }
}
