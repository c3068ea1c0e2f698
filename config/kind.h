/* The kinds of values an option can have. A kind turns text into a value and back and says how a JSON Schema describes
 * it; a new kind of value is a row in kind_*.c. */
#ifndef SCCPGW_CONFIG_KIND_H
#define SCCPGW_CONFIG_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "config/arena.h"
#include "config/config.h"

#define KIND_REASON_SIZE 200
#define KIND_TEXT_SIZE   416 /* of a value printed into room: a group of networks is the longest */

enum shape {
        SHAPE_VALUE,
        SHAPE_LIST,
        SHAPE_SECTION, /* options of the same struct, one level down */
        SHAPE_RULES,   /* a list of mappings */
        SHAPE_PBXS,    /* a mapping, or a mapping of named ones */
        SHAPE_LINES,   /* named mappings */
        SHAPE_PHONES,
        SHAPE_PHONE_LINES, /* a list of line names and mappings */
        SHAPE_BUTTONS,
        SHAPE_LINE,     /* a line's name or mapping */
        SHAPE_SOFTKEYS, /* named mappings of lists of keys */
        SHAPE_INCLUDE,  /* answered while files are read; no value */
};

enum look { LOOK_QUOTED, LOOK_WORD, LOOK_NUMBER, LOOK_FLAG }; /* in YAML and JSON */
enum limits { LIMITS_NONE, LIMITS_VALUE, LIMITS_LENGTH };

struct reading {
        const struct option *option;
        void *at, *second;             /* where the value goes; second is NULL for items of lists */
        struct arena *arena;           /* texts that the value keeps */
        const struct config *config;   /* what was read before, for references */
        const char *folder;            /* of the first file, for paths; NULL: there is none */
        char reason[KIND_REASON_SIZE]; /* why not, to be said after the option's name: "must be ..." */
        size_t offset;                 /* the byte of the text that the reason is about */
};

struct printing {
        const struct option *option;
        const void *at, *second;
        const struct config *config;
        char room[KIND_TEXT_SIZE];
};

struct kind {
        const char *name; /* in the reference: "duration such as 30s or 5m" */
        enum shape shape;
        enum look look;
        enum limits limits;
        size_t item;          /* SHAPE_LIST: size of one item */
        bool in_place;        /* SHAPE_LIST: the items are in the struct itself, not behind a pointer */
        bool repeats;         /* SHAPE_LIST: an item may stand twice */
        unsigned unit_ms;     /* durations: what the number counts */
        const char *alphabet; /* texts: the characters they may have, NULL: all but control characters */
        const char *alphabet_name;
        const char *pattern; /* ECMA regular expression for the schema, NULL when there is none */
        bool (*read)(struct reading *reading, const char *text); /* false: reason is set */
        const char *(*print)(struct printing *printing);         /* NULL: not set */
};

/* false, with the reason formatted: `return reading_refuse(r, "must be ...")`. */
bool reading_refuse(struct reading *reading, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* For the kinds themselves: an unsigned number or enum of `size` bytes (1, 2 or an int's); and digits at the front of a
 * text, ten at most: NULL when there are none, else what follows them. */
void kind_store(void *at, size_t size, unsigned long value);
unsigned long kind_fetch(const void *at, size_t size);
const char *kind_take_number(const char *text, long *out);
/* `count` units of so many milliseconds: "30s", "2500ms". */
void kind_print_duration(char *to, size_t size, long count, long unit_ms);
bool kind_keep_text(struct reading *reading, const char *text); /* a copy in the arena, the pointer at `at` */
bool kind_read_text(struct reading *reading, const char *text); /* the same within the option's limits and alphabet */
const char *kind_print_text(struct printing *printing);

extern const struct kind kind_number, kind_version, kind_duration_s, kind_duration_ms, kind_word, kind_flag, kind_key,
        kind_number_range, kind_port_range, kind_dscp;
extern const struct kind kind_text, kind_url, kind_id, kind_dialable, kind_user, kind_model, kind_time_zone,
        kind_date_format;
extern const struct kind kind_dial_pattern, kind_digits, kind_pbx_name, kind_path, kind_file;
extern const struct kind kind_addresses, kind_listen, kind_listen_or_off, kind_networks, kind_network_groups, kind_host,
        kind_servers, kind_peer, kind_sip_uri, kind_focus, kind_codecs, kind_charset, kind_addons, kind_softkeys,
        kind_softkeys_name;
extern const struct kind kind_section, kind_rules, kind_pbxs, kind_lines, kind_phones, kind_phone_lines, kind_buttons,
        kind_line, kind_include, kind_softkey_sets;

#endif
