/* The command that reads what was captured: decode. */
#include <errno.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/command.h"
#include "gateway/decode/decode.h"

enum { SCCP_PORT = 2000 };

static bool decode_open_file(FILE *in, const struct command_options *options, char *why, size_t size)
{
        uint16_t ports[COMMAND_PORTS_MAX + 1] = {SCCP_PORT};
        struct decode_options decode = {.ports = ports, .n_ports = 1 + options->n_ports, .version = options->protocol};
        memcpy(ports + 1, options->ports, sizeof options->ports);
        decode.form = options->json ? SHOW_JSON : options->fields ? SHOW_FIELDS : SHOW_LINES;
        return decode_file(in, &decode, stdout, why, size);
}

enum status command_decode(const struct command_options *options)
{
        bool is_stdin = !options->operand || text_equal(options->operand, "-");
        const char *name = is_stdin ? "standard input" : options->operand;
        char why[512];
        FILE *in = is_stdin ? stdin : fopen(name, "rb");
        bool ok = false;
        if (is_stdin)
                setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* a live capture is shown as it goes */
        if (in)
                ok = decode_open_file(in, options, why, sizeof why);
        else
                text_copy(why, sizeof why, strerror(errno));
        if (!ok) {
                fflush(stdout);
                fprintf(stderr, "sccpgw decode: %s: %s\n", name, why);
        }
        if (in && !is_stdin)
                fclose(in);
        return ok ? STATUS_OK : STATUS_FAILED;
}
