/* Every event a call understands and every action it asks for, as plain values with names.
 * The words are neutral: sccp/ and sip/ are translated to and from them by the gateway. */
#ifndef SCCPGW_CORE_EVENT_H
#define SCCPGW_CORE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/addr.h"
#include "gateway/base/alerting.h"
#include "gateway/base/audio.h"

#define PARTY_NAME_SIZE   64
#define PARTY_NUMBER_SIZE 48
#define REASON_SIZE       96
#define FEATURE_CODE_SIZE 16
#define CALL_ID_SIZE      128
#define CALL_TAG_SIZE     64

struct party {
        char name[PARTY_NAME_SIZE];     /* UTF-8, "" when not told */
        char number[PARTY_NUMBER_SIZE]; /* "" when not told or withheld */
};

/* Who takes part in a call. original_called: who was dialled first; last_redirecting: who forwarded the call last. */
struct parties {
        struct party calling, called, original_called, last_redirecting;
};

/* What a phone may know of a call of another phone of its line. */
struct remote_view {
        bool up;       /* there is something to see */
        bool held;     /* nobody has it in his ear */
        bool incoming; /* at that phone */
        bool secret;   /* with whom is nobody's business */
        bool may_take; /* it may come to another phone */
        bool may_join;
};

/* Names of somebody else's call, for whoever wants to take its place (RFC 3891); all three "" when they were not told.
 */
struct call_names {
        char call_id[CALL_ID_SIZE];
        char local_tag[CALL_TAG_SIZE], remote_tag[CALL_TAG_SIZE]; /* as one of its parties sees them */
};

/* X(name, word for logs and tests)     what comes with it */
#define EVENTS(X)                                                                                                      \
        /* the user, by way of phone.h */                                                                              \
        X(EV_OFF_HOOK, "off-hook")         /* begin a call by hand */                                                  \
        X(EV_DIGIT, "digit")               /* digit: of a number, or for the far end */                                \
        X(EV_BACKSPACE, "backspace")       /* */                                                                       \
        X(EV_DIAL, "dial")                 /* what was typed is all */                                                 \
        X(EV_NUMBER, "number")             /* number: begin a call to it, or dial it in the call that is off hook */   \
        X(EV_ANSWER, "answer")             /* */                                                                       \
        X(EV_ANSWER_ALONE, "answer-alone") /* nobody did, the caller wants it so */                                    \
        X(EV_HOLD, "hold")                 /* */                                                                       \
        X(EV_RESUME, "resume")             /* */                                                                       \
        X(EV_HANG_UP, "hang-up")           /* end or reject this call */                                               \
        X(EV_PRIVATE, "private") /* the number that is typed is called without saying who calls, or not so any more */ \
        X(EV_MALICIOUS, "malicious") /* the user wants this caller on record */                                        \
        X(EV_QUALITY, "quality")     /* the user complains of what he hears */                                         \
        X(EV_TRANSFER, "transfer")   /* send its far end to number, or to the far end of the call partner */           \
        X(EV_HAND_OVER, "hand-over") /* this call is the target of its partner's transfer */                           \
        X(EV_DIVERT, "divert")       /* number: the caller nobody answered yet is sent there */                        \
        X(EV_SET, "set")       /* purpose, number ("": off): a setting of the line, the PBX may have to be told */     \
        X(EV_CONFER, "confer") /* partner: this call becomes the host of that conference */                            \
        X(EV_GATHER, "gather") /* partner: it is to meet others at the PBX's focus, under that name; 0: it is not */   \
        X(EV_JOIN, "join")     /* partner: it becomes a member; status 1: of one without the phone */                  \
        X(EV_PART, "part")     /* the phone leaves the conference, the others stay */                                  \
        X(EV_SELECT, "select") /* marked for Join, or no longer */                                                     \
        X(EV_STEAL, "steal")   /* a call that is up on another phone of the line comes here */                         \
        X(EV_BARGE, "barge")   /* this phone joins it there */                                                         \
        X(EV_RECALL, "recall") /* party, number: it is free now, does the user want to call it? */                     \
        /* the phone */                                                                                                \
        X(EV_RX_OPEN, "rx-open")       /* rtp: where the phone listens (the ack of the last DO_OPEN_RX) */             \
        X(EV_RX_FAILED, "rx-failed")   /* it refused */                                                                \
        X(EV_TX_FAILED, "tx-failed")   /* it cannot send */                                                            \
        X(EV_PHONE_LOST, "phone-lost") /* its connection is gone: nothing more can be shown or closed there */         \
        X(EV_PHONE_AWAY, "phone-away") /* the same, but its audio goes on, and it may come back */                     \
        X(EV_PHONE_BACK,                                                                                               \
          "phone-back") /* it has registered again, and knows of no call; status 1: heard to the last */               \
        /* ourselves */                                                                                                \
        X(EV_MEDIA_FAILED, "media-failed") /* DO_MEDIA_OPEN found no ports */                                          \
        X(EV_MEDIA_DEAD, "media-dead")     /* the relay heard nothing for too long */                                  \
        X(EV_TIMEOUT, "timeout")           /* the time of the last DO_TIMER is over */                                 \
        X(EV_REMIND, "remind")             /* its user has held it for long */                                         \
        X(EV_PARTNER,                                                                                                  \
          "partner")         /* partner, status: outcome of its transfer, or of who we were sent to; 0: it is over */  \
        X(EV_HEIR, "heir")   /* its conference has lost its host; status 1: the phone was talking */                   \
        X(EV_ALONE, "alone") /* nobody else is in its conference */                                                    \
        X(EV_REMOTE,                                                                                                   \
          "remote") /* partner: it is the shadow of that call of another phone of the line; seen, parties */           \
        X(EV_REMOTE_OVER, "remote-over") /* there is nothing to see of that any more */                                \
        X(EV_MOVED, "moved")             /* its phone is another one now */                                            \
        X(EV_BARGED, "barged")           /* partner: its own reference, others of the line join; 0: none is left */    \
        X(EV_JOIN_FAILED, "join-failed") /* status: enum call_side that found no seat; CALL_SIDES: no partner */       \
        /* the far end */                                                                                              \
        X(EV_OFFER, "offer")       /* a call for us: audio (n_codecs 0: they want ours), parties, outside, alerting */ \
        X(EV_PROGRESS, "progress") /* status 180-199 without audio */                                                  \
        X(EV_EARLY, "early")       /* status 180-199 with audio */                                                     \
        X(EV_ANSWERED, "answered") /* audio (n_codecs 0: none came, the early one stands) */                           \
        X(EV_ACK_AUDIO, "ack-audio")               /* audio: the answer to an offer that went out in our answer */     \
        X(EV_REOFFER, "reoffer")                   /* audio (n_codecs 0: they want our offer): wants one answer */     \
        X(EV_REOFFER_ANSWERED, "reoffer-answered") /* audio */                                                         \
        X(EV_REOFFER_FAILED, "reoffer-failed")     /* status */                                                        \
        X(EV_TRANSFER_NEWS, "transfer-news")       /* status: how far its transfer is; final from 200 on; number */    \
        X(EV_REFERRED, "referred")                 /* it wants us to call somebody else: partner, 0: none could be */  \
        X(EV_REPLACED,                                                                                                 \
          "replaced") /* audio (n_codecs 0: ours is wanted), party: a new call takes its place, unanswered */          \
        X(EV_IDENTITY, "identity") /* party: who the far end is now */                                                 \
        X(EV_FAILED, "failed")     /* status, q850, reason: our call got nowhere; its dialog is gone */                \
        X(EV_ENDED, "ended")       /* elsewhere: the far end is gone, and so is the dialog */

/* What a call is begun for. */
enum call_purpose {
        CALL_PLAIN,
        CALL_CONSULT,  /* somebody to transfer the held partner to */
        CALL_CONFER,   /* somebody to confer with the held partner */
        CALL_FOCUS,    /* where the partner and others are to meet: the PBX's focus */
        CALL_REFERRED, /* whom the held partner's far end sends us to */
        CALL_PICKUP, /* a call that rings elsewhere: number is a feature code, or prefix one for a number to be typed */
        CALL_PARK,   /* EV_TRANSFER: to where it can be fetched */
        CALL_BACK,   /* nobody calls: the user is asked whether he still wants to */
        CALL_PRIVATE,     /* EV_OFF_HOOK: without saying who calls */
        CALL_FORWARD_ALL, /* a number for a setting: calls are forwarded there ... */
        CALL_FORWARD_BUSY,
        CALL_FORWARD_NO_ANSWER,
        CALL_DND, /* no number is typed for it */
        CALL_PURPOSES
};

/* Why a caller is sent elsewhere. */
enum redirect_reason { REDIRECT_ALWAYS, REDIRECT_BUSY, REDIRECT_NO_ANSWER, REDIRECT_BY_USER };
enum call_side { SIDE_PHONE, SIDE_FAR, CALL_SIDES };

enum event_kind {
#define X(name, word) name,
        EVENTS(X)
#undef X
                EVENT_KINDS
};

struct event {
        enum event_kind kind;
        int status;                /* SIP status, or enum cause_own for a failure of our own making */
        int q850;                  /* ITU-T Q.850 cause, 0: none */
        char digit;                /* 0-9 * # + */
        bool audio_bad;            /* a description came and cannot be used at all; audio is empty then */
        bool outside;              /* ring as for a call from outside */
        bool elsewhere;            /* somebody else answered the call */
        bool unheard;              /* EV_OFFER: it is seen and not heard */
        unsigned rang_ms;          /* EV_OFFER: so long it rings on other phones of the line already */
        bool stays;                /* EV_OFFER: it is not forwarded when nobody answers */
        enum call_purpose purpose; /* of a call that begins; EV_HOLD: why */
        struct alerting alerting;
        uint32_t partner; /* the other call, by reference */
        char number[PARTY_NUMBER_SIZE];
        char prefix[FEATURE_CODE_SIZE];  /* of CALL_PICKUP */
        struct call_names pickup;        /* of CALL_PICKUP: the call whose place it takes, if that is known */
        char instead[PARTY_NUMBER_SIZE]; /* ... and what is dialled when that cannot be done; "": nothing */
        struct endpoint rtp;
        struct audio audio;
        struct parties parties;
        struct remote_view seen; /* EV_REMOTE */
        struct party party;
        char reason[REASON_SIZE];
};

/* Actions are performed in order, after the step; what they need is in the struct call as the step left it. An action
 * that fails comes back as an event later. Towards a lost phone (EV_PHONE_LOST, EV_PHONE_AWAY) RX and TX actions are
 * dropped.
 *
 * When DO_MEDIA_OPEN finds no ports, the rest of its list is dropped and the call's very next event is EV_MEDIA_FAILED.
 *
 * The far end's actions belong to the call's one dialog. Exactly one of DO_REFUSE, DO_REDIRECT and DO_END closes it,
 * unless EV_FAILED or EV_ENDED did; never two. At most one action of a step carries call.local. */
#define ACTIONS(X)                                                                                                     \
        /* the phone */                                                                                                \
        X(DO_OPEN_RX, "open-rx")   /* open a receive channel with a fresh party id: call.stream codec, packet_ms */    \
        X(DO_CLOSE_RX, "close-rx") /* close it, open or still pending */                                               \
        X(DO_START_TX, "start-tx") /* send to the relay, or (direct) to call.stream.far; same party id, no answer */   \
        X(DO_STOP_TX, "stop-tx")                                                                                       \
        X(DO_DIALED, "dialed")       /* tell the phone call.dialled; it is also the line's number to redial */         \
        X(DO_BACKSPACE, "backspace") /* take the last digit off the phone's display */                                 \
        X(DO_PARKED, "parked")       /* tell the user where: call.transfer_to */                                       \
        X(DO_ANSWERED_ELSEWHERE, "answered-elsewhere") /* before the idle look: not a missed call */                   \
        /* the relay (not in direct mode) */                                                                           \
        X(DO_MEDIA_OPEN, "media-open") /* bind ports */                                                                \
        X(DO_MEDIA_CLOSE, "media-close")                                                                               \
        X(DO_RELAY, "relay")   /* its ends are call.phone_rtp and call.stream.far; arg 1: silence is expected */       \
        X(DO_SEAT, "seat")     /* arg, an enum call_side, speaks in call.conference, as call.stream says */            \
        X(DO_UNSEAT, "unseat") /* arg no longer does */                                                                \
        /* the far end */                                                                                              \
        X(DO_DIAL, "dial")                     /* call call.number, offering call.local */                             \
        X(DO_RING, "ring")                     /* tell the caller that the phone rings */                              \
        X(DO_ANSWER, "answer")                 /* with call.local */                                                   \
        X(DO_REFUSE, "refuse")                 /* an unanswered offer; arg: SIP status */                              \
        X(DO_REDIRECT, "redirect")             /* an unanswered offer, to call.transfer_to; arg: redirect_reason */    \
        X(DO_END, "end")                       /* cancel or end what we called or answered; arg: Q.850 cause */        \
        X(DO_DIGIT, "send-digit")              /* arg, a key, in the audio */                                          \
        X(DO_DIGIT_INFO, "send-digit-info")    /* arg, a key, beside the audio; in a conference to all who need it */  \
        X(DO_REOFFER, "send-reoffer")          /* with call.local */                                                   \
        X(DO_ANSWER_REOFFER, "answer-reoffer") /* with call.local */                                                   \
        X(DO_REFUSE_REOFFER, "refuse-reoffer") /* arg: SIP status */                                                   \
        X(DO_REPLACE, "replace")               /* the new dialog is the call's, the old one ends */                    \
        X(DO_REFUSE_REPLACEMENT, "refuse-replacement") /* the old one stays; arg: SIP status */                        \
        X(DO_REFER_NEWS, "refer-news")                 /* how far we are with who we were sent to; arg: SIP status */  \
        X(DO_TRANSFER, "send-transfer") /* ask it to call call.transfer_to, or to replace us with call.partner */      \
        /* ourselves */                                                                                                \
        X(DO_TIMER, "timer")               /* arg: ms until EV_TIMEOUT, replaces the one before; 0: none */            \
        X(DO_REPORT, "report")             /* put the call on record; arg: enum call_report */                         \
        X(DO_TELL_PARTNER, "tell-partner") /* arg: status of its EV_PARTNER */                                         \
        X(DO_SET, "set")     /* the setting call.purpose is call.transfer_to, "": off; arg: why not (status), 0 */     \
        X(DO_HEIR, "heir")   /* the oldest member of call.conference is told EV_HEIR, with status 1 */                 \
        X(DO_BRING, "bring") /* call.partner is told EV_JOIN of call.conference, with status 1 */                      \
        X(DO_TAKE, "take")   /* the call it is the shadow of comes to this phone, on hold, and is resumed */           \
        X(DO_DONE, "done")   /* always last: the call is over, its slot may be used again */

enum call_report { REPORT_QUALITY, REPORT_MALICIOUS };

enum action_kind {
#define X(name, word) name,
        ACTIONS(X)
#undef X
                ACTION_KINDS
};

struct action {
        enum action_kind kind;
        int arg;
};

#define ACTIONS_MAX 16 /* the longest step has 8 */

struct actions {
        unsigned count;
        struct action at[ACTIONS_MAX];
};

void actions_add(struct actions *actions, enum action_kind kind, int arg); /* a full list is our own fault: assert */

const char *event_name(enum event_kind kind);   /* "off-hook" */
const char *action_name(enum action_kind kind); /* "open-rx" */

#endif
