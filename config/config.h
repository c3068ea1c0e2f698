/* The configuration: immutable values, made whole from a YAML file or not at all.
 * Every text is owned by the struct config and lives as long as it. Where each value stands in the file, what it may
 * be and what it is when absent is one row in options.def. */
#ifndef SCCPGW_CONFIG_CONFIG_H
#define SCCPGW_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/base/addr.h"
#include "gateway/base/audio.h"
#include "gateway/base/log.h"

#define CONFIG_DEVICE_NAME_MAX 15 /* characters, protocol/README section 3 */

enum config_unknown_phones { UNKNOWN_REJECT, UNKNOWN_AUTO };
enum config_transport { TRANSPORT_UDP, TRANSPORT_TCP };
enum config_mwi { MWI_OFF, MWI_SUBSCRIBE, MWI_UNSOLICITED, MWI_BOTH }; /* both: the union of the two bits */
enum config_blf { BLF_OFF, BLF_DIALOG, BLF_PRESENCE };
enum config_media_mode { MEDIA_RELAY, MEDIA_DIRECT, MEDIA_AUTO };
enum config_transcode { TRANSCODE_OFF, TRANSCODE_ON };
enum config_latch { LATCH_LEARN, LATCH_STRICT };
enum config_dtmf { DTMF_AUTO, DTMF_RFC4733, DTMF_INFO };
enum config_tls_oldest { OLDEST_TLS_1_0, OLDEST_TLS_1_1, OLDEST_TLS_1_2, OLDEST_TLS_1_3 };
enum config_bridge { BRIDGE_OFF, BRIDGE_ON };
enum config_conference { CONFERENCE_KEEP, CONFERENCE_END };
enum config_transfer { TRANSFER_AUTO, TRANSFER_ON, TRANSFER_OFF };
enum config_answer { ANSWER_ALLOW, ANSWER_OFF };
enum config_answer_busy { ANSWER_BUSY_WAIT, ANSWER_BUSY_REJECT };
enum config_privacy { PRIVACY_OFF, PRIVACY_ON };
enum config_dnd { DND_KEY_OFF, DND_KEY_REJECT, DND_KEY_SILENT, DND_KEY_CYCLE };
enum config_dnd_answer { DND_ANSWER_BUSY, DND_ANSWER_DECLINE };
enum config_registrar { REGISTRAR_OFF, REGISTRAR_OPEN };
enum config_button_kind { BUTTON_EMPTY, BUTTON_LINE, BUTTON_SPEED_DIAL, BUTTON_FEATURE, BUTTON_SERVICE };
enum config_ring { RING_ON, RING_OFF };
enum config_dial_tone { TONE_INSIDE, TONE_OUTSIDE };

struct config_endpoints {
        const struct endpoint *at;
        size_t count;
};

struct config_networks {
        const struct network *at;
        size_t count;
};

struct config_addresses {
        const struct address_rule *at;
        size_t count;
};

struct config_network_groups {
        const struct network_group *at;
        size_t count;
};

struct config_texts {
        const char *const *at;
        size_t count;
};

/* Where something stands in a file, for problems that only another room can find. */
struct config_place {
        const char *file;
        unsigned line, column; /* 1-based */
        const char *source;    /* the line, as in struct config_problem */
};

/* TLS for phones; cert NULL: none. Paths as the gateway opens them. */
struct config_tls {
        struct config_endpoints listen;
        const char *cert, *key;
        const char *client_ca; /* NULL: phones are not asked for a certificate */
        enum config_tls_oldest oldest;
        unsigned handshake_s;
        struct config_place cert_place, key_place, client_ca_place;
};

#define CONFIG_SOFTKEY_STATES 13

/* The soft keys of each state, by the names of sccp/softkeys.h or "empty"; a list with at NULL is the standard one. */
struct config_softkeys {
        const char *name;
        struct config_place place;
        struct {
                struct config_texts keys;
                struct config_place place;
        } states[CONFIG_SOFTKEY_STATES]; /* in the order of the rows, which is SCCP's */
};

struct config_pbx {
        const char *name;    /* "main" when the file names none */
        const char *address; /* host, host:port or sip: URI; NULL: phones call each other locally */
        enum config_transport transport;
        const char *domain;         /* of addresses of record; defaults to the host of address */
        const char *outbound_proxy; /* sip: URI or NULL */
        unsigned expires_s;
        const char *voicemail; /* where callers leave a message, and its owner hears it; NULL: not told */
        enum config_mwi mwi;
        enum config_blf blf;
        struct {
                /* numbers that make the PBX do it; NULL: it is done here */
                const char *all, *all_off, *busy, *busy_off, *no_answer, *no_answer_off, *dnd, *dnd_off;
        } forward;
        unsigned qualify_s; /* 0: never asked whether it is there */
};

struct config_line {
        const char *id;        /* the key under lines:, or "SEP001122334455/1" for a line written inside its phone */
        const char *number;    /* what others dial */
        const char *name;      /* display name, "" when none */
        const char *label;     /* beside the key; defaults to the number */
        const char *user;      /* SIP user; defaults to the number */
        const char *auth_user; /* defaults to user */
        const char *password;  /* "" when none */
        const char *mailbox;   /* NULL: the one of `user` */
        size_t pbx;            /* index in config.pbxs */
        const char *hotline;   /* called when the handset is lifted; NULL: nobody */
        unsigned hotline_ms;   /* unless a digit comes before that */
        enum config_privacy privacy; /* on: calls do not say who calls */
};

struct config_button {
        enum config_button_kind kind;
        size_t line;        /* BUTTON_LINE: index in config.lines */
        const char *number; /* BUTTON_SPEED_DIAL */
        const char *label;
        bool blf;                         /* with a lamp that shows what the number does */
        enum config_ring ring;            /* BUTTON_LINE */
        const char *feature;              /* BUTTON_FEATURE: the name of a soft key */
        const char *service;              /* BUTTON_SERVICE: http address */
        const struct config_place *place; /* BUTTON_FEATURE; NULL otherwise */
};

struct config_phone {
        const char *name; /* device name, upper case */
        const char *description;
        const char *model; /* "7960"; NULL: the phone tells us */
        struct config_place model_place;
        const char *timezone;        /* IANA name */
        const char *date_format;     /* "D.M.Y" ..., six characters at most, A for a 12 hour clock */
        const char *charset;         /* "iso8859-1" ..., of gateway/base/charset.h */
        struct config_texts addons;  /* "7914" ... */
        size_t softkeys;             /* index in config.softkeys */
        enum config_privacy privacy; /* towards other phones of its lines */
        struct config_place place, addons_place, softkeys_place; /* file NULL: not given */
        const struct config_button *buttons;
        size_t n_buttons;
};

/* Dial plan patterns: digits and * # + stand for themselves, x any digit, [2-9] one of, . one or more of anything,
 * ! at the end: send at once. First match wins. */
struct config_dial_rule {
        const char *match;
        unsigned strip;             /* digits taken off the front before the number is sent */
        const char *prepend;        /* put in front after that, "" when none */
        enum config_dial_tone tone; /* the tone heard after the literal digits at the front of the pattern */
};

struct config {
        unsigned version; /* of the file's format: 1 */
        struct {
                const char *name;
                struct config_addresses address; /* whom none is for: the address he reached us at */
                const char *state;               /* folder of what survives a restart */
        } node;
        struct {
                struct config_endpoints listen;
                struct config_texts servers; /* the phones' server list, in order; empty: this node */
                unsigned keepalive_s;
                unsigned token_wait_s;
                struct config_networks allow;
                enum config_unknown_phones unknown_phones;
                unsigned auto_first, auto_last; /* numbers handed out when unknown_phones is auto */
                struct {                        /* 0: no limit, or one that depends on how many phones there are */
                        unsigned connections, connections_per_address;
                        unsigned strangers, strangers_per_address;
                        unsigned register_s;
                        unsigned messages, bytes; /* a second, from one phone */
                        unsigned queue;           /* bytes */
                        unsigned reject_delay_s;
                } limits;
                struct config_tls tls;
        } sccp;
        const struct config_softkeys *softkeys; /* the first is "standard" */
        size_t n_softkeys;
        const struct config_pbx *pbxs; /* at least one */
        size_t n_pbxs;
        struct {
                struct config_endpoints listen;  /* each for UDP and TCP */
                enum config_registrar registrar; /* open: any softphone may register, only without a PBX */
                unsigned keepalive_s;            /* 0: never */
        } sip;
        struct {
                enum config_media_mode mode;
                struct config_network_groups direct; /* of MEDIA_AUTO: who reaches whom without us */
                enum config_dtmf dtmf;
                enum crypto_policy srtp;       /* towards SIP */
                enum crypto_policy phone_srtp; /* towards phones that came over TLS */
                uint16_t port_first, port_last;
                unsigned threads; /* of the relay; 0: one per core */
                enum config_latch latch;
                struct config_networks allow; /* where sources nobody signalled may be */
                enum codec codecs[CODECS];    /* by preference */
                size_t n_codecs;
                enum config_transcode transcode;
                unsigned transcode_max; /* calls at once */
                unsigned rtp_timeout_s; /* 0: never */
                unsigned keepalive_s;   /* likewise */
                uint8_t dscp_sccp, dscp_sip, dscp_rtp;
        } media;
        struct {
                unsigned first_digit_timeout_ms;
                unsigned interdigit_timeout_ms;
                char terminator; /* 0: none */
                const struct config_dial_rule *dialplan;
                size_t n_dialplan;
                unsigned ring_timeout_s; /* an offered call that nobody answers; an outgoing one likewise */
                enum config_transfer transfer_on_hook;
                enum config_answer auto_answer; /* does a phone answer by itself when the caller wants it? */
                enum config_answer_busy auto_answer_busy;
                const char *pickup, *group_pickup, *directed_pickup, *other_pickup,
                        *park;                /* feature codes; NULL: none */
                unsigned call_back_s;         /* 0: no call back */
                unsigned call_waiting_s;      /* 0: one tone for each call that waits */
                unsigned hold_reminder_s;     /* 0: none */
                unsigned forward_no_answer_s; /* how long a call rings that is forwarded then */
                enum config_dnd dnd;
                enum config_dnd_answer dnd_answer;
                bool mail_lamp;     /* stays lit during calls */
                bool blf_callers;   /* busy lamp keys show with whom */
                unsigned survive_s; /* calls wait so long for a phone that lost us; 0: not at all */
                enum config_bridge transfer_bridge;
                const char *conference; /* SIP URI of the PBX's focus; NULL: the mixer here */
                enum config_conference conference_on_hangup;
                unsigned busy_trigger; /* calls on a line before the next incoming one is busy */
                unsigned max_per_line; /* calls on a line at all */
        } calls;
        struct {
                unsigned show_s;
                bool beep;
        } messages;
        struct {
                size_t pbx; /* index in pbxs, of lines that name none */
                const char *timezone;
                const char *date_format;
                const char *charset;
                const char *idle_text; /* NULL: the phone's own */
                size_t softkeys;       /* index in softkeys */
        } defaults;
        struct {
                struct endpoint http; /* port 0: off */
                const char *socket;   /* path of the control socket */
                const char *token;    /* NULL: none, and over HTTP nothing can be changed */
        } admin;
        struct {
                const char *cdr; /* NULL: none */
        } events;
        struct {
                enum log_level level;
                enum log_format format;
        } log;
        const struct config_line *lines;
        size_t n_lines;
        const struct config_phone *phones; /* sorted by name */
        size_t n_phones;
};

enum config_severity { CONFIG_ERROR, CONFIG_WARNING };

/* One problem, gcc style: FILE:LINE:COL: error: sentence, with the source line and a caret. */
struct config_problem {
        enum config_severity severity;
        const char *file;
        unsigned line, column; /* 1-based; 0: the file as a whole */
        const char *sentence;
        const char *source; /* the line of the file, without its end; NULL when unknown */
};

struct config_report {
        struct config_problem *problems; /* in the order of the file */
        size_t count, errors, warnings;
        void *owned;
};

/* Reads the file (and what it includes). NULL when there is any error; `report` then lists every problem, and may hold
 * warnings otherwise. `report` must be zero before and is given back with config_report_free. */
struct config *config_load(const char *path, struct config_report *report);
/* The same from memory; `name` stands for the file in problems, includes and !secret are relative to `folder`. Without
 * a folder (NULL) both are errors: nothing but the text is read. */
struct config *config_parse(const char *text, size_t len, const char *name, const char *folder,
                            struct config_report *report);
void config_free(struct config *config);
/* What the file says of admin.socket, or what holds when it does not, also of a file with errors: whoever runs by a
 * former state of it is to be found. */
void config_socket(const char *path, char *out, size_t size);

/* Adds a problem behind all others. */
void config_report_add(struct config_report *report, enum config_severity severity, const struct config_place *place,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));
void config_report_print(const struct config_report *report, FILE *to); /* ends in "2 errors, 1 warning" */
void config_report_print_json(const struct config_report *report, FILE *to);
void config_report_free(struct config_report *report);

void config_print(const struct config *config, FILE *to); /* effective YAML, secrets masked */
void config_print_json(const struct config *config, FILE *to);
void config_print_defaults(FILE *to);  /* the commented reference YAML */
void config_print_schema(FILE *to);    /* JSON Schema, draft 2020-12 */
void config_print_reference(FILE *to); /* docs/configuration.md */
void config_print_manual(FILE *to);    /* docs/sccpgw.yaml.5 */

const struct config_phone *config_phone(const struct config *config, const char *name); /* exact; NULL: unknown */

#endif
