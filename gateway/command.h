/* The sub-commands of sccpgw: one row in main.c and one function each; command_line.c reads what follows the name. */
#ifndef SCCPGW_GATEWAY_COMMAND_H
#define SCCPGW_GATEWAY_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define COMMAND_DEFAULT_CONFIG "/etc/sccpgw/sccpgw.yaml"

/* What scripts and systemd rely on. */
enum status { STATUS_OK = 0, STATUS_FAILED = 1, STATUS_BAD_CONFIG = 2, STATUS_NOT_RUNNING = 3, STATUS_BAD_USAGE = 64 };

enum {
        TAKES_CONFIG = 1 << 0,
        TAKES_JSON = 1 << 1,
        TAKES_SOCKET = 1 << 2,
        TAKES_WATCH = 1 << 3,
        TAKES_READY = 1 << 4,
        TAKES_FRAMES = 1 << 5,
};

enum { COMMAND_PORTS_MAX = 16, COMMAND_OPERANDS_MAX = 4 };

struct command_options {
        const char *config;  /* -c FILE, $SCCPGW_CONFIG or the default file */
        const char *socket;  /* --socket PATH; NULL: as the configuration says */
        const char *operand; /* the first of them; NULL: none was given */
        const char *operands[COMMAND_OPERANDS_MAX];
        bool json, watch, ready;
        /* of a command that takes frames */
        bool fields;
        int protocol; /* -1: not said */
        uint16_t ports[COMMAND_PORTS_MAX];
        size_t n_ports;
};

struct command {
        const char *name;
        const char *object;  /* the one word that follows the name, as in "show config"; NULL: none does */
        const char *operand; /* the user's words behind that, as usage shows them; "[...]": may be left out */
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

enum status command_show_status(const struct command_options *options);
enum status command_show_phones(const struct command_options *options);
enum status command_show_lines(const struct command_options *options);
enum status command_show_calls(const struct command_options *options);
enum status command_show_media(const struct command_options *options);
enum status command_show_phone(const struct command_options *options);
enum status command_trace(const struct command_options *options);
enum status command_forward(const struct command_options *options);
enum status command_dnd(const struct command_options *options);
enum status command_message(const struct command_options *options);
enum status command_drain(const struct command_options *options);
enum status command_reset(const struct command_options *options);
enum status command_restart(const struct command_options *options);
enum status command_hangup(const struct command_options *options);
enum status command_events(const struct command_options *options);
enum status command_reload(const struct command_options *options);
enum status command_health(const struct command_options *options);

/* Which of the `n` rows of one name is meant: the one whose object the words name. NULL after --help for all of them,
 * or a mistake that was told, with the exit status in *status. argv[0] is the name. */
const struct command *command_select(const struct command *rows, size_t n, int argc, char **argv, enum status *status);

/* Reads what follows the command's name (argv[0]). False when that was all: --help, or a mistake that was told, with
 * the exit status in *status. */
bool command_line(const struct command *command, int argc, char **argv, struct command_options *options,
                  enum status *status);

/* "check [-c FILE] [--json]", padded to `width`. Returns the columns it took. */
int command_print_usage(const struct command *command, int width, FILE *to);

struct config;
struct config_report;

/* The configuration as every command reads it: NULL when it has an error; `report` says all, phone models included. */
struct config *command_config(const struct command_options *options, struct config_report *report);

#endif
