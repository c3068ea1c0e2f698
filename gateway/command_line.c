/* What follows a command's name: its object and its options, from one table for reading and for --help. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "config/nearest.h"
#include "gateway/base/text.h"
#include "gateway/command.h"
#include "sccp/codec.h"

/* No letters: getopt_long's values of options that have only a long name. */
enum { OPTION_JSON = 256, OPTION_SOCKET, OPTION_WATCH, OPTION_READY, OPTION_PORT, OPTION_PROTOCOL };

static const struct known_option {
        struct option option; /* as getopt_long wants it */
        unsigned takes;       /* the command takes it when it takes these */
        const char *usage;    /* NULL: in no usage line */
        const char *spelled;
        const char *help;
} known_options[] = {
        {{"config", required_argument, NULL, 'c'},
         TAKES_CONFIG,
         "[-c FILE]",
         "-c, --config FILE",
         "read this file; otherwise $SCCPGW_CONFIG, otherwise " COMMAND_DEFAULT_CONFIG},
        {{"socket", required_argument, NULL, OPTION_SOCKET},
         TAKES_SOCKET,
         NULL,
         "    --socket PATH",
         "the gateway's control socket; otherwise as the configuration says"},
        {{"ready", no_argument, NULL, OPTION_READY},
         TAKES_READY,
         "[--ready]",
         "    --ready",
         "ask whether it can serve phones, not only whether it is alive"},
        {{"watch", no_argument, NULL, OPTION_WATCH},
         TAKES_WATCH,
         "[--watch]",
         "    --watch",
         "print it again every two seconds"},
        {{"json", no_argument, NULL, OPTION_JSON}, TAKES_JSON, "[--json]", "    --json", "print the result as JSON"},
        {{"fields", no_argument, NULL, 'v'}, TAKES_FRAMES, "[-v]", "-v, --fields", "print a line per field"},
        {{"port", required_argument, NULL, OPTION_PORT},
         TAKES_FRAMES,
         NULL,
         "    --port N",
         "also read connections with this port; may be repeated"},
        {{"protocol", required_argument, NULL, OPTION_PROTOCOL},
         TAKES_FRAMES,
         NULL,
         "    --protocol N",
         "the negotiated version, 0 to 22; otherwise found out"},
        {{"help", no_argument, NULL, 'h'}, 0, NULL, "-h, --help", "print this"},
};

enum { N_OPTIONS = sizeof known_options / sizeof known_options[0] };

static bool takes(const struct command *command, const struct known_option *known)
{
        return (command->takes & known->takes) == known->takes;
}

int command_print_usage(const struct command *command, int width, FILE *to)
{
        char line[128];
        TEXT_SET(line, command->name);
        if (command->object)
                text_append(line, sizeof line, " %s", command->object);
        if (command->operand)
                text_append(line, sizeof line, " %s", command->operand);
        for (size_t i = 0; i < N_OPTIONS; i++)
                if (known_options[i].usage && takes(command, &known_options[i]))
                        text_append(line, sizeof line, " %s", known_options[i].usage);
        return fprintf(to, "%-*s", width, line);
}

static void print_help(const struct command *command, FILE *to)
{
        fputs("usage: sccpgw ", to);
        command_print_usage(command, 0, to);
        fprintf(to, "\n%s\n\n", command->does);
        for (size_t i = 0; i < N_OPTIONS; i++)
                if (takes(command, &known_options[i]))
                        fprintf(to, "  %-18s  %s\n", known_options[i].spelled, known_options[i].help);
}

/* The command's own options, getopt_long's end of the list, and the letters of those that have one. */
static void select_options(const struct command *command, struct option selected[N_OPTIONS + 1],
                           char letters[2 * N_OPTIONS + 2])
{
        size_t n = 0;
        text_copy(letters, 2 * N_OPTIONS + 2, ":");
        for (size_t i = 0; i < N_OPTIONS; i++) {
                const struct option *option = &known_options[i].option;
                if (!takes(command, &known_options[i]))
                        continue;
                selected[n++] = *option;
                if (option->val < OPTION_JSON)
                        text_append(letters, 2 * N_OPTIONS + 2, "%c%s", option->val, option->has_arg ? ":" : "");
        }
        selected[n] = (struct option){0};
}

static enum status misused(const struct command *command, const char *what, const char *word, const char *meant)
{
        fprintf(stderr, "sccpgw %s%s%s: %s", command->name, command->object ? " " : "",
                command->object ? command->object : "", what);
        if (word)
                fprintf(stderr, " '%s'", word);
        if (meant)
                fprintf(stderr, "; did you mean '%s'?", meant);
        fputs("\nusage: sccpgw ", stderr);
        command_print_usage(command, 0, stderr);
        fprintf(stderr, "\n'sccpgw %s%s%s --help' explains\n", command->name, command->object ? " " : "",
                command->object ? command->object : "");
        return STATUS_BAD_USAGE;
}

/* getopt_long leaves an unknown letter in optopt, and of an unknown word only where it stood. */
static enum status unknown_option(const struct command *command, const struct option *selected, const char *word)
{
        char letter[] = {'-', (char)optopt, '\0'}, meant[32] = "";
        if (optopt && optopt < OPTION_JSON)
                return misused(command, "there is no option", letter, NULL);
        struct nearest nearest = {.word = word + strspn(word, "-")};
        for (; selected->name; selected++)
                if (nearest_offer(&nearest, selected->name))
                        text_printf(meant, sizeof meant, "--%s", selected->name);
        return misused(command, "there is no option", word, *meant ? meant : NULL);
}

static bool is_optional(const char *operand)
{
        return *operand == '[';
}

/* The words behind the name: the object, which was found already, then the operand. */
static enum status take_words(const struct command *command, int n_words, char **words, struct command_options *options)
{
        char meant[256];
        int taken = command->object ? 1 : 0;
        if (command->operand && n_words > taken)
                options->operand = words[taken++];
        else if (command->operand && !is_optional(command->operand))
                return misused(command, "a word is missing:", command->operand, NULL);
        if (n_words <= taken)
                return STATUS_OK;
        text_printf(meant, sizeof meant, "-c %s", words[taken]);
        return misused(command, "this is one word too many:", words[taken],
                       command->takes & TAKES_CONFIG && !command->object ? meant : NULL);
}

/* Options that take a value, as they stand in the table. */
static bool has_value(const char *word)
{
        for (size_t i = 0; i < N_OPTIONS; i++) {
                const struct option *option = &known_options[i].option;
                const char letter[] = {'-', option->val < OPTION_JSON ? (char)option->val : '-', '\0'};
                if (option->has_arg == required_argument &&
                    (text_equal(word, letter) || (strncmp(word, "--", 2) == 0 && text_equal(word + 2, option->name))))
                        return true;
        }
        return false;
}

/* The first word that is no option, NULL if there is none; and whether help was asked for before it. */
static const char *first_word(int argc, char **argv, bool *help)
{
        *help = false;
        for (int i = 1; i < argc; i++) {
                if (argv[i][0] != '-')
                        return argv[i];
                *help |= text_equal(argv[i], "--help") || text_equal(argv[i], "-h");
                i += has_value(argv[i]);
        }
        return NULL;
}

static void print_rows(const struct command *rows, size_t n, FILE *to)
{
        for (size_t i = 0; i < n; i++) {
                fputs(i ? "       sccpgw " : "usage: sccpgw ", to);
                command_print_usage(&rows[i], 0, to);
                fputc('\n', to);
        }
}

const struct command *command_select(const struct command *rows, size_t n, int argc, char **argv, enum status *status)
{
        bool help;
        const char *word = first_word(argc, argv, &help);
        struct nearest nearest = {.word = word ? word : ""};
        if (!rows->object)
                return rows;
        for (size_t i = 0; i < n; i++) {
                if (text_equal(rows[i].object, word))
                        return &rows[i];
                nearest_offer(&nearest, rows[i].object);
        }
        *status = !word && help ? STATUS_OK : STATUS_BAD_USAGE;
        if (*status == STATUS_BAD_USAGE && !word)
                fprintf(stderr, "sccpgw %s: a word is missing\n", rows->name);
        else if (*status == STATUS_BAD_USAGE)
                fprintf(stderr, "sccpgw %s: there is no '%s'%s%s%s\n", rows->name, word,
                        nearest.best ? "; did you mean '" : "", nearest.best ? nearest.best : "",
                        nearest.best ? "'?" : "");
        print_rows(rows, n, *status ? stderr : stdout);
        fprintf(*status ? stderr : stdout, "'sccpgw %s WORD --help' explains\n", rows->name);
        return NULL;
}

static const char *default_config(void)
{
        const char *named = getenv("SCCPGW_CONFIG");
        return named && *named ? named : COMMAND_DEFAULT_CONFIG;
}

/* A whole number from `least` to `most`, or STATUS_BAD_USAGE. */
static enum status read_number(const struct command *command, const char *name, long least, long most, long *number)
{
        char *end, what[96];
        *number = strtol(optarg, &end, 10);
        if (text_is_digits(optarg) && *number >= least && *number <= most)
                return STATUS_OK;
        text_printf(what, sizeof what, "%s must be from %ld to %ld, not", name, least, most);
        return misused(command, what, optarg, NULL);
}

static enum status read_port(const struct command *command, struct command_options *options)
{
        long port = 0;
        enum status status = read_number(command, "--port", 1, UINT16_MAX, &port);
        if (status)
                return status;
        if (options->n_ports == COMMAND_PORTS_MAX)
                return misused(command, "there are too many options", "--port", NULL);
        options->ports[options->n_ports++] = (uint16_t)port;
        return STATUS_OK;
}

static enum status read_protocol(const struct command *command, struct command_options *options)
{
        long protocol = 0;
        enum status status = read_number(command, "--protocol", 0, SCCP_VERSION_MAX, &protocol);
        options->protocol = (int)protocol;
        return status;
}

bool command_line(const struct command *command, int argc, char **argv, struct command_options *options,
                  enum status *status)
{
        char letters[2 * N_OPTIONS + 2];
        struct option selected[N_OPTIONS + 1];
        select_options(command, selected, letters);
        *options = (struct command_options){.config = default_config(), .protocol = -1};
        *status = STATUS_OK;
        for (int found; !*status && (found = getopt_long(argc, argv, letters, selected, NULL)) != -1;) {
                switch (found) {
                case 'c':
                        options->config = optarg;
                        break;
                case OPTION_JSON:
                        options->json = true;
                        break;
                case OPTION_SOCKET:
                        options->socket = optarg;
                        break;
                case OPTION_WATCH:
                        options->watch = true;
                        break;
                case OPTION_READY:
                        options->ready = true;
                        break;
                case 'v':
                        options->fields = true;
                        break;
                case OPTION_PORT:
                        *status = read_port(command, options);
                        break;
                case OPTION_PROTOCOL:
                        *status = read_protocol(command, options);
                        break;
                case 'h':
                        print_help(command, stdout);
                        *status = STATUS_OK;
                        return false;
                case ':':
                        *status = misused(command, "a value is missing behind", argv[optind - 1], NULL);
                        return false;
                default:
                        *status = unknown_option(command, selected, argv[optind - 1]);
                        return false;
                }
        }
        if (!*status)
                *status = take_words(command, argc - optind, argv + optind, options);
        return *status == STATUS_OK;
}
