/* All frames of a text are one phone's conversation: what one says helps to read the next. Who sent a message is what
 * its id says. */
#include "gateway/decode/hex.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/decode/cutter.h"
#include "gateway/decode/dialogue.h"

enum { LINE_SIZE = 65536, BYTES_MAX = LINE_SIZE / 2 + FRAME_LENGTH_MAX + 8 };

struct hex {
        struct show *show;
        struct dialogue dialogue;
        size_t line;  /* being read */
        size_t first; /* line in which the bytes begin */
        size_t have;  /* bytes of an incomplete frame and of this line */
        bool any;     /* there was a line of bytes */
        char text[LINE_SIZE];
        uint8_t bytes[BYTES_MAX];
};

static uint32_t little32(const uint8_t *at)
{
        return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static bool length_is_sane(uint32_t length)
{
        return length >= FRAME_LENGTH_MIN && length <= FRAME_LENGTH_MAX;
}

static struct show_place place_of(const struct hex *hex, uint32_t id)
{
        const struct sccp_message_info *info = sccp_message_info(id);
        struct show_place place = {.line = hex->first, .phone = hex->dialogue.name};
        if (info)
                place.way = info->direction == SCCP_FROM_PHONE ? SHOW_FROM_PHONE : SHOW_TO_PHONE;
        return place;
}

/* Of a remark about the line being read. */
static struct show_place here(const struct hex *hex)
{
        return (struct show_place){.line = hex->line, .phone = hex->dialogue.name};
}

static void frame_seen(struct hex *hex, const struct frame *frame)
{
        uint8_t version;
        const char *why = dialogue_decode(&hex->dialogue, frame, &hex->show->message, &version);
        struct show_place place = place_of(hex, frame->id);
        if (why)
                show_undecoded(hex->show, &place, frame, why);
        else
                show_message(hex->show, &place, &hex->show->message, version);
}

static struct frame frame_at(const struct hex *hex, size_t payload)
{
        return (struct frame){.version = little32(hex->bytes + 4),
                              .id = little32(hex->bytes + 8),
                              .payload = hex->bytes + FRAME_HEADER_SIZE,
                              .len = payload};
}

/* An incomplete frame that does not go on is shown as if zeros followed. */
static void frame_cut_short(struct hex *hex)
{
        uint8_t payload[FRAME_LENGTH_MAX] = {0};
        size_t size = (size_t)little32(hex->bytes) + 8;
        struct frame frame = frame_at(hex, size - FRAME_HEADER_SIZE);
        struct show_place place = place_of(hex, frame.id);
        memcpy(payload, frame.payload, hex->have - FRAME_HEADER_SIZE);
        frame.payload = payload;
        frame_seen(hex, &frame);
        show_note(hex->show, &place, "cut short: %zu of %zu bytes, the others are taken as zeros", hex->have, size);
}

static void rest_finish(struct hex *hex)
{
        struct show_place place = {.line = hex->first, .phone = hex->dialogue.name};
        if (hex->have >= FRAME_HEADER_SIZE)
                frame_cut_short(hex);
        else if (hex->have)
                show_note(hex->show, &place, "%zu bytes are no frame: its header alone has 12", hex->have);
        hex->have = 0;
}

/* Whether what follows a complete frame may be the next one. */
static bool next_is_frame(const uint8_t *bytes, size_t len)
{
        return len >= FRAME_HEADER_SIZE ? cutter_is_header(bytes) : len < 4 || length_is_sane(little32(bytes));
}

/* A frame longer than it says: one real phone writes such. */
static void frame_too_long(struct hex *hex, size_t size)
{
        struct frame frame = frame_at(hex, hex->have - FRAME_HEADER_SIZE);
        struct show_place place = place_of(hex, frame.id);
        frame_seen(hex, &frame);
        show_note(hex->show, &place, "the frame has %zu bytes, its header says %zu", hex->have, size);
        hex->have = 0;
}

/* Shows the frames that are complete. */
static void bytes_cut(struct hex *hex)
{
        while (hex->have >= 4) {
                struct show_place place = here(hex);
                uint32_t length = little32(hex->bytes);
                size_t size = (size_t)length + 8;
                if (!length_is_sane(length)) {
                        show_note(hex->show, &place, "no frame: a length of %u", length);
                        hex->have = 0;
                        return;
                }
                if (hex->have < size)
                        return;
                if (!next_is_frame(hex->bytes + size, hex->have - size)) {
                        frame_too_long(hex, size);
                        return;
                }
                struct frame frame = frame_at(hex, length - FRAME_LENGTH_MIN);
                frame_seen(hex, &frame);
                hex->have -= size;
                memmove(hex->bytes, hex->bytes + size, hex->have);
                hex->first = hex->line;
        }
}

static const char *separators_skip(const char *at)
{
        for (;; at++)
                if ((at[0] == '0' || at[0] == '\\') && (at[1] == 'x' || at[1] == 'X'))
                        at++;
                else if (!*at || !strchr(" \t\r\n:,-", *at))
                        return at;
}

static int digit(char c)
{
        return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* Appends the line's bytes. NULL, or the text that is no byte. */
static const char *line_parse(struct hex *hex, const char *at)
{
        for (at = separators_skip(at); *at; at = separators_skip(at + 2)) {
                if (!isxdigit((unsigned char)at[0]) || !isxdigit((unsigned char)at[1]))
                        return at;
                hex->bytes[hex->have++] = (uint8_t)(digit(at[0]) << 4 | digit(at[1]));
        }
        return NULL;
}

/* Whether the bytes are whole frames and nothing else. */
static bool is_frames(const uint8_t *bytes, size_t len)
{
        while (len >= FRAME_HEADER_SIZE && cutter_is_header(bytes)) {
                size_t size = (size_t)little32(bytes) + 8;
                if (size >= len)
                        return size == len;
                bytes += size;
                len -= size;
        }
        return false;
}

/* Whether the incomplete frame and the line together make sense. */
static bool line_continues(const struct hex *hex)
{
        if (hex->have < 4)
                return true;
        size_t size = (size_t)little32(hex->bytes) + 8;
        if (!length_is_sane(little32(hex->bytes)))
                return false;
        return hex->have < size || next_is_frame(hex->bytes + size, hex->have - size);
}

/* What stands in a line of text may go on with the frame of the line before, and its first bytes may look like a header
 * all the same; or begin a frame of its own, the one before having been cut short. */
static void line_join(struct hex *hex, size_t before)
{
        const uint8_t *line = hex->bytes + before;
        size_t len = hex->have - before;
        bool header = len >= FRAME_HEADER_SIZE && cutter_is_header(line);
        if (before && (is_frames(line, len) || (header && !line_continues(hex)))) {
                hex->have = before;
                rest_finish(hex);
                memmove(hex->bytes, line, len);
                hex->have = len;
        }
        if (!before || hex->have == len)
                hex->first = hex->line;
}

static void line_seen(struct hex *hex)
{
        size_t before = hex->have;
        bool blank = hex->text[strspn(hex->text, " \t\r\n")] == '\0';
        if (blank)
                rest_finish(hex);
        hex->text[strcspn(hex->text, "#")] = '\0';
        const char *bad = line_parse(hex, hex->text);
        if (bad) {
                struct show_place place = here(hex);
                show_note(hex->show, &place, "not hexadecimal: '%.16s'", bad);
                hex->have = before;
                return;
        }
        if (hex->have == before)
                return;
        hex->any = true;
        line_join(hex, before);
        bytes_cut(hex);
}

/* False at the end of the text. A line that does not fit is left out. */
static bool line_read(struct hex *hex, FILE *in)
{
        size_t len = 0;
        int c;
        while ((c = getc(in)) != EOF && c != '\n')
                if (len < LINE_SIZE)
                        hex->text[len++] = (char)(c ? c : '?');
        hex->line++;
        if (len == LINE_SIZE) {
                struct show_place place = here(hex);
                show_note(hex->show, &place, "longer than any frame, left out");
                len = 0;
        }
        hex->text[len] = '\0';
        return c != EOF || len;
}

bool hex_decode(FILE *in, int version, struct show *show)
{
        struct hex *hex = calloc(1, sizeof(*hex));
        bool any;
        if (!hex)
                return false;
        hex->show = show;
        dialogue_start(&hex->dialogue, version);
        while (line_read(hex, in))
                line_seen(hex);
        rest_finish(hex);
        any = hex->any;
        free(hex);
        return any;
}
