/* Kinds of fields. A kind is four small functions; a new kind of field is a new kind here, one word in messages.def
 * and nothing else. Inside sccp/ only. */
#ifndef SCCPGW_SCCP_CODEC_KIND_H
#define SCCPGW_SCCP_CODEC_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sccp/codec.h"
#include "sccp/schema_field.h"

/* Reads a payload. The first error sticks and nothing is read after it; the caller looks once. */
struct sccp_reader {
        const uint8_t *at;
        size_t left;
        size_t len; /* of the whole payload */
        const struct sccp_context *ctx;
        const char *error;
        unsigned form; /* enum sccp_form */
        bool weigh;    /* a second reading is to be compared: keep the score */
        int score;     /* how much sense the values read so far make */
};

/* Writes a payload. `full` sticks in the same way. */
struct sccp_writer {
        uint8_t *at;
        size_t left;
        size_t len; /* of the room for the payload */
        const struct sccp_context *ctx;
        unsigned form; /* as the reader's */
        bool full;
};

struct sccp_printer {
        char *out;
        size_t size;
        size_t used;
        unsigned form;
};

struct sccp_sampler {
        const struct sccp_context *ctx;
        unsigned n;      /* 0 emptiest, 1 fullest, else varied */
        uint32_t random; /* state of the variety */
};

/* `self` is the struct of the row, the field sits at field->offset in it. */
struct sccp_kind {
        void (*get)(struct sccp_reader *, const struct sccp_field *, void *self);
        void (*put)(struct sccp_writer *, const struct sccp_field *, const void *self);
        void (*print)(struct sccp_printer *, const struct sccp_field *, const void *self);
        void (*sample)(struct sccp_sampler *, const struct sccp_field *, void *self);
};

extern const struct sccp_kind sccp_kind_number, sccp_kind_named, sccp_kind_flags, sccp_kind_line, sccp_kind_call_ref,
        sccp_kind_count, sccp_kind_u16s;                                                          /* codec_number.c */
extern const struct sccp_kind sccp_kind_ipv4, sccp_kind_ipv6, sccp_kind_addr;                     /* codec_addr.c */
extern const struct sccp_kind sccp_kind_text, sccp_kind_dynamic_text, sccp_kind_directory_number; /* codec_text.c */
extern const struct sccp_kind sccp_kind_bytes, sccp_kind_secret, sccp_kind_blob, sccp_kind_tail, sccp_kind_pad,
        sccp_kind_records, sccp_kind_items, sccp_kind_slots; /* codec_list.c */
extern const struct sccp_kind sccp_kind_since, sccp_kind_until, sccp_kind_optional, sccp_kind_other_form,
        sccp_kind_choose, sccp_kind_when, sccp_kind_otherwise, sccp_kind_always; /* codec_kind.c: markers */

extern const char sccp_too_short[]; /* the one error that ends an optional part instead of the message */

/* The next `n` bytes, NULL if there are fewer. */
const uint8_t *sccp_read(struct sccp_reader *r, size_t n);
/* 1, 2 or 4 bytes; 0 after an error */
uint32_t sccp_read_number(struct sccp_reader *r, size_t size);
void sccp_fail(struct sccp_reader *r, const char *why);

/* Room for `n` bytes, zeroed; NULL if there is less. */
uint8_t *sccp_write(struct sccp_writer *w, size_t n);
void sccp_write_number(struct sccp_writer *w, size_t size, uint32_t number);

/* All fields of a record. */
void sccp_read_record(struct sccp_reader *r, const struct sccp_field *fields, void *self);
void sccp_write_record(struct sccp_writer *w, const struct sccp_field *fields, const void *self);
void sccp_print_record(struct sccp_printer *p, const struct sccp_field *fields, const void *self);
void sccp_sample_record(struct sccp_sampler *s, const struct sccp_field *fields, void *self);

/* A field that may be absent and is all zeros says nothing and is not printed. */
bool sccp_field_is_silent(const struct sccp_walk *walk, const struct sccp_field *field, const void *self);

/* In quotes, with escapes for what is not printable and label codes by name. */
void sccp_print_text(struct sccp_printer *p, const char *text, size_t len);
/* Whether the text begins with a control character of ISO 6429 in UTF-8: terminals obey some of them. */
bool sccp_is_c1(const char *text, size_t len);
void sccp_print_add(struct sccp_printer *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

uint32_t sccp_sample_random(struct sccp_sampler *s, uint32_t below); /* 0 to below - 1 */

/* The field's place in its struct. */
static inline void *sccp_place(const struct sccp_field *field, void *self)
{
        return (uint8_t *)self + field->offset;
}

static inline const void *sccp_place_const(const struct sccp_field *field, const void *self)
{
        return (const uint8_t *)self + field->offset;
}

static inline uint32_t *sccp_count(const struct sccp_field *field, void *self)
{
        return (uint32_t *)(void *)((uint8_t *)self + field->count);
}

static inline uint32_t sccp_count_const(const struct sccp_field *field, const void *self)
{
        return *(const uint32_t *)(const void *)((const uint8_t *)self + field->count);
}

#endif
