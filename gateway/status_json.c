#include "gateway/status_json.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"

json_t *json_text(const char *text)
{
        if (!text)
                return json_null();
        json_t *value = json_string(text);
        char *tame = value ? NULL : strdup(text);
        if (tame) {
                text_tame(tame);
                value = json_string(tame);
        }
        free(tame);
        return value;
}

json_t *json_ago(const struct gateway *gateway, int64_t at_ms)
{
        return at_ms ? json_integer((loop_now_ms(gateway->loop) - at_ms) / 1000) : json_null();
}

void json_reply(struct http_reply *reply, json_t *document)
{
        char *text = document ? json_dumps(document, JSON_INDENT(1)) : NULL;
        size_t len = text ? strlen(text) : 0;
        json_decref(document);
        if (text) /* the line end takes the place of the NUL */
                text[len++] = '\n';
        if (!text) {
                http_refuse(reply, 500, "out of memory");
                return;
        }
        reply->type = HTTP_JSON;
        reply->text = text;
        reply->len = len;
}
