/* The commands that only read configuration: check, schema, defaults, show config. */
#include "config/config.h"
#include "config/nearest.h"
#include "gateway/command.h"
#include "sccp/models.h"

static const char *nearest_model(const char *name)
{
        struct nearest nearest = {.word = name};
        const struct sccp_model *model;
        for (size_t i = 0; (model = sccp_model_at(i)) != NULL; i++)
                nearest_offer(&nearest, model->name);
        return nearest.best;
}

/* The model table lives with the protocol, so the configuration room cannot check these names. */
static void check_models(const struct config *config, struct config_report *report)
{
        for (size_t i = 0; i < config->n_phones; i++) {
                const struct config_phone *phone = &config->phones[i];
                if (!phone->model || sccp_model_by_name(phone->model))
                        continue;
                const char *meant = nearest_model(phone->model);
                config_report_add(report, CONFIG_WARNING, &phone->model_place,
                                  "%s is no model this gateway knows, so the phone's own word counts%s%s%s",
                                  phone->model, meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
        }
}

struct config *command_config(const struct command_options *options, struct config_report *report)
{
        struct config *config = config_load(options->config, report);
        if (config)
                check_models(config, report);
        return config;
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

enum status command_show_config(const struct command_options *options)
{
        struct config_report report = {0};
        struct config *config = command_config(options, &report);
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
