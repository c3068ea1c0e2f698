/* Values that name something known elsewhere: codecs, character sets, key modules and PBXs. */
#include <string.h>

#include "config/nearest.h"
#include "config/option.h"
#include "gateway/base/audio.h"
#include "gateway/base/charset.h"
#include "gateway/base/text.h"

#define ADDON_MAX 15

static bool read_codec(struct reading *r, const char *text)
{
        struct nearest nearest = {.word = text};
        enum codec codec = codec_by_name(text);
        if (codec != CODEC_NONE) {
                memcpy(r->at, &codec, sizeof(codec));
                return true;
        }
        char list[100] = "";
        for (codec = CODEC_NONE + 1; codec < CODECS; codec++) {
                const char *name = codec_info(codec)->name;
                text_append(list, sizeof(list), "%s%s", *list ? ", " : "", name);
                nearest_offer(&nearest, name);
        }
        if (nearest.best)
                return reading_refuse(r, "must be of %s; did you mean '%s'?", list, nearest.best);
        return reading_refuse(r, "must be of %s", list);
}

static const char *print_codec(struct printing *p)
{
        enum codec codec;
        memcpy(&codec, p->at, sizeof(codec));
        return codec_info(codec)->name;
}

const struct kind kind_codecs = {
        .name = "codec",
        .shape = SHAPE_LIST,
        .look = LOOK_WORD,
        .item = sizeof(enum codec),
        .in_place = true,
        .read = read_codec,
        .print = print_codec,
};

static bool read_charset(struct reading *r, const char *text)
{
        struct nearest nearest = {.word = text};
        const struct charset_name *set = charset_by_name(text);
        if (set)
                return kind_keep_text(r, set->name);
        for (size_t i = 0; (set = charset_at(i)) != NULL; i++)
                nearest_offer(&nearest, set->name);
        if (nearest.best)
                return reading_refuse(r, "is no character set known here; did you mean '%s'?", nearest.best);
        return reading_refuse(r, "is no character set known here, such as iso8859-2, windows-1251 or shift_jis");
}

const struct kind kind_charset = {
        .name = "character set",
        .look = LOOK_WORD,
        .pattern = "^[A-Za-z0-9_-]+$",
        .read = read_charset,
        .print = kind_print_text,
};

/* Whoever knows the modules checks the name. */
static bool read_addon(struct reading *r, const char *text)
{
        if (!*text || strlen(text) > ADDON_MAX ||
            text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")])
                return reading_refuse(r, "must be a key module such as 7914 or 7916-24");
        return kind_keep_text(r, text);
}

const struct kind kind_addons = {
        .name = "key module",
        .shape = SHAPE_LIST,
        .repeats = true,
        .item = sizeof(const char *),
        .pattern = "^[A-Za-z0-9-]+$",
        .read = read_addon,
        .print = kind_print_text,
};

static bool read_pbx_name(struct reading *r, const char *text)
{
        struct nearest nearest = {.word = text};
        for (size_t i = 0; i < r->config->n_pbxs; i++) {
                if (text_equal(r->config->pbxs[i].name, text)) {
                        memcpy(r->at, &i, sizeof(i));
                        return true;
                }
                nearest_offer(&nearest, r->config->pbxs[i].name);
        }
        if (nearest.best)
                return reading_refuse(r, "names no PBX of this file; did you mean '%s'?", nearest.best);
        return reading_refuse(r, "names no PBX of this file");
}

static const char *print_pbx_name(struct printing *p)
{
        size_t index;
        memcpy(&index, p->at, sizeof(index));
        return p->config->pbxs[index].name;
}

const struct kind kind_pbx_name = {
        .name = "name of a PBX",
        .read = read_pbx_name,
        .print = print_pbx_name,
};
