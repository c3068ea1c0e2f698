#include "gateway/status/page.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/status/html.h"

#define NUMBER_SIZE 32

static const char *get(const json_t *object, const char *key)
{
        const char *text = json_string_value(json_object_get(object, key));
        return text ? text : "";
}

static bool is(const json_t *object, const char *key)
{
        return json_is_true(json_object_get(object, key));
}

/* A number as text; "" for what is none. */
static const char *number(const json_t *object, const char *key, char out[NUMBER_SIZE])
{
        const json_t *value = json_object_get(object, key);
        *out = '\0';
        if (json_is_integer(value))
                snprintf(out, NUMBER_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return out;
}

/* "3 d 4 h" */
static const char *duration(const json_t *object, const char *key, char out[NUMBER_SIZE])
{
        static const struct {
                json_int_t seconds;
                const char *unit;
        } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
        const json_t *value = json_object_get(object, key);
        json_int_t left = json_integer_value(value);
        *out = '\0';
        if (!json_is_integer(value))
                return out;
        for (size_t i = 0, told = 0; i < 4 && told < 2; i++) {
                json_int_t n = left / units[i].seconds;
                if (!n && !told && i < 3)
                        continue;
                left %= units[i].seconds;
                if (n || !told)
                        text_append(out, NUMBER_SIZE, "%s%d %s", told ? " " : "", (int)n, units[i].unit);
                told++;
        }
        return out;
}

/* ---- the head ---- */

static void write_pbx(FILE *to, const json_t *pbx)
{
        char since[NUMBER_SIZE], ms[NUMBER_SIZE], lines[NUMBER_SIZE], good[NUMBER_SIZE];
        const char *state = get(pbx, "state");
        const char *mood = text_equal(state, "up") ? "good" : text_equal(state, "down") ? "bad" : "";
        html_put(to, "<tr><th>PBX %s<td><b class=\"%s\">%s</b>", get(pbx, "name"), mood,
                 *get(pbx, "address") ? state : "none: phones call each other");
        if (*get(pbx, "address"))
                html_put(to, " for %s, at %s", duration(pbx, "since_s", since), get(pbx, "address"));
        if (*number(pbx, "round_trip_ms", ms))
                html_put(to, ", %s ms", ms);
        html_put(to, "; %s of %s lines in service", number(pbx, "registered", good), number(pbx, "lines", lines));
}

static void write_config(FILE *to, const json_t *config)
{
        const json_t *one;
        char line[NUMBER_SIZE];
        size_t i;
        html_put(to, "<tr><th>configuration<td>%s ", get(config, "file"));
        if (is(config, "rejected"))
                html_put(to, "<b class=\"bad\">the newest is not taken</b>");
        else
                html_put(to, "<b class=\"good\">ok</b>");
        json_array_foreach(json_object_get(config, "problems"), i, one)
                html_put(to, "<br><code>%s:%s: %s: %s</code>", get(one, "file"), number(one, "line", line),
                         get(one, "severity"), get(one, "sentence"));
        json_array_foreach(json_object_get(config, "refused"), i, one)
                html_put(to, "<br><code>%s</code>", json_string_value(one));
}

static void write_head(FILE *to, const json_t *status)
{
        const json_t *phones = json_object_get(status, "phones"), *calls = json_object_get(status, "calls"), *one;
        char a[NUMBER_SIZE], b[NUMBER_SIZE], c[NUMBER_SIZE], d[NUMBER_SIZE];
        size_t i;
        html_put(to, "<h1>%s</h1><table class=\"facts\"><tr><th>gateway<td>sccpgw %s, up %s", get(status, "node"),
                 get(status, "version"), duration(status, "uptime_s", a));
        html_put(to, "<tr><th>ready<td>");
        if (is(status, "ready"))
                html_put(to, "<b class=\"good\">yes</b>");
        json_array_foreach(json_object_get(status, "reasons"), i, one)
                html_put(to, "<b class=\"bad\">%s</b> ", json_string_value(one));
        write_config(to, json_object_get(status, "config"));
        json_array_foreach(json_object_get(status, "pbx"), i, one) write_pbx(to, one);
        html_put(to, "<tr><th>phones<td>%s of %s registered", number(phones, "registered", a),
                 number(phones, "known", b));
        html_put(to, "<tr><th>calls<td>%s active; %s answered, %s unanswered, %s failed so far</table>",
                 number(calls, "active", a), number(calls, "answered", b), number(calls, "unanswered", c),
                 number(calls, "failed", d));
}

/* ---- tables ---- */

static void write_side(FILE *to, const char *name, const json_t *side)
{
        char packets[NUMBER_SIZE], lost[NUMBER_SIZE], jitter[NUMBER_SIZE];
        if (json_is_object(side))
                html_put(to, "<br>%s: %s packets, %s lost, jitter %s ms", name, number(side, "packets", packets),
                         number(side, "lost", lost), number(side, "jitter_ms", jitter));
}

static void write_call(FILE *to, const json_t *call)
{
        const json_t *audio = json_object_get(call, "audio");
        char id[NUMBER_SIZE], age[NUMBER_SIZE];
        html_put(to, "<tr><td>%s<td>%s<br>%s<td>%s %s %s<td>%s<td>%s<td>%s", number(call, "id", id), get(call, "phone"),
                 get(call, "line"), text_equal(get(call, "direction"), "inbound") ? "from" : "to", get(call, "number"),
                 get(call, "name"), get(call, "state"), duration(call, "age_s", age), get(call, "codec"));
        write_side(to, "from the phone", json_object_get(audio, "from_phone"));
        write_side(to, "from the far end", json_object_get(audio, "from_far"));
        if (is(audio, "one_way"))
                html_put(to, "<br><b class=\"bad\">one-way audio</b>");
}

static void write_calls(FILE *to, const json_t *calls)
{
        const json_t *one;
        size_t i;
        if (!json_array_size(calls))
                return;
        html_put(to, "<h2>Calls</h2><table><tr><th>id<th>phone, line<th>with<th>state<th>for<th>audio");
        json_array_foreach(calls, i, one) write_call(to, one);
        html_put(to, "</table>");
}

static void write_line(FILE *to, const json_t *line)
{
        const json_t *error = json_object_get(line, "error");
        const char *lamp = get(line, "lamp");
        char status[NUMBER_SIZE], ago[NUMBER_SIZE];
        html_put(to, "<li><i class=\"lamp %s\" title=\"lamp %s\"></i> %s %s: %s", lamp, *lamp ? lamp : "unknown",
                 get(line, "number"), get(line, "name"), get(line, "state"));
        if (json_is_object(error))
                html_put(to, "<br><small>%s %s, %s ago</small>", number(error, "status", status), get(error, "reason"),
                         duration(error, "ago_s", ago));
}

static void write_phone(FILE *to, const json_t *phone)
{
        const json_t *one;
        char since[NUMBER_SIZE], protocol[NUMBER_SIZE];
        size_t i;
        bool here = text_equal(get(phone, "state"), "registered");
        html_put(to, "<tr><td>%s<br><small>%s</small><td><b class=\"%s\">%s</b><br><small>%s</small>",
                 get(phone, "name"), get(phone, "description"), here ? "good" : "away", get(phone, "state"),
                 duration(phone, "since_s", since));
        html_put(to, "<td>%s<br><small>%s</small><td>%s<td>%s<td><ul>", get(phone, "model"), get(phone, "firmware"),
                 number(phone, "protocol", protocol), get(phone, "address"));
        json_array_foreach(json_object_get(phone, "lines"), i, one) write_line(to, one);
        html_put(to, "</ul><td>%s", get(phone, "last_reason"));
        if (is(phone, "reset_due"))
                html_put(to, "<br><small>gets a new configuration when its calls are over</small>");
}

static void write_phones(FILE *to, const json_t *phones)
{
        const json_t *one;
        size_t i;
        html_put(to, "<h2>Phones</h2><table><tr><th>name<th>state<th>model, "
                     "firmware<th>protocol<th>address<th>lines<th>why it came");
        json_array_foreach(phones, i, one) write_phone(to, one);
        html_put(to, "</table>");
}

static void write_unknown(FILE *to, const json_t *unknown)
{
        const json_t *one;
        char times[NUMBER_SIZE], ago[NUMBER_SIZE];
        size_t i;
        if (!json_array_size(unknown))
                return;
        html_put(to,
                 "<h2>Phones that are not known</h2><p>To admit one, put this into the configuration and reload it.");
        json_array_foreach(unknown, i, one)
        {
                html_put(to, "<p>%s, %s at %s, %s times, %s ago<pre>", get(one, "name"), get(one, "model"),
                         get(one, "address"), number(one, "times", times), duration(one, "ago_s", ago));
                for (const char *line = get(one, "yaml"); *line;) {
                        char text[256];
                        size_t len = strcspn(line, "\n");
                        text_copy_n(text, sizeof text, line, len);
                        html_put(to, "%s\n", text);
                        line += len + (line[len] != '\0');
                }
                html_put(to, "</pre>");
        }
}

static void write_event(FILE *to, const json_t *event)
{
        const char *key;
        const json_t *value;
        html_put(to, "<tr><td>%s<td>%s<td>", get(event, "ts"), get(event, "event"));
        json_object_foreach((json_t *)event, key, value)
        {
                char text[NUMBER_SIZE];
                const char *said = json_is_string(value) ? json_string_value(value) : number(event, key, text);
                if (*said && !text_equal(key, "ts") && !text_equal(key, "event"))
                        html_put(to, "<small>%s=</small>%s ", key, said);
        }
}

static void write_events(FILE *to, const json_t *events)
{
        const json_t *one;
        size_t i;
        if (!json_array_size(events))
                return;
        html_put(to, "<h2>Events</h2><table>");
        json_array_foreach(events, i, one) write_event(to, one);
        html_put(to, "</table>");
}

char *page_write(const struct page *page, size_t *len)
{
        char *text = NULL;
        FILE *to = open_memstream(&text, len);
        if (!to)
                return NULL;
        html_put(to,
                 "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
                 "content=\"width=device-width\"><title>%s - sccpgw</title><link rel=\"stylesheet\" href=\"/page.css\">"
                 "<script src=\"/page.js\" defer></script><noscript><meta http-equiv=\"refresh\" "
                 "content=\"10\"></noscript><main>",
                 get(page->status, "node"));
        write_head(to, page->status);
        write_calls(to, page->calls);
        write_phones(to, page->phones);
        write_unknown(to, page->unknown);
        write_events(to, page->events);
        html_put(to, "</main></html>\n");
        if (fclose(to) == 0)
                return text;
        free(text);
        return NULL;
}
