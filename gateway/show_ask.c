/* The commands that ask a running gateway over its control socket. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"
#include "gateway/base/text.h"
#include "gateway/command.h"
#include "gateway/show.h"
#include "gateway/show_ask.h"

#define WATCH_S 2

enum status ask_find(const struct command_options *options, struct gateway_at *at)
{
        struct config_report report = {0};
        enum status status = STATUS_OK;
        *at = (struct gateway_at){.socket = options->socket};
        if (at->socket)
                return STATUS_OK;
        struct config *config = config_load(options->config, &report);
        if (config)
                TEXT_SET(at->path, config->admin.socket);
        else
                config_socket(options->config, at->path, sizeof at->path);
        at->socket = at->path;
        if (!config && access(at->path, F_OK) != 0) {
                config_report_print(&report, stderr);
                fputs("The control socket is not known from this configuration; --socket PATH names it.\n", stderr);
                status = STATUS_BAD_CONFIG;
        }
        config_report_free(&report);
        config_free(config);
        return status;
}

enum status ask_failed(enum client_result result, const struct client_answer *answer)
{
        fprintf(stderr, "sccpgw: %s\n", answer->why);
        return result == CLIENT_NOT_RUNNING ? STATUS_NOT_RUNNING : STATUS_FAILED;
}

enum status ask_refused(const struct client_answer *answer)
{
        json_t *body = json_loadb(answer->body ? answer->body : "", answer->len, 0, NULL);
        const char *error = json_string_value(json_object_get(body, "error"));
        char text[256];
        text_copy(text, sizeof text, error ? error : "it says no");
        text_tame(text);
        fprintf(stderr, "sccpgw: the gateway refuses with %u: %s\n", answer->status, text);
        json_decref(body);
        return STATUS_FAILED;
}

enum status ask(const char *socket, const char *method, const char *path, const char *body, json_t **document)
{
        struct client_answer answer;
        enum client_result result = client_ask(socket, method, path, body, &answer);
        enum status status = STATUS_OK;
        *document = NULL;
        if (result != CLIENT_ANSWERED) {
                status = ask_failed(result, &answer);
        } else if (answer.status != 200) {
                status = ask_refused(&answer);
        } else {
                *document = json_loadb(answer.body, answer.len, 0, NULL);
                if (!*document) {
                        fputs("sccpgw: the gateway's answer is no JSON\n", stderr);
                        status = STATUS_FAILED;
                }
        }
        free(answer.body);
        return status;
}

static void print_document(const struct command_options *options, const json_t *document,
                           void (*show)(const json_t *, FILE *))
{
        if (options->watch && !options->json && isatty(STDOUT_FILENO))
                fputs("\033[H\033[J", stdout);
        if (options->json)
                json_dumpf(document, stdout, options->watch ? JSON_COMPACT : JSON_INDENT(2));
        else
                show(document, stdout);
        if (options->json || (options->watch && !isatty(STDOUT_FILENO)))
                putchar('\n');
        fflush(stdout);
}

static enum status show(const struct command_options *options, const char *path, void (*print)(const json_t *, FILE *))
{
        struct gateway_at at;
        enum status status = ask_find(options, &at);
        while (status == STATUS_OK) {
                json_t *document;
                status = ask(at.socket, "GET", path, NULL, &document);
                if (document)
                        print_document(options, document, print);
                json_decref(document);
                if (!options->watch || ferror(stdout))
                        break;
                if (status == STATUS_OK)
                        sleep(WATCH_S);
        }
        return status;
}

enum status command_show_status(const struct command_options *options)
{
        return show(options, "/api/v1/status", show_status);
}

enum status command_show_phones(const struct command_options *options)
{
        return show(options, "/api/v1/phones", show_phones);
}

enum status command_show_lines(const struct command_options *options)
{
        return show(options, "/api/v1/lines", show_lines);
}

enum status command_show_calls(const struct command_options *options)
{
        return show(options, "/api/v1/calls", show_calls);
}

enum status command_show_media(const struct command_options *options)
{
        return show(options, "/api/v1/media", show_media);
}

void ask_phone_path(const char *name, const char *below, char *path, size_t size)
{
        text_copy(path, size, "/api/v1/phones/");
        client_path(path, size, name);
        text_append(path, size, "%s", below);
}

enum status command_show_phone(const struct command_options *options)
{
        char path[256];
        ask_phone_path(options->operand, "", path, sizeof path);
        return show(options, path, show_phone);
}

/* Until the gateway ends it, or we are. */
static enum status follow(const struct command_options *options, const char *path)
{
        struct gateway_at at;
        struct client_answer answer = {0};
        enum status status = ask_find(options, &at);
        if (status == STATUS_OK) {
                enum client_result result = client_follow(at.socket, path, stdout, &answer);
                if (result != CLIENT_ANSWERED)
                        status = ask_failed(result, &answer);
                else if (answer.status != 200)
                        status = ask_refused(&answer);
        }
        free(answer.body);
        return status;
}

enum status command_trace(const struct command_options *options)
{
        char path[256];
        ask_phone_path(options->operand, "/trace", path, sizeof path);
        return follow(options, path);
}

enum status command_events(const struct command_options *options)
{
        return follow(options, "/api/v1/events.jsonl");
}

enum status command_drain(const struct command_options *options)
{
        struct gateway_at at;
        json_t *document = NULL;
        bool off = text_equal(options->operand, "off");
        if (options->operand && !off) {
                fprintf(stderr,
                        "sccpgw ctl drain: only 'off' may follow, not '%s'\n"
                        "'sccpgw ctl drain --help' explains\n",
                        options->operand);
                return STATUS_BAD_USAGE;
        }
        enum status status = ask_find(options, &at);
        if (status == STATUS_OK)
                status = ask(at.socket, "POST", "/api/v1/drain", off ? "{\"on\": false}" : "{\"on\": true}", &document);
        if (document)
                puts(off ? "taking phones again" : "draining: no new phones are taken");
        json_decref(document);
        return status;
}

enum status ask_phone(const struct command_options *options, const char *below, json_t *body, json_t **answer)
{
        struct gateway_at at;
        char path[256], *text = json_dumps(body, JSON_COMPACT);
        enum status status = text ? ask_find(options, &at) : STATUS_FAILED;
        *answer = NULL;
        ask_phone_path(options->operand, below, path, sizeof path);
        if (status == STATUS_OK)
                status = ask(at.socket, "POST", path, text, answer);
        json_decref(body);
        free(text);
        return status;
}

/* Of which nothing needs to be said. */
static enum status order(const struct command_options *options, const char *below, json_t *body)
{
        json_t *answer;
        enum status status = ask_phone(options, below, body, &answer);
        json_decref(answer);
        return status;
}

enum status command_forward(const struct command_options *options)
{
        const char *to = options->operands[3];
        return order(options, "/forward",
                     json_pack("{s:s, s:s, s:s}", "line", options->operands[1], "kind", options->operands[2], "to",
                               text_equal(to, "off") ? "" : to));
}

enum status command_dnd(const struct command_options *options)
{
        return order(options, "/dnd", json_pack("{s:s}", "mode", options->operands[1]));
}

enum status command_message(const struct command_options *options)
{
        json_t *answer, *body = json_pack("{s:s}", "text", options->operands[1]);
        if (!body) {
                fputs("sccpgw: the text is not UTF-8\n", stderr);
                return STATUS_FAILED;
        }
        enum status status = ask_phone(options, "/message", body, &answer);
        if (answer)
                puts(json_is_true(json_object_get(answer, "shown"))
                             ? "shown"
                             : "the phone is in a call: shown when that is over");
        json_decref(answer);
        return status;
}

/* What is said is why not. */
enum status command_health(const struct command_options *options)
{
        struct gateway_at at;
        struct client_answer answer = {0};
        enum status status = ask_find(options, &at);
        if (status == STATUS_OK) {
                enum client_result result = client_ask(at.socket, "GET", options->ready ? "/readyz" : "/livez", NULL,
                                                       &answer);
                if (result != CLIENT_ANSWERED)
                        status = ask_failed(result, &answer);
                else if (answer.status != 200)
                        status = STATUS_FAILED;
        }
        json_t *body = json_loadb(answer.body ? answer.body : "", answer.len, 0, NULL);
        const json_t *reason;
        size_t i;
        json_array_foreach(json_object_get(body, "reasons"), i, reason)
                fprintf(stderr, "sccpgw: not ready: %s\n", json_string_value(reason));
        json_decref(body);
        free(answer.body);
        return status;
}
