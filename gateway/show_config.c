/* The configuration of the gateway that runs, or of the file when none does; and having it read again. */
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "gateway/base/text.h"
#include "gateway/show.h"
#include "gateway/show_ask.h"
#include "gateway/show_text.h"

static enum status show_file(const struct command_options *options)
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

enum status command_show_config(const struct command_options *options)
{
        struct gateway_at at;
        struct client_answer answer = {0};
        struct command_options quiet = *options;
        char path[256];
        config_socket(options->config, path, sizeof path);
        quiet.socket = options->socket ? options->socket : path; /* what is wrong with the file is told below */
        enum status status = ask_find(&quiet, &at);
        enum client_result result = client_ask(at.socket, "GET",
                                               options->json ? "/api/v1/config" : "/api/v1/config.yaml", NULL, &answer);
        if (result != CLIENT_ANSWERED && !options->socket)
                status = show_file(options);
        else if (result != CLIENT_ANSWERED)
                status = ask_failed(result, &answer);
        else if (answer.status != 200)
                status = ask_refused(&answer);
        else
                fwrite(answer.body, 1, answer.len, stdout);
        free(answer.body);
        return status;
}

/* FILE:LINE:COL: error: sentence */
static void print_problem(const json_t *problem, FILE *to)
{
        if (show_number(problem, "line"))
                fprintf(to, "%s:%d:%d: ", show_get(problem, "file"), (int)show_number(problem, "line"),
                        (int)show_number(problem, "column"));
        else
                fprintf(to, "%s: ", show_get(problem, "file"));
        fprintf(to, "%s: %s\n", show_get(problem, "severity"), show_get(problem, "sentence"));
}

void show_reload(const json_t *outcome, FILE *good, FILE *bad)
{
        const json_t *one;
        size_t i;
        json_array_foreach(json_object_get(outcome, "problems"), i, one) print_problem(one, bad);
        json_array_foreach(json_object_get(outcome, "refused"), i, one) fprintf(bad, "%s\n", json_string_value(one));
        json_array_foreach(json_object_get(outcome, "changes"), i, one) fprintf(good, "%s\n", json_string_value(one));
        if (json_is_true(json_object_get(outcome, "rejected")))
                fputs("not taken: the configuration of before stays\n", bad);
        else if (!json_array_size(json_object_get(outcome, "changes")))
                fputs("nothing has changed\n", good);
}

enum status command_reload(const struct command_options *options)
{
        struct gateway_at at;
        struct client_answer answer = {0};
        enum status status = ask_find(options, &at);
        if (status != STATUS_OK)
                return status;
        enum client_result result = client_ask(at.socket, "POST", "/api/v1/reload", NULL, &answer);
        if (result != CLIENT_ANSWERED)
                status = ask_failed(result, &answer);
        else if (answer.status != 200 && answer.status != 422)
                status = ask_refused(&answer);
        else if (answer.status == 422)
                status = STATUS_BAD_CONFIG;
        json_t *outcome = result == CLIENT_ANSWERED && (answer.status == 200 || answer.status == 422)
                                  ? json_loadb(answer.body, answer.len, 0, NULL)
                                  : NULL;
        if (outcome && options->json)
                json_dumpf(outcome, stdout, JSON_INDENT(2)), putchar('\n');
        else if (outcome)
                show_reload(outcome, stdout, stderr);
        json_decref(outcome);
        free(answer.body);
        return status;
}
