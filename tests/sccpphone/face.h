/* What the phone shows and does, as the gateway's messages made it: lamps, ringer, speaker, keys, prompts, calls,
 * channels. Notices what no call manager should send to such a phone. Pure: messages in, state out. */
#ifndef SCCPPHONE_FACE_H
#define SCCPPHONE_FACE_H

#include <stdbool.h>
#include <stdint.h>

#include "kinds.h"
#include "sccp/schema.h"

#define FACE_CALLS      16 /* a shared line shows those of its other phones too */
#define FACE_LINES      43
#define FACE_FEATURES   56
#define FACE_SERVICES   8
#define FACE_URL        257
#define FACE_DIALS      100
#define FACE_LIST_LAMPS 128
#define FACE_TEXT       128
#define FACE_DIGITS     32
#define FACE_TONES      256

struct face_call {
        uint32_t ref, line; /* ref 0: no call */
        unsigned age;       /* counts up: the smaller one came earlier */
        uint32_t state;     /* SCCP_CALL_STATE_... */
        uint32_t tone;      /* SCCP_TONE_SILENCE: none */
        uint32_t key_set, key_mask;
        char prompt[FACE_TEXT];
        char calling_name[FACE_TEXT], calling_number[32], called_name[FACE_TEXT], called_number[32];
        char typed[FACE_DIGITS]; /* phones show by themselves what their user types */
        char dialed[FACE_DIGITS];
        bool info;
        uint32_t security; /* SCCP_SECURITY_...: the lock */
};

struct face_channel {
        bool open, sending;
        uint32_t party, ref, conference;
        struct endpoint to;
};

struct face {
        const struct kind *kind;
        const char *charset; /* as iconv(3) has it; NULL: the kind says it */
        unsigned version;
        bool registered;
        char rejected[FACE_TEXT];
        uint32_t lamps[FACE_LINES]; /* by line */
        uint32_t icons[FACE_LINES]; /* states shown for no call, by line key: a busy lamp of an older phone */
        bool mail[FACE_LINES];      /* 0: the lamp of the phone, else the icon of a line */
        struct sccp_forward_stat forwards[FACE_LINES]; /* by line */
        uint32_t forward_lamps[FACE_LINES][3];         /* of the keys all, busy, no answer */
        uint32_t ringer, ring_ref;
        unsigned rings; /* so often it began to ring aloud */
        bool speaker, mic_off;
        uint32_t plane;
        uint32_t idle_tone;         /* a tone for no call */
        unsigned heard[FACE_TONES]; /* how often each tone was started */
        unsigned beeps;             /* for a text */
        uint32_t idle_key_set, idle_key_mask;
        char idle_prompt[FACE_TEXT], notify[FACE_TEXT], pri_notify[FACE_TEXT];
        char menu[2001]; /* the XML object on the display */
        uint32_t menu_line, menu_ref, menu_application;
        struct face_call calls[FACE_CALLS];
        unsigned ages;
        struct face_channel channel;
        bool time_set;
        uint32_t keys, lines, speed_dials; /* as the button template has them */
        char line_numbers[FACE_LINES][32];
        uint32_t busy_lamps, busy_lamp[FACE_DIALS]; /* instances of the template's keys with busy lamps */
        uint32_t lamp_status[FACE_DIALS];           /* by instance */
        char lamp_label[FACE_DIALS][FACE_TEXT];
        uint32_t features; /* keys of the template that are neither lines, dials nor services */
        struct face_feature {
                uint32_t type, instance, status;
                char label[FACE_TEXT];
        } feature[FACE_FEATURES];
        uint32_t services; /* instances 1 to this */
        struct face_service {
                char url[FACE_URL], label[FACE_TEXT];
        } service[FACE_SERVICES];
        bool lamp_known[FACE_DIALS];  /* its status was told */
        unsigned lamp_news;           /* how often any was told */
        uint32_t template_events[32]; /* soft key events by position in the template */
        uint32_t sets[16][16];        /* and by set and position there */
        bool has_sets;

        struct face_list_lamp { /* of an entry of a call list */
                uint32_t transaction, cause, status;
                unsigned told; /* how often the status was */
        } list_lamps[FACE_LIST_LAMPS];
        unsigned n_list_lamps;

        unsigned violations;
        char violation[256]; /* the last one */
};

const char *face_charset(const struct face *face);
void face_init(struct face *face, const struct kind *kind, unsigned version);
/* A message from the gateway. `padded`: its payload was a multiple of 4. */
void face_show(struct face *face, const struct sccp_message *message, bool padded);
void face_typed(struct face *face, char digit); /* the user pressed a digit */

struct face_call *face_call(struct face *face, uint32_t ref);     /* NULL: none */
struct face_call *face_nth_call(struct face *face, unsigned nth); /* 1: the oldest; NULL: there are not so many */
struct face_call *face_call_on(struct face *face, uint32_t line); /* the oldest there; NULL */
struct face_call *face_active_call(struct face *face);            /* neither held nor ringing, else the oldest; NULL */
unsigned face_calls(const struct face *face);
const struct face_feature *face_feature(const struct face *face, uint32_t type); /* the first of that type; NULL */
bool face_idle(const struct face *face, char *why, size_t size);                 /* everything off; else what is not */
bool face_has_key(const struct face *face, uint32_t ref, uint32_t event);        /* shown now */
const struct face_list_lamp *face_list_lamp(const struct face *face,
                                            uint32_t transaction); /* NULL: nothing came of it */
void face_print(const struct face *face);

#endif
