/* While searching, a place counts as the start of a frame when its header looks like one, the frame is there and
 * decodes, and another header or the end of the bytes follows. */
#include "gateway/decode/cutter.h"

#include <stdlib.h>
#include <string.h>

#include "sccp/codec.h"

static uint32_t little32(const uint8_t *at)
{
        return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static bool length_is_sane(uint32_t length)
{
        return length >= FRAME_LENGTH_MIN && length <= FRAME_LENGTH_MAX;
}

static size_t frame_size(const uint8_t *header)
{
        return (size_t)little32(header) + 8;
}

bool cutter_is_header(const uint8_t *bytes)
{
        return length_is_sane(little32(bytes)) && little32(bytes + 4) <= SCCP_VERSION_MAX &&
               sccp_message_name(little32(bytes + 8));
}

/* Whether a whole frame decodes in any version it may be of. */
static bool frame_makes_sense(const uint8_t *frame)
{
        static const uint8_t unsaid[] = {6, 3, 0, 11}; /* the versions that leave the header's word 0 */
        struct sccp_message m;
        uint32_t word = little32(frame + 4);
        for (size_t i = 0; i < sizeof unsaid; i++) {
                struct sccp_context ctx = {.version = word ? (uint8_t)word : unsaid[i]};
                if (!sccp_decode(&ctx, little32(frame + 8), frame + FRAME_HEADER_SIZE,
                                 frame_size(frame) - FRAME_HEADER_SIZE, &m))
                        return true;
        }
        return false;
}

/* What follows a frame that was found. Less than a header is no witness against it. */
static bool goes_on(const uint8_t *bytes, size_t len)
{
        return len < FRAME_HEADER_SIZE ? len < 4 || length_is_sane(little32(bytes)) : cutter_is_header(bytes);
}

/* The first frame among the bytes; else where one may begin whose end has not come yet. */
static bool search(const struct cutter *cutter, size_t *place)
{
        size_t i = cutter->at, hope = SIZE_MAX;
        for (; i + FRAME_HEADER_SIZE <= cutter->have; i++) {
                const uint8_t *header = cutter->bytes + i;
                if (!cutter_is_header(header))
                        continue;
                size_t size = frame_size(header), left = cutter->have - i;
                if (size > left && hope == SIZE_MAX)
                        hope = i;
                if (size <= left && goes_on(header + size, left - size) && frame_makes_sense(header)) {
                        *place = i;
                        return true;
                }
        }
        *place = hope < i ? hope : i;
        return false;
}

/* Room behind `have` for `len` more. What is done with goes first. */
static bool room_make(struct cutter *cutter, size_t len)
{
        size_t left = cutter->have - cutter->at;
        if (cutter->at && left)
                memmove(cutter->bytes, cutter->bytes + cutter->at, left);
        cutter->at = 0;
        cutter->have = left;
        if (left + len <= cutter->room)
                return true;
        uint8_t *bytes = realloc(cutter->bytes, left + len);
        if (!bytes)
                return false;
        cutter->bytes = bytes;
        cutter->room = left + len;
        return true;
}

bool cutter_add(struct cutter *cutter, const uint8_t *bytes, size_t len)
{
        if (!room_make(cutter, len))
                return false;
        if (len)
                memcpy(cutter->bytes + cutter->have, bytes, len);
        cutter->have += len;
        return true;
}

/* Nothing is kept between packets but an incomplete frame. */
static enum cutter_result more(struct cutter *cutter)
{
        size_t skipped = cutter->skipped;
        bool searching = cutter->searching;
        if (cutter->at == cutter->have) {
                cutter_clear(cutter);
                cutter->skipped = skipped;
                cutter->searching = searching;
        }
        return CUTTER_MORE;
}

static bool find(struct cutter *cutter)
{
        size_t place, from = cutter->at;
        bool found = search(cutter, &place);
        cutter->at = place;
        cutter->skipped += place - from;
        cutter->searching = !found;
        return found;
}

enum cutter_result cutter_next(struct cutter *cutter, struct frame *out, size_t *skipped)
{
        if (cutter->searching && !find(cutter))
                return more(cutter);
        if (cutter->skipped) {
                *skipped = cutter->skipped;
                cutter->skipped = 0;
                return CUTTER_SKIPPED;
        }
        size_t left = cutter->have - cutter->at;
        if (left < FRAME_HEADER_SIZE)
                return more(cutter);
        const uint8_t *header = cutter->bytes + cutter->at;
        uint32_t length = little32(header);
        *out = (struct frame){.version = little32(header + 4), .id = little32(header + 8), .len = length};
        if (!length_is_sane(length)) {
                cutter->searching = true;
                return CUTTER_BAD;
        }
        if (left < frame_size(header))
                return CUTTER_MORE;
        out->payload = header + FRAME_HEADER_SIZE;
        out->len = length - FRAME_LENGTH_MIN;
        cutter->at += frame_size(header);
        return CUTTER_FRAME;
}

size_t cutter_break(struct cutter *cutter)
{
        size_t lost = cutter->have - cutter->at + cutter->skipped;
        cutter_clear(cutter);
        cutter->searching = true;
        return lost;
}

void cutter_clear(struct cutter *cutter)
{
        free(cutter->bytes);
        *cutter = (struct cutter){0};
}
