/* Call back: a party that was busy, or did not answer, is watched, and when it is free the user is rung up to call it.
 * Pure: what happened goes in, what to do comes out. As with call managers (field-guide 1.G): one at a time for a
 * phone; a busy party is free when its call is over, one that did not answer when it was seen at its phone, that is,
 * when a call of its own is over; a user who is busy then is rung up later. Facts: RFC 4235 section 3.7, flows.md 15.
 */
#ifndef SCCPGW_CORE_RECALL_H
#define SCCPGW_CORE_RECALL_H

#include <stdbool.h>

#include "gateway/core/presence.h"

struct call;

#define RECALL_RING_MS 30000 /* then the user is taken not to be there, and it is over */

enum recall_state {
        RECALL_OFF,
        RECALL_WATCHING, /* the party is not free yet */
        RECALL_READY,    /* it is, and the user is not */
        RECALL_RINGING,  /* the user is rung up */
        RECALL_STATES
};

/* Zero: none is wanted. */
struct recall {
        enum recall_state state;
        bool used; /* the party has been seen to use its phone, or was busy to begin with */
        struct party party;
};

enum recall_event_kind {
        RECALL_WANTED,  /* party, busy: the key was pressed about a call to it; about the one that is watched: no longer
                         */
        RECALL_STOPPED, /* the key was pressed about no call */
        RECALL_SEEN,    /* presence: the party, now */
        RECALL_REFUSED, /* nobody will tell what it does */
        RECALL_FREE,    /* the user could take a call */
        RECALL_REACHED, /* the user talks to the party */
        RECALL_RUNG,    /* the ringing is over, whatever came of it */
        RECALL_EXPIRED, /* too much time has passed */
        RECALL_GONE,    /* so is the phone */
        RECALL_EVENTS
};

struct recall_event {
        enum recall_event_kind kind;
        bool busy;
        enum presence_state presence;
        struct party party;
};

/* What the user is told. */
enum recall_text { RECALL_SAY_NOTHING, RECALL_SAY_ON, RECALL_SAY_OFF, RECALL_SAY_REFUSED, RECALL_SAY_EXPIRED };

struct recall_order {
        bool leave;   /* do not watch who was watched so far */
        bool watch;   /* recall.party, from now on */
        bool ring;    /* ring the user up */
        bool silence; /* no longer */
        enum recall_text text;
        struct party about; /* whom the text is about */
};

/* False: the event means nothing in this state, and there is nothing to do. */
bool recall_step(struct recall *recall, const struct recall_event *event, struct recall_order *out);

/* May its party be called back? It is ours, and rings there, or nobody was reached by it. */
bool recall_possible(const struct call *call);
bool recall_was_busy(const struct call *call);

const char *recall_state_name(enum recall_state state); /* "watching" */

#endif
