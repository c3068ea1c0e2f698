/* The configuration that runs, and reading it anew. */
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "gateway/reload.h"
#include "gateway/status_json.h"

static json_t *problems_json(const struct config_report *report)
{
        json_t *list = json_array();
        for (size_t i = 0; i < report->count; i++) {
                const struct config_problem *problem = &report->problems[i];
                json_array_append_new(list,
                                      json_pack("{s:o, s:i, s:i, s:s, s:o}", "file", json_text(problem->file), "line",
                                                (int)problem->line, "column", (int)problem->column, "severity",
                                                problem->severity == CONFIG_ERROR ? "error" : "warning", "sentence",
                                                json_text(problem->sentence)));
        }
        return list;
}

static json_t *notes_json(const struct reload *last, size_t first, size_t end)
{
        json_t *list = json_array();
        for (size_t i = first; i < end; i++)
                json_array_append_new(list, json_text(last->notes[i]));
        return list;
}

json_t *json_reload(const struct gateway *gateway)
{
        const struct reload *last = gateway->reload;
        size_t waiting = 0;
        for (size_t i = 0; i < gateway->n_phones; i++)
                waiting += gateway->phones[i]->reset_due;
        return json_pack("{s:o, s:b, s:I, s:I, s:o, s:o, s:o, s:I}", "file", json_text(last->path), "rejected",
                         (int)last->rejected, "read_at", (json_int_t)last->at, "loaded_at", (json_int_t)last->good_at,
                         "problems", problems_json(&last->report), "changes", notes_json(last, 0, last->n_done),
                         "refused", notes_json(last, last->n_done, last->n_notes), "phones_waiting",
                         (json_int_t)waiting);
}

void status_reload(void *owner, const struct http_request *request, struct http_reply *reply)
{
        struct gateway *gateway = owner;
        (void)request;
        bool good = reload(gateway);
        json_t *outcome = json_reload(gateway);
        if (!good)
                json_object_set_new(outcome, "error", json_string("the configuration is not taken"));
        json_reply(reply, outcome);
        if (!good && reply->status == 0)
                reply->status = 422;
}

static void print(const struct gateway *gateway, void (*how)(const struct config *, FILE *), const char *type,
                  struct http_reply *reply)
{
        FILE *to = open_memstream(&reply->text, &reply->len);
        reply->type = type;
        if (to)
                how(gateway->config, to);
        if (!to || fclose(to) != 0)
                http_refuse(reply, 500, "out of memory");
}

void status_config(void *owner, const struct http_request *request, struct http_reply *reply)
{
        (void)request;
        print(owner, config_print_json, HTTP_JSON, reply);
}

void status_config_yaml(void *owner, const struct http_request *request, struct http_reply *reply)
{
        (void)request;
        print(owner, config_print, HTTP_TEXT, reply);
}
