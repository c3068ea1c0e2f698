/* The command line: finds the sub-command and leaves the rest to it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/nearest.h"
#include "gateway/base/text.h"
#include "gateway/command.h"
#include "gateway/media/secure.h"

#define ASKS (TAKES_CONFIG | TAKES_SOCKET)

/* Rows of one name stand together. */
static const struct command commands[] = {
        {"run", NULL, NULL, "run the gateway in the foreground", TAKES_CONFIG, command_run},
        {"check", NULL, NULL, "read the configuration and print every problem", TAKES_CONFIG | TAKES_JSON,
         command_check},
        {"schema", NULL, NULL, "print the JSON Schema of the configuration, for editors", 0, command_schema},
        {"defaults", NULL, NULL, "print the commented reference configuration", 0, command_defaults},
        {"show", "config", NULL, "print the configuration in effect, secrets masked", ASKS | TAKES_JSON,
         command_show_config},
        {"show", "status", NULL, "print how the running gateway is", ASKS | TAKES_JSON | TAKES_WATCH,
         command_show_status},
        {"show", "phones", NULL, "print its phones, and those it does not know", ASKS | TAKES_JSON | TAKES_WATCH,
         command_show_phones},
        {"show", "phone", "NAME", "print all about one phone", ASKS | TAKES_JSON | TAKES_WATCH, command_show_phone},
        {"show", "lines", NULL, "print its lines, and the phones they are on", ASKS | TAKES_JSON | TAKES_WATCH,
         command_show_lines},
        {"show", "calls", NULL, "print its calls", ASKS | TAKES_JSON | TAKES_WATCH, command_show_calls},
        {"show", "media", NULL, "print the audio of its calls: ports, packets, loss, jitter",
         ASKS | TAKES_JSON | TAKES_WATCH, command_show_media},
        {"ctl", "reload", NULL, "read the configuration again and do what has changed", ASKS | TAKES_JSON,
         command_reload},
        {"ctl", "trace", "NAME", "print what a phone and the gateway say, as it happens", ASKS, command_trace},
        {"ctl", "forward", "NAME LINE all|busy|no_answer NUMBER|off", "forward the calls of a phone's line", ASKS,
         command_forward},
        {"ctl", "dnd", "NAME reject|silent|off", "do not disturb a phone", ASKS, command_dnd},
        {"ctl", "message", "NAME TEXT", "show a text on a phone, with a beep", ASKS, command_message},
        {"ctl", "reset", "NAME", "have an idle phone start anew and read its files", ASKS, command_reset},
        {"ctl", "restart", "NAME", "have an idle phone register anew", ASKS, command_restart},
        {"ctl", "hangup", "ID", "end a call; 'show calls' has its id", ASKS, command_hangup},
        {"ctl", "events", NULL, "print what happens, a JSON line each", ASKS, command_events},
        {"ctl", "drain", "[off]", "take no new phones, until 'off'", ASKS, command_drain},
        {"health", NULL, NULL, "status 0 if the gateway is alive, or ready", ASKS | TAKES_READY, command_health},
        {"decode", NULL, "[FILE]", "print the SCCP messages of a capture or of hexadecimal lines",
         TAKES_JSON | TAKES_FRAMES, command_decode},
};

#define USAGE_WIDTH 26 /* a longer one has its explanation below */

enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(FILE *to)
{
        fprintf(to, "sccpgw %s: Cisco Skinny (SCCP) phones on any SIP PBX\n\nusage:\n", SCCPGW_VERSION);
        for (size_t i = 0; i < N_COMMANDS; i++) {
                fputs("  sccpgw ", to);
                if (command_print_usage(&commands[i], USAGE_WIDTH, to) > USAGE_WIDTH)
                        fprintf(to, "\n         %*s", USAGE_WIDTH, "");
                fprintf(to, "  %s\n", commands[i].does);
        }
        fprintf(to, "  sccpgw %-*s  print more about a command\n  sccpgw %-*s  print the version\n", USAGE_WIDTH,
                "COMMAND --help", USAGE_WIDTH, "--version");
        fputs("\nThe configuration is FILE, otherwise $SCCPGW_CONFIG, otherwise " COMMAND_DEFAULT_CONFIG ".\n"
              "Exit status: 0 ok, 1 it failed, 2 bad configuration, 3 no gateway is running, 64 bad usage.\n",
              to);
}

static enum status unknown_command(const char *name)
{
        struct nearest nearest = {.word = name};
        for (size_t i = 0; i < N_COMMANDS; i++)
                nearest_offer(&nearest, commands[i].name);
        fprintf(stderr, "sccpgw: there is no command '%s'", name);
        if (nearest.best)
                fprintf(stderr, "; did you mean '%s'?", nearest.best);
        fputs("\n'sccpgw --help' lists the commands\n", stderr);
        return STATUS_BAD_USAGE;
}

/* The rows of that name; 0: there is none. */
static size_t find_commands(const char *name, const struct command **rows)
{
        size_t n = 0;
        for (size_t i = 0; i < N_COMMANDS; i++)
                if (text_equal(name, commands[i].name) && n++ == 0)
                        *rows = &commands[i];
        return n;
}

static enum status run_command(int argc, char **argv)
{
        const char *name = argc > 1 ? argv[1] : "";
        const struct command *rows = NULL;
        size_t n = find_commands(name, &rows);
        if (n) {
                struct command_options options;
                enum status status;
                const struct command *command = command_select(rows, n, argc - 1, argv + 1, &status);
                if (command && command_line(command, argc - 1, argv + 1, &options, &status))
                        status = command->run(&options);
                return status;
        }
        if (text_equal(name, "--version")) {
                char library[SECURE_LIBRARY_SIZE];
                secure_library(library);
                printf("sccpgw %s, %s\n", SCCPGW_VERSION, library);
                return STATUS_OK;
        }
        if (text_equal(name, "--help") || text_equal(name, "-h")) {
                print_help(stdout);
                return STATUS_OK;
        }
        if (*name)
                return unknown_command(name);
        print_help(stderr);
        return STATUS_BAD_USAGE;
}

/* Started without one of the standard streams, the first sockets would take their numbers, and the log would go to a
 * phone. Read only: a result that is written there fails, as it should. */
static void hold_standard_streams(void)
{
        int fd;
        do
                fd = open("/dev/null", O_RDONLY);
        while (fd >= 0 && fd <= STDERR_FILENO);
        if (fd >= 0)
                close(fd);
}

int main(int argc, char **argv)
{
        hold_standard_streams();
        enum status status = run_command(argc, argv);
        if (fflush(stdout) == 0 && !ferror(stdout))
                return (int)status;
        fprintf(stderr, "sccpgw: the result could not be written: %s\n", strerror(errno));
        return status ? (int)status : STATUS_FAILED;
}
