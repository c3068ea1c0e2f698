/* What may be said to whom: which form of a message each protocol version gets, and which messages some phones must
 * never be sent. Pure tables, asked at the one place where messages go out. */
#ifndef SCCPGW_SCCP_TAKES_H
#define SCCPGW_SCCP_TAKES_H

#include <stdbool.h>

#include "sccp/models.h"
#include "sccp/schema.h"

/* The form of `plain` (a static message) for a phone that negotiated `version`: its dynamic twin from the version on
 * that phones are known to understand it (flows 1.1), else `plain` itself. */
enum sccp_id sccp_form(enum sccp_id plain, unsigned version);

/* Does such a phone live with this message? False: it restarts, garbles its display or has no use for it, and the
 * message is to be left out (field guide R14 and 2.1). */
bool sccp_takes(const struct sccp_model *model, unsigned version, const struct sccp_message *message);

#endif
