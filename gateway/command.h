/* The sub-commands of sccpgw: one row in main.c and one function each; command_line.c reads what follows the name. */
#ifndef SCCPGW_GATEWAY_COMMAND_H
#define SCCPGW_GATEWAY_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define COMMAND_DEFAULT_CONFIG "/etc/sccpgw/sccpgw.yaml"

/* What scripts and systemd rely on; 3 (no gateway is running) belongs to the commands that talk to one. */
enum status { STATUS_OK = 0, STATUS_FAILED = 1, STATUS_BAD_CONFIG = 2, STATUS_BAD_USAGE = 64 };

enum { TAKES_CONFIG = 1 << 0, TAKES_JSON = 1 << 1, TAKES_FRAMES = 1 << 2, TAKES_FILE = 1 << 3 };

enum { COMMAND_PORTS_MAX = 16 };

struct command_options {
        const char *config; /* -c FILE, $SCCPGW_CONFIG or the default file */
        bool json;
        const char *file; /* the operand of a command that takes one; NULL: none was given */
        /* of a command that takes frames */
        bool fields;
        int protocol; /* -1: not said */
        uint16_t ports[COMMAND_PORTS_MAX];
        size_t n_ports;
};

struct command {
        const char *name;
        const char *object; /* the one word that follows the name, as in "show config"; NULL: none does */
        const char *does;
        unsigned takes;
        enum status (*run)(const struct command_options *options);
};

enum status command_run(const struct command_options *options);
enum status command_check(const struct command_options *options);
enum status command_schema(const struct command_options *options);
enum status command_defaults(const struct command_options *options);
enum status command_show_config(const struct command_options *options);
enum status command_decode(const struct command_options *options);

/* Reads what follows the command's name (argv[0]). False when that was all: --help, or a mistake that was told, with
 * the exit status in *status. */
bool command_line(const struct command *command, int argc, char **argv, struct command_options *options,
                  enum status *status);

/* "check [-c FILE] [--json]", padded to `width`. */
void command_print_usage(const struct command *command, int width, FILE *to);

struct config;
struct config_report;

/* The configuration as every command reads it: NULL when it has an error; `report` says all, phone models included. */
struct config *command_config(const struct command_options *options, struct config_report *report);

#endif
