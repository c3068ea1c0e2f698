/* A request's method and path against a table of verbs, and any JSON as the documents of the status page: no text of it
 * may begin an element. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/status/page.h"
#include "gateway/status/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct route routes[] = {
        {"GET", "/", 0, NULL, NULL, NULL},
        {"GET", "/api/v1/phones/NAME", 0, NULL, NULL, NULL},
        {"POST", "/api/v1/phones/NAME/reset", ROUTE_TOKEN, NULL, NULL, NULL},
        {"POST", "/api/v1/calls/NAME/hangup", ROUTE_TOKEN, NULL, NULL, NULL},
};

static void find(const char *text)
{
        struct route_match match;
        if (route_find(routes, sizeof routes / sizeof routes[0], "POST", text, &match) == ROUTE_FOUND &&
            strlen(match.name) >= ROUTE_NAME_SIZE)
                abort();
        route_token_is(text, "0123456789");
}

/* One script, one style: those of the page. */
static void show(const char *text, size_t size)
{
        json_t *all = json_loadb(text, size, 0, NULL);
        size_t len;
        struct page page = {.status = json_object_get(all, "status"),
                            .phones = json_object_get(all, "phones"),
                            .unknown = json_object_get(all, "unknown"),
                            .calls = json_object_get(all, "calls"),
                            .events = json_object_get(all, "events")};
        char *html = page_write(&page, &len);
        const char *script = html ? strstr(html, "<script") : NULL;
        if (html && (!script || strstr(script + 1, "<script") || strlen(html) != len))
                abort();
        free(html);
        json_decref(all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *text = malloc(size + 1);
        if (!text)
                return 0;
        if (size)
                memcpy(text, data, size);
        text[size] = '\0';
        find(text);
        show(text, size);
        free(text);
        return 0;
}
