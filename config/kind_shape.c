/* Kinds without a value of their own: what stands below them is read by build.c and phone.c. */
#include "config/kind.h"

const struct kind kind_section = {.name = "options", .shape = SHAPE_SECTION};
const struct kind kind_rules = {.name = "list of rules", .shape = SHAPE_RULES};
const struct kind kind_pbxs = {.name = "options, or named PBXs", .shape = SHAPE_PBXS};
const struct kind kind_lines = {.name = "lines by name", .shape = SHAPE_LINES};
const struct kind kind_phones = {.name = "phones by device name", .shape = SHAPE_PHONES};
const struct kind kind_phone_lines = {.name = "list of lines", .shape = SHAPE_PHONE_LINES};
const struct kind kind_buttons = {.name = "list of keys", .shape = SHAPE_BUTTONS};
const struct kind kind_line = {.name = "line", .shape = SHAPE_LINE};
const struct kind kind_softkey_sets = {.name = "soft keys by name", .shape = SHAPE_SOFTKEYS};
const struct kind kind_include = {.name = "list of paths or patterns", .shape = SHAPE_INCLUDE};
