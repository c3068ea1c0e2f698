/* The SIP side as the rest of the house sees it: a thread of its own that takes commands and gives back events, both
 * plain values through bounded queues. Sofia-SIP is known inside this folder only.
 *
 * Lines and watches are named by the caller's numbers for them. Dialogs are named by whoever begins them: the caller
 * for outgoing ones (any value below SIP_DIALOG_INCOMING), the SIP side for incoming ones (that bit set). A dialog's
 * name is free again after its SIP_FAILED or SIP_ENDED event, or after SIP_CMD_REJECT / SIP_CMD_END was sent for it:
 * nothing is reported about a dialog after that. */
#ifndef SCCPGW_SIP_SIP_H
#define SCCPGW_SIP_SIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/addr.h"
#include "gateway/base/alerting.h"
#include "gateway/base/audio.h"

#define SIP_NUMBER_MAX      64
#define SIP_NAME_MAX        96
#define SIP_SECRET_MAX      128
#define SIP_REASON_MAX      96
#define SIP_REPLACES_MAX    320 /* call-id and two tags */
#define SIP_REFER_URI_MAX   256
#define SIP_PLACE_MAX       256
#define SIP_DIALOG_INCOMING 0x80000000u
#define SIP_CALL_ID_MAX     128
#define SIP_TAG_MAX         64
#define SIP_TEXT_MAX        481    /* bytes of a MESSAGE we take, and a NUL; no phone shows as many */
#define SIP_WATCHES_MAX     131072 /* watches are named 0 to this - 1 */
#define SIP_LINES_MAX       65536  /* lines likewise */
#define SIP_PBXS_MAX        128    /* PBXs likewise: as many as a configuration may have, and those of the one before */

struct sip;

struct sip_party {
        char name[SIP_NAME_MAX];     /* UTF-8; "" when not told */
        char number[SIP_NUMBER_MAX]; /* user part of the URI; "" when anonymous */
};

enum sip_transport { SIP_UDP, SIP_TCP };

/* Of a PBX; the texts are borrowed. */
struct sip_pbx_settings {
        const char *name;
        const char *address; /* host, host:port or sip: URI; NULL: none, lines are reached by number at this gateway */
        enum sip_transport transport;
        const char *domain;         /* NULL: the host of address */
        const char *outbound_proxy; /* sip: URI or NULL */
        unsigned expires_s;
        unsigned qualify_s; /* how often it is asked whether it is there; 0: never */
};

#define SIP_ADDRESSES_MAX 16

struct sip_settings {
        const struct endpoint *listen; /* each opened for UDP and TCP */
        size_t n_listen;
        const struct address_rule *addresses; /* told to peers; none: the local address towards each */
        size_t n_addresses;                   /* SIP_ADDRESSES_MAX at most */
        unsigned keepalive_s; /* how often at least something is sent where a NAT may forget us; 0: never */
        const struct sip_pbx_settings *pbxs;
        size_t n_pbxs;
        bool open_registrar;    /* softphones may register and be called, only without a PBX */
        const char *user_agent; /* "sccpgw/0.1.0" */
        uint8_t dscp;
        enum crypto_policy srtp;
        unsigned srtp_suites;    /* a bit, 1 << enum crypto_suite, for each that can be spoken */
        unsigned ring_timeout_s; /* an outgoing INVITE without a final answer is cancelled after this */
        const char *resolv_conf; /* NULL: the system's; for tests */
};

enum sip_command_kind {
        SIP_CMD_LINE_ADD,    /* line, account: makes the line known; calls to it get 480 until it is up */
        SIP_CMD_LINE_REMOVE, /* line */
        SIP_CMD_LINE_UP,     /* line: register it and keep it registered */
        SIP_CMD_LINE_DOWN,   /* line: de-register it */
        SIP_CMD_LINE_TEXTS,  /* line, status: what MESSAGEs to it are answered with; 200: its phone shows them */
        SIP_CMD_INVITE, /* dialog, line, party (whom to call), audio (our offer), anonymous; or as a SIP_REFERRED wants
                           it: uri, replaces; must_replace: or not at all */
        SIP_CMD_RING,   /* dialog: 180 */
        SIP_CMD_ANSWER, /* dialog, audio: 200 with our answer, or our offer when theirs was missing */
        SIP_CMD_REJECT, /* dialog, status, reason: final answer to an incoming INVITE */
        SIP_CMD_REDIRECT,   /* dialog, party (whom to call instead), redirect: 302 to an incoming INVITE */
        SIP_CMD_END,        /* dialog, cause, reason: CANCEL, BYE or a final answer, whatever its state asks for */
        SIP_CMD_OFFER,      /* dialog, audio: re-INVITE; 491 and retry are handled inside (RFC 3261 section 14.1) */
        SIP_CMD_ACCEPT,     /* dialog, audio: answers a SIP_OFFERED */
        SIP_CMD_REFUSE,     /* dialog, status: refuses a SIP_OFFERED */
        SIP_CMD_REFER_NEWS, /* dialog, status: how far the call is that a SIP_REFERRED asked for; final from 200 on */
        SIP_CMD_DIGIT,      /* dialog, digit, digit_ms: INFO (RFC 6086, application/dtmf-relay), one after the other */
        SIP_CMD_TRANSFER,   /* dialog: its peer is to take our place in the dialog `target`, or to call party (REFER) */
        SIP_CMD_WATCH,      /* watch, line (whose account asks and whose registration it needs), wish */
        SIP_CMD_UNWATCH,    /* watch: nothing more is reported of it, its number is free; so with LINE_REMOVE */
        SIP_CMD_PBX_SET,    /* pbx, serial, place: there is a PBX of that number now, instead of the one that was there:
                               lines of that one have to be added anew; their dialogs go on */
        SIP_CMD_PBX_REMOVE, /* pbx: no line is of it any more */
        SIP_CMD_RING_TIMEOUT, /* seconds: as in the settings, for INVITEs from now on */
};

/* What a subscription is for (RFC 3842, RFC 4235, RFC 3856). */
enum sip_package { SIP_MESSAGE_SUMMARY, SIP_DIALOG_INFO, SIP_PRESENCE };

struct sip_wish {
        enum sip_package package;
        char target[SIP_NUMBER_MAX]; /* number at the line's PBX, "": the line itself */
};

struct sip_account {
        char number[SIP_NUMBER_MAX];
        char name[SIP_NAME_MAX];
        char user[SIP_NUMBER_MAX];
        char auth_user[SIP_NUMBER_MAX];
        char password[SIP_SECRET_MAX];
        uint32_t pbx;
};

/* A PBX as a value: struct sip_pbx_settings with its texts; "" is none. */
struct sip_place {
        char name[64];
        char address[SIP_PLACE_MAX], domain[SIP_PLACE_MAX], outbound_proxy[SIP_PLACE_MAX];
        enum sip_transport transport;
        unsigned expires_s, qualify_s;
};

/* Why an incoming call is to go elsewhere, for Diversion (RFC 5806). */
enum sip_redirect { SIP_REDIRECT_ALWAYS, SIP_REDIRECT_BUSY, SIP_REDIRECT_NO_ANSWER, SIP_REDIRECT_BY_USER };

/* audio.rtp.ip may be left empty: the local address towards the peer is filled in. */
struct sip_command {
        enum sip_command_kind kind;
        uint32_t line;
        uint32_t dialog;
        uint32_t watch;
        uint32_t pbx, serial;
        unsigned seconds;
        uint32_t target;
        bool must_replace; /* a peer that does not know Replaces is to refuse */
        bool to_focus;  /* SIP_CMD_TRANSFER: `target` is a dialog with a focus (RFC 4579): its peer is to come there too
                         */
        bool anonymous; /* who is called is not told who calls; the PBX is (RFC 3323, 3325) */
        int status;     /* SIP status, 0: chosen here */
        int cause;      /* Q.850 cause for a Reason header, 0: none */
        enum sip_redirect redirect;
        char digit; /* 0-9 * # A-D */
        unsigned digit_ms;
        char reason[SIP_REASON_MAX];
        union {
                struct sip_account account;
                struct sip_wish wish;
                struct sip_place place;
                struct {
                        struct sip_party party;
                        struct audio audio;
                        char uri[SIP_REFER_URI_MAX]; /* "": by party.number; {room} in it becomes a number */
                        char replaces[SIP_REPLACES_MAX];
                };
        };
};

enum sip_line_state { SIP_LINE_DOWN, SIP_LINE_TRYING, SIP_LINE_REGISTERED, SIP_LINE_REFUSED, SIP_LINE_UNREACHABLE };

enum sip_watch_state {
        SIP_WATCH_OFF,         /* its line is not registered */
        SIP_WATCH_TRYING,      /* nothing is known yet */
        SIP_WATCH_PENDING,     /* the other side has not allowed it yet */
        SIP_WATCH_ACTIVE,      /* what was learnt holds */
        SIP_WATCH_REFUSED,     /* nothing will be known unless somebody changes the PBX; tried again hours later */
        SIP_WATCH_UNREACHABLE, /* lost; tried again */
};

/* A voice mailbox (RFC 3842). */
struct sip_mail {
        bool waiting;
        bool counted; /* the numbers were told */
        unsigned fresh, old, urgent_fresh, urgent_old;
        char account[SIP_NUMBER_MAX]; /* number to fetch them by, "" when not told */
};

enum sip_far_state { SIP_FAR_TRYING, SIP_FAR_PROCEEDING, SIP_FAR_EARLY, SIP_FAR_CONFIRMED, SIP_FAR_TERMINATED };

/* A dialog of the watched party (RFC 4235). Local and remote are as that party sees them. */
struct sip_far_dialog {
        uint64_t key; /* of the same dialog in later reports */
        enum sip_far_state state;
        bool outgoing; /* the watched party began it */
        bool held;     /* it does not render media: on hold */
        struct sip_party remote;
        char call_id[SIP_CALL_ID_MAX]; /* for Replaces; all three "" when not told or too long */
        char local_tag[SIP_TAG_MAX], remote_tag[SIP_TAG_MAX];
};

/* A presence document (RFC 3863, RFC 4480), by what it says most of. */
enum sip_presence {
        SIP_PRESENCE_UNKNOWN, /* nothing was said */
        SIP_PRESENCE_CLOSED,  /* not there */
        SIP_PRESENCE_OPEN,
        SIP_PRESENCE_RINGING,
        SIP_PRESENCE_ON_THE_PHONE,
        SIP_PRESENCE_AWAY,
        SIP_PRESENCE_DND,
};

enum sip_learnt { SIP_LEARNT_NOTHING, SIP_LEARNT_MAIL, SIP_LEARNT_DIALOGS, SIP_LEARNT_PRESENCE };

/* One notification is one event, except that dialogs come one by one. */
struct sip_watched {
        uint32_t watch;
        enum sip_watch_state state;
        enum sip_learnt learnt;
        bool whole; /* SIP_LEARNT_DIALOGS: what was reported before is to be forgotten first */
        bool empty; /* SIP_LEARNT_DIALOGS: there is none in this event */
        bool last;  /* SIP_LEARNT_DIALOGS: no more of this notification follow */
        union {
                struct sip_mail mail;
                struct sip_far_dialog dialog;
                enum sip_presence presence;
        };
};
enum sip_pbx_state { SIP_PBX_UNKNOWN, SIP_PBX_UP, SIP_PBX_DOWN };

enum sip_event_kind {
        SIP_LINE_STATE, /* line, line_state, status, reason, retry_s */
        SIP_PBX_STATE,  /* pbx, pbx_state, rtt_ms (0: only seen by REGISTERs), status (0: nobody answers), reason */
        SIP_INCOMING,   /* dialog, line, party (caller), called, alerting, audio (n_codecs 0: no offer); 100 was sent;
                           replaces: the dialog whose place it takes (RFC 3891), 0: none */
        SIP_PROGRESS,   /* dialog, status 180-199, party when told, audio when it carried SDP (n_codecs > 0) */
        SIP_ANSWERED,   /* dialog, party when told, audio (the answer; n_codecs 0: none came) */
        SIP_ACKED,      /* dialog, audio: the answer to our offer in an ACK (only when INVITE had no offer) */
        SIP_OFFERED,    /* dialog, audio (n_codecs 0: they want our offer), party when told: answer it soon */
        SIP_OFFER_ANSWERED, /* dialog, audio */
        SIP_OFFER_FAILED,   /* dialog, status: the session stays as it was */
        SIP_REFERRED,      /* dialog, party.number, uri, replaces_header: its peer wants us to call somebody (RFC 3515);
                              SIP_CMD_REFER_NEWS has to follow */
        SIP_TRANSFER_NEWS, /* dialog, status, reason, called (where it went, if told): of SIP_CMD_TRANSFER; the last has
                              200 or more and always comes, unless the dialog ends before */
        SIP_DIGIT,         /* dialog, digit, digit_ms (0: not told): INFO */
        SIP_IDENTITY,      /* dialog, party: the other side's identity changed */
        SIP_FAILED,        /* dialog, status, cause, reason: our INVITE failed; the dialog is gone */
        SIP_ENDED,         /* dialog, cause, reason, elsewhere: BYE or CANCEL came; the dialog is gone */
        SIP_WATCHED,       /* watched; status, reason and retry_s when its state changed */
        SIP_MAIL,          /* line, mail: the PBX told it unasked */
        SIP_TEXT,          /* line, text_from, text: a MESSAGE, answered with 200 */
};

struct sip_event {
        enum sip_event_kind kind;
        uint32_t line;
        uint32_t dialog, replaces;
        enum sip_line_state line_state;
        uint32_t pbx;    /* its number: in the settings, or by SIP_CMD_PBX_SET */
        uint32_t serial; /* of that command; 0: it was in the settings */
        enum sip_pbx_state pbx_state;
        unsigned rtt_ms;
        int status;
        int cause;      /* Q.850 from a Reason header, 0: none */
        bool elsewhere; /* answered by somebody else (RFC 3326: SIP;cause=200) */
        unsigned retry_s;
        char digit; /* 0-9 * # A-D */
        unsigned digit_ms;
        char reason[SIP_REASON_MAX];
        union {
                struct {
                        struct sip_party party;
                        char called[SIP_NUMBER_MAX]; /* SIP_INCOMING: who was called first (Diversion / History-Info /
                                                        To), "" same */
                        char diverted_by[SIP_NUMBER_MAX]; /* SIP_INCOMING: who sent it here, "" nobody */
                        unsigned diversions;              /* ... how often it was sent on */
                        bool came_by;                     /* ... once by this very line */
                        struct alerting alerting;
                        char uri[SIP_REFER_URI_MAX];            /* SIP_REFERRED */
                        char replaces_header[SIP_REPLACES_MAX]; /* SIP_REFERRED */
                        struct audio audio;
                        bool audio_bad; /* SDP came that cannot be used at all (syntax, no audio, port 0) */
                };
                struct sip_watched watched;
                struct sip_mail mail;
                struct {
                        struct sip_party text_from;
                        char text[SIP_TEXT_MAX]; /* UTF-8 in one line */
                };
        };
};

/* Opens the transports and starts the thread; NULL with a sentence in `why` when it cannot. */
struct sip *sip_start(const struct sip_settings *settings, char *why, size_t why_size);
bool sip_send(struct sip *sip, const struct sip_command *command); /* false: queue full, try again later */
bool sip_next(struct sip *sip, struct sip_event *event);           /* false: nothing waits */
int sip_fd(const struct sip *sip);                                 /* readable when sip_next may have something */
/* De-registers and ends what is left, at most `deadline_ms`, joins the thread and frees everything. */
void sip_stop(struct sip *sip, unsigned deadline_ms);

/* Snapshots for display, from any thread. */
struct sip_counters {
        uint64_t lines_registered, dialogs, requests_in, responses_in;
};
void sip_counters(const struct sip *sip, struct sip_counters *out);

#endif
