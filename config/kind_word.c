/* Words, keys and code points: names for small numbers. */
#include <stdlib.h>
#include <string.h>

#include "config/nearest.h"
#include "config/option.h"
#include "gateway/base/text.h"

/* Words: the value is the index. */
static bool read_word(struct reading *r, const char *text)
{
        const char *const *words = r->option->words;
        char list[100] = "";
        for (unsigned i = 0; words[i]; i++) {
                if (text_equal(words[i], text)) {
                        kind_store(r->at, r->option->size, i);
                        return true;
                }
                text_append(list, sizeof(list), "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
        }
        const char *near = nearest_word(text, words);
        if (near)
                return reading_refuse(r, "must be %s; did you mean '%s'?", list, near);
        return reading_refuse(r, "must be %s", list);
}

static const char *print_word(struct printing *p)
{
        return p->option->words[kind_fetch(p->at, p->option->size)];
}

const struct kind kind_word = {.name = "word", .look = LOOK_WORD, .read = read_word, .print = print_word};

/* true or false, and nothing else: in YAML 1.1 "yes" and "on" mean the same, in 1.2 they are words. */
static bool read_flag(struct reading *r, const char *text)
{
        bool value = text_equal(text, "true");
        if (!value && !text_equal(text, "false"))
                return reading_refuse(r, "must be true or false");
        kind_store(r->at, r->option->size, value);
        return true;
}

static const char *print_flag(struct printing *p)
{
        return kind_fetch(p->at, p->option->size) ? "true" : "false";
}

const struct kind kind_flag = {.name = "`true` or `false`", .look = LOOK_FLAG, .read = read_flag, .print = print_flag};

/* A key of the phone's keypad, or none. */
static bool read_key(struct reading *r, const char *text)
{
        bool off = text_equal(text, "off");
        if (!off && (strlen(text) != 1 || !strchr("0123456789*#", text[0])))
                return reading_refuse(r, "must be one of the keys 0-9, * and #, or off");
        kind_store(r->at, r->option->size, off ? 0 : (unsigned char)text[0]);
        return true;
}

static const char *print_key(struct printing *p)
{
        char key = (char)kind_fetch(p->at, p->option->size);
        text_printf(p->room, sizeof(p->room), "%c", key);
        return key ? p->room : "off";
}

const struct kind kind_key = {
        .name = "key (0-9, `*` or `#`) or off",
        .look = LOOK_QUOTED,
        .pattern = "^([0-9*#]|off)$",
        .read = read_key,
        .print = print_key,
};

/* Differentiated services code points by name: RFC 2474 (csN), 2597 (afXY), 3246 (ef), 8622 (le). */
static const struct {
        const char *name;
        unsigned value;
} dscp_names[] = {
        {"cs0", 0},   {"le", 1},    {"cs1", 8},  {"af11", 10}, {"af12", 12}, {"af13", 14}, {"cs2", 16}, {"af21", 18},
        {"af22", 20}, {"af23", 22}, {"cs3", 24}, {"af31", 26}, {"af32", 28}, {"af33", 30}, {"cs4", 32}, {"af41", 34},
        {"af42", 36}, {"af43", 38}, {"cs5", 40}, {"ef", 46},   {"cs6", 48},  {"cs7", 56},
};
#define DSCP_NAMES (sizeof(dscp_names) / sizeof(dscp_names[0]))

static bool read_dscp(struct reading *r, const char *text)
{
        long value;
        const char *end = kind_take_number(text, &value);
        for (size_t i = 0; i < DSCP_NAMES && !end; i++)
                if (text_equal_nocase(dscp_names[i].name, text)) {
                        kind_store(r->at, r->option->size, dscp_names[i].value);
                        return true;
                }
        if (!end || *end || value > 63)
                return reading_refuse(r, "must be a code point such as ef, cs3 or af41, or a number from 0 to 63");
        kind_store(r->at, r->option->size, (unsigned long)value);
        return true;
}

static const char *print_dscp(struct printing *p)
{
        unsigned long value = kind_fetch(p->at, p->option->size);
        for (size_t i = 0; i < DSCP_NAMES; i++)
                if (dscp_names[i].value == value)
                        return dscp_names[i].name;
        text_printf(p->room, sizeof(p->room), "%lu", value);
        return p->room;
}

const struct kind kind_dscp = {
        .name = "code point",
        .look = LOOK_WORD,
        .pattern = "^([0-9]+|[a-zA-Z]+[0-9]*)$",
        .read = read_dscp,
        .print = print_dscp,
};
