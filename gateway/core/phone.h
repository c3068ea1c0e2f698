/* A phone and its calls: which call a key means, what has to happen to the others, and what the phone as a whole does
 * (ring, speaker, lamps). At most one call is active: it alone has the handset or speaker.
 * Facts: flows.md 1, 6.1, 7.1, 9-11; field-guide C5, C8, O6. */
#ifndef SCCPGW_CORE_PHONE_H
#define SCCPGW_CORE_PHONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/core/event.h"
#include "gateway/core/look.h"

struct call;

/* Handset, headset and speaker keys all arrive as off hook and on hook. */
enum phone_key {
        PHONE_OFF_HOOK,
        PHONE_ON_HOOK,
        PHONE_LINE, /* line */
        PHONE_NEW_CALL,
        PHONE_ANSWER,
        PHONE_END_CALL,
        PHONE_HOLD, /* also the button that resumes */
        PHONE_RESUME,
        PHONE_TRANSFER,
        PHONE_DIRECT_TRANSFER,
        PHONE_CONFERENCE,  /* another party is called, and then joined */
        PHONE_JOIN,        /* the held calls that are marked, or the only one */
        PHONE_SELECT,      /* marks a call for that */
        PHONE_REMOVE_LAST, /* of a conference */
        PHONE_REMOVE,      /* that one, by reference */
        PHONE_CONFERENCE_LIST,
        PHONE_FLASH,        /* the hook of an analog phone, pressed for a moment */
        PHONE_PICKUP,       /* of the own group */
        PHONE_GROUP_PICKUP, /* of a group or number to be typed */
        PHONE_OTHER_PICKUP, /* of a group that belongs to the own one */
        PHONE_PARK,
        PHONE_PRIVATE,
        PHONE_MALICIOUS,
        PHONE_QUALITY,
        PHONE_STEAL, /* a call of the line that is up on another phone */
        PHONE_BARGE, /* joins it */
        PHONE_DIGIT, /* digit */
        PHONE_BACKSPACE,
        PHONE_DIAL,
        PHONE_NUMBER,      /* number: redial, speed dial */
        PHONE_FORWARD_ALL, /* line; active, or a number is asked for */
        PHONE_FORWARD_BUSY,
        PHONE_FORWARD_NO_ANSWER,
        PHONE_DND,
        PHONE_CALL_BACK, /* active: somebody is watched, and the key without a call ends that */
        PHONE_PICK_UP,   /* number, pickup, instead: the call that rings there */
        PHONE_DIVERT,    /* number: where callers leave a message */
        PHONE_ENBLOC,    /* number: dialled on hook by the phone; digits when a call is up (C5) */
        PHONE_KEYS
};

/* What a key says about its call: line and reference 0 when the phone does not tell (7912: never). */
struct phone_press {
        enum phone_key key;
        unsigned line;
        uint32_t reference;
        char digit;
        bool active; /* the forward is on, and the key takes it back */
        char number[PARTY_NUMBER_SIZE];
        struct call_names pickup; /* for EV_NUMBER */
        char instead[PARTY_NUMBER_SIZE];
};

/* What the PBX has numbers for; NULL: it has none. */
struct phone_codes {
        const char *pickup, *group_pickup, *directed_pickup, *other_pickup, *park;
};

/* A phone as it is now; `calls` are all that are not idle, in any order. */
struct phone_view {
        const struct call *const *calls;
        size_t n_calls;
        unsigned n_lines;
        unsigned max_per_line; /* calls on a line at all */
        unsigned busy_trigger; /* calls on a line before the next incoming one is busy */
        struct phone_codes codes;
        const char *focus;     /* the PBX's, where conferences are; NULL: they are mixed here */
        bool silent;           /* do not disturb: calls are seen and not heard */
        bool transfer_on_hook; /* hanging up on who was consulted transfers */
        bool conference_ends;  /* for all when this phone hangs up */
};

#define PHONE_NEW_CALL_SLOT (-1)

struct phone_step {
        int call;              /* index in view.calls, or PHONE_NEW_CALL_SLOT: take a new call first */
        unsigned line;         /* of a new call */
        enum event_kind event; /* digit and number come from the press, unless number is set */
        enum call_purpose purpose;
        uint32_t partner;
        int status;
        const char *number; /* NULL: of the press; else of a call or a feature code, valid as long as that one */
        const char *prefix; /* NULL: none; of a feature code */
};

#define PHONE_STEPS_MAX 24 /* ending a conference: each of its calls; a view has no more */

/* What the key for call back is about. */
enum phone_recall { PHONE_RECALL_NOTHING, PHONE_RECALL_CALL, PHONE_RECALL_STOP };

/* What a key means: events for calls, to be given one after the other. */
struct phone_steps {
        unsigned count;
        struct phone_step at[PHONE_STEPS_MAX];
        bool dnd; /* do not disturb goes on or off */
        enum phone_recall recall;
        int recalled;  /* index in view.calls, of PHONE_RECALL_CALL */
        bool silence;  /* an on hook that ends nothing: speaker off, tone off, whatever was sent before (C8) */
        bool refused;  /* the line has all the calls it may have: tell the user */
        bool full;     /* the conference has all the parties it may have */
        uint32_t list; /* the conference whose parties are to be shown; 0: none */
};

/* A press that means nothing gives no steps. A reference that is not among the view's calls names no call, ever: the
 * press is dropped; only an off hook is still what it is, a handset that was lifted. */
void phone_press(const struct phone_view *view, const struct phone_press *press, struct phone_steps *out);

/* Would this press do something, now or when a channel that is just being opened is open? Other keys are hidden. */
bool phone_key_works(const struct phone_view *view, const struct phone_press *press);

/* May another call be offered on this line? 0: yes, else the SIP status to refuse it with: 486. */
int phone_refuses(const struct phone_view *view, unsigned line);

/* What a call asks of its phone by just staying as it is. */
enum phone_nudge {
        NUDGE_NONE,
        NUDGE_ANSWER,  /* it has rung as long as its caller wanted: phone_answers_alone() */
        NUDGE_WAITING, /* another one is talked to: the tone is due again */
        NUDGE_HELD,    /* it is still on hold: EV_REMIND */
};

/* `tried`: its time to be answered by itself came and went. */
enum phone_nudge phone_nudge(const struct phone_view *view, const struct call *call, bool tried);

/* May this call, which its caller wants answered without a hand, be answered so now? Nobody is taken off a call. */
bool phone_answers_alone(const struct phone_view *view, const struct call *call);

/* Should the offer be refused, because its caller wants an answer without a hand or none at all? 0: no, else the
 * status. `allowed`: by configuration. */
int phone_refuses_alone(const struct phone_view *view, const struct alerting *alerting, bool allowed,
                        bool busy_refuses);

enum phone_ring {
        PHONE_RING_OFF,
        PHONE_RING_INSIDE,
        PHONE_RING_OUTSIDE,
        PHONE_RING_FLASH, /* seen and not heard */
        PHONE_RING_SILENT,
        PHONE_RING_FEATURE,
        PHONE_RING_URGENT,
        PHONE_RING_BELLCORE_1, /* 1 to 5 in a row */
        PHONE_RING_BELLCORE_2,
        PHONE_RING_BELLCORE_3,
        PHONE_RING_BELLCORE_4,
        PHONE_RING_BELLCORE_5,
        PHONE_RING_REMINDER, /* one short ring: somebody is still on hold */
};

/* The phone as a whole. Plain value, compared field by field. */
struct phone_look {
        enum phone_ring ring; /* flash: seen only; silent: a call waits while another is active; one short signal */
        unsigned ring_line;
        uint32_t ring_reference; /* of the oldest call that rings, heard ones first; 0: none */
        unsigned ring_count;     /* of reminders: another value is a new one */
        bool speaker;            /* audio path on: a call is active */
        bool mute;               /* microphone off: the active call is one to be listened to */
        unsigned zip_line;       /* the active call that was answered without a hand: */
        uint32_t zip_reference;  /* a short tone says so; 0: none */
        unsigned plane_line;     /* line of the active call, 0: none */
        unsigned waiting_line;   /* the active call that gets a call waiting tone ... */
        uint32_t waiting_reference;
        uint32_t waiting_for; /* ... because of this one; 0: none. Another value is a new tone */
        unsigned beeps;       /* reminders of held calls so far, heard in the active one: */
        unsigned beep_line;
        uint32_t beep_reference;
};

void phone_look(const struct phone_view *view, struct phone_look *out);
enum look_lamp phone_lamp(const struct phone_view *view, unsigned line);

unsigned phone_count_own(const struct phone_view *view); /* all but those of other phones of a line */

/* By age among the calls of its line: 1 is the first call on the line. */
unsigned phone_call_instance(const struct phone_view *view, const struct call *call);

const char *phone_key_name(enum phone_key key);

#endif
