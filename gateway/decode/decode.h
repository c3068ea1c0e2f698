/* SCCP as text: what `sccpgw decode` does, without the command line. */
#ifndef SCCPGW_DECODE_DECODE_H
#define SCCPGW_DECODE_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/decode/show.h"

struct decode_options {
        const uint16_t *ports; /* of call managers, in captures */
        size_t n_ports;
        int version; /* negotiated; below 0: found out */
        enum show_form form;
};

/* Reads a capture or lines of hexadecimal bytes, whichever it is, and writes what it says. `in` need not be seekable
 * and stays open. False with a sentence in `why` when it could not be read; what could be is written. */
bool decode_file(FILE *in, const struct decode_options *options, FILE *out, char *why, size_t size);

#endif
