/* Capture files, pcap and pcapng, through libpcap: packets to the connections of phones. The only file that knows the
 * library. */
#ifndef SCCPGW_DECODE_CAPTURE_H
#define SCCPGW_DECODE_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/decode/show.h"
#include "gateway/decode/wire.h"

/* Whether a file that begins with these 4 bytes is a capture. */
bool capture_is(const uint8_t magic[4]);

/* Reads from `in`, which is closed. False with a sentence in `why` when the file cannot be read to its end; what came
 * before is shown all the same. */
bool capture_decode(FILE *in, struct show *show, struct wire *wire, char *why, size_t size);

#endif
