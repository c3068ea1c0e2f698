/* What happens, as JSON lines: for whoever follows (`ctl events`, GET /api/v1/events), the last ones for the status
 * page, and the ends of calls in a file (`events.cdr`). Names are those of docs/operations.md. */
#ifndef SCCPGW_GATEWAY_EVENTS_H
#define SCCPGW_GATEWAY_EVENTS_H

#include "gateway/base/jsonl.h"
#include "gateway/gateway.h"
#include "gateway/status/stream.h"

#define EVENTS_KEPT 50

bool events_start(struct gateway *gateway); /* false: no memory; a file that cannot be opened is a warning */
void events_stop(struct gateway *gateway);
void events_reopen(struct gateway *gateway); /* SIGUSR1, or another name in the configuration */

void events_begin(struct jsonl *line, const char *name);
void events_send(struct gateway *gateway, struct jsonl *line);
void events_record(struct gateway *gateway, struct jsonl *line); /* the same, and into the file */

/* From now on; `sse`: as a browser wants it, else a line each. NULL: no memory, or too many follow. */
struct stream *events_follow(struct gateway *gateway, bool sse);
const char *events_kept(const struct gateway *gateway, size_t n); /* the n-th last; NULL: not so many */

/* ---- what happens ---- */

void events_phone(struct phone *phone, const char *name, const char *reason); /* NULL: none */
void events_line(const struct account *account, bool registered);
void events_call(struct call_slot *slot, const char *name); /* "call.started", "call.answered" */
/* It is over: told when its relay has counted. */
void events_call_ended(struct call_slot *slot);
void events_call_counted(struct call_slot *slot, const struct relay_counters *counters);
void events_call_flush(struct call_slot *slot); /* told now, if it is not yet */

#endif
