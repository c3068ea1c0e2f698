/* What is known of the phone at the end of one connection, learnt from its messages: its name, the negotiated version,
 * its lines and calls. Decodes messages with that knowledge. */
#ifndef SCCPGW_DECODE_DIALOGUE_H
#define SCCPGW_DECODE_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sccp/codec.h"
#include "sccp/frame.h"

#define DIALOGUE_CALLS 64 /* the latest; a phone has six at once */

enum dialogue_version {
        DIALOGUE_GUESSED, /* from messages that only make sense in some versions */
        DIALOGUE_OFFERED, /* by the phone; its answer is still to come */
        DIALOGUE_AGREED,  /* RegisterAck, or the header's word */
        DIALOGUE_GIVEN,   /* by who called us: nothing changes it */
};

struct dialogue {
        char name[17]; /* "" until the phone has said it; printable */
        uint8_t version;
        enum dialogue_version known;
        uint8_t lines;
        uint32_t calls[DIALOGUE_CALLS];
        size_t n_calls, oldest;
};

/* `version` below 0: to be found out. */
void dialogue_start(struct dialogue *dialogue, int version);

/* NULL if *out is filled, else why not; *version is the one it was read as. */
const char *dialogue_decode(struct dialogue *dialogue, const struct frame *frame, struct sccp_message *out,
                            uint8_t *version);

#endif
