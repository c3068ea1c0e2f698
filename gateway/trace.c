#include "gateway/trace.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/text.h"
#include "gateway/roster.h"
#include "gateway/status/stream.h"

#define LINE_SIZE (SCCP_PRINT_SIZE + 64)

struct trace {
        struct gateway *gateway;
        struct stream *stream;
        char name[CONFIG_DEVICE_NAME_MAX + 1]; /* upper case */
        struct trace *next, **link;
};

static void trace_ended(struct stream *stream, enum stream_end end)
{
        struct trace *trace = stream->owner;
        struct gateway *gateway = trace->gateway;
        *trace->link = trace->next;
        if (trace->next)
                trace->next->link = trace->link;
        if (--gateway->n_traces == 0)
                sccp_server_watch(gateway->server, false);
        if (end == STREAM_CUT_OFF)
                log_warning(trace->name, "trace cut off: whoever asked for it does not read it");
        else
                log_info(trace->name, "trace ended");
        free(trace);
}

static void put(struct trace *trace, const char *format, va_list args)
{
        char line[LINE_SIZE], text[LINE_SIZE];
        struct timespec now;
        struct tm local;
        clock_gettime(CLOCK_REALTIME, &now);
        localtime_r(&now.tv_sec, &local);
        vsnprintf(text, sizeof text, format, args);
        text_tame(text);
        text_printf(line, sizeof line - 1, "%02d:%02d:%02d.%03ld %s", local.tm_hour, local.tm_min, local.tm_sec,
                    now.tv_nsec / 1000000, text);
        strcat(line, "\n");
        stream_write(trace->stream, line, strlen(line));
}

void trace_line(struct gateway *gateway, const char *name, const char *format, ...)
{
        for (struct trace *trace = gateway->traces; trace; trace = trace->next) {
                va_list args;
                if (!text_equal(trace->name, name))
                        continue;
                va_start(args, format);
                put(trace, format, args);
                va_end(args);
        }
}

static bool is_traced(const struct gateway *gateway, const char *name)
{
        for (const struct trace *trace = gateway->traces; trace; trace = trace->next)
                if (text_equal(trace->name, name))
                        return true;
        return false;
}

void trace_message(struct gateway *gateway, const struct sccp_seen *seen)
{
        char text[SCCP_PRINT_SIZE];
        const char *arrow = seen->to_phone ? ">" : "<";
        const struct sccp_message_info *info = sccp_message_info(seen->id);
        if (!is_traced(gateway, seen->name))
                return;
        if (seen->message)
                trace_line(gateway, seen->name, "%s %s", arrow, sccp_print(seen->message, text, sizeof text));
        else
                trace_line(gateway, seen->name, "%s %s (0x%04" PRIX32 ") not read: %s", arrow,
                           info ? info->name : "message", seen->id, seen->fault);
}

static const char *how_it_is(struct gateway *gateway, const char *name)
{
        const struct phone *phone = roster_phone(gateway, name);
        return !phone ? "not configured" : phone->session ? "registered" : "away";
}

static void link_in(struct trace *trace)
{
        struct gateway *gateway = trace->gateway;
        trace->next = gateway->traces;
        trace->link = &gateway->traces;
        if (trace->next)
                trace->next->link = &trace->next;
        gateway->traces = trace;
        if (gateway->n_traces++ == 0)
                sccp_server_watch(gateway->server, true);
}

struct stream *trace_begin(struct gateway *gateway, const char *name)
{
        struct trace *trace = gateway->n_traces < TRACES_MAX ? calloc(1, sizeof *trace) : NULL;
        struct stream *stream = trace ? stream_new(trace, trace_ended) : NULL;
        if (!stream) {
                free(trace);
                return NULL;
        }
        trace->gateway = gateway;
        trace->stream = stream;
        TEXT_SET(trace->name, name);
        for (char *c = trace->name; *c; c++)
                *c = (char)toupper((unsigned char)*c);
        link_in(trace);
        log_info(trace->name, "trace begins");
        trace_line(gateway, trace->name, "# %s is %s; < from the phone, > to it", trace->name,
                   how_it_is(gateway, trace->name));
        return stream;
}
