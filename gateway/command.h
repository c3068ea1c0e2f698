/* The sub-commands of sccpgw: one row in main.c, one file each. */
#ifndef SCCPGW_GATEWAY_COMMAND_H
#define SCCPGW_GATEWAY_COMMAND_H

#include <stdbool.h>

/* What scripts and systemd rely on; 3 (no gateway is running) belongs to the commands that talk to one. */
enum status { STATUS_OK = 0, STATUS_FAILED = 1, STATUS_BAD_CONFIG = 2, STATUS_BAD_USAGE = 64 };

struct command {
        const char *name;
        const char *arguments; /* after the name in the usage line */
        const char *does;
        enum status (*run)(const struct command *command, int argc, char **argv); /* argv[0] is the command's name */
};

enum status command_run(const struct command *command, int argc, char **argv);
enum status command_check(const struct command *command, int argc, char **argv);
enum status command_schema(const struct command *command, int argc, char **argv);
enum status command_defaults(const struct command *command, int argc, char **argv);
enum status command_show(const struct command *command, int argc, char **argv);

/* -c/--config, --json and --help are understood by every command that passes the pointer; what is left in argv starts
 * at *rest. False when the command is over: *status says how. */
struct command_options {
        const char *config; /* $SCCPGW_CONFIG or /etc/sccpgw/sccpgw.yaml unless given */
        bool json;
};
bool command_options(const struct command *command, int argc, char **argv, struct command_options *options, int *rest,
                     enum status *status);

#endif
