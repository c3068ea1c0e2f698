/* What `sccpgw decode` writes: a line per message or remark, as text, as text with a line per field, or as JSON. */
#ifndef SCCPGW_DECODE_SHOW_H
#define SCCPGW_DECODE_SHOW_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/base/addr.h"
#include "sccp/codec.h"
#include "sccp/frame.h"

enum show_form { SHOW_LINES, SHOW_FIELDS, SHOW_JSON };

struct show {
        FILE *to;
        enum show_form form;
        struct sccp_message message; /* scratch: too big for a deep stack */
};

enum show_way { SHOW_NO_WAY, SHOW_FROM_PHONE, SHOW_TO_PHONE };

/* Where a message or remark belongs. */
struct show_place {
        size_t line;                         /* of a text; 0: of a capture */
        int64_t time_ns;                     /* since the capture's first packet */
        enum show_way way;                   /* who sent it */
        const char *phone;                   /* its name; "" or NULL: not known */
        const struct endpoint *at, *manager; /* the phone's address, the call manager's; NULL: not known */
};

void show_message(struct show *show, const struct show_place *place, const struct sccp_message *m, uint8_t version);

/* One that could not be decoded, with its bytes - unless they may contain media keys. */
void show_undecoded(struct show *show, const struct show_place *place, const struct frame *frame, const char *why);

/* A remark of ours. */
void show_note(struct show *show, const struct show_place *place, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

#endif
