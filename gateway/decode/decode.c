/* Tells what the input is by its first bytes, which are then read again through a stream of their own: a pipe cannot
 * be rewound, and ungetc() promises one byte only. */
#include "gateway/decode/decode.h"

#include <errno.h>
#include <string.h>
#include <sys/types.h>

#include "gateway/base/text.h"
#include "gateway/decode/capture.h"
#include "gateway/decode/hex.h"

/* The input from its start. */
struct input {
        FILE *in;
        uint8_t head[4];
        size_t have, at;
};

static ssize_t input_read(void *cookie, char *to, size_t size)
{
        struct input *input = cookie;
        size_t n = input->have - input->at;
        if (!n) {
                n = fread(to, 1, size, input->in);
                return !n && ferror(input->in) ? -1 : (ssize_t)n;
        }
        if (n > size)
                n = size;
        memcpy(to, input->head + input->at, n);
        input->at += n;
        return (ssize_t)n;
}

/* Unbuffered: of a pipe no more is waited for than the next packet. */
static FILE *input_open(struct input *input)
{
        FILE *file = fopencookie(input, "r", (cookie_io_functions_t){.read = input_read});
        if (file)
                setvbuf(file, NULL, _IONBF, 0);
        return file;
}

static bool capture_read(struct input *input, const struct decode_options *options, struct show *show, char *why,
                         size_t size)
{
        struct wire *wire = wire_new(show, options->ports, options->n_ports, options->version);
        FILE *file = wire ? input_open(input) : NULL;
        bool ok = file && capture_decode(file, show, wire, why, size);
        if (!file)
                text_printf(why, size, "out of memory");
        wire_free(wire);
        return ok;
}

static bool hex_read(struct input *input, const struct decode_options *options, struct show *show, char *why,
                     size_t size)
{
        FILE *file = input_open(input);
        bool ok = file && hex_decode(file, options->version, show);
        if (!ok)
                text_printf(why, size, "neither a capture (pcap, pcapng) nor lines of hexadecimal bytes");
        if (file)
                fclose(file);
        return ok;
}

bool decode_file(FILE *in, const struct decode_options *options, FILE *out, char *why, size_t size)
{
        struct show show = {.to = out, .form = options->form};
        struct input input = {.in = in};
        errno = 0;
        input.have = fread(input.head, 1, sizeof input.head, in);
        bool is_capture = input.have == sizeof input.head && capture_is(input.head);
        bool ok = input.have > 0;
        if (!ok)
                text_printf(why, size, "there is nothing in it");
        else
                ok = is_capture ? capture_read(&input, options, &show, why, size)
                                : hex_read(&input, options, &show, why, size);
        if (ferror(in)) {
                text_printf(why, size, "%s", strerror(errno ? errno : EIO));
                ok = false;
        }
        return ok;
}
