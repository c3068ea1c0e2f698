/* What the fields are is in the rows; how a single value is spelled, its kind says. Only nesting is done here. */
#include "sccp/codec_fields.h"

#include <string.h>

#include "gateway/base/text.h"
#include "sccp/codec_kind.h"

enum { VALUE_SIZE = 16384 }; /* the longest blob, each byte escaped */

/* All structs of the union start here, as in codec.c. */
static const void *message_fields(const struct sccp_message *m)
{
        return (const uint8_t *)m + offsetof(struct sccp_message, register_req);
}

static bool is_nested(const struct sccp_field *f)
{
        return f->kind == &sccp_kind_records || f->kind == &sccp_kind_items;
}

static bool is_blob(const struct sccp_field *f)
{
        return f->kind == &sccp_kind_blob || f->kind == &sccp_kind_tail;
}

static bool is_text(const struct sccp_field *f)
{
        return f->kind == &sccp_kind_text || f->kind == &sccp_kind_dynamic_text ||
               f->kind == &sccp_kind_directory_number;
}

/* Elements of a nested field that mean something. */
static size_t elements(const struct sccp_field *f, const void *self)
{
        return f->kind == &sccp_kind_items ? sccp_count_const(f, self) : f->limit;
}

static const void *element(const struct sccp_field *f, const void *self, size_t i)
{
        return (const uint8_t *)sccp_place_const(f, self) + i * f->stride;
}

/* The value as sccp_print spells it. */
static const char *value_print(const struct sccp_field *f, const void *self, char out[VALUE_SIZE])
{
        struct sccp_printer printer = {.out = out, .size = VALUE_SIZE};
        out[0] = '\0';
        f->kind->print(&printer, f, self);
        return out;
}

/* The next field that is printed. */
static const struct sccp_field *shown_next(struct sccp_walk *walk, const void *self)
{
        const struct sccp_field *f;
        while ((f = sccp_walk_next(walk, SCCP_ANY_VERSION)))
                if (f->kind->print && !sccp_field_is_silent(walk, f, self))
                        return f;
        return NULL;
}

static void fields_print(const struct sccp_field *fields, const void *self, unsigned indent, FILE *to)
{
        char value[VALUE_SIZE];
        struct sccp_walk walk = sccp_walk_start(fields);
        for (const struct sccp_field *f; (f = shown_next(&walk, self));) {
                if (!is_nested(f)) {
                        fprintf(to, "%*s%s: %s\n", (int)indent, "", f->name, value_print(f, self, value));
                        continue;
                }
                for (size_t i = 0; i < elements(f, self); i++) {
                        fprintf(to, "%*s%s %zu:\n", (int)indent, "", f->name, i + 1);
                        fields_print(f->record(), element(f, self, i), indent + 2, to);
                }
        }
}

void sccp_print_fields(const struct sccp_message *m, unsigned indent, FILE *to)
{
        const struct sccp_row *row = sccp_row_find(m->id);
        if (row)
                fields_print(row->fields(), message_fields(m), indent, to);
}

void sccp_print_json_text(const char *text, size_t len, FILE *to)
{
        bool utf8 = text_is_utf8(text, len);
        fputc('"', to);
        for (size_t i = 0; i < len; i++) {
                uint8_t byte = (uint8_t)text[i];
                if (utf8 && sccp_is_c1(text + i, len - i))
                        fprintf(to, "\\u%04x", (uint8_t)text[++i]);
                else if (byte < 0x20 || byte == 0x7f || (byte > 0x7f && !utf8))
                        fprintf(to, "\\u%04x", byte);
                else if (byte == '"' || byte == '\\')
                        fprintf(to, "\\%c", byte);
                else
                        fputc(byte, to);
        }
        fputc('"', to);
}

static bool is_number(const char *value)
{
        return text_is_digits(value);
}

/* Text of a blob is printed in quotes, other bytes in hexadecimal. */
static void blob_json(const struct sccp_field *f, const void *self, const char *value, FILE *to)
{
        const char *bytes = sccp_place_const(f, self);
        if (*value == '"')
                sccp_print_json_text(bytes, strnlen(bytes, sccp_count_const(f, self)), to);
        else
                sccp_print_json_text(value, strlen(value), to);
}

static void value_json(const struct sccp_field *f, const void *self, FILE *to)
{
        char value[VALUE_SIZE];
        const char *text = sccp_place_const(f, self);
        value_print(f, self, value);
        if (is_text(f))
                sccp_print_json_text(text, strnlen(text, f->size), to);
        else if (is_blob(f))
                blob_json(f, self, value, to);
        else if (f->kind == &sccp_kind_u16s)
                fprintf(to, "[%s]", value);
        else if (f->kind != &sccp_kind_bytes && is_number(value))
                fputs(value, to);
        else
                sccp_print_json_text(value, strlen(value), to);
}

static void record_json(const struct sccp_field *fields, const void *self, FILE *to)
{
        struct sccp_walk walk = sccp_walk_start(fields);
        const char *separator = "";
        fputc('{', to);
        for (const struct sccp_field *f; (f = shown_next(&walk, self)); separator = ",") {
                fprintf(to, "%s\"%s\":", separator, f->name);
                if (!is_nested(f)) {
                        value_json(f, self, to);
                        continue;
                }
                fputc('[', to);
                for (size_t i = 0; i < elements(f, self); i++) {
                        fputs(i ? "," : "", to);
                        record_json(f->record(), element(f, self, i), to);
                }
                fputc(']', to);
        }
        fputc('}', to);
}

void sccp_print_json(const struct sccp_message *m, FILE *to)
{
        const struct sccp_row *row = sccp_row_find(m->id);
        if (row)
                record_json(row->fields(), message_fields(m), to);
        else
                fputs("{}", to);
}

static bool fields_have_secret(const struct sccp_field *fields)
{
        struct sccp_walk walk = sccp_walk_start(fields);
        for (const struct sccp_field *f; (f = sccp_walk_next(&walk, SCCP_ANY_VERSION));)
                if (f->kind == &sccp_kind_secret || (is_nested(f) && fields_have_secret(f->record())))
                        return true;
        return false;
}

bool sccp_has_secret(uint32_t id)
{
        const struct sccp_row *row = sccp_row_find(id);
        return row && fields_have_secret(row->fields());
}

uint32_t sccp_call_ref(const struct sccp_message *m)
{
        const struct sccp_row *row = sccp_row_find(m->id);
        struct sccp_walk walk = sccp_walk_start(row->fields());
        for (const struct sccp_field *f; (f = sccp_walk_next(&walk, SCCP_ANY_VERSION));) {
                if (f->kind == &sccp_kind_directory_number)
                        return 0; /* what follows it stands in one of two places */
                if (f->kind == &sccp_kind_call_ref)
                        return *(const uint32_t *)sccp_place_const(f, message_fields(m));
        }
        return 0;
}
