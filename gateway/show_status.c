#include <time.h>

#include "gateway/base/text.h"
#include "gateway/show.h"
#include "gateway/show_text.h"

/* "up for 3 h, round trip 2 ms" */
static void print_pbx_state(const json_t *pbx, char *text, size_t size)
{
        char since[SHOW_DURATION];
        const char *state = show_get(pbx, "state");
        if (text_equal(state, "unknown")) {
                text_copy(text, size, "has not answered yet");
                return;
        }
        text_printf(text, size, "%s for %s", state, show_duration(json_object_get(pbx, "since_s"), since));
        if (show_number(pbx, "round_trip_ms"))
                text_append(text, size, ", round trip %d ms", (int)show_number(pbx, "round_trip_ms"));
}

static void show_pbx(const json_t *pbx, FILE *to)
{
        static const struct {
                const char *key, *text;
        } others[] = {{"trying", "trying"}, {"failed", "refused"}, {"unreachable", "unanswered"}, {"absent", "away"}};
        const char *address = show_get(pbx, "address");
        char text[96] = "", state[64];
        if (!*address) {
                show_fact("lines", to, "%d of %d in service, no PBX: phones call each other",
                          (int)show_number(pbx, "registered"), (int)show_number(pbx, "lines"));
                return;
        }
        print_pbx_state(pbx, state, sizeof state);
        show_fact("pbx", to, "%s at %s, %s", show_get(pbx, "name"), address, state);
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
                if (show_number(pbx, others[i].key))
                        text_append(text, sizeof text, ", %d %s", (int)show_number(pbx, others[i].key), others[i].text);
        show_fact("", to, "%d of %d lines registered%s", (int)show_number(pbx, "registered"),
                  (int)show_number(pbx, "lines"), text);
}

/* 09:12:07 of today, else the day too */
static void clock_text(json_int_t seconds, char *text, size_t size)
{
        time_t at = (time_t)seconds, now = time(NULL);
        struct tm then, today;
        localtime_r(&at, &then);
        localtime_r(&now, &today);
        bool same = then.tm_yday == today.tm_yday && then.tm_year == today.tm_year;
        strftime(text, size, same ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &then);
}

static void show_config(const json_t *config, FILE *to)
{
        char loaded[32], read[32];
        const json_t *one;
        size_t i;
        clock_text(show_number(config, "loaded_at"), loaded, sizeof loaded);
        clock_text(show_number(config, "read_at"), read, sizeof read);
        if (json_is_true(json_object_get(config, "rejected"))) {
                show_fact("config", to, "of %s; what was read at %s is not taken:", loaded, read);
                json_array_foreach(json_object_get(config, "problems"), i, one)
                        show_fact("", to, "%s:%d: %s", show_get(one, "file"), (int)show_number(one, "line"),
                                  show_get(one, "sentence"));
        } else {
                show_fact("config", to, "ok, loaded %s (%s)", loaded, show_get(config, "file"));
        }
        json_array_foreach(json_object_get(config, "refused"), i, one) show_fact("", to, "%s", json_string_value(one));
        if (show_number(config, "phones_waiting"))
                show_fact("", to, "%d phones get theirs when their calls are over",
                          (int)show_number(config, "phones_waiting"));
}

void show_status(const json_t *status, FILE *to)
{
        const json_t *phones = json_object_get(status, "phones"), *calls = json_object_get(status, "calls");
        const json_t *reasons = json_object_get(status, "reasons"), *one;
        char up[SHOW_DURATION];
        size_t i;
        show_fact("gateway", to, "%s, sccpgw %s, up %s", show_get(status, "node"), show_get(status, "version"),
                  show_duration(json_object_get(status, "uptime_s"), up));
        if (json_is_true(json_object_get(status, "ready")))
                show_fact("ready", to, "yes");
        json_array_foreach(reasons, i, one) show_fact(i ? "" : "ready", to, "no: %s", json_string_value(one));
        show_config(json_object_get(status, "config"), to);
        show_fact("phones", to, "%d of %d registered%s", (int)show_number(phones, "registered"),
                  (int)show_number(phones, "known"),
                  show_number(phones, "unknown") ? "; others knock, 'sccpgw show phones' lists them" : "");
        json_array_foreach(json_object_get(status, "pbx"), i, one) show_pbx(one, to);
        show_fact("calls", to, "%d active; %d answered, %d unanswered, %d failed so far",
                  (int)show_number(calls, "active"), (int)show_number(calls, "answered"),
                  (int)show_number(calls, "unanswered"), (int)show_number(calls, "failed"));
        if (show_number(status, "traces"))
                show_fact("traces", to, "%d", (int)show_number(status, "traces"));
}
