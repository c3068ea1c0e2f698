/* What a watched party is doing: several dialogs, or a word of presence, become one state for a busy lamp, with whom
 * it speaks and what there is to pick up. Facts: RFC 4235 section 3.7, flows.md 17, field-guide B3. */
#ifndef SCCPGW_CORE_PRESENCE_H
#define SCCPGW_CORE_PRESENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/core/event.h"

#define PRESENCE_DIALOGS_MAX 4 /* of one party; of more, those a lamp shows first are kept */

enum presence_state {
        PRESENCE_UNKNOWN,
        PRESENCE_IDLE,
        PRESENCE_AWAY,
        PRESENCE_DND,
        PRESENCE_BUSY,
        PRESENCE_RINGING,
};

enum presence_step { PRESENCE_BEGUN, PRESENCE_ALERTING, PRESENCE_TALKING, PRESENCE_OVER };

struct presence_dialog {
        uint64_t key;
        enum presence_step step;
        bool outgoing; /* the watched party calls */
        bool held;
        struct party other;
        struct call_names call; /* as the watched party sees it */
};

/* Zero: nothing is known. */
struct presence {
        bool holds;               /* the subscription is active: what was told is true */
        bool told;                /* dialogs, or that there are none */
        enum presence_state word; /* what a presence document said; PRESENCE_UNKNOWN: nothing */
        size_t n_dialogs;
        struct presence_dialog dialogs[PRESENCE_DIALOGS_MAX];
};

void presence_holds(struct presence *presence, bool holds); /* false: everything is forgotten */
/* A report: begins with presence_whole when it has all dialogs there are; then each of them, changed or over. */
void presence_whole(struct presence *presence);
void presence_dialog(struct presence *presence, const struct presence_dialog *dialog);
void presence_word(struct presence *presence, enum presence_state word);

/* What to show. Plain value, compared field by field: presence_look_equal. */
struct presence_look {
        enum presence_state state;
        bool outgoing;            /* ringing and busy: who began the call that is shown */
        bool held;                /* busy: on hold */
        struct party other;       /* of that call, "" when not told */
        struct call_names pickup; /* ringing: the call that rings, as its party sees it */
};

void presence_look(const struct presence *presence, struct presence_look *out);
bool presence_look_equal(const struct presence_look *a, const struct presence_look *b);

const char *presence_state_name(enum presence_state state); /* "ringing" */

#endif
