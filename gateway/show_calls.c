#include "gateway/base/text.h"
#include "gateway/show.h"
#include "gateway/show_text.h"

static const struct show_column call_columns[] = {{"CALL", 6},  {"PHONE", 15}, {"LINE", 8},   {"STATE", 10},
                                                  {"WITH", 14}, {"AGE", 9},    {"AUDIO", 12}, {NULL, 0}};
static const struct show_column media_columns[] = {{"CALL", 6},    {"PHONE", 15},  {"CODEC", 5}, {"FROM", 5},
                                                   {"PORT", 5},    {"PACKETS", 7}, {"LOST", 4},  {"JITTER", 6},
                                                   {"REFUSED", 7}, {"SRTP", 4},    {"", 6},      {NULL, 0}};

#define NUMBER(text, value) text_printf(text, sizeof(text), "%lld", (long long)(value))

static bool is_one_way(const json_t *call)
{
        return json_is_true(json_object_get(json_object_get(call, "audio"), "one_way"));
}

/* Between phone and far end; the relay has counted what there was before. */
static bool is_direct(const json_t *call)
{
        return text_equal(show_get(json_object_get(call, "audio"), "mode"), "direct");
}

/* "g722/pcma": what the phone speaks and what becomes of it. */
static void codec_print(const json_t *call, char *text, size_t size)
{
        const char *to = show_get(call, "converted_to");
        text_printf(text, size, "%s%s%s%s", show_get(call, "codec"), *to ? "/" : "", to,
                    is_direct(call) ? " direct" : "");
}

static void show_call(const json_t *call, FILE *to)
{
        char id[16], age[SHOW_DURATION], codec[32];
        NUMBER(id, show_number(call, "id"));
        codec_print(call, codec, sizeof codec);
        const char *texts[] = {id,
                               show_get(call, "phone"),
                               show_get(call, "line"),
                               show_get(call, "state"),
                               show_get(call, "number"),
                               show_duration(json_object_get(call, "age_s"), age),
                               is_one_way(call) ? "one way" : codec};
        show_row(call_columns, texts, to);
}

void show_calls(const json_t *document, FILE *to)
{
        const json_t *calls = json_object_get(document, "calls"), *call;
        size_t i;
        if (json_array_size(calls) == 0) {
                fputs("no calls\n", to);
                return;
        }
        show_titles(call_columns, to);
        json_array_foreach(calls, i, call) show_call(call, to);
}

/* Whatever came and was not passed on, for any reason. */
static long long refused(const json_t *of)
{
        return show_number(of, "strangers") + show_number(of, "invalid") + show_number(of, "foreign");
}

/* The first row of a call names it. */
static void show_side(const json_t *call, const char *side, bool first, FILE *to)
{
        const json_t *audio = json_object_get(call, "audio"),
                     *of = json_object_get(audio, first ? "from_phone" : "from_far");
        const char *converted = show_get(call, "converted_to");
        char id[16], port[16], packets[24], lost[24], jitter[24], not_passed[24];
        NUMBER(id, show_number(call, "id"));
        NUMBER(port, show_number(audio, first ? "phone_port" : "sip_port"));
        NUMBER(packets, show_number(of, "packets"));
        NUMBER(lost, show_number(of, "lost"));
        NUMBER(not_passed, refused(of));
        text_printf(jitter, sizeof jitter, "%d ms", (int)show_number(of, "jitter_ms"));
        const char *texts[] = {first ? id : "",
                               first ? show_get(call, "phone") : "",
                               first ? show_get(call, "codec") : converted,
                               side,
                               port,
                               packets,
                               lost,
                               jitter,
                               not_passed,
                               json_is_true(json_object_get(of, "srtp")) ? "yes" : "no",
                               !first             ? ""
                               : is_one_way(call) ? "oneway"
                               : is_direct(call)  ? "direct"
                                                  : ""};
        show_row(media_columns, texts, to);
}

void show_media(const json_t *media, FILE *to)
{
        const json_t *calls = json_object_get(media, "calls"), *call;
        size_t i;
        if (text_equal(show_get(media, "mode"), "direct")) {
                fputs("audio goes directly between phones and peers (media.mode)\n", to);
                return;
        }
        show_fact("relay", to, "%d thread%s", (int)show_number(media, "threads"),
                  show_number(media, "threads") == 1 ? "" : "s");
        show_fact("ports", to, "%d of %d pairs in use or at rest", (int)show_number(media, "ports_used"),
                  (int)show_number(media, "ports"));
        show_fact("one way", to, "%d calls so far", (int)show_number(media, "one_way_calls"));
        if (json_array_size(calls) == 0)
                return;
        fputc('\n', to);
        show_titles(media_columns, to);
        json_array_foreach(calls, i, call)
        {
                show_side(call, "phone", true, to);
                show_side(call, "far", false, to);
        }
}
