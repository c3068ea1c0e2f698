#include "gateway/base/text.h"
#include "gateway/show.h"
#include "gateway/show_text.h"

static const char *name_or(const char *text, const char *otherwise)
{
        return *text ? text : otherwise;
}

static void show_presence(const json_t *phone, FILE *to)
{
        char since[SHOW_DURATION];
        const json_t *at = json_object_get(phone, "since_s");
        if (json_is_integer(at))
                show_fact("state", to, "%s for %s", show_get(phone, "state"), show_duration(at, since));
        else
                show_fact("state", to, "%s since this gateway started", show_get(phone, "state"));
        if (*show_get(phone, "address"))
                show_fact("address", to, "%s%s%s", show_get(phone, "address"), *show_get(phone, "tls") ? ", " : "",
                          show_get(phone, "tls"));
        if (json_is_integer(json_object_get(phone, "device_type")))
                show_fact("model", to, "%s, device type %d, protocol %d", show_get(phone, "model"),
                          (int)show_number(phone, "device_type"), (int)show_number(phone, "protocol"));
        else
                show_fact("model", to, "%s", name_or(show_get(phone, "model"), "not known yet"));
        if (*show_get(phone, "last_reason"))
                show_fact("last reason", to, "%s", show_get(phone, "last_reason"));
}

/* "pcmu, g729": the names of a list, or of a key of its objects. */
static void show_list(const char *title, const json_t *list, const char *key, FILE *to)
{
        char text[1024] = "";
        const json_t *one;
        size_t i;
        json_array_foreach(list, i, one) text_append(text, sizeof text, "%s%s", i ? ", " : "",
                                                     key ? show_get(one, key) : json_string_value(one));
        if (json_is_array(list))
                show_fact(title, to, "%s", name_or(text, "none"));
}

static void show_line(const json_t *line, FILE *to)
{
        const char *pbx = show_get(line, "pbx");
        char title[24];
        text_printf(title, sizeof title, "line %d", (int)show_number(line, "instance"));
        show_fact(title, to, "%s%s%s, %s", show_get(line, "number"), *pbx ? " at " : "", pbx, show_get(line, "state"));
        show_line_error(line, to);
}

static void show_call(const json_t *call, FILE *to)
{
        char title[24], age[SHOW_DURATION];
        const char *name = show_get(call, "name"), *codec = show_get(call, "codec");
        text_printf(title, sizeof title, "call %d", (int)show_number(call, "id"));
        show_fact(title, to, "%s, %s %s%s%s on %s, %s%s%s", show_get(call, "state"),
                  text_equal(show_get(call, "direction"), "inbound") ? "from" : "to",
                  name_or(show_get(call, "number"), "?"), *name ? " " : "", name, show_get(call, "line"),
                  show_duration(json_object_get(call, "age_s"), age), *codec ? ", " : "", codec);
}

static void show_button(size_t place, const json_t *button, FILE *to)
{
        char title[24];
        const char *number = show_get(button, "number"), *label = show_get(button, "label");
        text_printf(title, sizeof title, "button %zu", place);
        show_fact(title, to, "%s%s%s%s%s%s", show_get(button, "kind"), *number ? " " : "", number, *label ? " \"" : "",
                  label, *label ? "\"" : "");
}

void show_phone(const json_t *phone, FILE *to)
{
        const json_t *one;
        size_t i;
        show_fact("phone", to, "%s%s%s", show_get(phone, "name"), *show_get(phone, "description") ? ", " : "",
                  show_get(phone, "description"));
        show_presence(phone, to);
        show_list("features", json_object_get(phone, "features"), NULL, to);
        show_list("codecs", json_object_get(phone, "capabilities"), "codec", to);
        json_array_foreach(json_object_get(phone, "lines"), i, one) show_line(one, to);
        json_array_foreach(json_object_get(phone, "calls"), i, one) show_call(one, to);
        json_array_foreach(json_object_get(phone, "buttons"), i, one) show_button(i + 1, one, to);
        show_fact("so far", to, "registered %d times, %d calls in, %d calls out",
                  (int)show_number(phone, "registrations"), (int)show_number(phone, "calls_in"),
                  (int)show_number(phone, "calls_out"));
}
