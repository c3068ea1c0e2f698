/* The structs of all messages, and what is known of a message besides its fields, all derived from messages.def.
 * Every struct is plain data without pointers; all zeros is the empty message. Texts end in a NUL within their
 * array, in the bytes the phone uses (sccp/charset.h converts). Numbers are in host order. */
#ifndef SCCPGW_SCCP_SCHEMA_H
#define SCCPGW_SCCP_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/addr.h"
#include "sccp/values.h"

/* SCCP_START_TONE = 0x0082 ... */
enum sccp_id {
#define MESSAGE(constant, name, text, id, direction, phase) SCCP_##constant = (id),
#define BARE(constant, text, id, direction, phase)          SCCP_##constant = (id),
#include "sccp/messages.def"
};

/* struct sccp_start_tone { uint32_t tone; uint32_t direction; ... } and so on. A counted field f is n_f and f[]. */
/* clang-format off */
#define MESSAGE(constant, name, text, id, direction, phase) struct sccp_##name {
#define RECORD(name)                                        struct sccp_##name {
#define U8(f)                                               uint8_t f;
#define U16(f)                                              uint16_t f;
#define U32(f)                                              uint32_t f;
#define NAMED(f, set)                                       uint32_t f;
#define NAMED8(f, set)                                      uint8_t f;
#define FLAGS(f, set)                                       uint32_t f;
#define FLAGS16(f, set)                                     uint16_t f;
#define LINE(f)                                             uint32_t f;
#define CALL_REF(f)                                         uint32_t f;
#define IPV4(f)                                             struct ip f;
#define IPV6(f)                                             struct ip f;
#define ADDR(f)                                             struct ip f;
#define ADDR_SINCE(f, version)                              struct ip f;
#define STR(f, n)                                           char f[n];
#define STR_OR(f, n, other)                                 char f[n];
#define FULL(f, n)                                          char f[(n) + 1];
#define NUMBER(f)                                           char f[25];
#define CSTR(f, n)                                          char f[n];
#define CSTR_OR(f, n, other)                                char f[n];
#define BYTES(f, n)                                         uint8_t f[n];
#define SECRET(f, n)                                        uint8_t f[n];
#define U16S(f, n)                                          uint16_t f[n];
#define STRUCT(f, record)                                   struct sccp_##record f;
#define ARRAY(f, record, n)                                 struct sccp_##record f[n];
#define COUNT(f)                                            uint32_t n_##f;
#define ITEMS(f, record, max, slots)                        struct sccp_##record f[max];
#define SLOTS(f, record, n)                                 struct sccp_##record f[n];
#define BLOB(f, max)                                        uint8_t f[max];
#define TAIL(f, max)                                        COUNT(f) BLOB(f, max)
#define END                                                 };
#include "sccp/messages.def"
/* clang-format on */

/* Ways to write a message that are not the usual one, found by decoding and kept by encoding. Never needed to send. */
enum sccp_form {
        SCCP_FORM_ALIGNED = 1, /* numbers behind directory numbers are aligned, as 69xx and 89xx do from version 18 */
        SCCP_FORM_SHORT = 2,   /* lists come without their unused slots */
        SCCP_FORM_OTHER = 4,   /* what the row calls the other form; lists fill all their room */
        SCCP_FORM_ADDRESS = 8, /* addresses as phones on the other side of the version that changed them write them */
};

/* One decoded message. About 3 kB: fine on a stack, too much to keep one per phone. */
struct sccp_message {
        enum sccp_id id;
        uint8_t omitted;  /* how many of the row's last fields the payload does not have: old phones end early.
                             0 when sending means all that the version knows */
        uint8_t form;     /* enum sccp_form, or-ed; 0 is the usual one */
        uint16_t surplus; /* bytes behind the last known field, set by decoding, ignored by encoding */
        union {
#define MESSAGE(constant, name, text, id, direction, phase) struct sccp_##name name;
#include "sccp/messages.def"
        };
};

enum sccp_direction { SCCP_FROM_PHONE, SCCP_TO_PHONE };

/* How far a session must be before a message makes sense: connected, accepted (RegisterAck sent), ready for calls. */
enum sccp_phase { SCCP_PHASE_ANY, SCCP_PHASE_REGISTERING, SCCP_PHASE_READY };

struct sccp_message_info {
        const char *name; /* "StartTone" */
        enum sccp_id id;
        enum sccp_direction direction;
        enum sccp_phase phase; /* of messages from the phone */
};

/* What the row of an id says, NULL if there is none. */
const struct sccp_message_info *sccp_message_info(uint32_t id);

/* The name of a message, also of one that has no row because nobody here needs its layout; NULL: never heard of. */
const char *sccp_message_name(uint32_t id);

/* All rows in order of id; NULL behind the last. */
const struct sccp_message_info *sccp_message_at(size_t index);

#endif
