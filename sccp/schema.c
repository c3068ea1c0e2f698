/* The rows of messages.def as tables: where each field sits in its struct and which kind of field it is. */
#include "sccp/schema.h"

#include <assert.h>
#include <string.h>

#include "sccp/codec_kind.h"
#include "sccp/schema_field.h"

/* A function per row gives the words a local name, self, for the row's struct. */
/* clang-format off */
#define MESSAGE(constant, name, text, id, direction, phase)                                                            \
        static const struct sccp_field *name##_fields(void)                                                            \
        {                                                                                                              \
                typedef struct sccp_##name self;                                                                       \
                static const struct sccp_field fields[] = {
#define RECORD(name)                 MESSAGE(, name, , , , )
#define MEMBER(f, of, ...)           {.name = #f, .kind = &sccp_kind_##of, .offset = offsetof(self, f),                \
                                      .size = sizeof(((self *)0)->f), __VA_ARGS__},
#define MARKER(of, version)          {.name = "", .kind = &sccp_kind_##of, .limit = (version)},
#define ELEMENTS(f, type)            .stride = sizeof(((self *)0)->f[0]), .record = type##_fields
#define U8(f)                        MEMBER(f, number)
#define U16(f)                       MEMBER(f, number)
#define U32(f)                       MEMBER(f, number)
#define NAMED(f, set)                MEMBER(f, named, .values = SCCP_VALUES_##set)
#define NAMED8(f, set)               MEMBER(f, named, .values = SCCP_VALUES_##set)
#define FLAGS(f, set)                MEMBER(f, flags, .values = SCCP_VALUES_##set)
#define FLAGS16(f, set)              MEMBER(f, flags, .values = SCCP_VALUES_##set)
#define LINE(f)                      MEMBER(f, line)
#define CALL_REF(f)                  MEMBER(f, call_ref)
#define IPV4(f)                      MEMBER(f, ipv4)
#define IPV6(f)                      MEMBER(f, ipv6)
#define ADDR(f)                      ADDR_SINCE(f, 17)
#define ADDR_SINCE(f, version)       MEMBER(f, addr, .limit = (version))
#define STR(f, n)                    STR_OR(f, n, n)
#define STR_OR(f, n, other)          MEMBER(f, text, .limit = (n), .slots = (other))
#define FULL(f, n)                   STR_OR(f, n, n)
#define NUMBER(f)                    MEMBER(f, directory_number)
#define CSTR(f, n)                   CSTR_OR(f, n, 0)
#define CSTR_OR(f, n, other)         MEMBER(f, dynamic_text, .limit = (n), .slots = (other))
#define BYTES(f, n)                  MEMBER(f, bytes, .limit = (n))
#define SECRET(f, n)                 MEMBER(f, secret, .limit = (n))
#define U16S(f, n)                   MEMBER(f, u16s, .limit = (n))
#define STRUCT(f, type)              MEMBER(f, records, .limit = 1, .stride = sizeof(((self *)0)->f),                  \
                                            .record = type##_fields)
#define ARRAY(f, type, n)            MEMBER(f, records, .limit = (n), ELEMENTS(f, type))
#define COUNT(f)                     MEMBER(n_##f, count)
#define LISTED(f, of, type, m, least) MEMBER(f, of, .limit = (m), .slots = (least), .count = offsetof(self, n_##f),    \
                                            ELEMENTS(f, type))
#define ITEMS(f, type, max, least)   LISTED(f, items, type, max, least)
#define SLOTS(f, type, n)            LISTED(f, slots, type, n, n)
#define BLOB(f, max)                 MEMBER(f, blob, .limit = (max), .count = offsetof(self, n_##f))
#define TAIL(f, max)                 MEMBER(f, tail, .limit = (max), .count = offsetof(self, n_##f))
#define PAD(n)                       {.name = "pad", .kind = &sccp_kind_pad, .limit = (n)},
#define SINCE(version)               MARKER(since, version)
#define UNTIL(version)               MARKER(until, version)
#define OPTIONAL                     MARKER(optional, 0)
#define OTHER_FORM                   MARKER(other_form, 0)
#define CHOOSE(f)                    MEMBER(f, choose)
#define WHEN(low, high)              {.name = "", .kind = &sccp_kind_when, .limit = (low), .slots = (high)},
#define ELSE                         MARKER(otherwise, 0)
#define ALWAYS                       MARKER(always, 0)
#define END                          {.name = NULL}}; return fields; }
#include "sccp/messages.def"
/* clang-format on */

static const struct sccp_field *no_fields(void)
{
        static const struct sccp_field none = {.name = NULL};
        return &none;
}

#define ROW(constant, text, direction, phase, row)                                                                     \
        {.info = {(text), SCCP_##constant, SCCP_##direction, SCCP_PHASE_##phase}, .fields = (row)},
static const struct sccp_row rows[] = {
#define MESSAGE(constant, name, text, id, direction, phase) ROW(constant, text, direction, phase, name##_fields)
#define BARE(constant, text, id, direction, phase)          ROW(constant, text, direction, phase, no_fields)
#include "sccp/messages.def"
};

static const struct {
        uint32_t id;
        const char *name;
} skipped[] = {
#define KNOWN(text, id) {(id), (text)},
#include "sccp/messages.def"
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

const struct sccp_row *sccp_row_find(uint32_t id)
{
        size_t low = 0, high = ROWS;
        while (low < high) {
                size_t middle = (low + high) / 2;
                if (rows[middle].info.id == id)
                        return &rows[middle];
                if (rows[middle].info.id < id)
                        low = middle + 1;
                else
                        high = middle;
        }
        return NULL;
}

const char *sccp_message_name(uint32_t id)
{
        const struct sccp_row *row = sccp_row_find(id);
        for (size_t i = 0; !row && i < sizeof(skipped) / sizeof(skipped[0]); i++)
                if (skipped[i].id == id)
                        return skipped[i].name;
        return row ? row->info.name : NULL;
}

const struct sccp_message_info *sccp_message_info(uint32_t id)
{
        const struct sccp_row *row = sccp_row_find(id);
        return row ? &row->info : NULL;
}

const struct sccp_message_info *sccp_message_at(size_t index)
{
        return index < ROWS ? &rows[index].info : NULL;
}

struct sccp_walk sccp_walk_start(const struct sccp_field *fields)
{
        return (struct sccp_walk){.next = fields, .form = UINT8_MAX};
}

struct sccp_walk sccp_walk_message(const struct sccp_field *fields, const void *self, unsigned form)
{
        return (struct sccp_walk){.next = fields, .self = self, .form = (uint8_t)form};
}

static uint32_t choice_number(const struct sccp_walk *walk)
{
        uint32_t number;
        assert(walk->choice && walk->choice->size == sizeof(number));
        memcpy(&number, (const uint8_t *)walk->self + walk->choice->offset, sizeof(number));
        return number;
}

static void walk_choice(struct sccp_walk *walk, const struct sccp_field *field)
{
        bool fits = !walk->chosen;
        if (walk->self && fits && field->kind == &sccp_kind_when)
                fits = choice_number(walk) >= field->limit && choice_number(walk) <= field->slots;
        walk->absent = walk->self && !fits;
        walk->chosen |= walk->self && fits;
}

/* Takes a marker to heart; false if the field is none. */
static bool walk_marker(struct sccp_walk *walk, const struct sccp_field *field)
{
        if (field->kind == &sccp_kind_optional)
                walk->optional = true;
        else if (field->kind == &sccp_kind_other_form)
                walk->other = true;
        else if (field->kind == &sccp_kind_since || field->kind == &sccp_kind_until) {
                walk->since = field->kind == &sccp_kind_since ? field->limit : 0;
                walk->until = field->kind == &sccp_kind_until ? field->limit : 0;
        } else if (field->kind == &sccp_kind_when || field->kind == &sccp_kind_otherwise)
                walk_choice(walk, field);
        else if (field->kind == &sccp_kind_choose || field->kind == &sccp_kind_always) {
                walk->choice = field->kind == &sccp_kind_choose ? field : NULL;
                walk->chosen = walk->absent = false;
        } else
                return false;
        return true;
}

static bool walk_has(const struct sccp_walk *walk, unsigned version)
{
        if (walk->absent || (walk->other && !(walk->form & SCCP_FORM_OTHER)))
                return false;
        return version == SCCP_ANY_VERSION || (version >= walk->since && (!walk->until || version <= walk->until));
}

bool sccp_walk_may_lack(const struct sccp_walk *walk)
{
        return walk->optional || walk->since || walk->until || walk->choice || walk->other;
}

const struct sccp_field *sccp_walk_next(struct sccp_walk *walk, unsigned version)
{
        while (walk->next->name) {
                const struct sccp_field *field = walk->next++;
                if (!walk_marker(walk, field) && walk_has(walk, version))
                        return field;
        }
        return NULL;
}

unsigned sccp_fields_left(const struct sccp_field *field)
{
        struct sccp_walk walk = sccp_walk_start(field);
        unsigned left = 0;
        while (sccp_walk_next(&walk, SCCP_ANY_VERSION))
                left++;
        return left;
}
