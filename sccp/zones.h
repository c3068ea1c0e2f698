/* The time zones phones live in, each file read once, and what a phone is told about the time there. */
#ifndef SCCPGW_SCCP_ZONES_H
#define SCCPGW_SCCP_ZONES_H

#include <stdint.h>

#include "sccp/schema.h"
#include "sccp/zone.h"

struct zones_entry;

/* All zeros is empty. */
struct zones {
        struct zones_entry *first;
};

/* The zone of that name; NULL, which is UTC, after one warning if there is none. Valid until zones_clear. */
const struct zone *zones_find(struct zones *zones, const char *name);
void zones_clear(struct zones *zones);

/* The wall clock there at `utc_ms` (milliseconds since 1970). */
void zones_show(const struct zone *zone, int64_t utc_ms, struct sccp_define_time_date *out);

#endif
