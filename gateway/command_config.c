/* The commands that only read configuration: check, schema, defaults, show config. */
#include "config/config.h"
#include "gateway/check_phones.h"
#include "gateway/command.h"

struct config *command_config(const struct command_options *options, struct config_report *report)
{
        return check_file(options->config, report);
}

enum status command_check(const struct command_options *options)
{
        struct config_report report = {0};
        struct config *config = command_config(options, &report);
        if (options->json)
                config_report_print_json(&report, stdout);
        else
                config_report_print(&report, stdout);
        enum status status = config ? STATUS_OK : STATUS_BAD_CONFIG;
        config_report_free(&report);
        config_free(config);
        return status;
}

enum status command_schema(const struct command_options *options)
{
        (void)options;
        config_print_schema(stdout);
        return STATUS_OK;
}

enum status command_defaults(const struct command_options *options)
{
        (void)options;
        config_print_defaults(stdout);
        return STATUS_OK;
}
