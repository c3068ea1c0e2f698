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

/* A profile is made by the owner of the configuration. Texts are UTF-8, NULL counts as "". */
struct sccp_profile_button {
        enum { SCCP_SLOT_EMPTY, SCCP_SLOT_LINE, SCCP_SLOT_SPEED_DIAL } kind;
        const char *number; /* line: directory number; speed dial: what it dials */
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
        const struct sccp_model *model;                   /* NULL: by the device type the phone says */
        const struct sccp_addon *addons[SCCP_ADDONS_MAX]; /* in their order; NULL: none */
        uint16_t max_calls, busy_trigger;                 /* of each line; 0: not said */
};

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
