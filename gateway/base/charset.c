#include "gateway/base/charset.h"

#include "gateway/base/text.h"

/* Sets with one byte per character or two; the code pages of Windows for East Asia, because they keep ASCII as it is.
 */
static const struct charset_name names[] = {
        {"iso8859-1", "ISO-8859-1"},   {"iso8859-2", "ISO-8859-2"},
        {"iso8859-3", "ISO-8859-3"},   {"iso8859-4", "ISO-8859-4"},
        {"iso8859-5", "ISO-8859-5"},   {"iso8859-6", "ISO-8859-6"},
        {"iso8859-7", "ISO-8859-7"},   {"iso8859-8", "ISO-8859-8"},
        {"iso8859-9", "ISO-8859-9"},   {"iso8859-10", "ISO-8859-10"},
        {"iso8859-13", "ISO-8859-13"}, {"iso8859-14", "ISO-8859-14"},
        {"iso8859-15", "ISO-8859-15"}, {"iso8859-16", "ISO-8859-16"},
        {"windows-874", "CP874"},      {"windows-1250", "CP1250"},
        {"windows-1251", "CP1251"},    {"windows-1252", "CP1252"},
        {"windows-1253", "CP1253"},    {"windows-1254", "CP1254"},
        {"windows-1255", "CP1255"},    {"windows-1256", "CP1256"},
        {"windows-1257", "CP1257"},    {"windows-1258", "CP1258"},
        {"koi8-r", "KOI8-R"},          {"koi8-u", "KOI8-U"},
        {"shift_jis", "CP932"},        {"gbk", "CP936"},
        {"euc-kr", "CP949"},           {"big5", "CP950"},
};

const struct charset_name *charset_at(size_t index)
{
        return index < sizeof names / sizeof *names ? &names[index] : NULL;
}

const struct charset_name *charset_by_name(const char *name)
{
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
                if (text_equal_nocase(names[i].name, name))
                        return &names[i];
        return NULL;
}
