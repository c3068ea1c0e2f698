/* The bytes of one direction to frames, also where the capture begins inside a message or bytes are missing: the next
 * place at which frames make sense is looked for. Between calls it holds one incomplete frame at most. */
#ifndef SCCPGW_DECODE_CUTTER_H
#define SCCPGW_DECODE_CUTTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sccp/frame.h"

/* All zeros: at the start of a frame. */
struct cutter {
        uint8_t *bytes;
        size_t at, have, room; /* of `bytes`, the first `at` are done with */
        size_t skipped;        /* since the last frame, while none was found */
        bool searching;        /* the next byte need not be the first of a frame */
};

enum cutter_result {
        CUTTER_FRAME,   /* *out is a frame; its payload is valid until the next call */
        CUTTER_SKIPPED, /* *skipped bytes belonged to no frame; one follows */
        CUTTER_BAD,     /* this is no frame: out->id and len say what stood there; a frame will be looked for */
        CUTTER_MORE,
};

/* Whether the 12 bytes look like a header: a sane length, a version there is, an id with a row. */
bool cutter_is_header(const uint8_t *bytes);

/* False when there is no memory. */
bool cutter_add(struct cutter *cutter, const uint8_t *bytes, size_t len);

/* With CUTTER_SKIPPED, *skipped is how many. */
enum cutter_result cutter_next(struct cutter *cutter, struct frame *out, size_t *skipped);

/* What comes next does not follow on what came. The answer is how many bytes of an incomplete frame are lost. */
size_t cutter_break(struct cutter *cutter);

void cutter_clear(struct cutter *cutter);

#endif
