/* What the calls thread owns, as seen by its own files: the phones and lines, the calls, and the three rooms they
 * talk to. Nothing here is known outside gateway/. */
#ifndef SCCPGW_GATEWAY_GATEWAY_H
#define SCCPGW_GATEWAY_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "gateway/base/ids.h"
#include "gateway/base/log.h"
#include "gateway/base/loop.h"
#include "gateway/core/call.h"
#include "gateway/core/forward.h"
#include "gateway/core/line.h"
#include "gateway/core/look.h"
#include "gateway/core/mail.h"
#include "gateway/core/phone.h"
#include "gateway/knocks.h"
#include "gateway/media/relay.h"
#include "sccp/alarm.h"
#include "sccp/server.h"
#include "sip/sip.h"

#define PROFILE_BUTTONS_MAX 96 /* as configuration allows: keys, and speed dials beyond them */
#define DIGIT_TONES         32
#define TEXTS_WAITING       4
#define CALLS_PER_PHONE_MAX 24 /* with those of other phones of its lines: more would not fit any display */

struct account;
struct busy_lamp;
struct call_back;
struct list_lamp;
struct gateway;
struct events;
struct handed_out;
struct jsonl;
struct phone;
struct reload;
struct roster;
struct settings;
struct state;
struct status;
struct trace;
struct watch_room;
struct watcher;

/* What the PBX last had against an account. */
struct line_error {
        int status; /* SIP; 0: nothing yet */
        char reason[SIP_REASON_MAX];
        unsigned retry_s;
        int64_t at_ms;
};

/* One number, one SIP account: a line of the configuration. It may be on several phones, which share it. */
struct account {
        struct gateway *gateway;
        struct settings *settings; /* that `config` belongs to */
        const struct config_line *config;
        uint32_t index;             /* its name towards sip/ */
        uint32_t pbx;               /* index of gateway->pbxs */
        bool told;                  /* sip/ knows it */
        struct account *next_named; /* of a bucket */
        struct line state;
        struct phone_line *lines; /* on its phones, n_lines, in the order of these */
        unsigned n_lines;
        struct forwards forwards;
        struct mail_box mail;
        struct line_error error;
};

/* An account on one phone. */
struct phone_line {
        struct account *account;
        const struct config_line *config; /* of the account */
        struct phone *phone;
        struct phone_line *next;        /* of the same account */
        unsigned instance;              /* 1-based on the phone */
        bool there;                     /* the phone is, and has a key for it */
        bool unheard;                   /* its calls are shown and not heard there */
        struct forwards forwards_shown; /* what the phone was told of them */
        char redial[DIAL_DIGITS_MAX + 1];
};

enum { MAIL_NOT_SHOWN, MAIL_SHOWN_OFF, MAIL_SHOWN_ON };

/* What a phone was told last; zero is a phone that has just registered. */
struct phone_shown {
        struct phone_look look;
        uint8_t lamps[SCCP_LINES_MAX + 1]; /* enum look_lamp by line instance */
        uint8_t mail[SCCP_LINES_MAX + 1];  /* lamps of waiting voicemail, MAIL_SHOWN_...; 0: the phone's own */
        char idle[48];                     /* the prompt under no call */
        uint32_t features;                 /* those that are on: bits of gateway/feature_keys.c */
        uint32_t banner;                   /* whose caller stands in the middle of the display; 0: nobody */
};

struct phone {
        struct gateway *gateway;
        struct settings *settings; /* that `config` belongs to */
        const struct config_phone *config;
        struct handed_out *handed_out; /* owned; behind a phone that nobody configured, NULL otherwise */
        struct phone *next_named;      /* of a bucket */
        struct sccp_session *session;  /* NULL: away */
        struct phone_line *lines;      /* n_lines in a row, by instance - 1 */
        unsigned n_lines;
        enum dnd_mode dnd;
        struct phone_line *dialled; /* the line of the latest number worth repeating; NULL: none */
        struct call_slot *calls;    /* in no order */
        unsigned n_calls;           /* slots, also those of other phones' calls */
        bool settling, unsettled;   /* bridge_settle(), and once more */
        struct phone_shown shown;
        bool clear_only;          /* since it registered it refused an encrypted channel */
        bool reset_due;           /* a new configuration waits for its calls to end */
        bool keys_said;           /* that it has no soft keys to configure */
        struct watcher *watchers; /* all of what it watches */
        struct busy_lamp *lamps;  /* its keys that show it while it is there, n_lamps */
        size_t n_lamps;
        struct list_lamp *list_lamps;  /* owned; numbers in its call lists */
        struct call_back *call_back;   /* owned; NULL: its user waits for nobody */
        struct loop_timer lamps_timer; /* runs: lamps that change wait for it */
        struct loop_timer back_timer;  /* runs: whether it is still talked into is listened to */
        char *texts[TEXTS_WAITING];    /* owned, n_texts: they wait for its calls to end */
        unsigned n_texts;
        struct loop_timer text_timer;       /* runs: the text that is shown gives way to the next then */
        char last_reason[SCCP_REASON_SIZE]; /* why it came last, in its own words; empty: it never said */
        int64_t since_ms;                   /* registered, or away; 0: not seen since the start */
        uint64_t registrations, calls_in, calls_out;
};

/* What a call's phone was told last. */
struct call_shown {
        bool known;        /* the phone has heard of this call */
        uint32_t security; /* SCCP_SECURITY_... */
        struct look look;
        uint32_t valid_keys;
};

/* A caller that rings several phones of a line at once. Each has a call of its own; they share the dialog. */
struct fork {
        uint32_t dialog;
        struct call_slot *legs;
        bool rings;             /* the caller knows */
        int status;             /* the best reason of those that have left */
        struct sip_event event; /* how the caller came, for phones that come later */
        bool stays;
        int64_t began_ms;
};

struct call_slot {
        struct call call;
        uint32_t id;      /* call reference, stream and outgoing dialog are all this number; 0: free */
        uint32_t last_id; /* the same, until another call takes the slot */
        struct phone *phone;
        struct phone_line *line;
        struct call_slot *next; /* of the same phone */
        uint32_t dialog;        /* towards sip/, 0: none */
        uint32_t replacement;   /* the dialog that wants to take its place, 0: none */
        char *refer_uri;        /* owned; whom the far end of another call sent us to, and whose place to take */
        char *refer_replaces;
        struct fork *fork; /* it is a leg of that, NULL: none */
        struct call_slot *leg_next;
        bool uncounted;   /* another leg stands for the call in totals */
        bool take;        /* what it is the shadow of is to come to its phone */
        bool barged;      /* it was told that others of its line are in it; of a shadow: it is, and that was sounded */
        char *guests;     /* owned; of a call to the PBX's focus: who was sent there, one a line; NULL: nobody */
        uint32_t party;   /* pass-through party id of the last channel */
        bool one_way;     /* only one side was heard, and that was told */
        bool converted;   /* its sides speak different codecs: counted */
        bool had_media;   /* statistics are worth asking for */
        bool dialled_due; /* the phone is to be told the number with the next state */
        bool done;        /* over; freed when its end was shown */
        struct relay_ports ports;
        struct crypto_keys phone_keys; /* of its phone's channels (phone_secret.h) */
        bool phone_key_used;           /* ... it was told to send under its own */
        bool unopened;                 /* its phone was not told of the channel, which would be in the clear */
        uint32_t room;                 /* the conference its sides were seated in last */
        struct loop_timer timer;
        char tones[DIGIT_TONES]; /* the far end's keys that wait to be heard */
        bool tone_sounds;
        unsigned tone_ms; /* how long the one that sounds does */
        struct loop_timer tone_timer;
        enum phone_nudge nudge; /* what nudge_timer is for */
        bool nudge_tried;       /* it was not answered by itself when it was time */
        struct loop_timer nudge_timer;
        struct call_shown shown;
        uint64_t heard; /* packets of its phone, when that came back */
        int64_t began_ms, answered_ms;
        enum codec codec; /* when it was answered; likewise: */
        bool direct;
        struct gateway *gateway;       /* of `ended`; the phone may be gone */
        unsigned streams;              /* opened for it, whose counts have not come yet */
        struct relay_counters counted; /* those that came */
        struct jsonl *ended;           /* owned; the event of its end, which waits for that; NULL: none */
};

enum rtp_refusal { RTP_STRANGER, RTP_INVALID, RTP_FOREIGN, RTP_REFUSALS };
enum call_result { CALL_ANSWERED, CALL_UNANSWERED, CALL_REFUSED, CALL_RESULTS };

/* Since the start. */
struct gateway_totals {
        uint64_t calls[2][CALL_RESULTS];        /* outgoing, incoming */
        uint64_t downs[SCCP_DOWN_REASONS];      /* by enum sccp_down_reason */
        uint64_t packets[2], bytes[2], lost[2]; /* RTP of calls that are over, by enum relay_side */
        uint64_t unsafe[2];                     /* ... and SRTP that was refused */
        uint64_t rtp_refused[RTP_REFUSALS];     /* ... and what was refused for other reasons */
        uint64_t one_way;                       /* calls in which only one side was heard */
        uint64_t unknown_phones;                /* Registers refused for their name */
};

/* A PBX, and what the sip thread says of it. One without an address stays unknown. */
struct pbx_state {
        struct settings *settings;       /* that `config` belongs to; NULL: the place is free */
        const struct config_pbx *config; /* NULL likewise */
        struct feature_codes codes;
        uint32_t serial; /* of what sip/ was told: news of a PBX that was here before are not taken */
        bool anew;       /* by the newest configuration: its lines have to be told anew */
        bool known, up;
        int64_t since_ms; /* of the last change, on the clock of the loop */
        unsigned rtt_ms;  /* 0: not asked */
        bool recovered;   /* it was down before */
};

struct gateway {
        struct settings *settings;
        const struct config *config; /* of `settings` */
        struct loop *loop;
        struct sccp_server *server;
        struct sip *sip;
        struct relay *relay;  /* NULL in direct mode */
        unsigned srtp_suites; /* a bit for each that can be spoken; 0: none */
        bool stopping;
        bool draining;                       /* phones that are not here are to go, or stay, elsewhere */
        struct pbx_state pbxs[SIP_PBXS_MAX]; /* at first as in config; each keeps its place */

        struct status *status;
        struct trace *traces;
        size_t n_traces;
        struct knocks knocks;
        unsigned converted; /* calls whose sides speak different codecs */
        struct gateway_totals totals;
        int64_t started_ms, started_at; /* monotonic; seconds since 1970 */

        struct phone **phones; /* at first in the order of config; then those handed out and added */
        size_t n_phones, room_phones;
        struct account **accounts; /* by index; NULL: the line is gone */
        size_t n_accounts, room_accounts;
        struct roster *roster; /* finds both by name */
        uint32_t pbx_serials;
        struct loop_timer reset_timer; /* runs: phones with reset_due may be idle now */
        struct reload *reload;
        struct events *events;

        char refusal[32];                                        /* of the device that asks now */
        struct sccp_profile_button profile[PROFILE_BUTTONS_MAX]; /* of the phone that registers now */
        struct sccp_forwards profile_forwards[PROFILE_BUTTONS_MAX];

        struct dial_plan plan;
        struct dial_rule *dial_rules;

        struct state *state;

        struct id_pool ids;
        struct call_slot *slots;
        struct id_map dialogs; /* incoming dialogs to call ids */
        uint64_t ages;
        uint32_t parties;

        struct watch_room *watches;

        struct loop_fd sip_ready, relay_ready;
        struct sip_backlog *backlog; /* commands the sip thread had no room for, in order */
        struct loop_timer backlog_timer;
        struct log_limit unregistered; /* when a PBX goes away all its lines say so */
        struct log_limit turned_away;  /* calls; anybody can send any number of them */
};

#endif
