/* How the phone models we can play behave on the wire: what a gateway must be able to live with. */
#ifndef SCCPPHONE_KINDS_H
#define SCCPPHONE_KINDS_H

#include <stdbool.h>
#include <stdint.h>

enum kind_trait {
        KIND_BARE_HOOK = 1 << 0,    /* OffHook and OnHook say nothing (7912, CallManager 2 generation) */
        KIND_ZERO_ON_HOOK = 1 << 1, /* OnHook says line 0, call 0 (79xx from protocol 17) */
        KIND_SHORT_ACK = 1 << 2,    /* OpenReceiveChannelAck ends after the party id */
        KIND_BARE_ACK = 1 << 3,     /* media acks say neither party nor call (69xx) */
        KIND_TX_ACK = 1 << 4,       /* acknowledges StartMediaTransmission */
        KIND_SOFT_KEYS = 1 << 5,
        KIND_PATH_EVENTS = 1 << 6,    /* says which of handset, headset, speaker is used */
        KIND_KEYS_NO_LINE = 1 << 7,   /* KeypadButton says the digit only */
        KIND_NO_TEXT = 1 << 8,        /* no display at all */
        KIND_LABELS_ONLY = 1 << 9,    /* shows only the texts it has itself, never ours */
        KIND_SPCP = 1 << 10,          /* asks for a token first, and again now and then; says its lines before it asks
                                         for its keys (SPA) */
        KIND_NO_LINES_SAID = 1 << 11, /* never sends RegisterAvailableLines */
};

#define KIND_UTF8 0x0010 /* the bit of features that says so */

struct kind {
        const char *name;
        uint32_t device_type;
        unsigned version;  /* the highest protocol it speaks; 0: its Register says none */
        uint16_t features; /* bits of Register, enums.yaml phone_features */
        unsigned traits;
        unsigned lines, speed_dials; /* asked for while registering */
};

const struct kind *kind_by_name(const char *name); /* NULL: not played here */
void kinds_print(void);

#endif
