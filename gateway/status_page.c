/* The status page, of the documents the API gives, and what it loads. */
#include <stdlib.h>
#include <string.h>

#include "gateway/events.h"
#include "gateway/status/page.h"
#include "gateway/status_json.h"

/* Newest first. */
static json_t *events_json(const struct gateway *gateway)
{
        json_t *list = json_array();
        const char *line;
        for (size_t i = 0; (line = events_kept(gateway, i)) != NULL; i++)
                json_array_append_new(list, json_loads(line, 0, NULL));
        return list;
}

static json_t *phones_json(const struct gateway *gateway)
{
        json_t *list = json_array();
        for (size_t i = 0; i < gateway->n_phones; i++)
                json_array_append_new(list, json_phone(gateway->phones[i]));
        return list;
}

void status_page(void *owner, const struct http_request *request, struct http_reply *reply)
{
        json_t *status = json_status(owner), *known = json_phones(owner), *phones = phones_json(owner);
        json_t *calls = json_calls(owner, false), *events = events_json(owner);
        struct page page = {.status = status,
                            .phones = phones,
                            .unknown = json_object_get(known, "unknown"),
                            .calls = calls,
                            .events = events};
        (void)request;
        reply->type = "text/html; charset=utf-8";
        reply->policy = PAGE_POLICY;
        reply->text = page_write(&page, &reply->len);
        json_decref(status);
        json_decref(known);
        json_decref(phones);
        json_decref(calls);
        json_decref(events);
        if (!reply->text)
                http_refuse(reply, 500, "out of memory");
}

static void file(const char *text, const char *type, struct http_reply *reply)
{
        reply->type = type;
        reply->text = strdup(text);
        reply->len = strlen(text);
}

void status_page_style(void *owner, const struct http_request *request, struct http_reply *reply)
{
        (void)owner, (void)request;
        file(page_style, "text/css; charset=utf-8", reply);
}

void status_page_script(void *owner, const struct http_request *request, struct http_reply *reply)
{
        (void)owner, (void)request;
        file(page_script, "text/javascript; charset=utf-8", reply);
}
