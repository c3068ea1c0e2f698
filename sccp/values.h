/* The named numbers of values.def: constants (SCCP_TONE_REORDER, SCCP_DEVICE_7960 ...) and their printed names.
 * Fields hold plain integers, for a phone may send a number nobody has named. */
#ifndef SCCPGW_SCCP_VALUES_H
#define SCCPGW_SCCP_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SCCP_VALUES_tone, SCCP_VALUES_device ... : which set a number belongs to */
#define VALUES(set) SCCP_VALUES_##set,
enum sccp_values {
        SCCP_VALUES_none,
#include "sccp/values.def"
        SCCP_VALUES_COUNT
};

/* enum { SCCP_TONE_SILENCE = 0, ... } and so on */
/* clang-format off */
#define VALUES(set)                   enum {
#define VALUE(constant, number, name) SCCP_##constant = (number),
#define END                           };
#include "sccp/values.def"
/* clang-format on */

/* The name of a number, NULL if it has none. */
const char *sccp_value_name(enum sccp_values set, uint32_t number);

/* The other way round, for scripts: false if no number of the set has that name. */
bool sccp_value_parse(enum sccp_values set, const char *name, uint32_t *number);

/* Row `index` of a set: its number and name, NULL behind the last. For tests and for printing whole sets. */
const char *sccp_value_at(enum sccp_values set, size_t index, uint32_t *number);

#endif
