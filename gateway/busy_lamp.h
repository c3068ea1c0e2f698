/* Busy lamps: the keys of a phone that show what a number does: a state and a label from protocol 15 on, an icon and
 * the lamp of a line key below. Many changes at once go out a few at a time, the newest state of each: side cars stop
 * working otherwise. Who watches the numbers is watch.h. */
#ifndef SCCPGW_GATEWAY_BUSY_LAMP_H
#define SCCPGW_GATEWAY_BUSY_LAMP_H

#include "gateway/watch.h"

/* A key of a phone that is there. */
struct busy_lamp {
        struct watcher watcher;
        unsigned dial; /* the n-th speed dial of the phone, 1-based */
        const struct config_button *button;
        bool due; /* what it shows may be old */
        enum presence_state shown;
        char label[2 * PARTY_NAME_SIZE]; /* that was sent last; "": the one it has from its configuration */
};

void busy_lamps_begin(struct phone *phone); /* it is there */
void busy_lamps_end(struct phone *phone);

/* Its configuration is another one with the same buttons. */
void busy_lamps_move(struct phone *phone, const struct config_phone *to);

uint32_t busy_lamp_status(enum presence_state state); /* SCCP_BLF_... */

/* What the n-th speed dial of the phone shows; NULL: no lamp, or nobody to ask. */
const struct presence_look *busy_lamp_look(const struct phone *phone, unsigned dial);

#endif
