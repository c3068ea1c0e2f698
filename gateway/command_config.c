/* The commands that only read configuration: check, schema, defaults, show config. */
#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "gateway/command.h"
#include "sccp/models.h"

/* The model table lives with the protocol, so the configuration room cannot check these names. */
static void check_models(const struct config *config, struct config_report *report)
{
        for (size_t i = 0; i < config->n_phones; i++) {
                const struct config_phone *phone = &config->phones[i];
                if (phone->model && !sccp_model_by_name(phone->model))
                        config_report_add(report, CONFIG_WARNING, &phone->model_place,
                                          "model %s is none this gateway knows", phone->model);
        }
}

enum status command_check(const struct command *command, int argc, char **argv)
{
        struct command_options options;
        enum status status;
        if (!command_options(command, argc, argv, &options, NULL, &status))
                return status;

        struct config_report report = {0};
        struct config *config = config_load(options.config, &report);
        if (config)
                check_models(config, &report);
        if (options.json)
                config_report_print_json(&report, stdout);
        else
                config_report_print(&report, stdout);
        status = config ? STATUS_OK : STATUS_BAD_CONFIG;
        config_report_free(&report);
        config_free(config);
        return status;
}

enum status command_schema(const struct command *command, int argc, char **argv)
{
        struct command_options options;
        enum status status;
        if (!command_options(command, argc, argv, &options, NULL, &status))
                return status;
        config_print_schema(stdout);
        return STATUS_OK;
}

enum status command_defaults(const struct command *command, int argc, char **argv)
{
        struct command_options options;
        enum status status;
        if (!command_options(command, argc, argv, &options, NULL, &status))
                return status;
        config_print_defaults(stdout);
        return STATUS_OK;
}

static enum status show_config(const struct command_options *options)
{
        struct config_report report = {0};
        struct config *config = config_load(options->config, &report);
        enum status status = config ? STATUS_OK : STATUS_BAD_CONFIG;
        if (!config)
                config_report_print(&report, stderr);
        else if (options->json)
                config_print_json(config, stdout);
        else
                config_print(config, stdout);
        config_report_free(&report);
        config_free(config);
        return status;
}

enum status command_show(const struct command *command, int argc, char **argv)
{
        struct command_options options;
        enum status status;
        int rest;
        if (!command_options(command, argc, argv, &options, &rest, &status))
                return status;
        if (argc - rest == 1 && strcmp(argv[rest], "config") == 0)
                return show_config(&options);
        fprintf(stderr, "usage: sccpgw %s %s\n", command->name, command->arguments);
        return STATUS_BAD_USAGE;
}
