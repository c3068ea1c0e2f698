/* What a phone is told about itself while it registers: its keys, lines and speed dials, made from a profile and a
 * model. Pure; one small block of memory per registered phone. */
#ifndef SCCPGW_SCCP_SETUP_H
#define SCCPGW_SCCP_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sccp/charset.h"
#include "sccp/models.h"
#include "sccp/schema.h"

#define SCCP_KEYS_MAX        56 /* entries of a button template */
#define SCCP_LINES_MAX       42
#define SCCP_SPEED_DIALS_MAX 99
#define SCCP_FORWARD_SIZE    25 /* a number with its NUL, as phones keep it; longer ones are cut for display */

/* Where the calls of a line go; "": they stay. */
struct sccp_forwards {
        char all[SCCP_FORWARD_SIZE], busy[SCCP_FORWARD_SIZE], no_answer[SCCP_FORWARD_SIZE];
};

struct sccp_soft_keys;

/* A profile is made by the owner of the configuration. Texts are UTF-8, NULL counts as "". */
struct sccp_profile_button {
        enum {
                SCCP_SLOT_EMPTY,
                SCCP_SLOT_LINE,
                SCCP_SLOT_SPEED_DIAL,
                SCCP_SLOT_BUSY_LAMP,
                SCCP_SLOT_FEATURE,
                SCCP_SLOT_SERVICE
        } kind;
        uint32_t type;      /* feature: SCCP_BUTTON_... */
        const char *number; /* line: directory number; speed dial, with a busy lamp or without: what it dials; service:
                               the address the phone fetches */
        const char *label;
        const char *name;                     /* line: full name */
        const struct sccp_forwards *forwards; /* line; NULL: none */
};

struct sccp_profile {
        const char *description;
        const char *date_template; /* "D.M.Y", at most 6 characters */
        const char *timezone;      /* IANA name */
        const char *charset;       /* of its texts if it does not know UTF-8 (gateway/base/charset.h) */
        const struct sccp_profile_button *buttons;
        size_t n_buttons;
        bool old;                                         /* below SCCP_BUSY_LAMP_VERSION: the station says it */
        const struct sccp_model *model;                   /* NULL: by the device type the phone says */
        const struct sccp_addon *addons[SCCP_ADDONS_MAX]; /* in their order; NULL: none */
        uint16_t max_calls, busy_trigger;                 /* of each line; 0: not said */
        const struct sccp_soft_keys *soft_keys;           /* copied; NULL: the standard ones */
};

#define SCCP_IPV6_VERSION 17 /* messages have addresses of both families from here on */
#define SCCP_BUSY_LAMP_VERSION                                                                                         \
        15 /* phones that know such keys; older ones get line keys without a number (flows 17)                         \
            */

struct sccp_setup;

/* Lays the profile's buttons on the keys of `model` and its add-ons: line n and speed dial n of the phone are the n-th
 * of the profile. Lines without a key are left out, speed dials without one remain as abbreviated dials, behind those
 * with keys. Copies what it keeps; NULL when memory is out. */
struct sccp_setup *sccp_setup_new(const struct sccp_profile *profile, const struct sccp_model *model);
void sccp_setup_free(struct sccp_setup *setup);

unsigned sccp_setup_lines(const struct sccp_setup *setup);
unsigned sccp_setup_speed_dials(const struct sccp_setup *setup); /* with and without a key */
unsigned sccp_setup_dropped(const struct sccp_setup *setup);     /* buttons of the profile that found no key */
const char *sccp_setup_description(const struct sccp_setup *setup);
const char *sccp_setup_date_template(const struct sccp_setup *setup);
const struct sccp_addon *sccp_setup_addon(const struct sccp_setup *setup, unsigned index); /* NULL: none */
const char *sccp_setup_timezone(const struct sccp_setup *setup);

void sccp_setup_soft_key_template(const struct sccp_setup *setup, struct sccp_soft_key_template_res *out);
void sccp_setup_soft_key_sets(const struct sccp_setup *setup, struct sccp_soft_key_set_res *out);
/* Speed dials, busy lamps among them, have two numbers: the n-th of the profile, and the instance phones say. 0: there
 * is none. */
unsigned sccp_setup_dial_of(const struct sccp_setup *setup, uint32_t instance);
unsigned sccp_setup_dial_of_line(const struct sccp_setup *setup, uint32_t line); /* a busy lamp on a line key */

/* The key with the busy lamp of the n-th speed dial. */
struct sccp_busy_lamp {
        uint32_t instance; /* 0: it has no key with a lamp */
        bool on_line_key;  /* `instance` is that of a line, behind the real ones */
};
struct sccp_busy_lamp sccp_setup_busy_lamp(const struct sccp_setup *setup, unsigned dial);
void sccp_setup_busy_lamp_set(struct sccp_setup *setup, unsigned dial, uint32_t status); /* for later questions */
/* Features share the numbers of speed dials: the SCCP_BUTTON_... of one, 0: that number is none; and the first number
 * with that type, 0: it has no key. */
uint32_t sccp_setup_feature_type(const struct sccp_setup *setup, uint32_t instance);
uint32_t sccp_setup_feature_of(const struct sccp_setup *setup, uint32_t type);
void sccp_setup_feature_set(struct sccp_setup *setup, uint32_t instance, bool on);
/* False: the instance is neither a busy lamp nor a feature. */
bool sccp_setup_feature(const struct sccp_setup *setup, uint32_t instance, const struct sccp_charset *charset,
                        struct sccp_feature_stat_dynamic *out);
void sccp_setup_service(const struct sccp_setup *setup, uint32_t instance, const struct sccp_charset *charset,
                        struct sccp_service_url_stat *out);
unsigned sccp_setup_line_keys(const struct sccp_setup *setup); /* lines, and lamps on line keys */

/* The line on key `index` (1-based), 0 if that key is no line. */
unsigned sccp_setup_line_on_key(const struct sccp_setup *setup, uint32_t index);

/* Answers to the phone's questions. An instance that does not exist gets the empty answer: a phone that hears nothing
 * stalls (flows 1). */
void sccp_setup_button_template(const struct sccp_setup *setup, struct sccp_button_template *out);
void sccp_setup_line(const struct sccp_setup *setup, uint32_t instance, const struct sccp_charset *charset,
                     struct sccp_line_stat *out);
void sccp_setup_line_dynamic(const struct sccp_setup *setup, uint32_t instance, const struct sccp_charset *charset,
                             struct sccp_line_stat_dynamic *out);
/* Phones from version 18 on call a forward active in their own way (catalogue, ForwardStat). */
void sccp_setup_forwards(const struct sccp_setup *setup, uint32_t instance, unsigned version,
                         struct sccp_forward_stat *out);
void sccp_setup_forwards_set(struct sccp_setup *setup, uint32_t instance, const struct sccp_forwards *forwards);
void sccp_setup_speed_dial(const struct sccp_setup *setup, uint32_t instance, const struct sccp_charset *charset,
                           struct sccp_speed_dial_stat *out);

/* How many calls each line from `first` (1-based) on may have. */
void sccp_setup_call_counts(const struct sccp_setup *setup, uint32_t first, struct sccp_call_count_res *out);

#endif
