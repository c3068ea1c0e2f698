/* Decoding and encoding of whole messages: the header's rules, fields a payload may lack, and the choice between
 * packed and aligned readings. */
#include "sccp/codec.h"

#include <assert.h>
#include <string.h>

#include "sccp/codec_kind.h"

enum { HEADER_VERSION_MIN = 10 }; /* below it the header's version word is 0 */

/* All structs of the union start here: the first named is as good as any. */
static void *message_fields(struct sccp_message *m)
{
        return (uint8_t *)m + offsetof(struct sccp_message, register_req);
}

static const void *message_fields_const(const struct sccp_message *m)
{
        return (const uint8_t *)m + offsetof(struct sccp_message, register_req);
}

static bool field_is_counted(const struct sccp_field *field)
{
        return field->kind == &sccp_kind_items || field->kind == &sccp_kind_slots || field->kind == &sccp_kind_blob ||
               field->kind == &sccp_kind_tail;
}

/* What a payload ends before is zero, and lists that are not there are empty. */
static void fields_forget(const struct sccp_field *from, void *self)
{
        struct sccp_walk walk = sccp_walk_start(from);
        for (const struct sccp_field *f; (f = sccp_walk_next(&walk, SCCP_ANY_VERSION));) {
                memset(sccp_place(f, self), 0, f->size);
                if (field_is_counted(f))
                        *sccp_count(f, self) = 0;
        }
}

/* Fields of the top level: from OPTIONAL on the payload may end, even in the middle of one. */
static void fields_read(struct sccp_reader *r, const struct sccp_field *fields, struct sccp_message *out)
{
        void *self = message_fields(out);
        struct sccp_walk walk = sccp_walk_message(fields, self, r->form);
        for (const struct sccp_field *f; !r->error && (f = sccp_walk_next(&walk, r->ctx->version));) {
                struct sccp_reader before = *r;
                f->kind->get(r, f, self);
                if (!walk.optional || r->error != sccp_too_short)
                        continue;
                *r = before;
                fields_forget(f, self);
                out->omitted = (uint8_t)sccp_fields_left(f);
                return;
        }
}

static void message_read(struct sccp_reader *r, const struct sccp_row *row, struct sccp_message *out)
{
        memset(out, 0, sizeof(*out));
        out->id = row->info.id;
        out->form = (uint8_t)r->form;
        fields_read(r, row->fields(), out);
        size_t beyond = (r->len - r->left) % 4, pad = beyond ? 4 - beyond : 0;
        out->surplus = (uint16_t)(r->left > pad ? r->left - pad : 0);
        if (out->surplus)
                r->score--;
        if (r->error)
                memset(out, 0, sizeof(*out));
}

static bool row_has_directory_number(const struct sccp_row *row)
{
        for (const struct sccp_field *f = row->fields(); f->name; f++)
                if (f->kind == &sccp_kind_directory_number)
                        return true;
        return false;
}

/* 69xx and 89xx align what follows a 25-byte number, everybody else packs it (README 2.5). Both readings are made;
 * the aligned one needs better reasons. */
static const char *message_read_aligned(const struct sccp_reader *start, const struct sccp_row *row,
                                        struct sccp_message *out)
{
        struct sccp_message other;
        struct sccp_reader packed = *start, aligned = *start;
        packed.weigh = aligned.weigh = true;
        aligned.form |= SCCP_FORM_ALIGNED;
        message_read(&packed, row, out);
        message_read(&aligned, row, &other);
        if (aligned.error || (!packed.error && packed.score >= aligned.score))
                return packed.error;
        *out = other;
        return NULL;
}

static const char *message_read_form(const struct sccp_reader *start, unsigned form, const struct sccp_row *row,
                                     struct sccp_message *out)
{
        struct sccp_reader reader = *start;
        reader.form = form;
        if (start->ctx->version >= SCCP_VERSION_PACK && row_has_directory_number(row))
                return message_read_aligned(&reader, row, out);
        message_read(&reader, row, out);
        return reader.error;
}

static bool field_has_other_form(const struct sccp_field *field)
{
        if (field->kind == &sccp_kind_text || field->kind == &sccp_kind_items)
                return field->slots && field->slots != field->limit;
        return field->kind == &sccp_kind_other_form || field->kind == &sccp_kind_blob ||
               (field->kind == &sccp_kind_dynamic_text && field->slots);
}

/* Which forms make a difference to these fields. */
static unsigned fields_forms(const struct sccp_field *fields)
{
        unsigned forms = 0;
        for (const struct sccp_field *f = fields; f->name; f++) {
                if (f->kind == &sccp_kind_addr)
                        forms |= SCCP_FORM_ADDRESS;
                if (f->record)
                        forms |= fields_forms(f->record());
                if (f->kind == &sccp_kind_slots || (f->kind == &sccp_kind_items && f->slots))
                        forms |= SCCP_FORM_SHORT;
                if (field_has_other_form(f))
                        forms |= SCCP_FORM_OTHER;
        }
        return forms;
}

/* What does not fit in the usual form is tried in the others. One that fits exactly is believed; else the usual
 * reading stands. Only where unused slots are missing less than that will do. */
static const char *message_read_other(const struct sccp_reader *start, const struct sccp_row *row, const char *why,
                                      struct sccp_message *out)
{
        static const unsigned tried[] = {SCCP_FORM_SHORT, SCCP_FORM_OTHER, SCCP_FORM_ADDRESS,
                                         SCCP_FORM_OTHER | SCCP_FORM_ADDRESS};
        unsigned forms = fields_forms(row->fields());
        struct sccp_message other;
        for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
                if ((tried[i] & forms) != tried[i] || message_read_form(start, tried[i], row, &other))
                        continue;
                if (other.surplus && (tried[i] != SCCP_FORM_SHORT || why != sccp_too_short))
                        continue;
                *out = other;
                return NULL;
        }
        return why;
}

const char *sccp_decode(const struct sccp_context *ctx, uint32_t id, const uint8_t *payload, size_t len,
                        struct sccp_message *out)
{
        struct sccp_reader reader = {.at = payload, .left = len, .len = len, .ctx = ctx};
        const struct sccp_row *row = sccp_row_find(id);
        if (!row) {
                memset(out, 0, sizeof(*out));
                return "unknown message id";
        }
        const char *error = message_read_form(&reader, 0, row, out);
        return error || out->surplus ? message_read_other(&reader, row, error, out) : NULL;
}

/* Real call managers and phones leave the word 0 in the messages around a registration (README 1). */
static uint32_t header_version(const struct sccp_context *ctx, enum sccp_id id)
{
        bool never = id == SCCP_REGISTER || id == SCCP_REGISTER_ACK || id == SCCP_KEEP_ALIVE_ACK ||
                     id == SCCP_UNREGISTER_ACK;
        return never || ctx->version < HEADER_VERSION_MIN ? 0 : ctx->version;
}

static void fields_write(struct sccp_writer *w, const struct sccp_field *fields, const struct sccp_message *m)
{
        struct sccp_walk walk = sccp_walk_message(fields, message_fields_const(m), w->form);
        for (const struct sccp_field *f; (f = sccp_walk_next(&walk, w->ctx->version));) {
                if (walk.optional && m->omitted && sccp_fields_left(f) <= m->omitted)
                        return;
                f->kind->put(w, f, message_fields_const(m));
        }
}

size_t sccp_encode(const struct sccp_context *ctx, const struct sccp_message *m, uint8_t *out, size_t room)
{
        const struct sccp_row *row = sccp_row_find(m->id);
        assert(row);
        if (room < SCCP_HEADER_SIZE)
                return 0;
        struct sccp_writer payload = {.left = room - SCCP_HEADER_SIZE, .len = room - SCCP_HEADER_SIZE, .ctx = ctx};
        payload.at = out + SCCP_HEADER_SIZE;
        payload.form = ctx->version >= SCCP_VERSION_PACK ? m->form : m->form & ~(unsigned)SCCP_FORM_ALIGNED;
        fields_write(&payload, row->fields(), m);
        size_t beyond = (payload.len - payload.left) % 4;
        sccp_write(&payload, beyond ? 4 - beyond : 0);
        if (payload.full)
                return 0;
        size_t len = (size_t)(payload.at - out);
        struct sccp_writer header = {.at = out, .left = SCCP_HEADER_SIZE, .len = SCCP_HEADER_SIZE, .ctx = ctx};
        sccp_write_number(&header, 4, (uint32_t)len - 8);
        sccp_write_number(&header, 4, header_version(ctx, m->id));
        sccp_write_number(&header, 4, m->id);
        return len;
}

const char *sccp_print(const struct sccp_message *m, char *out, size_t size)
{
        const struct sccp_row *row = sccp_row_find(m->id);
        struct sccp_printer printer = {.size = size, .form = m->form};
        assert(row && size);
        printer.out = out;
        *out = '\0';
        sccp_print_add(&printer, "%s", row->info.name);
        sccp_print_record(&printer, row->fields(), message_fields_const(m));
        return out;
}

bool sccp_sample(const struct sccp_context *ctx, uint32_t id, unsigned n, struct sccp_message *out)
{
        const struct sccp_row *row = sccp_row_find(id);
        struct sccp_sampler sampler = {.ctx = ctx, .n = n, .random = id * 31 + n};
        memset(out, 0, sizeof(*out));
        if (!row)
                return false;
        out->id = row->info.id;
        sccp_sample_record(&sampler, row->fields(), message_fields(out));
        return true;
}
