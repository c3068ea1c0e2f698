/* One call: a leg to the phone and a leg to the far end, as a state machine without clock, memory or I/O.
 * Events go in, actions come out; the rules are one table in call.c. What does not fit into a state (is a receive
 * channel open? does the far end wait for an answer?) is a fact about a resource, kept in a field named after it.
 *
 * Media come in two modes. Relay: our descriptions carry the relay's address, so calls go out before any channel is
 * open. Direct: they carry the phone's own address, so the phone's receive channel is opened first. A call that may
 * choose begins in the first way and changes to the second and back (call_way.c). */
#ifndef SCCPGW_CORE_CALL_H
#define SCCPGW_CORE_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/core/dial.h"
#include "gateway/core/event.h"
#include "gateway/core/media.h"
#include "gateway/core/way.h"

struct outcome;

#define CALL_ACK_MS   5000  /* a phone acknowledges a channel in 50-150 ms; protocol/README section 4 */
#define CALL_AGREE_MS 32000 /* the far end's ACK: 64 * T1, RFC 3261 section 17.1.1.2 */
#define CALL_LEAVE_MS 40000 /* the outcome of a transfer: longer than the SIP side waits for one */
#define CALL_TOLD_MS  10000 /* until the PBX has said what it has to say about a feature code, and hangs up */
#define CALL_GONE_MS                                                                                                   \
        5000 /* ... when the call that was transferred has ended: the target may be replaced any moment                \
              */

/* X(name, word, waits: a timer is armed, active: it has the phone's ear) */
#define CALL_STATES(X)                                                                                                 \
        X(CALL_IDLE, "idle", false, false)         /* nothing yet, or over */                                          \
        X(CALL_OFF_HOOK, "off-hook", true, true)   /* dial tone, no digit yet */                                       \
        X(CALL_DIALING, "dialing", true, true)     /* some digits */                                                   \
        X(CALL_PREPARING, "preparing", true, true) /* direct: dialled, waiting for the phone's address */              \
        X(CALL_CALLING, "calling", true, true)     /* offer sent, nothing heard */                                     \
        X(CALL_RINGBACK, "ringback", true, true)   /* it rings there, our tone here */                                 \
        X(CALL_EARLY, "early", true, true)         /* audio before the answer */                                       \
        X(CALL_OFFERED, "offered", true, false)    /* rings here */                                                    \
        X(CALL_ANSWERING, "answering", true, true) /* answered here, the phone's channel is being opened */            \
        X(CALL_AGREEING, "agreeing", true, true)   /* answered an offerless call with our offer: what do they take? */ \
        X(CALL_OPENING, "opening", true, true)     /* agreed; the phone's channel is being opened */                   \
        X(CALL_TALKING, "talking", false, true)                                                                        \
        X(CALL_HELD, "held", false, false)       /* by this phone */                                                   \
        X(CALL_RESUMING, "resuming", true, true) /* the phone's channel is being opened again */                       \
        X(CALL_AWAY, "away", true, false)        /* talking or held, while its phone has lost us */                    \
        X(CALL_LEAVING, "leaving", true, false)  /* target of a transfer, and its user has hung up: nothing to see */  \
        X(CALL_TELLING, "telling", true, false) /* its code is dialled to tell the PBX of a setting: nothing to see */ \
        X(CALL_JOINING, "joining", false, false) /* held; asked to talk again, to take part in a conference */         \
        X(CALL_MEMBER, "member", false, false) /* of a conference, and its phone's ear is elsewhere: nothing to see */ \
        X(CALL_REMOTE, "remote", false, false) /* of another phone of the line, which is in it */                      \
        X(CALL_REMOTE_HELD, "remote-held", false, false) /* ... and has it on hold */                                  \
        X(CALL_BARGING, "barging", true, true) /* of another phone; ours joins, its channel is being opened */         \
        X(CALL_BARGED, "barged", false, true)  /* ... and has joined */                                                \
        X(CALL_FAILED, "failed", true, true)   /* tone and text until the user hangs up or time is up */

enum call_state {
#define X(name, word, waits, active) name,
        CALL_STATES(X)
#undef X
                CALL_STATE_COUNT
};

enum call_transfer { TRANSFER_NONE, TRANSFER_SENT, TRANSFER_FAILED };

enum call_rx { RX_CLOSED, RX_PENDING, RX_OPEN };

/* The far end's dialog: none or over, our unanswered call, their unanswered call, confirmed. */
enum call_dialog { DIALOG_NONE, DIALOG_CALLING, DIALOG_OFFERED, DIALOG_UP };

/* What a PBX has to hear, by purpose; NULL: nothing, the setting is ours. The number stands behind `on`; without `off`
 * that alone takes it back. */
struct feature_codes {
        const char *on[CALL_PURPOSES], *off[CALL_PURPOSES];
};

/* What the owner's configuration says, for one phone and line. `audio` and `direct` are copied when a call begins. */
struct call_rules {
        const struct dial_plan *plan;
        struct audio audio;   /* media_ours() */
        bool conference_ends; /* with its phone; else the others go on */
        bool transfer_bridge; /* where the far end cannot be sent to another, we connect them ourselves */
        bool direct;          /* media without the relay, always */
        bool chooses;         /* ... or as long as nothing needs the relay ... */
        struct way_rules way; /* ... which these say */
        bool no_conversion;   /* as many calls are converted as may be: those that are go on */
        bool no_digit_info;   /* keys are not sent beside the audio */
        bool in_service;      /* the line may place calls now */
        const char *hotline;  /* the number that is called when the handset is lifted, NULL or "": none ... */
        unsigned hotline_ms;  /* ... unless a digit comes before that */
        bool anonymous;       /* calls do not say who calls */
        bool secret;          /* the other phones of the line see nobody's name in its calls, and cannot take them */
        unsigned ring_timeout_ms; /* unanswered calls, both directions; not 0 */
        unsigned survive_ms;      /* how long a call waits for its phone; 0: not at all */
        const char *no_answer_to; /* calls nobody answers are forwarded there; NULL: nowhere */
        unsigned no_answer_ms;    /* ... after this; not 0 */
        const struct feature_codes *codes;
};

/* The owner fills the first group and leaves the rest zero; afterwards everything is the core's to write and anybody's
 * to read. */
struct call {
        uint32_t reference; /* the phone's name for it, not 0 */
        unsigned line;      /* 1-based instance on the phone */
        uint64_t age;       /* counts up: the smaller one began earlier */
        struct party self;  /* the line's own name and number */
        bool shared;        /* the line is on other phones too */

        enum call_state state;
        bool incoming;
        bool outside;             /* came from outside */
        struct alerting alerting; /* how its caller wants to be announced */
        unsigned reminders;       /* how often its user was reminded that he holds it */
        bool by_itself;           /* answered without a hand */
        bool muted;               /* its user is not to be heard until he takes it into his hand */
        bool unheard;             /* does not ring: it is only seen */
        bool stays;               /* is not forwarded when nobody answers */
        unsigned rings_on_ms;     /* ... and goes on ringing if nobody is there to forward it to any more */
        struct parties parties;

        enum call_purpose purpose;
        uint32_t partner;             /* the call it was begun for, or whose far end is to take this one's place */
        enum call_purpose consulting; /* held to consult somebody else first: what for */
        bool handed;                  /* target of a transfer that is under way */
        bool referred;                /* its far end waits for news of who it sent us to ... */
        uint32_t referred_to;         /* ... the call that was begun for it */
        int partner_news;             /* what the partner is told at the end: SIP status; 0: nothing came of it */
        enum call_transfer transfer;
        char transfer_to[PARTY_NUMBER_SIZE]; /* "": the far end of partner; also where callers are sent */

        int transfer_news; /* the highest status on the way to its outcome; 0: not taken up yet */
        bool parking;      /* that transfer is to where it can be fetched from */
        bool anonymous;    /* the far end is not told who calls */
        bool hotline;      /* a number is called if none is typed */

        char prefix[FEATURE_CODE_SIZE];  /* CALL_PICKUP: sent before what is typed; "": the number is the code */
        struct call_names pickup;        /* ... or the call whose place it takes */
        char instead[PARTY_NUMBER_SIZE]; /* ... and what is dialled when that cannot be done */
        uint32_t conference;             /* it takes part in (conference.h): the reference of one of its first calls */
        uint32_t gathers;        /* it is at the PBX's focus, or to be sent there: with all of the same name; 0: no */
        bool at_focus;           /* it is the phone's own call there */
        bool host;               /* its phone side is the phone's ear and mouth in the conference */
        bool parted;             /* the conference goes on without the phone */
        bool bridging;           /* joining its partner, because it could not be transferred there */
        bool bridged;            /* has been joined to its partner, who does not talk yet: either may come back */
        bool brings;             /* its partner is to be told, once it sits itself */
        bool abandoned;          /* ... but the phone has gone, and nobody is given back to it */
        bool apart;              /* could not take part, or no longer: said until something else happens */
        bool returned;           /* from out of sight: it takes a place on its line beside those the line may have */
        bool selected;           /* marked for Join */
        bool waits;              /* the far end was told that it is held */
        bool seated[CALL_SIDES]; /* speaks in the conference */
        struct media_stream seated_as;
        uint32_t seated_in;

        bool secret;    /* as in call_rules; a key turns it */
        uint32_t barge; /* others of the line have joined: the reference of the call they are in, which is the mixer's
                           name */
        uint32_t remote_of;      /* CALL_REMOTE to CALL_BARGED: the call it is the shadow of ... */
        struct remote_view seen; /* ... and what may be done with that */

        char dialled[PARTY_NUMBER_SIZE]; /* as typed, or the whole number given */
        char number[PARTY_NUMBER_SIZE];  /* as sent */
        bool outside_tone;

        struct audio ours;          /* all we can do */
        struct audio local;         /* our description for the action that sends one; no address in relay mode */
        struct audio remote;        /* the last one that came */
        struct media_stream stream; /* agreed, or in direct mode first guessed */
        struct endpoint phone_rtp;  /* where the phone listens; empty unless rx is open */
        bool direct;                /* it does not go through the relay */
        bool chooses;               /* that may change; then: */
        struct endpoint told;       /* where the far end sends to: the phone, or no address: the relay */
        struct endpoint offered;    /* ... or will, when our last offer is answered */
        bool stays_relayed;         /* it refused to send to the phone ... */
        bool unmoved;               /* ... or to the relay again */
        enum call_rx rx;
        bool tx;      /* the phone was told to send */
        bool relayed; /* the relay's ports are bound */

        enum call_dialog dialog;
        bool reoffer_due;              /* they wait for an answer to a reoffer */
        bool replacing;                /* ... which is a new call that takes the old one's place */
        bool reoffer_out;              /* we wait for one */
        bool reoffer_again;            /* things changed meanwhile: send another one then */
        bool timer;                    /* armed */
        const struct outcome *outcome; /* CALL_FAILED: why; kept when over. NULL: it did not fail */
        char reason[REASON_SIZE];      /* as the far end put it */
};

/* False: the event means nothing in this state (or nothing any more) and changed nothing; `out` is then empty.
 * `out` need not be initialised. Only this function writes call.state. */
bool call_step(struct call *call, const struct event *event, const struct call_rules *rules, struct actions *out);

/* The event has a rule in this state. It may still turn out to mean nothing. */
bool call_takes(enum call_state state, enum event_kind event);

bool call_is_active(const struct call *call); /* it has the phone's ear and mouth, or will in a moment */
bool call_is_up(enum call_state state);       /* answered and settled: somebody could take its place */
bool call_is_waiting(enum call_state state);  /* its timer is armed in this state */
bool call_held_by_far(const struct call *call);
bool call_is_setting(enum call_purpose purpose); /* a number is typed, or a code dialled, for a setting */
bool call_is_hidden(const struct call *call);    /* the user sees nothing of it */
bool call_can_confer(const struct call *call);   /* its audio can be mixed, now or when the far end is asked */
bool call_is_remote(const struct call *call);    /* the shadow of a call of another phone */
uint32_t call_room(const struct call *call);     /* the conference its sides may speak in; 0: none */

/* What other phones of the line see of it. */
void call_remote_view(const struct call *call, struct remote_view *out);

/* Why its audio takes the way it does, as far as it can choose. */
enum way call_way(const struct call *call, const struct way_rules *rules);

const char *call_state_name(enum call_state state); /* "talking" */

#endif
