/* UTF-8 to ISO 8859-1 by a table of near letters. Latin and Cyrillic names, and the punctuation word processors make;
 * other scripts have no near letters and become question marks. */
#include "sccp/charset.h"

#include <string.h>

#include "gateway/base/text.h"

#define LABEL_PREFIX '\x80' /* the next byte is the number of a text the phone has itself */

/* U+0100 to U+017F, one near letter each; 1 to 4: see pairs */
static const char latin_extended[] = "AaAaAaCcCcCcCcDd"
                                     "DdEeEeEeEeEeGgGg"
                                     "GgGgHhHhIiIiIiIi"
                                     "Ii\1\2JjKkkLlLlLlL"
                                     "lLlNnNnNnnNnOoOo"
                                     "Oo\3\4RrRrRrSsSsSs"
                                     "SsTtTtTtUuUuUuUu"
                                     "UuUuWwYyYZzZzZzs";
static const char *const pairs[] = {NULL, "IJ", "ij", "OE", "oe"};

/* U+0410 to U+042F; the small ones follow in the same order */
static const char *const cyrillic[] = {"A",  "B",  "V",  "G",    "D", "E", "Zh", "Z", "I",  "J", "K",
                                       "L",  "M",  "N",  "O",    "P", "R", "S",  "T", "U",  "F", "Kh",
                                       "Ts", "Ch", "Sh", "Shch", "",  "Y", "",   "E", "Yu", "Ya"};

static const struct near {
        uint32_t character;
        const char *text;
} nears[] = {
        {0x0218, "S"},   {0x0219, "s"},  {0x021A, "T"},  {0x021B, "t"},   {0x0401, "Yo"}, {0x0404, "Ye"},
        {0x0406, "I"},   {0x0407, "Yi"}, {0x0451, "yo"}, {0x0454, "ye"},  {0x0456, "i"},  {0x0457, "yi"},
        {0x0490, "G"},   {0x0491, "g"},  {0x1E9E, "SS"}, {0x2010, "-"},   {0x2011, "-"},  {0x2012, "-"},
        {0x2013, "-"},   {0x2014, "-"},  {0x2018, "'"},  {0x2019, "'"},   {0x201A, ","},  {0x201C, "\""},
        {0x201D, "\""},  {0x201E, "\""}, {0x2022, "*"},  {0x2026, "..."}, {0x2039, "<"},  {0x203A, ">"},
        {0x20AC, "EUR"}, {0x2122, "TM"},
};

struct sink {
        char *at;
        size_t room; /* without the NUL */
        bool cut;
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

static void put_near(struct sink *sink, uint32_t character)
{
        for (size_t i = 0; i < sizeof nears / sizeof *nears; i++)
                if (nears[i].character == character) {
                        put(sink, nears[i].text, strlen(nears[i].text));
                        return;
                }
        put(sink, "?", 1);
}

static void put_cyrillic(struct sink *sink, uint32_t character)
{
        char letters[8];
        TEXT_SET(letters, cyrillic[(character - 0x0410) % 32]);
        if (character >= 0x0430 && letters[0])
                letters[0] = (char)(letters[0] | 0x20);
        put(sink, letters, strlen(letters));
}

static void put_latin1(struct sink *sink, uint32_t character)
{
        if (character < 0x100) {
                put(sink, &(char){(char)character}, 1);
        } else if (character < 0x180) {
                char letter = latin_extended[character - 0x100];
                const char *piece = letter < 5 ? pairs[(unsigned char)letter] : &letter;
                put(sink, piece, letter < 5 ? 2 : 1);
        } else if (character >= 0x0410 && character < 0x0450) {
                put_cyrillic(sink, character);
        } else {
                put_near(sink, character);
        }
}

static bool is_control(uint32_t character)
{
        return character < 0x20 || (character >= 0x7f && character < 0xa0);
}

bool sccp_text_put(char *to, size_t size, const char *from, bool utf8)
{
        struct sink sink = {.at = to, .room = size - 1};
        for (size_t left = from ? strlen(from) : 0, step; left > 0 && !sink.cut; from += step, left -= step) {
                step = text_utf8_next(from, left);
                uint32_t character = step ? character_of(from, step) : 0;
                if (is_control(character))
                        put(&sink, "?", 1);
                else if (utf8)
                        put(&sink, from, step);
                else
                        put_latin1(&sink, character);
                step = step ? step : 1;
        }
        *sink.at = '\0';
        return !sink.cut;
}

bool sccp_prompt_put(char *to, size_t size, const struct sccp_model *model, bool utf8, uint8_t label, const char *text)
{
        *to = '\0';
        if (model->prompt == SCCP_PROMPT_NONE || (model->prompt == SCCP_PROMPT_LABELS && !label) || size < 3)
                return false;
        if (label) {
                *to++ = LABEL_PREFIX;
                *to++ = (char)label;
                size -= 2;
        }
        sccp_text_put(to, size, model->prompt == SCCP_PROMPT_LABELS ? NULL : text, utf8);
        return true;
}
