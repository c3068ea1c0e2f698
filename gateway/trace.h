/* Traces: what one phone and we tell each other, as it happens, to whoever asked at the control socket. A phone need
 * not be there, or known, when its trace begins. Nothing here waits for a reader. */
#ifndef SCCPGW_GATEWAY_TRACE_H
#define SCCPGW_GATEWAY_TRACE_H

#include "gateway/gateway.h"

#define TRACES_MAX 16

struct stream;

/* A stream of lines about the phone of that name, any case. NULL: there are too many traces, or no memory. */
struct stream *trace_begin(struct gateway *gateway, const char *name);

/* Cheap: guards the arguments of the others. */
static inline bool trace_on(const struct gateway *gateway)
{
        return gateway->n_traces != 0;
}

void trace_message(struct gateway *gateway, const struct sccp_seen *seen);
void trace_line(struct gateway *gateway, const char *name, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

#endif
