/* The command line: finds the sub-command and leaves the rest to it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/nearest.h"
#include "gateway/base/text.h"
#include "gateway/command.h"

static const struct command commands[] = {
        {"run", NULL, "run the gateway in the foreground", TAKES_CONFIG, command_run},
        {"check", NULL, "read the configuration and print every problem", TAKES_CONFIG | TAKES_JSON, command_check},
        {"schema", NULL, "print the JSON Schema of the configuration, for editors", 0, command_schema},
        {"defaults", NULL, "print the commented reference configuration", 0, command_defaults},
        {"show", "config", "print the configuration in effect, secrets masked", TAKES_CONFIG | TAKES_JSON,
         command_show_config},
        {"decode", NULL, "print the SCCP messages of a capture or of hexadecimal lines",
         TAKES_JSON | TAKES_FRAMES | TAKES_FILE, command_decode},
};

enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(FILE *to)
{
        fprintf(to, "sccpgw %s: Cisco Skinny (SCCP) phones on any SIP PBX\n\nusage:\n", SCCPGW_VERSION);
        for (size_t i = 0; i < N_COMMANDS; i++) {
                fputs("  sccpgw ", to);
                command_print_usage(&commands[i], 32, to);
                fprintf(to, " %s\n", commands[i].does);
        }
        fprintf(to, "  sccpgw %-32s print more about a command\n  sccpgw %-32s print the version\n", "COMMAND --help",
                "--version");
        fputs("\nThe configuration is FILE, otherwise $SCCPGW_CONFIG, otherwise " COMMAND_DEFAULT_CONFIG ".\n"
              "Exit status: 0 ok, 1 it failed, 2 bad configuration, 64 bad usage.\n",
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

static enum status run_command(int argc, char **argv)
{
        const char *name = argc > 1 ? argv[1] : "";
        for (size_t i = 0; i < N_COMMANDS; i++) {
                struct command_options options;
                enum status status;
                if (!text_equal(name, commands[i].name))
                        continue;
                if (command_line(&commands[i], argc - 1, argv + 1, &options, &status))
                        status = commands[i].run(&options);
                return status;
        }
        if (text_equal(name, "--version")) {
                printf("sccpgw %s\n", SCCPGW_VERSION);
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
