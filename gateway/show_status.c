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
