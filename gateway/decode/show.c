/* Text:  "    0.012345  SEP001122334455 --> OffHook line=1 call_ref=17"
 * JSON:  {"time":0.012345,"phone":"SEP001122334455","address":"192.0.2.77:49152","call_manager":"192.0.2.10:2000",
 *         "from":"phone","message":"OffHook","id":6,"version":17,"fields":{"line":1,"call_ref":17}} */
#include "gateway/decode/show.h"

#include <string.h>

#include "gateway/base/text.h"
#include "sccp/codec_fields.h"

enum { PRINT_SIZE = 32768, NOTE_SIZE = 512, FIELDS_INDENT = 14 };

static const char *const arrows[] = {[SHOW_NO_WAY] = "---", [SHOW_FROM_PHONE] = "-->", [SHOW_TO_PHONE] = "<--"};
static const char *const senders[] = {
        [SHOW_NO_WAY] = "unknown", [SHOW_FROM_PHONE] = "phone", [SHOW_TO_PHONE] = "call_manager"};

/* Microseconds; captures that were merged may hold packets from before the first one. */
static void time_print(int64_t ns, int width, FILE *to)
{
        uint64_t us = (ns < 0 ? -(uint64_t)ns : (uint64_t)ns) / 1000;
        char text[48];
        text_printf(text, sizeof text, "%s%llu.%06llu", ns < 0 ? "-" : "", (unsigned long long)(us / 1000000),
                    (unsigned long long)(us % 1000000));
        fprintf(to, "%*s", width, text);
}

/* The phone as people know it: by name, else by address. */
static void head_text(const struct show *show, const struct show_place *place)
{
        char address[ENDPOINT_TEXT_SIZE];
        const char *who = place->phone && *place->phone ? place->phone : NULL;
        if (place->line)
                fprintf(show->to, "%4zu:", place->line);
        else
                time_print(place->time_ns, 12, show->to);
        if (!who && place->at)
                who = endpoint_print(place->at, address);
        fprintf(show->to, "  %s %s ", who ? who : "phone", arrows[place->way]);
}

static void address_json(const struct show *show, const char *name, const struct endpoint *endpoint)
{
        char text[ENDPOINT_TEXT_SIZE];
        if (endpoint)
                fprintf(show->to, ",\"%s\":\"%s\"", name, endpoint_print(endpoint, text));
}

static void head_json(const struct show *show, const struct show_place *place)
{
        fputc('{', show->to);
        if (place->line)
                fprintf(show->to, "\"line\":%zu", place->line);
        else {
                fputs("\"time\":", show->to);
                time_print(place->time_ns, 0, show->to);
        }
        if (place->phone && *place->phone) {
                fputs(",\"phone\":", show->to);
                sccp_print_json_text(place->phone, strlen(place->phone), show->to);
        }
        address_json(show, "address", place->at);
        address_json(show, "call_manager", place->manager);
        if (place->way != SHOW_NO_WAY)
                fprintf(show->to, ",\"from\":\"%s\"", senders[place->way]);
}

static void message_json(struct show *show, const struct show_place *place, const struct sccp_message *m,
                         uint8_t version)
{
        head_json(show, place);
        fprintf(show->to, ",\"message\":\"%s\",\"id\":%u,\"version\":%u,\"fields\":", sccp_message_info(m->id)->name,
                (unsigned)m->id, version);
        sccp_print_json(m, show->to);
        if (m->surplus)
                fprintf(show->to, ",\"surplus\":%u", m->surplus);
        fputs("}\n", show->to);
}

static void surplus_text(const struct show *show, const struct sccp_message *m)
{
        if (m->surplus)
                fprintf(show->to, " (and %u bytes more)", m->surplus);
}

void show_message(struct show *show, const struct show_place *place, const struct sccp_message *m, uint8_t version)
{
        char text[PRINT_SIZE];
        if (show->form == SHOW_JSON) {
                message_json(show, place, m, version);
                return;
        }
        head_text(show, place);
        fputs(show->form == SHOW_FIELDS ? sccp_message_info(m->id)->name : sccp_print(m, text, sizeof text), show->to);
        surplus_text(show, m);
        fputc('\n', show->to);
        if (show->form == SHOW_FIELDS)
                sccp_print_fields(m, FIELDS_INDENT, show->to);
}

static void bytes_print(const struct show *show, const struct frame *frame)
{
        for (size_t i = 0; i < frame->len; i++)
                fprintf(show->to, "%02x", frame->payload[i]);
}

static void undecoded_json(const struct show *show, const struct show_place *place, const struct frame *frame,
                           const char *why)
{
        const char *name = sccp_message_name(frame->id);
        head_json(show, place);
        if (name)
                fprintf(show->to, ",\"message\":\"%s\"", name);
        fprintf(show->to, ",\"id\":%u,\"header_version\":%u,\"error\":", frame->id, frame->version);
        sccp_print_json_text(why, strlen(why), show->to);
        fprintf(show->to, ",\"length\":%zu", frame->len);
        if (!sccp_has_secret(frame->id)) {
                fputs(",\"bytes\":\"", show->to);
                bytes_print(show, frame);
                fputc('"', show->to);
        }
        fputs("}\n", show->to);
}

void show_undecoded(struct show *show, const struct show_place *place, const struct frame *frame, const char *why)
{
        const char *name = sccp_message_name(frame->id);
        if (show->form == SHOW_JSON) {
                undecoded_json(show, place, frame, why);
                return;
        }
        head_text(show, place);
        fprintf(show->to, "%s 0x%04x not decoded (%s), %zu bytes", name ? name : "message", frame->id, why, frame->len);
        if (sccp_has_secret(frame->id))
                fputs(", not shown: there may be media keys among them", show->to);
        else if (frame->len) {
                fputs(": ", show->to);
                bytes_print(show, frame);
        }
        fputc('\n', show->to);
}

void show_note(struct show *show, const struct show_place *place, const char *format, ...)
{
        char text[NOTE_SIZE];
        va_list args;
        va_start(args, format);
        vsnprintf(text, sizeof text, format, args);
        va_end(args);
        for (char *at = text; *at; at++) /* words of the input may be in it, and go to a terminal */
                if ((unsigned char)*at < 0x20 || (unsigned char)*at >= 0x7f)
                        *at = '?';
        if (show->form == SHOW_JSON) {
                head_json(show, place);
                fputs(",\"note\":", show->to);
                sccp_print_json_text(text, strlen(text), show->to);
                fputs("}\n", show->to);
                return;
        }
        head_text(show, place);
        fprintf(show->to, "(%s)\n", text);
}
