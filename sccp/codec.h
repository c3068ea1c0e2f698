/* Payload bytes to messages and back, and messages as text, all by walking the rows of messages.def.
 * Pure: no I/O, no allocation, no state. Knows the protocol's layouts, not what a message is for. */
#ifndef SCCPGW_SCCP_CODEC_H
#define SCCPGW_SCCP_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sccp/schema.h"

#define SCCP_VERSION_MIN  3
#define SCCP_VERSION_MAX  22
#define SCCP_HEADER_SIZE  12
#define SCCP_FRAME_MAX    4096 /* largest frame we send, header included */
#define SCCP_PRINT_SIZE   2048 /* enough for any message a gateway sends, as text */
#define SCCP_VERSION_PACK 18   /* from here on directory numbers have 25 bytes */

/* What decoding and encoding need to know of a session. All zeros: nothing negotiated yet. */
struct sccp_context {
        uint8_t version;       /* negotiated; 0 before registration and for the CallManager 2 generation */
        uint8_t lines;         /* highest button or line number of this phone, 0 if unknown */
        const uint32_t *calls; /* call references this phone knows; they tell packed layouts from aligned ones */
        size_t n_calls;
};

/* Decodes the `len` payload bytes (what follows the 12-byte header) of message `id`. NULL if `out` is filled, else
 * a sentence for the log, and `out` is all zeros. Surplus bytes are no error (out->surplus); a payload may end
 * behind the fields its row requires (out->omitted), what is missing is zero. Counts and lengths are within the
 * arrays, texts end in a NUL, whatever the bytes were; every other number is as the peer sent it.
 * From version 18 both packed and aligned directory numbers are tried and the reading that makes more sense wins. */
const char *sccp_decode(const struct sccp_context *ctx, uint32_t id, const uint8_t *payload, size_t len,
                        struct sccp_message *out);

/* Writes the whole frame: header, payload as ctx->version has it, zeros to a multiple of 4. Returns its length, or 0
 * if it does not fit into `room` bytes. m->id must have a row and counts must be within their arrays. */
size_t sccp_encode(const struct sccp_context *ctx, const struct sccp_message *m, uint8_t *out, size_t room);

/* One line without a line end: "StartTone tone=inside_dial line=1 call_ref=17". Zeros are left out where the row
 * says the field may be absent. Cut at `size`; always ends in a NUL; keys of media encryption are not printed.
 * Returns `out`. */
const char *sccp_print(const struct sccp_message *m, char *out, size_t size);

/* A valid message for tests and fuzz seeds, with exactly the fields ctx->version has. n = 0 is the emptiest, 1 the
 * fullest (longest texts, all elements), any other n a repeatable variety. False if `id` has no row. */
bool sccp_sample(const struct sccp_context *ctx, uint32_t id, unsigned n, struct sccp_message *out);

#endif
