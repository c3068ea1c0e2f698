/* sccpphone: a Skinny phone made of software, for demonstrations, tests and people who build PBXs. */
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "sccp/values.h"
#include "script.h"

static void usage(FILE *to)
{
        fprintf(to, "usage: sccpphone --name SEP001122334455 --server HOST:PORT [options] [--script FILE]\n"
                    "  --type MODEL     what it is (7960); one of those below\n"
                    "  --version N      highest protocol version (the model's)\n"
                    "  --local ADDRESS  source of TCP and RTP\n"
                    "  --codecs LIST    pcmu,pcma,g722,g729 or g729ab\n"
                    "  --tone HZ        what it says (500)\n"
                    "  --charset NAME   of the texts it is sent, if not UTF-8 (ISO-8859-1)\n"
                    "  --addons LIST    key modules it has: 7914,7915,7916\n"
                    "  --tls            connects over TLS; HOST:PORT is then that of the TLS listener\n"
                    "  --ca FILE        ... and believes only these authorities\n"
                    "  --cert FILE --key FILE  ... and has this certificate\n"
                    "  --tls-version N  ... and speaks TLS 1.0, 1.1, 1.2 or 1.3 alone\n"
                    "  --script FILE    commands; standard input otherwise (tests/sccpphone/README.md)\n"
                    "  --trace          print every message\n");
}

static unsigned parse_codecs(char *list, enum codec codecs[CODECS], bool *g729_ab)
{
        unsigned n = 0;
        char *rest;
        for (char *name = strtok_r(list, ",", &rest); name && n < CODECS; name = strtok_r(NULL, ",", &rest)) {
                bool both = text_equal_nocase(name, "g729ab");
                enum codec codec = both ? CODEC_G729 : codec_by_name(name);
                *g729_ab |= both;
                if (codec)
                        codecs[n++] = codec;
        }
        return n;
}

static unsigned parse_addons(char *list, uint32_t addons[2])
{
        unsigned n = 0;
        char *rest;
        for (char *name = strtok_r(list, ",", &rest); name && n < 2; name = strtok_r(NULL, ",", &rest))
                n += sccp_value_parse(SCCP_VALUES_addon, name, &addons[n]);
        return n;
}

struct options {
        char addons[32];
        const char *charset, *name, *type, *server, *local, *script;
        unsigned version, hz;
        char codecs[64];
        bool trace;
        struct armour_options tls;
};

/* False: there is no such option. */
static bool take(int letter, struct options *options)
{
        switch (letter) {
        case 'n':
                options->name = optarg;
                break;
        case 't':
                options->type = optarg;
                break;
        case 's':
                options->server = optarg;
                break;
        case 'l':
                options->local = optarg;
                break;
        case 'f':
                options->script = optarg;
                break;
        case 'z':
                options->hz = (unsigned)strtoul(optarg, NULL, 10);
                break;
        case 'v':
                options->version = (unsigned)strtoul(optarg, NULL, 10);
                break;
        case 'c':
                TEXT_SET(options->codecs, optarg);
                break;
        case 'e':
                options->charset = optarg;
                break;
        case 'a':
                TEXT_SET(options->addons, optarg);
                break;
        case 'r':
                options->trace = true;
                break;
        case 'T':
                options->tls.on = true;
                break;
        case 'A':
                options->tls.ca = optarg;
                break;
        case 'C':
                options->tls.cert = optarg;
                break;
        case 'K':
                options->tls.key = optarg;
                break;
        case 'V':
                options->tls.version = optarg;
                break;
        case 'h':
                usage(stdout);
                kinds_print();
                exit(0);
        default:
                return false;
        }
        return true;
}

static bool parse(int argc, char **argv, struct options *options)
{
        static const struct option known[] = {
                {"name", 1, NULL, 'n'},    {"type", 1, NULL, 't'},        {"server", 1, NULL, 's'},
                {"local", 1, NULL, 'l'},   {"script", 1, NULL, 'f'},      {"tone", 1, NULL, 'z'},
                {"version", 1, NULL, 'v'}, {"codecs", 1, NULL, 'c'},      {"charset", 1, NULL, 'e'},
                {"addons", 1, NULL, 'a'},  {"trace", 0, NULL, 'r'},       {"help", 0, NULL, 'h'},
                {"tls", 0, NULL, 'T'},     {"ca", 1, NULL, 'A'},          {"cert", 1, NULL, 'C'},
                {"key", 1, NULL, 'K'},     {"tls-version", 1, NULL, 'V'}, {NULL, 0, NULL, 0}};
        for (int letter; (letter = getopt_long(argc, argv, "", known, NULL)) != -1;)
                if (!take(letter, options))
                        return false;
        return options->name && options->server && optind == argc && !options->tls.cert == !options->tls.key;
}

static bool prepare(struct device *device, struct loop *loop, struct options *options)
{
        const struct kind *kind = kind_by_name(options->type);
        struct endpoint server;
        struct ip local = {0};
        if (!kind) {
                fprintf(stderr, "sccpphone: %s is not played here; known are\n", options->type);
                kinds_print();
                return false;
        }
        if (!endpoint_parse(options->server, 2000, &server) || (options->local && !ip_parse(options->local, &local))) {
                fprintf(stderr, "sccpphone: addresses are numbers here\n");
                return false;
        }
        device_init(device, loop, kind, options->name, options->hz);
        device->server = server;
        device->local = local.family ? local : ip_towards(&server.ip);
        device->media.local = device->local;
        if (options->version)
                device->version = options->version;
        device->link.trace = options->trace;
        device->link.tls = options->tls;
        device->charset = options->charset;
        device->n_addons = parse_addons(options->addons, device->addons);
        device->n_codecs = parse_codecs(options->codecs, device->codecs, &device->g729_ab);
        return device->n_codecs != 0;
}

int main(int argc, char **argv)
{
        struct options options = {.type = "7960", .hz = 500, .codecs = "pcmu,pcma,g722,g729"};
        static struct device device; /* large: seconds of audio */
        static struct script script;
        if (!parse(argc, argv, &options)) {
                usage(stderr);
                return 64;
        }
        log_start(LOG_WARNING, LOG_TEXT);
        signal(SIGPIPE, SIG_IGN);
        setvbuf(stdout, NULL, _IOLBF, 0);
        struct loop *loop = loop_new();
        int input = options.script ? open(options.script, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
        if (!loop || input < 0 || !prepare(&device, loop, &options)) {
                loop_free(loop);
                return 1;
        }
        script_start(&script, &device, loop, input);
        loop_run(loop);
        device_close(&device);
        failover_close(&device);
        loop_fd_stop(&script.input);
        loop_timer_stop(&script.clock);
        loop_free(loop);
        return script.status;
}
