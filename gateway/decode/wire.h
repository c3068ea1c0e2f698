/* The phones' TCP connections in a capture: which packets belong together, who is the phone, what each side said. The
 * memory is bounded: WIRE_CONNECTIONS_MAX connections of some 130 kB each way at the worst; the longest unused one
 * makes room for a new one. */
#ifndef SCCPGW_DECODE_WIRE_H
#define SCCPGW_DECODE_WIRE_H

#include "gateway/decode/packet.h"
#include "gateway/decode/show.h"

#define WIRE_CONNECTIONS_MAX 1024

struct wire;

/* Connections with one of the `n_ports` ports (borrowed) at one end are read. `version` below 0: found out. NULL
 * without memory. */
struct wire *wire_new(struct show *show, const uint16_t *ports, size_t n_ports, int version);

void wire_segment(struct wire *wire, int64_t time_ns, const struct segment *segment);

/* The capture ends: everything held is shown. */
void wire_free(struct wire *wire);

#endif
