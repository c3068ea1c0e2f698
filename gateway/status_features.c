/* Verbs for one phone: forwards of a line, do not disturb, a text on its display. */
#include <ctype.h>
#include <jansson.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/features.h"
#include "gateway/roster.h"
#include "gateway/status_json.h"
#include "gateway/text_side.h"

#define DIALABLE "0123456789*#+"

/* NULL: refused already. */
static struct phone *phone_named(struct gateway *gateway, const struct http_request *request, struct http_reply *reply)
{
        char name[ROUTE_NAME_SIZE];
        TEXT_SET(name, request->name);
        for (char *c = name; *c; c++)
                *c = (char)toupper((unsigned char)*c);
        struct phone *phone = roster_phone(gateway, name);
        if (!phone)
                http_refuse(reply, 404, "no phone of that name is configured");
        return phone;
}

/* By its number, else by its place on the phone. */
static struct phone_line *line_named(const struct phone *phone, const char *name)
{
        char place[12];
        for (unsigned i = 0; i < phone->n_lines; i++)
                if (text_equal(phone->lines[i].config->number, name))
                        return &phone->lines[i];
        for (unsigned i = 0; i < phone->n_lines; i++) {
                text_printf(place, sizeof place, "%u", i + 1);
                if (text_equal(place, name))
                        return &phone->lines[i];
        }
        return NULL;
}

static enum forward_kind kind_named(const char *name)
{
        enum forward_kind kind = 0;
        while (kind < FORWARD_KINDS && !text_equal(forward_name(kind), name))
                kind++;
        return kind;
}

static bool is_number(const char *text)
{
        return strlen(text) <= DIAL_DIGITS_MAX && text[strspn(text, DIALABLE)] == '\0';
}

static void forward(struct phone *phone, const char *line_name, const char *kind_name, const char *to,
                    struct http_reply *reply)
{
        struct phone_line *line = line_named(phone, line_name);
        enum forward_kind kind = kind_named(kind_name);
        if (!line)
                http_refuse(reply, 404, "the phone has no such line");
        else if (kind == FORWARD_KINDS)
                http_refuse(reply, 400, "kind must be all, busy or no_answer");
        else if (!is_number(to))
                http_refuse(reply, 400, "to must be a number of digits, * # and +, or empty");
        else {
                const char *why = features_ask(line, kind, to);
                if (why)
                        http_refuse(reply, 409, why);
                else
                        json_reply(reply, json_pack("{s:s, s:s, s:s}", "line", line->config->number, "kind",
                                                    forward_name(kind), "to", to));
        }
}

void status_forward(void *owner, const struct http_request *request, struct http_reply *reply)
{
        const char *line, *kind, *to;
        struct phone *phone = phone_named(owner, request, reply);
        json_t *body = json_loadb(request->body, request->len, JSON_REJECT_DUPLICATES, NULL);
        if (phone && json_unpack(body, "{s:s, s:s, s:s !}", "line", &line, "kind", &kind, "to", &to) == 0)
                forward(phone, line, kind, to, reply);
        else if (phone)
                http_refuse(reply, 400, "the body is to be {line: text, kind: text, to: text} in JSON");
        json_decref(body);
}

void status_dnd(void *owner, const struct http_request *request, struct http_reply *reply)
{
        const char *name = NULL;
        enum dnd_mode mode = DND_MODES;
        struct phone *phone = phone_named(owner, request, reply);
        json_t *body = json_loadb(request->body, request->len, JSON_REJECT_DUPLICATES, NULL);
        if (json_unpack(body, "{s:s !}", "mode", &name) == 0)
                for (mode = DND_OFF; mode < DND_MODES && !text_equal(dnd_name(mode), name);)
                        mode++;
        json_decref(body);
        if (phone && mode == DND_MODES) {
                http_refuse(reply, 400, "the body is to be {mode: off, reject or silent} in JSON");
        } else if (phone) {
                features_dnd(phone, mode);
                json_reply(reply, json_pack("{s:s}", "mode", dnd_name(mode)));
        }
}

/* {"text": "..."}: in one line, as long as a MESSAGE may be. */
static bool message_of(const struct http_request *request, char *text, size_t size)
{
        json_t *body = json_loadb(request->body, request->len, JSON_REJECT_DUPLICATES, NULL);
        const char *said = json_string_value(json_object_get(body, "text"));
        bool good = said && *said && json_object_size(body) == 1 && strlen(said) < size;
        text_copy(text, size, good ? said : "");
        json_decref(body);
        text_tame(text);
        return good;
}

void status_message(void *owner, const struct http_request *request, struct http_reply *reply)
{
        struct phone *phone = phone_named(owner, request, reply);
        char text[SIP_TEXT_MAX];
        if (!phone)
                return;
        if (!message_of(request, text, sizeof text))
                http_refuse(reply, 400, "the body is to be {text: text} in JSON, with 1 to 480 bytes of it");
        else if (!phone->session)
                http_refuse(reply, 409, "the phone is away");
        else if (!text_show(phone, "", text))
                http_refuse(reply, 409, "the phone shows no texts");
        else
                json_reply(reply, json_pack("{s:b}", "shown", bridge_calls(phone) == 0));
}
