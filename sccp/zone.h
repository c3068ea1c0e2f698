/* Local time for phones: a time zone as a value, read from the system's TZif files (RFC 8536). The C library knows one
 * zone per process only, and phones live in several. Parsing is pure; only zone_load reads a file. */
#ifndef SCCPGW_SCCP_ZONE_H
#define SCCPGW_SCCP_ZONE_H

#include <stddef.h>
#include <stdint.h>

struct zone;

/* By IANA name ("Europe/Amsterdam"); NULL if there is no such file or it is none we can read. */
struct zone *zone_load(const char *name);

/* The bytes of a TZif file of version 2 or later; NULL if they are not that, or memory is out. */
struct zone *zone_parse(const uint8_t *bytes, size_t len);
void zone_free(struct zone *zone);

/* Seconds to add to UTC at `time` (seconds since 1970); 0 for a NULL zone, which is UTC. */
int32_t zone_offset_s(const struct zone *zone, int64_t time);

#endif
