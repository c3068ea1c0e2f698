/* What all kinds of fields share: the reader, the writer, the printer, the sampler, and walking a record. */
#include "sccp/codec_kind.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char sccp_too_short[] = "too short";

/* Markers are met by walks, never as fields. */
const struct sccp_kind sccp_kind_since = {0}, sccp_kind_until = {0}, sccp_kind_optional = {0},
                       sccp_kind_other_form = {0}, sccp_kind_choose = {0}, sccp_kind_when = {0},
                       sccp_kind_otherwise = {0}, sccp_kind_always = {0};

void sccp_fail(struct sccp_reader *r, const char *why)
{
        if (!r->error)
                r->error = why;
}

const uint8_t *sccp_read(struct sccp_reader *r, size_t n)
{
        if (r->error)
                return NULL;
        if (n > r->left) {
                sccp_fail(r, sccp_too_short);
                return NULL;
        }
        const uint8_t *at = r->at;
        r->at += n;
        r->left -= n;
        return at;
}

uint32_t sccp_read_number(struct sccp_reader *r, size_t size)
{
        const uint8_t *at = sccp_read(r, size);
        uint32_t number = 0;
        for (size_t i = 0; at && i < size; i++)
                number |= (uint32_t)at[i] << (8 * i);
        return number;
}

uint8_t *sccp_write(struct sccp_writer *w, size_t n)
{
        w->full = w->full || n > w->left;
        if (w->full)
                return NULL;
        uint8_t *at = w->at;
        memset(at, 0, n);
        w->at += n;
        w->left -= n;
        return at;
}

void sccp_write_number(struct sccp_writer *w, size_t size, uint32_t number)
{
        uint8_t *at = sccp_write(w, size);
        for (size_t i = 0; at && i < size; i++)
                at[i] = (uint8_t)(number >> (8 * i));
}

void sccp_read_record(struct sccp_reader *r, const struct sccp_field *fields, void *self)
{
        struct sccp_walk walk = sccp_walk_message(fields, self, r->form);
        for (const struct sccp_field *f; !r->error && (f = sccp_walk_next(&walk, r->ctx->version));)
                f->kind->get(r, f, self);
}

void sccp_write_record(struct sccp_writer *w, const struct sccp_field *fields, const void *self)
{
        struct sccp_walk walk = sccp_walk_message(fields, self, w->form);
        for (const struct sccp_field *f; (f = sccp_walk_next(&walk, w->ctx->version));)
                f->kind->put(w, f, self);
}

bool sccp_field_is_silent(const struct sccp_walk *walk, const struct sccp_field *field, const void *self)
{
        const uint8_t *at = sccp_place_const(field, self);
        if (!sccp_walk_may_lack(walk))
                return false;
        for (size_t i = 0; i < field->size; i++)
                if (at[i])
                        return false;
        return true;
}

void sccp_print_record(struct sccp_printer *p, const struct sccp_field *fields, const void *self)
{
        struct sccp_walk walk = sccp_walk_message(fields, self, p->form);
        for (const struct sccp_field *f; (f = sccp_walk_next(&walk, SCCP_ANY_VERSION));)
                if (f->kind->print && !sccp_field_is_silent(&walk, f, self)) {
                        bool first = p->used && p->out[p->used - 1] == '{';
                        sccp_print_add(p, "%s%s=", first ? "" : " ", f->name);
                        f->kind->print(p, f, self);
                }
}

void sccp_sample_record(struct sccp_sampler *s, const struct sccp_field *fields, void *self)
{
        struct sccp_walk walk = sccp_walk_message(fields, self, 0);
        for (const struct sccp_field *f; (f = sccp_walk_next(&walk, s->ctx->version));)
                if (f->kind->sample)
                        f->kind->sample(s, f, self);
}

void sccp_print_add(struct sccp_printer *p, const char *format, ...)
{
        va_list args;
        if (p->used + 1 >= p->size)
                return;
        va_start(args, format);
        int n = vsnprintf(p->out + p->used, p->size - p->used, format, args);
        va_end(args);
        if (n > 0)
                p->used += (size_t)n;
        if (p->used >= p->size)
                p->used = p->size - 1;
}

/* A small linear congruential generator: repeatable on every machine. */
uint32_t sccp_sample_random(struct sccp_sampler *s, uint32_t below)
{
        s->random = s->random * 1664525u + 1013904223u;
        return (s->random >> 8) % below;
}
