/* Latin letters lose their marks, Greek and Cyrillic ones are spelled as passports do without marks, and punctuation
 * word processors make becomes what a keyboard has. Other scripts have no near letters. */
#include "sccp/near.h"

#include <stddef.h>

#define NONE '?'

/* One near letter each; NONE: see the blocks and singles. */
static const struct letters {
        uint32_t first, last;
        const char *letters;
} latin[] = {
        {0x00C0, 0x00FF,
         "AAAAAA?CEEEEIIII"
         "?NOOOOO?OUUUUY??"
         "aaaaaa?ceeeeiiii"
         "?nooooo?ouuuuy?y"},
        {0x0100, 0x017F,
         "AaAaAaCcCcCcCcDd"
         "DdEeEeEeEeEeGgGg"
         "GgGgHhHhIiIiIiIi"
         "Ii??JjKkkLlLlLlL"
         "lLlNnNnNnnNnOoOo"
         "Oo??RrRrRrSsSsSs"
         "SsTtTtTtUuUuUuUu"
         "UuUuWwYyYZzZzZzs"},
        {0x0180, 0x024F,
         "bBBb??OCcDDDd?EA"
         "EFfG??IIKkl??NnO"
         "OoOoPp?????tTtTU"
         "uUVYyZz?????????"
         "?????????????AaI"
         "iOoUuUuUuUuUueAa"
         "Aa??GgGgKkOoOo??"
         "j???Gg??NnAa????"
         "AaAaEeEeIiIiOoOo"
         "RrRrUuUuSsTt??Hh"
         "Nd??ZzAaEeOoOoOo"
         "OoYylnt???ACcLTs"
         "zAaBUVEeJjQqRrYy"},
        {0x1E00, 0x1EFF,
         "AaBbBbBbCcDdDdDd"
         "DdDdEeEeEeEeEeFf"
         "GgHhHhHhHhHhIiIi"
         "KkKkKkLlLlLlLlMm"
         "MmMmNnNnNnNnOoOo"
         "OoOoPpPpRrRrRrRr"
         "SsSsSsSsSsTtTtTt"
         "TtUuUuUuUuUuVvVv"
         "WwWwWwWwWwXxXxYy"
         "ZzZzZzhtwyas????"
         "AaAaAaAaAaAaAaAa"
         "AaAaAaAaEeEeEeEe"
         "EeEeEeEeIiIiOoOo"
         "OoOoOoOoOoOoOoOo"
         "OoOoUuUuUuUuUuUu"
         "UuYyYyYyYy??VvYy"},
};

/* U+0386 to U+03CE */
static const char *const greek[] = {
        "A", NULL, "E", "I", "I", NULL, "O", NULL, "Y",  "O",  "i", "A", "V",  "G", "D",  "E",  "Z", "I", "Th",
        "I", "K",  "L", "M", "N", "X",  "O", "P",  "R",  NULL, "S", "T", "Y",  "F", "Ch", "Ps", "O", "I", "Y",
        "a", "e",  "i", "i", "y", "a",  "v", "g",  "d",  "e",  "z", "i", "th", "i", "k",  "l",  "m", "n", "x",
        "o", "p",  "r", "s", "s", "t",  "y", "f",  "ch", "ps", "o", "i", "y",  "o", "y",  "o",
};

/* U+0400 to U+045F */
static const char *const cyrillic[] = {
        "E", "Yo", "Dj", "G", "Ye", "Z",  "I",  "Yi", "J",  "Lj",   "Nj", "C", "K", "I", "U",  "Dz", /* 0400 */
        "A", "B",  "V",  "G", "D",  "E",  "Zh", "Z",  "I",  "J",    "K",  "L", "M", "N", "O",  "P",  /* 0410 */
        "R", "S",  "T",  "U", "F",  "Kh", "Ts", "Ch", "Sh", "Shch", "",   "Y", "",  "E", "Yu", "Ya", /* 0420 */
        "a", "b",  "v",  "g", "d",  "e",  "zh", "z",  "i",  "j",    "k",  "l", "m", "n", "o",  "p",  /* 0430 */
        "r", "s",  "t",  "u", "f",  "kh", "ts", "ch", "sh", "shch", "",   "y", "",  "e", "yu", "ya", /* 0440 */
        "e", "yo", "dj", "g", "ye", "z",  "i",  "yi", "j",  "lj",   "nj", "c", "k", "i", "u",  "dz", /* 0450 */
};

static const struct block {
        uint32_t first;
        size_t count;
        const char *const *texts;
} blocks[] = {
        {0x0386, sizeof greek / sizeof *greek, greek},
        {0x0400, sizeof cyrillic / sizeof *cyrillic, cyrillic},
};

static const struct single {
        uint32_t character;
        const char *text;
} singles[] = {
        {0x00A0, " "},   {0x00A1, "!"},   {0x00A3, "GBP"}, {0x00A5, "JPY"}, {0x00A6, "|"},   {0x00A8, "\""},
        {0x00A9, "(c)"}, {0x00AA, "a"},   {0x00AB, "<<"},  {0x00AC, "-"},   {0x00AD, ""},    {0x00AE, "(r)"},
        {0x00B0, "o"},   {0x00B1, "+-"},  {0x00B2, "2"},   {0x00B3, "3"},   {0x00B4, "'"},   {0x00B5, "u"},
        {0x00B7, "."},   {0x00B8, ","},   {0x00B9, "1"},   {0x00BA, "o"},   {0x00BB, ">>"},  {0x00BC, "1/4"},
        {0x00BD, "1/2"}, {0x00BE, "3/4"}, {0x00BF, "?"},   {0x00C6, "AE"},  {0x00D0, "D"},   {0x00D7, "x"},
        {0x00DE, "Th"},  {0x00DF, "ss"},  {0x00E6, "ae"},  {0x00F0, "d"},   {0x00F7, ":"},   {0x00FE, "th"},
        {0x0132, "IJ"},  {0x0133, "ij"},  {0x0152, "OE"},  {0x0153, "oe"},  {0x01C4, "DZ"},  {0x01C5, "Dz"},
        {0x01C6, "dz"},  {0x01C7, "LJ"},  {0x01C8, "Lj"},  {0x01C9, "lj"},  {0x01CA, "NJ"},  {0x01CB, "Nj"},
        {0x01CC, "nj"},  {0x01E2, "AE"},  {0x01E3, "ae"},  {0x01F1, "DZ"},  {0x01F2, "Dz"},  {0x01F3, "dz"},
        {0x01FC, "AE"},  {0x01FD, "ae"},  {0x02BC, "'"},   {0x0490, "G"},   {0x0491, "g"},   {0x0492, "G"},
        {0x0493, "g"},   {0x049A, "Q"},   {0x049B, "q"},   {0x04A2, "Ng"},  {0x04A3, "ng"},  {0x04AE, "U"},
        {0x04AF, "u"},   {0x04B0, "U"},   {0x04B1, "u"},   {0x04B2, "H"},   {0x04B3, "h"},   {0x04BA, "H"},
        {0x04BB, "h"},   {0x04D8, "A"},   {0x04D9, "a"},   {0x04E8, "O"},   {0x04E9, "o"},   {0x1E9E, "SS"},
        {0x200B, ""},    {0x200E, ""},    {0x200F, ""},    {0x2010, "-"},   {0x2011, "-"},   {0x2012, "-"},
        {0x2013, "-"},   {0x2014, "-"},   {0x2015, "-"},   {0x2018, "'"},   {0x2019, "'"},   {0x201A, ","},
        {0x201C, "\""},  {0x201D, "\""},  {0x201E, "\""},  {0x2022, "*"},   {0x2026, "..."}, {0x202F, " "},
        {0x2039, "<"},   {0x203A, ">"},   {0x20AC, "EUR"}, {0x2116, "No"},  {0x2122, "TM"},  {0x2192, "->"},
        {0xFEFF, ""},
};

static const char *one_letter(char letter, char room[2])
{
        room[0] = letter;
        room[1] = '\0';
        return room;
}

const char *sccp_near(uint32_t character, char room[2])
{
        for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
                if (character >= latin[i].first && character <= latin[i].last &&
                    latin[i].letters[character - latin[i].first] != NONE)
                        return one_letter(latin[i].letters[character - latin[i].first], room);
        for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
                if (character >= blocks[i].first && character - blocks[i].first < blocks[i].count)
                        return blocks[i].texts[character - blocks[i].first];
        for (size_t i = 0; i < sizeof singles / sizeof *singles; i++)
                if (singles[i].character == character)
                        return singles[i].text;
        if (character >= 0x0300 && character <= 0x036F)
                return "";
        if (character >= 0xFF01 && character <= 0xFF5E) /* full width */
                return one_letter((char)(character - 0xFEE0), room);
        return NULL;
}
