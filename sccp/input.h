/* What users do at a phone, in words that do not depend on its protocol version: soft keys and hard keys with the same
 * meaning are one key, the button indexes of older loads are line instances. Pure. */
#ifndef SCCPGW_SCCP_INPUT_H
#define SCCPGW_SCCP_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/addr.h"
#include "sccp/schema.h"
#include "sccp/setup.h"

enum sccp_input_kind {
        SCCP_INPUT_OFF_HOOK,
        SCCP_INPUT_ON_HOOK,
        SCCP_INPUT_DIGIT,      /* digit: '0'-'9' '*' '#' '+' */
        SCCP_INPUT_NUMBER,     /* en bloc: number */
        SCCP_INPUT_LINE_KEY,   /* line */
        SCCP_INPUT_SPEED_DIAL, /* instance: the n-th speed dial of the profile, 1-based */
        SCCP_INPUT_FLASH,      /* the hook of an analog phone */
        SCCP_INPUT_SOFT_KEY,   /* key: soft key or the hard key that means the same */
        SCCP_INPUT_RX_OPENED,  /* party, endpoint */
        SCCP_INPUT_RX_FAILED,  /* party, status */
        SCCP_INPUT_TX_FAILED,  /* party, status: MediaTransmissionFailure, or a start acknowledged with an error */
        SCCP_INPUT_STATISTICS, /* statistics */
        SCCP_INPUT_MESSAGES,   /* the key that asks for voice mail */
        SCCP_INPUT_CHOICE,     /* of a list (menu.h): application, number: "WORD/VALUE" */
        SCCP_INPUT_SUBSCRIBE,  /* a number of its call lists (number, "": none): transaction, feature, timer_s; 0: no
                                  more */
        SCCP_INPUT_REASON,     /* it says why it came: sccp_session_last_reason */
};

struct sccp_input {
        enum sccp_input_kind kind;
        uint32_t line;      /* 1-based, one this phone has; 0: not said */
        uint32_t reference; /* call reference as the phone said it: look it up; 0: not said */
        uint32_t party;     /* pass-through party id, 0: not said */
        uint32_t instance;
        uint32_t status; /* SCCP_MEDIA_... */
        char digit;
        uint32_t key; /* SCCP_SOFTKEY_... */
        uint32_t application;
        uint32_t transaction, feature, timer_s;
        char number[32];
        struct endpoint endpoint;
        struct {
                uint32_t packets_sent, packets_received, packets_lost, jitter_ms, latency_ms;
        } statistics;
};

/* Translates a message of a ready phone that negotiated `version`; false if it means nothing to a call. */
bool sccp_input_read(const struct sccp_message *message, const struct sccp_setup *setup, unsigned version,
                     struct sccp_input *out);

/* The hard key (SCCP_BUTTON_...) that means the same as the soft key; UNUSED: there is none. */
uint32_t sccp_button_of_key(uint32_t key);

#endif
