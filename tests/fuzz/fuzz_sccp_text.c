/* Any text, in several character sets and sizes: it fits, it is cut between characters, and nothing in it is a control
 * character or begins a label code. The first byte picks the set, the second the size. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/charset.h"
#include "gateway/base/text.h"
#include "sccp/charsets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct sccp_charset *pick(uint8_t number)
{
        static struct charsets charsets; /* made once, kept to the end */
        size_t count = 0;
        while (charset_at(count))
                count++;
        number = (uint8_t)(number % (count + 1));
        return number == count ? &sccp_utf8 : charsets_find(&charsets, charset_at(number)->name);
}

static bool has_two_bytes(const struct sccp_charset *charset)
{
        for (size_t i = 0; i < charset->n_codes; i++)
                if (charset->codes[i].code > 0xFF)
                        return true;
        return false;
}

static void check(const char *out, const struct sccp_charset *charset)
{
        bool pairs = has_two_bytes(charset);
        assert(!charset->utf8 || text_is_utf8(out, strlen(out)));
        for (const char *at = out; *at; at++) {
                uint8_t byte = (uint8_t)*at;
                assert(byte >= 0x20 && byte != 0x7F);
                assert(charset->utf8 || pairs || byte != 0x80);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size < 2)
                return 0;
        const struct sccp_charset *charset = pick(data[0]);
        size_t room = data[1] + 1u, whole_room = 8 * size + 1;
        char *text = calloc(1, size), *out = malloc(room), *whole = malloc(whole_room);
        if (text && out && whole) {
                memcpy(text, data + 2, size - 2);
                bool fits = sccp_text_put(out, room, text, charset);
                assert(sccp_text_put(whole, whole_room, text, charset));
                assert(strlen(out) < room && strncmp(out, whole, strlen(out)) == 0);
                assert(fits == (strlen(whole) < room));
                check(out, charset);
        }
        free(text);
        free(out);
        free(whole);
        return 0;
}
