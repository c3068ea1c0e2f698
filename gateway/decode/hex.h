/* Frames written as hexadecimal text: one per line, or wrapped as `xxd -p` does it; blanks, colons, commas, dashes, 0x
 * and \x may stand between bytes, text behind # is a remark. A frame that is not complete goes on in the next line
 * unless that is empty, consists of whole frames, or begins with a header and is no sensible continuation. */
#ifndef SCCPGW_DECODE_HEX_H
#define SCCPGW_DECODE_HEX_H

#include <stdbool.h>
#include <stdio.h>

#include "gateway/decode/show.h"

/* `version` below 0: found out. False if there was not one line of hexadecimal bytes. */
bool hex_decode(FILE *in, int version, struct show *show);

#endif
