/* Any file given to `sccpgw decode`, in every form it writes: nothing is read or written out of bounds, the memory is
 * given back, and what is printed is whole lines of text. Input: flags, file. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/decode/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No control character but the line end gets out of a capture to a terminal. */
static void text_is_clean(const char *text, size_t len)
{
        assert(!len || text[len - 1] == '\n');
        for (size_t i = 0; i < len; i++)
                assert(text[i] == '\n' || ((unsigned char)text[i] >= 0x20 && text[i] != 0x7f));
        for (size_t i = 1; i < len; i++) /* nor those that ISO 6429 has above 0x7f */
                assert((unsigned char)text[i - 1] != 0xc2 || (unsigned char)text[i] >= 0xa0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const uint16_t ports[] = {2000, 2443};
        char *text = NULL, why[256] = "";
        size_t len = 0;
        if (size < 2)
                return 0;
        struct decode_options options = {.ports = ports, .n_ports = 1 + (data[0] >> 2 & 1), .version = -1};
        options.form = (enum show_form)((data[0] & 3) % 3);
        if (data[0] & 8)
                options.version = (data[0] >> 4) + 7;
        FILE *in = fmemopen((void *)(uintptr_t)(data + 1), size - 1, "r"), *out = open_memstream(&text, &len);
        assert(in && out);
        bool ok = decode_file(in, &options, out, why, sizeof why);
        fclose(in);
        fclose(out);
        assert(ok || *why);
        text_is_clean(text, len);
        free(text);
        return 0;
}
