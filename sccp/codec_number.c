/* Kinds of fields that are numbers of 1, 2 or 4 bytes, little-endian on the wire, and how they are printed. */
#include "sccp/codec_kind.h"

static uint32_t number_at(const struct sccp_field *field, const void *self)
{
        const void *at = sccp_place_const(field, self);
        switch (field->size) {
        case 1:
                return *(const uint8_t *)at;
        case 2:
                return *(const uint16_t *)at;
        default:
                return *(const uint32_t *)at;
        }
}

static void number_set(const struct sccp_field *field, void *self, uint32_t number)
{
        void *at = sccp_place(field, self);
        switch (field->size) {
        case 1:
                *(uint8_t *)at = (uint8_t)number;
                break;
        case 2:
                *(uint16_t *)at = (uint16_t)number;
                break;
        default:
                *(uint32_t *)at = number;
                break;
        }
}

static void number_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        size_t beyond = (r->len - r->left) % field->size;
        if ((r->form & SCCP_FORM_ALIGNED) && beyond)
                sccp_read(r, field->size - beyond);
        number_set(field, self, sccp_read_number(r, field->size));
}

static void number_put(struct sccp_writer *w, const struct sccp_field *field, const void *self)
{
        size_t beyond = (w->len - w->left) % field->size;
        if ((w->form & SCCP_FORM_ALIGNED) && beyond)
                sccp_write(w, field->size - beyond);
        sccp_write_number(w, field->size, number_at(field, self));
}

static void number_print(struct sccp_printer *p, const struct sccp_field *field, const void *self)
{
        sccp_print_add(p, "%u", number_at(field, self));
}

static void number_sample(struct sccp_sampler *s, const struct sccp_field *field, void *self)
{
        if (s->n)
                number_set(field, self, s->n == 1 ? UINT32_MAX : sccp_sample_random(s, UINT32_MAX) << 8 | s->n);
}

const struct sccp_kind sccp_kind_number = {number_get, number_put, number_print, number_sample};

/* How much sense a value makes: known names for, unknown ones strongly against. */
static void named_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        number_get(r, field, self);
        if (r->weigh)
                r->score += sccp_value_name(field->values, number_at(field, self)) ? 1 : -2;
}

static void named_print(struct sccp_printer *p, const struct sccp_field *field, const void *self)
{
        const char *name = sccp_value_name(field->values, number_at(field, self));
        if (name)
                sccp_print_add(p, "%s", name);
        else
                number_print(p, field, self);
}

static void named_sample(struct sccp_sampler *s, const struct sccp_field *field, void *self)
{
        uint32_t number, count = 0;
        while (sccp_value_at(field->values, count, &number))
                count++;
        sccp_value_at(field->values, s->n ? sccp_sample_random(s, count) : 0, &number);
        number_set(field, self, number);
}

const struct sccp_kind sccp_kind_named = {named_get, number_put, named_print, named_sample};

static void flags_print(struct sccp_printer *p, const struct sccp_field *field, const void *self)
{
        uint32_t rest = number_at(field, self), flag;
        const char *separator = "", *name;
        for (size_t i = 0; (name = sccp_value_at(field->values, i, &flag)); i++)
                if (rest & flag) {
                        sccp_print_add(p, "%s%s", separator, name);
                        separator = "|";
                        rest &= ~flag;
                }
        if (rest)
                sccp_print_add(p, "%s0x%x", separator, rest);
        else if (!*separator)
                sccp_print_add(p, "none");
}

const struct sccp_kind sccp_kind_flags = {number_get, number_put, flags_print, number_sample};

static void line_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        number_get(r, field, self);
        uint32_t line = number_at(field, self), highest = r->ctx->lines ? r->ctx->lines : 64;
        r->score += line == 0 ? 1 : line <= highest ? 3 : -2;
}

static void line_sample(struct sccp_sampler *s, const struct sccp_field *field, void *self)
{
        number_set(field, self, s->n ? 1 + sccp_sample_random(s, s->ctx->lines ? s->ctx->lines : 6) : 0);
}

const struct sccp_kind sccp_kind_line = {line_get, number_put, number_print, line_sample};

static bool call_is_known(const struct sccp_context *ctx, uint32_t call_ref)
{
        for (size_t i = 0; i < ctx->n_calls; i++)
                if (ctx->calls[i] == call_ref)
                        return true;
        return false;
}

static void call_ref_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        number_get(r, field, self);
        uint32_t call_ref = number_at(field, self);
        if (call_ref && call_is_known(r->ctx, call_ref))
                r->score += 3;
        else if (call_ref < 0x10000000 && (call_ref & 0xff)) /* call managers count from the low byte up */
                r->score += 1;
}

static void call_ref_sample(struct sccp_sampler *s, const struct sccp_field *field, void *self)
{
        const struct sccp_context *ctx = s->ctx;
        uint32_t number = ctx->n_calls ? ctx->calls[sccp_sample_random(s, (uint32_t)ctx->n_calls)] : 0x01000001;
        number_set(field, self, s->n ? number : 0);
}

const struct sccp_kind sccp_kind_call_ref = {call_ref_get, number_put, number_print, call_ref_sample};

/* Printed and sampled with the list it counts. */
const struct sccp_kind sccp_kind_count = {number_get, number_put, NULL, NULL};

static void u16s_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        uint16_t *numbers = sccp_place(field, self);
        for (size_t i = 0; i < field->limit; i++)
                numbers[i] = (uint16_t)sccp_read_number(r, sizeof(numbers[i]));
}

static void u16s_put(struct sccp_writer *w, const struct sccp_field *field, const void *self)
{
        const uint16_t *numbers = sccp_place_const(field, self);
        for (size_t i = 0; i < field->limit; i++)
                sccp_write_number(w, sizeof(numbers[i]), numbers[i]);
}

static void u16s_print(struct sccp_printer *p, const struct sccp_field *field, const void *self)
{
        const uint16_t *numbers = sccp_place_const(field, self);
        for (size_t i = 0; i < field->limit; i++)
                sccp_print_add(p, "%s%u", i ? "," : "", numbers[i]);
}

static void u16s_sample(struct sccp_sampler *s, const struct sccp_field *field, void *self)
{
        uint16_t *numbers = sccp_place(field, self);
        for (size_t i = 0; s->n && i < field->limit; i++)
                numbers[i] = (uint16_t)sccp_sample_random(s, UINT16_MAX);
}

const struct sccp_kind sccp_kind_u16s = {u16s_get, u16s_put, u16s_print, u16s_sample};
