/* One INVITE dialog, ours or theirs: what it is made of, its name, its end. How it comes about is call_out.c and
 * call_in.c, how its session changes is session.c, how it ends is hangup.c. */
#ifndef SCCPGW_SIP_DIALOG_H
#define SCCPGW_SIP_DIALOG_H

#include "sip/account.h"
#include "sip/sdes.h"
#include "sip/session_timer.h"

#define DIALOG_FORKS_MAX   8  /* early dialogs of one INVITE; more are not followed */
#define DIALOG_KEYS_MAX    48 /* that wait for each other */
#define DIALOG_TARGETS_MAX 6  /* URIs one call may be redirected through */

enum dialog_state {
        DIALOG_CALLING,   /* our INVITE waits for its final answer */
        DIALOG_CANCELLED, /* so it does, but nobody wants it any more: a 2xx gets ACK and BYE */
        DIALOG_OFFERED,   /* their INVITE waits for ours */
        DIALOG_ACCEPTED,  /* our 2xx waits for its ACK */
        DIALOG_TALKING,
        DIALOG_ENDING, /* our BYE waits for its answer */
        DIALOG_GONE,   /* freed with the next turn of the timers, or when its orphan is answered */
};

/* Where an offer and its answer stand; one exchange at a time (RFC 3264 section 4). */
enum dialog_exchange {
        EXCHANGE_NONE,
        EXCHANGE_OURS,   /* our re-INVITE with an offer waits for its answer */
        EXCHANGE_THEIRS, /* their offer, or wish for one, waits for ACCEPT or REFUSE */
        EXCHANGE_ACK,    /* our 2xx to their re-INVITE waits for the ACK */
};

struct nta_incoming_s;
struct nta_leg_s;
struct nta_outgoing_s;

/* One of the early dialogs of our INVITE. */
struct fork {
        struct nta_leg_s *leg;
        uint32_t rseq;      /* newest reliable response */
        struct audio audio; /* what it said last; n_codecs 0: nothing */
        struct audio offer; /* an UPDATE of its own has this, and waits for our answer */
        bool agreed;        /* it answered in a reliable response: offers of its own may follow (RFC 3311) */
        bool moved;         /* ... and one did: what the 2xx says is not newer */
};

struct dialog {
        struct sip *sip;
        uint32_t id; /* 0: the name was given back, nothing is reported any more */
        uint32_t line;
        enum dialog_state state;
        bool outgoing;
        struct path path;
        char contact[SIP_URI_SIZE]; /* ours, header value */
        char subject[24];           /* for the log */

        struct nta_leg_s *leg;           /* the dialog; while calling, the one without a peer */
        struct nta_outgoing_s *invite;   /* our first INVITE */
        struct nta_incoming_s *incoming; /* their first INVITE */
        struct nta_outgoing_s *request;  /* our re-INVITE, UPDATE or BYE */
        struct nta_outgoing_s *orphan;   /* our re-INVITE that was out when the dialog ended (orphan.h) */
        struct nta_incoming_s *change;   /* their re-INVITE or UPDATE */

        /* our INVITE */
        char target[SIP_URI_SIZE]; /* request URI */
        char next_hop[SIP_URI_SIZE];
        char route[SIP_URI_SIZE];
        char *tried[DIALOG_TARGETS_MAX]; /* request URIs so far */
        size_t n_tried;
        char *diversion; /* owned; header of who sent us on, NULL: nobody did */
        struct fork forks[DIALOG_FORKS_MAX];
        size_t n_forks;
        struct auth_attempt attempt; /* of the request under way */

        /* the session */
        enum dialog_exchange exchange;
        struct sdp_session sdp;
        struct sdp_shape shape;
        struct sdes sdes;
        struct audio ours;      /* what we said last */
        bool refreshing;        /* the request under way only refreshes the session */
        struct audio wanted;    /* the offer to be made */
        bool offer_waits;       /* ... as soon as the exchange under way is over, or after a 491 */
        bool offerless;         /* their INVITE or re-INVITE had none: our answer is the offer, the ACK has theirs */
        bool reliable;          /* their INVITE requires 100rel */
        bool anonymous;         /* its peer is not told who we are */
        bool peer_updates;      /* knows UPDATE */
        bool peer_is_focus;     /* its Contact says so (RFC 3840, isfocus) */
        bool peer_refers_not;   /* says what it knows, and REFER is not among it */
        uint64_t heard;         /* hash of their last description: the same again is a mere refresh */
        struct sip_party party; /* as told last */

        struct session_timer session_timer;
        unsigned min_se_s;            /* learned from a 422 */
        struct nta_outgoing_s *refer; /* our REFER waits for its answer */
        struct auth_attempt refer_attempt;
        char *refer_to;                /* owned; of the newest REFER */
        struct nta_outgoing_s *notify; /* our NOTIFY about their REFER */
        struct auth_attempt notify_attempt;
        int notify_status;            /* what it says */
        bool referred;                /* their REFER waits for its outcome */
        char *replaces, *referred_by; /* owned; headers of our INVITE, NULL: none */
        struct nta_outgoing_s *info;  /* our INFO with the first of these keys waits for its answer */
        struct auth_attempt info_attempt;
        struct dialog_key {
                char digit;
                uint16_t ms;
        } keys[DIALOG_KEYS_MAX];
        uint8_t n_keys;
        bool no_info;          /* its peer does not take them */
        bool must_replace;     /* our INVITE requires that its Replaces is understood */
        bool referring;        /* the outcome of a REFER is awaited */
        bool refer_waits;      /* ... which is not sent before the ACK of this dialog, or of its target */
        uint32_t refer_target; /* the id of that one; 0: none */
        uint32_t refer_for;    /* the id of the dialog whose REFER waits for our ACK; 0: none */
        struct timer refer_alarm;

        struct timer alarm; /* ring timeout, then session timer, then the end */
        struct timer retry; /* of an offer after a 491 */
        bool end_on_ack;    /* END came between our 2xx and its ACK */
        int cause;          /* ... with this reason */
        char reason[SIP_REASON_MAX];

        struct dialog *next, **link;             /* all dialogs */
        struct dialog *next_named, **named_link; /* of a bucket */
};

/* Commands on a dialog; a name that is not known (any more) is ignored. */
struct dialog *dialog_by_id(const struct sip *sip, uint32_t id);

struct dialog *dialog_new(struct sip *sip, uint32_t id, uint32_t line); /* NULL: no memory, or the id is taken */
uint32_t dialog_new_id(struct sip *sip);                                /* for one that comes in */
void dialog_unname(struct dialog *dialog);                              /* its id is free again */
void dialog_enter(struct dialog *dialog, enum dialog_state state);      /* the only place that changes the state */
/* Lets go of everything of sofia's; the memory follows when no callback can be running any more. */
void dialog_gone(struct dialog *dialog);
void dialog_free(struct dialog *dialog); /* at the end of the room only: otherwise dialog_gone */
void dialogs_end(struct sip *sip);       /* BYE, CANCEL or a refusal for each */

/* An event of this dialog, to be filled in and posted. Posts nothing when the dialog has no name. */
struct sip_event dialog_event(const struct dialog *dialog, enum sip_event_kind kind);
void dialog_post(const struct dialog *dialog, const struct sip_event *event);

void dialog_alarm(struct dialog *dialog, int64_t wait_ms, void (*expired)(struct timer *timer));
struct dialog *dialog_of_alarm(struct timer *timer);
struct dialog *dialog_of_retry(struct timer *timer);

/* "Q.850;cause=16;text=..." for a Reason header, "" when there is nothing to say. */
#define DIALOG_REASON_SIZE (SIP_REASON_MAX + 40)
void dialog_reason(int cause, const char *text, char out[DIALOG_REASON_SIZE]);

#endif
