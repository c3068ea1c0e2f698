/* Kinds of fields that are bytes without meaning for us, records, and counted lists of either. */
#include "sccp/codec_kind.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

enum { BYTES_PRINTED = 64 };

static void bytes_print_n(struct sccp_printer *p, const uint8_t *bytes, size_t n)
{
        size_t zeros = 0;
        while (zeros < n && !bytes[zeros])
                zeros++;
        if (zeros == n) {
                sccp_print_add(p, "0");
                return;
        }
        for (size_t i = 0; i < n && i < BYTES_PRINTED; i++)
                sccp_print_add(p, "%02x", bytes[i]);
        if (n > BYTES_PRINTED)
                sccp_print_add(p, "...(%zu bytes)", n);
}

static void bytes_fill(struct sccp_sampler *s, uint8_t *bytes, size_t n)
{
        for (size_t i = 0; s->n && i < n; i++)
                bytes[i] = (uint8_t)sccp_sample_random(s, 256);
}

static void bytes_read(struct sccp_reader *r, uint8_t *bytes, size_t n)
{
        const uint8_t *from = sccp_read(r, n);
        if (from && n)
                memcpy(bytes, from, n);
}

static void bytes_write(struct sccp_writer *w, const uint8_t *bytes, size_t n)
{
        uint8_t *to = sccp_write(w, n);
        if (to && n)
                memcpy(to, bytes, n);
}

static void bytes_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        bytes_read(r, sccp_place(field, self), field->limit);
}

static void bytes_put(struct sccp_writer *w, const struct sccp_field *field, const void *self)
{
        bytes_write(w, sccp_place_const(field, self), field->limit);
}

static void bytes_print(struct sccp_printer *p, const struct sccp_field *field, const void *self)
{
        bytes_print_n(p, sccp_place_const(field, self), field->limit);
}

static void bytes_sample(struct sccp_sampler *s, const struct sccp_field *field, void *self)
{
        bytes_fill(s, sccp_place(field, self), field->limit);
}

const struct sccp_kind sccp_kind_bytes = {bytes_get, bytes_put, bytes_print, bytes_sample};
const struct sccp_kind sccp_kind_secret = {bytes_get, bytes_put, NULL, bytes_sample};

static void pad_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        (void)self;
        sccp_read(r, field->limit);
}

static void pad_put(struct sccp_writer *w, const struct sccp_field *field, const void *self)
{
        (void)self;
        sccp_write(w, field->limit);
}

const struct sccp_kind sccp_kind_pad = {pad_get, pad_put, NULL, NULL};

/* Counted bytes */
static size_t list_count(const struct sccp_field *field, const void *self)
{
        size_t n = sccp_count_const(field, self);
        assert(n <= field->limit);
        return n;
}

static uint32_t list_sample_count(struct sccp_sampler *s, const struct sccp_field *field)
{
        return s->n == 0 ? 0 : s->n == 1 ? field->limit : sccp_sample_random(s, field->limit + 1u);
}

/* False, and an empty list, if the peer's count goes beyond the array. */
static bool list_count_is_sane(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        if (*sccp_count(field, self) <= field->limit)
                return true;
        *sccp_count(field, self) = 0;
        sccp_fail(r, "a list longer than its limit");
        return false;
}

/* In the other form all its room is on the wire: old phones send the whole of a statistics text. */
static size_t blob_reserve(const struct sccp_field *field, const void *self, unsigned form)
{
        return form & SCCP_FORM_OTHER ? field->limit - list_count(field, self) : 0;
}

static void blob_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        if (!list_count_is_sane(r, field, self))
                return;
        bytes_read(r, sccp_place(field, self), list_count(field, self));
        sccp_read(r, blob_reserve(field, self, r->form));
}

static void blob_put(struct sccp_writer *w, const struct sccp_field *field, const void *self)
{
        bytes_write(w, sccp_place_const(field, self), list_count(field, self));
        sccp_write(w, blob_reserve(field, self, w->form));
}

/* Statistics and XML are text, video capabilities are not. */
static void blob_print(struct sccp_printer *p, const struct sccp_field *field, const void *self)
{
        const char *bytes = sccp_place_const(field, self);
        size_t n = list_count(field, self), len = strnlen(bytes, n), text = 0;
        while (text < len && (isprint((unsigned char)bytes[text]) || isspace((unsigned char)bytes[text])))
                text++;
        if (len && text == len)
                sccp_print_text(p, bytes, len);
        else
                bytes_print_n(p, (const uint8_t *)bytes, n);
}

static void blob_sample(struct sccp_sampler *s, const struct sccp_field *field, void *self)
{
        *sccp_count(field, self) = list_sample_count(s, field);
        bytes_fill(s, sccp_place(field, self), list_count(field, self));
}

const struct sccp_kind sccp_kind_blob = {blob_get, blob_put, blob_print, blob_sample};

static void tail_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        size_t n = r->left < field->limit ? r->left : field->limit;
        *sccp_count(field, self) = (uint32_t)n;
        bytes_read(r, sccp_place(field, self), n);
}

static void tail_put(struct sccp_writer *w, const struct sccp_field *field, const void *self)
{
        bytes_write(w, sccp_place_const(field, self), list_count(field, self));
}

/* Whole words, so that padding does not become part of it. */
static void tail_sample(struct sccp_sampler *s, const struct sccp_field *field, void *self)
{
        *sccp_count(field, self) = list_sample_count(s, field) / 4 * 4;
        bytes_fill(s, sccp_place(field, self), list_count(field, self));
}

const struct sccp_kind sccp_kind_tail = {tail_get, tail_put, blob_print, tail_sample};

static void records_read(struct sccp_reader *r, const struct sccp_field *field, void *self, size_t n)
{
        uint8_t *at = sccp_place(field, self);
        for (size_t i = 0; i < n && !r->error; i++)
                sccp_read_record(r, field->record(), at + i * field->stride);
}

static void records_write(struct sccp_writer *w, const struct sccp_field *field, const void *self, size_t n)
{
        const uint8_t *at = sccp_place_const(field, self);
        for (size_t i = 0; i < n; i++)
                sccp_write_record(w, field->record(), at + i * field->stride);
}

static void records_print_n(struct sccp_printer *p, const struct sccp_field *field, const void *self, size_t n)
{
        const uint8_t *at = sccp_place_const(field, self);
        for (size_t i = 0; i < n; i++) {
                sccp_print_add(p, "{");
                sccp_print_record(p, field->record(), at + i * field->stride);
                sccp_print_add(p, "}");
        }
}

static void records_fill(struct sccp_sampler *s, const struct sccp_field *field, void *self, size_t n)
{
        uint8_t *at = sccp_place(field, self);
        for (size_t i = 0; i < n; i++)
                sccp_sample_record(s, field->record(), at + i * field->stride);
}

static void records_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        records_read(r, field, self, field->limit);
}

static void records_put(struct sccp_writer *w, const struct sccp_field *field, const void *self)
{
        records_write(w, field, self, field->limit);
}

static void records_print(struct sccp_printer *p, const struct sccp_field *field, const void *self)
{
        records_print_n(p, field, self, field->limit);
}

static void records_sample(struct sccp_sampler *s, const struct sccp_field *field, void *self)
{
        records_fill(s, field, self, field->limit);
}

const struct sccp_kind sccp_kind_records = {records_get, records_put, records_print, records_sample};

/* Elements on the wire: those counted, and the unused slots, which are carried as they are. */
static size_t items_on_wire(const struct sccp_field *field, const void *self, unsigned form)
{
        size_t n = list_count(field, self);
        if (form & SCCP_FORM_SHORT)
                return n;
        if (field->slots && (form & SCCP_FORM_OTHER))
                return field->limit;
        return n > field->slots ? n : field->slots;
}

static void items_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        if (!list_count_is_sane(r, field, self))
                return;
        records_read(r, field, self, items_on_wire(field, self, r->form));
}

static void items_put(struct sccp_writer *w, const struct sccp_field *field, const void *self)
{
        records_write(w, field, self, items_on_wire(field, self, w->form));
}

/* Where all slots are on the wire a count beyond them does no harm. */
static void slots_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        if (*sccp_count(field, self) > field->limit && !(r->form & SCCP_FORM_SHORT))
                *sccp_count(field, self) = field->limit;
        items_get(r, field, self);
}

static void items_print(struct sccp_printer *p, const struct sccp_field *field, const void *self)
{
        records_print_n(p, field, self, list_count(field, self));
}

static void items_sample(struct sccp_sampler *s, const struct sccp_field *field, void *self)
{
        *sccp_count(field, self) = list_sample_count(s, field);
        records_fill(s, field, self, list_count(field, self));
}

const struct sccp_kind sccp_kind_items = {items_get, items_put, items_print, items_sample};
const struct sccp_kind sccp_kind_slots = {slots_get, items_put, items_print, items_sample};
