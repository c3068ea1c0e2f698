/* Kinds of fields that are text. Bytes behind the first NUL are never looked at: real call managers leak memory
 * there. What we send is zero behind it. */
#include "sccp/codec_kind.h"

#include <string.h>

#include "gateway/base/text.h"

/* Directory numbers: 24 bytes, which a number may fill, below SCCP_VERSION_PACK; 25 with a NUL from there on. */
enum { NUMBER_OLD = 24, NUMBER_NEW = 25 };

/* Up to the NUL or the end of the struct's array, which keeps one byte for a NUL of its own. */
static void text_set(const struct sccp_field *field, void *self, const uint8_t *bytes, size_t len)
{
        char *text = sccp_place(field, self);
        size_t n = bytes ? strnlen((const char *)bytes, len) : 0;
        if (n >= field->size)
                n = (size_t)field->size - 1;
        if (bytes && n)
                memcpy(text, bytes, n);
        memset(text + n, 0, field->size - n);
}

static size_t text_len(const struct sccp_field *field, const void *self)
{
        return strnlen(sccp_place_const(field, self), (size_t)field->size - 1);
}

static void text_write(struct sccp_writer *w, const struct sccp_field *field, const void *self, size_t size)
{
        size_t len = text_len(field, self);
        uint8_t *at = sccp_write(w, size);
        if (at)
                memcpy(at, sccp_place_const(field, self), len < size ? len : size);
}

/* Label codes stand for a text the phone has in its own language: 0x80 or 0x1E, then its number. */
static const char *label_name(const char *at)
{
        switch ((uint8_t)at[0]) {
        case 0x80:
                return sccp_value_name(SCCP_VALUES_label, (uint8_t)at[1]);
        case 0x1e:
                return sccp_value_name(SCCP_VALUES_new_label, (uint8_t)at[1]);
        default:
                return NULL;
        }
}

bool sccp_is_c1(const char *text, size_t len)
{
        return len > 1 && (uint8_t)text[0] == 0xc2 && (uint8_t)text[1] >= 0x80 && (uint8_t)text[1] < 0xa0;
}

void sccp_print_text(struct sccp_printer *p, const char *text, size_t len)
{
        bool utf8 = text_is_utf8(text, len);
        sccp_print_add(p, "\"");
        for (size_t i = 0; i < len; i++) {
                uint8_t byte = (uint8_t)text[i];
                const char *label = i + 1 < len ? label_name(text + i) : NULL;
                if (label) {
                        sccp_print_add(p, "{%s}", label);
                        i++;
                } else if (utf8 && sccp_is_c1(text + i, len - i)) {
                        sccp_print_add(p, "\\x%02x\\x%02x", byte, (uint8_t)text[i + 1]);
                        i++;
                } else if (byte < 0x20 || byte == 0x7f || (byte > 0x7f && !utf8))
                        sccp_print_add(p, "\\x%02x", byte);
                else
                        sccp_print_add(p, byte == '"' || byte == '\\' ? "\\%c" : "%c", byte);
        }
        sccp_print_add(p, "\"");
}

static void text_print(struct sccp_printer *p, const struct sccp_field *field, const void *self)
{
        sccp_print_text(p, sccp_place_const(field, self), text_len(field, self));
}

/* Letters and digits; one byte is left for the NUL of the wire. */
static void text_fill(struct sccp_sampler *s, const struct sccp_field *field, void *self, size_t longest)
{
        char *text = sccp_place(field, self);
        size_t len = s->n == 0 ? 0 : s->n == 1 ? longest : sccp_sample_random(s, (uint32_t)longest + 1);
        for (size_t i = 0; i < len; i++)
                text[i] = "0123456789*#ABCXYZ xyz"[sccp_sample_random(s, 22)];
}

static void text_sample(struct sccp_sampler *s, const struct sccp_field *field, void *self)
{
        text_fill(s, field, self, (size_t)field->size - 1);
}

static size_t text_size(const struct sccp_field *field, unsigned form)
{
        return form & SCCP_FORM_OTHER ? field->slots : field->limit;
}

static void text_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        size_t size = text_size(field, r->form);
        text_set(field, self, sccp_read(r, size), size);
}

static void text_put(struct sccp_writer *w, const struct sccp_field *field, const void *self)
{
        text_write(w, field, self, text_size(field, w->form));
}

const struct sccp_kind sccp_kind_text = {text_get, text_put, text_print, text_sample};

static size_t directory_number_size(const struct sccp_context *ctx)
{
        return ctx->version < SCCP_VERSION_PACK ? NUMBER_OLD : NUMBER_NEW;
}

static void directory_number_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        size_t size = directory_number_size(r->ctx);
        text_set(field, self, sccp_read(r, size), size);
}

static void directory_number_put(struct sccp_writer *w, const struct sccp_field *field, const void *self)
{
        text_write(w, field, self, directory_number_size(w->ctx));
}

static void directory_number_sample(struct sccp_sampler *s, const struct sccp_field *field, void *self)
{
        text_fill(s, field, self, NUMBER_OLD);
}

const struct sccp_kind sccp_kind_directory_number = {directory_number_get, directory_number_put, text_print,
                                                     directory_number_sample};

/* In the other form some have a fixed size. */
static bool dynamic_text_is_fixed(const struct sccp_field *field, unsigned form)
{
        return field->slots && (form & SCCP_FORM_OTHER);
}

static void dynamic_text_get(struct sccp_reader *r, const struct sccp_field *field, void *self)
{
        if (dynamic_text_is_fixed(field, r->form)) {
                text_get(r, field, self);
                return;
        }
        size_t room = r->left < field->limit ? r->left : field->limit;
        size_t len = r->error ? 0 : strnlen((const char *)r->at, room);
        if (len == room)
                sccp_fail(r, room < field->limit ? sccp_too_short : "a text without an end");
        text_set(field, self, sccp_read(r, len + 1), len + 1);
}

static void dynamic_text_put(struct sccp_writer *w, const struct sccp_field *field, const void *self)
{
        bool fixed = dynamic_text_is_fixed(field, w->form);
        text_write(w, field, self, fixed ? field->slots : text_len(field, self) + 1);
}

const struct sccp_kind sccp_kind_dynamic_text = {dynamic_text_get, dynamic_text_put, text_print, text_sample};
