#include "gateway/status.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "gateway/events.h"
#include "gateway/status/http.h"
#include "gateway/status/local.h"
#include "gateway/status_json.h"
#include "gateway/status_metrics.h"
#include "gateway/trace.h"

struct status {
        struct local local;
        struct http *socket, *port; /* NULL: it could not be had, or is off */
};

/* NULL: there is one that answers, or none is configured. One that is never asked (pbx.qualify 0s) is known by what the
 * registrations of its lines come to. */
static const char *pbx_reason(const struct gateway *gateway)
{
        size_t configured = 0, known = 0, up = 0;
        for (size_t i = 0; i < SIP_PBXS_MAX; i++) {
                configured += gateway->pbxs[i].config && gateway->pbxs[i].config->address;
                known += gateway->pbxs[i].known;
                up += gateway->pbxs[i].known && gateway->pbxs[i].up;
        }
        if (!configured || up)
                return NULL;
        return known ? "no PBX answers" : "no PBX has answered yet";
}

size_t status_reasons(const struct gateway *gateway, const char *reasons[STATUS_REASONS_MAX])
{
        const char *pbx = pbx_reason(gateway);
        size_t n = 0;
        if (gateway->stopping)
                reasons[n++] = "stopping";
        if (gateway->draining)
                reasons[n++] = "draining";
        if (pbx)
                reasons[n++] = pbx;
        return n;
}

/* The loop has turned, or nobody would answer. */
static void livez(void *owner, const struct http_request *request, struct http_reply *reply)
{
        (void)owner, (void)request;
        json_reply(reply, json_pack("{s:b}", "alive", 1));
}

static void readyz(void *owner, const struct http_request *request, struct http_reply *reply)
{
        const char *reasons[STATUS_REASONS_MAX];
        size_t n = status_reasons(owner, reasons);
        json_t *list = json_array();
        (void)request;
        for (size_t i = 0; i < n; i++)
                json_array_append_new(list, json_string(reasons[i]));
        reply->status = n ? 503 : 200;
        json_reply(reply, json_pack("{s:b, s:o}", "ready", n == 0, "reasons", list));
}

static void drain(void *owner, const struct http_request *request, struct http_reply *reply)
{
        struct gateway *gateway = owner;
        json_t *body = json_loadb(request->body, request->len, JSON_REJECT_DUPLICATES, NULL);
        json_t *on = json_object_get(body, "on");
        bool good = json_is_boolean(on) && json_object_size(body) == 1, wanted = json_is_true(on);
        json_decref(body);
        if (!good) {
                http_refuse(reply, 400, "the body is to be {on: true} or {on: false} in JSON");
                return;
        }
        if (gateway->draining != wanted)
                log_info(gateway->config->node.name, "%s", wanted ? "draining: no new phones" : "taking phones again");
        gateway->draining = wanted;
        json_reply(reply, json_pack("{s:b}", "draining", (int)wanted));
}

static void trace(void *owner, const struct http_request *request, struct http_reply *reply)
{
        if (strlen(request->name) > CONFIG_DEVICE_NAME_MAX) {
                http_refuse(reply, 400, "no phone has so long a name");
                return;
        }
        reply->type = HTTP_TEXT;
        reply->stream = trace_begin(owner, request->name);
        if (!reply->stream)
                http_refuse(reply, 503, "there are too many traces");
}

static void follow(void *owner, bool sse, struct http_reply *reply)
{
        reply->type = sse ? HTTP_EVENTS : HTTP_TEXT;
        reply->stream = events_follow(owner, sse);
        if (!reply->stream)
                http_refuse(reply, 503, "too many follow the events already");
}

static void events(void *owner, const struct http_request *request, struct http_reply *reply)
{
        (void)request;
        follow(owner, true, reply);
}

static void event_lines(void *owner, const struct http_request *request, struct http_reply *reply)
{
        (void)request;
        follow(owner, false, reply);
}

static void openapi(void *owner, const struct http_request *request, struct http_reply *reply);

static const struct route routes[] = {
        {"GET", "/", 0, status_page, "the status page", NULL},
        {"GET", "/page.css", 0, status_page_style, "its style", NULL},
        {"GET", "/page.js", 0, status_page_script, "its script", NULL},
        {"GET", "/api/v1/events", 0, events, "what happens, as server-sent events", NULL},
        {"GET", "/api/v1/events.jsonl", 0, event_lines, "what happens, a JSON object a line", NULL},
        {"GET", "/livez", 0, livez, "200: the event loop turns", NULL},
        {"GET", "/healthz", 0, livez, "the same", NULL},
        {"GET", "/readyz", 0, readyz, "200, or 503 with the reasons", NULL},
        {"GET", "/metrics", 0, status_metrics, "Prometheus' text format", NULL},
        {"GET", "/api/v1/status", 0, status_summary, "the gateway as a whole", NULL},
        {"GET", "/api/v1/calls", 0, status_calls, "every call", NULL},
        {"GET", "/api/v1/config", 0, status_config, "the configuration that runs, secrets masked", NULL},
        {"GET", "/api/v1/config.yaml", 0, status_config_yaml, "the same as YAML", NULL},
        {"GET", "/api/v1/lines", 0, status_lines, "every line", NULL},
        {"GET", "/api/v1/media", 0, status_media, "the audio of the calls", NULL},
        {"GET", "/api/v1/phones", 0, status_phones, "every phone, and the unknown ones that knocked", NULL},
        {"GET", "/api/v1/phones/NAME", 0, status_phone, "one phone", NULL},
        {"GET", "/api/v1/phones/NAME/trace", ROUTE_LOCAL, trace, "what it and the gateway say, without end", NULL},
        {"POST", "/api/v1/phones/NAME/message", ROUTE_TOKEN, status_message, "shows a text on it",
         "{\"text\": \"...\"}"},
        {"POST", "/api/v1/phones/NAME/forward", ROUTE_TOKEN, status_forward, "forwards a line of it",
         "{\"line\": \"1001\", \"kind\": \"all\", \"to\": \"1002\"}"},
        {"POST", "/api/v1/phones/NAME/dnd", ROUTE_TOKEN, status_dnd, "do not disturb", "{\"mode\": \"reject\"}"},
        {"POST", "/api/v1/phones/NAME/reset", ROUTE_TOKEN, status_reset,
         "has it start anew when it is idle: it reads its files again", NULL},
        {"POST", "/api/v1/phones/NAME/restart", ROUTE_TOKEN, status_restart, "has it register anew when it is idle",
         NULL},
        {"GET", "/api/v1/openapi.json", 0, openapi, "this description", NULL},
        {"POST", "/api/v1/calls/NAME/hangup", ROUTE_TOKEN, status_hangup, "ends a call", NULL},
        {"POST", "/api/v1/drain", ROUTE_TOKEN, drain, "takes no new phones, or takes them again", "{\"on\": true}"},
        {"POST", "/api/v1/reload", ROUTE_TOKEN, status_reload, "reads the configuration again", NULL},
};

static void openapi(void *owner, const struct http_request *request, struct http_reply *reply)
{
        (void)owner, (void)request;
        json_reply(reply, status_openapi(routes, sizeof routes / sizeof routes[0]));
}

static struct http_settings settings_for(struct gateway *gateway, bool local)
{
        return (struct http_settings){.routes = routes,
                                      .n_routes = sizeof routes / sizeof routes[0],
                                      .owner = gateway,
                                      .local = local,
                                      .token = gateway->config->admin.token};
}

static void open_socket(struct gateway *gateway)
{
        struct status *status = gateway->status;
        struct http_settings settings = settings_for(gateway, true);
        const char *path = gateway->config->admin.socket;
        char why[256];
        if (local_listen(&status->local, path, why, sizeof why)) {
                status->socket = http_start(gateway->loop, status->local.socket, &settings, why, sizeof why);
                if (status->socket)
                        return;
                local_forget(&status->local, path);
        }
        log_warning("admin", "%s; 'sccpgw show' and 'sccpgw ctl' cannot reach this gateway (admin.socket)", why);
}

static void open_port(struct gateway *gateway)
{
        struct http_settings settings = settings_for(gateway, false);
        const struct endpoint *at = &gateway->config->admin.http;
        char why[256], text[ENDPOINT_TEXT_SIZE];
        if (!at->port)
                return;
        int socket = tcp_listen(at, why, sizeof why);
        if (socket >= 0)
                gateway->status->port = http_start(gateway->loop, socket, &settings, why, sizeof why);
        if (gateway->status->port)
                log_info(gateway->config->node.name, "status and metrics on http://%s", endpoint_print(at, text));
        else
                log_warning("admin", "%s; there are no metrics over HTTP (admin.http)", why);
}

void status_token_set(struct gateway *gateway)
{
        if (gateway->status && gateway->status->port)
                http_token_set(gateway->status->port, gateway->config->admin.token);
}

bool status_start(struct gateway *gateway)
{
        gateway->status = calloc(1, sizeof *gateway->status);
        if (!gateway->status)
                return false;
        open_socket(gateway);
        open_port(gateway);
        return true;
}

void status_stop(struct gateway *gateway)
{
        struct status *status = gateway->status;
        if (!status)
                return;
        if (status->socket)
                local_forget(&status->local, gateway->config->admin.socket);
        http_stop(status->socket);
        http_stop(status->port);
        free(status);
        gateway->status = NULL;
}
