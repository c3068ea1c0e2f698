/* Any payload of any message in any version: decoding stays within its bytes, and what it accepts can be printed and
 * encoded, and settles: encoding and decoding it again gives the same bytes. Where nothing was missing, left over or in
 * doubt it gives the same message at once.
 * Input: version, id (16 bits, little-endian), payload. */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "sccp/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PREFIX = 3, ROUNDS = 6 };

/* Dropping surplus bytes may tip the choice between packed and aligned once more, towards the better reading. */
static void message_settles(const struct sccp_context *ctx, struct sccp_message *m)
{
        static uint8_t frames[2][SCCP_FRAME_MAX];
        size_t before = 0, len = sccp_encode(ctx, m, frames[0], SCCP_FRAME_MAX);
        for (unsigned round = 1; before != len || memcmp(frames[0], frames[1], len) != 0; round++) {
                assert(round < ROUNDS && len >= SCCP_HEADER_SIZE && len % 4 == 0);
                const uint8_t *last = frames[(round - 1) % 2];
                const char *error = sccp_decode(ctx, m->id, last + SCCP_HEADER_SIZE, len - SCCP_HEADER_SIZE, m);
                assert(!error);
                before = len;
                len = sccp_encode(ctx, m, frames[round % 2], SCCP_FRAME_MAX);
        }
}

/* All of the payload was read, in the usual form, and no padding can be taken for a field. */
static bool is_plain(const struct sccp_context *ctx, const struct sccp_message *m, size_t len)
{
        return ctx->version < SCCP_VERSION_PACK && !m->form && !m->surplus && !m->omitted && len % 4 == 0;
}

static void message_means_the_same(const struct sccp_context *ctx, const struct sccp_message *m)
{
        static struct sccp_message again;
        static uint8_t frame[SCCP_FRAME_MAX];
        size_t len = sccp_encode(ctx, m, frame, sizeof(frame));
        const char *error = sccp_decode(ctx, m->id, frame + SCCP_HEADER_SIZE, len - SCCP_HEADER_SIZE, &again);
        assert(!error && memcmp(m, &again, sizeof(again)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct sccp_message m;
        static char text[SCCP_PRINT_SIZE];
        const uint32_t calls[] = {0x01000001, 17};
        if (size < PREFIX)
                return 0;
        struct sccp_context ctx = {
                .version = data[0] % (SCCP_VERSION_MAX + 1), .lines = 6, .calls = calls, .n_calls = 2};
        const char *error = sccp_decode(&ctx, (uint32_t)(data[1] | data[2] << 8), data + PREFIX, size - PREFIX, &m);
        if (error)
                return 0;
        sccp_print(&m, text, sizeof(text));
        assert(strlen(text) < sizeof(text));
        if (is_plain(&ctx, &m, size - PREFIX))
                message_means_the_same(&ctx, &m);
        message_settles(&ctx, &m);
        return 0;
}
