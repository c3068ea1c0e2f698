/* The API's description, made of the table of verbs (OpenAPI 3.0). */
#include <ctype.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/status_json.h"

#define PATH_SIZE 96

/* "/api/v1/phones/NAME/reset" as "/api/v1/phones/{name}/reset". */
static bool path_write(const char *route, char out[PATH_SIZE])
{
        const char *name = strstr(route, "/NAME");
        if (!name) {
                text_copy(out, PATH_SIZE, route);
                return false;
        }
        text_printf(out, PATH_SIZE, "%.*s/{name}%s", (int)(name - route), route, name + strlen("/NAME"));
        return true;
}

static json_t *operation(const struct route *route, bool named)
{
        json_t *answers = json_pack("{s:{s:s}, s:{s:s}}", "200", "description", "done", "default", "description",
                                    "{error: sentence}");
        json_t *json = json_pack("{s:s, s:o}", "summary", route->does, "responses", answers);
        if (named)
                json_object_set_new(json, "parameters",
                                    json_pack("[{s:s, s:s, s:b, s:{s:s}}]", "name", "name", "in", "path", "required", 1,
                                              "schema", "type", "string"));
        if (route->needs & ROUTE_TOKEN)
                json_object_set_new(json, "security", json_pack("[{s:[]}]", "token"));
        if (route->needs & ROUTE_LOCAL)
                json_object_set_new(json, "description", json_string("Over the control socket only."));
        if (route->body && *route->body)
                json_object_set_new(json, "requestBody",
                                    json_pack("{s:b, s:{s:{s:o}}}", "required", 1, "content", "application/json",
                                              "example", json_loads(route->body, 0, NULL)));
        return json;
}

json_t *status_openapi(const struct route *routes, size_t n)
{
        json_t *paths = json_object();
        for (size_t i = 0; i < n; i++) {
                char path[PATH_SIZE], method[8];
                bool named = path_write(routes[i].path, path);
                text_copy(method, sizeof method, routes[i].method);
                for (char *c = method; *c; c++)
                        *c = (char)tolower((unsigned char)*c);
                if (!json_object_get(paths, path))
                        json_object_set_new(paths, path, json_object());
                json_object_set_new(json_object_get(paths, path), method, operation(&routes[i], named));
        }
        return json_pack("{s:s, s:{s:s, s:s}, s:o, s:{s:{s:{s:s, s:s}}}}", "openapi", "3.0.3", "info", "title",
                         "sccpgw", "version", SCCPGW_VERSION, "paths", paths, "components", "securitySchemes", "token",
                         "type", "http", "scheme", "bearer");
}
