/* The command line: finds the sub-command and leaves the rest to it. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/command.h"

#define DEFAULT_CONFIG "/etc/sccpgw/sccpgw.yaml"

static const struct command commands[] = {
        {"run", "[-c FILE]", "run the gateway in the foreground", command_run},
        {"check", "[-c FILE] [--json]", "read the configuration and print every problem", command_check},
        {"schema", "", "print the JSON Schema of the configuration, for editors", command_schema},
        {"defaults", "", "print the commented reference configuration", command_defaults},
        {"show", "config [-c FILE] [--json]", "print the configuration in effect, secrets masked", command_show},
};

enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print_usage(FILE *to)
{
        fprintf(to, "sccpgw %s: Cisco Skinny (SCCP) phones on any SIP PBX\n\nusage:\n", SCCPGW_VERSION);
        for (size_t i = 0; i < N_COMMANDS; i++) {
                char call[64];
                snprintf(call, sizeof(call), "%s %s", commands[i].name, commands[i].arguments);
                fprintf(to, "  sccpgw %-32s %s\n", call, commands[i].does);
        }
        fprintf(to, "\nThe configuration is FILE, $SCCPGW_CONFIG or " DEFAULT_CONFIG ".\n"
                    "exit status: 0 ok, 1 it failed, 2 bad configuration, 64 bad usage\n");
}

static void print_command_usage(const struct command *command, FILE *to)
{
        fprintf(to, "usage: sccpgw %s %s\n%s\n", command->name, command->arguments, command->does);
        if (strstr(command->arguments, "-c FILE"))
                fprintf(to, "  -c, --config FILE   read this file ($SCCPGW_CONFIG, " DEFAULT_CONFIG ")\n");
        if (strstr(command->arguments, "--json"))
                fprintf(to, "      --json          print the result as JSON\n");
        fprintf(to, "  -h, --help          print this\n");
}

static const char *default_config(void)
{
        const char *named = getenv("SCCPGW_CONFIG");
        return named && *named ? named : DEFAULT_CONFIG;
}

bool command_options(const struct command *command, int argc, char **argv, struct command_options *options, int *rest,
                     enum status *status)
{
        static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                              {"json", no_argument, NULL, 'j'},
                                              {"help", no_argument, NULL, 'h'},
                                              {NULL, 0, NULL, 0}};
        *options = (struct command_options){.config = default_config()};
        optind = 1;
        for (int letter; (letter = getopt_long(argc, argv, "c:h", known, NULL)) != -1;) {
                switch (letter) {
                case 'c':
                        options->config = optarg;
                        break;
                case 'j':
                        options->json = true;
                        break;
                case 'h':
                        print_command_usage(command, stdout);
                        *status = STATUS_OK;
                        return false;
                default:
                        print_command_usage(command, stderr);
                        *status = STATUS_BAD_USAGE;
                        return false;
                }
        }
        if (!rest && optind < argc) {
                fprintf(stderr, "sccpgw %s: '%s' is not understood\n", command->name, argv[optind]);
                print_command_usage(command, stderr);
                *status = STATUS_BAD_USAGE;
                return false;
        }
        if (rest)
                *rest = optind;
        return true;
}

int main(int argc, char **argv)
{
        const char *name = argc > 1 ? argv[1] : "";
        for (size_t i = 0; i < N_COMMANDS; i++)
                if (strcmp(name, commands[i].name) == 0)
                        return (int)commands[i].run(&commands[i], argc - 1, argv + 1);
        if (strcmp(name, "--version") == 0) {
                printf("sccpgw %s\n", SCCPGW_VERSION);
                return STATUS_OK;
        }
        if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
                print_usage(stdout);
                return STATUS_OK;
        }
        if (*name)
                fprintf(stderr, "sccpgw: there is no command '%s'\n\n", name);
        print_usage(stderr);
        return STATUS_BAD_USAGE;
}
