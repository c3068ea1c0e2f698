/* One line of one phone: the phone's presence against the line's registration at the PBX.
 * It is registered while its phone is there, or while it is kept: calls for it are forwarded by us; without a PBX the
 * phone's presence is all it needs to be in service. */
#ifndef SCCPGW_CORE_LINE_H
#define SCCPGW_CORE_LINE_H

#include <stdbool.h>

enum line_event {
        LINE_PHONE_UP,
        LINE_PHONE_DOWN,
        LINE_REGISTERED,  /* the PBX took it */
        LINE_REFUSED,     /* with a final status: wrong password, unknown user */
        LINE_UNREACHABLE, /* no answer, or a registration that was good is lost; tried again by the SIP side */
        LINE_KEEP,        /* its calls go elsewhere also while the phone is away ... */
        LINE_RELEASE,     /* ... not any more */
        LINE_EVENTS
};

enum line_state {
        LINE_ABSENT,         /* no phone, and not kept */
        LINE_TRYING,         /* phone there, no answer from the PBX yet */
        LINE_IN_SERVICE,     /* calls work */
        LINE_NOT_REGISTERED, /* refused */
        LINE_NO_PBX,         /* unreachable */
        LINE_STATES
};

enum line_action {
        LINE_DO_NOTHING,
        LINE_DO_REGISTER, /* make it reachable at the SIP side, at a PBX if it has one */
        LINE_DO_UNREGISTER,
};

struct line {
        bool present, kept;
        bool has_pbx; /* set by the owner: it is in service only when registered */
        enum line_state state;
        int status; /* LINE_NOT_REGISTERED: the SIP status, 401 403 404 ... */
};

/* The state after it is what the phone shows. `status` goes with LINE_REFUSED. Late news of a registration whose phone
 * has gone change nothing. */
enum line_action line_step(struct line *line, enum line_event event, int status);

const char *line_state_name(enum line_state state); /* "in service" */
const char *line_event_name(enum line_event event);

#endif
