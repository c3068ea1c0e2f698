/* A model phone: it registers as its kind does, shows what it is told (tests/sccpphone/face.h), acknowledges channels
 * sooner or later, and its user presses anything. */
#ifndef SCCPGW_TESTS_WALK_HANDSET_H
#define SCCPGW_TESTS_WALK_HANDSET_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/loop.h"
#include "sccp/codec.h"
#include "tests/sccpphone/face.h"

#define HANDSETS        8
#define HANDSET_SAYINGS 256 /* messages it has not sent yet */

struct saying {
        struct sccp_message message;
};

struct walk;

struct handset {
        const char *name;
        const struct kind *kind;
        unsigned version; /* it asks for */
        int wire;         /* its connection; -1: none */
        bool tls;         /* ... is over TLS */
        bool asleep;      /* switched off without a word: says nothing, not even keepalives */
        bool fresh;       /* it was switched off and on, and says so */
        bool registering;
        bool heard;      /* its Register was answered: what it was told before does not count */
        unsigned asked;  /* questions so far */
        uint8_t address; /* last octet */
        struct face face;
        struct sccp_context context;
        unsigned keepalive_s;
        struct loop_timer keepalive;
        struct sccp_message *sayings[HANDSET_SAYINGS]; /* owned */
        unsigned n_sayings;
        bool pressed_shown;                /* the latest key was one that is shown */
        uint32_t pressed;                  /* which */
        uint32_t party;                    /* of the channel it was told to open last */
        struct endpoint to;                /* where it was told last to send */
        struct sccp_media_key hears, says; /* under which keys, by the same messages */
        unsigned long messages;            /* it was sent */
};

void handset_init(struct handset *handset, unsigned index);
void handset_free(struct handset *handset);
void handset_connect(struct handset *handset);
void handset_hears(struct handset *handset, const uint8_t *frame, size_t len);
void handset_cut(struct handset *handset);  /* its connection was closed by the gateway */
bool handset_says(struct handset *handset); /* the next message that is due; false: none */
void handset_say(struct handset *handset, const struct sccp_message *message);  /* behind what is due */
void handset_send(struct handset *handset, const struct sccp_message *message); /* now */
bool handset_here(const struct handset *handset);                               /* registered */

/* keys.c */
void keys_press(struct handset *handset);
void keys_hang_up(struct handset *handset); /* the way to rest */

/* register.c of the walk */
void enroll_begin(struct handset *handset);
void enroll_step(struct handset *handset, const struct sccp_message *answer);

/* wire.c */
#define WIRES 64
int wire_open(struct handset *handset);                    /* -1: refused */
void wire_put(int wire, const uint8_t *frame, size_t len); /* from the phone */
void wire_break(int wire, bool by_phone);                  /* the connection ends */
void wire_leave(int wire);                                 /* its phone has forgotten it; the gateway has not */
unsigned wire_count(void);                                 /* connections the gateway has */
void wire_reset(void);

#endif
