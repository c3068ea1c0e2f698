/* How a row of messages.def looks to the code that walks it. Inside sccp/ only: the codec and its tests. */
#ifndef SCCPGW_SCCP_SCHEMA_FIELD_H
#define SCCPGW_SCCP_SCHEMA_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sccp/schema.h"

struct sccp_kind;

/* One line of a row. A marker (SINCE, WHEN, OPTIONAL ...) has no place in the struct; its kind and limits count. */
struct sccp_field {
        const char *name; /* NULL ends the row */
        const struct sccp_kind *kind;
        uint16_t offset; /* in the struct of the row; of a CHOOSE: the deciding field there */
        uint16_t size;   /* of the whole member there */
        uint16_t limit;  /* bytes on the wire, or elements; the version of a marker; the lowest number of a WHEN */
        uint16_t slots;  /* elements on the wire at least; bytes in the other form; the highest number of a WHEN */
        uint16_t stride; /* of one element in the struct */
        uint16_t count;  /* offset of n_f */
        enum sccp_values values;
        const struct sccp_field *(*record)(void);
};

struct sccp_row {
        struct sccp_message_info info;
        const struct sccp_field *(*fields)(void);
};

const struct sccp_row *sccp_row_find(uint32_t id); /* NULL: unknown */

/* Visits the fields a version has, in wire order. What holds for the field visited last: */
struct sccp_walk {
        const struct sccp_field *next;
        const void *self; /* the struct that decides choices; NULL: all alternatives are visited */
        const struct sccp_field *choice;
        uint16_t since;
        uint16_t until; /* 0: no end */
        uint8_t form;   /* of the message, enum sccp_form */
        bool optional;
        bool other;  /* it is of the other form only */
        bool chosen; /* a WHEN of this choice was true */
        bool absent; /* the last WHEN or ELSE was not */
};

#define SCCP_ANY_VERSION 0xffff /* a walk over all fields of all versions */

/* All fields of a row; or those of one message, whose struct may still be on its way of being filled. */
struct sccp_walk sccp_walk_start(const struct sccp_field *fields);
struct sccp_walk sccp_walk_message(const struct sccp_field *fields, const void *self, unsigned form);
const struct sccp_field *sccp_walk_next(struct sccp_walk *walk, unsigned version); /* NULL: that was all */

/* False for a field every message of the row has: it says something even if it is zero. */
bool sccp_walk_may_lack(const struct sccp_walk *walk);

/* Lines of the row from `field` on, markers not counted. */
unsigned sccp_fields_left(const struct sccp_field *field);

#endif
