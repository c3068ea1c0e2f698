/* What one call looks like on its phone: a function of the call's state, in neutral words, one table.
 * The gateway asks after every event and sends what differs from before. */
#ifndef SCCPGW_CORE_LOOK_H
#define SCCPGW_CORE_LOOK_H

#include <stdbool.h>

#include "gateway/core/event.h"

struct call;

#define LOOK_TEXT_SIZE 120

enum look_state {
        LOOK_ON_HOOK,
        LOOK_OFF_HOOK,
        LOOK_PROCEED,
        LOOK_RING_OUT,
        LOOK_RING_IN,
        LOOK_CONNECTED,
        LOOK_HOLD,
        LOOK_PARK,        /* on its way to where it can be fetched */
        LOOK_REMOTE,      /* in use on another phone of the line */
        LOOK_REMOTE_HOLD, /* held there */
        LOOK_TRANSFER,    /* held while somebody is consulted, or sent on its way */
        LOOK_BUSY,
        LOOK_CONGESTION,
        LOOK_INVALID_NUMBER,
};

/* The soft key set of the call. On hook means no call: it is selected for line 0, call 0. */
enum look_keys {
        LOOK_KEYS_ON_HOOK,
        LOOK_KEYS_OFF_HOOK,
        LOOK_KEYS_DIGITS,
        LOOK_KEYS_RING_OUT,
        LOOK_KEYS_RING_IN,
        LOOK_KEYS_CONNECTED,
        LOOK_KEYS_ON_HOLD,
        LOOK_KEYS_CONSULT,    /* off hook to consult somebody */
        LOOK_KEYS_CONSULTING, /* connected with who was consulted */
        LOOK_KEYS_CONFERENCE, /* connected with several */
        LOOK_KEYS_REMOTE,     /* in use on another phone, from which it may be taken or joined */
        LOOK_KEYS_REMOTE_SECRET,
};

enum look_lamp { LOOK_LAMP_OFF, LOOK_LAMP_ON, LOOK_LAMP_WINK, LOOK_LAMP_BLINK };

enum look_tone {
        LOOK_TONE_SILENT,
        LOOK_TONE_INSIDE_DIAL,
        LOOK_TONE_OUTSIDE_DIAL,
        LOOK_TONE_RINGBACK,
        LOOK_TONE_BUSY,
        LOOK_TONE_REORDER,
        LOOK_TONE_ZIP, /* a short one: a number is wanted for a setting */
};

enum look_prompt {
        PROMPT_NONE,
        PROMPT_ENTER_NUMBER,
        PROMPT_PROCEED,   /* text: whom */
        PROMPT_RING_OUT,  /* text: whom */
        PROMPT_FROM,      /* text: who calls */
        PROMPT_CONNECTED, /* text: with whom */
        PROMPT_HOLD,
        PROMPT_HELD_BY_FAR, /* the other side put us on hold */
        PROMPT_TRANSFER,    /* whom to? */
        PROMPT_TRANSFERRING,
        PROMPT_TRANSFER_FAILED,
        PROMPT_PARKING,
        PROMPT_PARK_FAILED,
        PROMPT_PICKUP,       /* whom? */
        PROMPT_NO_PICKUP,    /* nothing rings there */
        PROMPT_PRIVATE,      /* enter a number, it will not be told who calls */
        PROMPT_CALL_BACK,    /* text: who is free now */
        PROMPT_FROM_PRIVATE, /* somebody who does not say */
        PROMPT_CONFERENCE,
        PROMPT_CONFERENCE_FAILED,
        PROMPT_IN_USE_REMOTE,
        PROMPT_BARGE,
        PROMPT_BARGE_FAILED,
        PROMPT_BUSY,
        PROMPT_TEMPORARY_FAILURE,
        PROMPT_UNKNOWN_NUMBER,
        PROMPT_NO_ANSWER,
        PROMPT_DECLINED, /* text: the reason given, may be "" */
        PROMPT_NOT_REGISTERED,
        PROMPT_NO_COMMON_CODEC,
        PROMPT_NO_CHANNEL, /* the phone could not open its audio channel */
        PROMPT_NO_PORTS,
        PROMPT_LOOP, /* calls would be forwarded to where they come from */
};

enum look_info { INFO_NONE, INFO_OUTGOING, INFO_INCOMING };

/* Plain value: two looks are compared field by field. */
const char *look_lamp_name(enum look_lamp lamp); /* "blink" */

struct look {
        enum look_state shown;
        enum look_keys keys;
        enum look_lamp lamp; /* what this call wants of its line's lamp; phone_lamp() decides among several calls */
        enum look_tone tone; /* never while audio may come through the phone's receive channel */
        enum look_prompt prompt;
        char text[LOOK_TEXT_SIZE]; /* "Alice (1001)", as the prompt says */
        enum look_info info;       /* which call information is shown, with these: */
        struct parties parties;
        bool selected; /* marked for Join */
};

void call_look(const struct call *call, struct look *out);

#endif
