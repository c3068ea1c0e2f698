/* Any bytes as a text: refused and empty, or one line of UTF-8 within its room. The first byte chooses the character
 * set and the room. */
#include <assert.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/plain_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const char *const charsets[] = {NULL, "utf-8", "iso-8859-1", "\"us-ascii\"", "\"", "x"};
        char text[64];
        if (size == 0)
                return 0;
        size_t room = 1 + data[0] % sizeof text;
        int status = plain_text_read("text/plain", charsets[data[0] % 6], (const char *)data + 1, size - 1, text, room);
        size_t len = strlen(text);
        assert(len < room && text_is_utf8(text, len));
        assert(status == 0 ? len > 0 : len == 0);
        for (const char *at = text; *at; at++)
                assert((unsigned char)*at >= 0x20 && *at != 0x7F);
        return 0;
}
