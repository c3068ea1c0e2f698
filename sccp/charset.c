/* UTF-8 to the set of characters a phone has; what that lacks is spelled with near letters (near.c). The tables of sets
 * are made elsewhere (charsets.c). */
#include "sccp/charset.h"

#include <string.h>

#include "gateway/base/text.h"
#include "sccp/near.h"

#define LABEL_PREFIX '\x80' /* the next byte is the number of a text the phone has itself */
#define NEWER_PREFIX '\x1e'

const struct sccp_charset sccp_utf8 = {.name = "utf-8", .utf8 = true};
const struct sccp_charset sccp_latin1 = {.name = "iso8859-1", .latin1 = true};

struct sink {
        char *at;
        size_t room; /* without the NUL */
        bool cut;
        uint32_t before; /* the last character */
};

/* Whole pieces only, and nothing more after the first that does not fit. */
static void put(struct sink *sink, const char *piece, size_t len)
{
        sink->cut = sink->cut || len > sink->room;
        if (sink->cut)
                return;
        memcpy(sink->at, piece, len);
        sink->at += len;
        sink->room -= len;
}

static uint32_t character_of(const char *text, size_t len)
{
        static const uint8_t lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
        uint32_t character = (uint8_t)text[0] & lead_bits[len];
        for (size_t i = 1; i < len; i++)
                character = character << 6 | ((uint8_t)text[i] & 0x3f);
        return character;
}

/* 0: the set lacks it. */
static uint16_t code_of(const struct sccp_charset *charset, uint32_t character)
{
        size_t low = 0, high = charset->n_codes;
        while (low < high) {
                size_t middle = (low + high) / 2;
                if (charset->codes[middle].character == character)
                        return charset->codes[middle].code;
                if (charset->codes[middle].character < character)
                        low = middle + 1;
                else
                        high = middle;
        }
        return 0;
}

/* The second letter of Greek "ou". */
static bool is_upsilon_of_ou(uint32_t before, uint32_t character)
{
        return (before == 0x03BF || before == 0x039F) && (character == 0x03C5 || character == 0x03CD);
}

static void put_near(struct sink *sink, uint32_t character)
{
        char room[2];
        const char *text = is_upsilon_of_ou(sink->before, character) ? "u" : sccp_near(character, room);
        put(sink, text ? text : "?", text ? strlen(text) : 1);
}

static void put_coded(struct sink *sink, uint32_t character, const struct sccp_charset *charset)
{
        bool own = character < 0x80 || (charset->latin1 && character >= 0xA0 && character < 0x100);
        uint16_t code = own ? (uint16_t)character : code_of(charset, character);
        char bytes[2] = {(char)(code >> 8), (char)code};
        if (!code)
                put_near(sink, character);
        else if (code > 0xFF)
                put(sink, bytes, 2);
        else
                put(sink, bytes + 1, 1);
}

static bool is_control(uint32_t character)
{
        return character < 0x20 || (character >= 0x7f && character < 0xa0);
}

bool sccp_text_put(char *to, size_t size, const char *from, const struct sccp_charset *charset)
{
        struct sink sink = {.at = to, .room = size - 1};
        for (size_t left = from ? strlen(from) : 0, step; left > 0 && !sink.cut; from += step, left -= step) {
                step = text_utf8_next(from, left);
                uint32_t character = step ? character_of(from, step) : 0;
                if (is_control(character))
                        put(&sink, "?", 1);
                else if (charset->utf8)
                        put(&sink, from, step);
                else
                        put_coded(&sink, character, charset);
                sink.before = character;
                step = step ? step : 1;
        }
        *sink.at = '\0';
        return !sink.cut;
}

bool sccp_prompt_put(char *to, size_t size, const struct sccp_model *model, const struct sccp_charset *charset,
                     uint16_t label, const char *text)
{
        *to = '\0';
        if (model->prompt == SCCP_PROMPT_NONE || (model->prompt == SCCP_PROMPT_LABELS && !label) || size < 3)
                return false;
        if (label) {
                *to++ = label >= SCCP_LABEL_NEWER(0) ? NEWER_PREFIX : LABEL_PREFIX;
                *to++ = (char)label;
                size -= 2;
        }
        sccp_text_put(to, size, model->prompt == SCCP_PROMPT_LABELS ? NULL : text, charset);
        return true;
}
