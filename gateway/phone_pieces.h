/* The pieces of a phone's face: what each is made of, and the messages that change it. Each piece compares with what
 * was sent before and says nothing when it is the same. */
#ifndef SCCPGW_GATEWAY_PHONE_PIECES_H
#define SCCPGW_GATEWAY_PHONE_PIECES_H

#include "gateway/gateway.h"

/* Those of the phone as a whole are sent when a call's turn reaches them, or at the end of the round. */
enum piece {
        END_OF_PIECES,
        RINGER,
        SPEAKER,
        LAMP,
        PICKED_UP, /* a call goes off hook before it is anything else */
        PLANE,
        DIALLED,
        STATE,
        KEYS,
        PROMPT,
        BANNER, /* who calls, in the middle of the display */
        INFO,
        QUIET,    /* the tone that was on ends ... */
        TONE,     /* ... the next one begins */
        SELECTED, /* marked for Join */
        STATISTICS,
        TIME,
        PIECES
};

/* One round of showing: the phone, how it should look, and the call whose turn it is (NULL: nobody's) with its new and
 * old looks. */
struct round {
        struct phone *phone;
        const struct phone_view *view;
        struct phone_look look;
        struct call_slot *slot;
        const struct look *now;
        const struct look *old;
};

extern void (*const show_piece[PIECES])(struct round *round);

void show_info(struct round *round); /* phone_info.c */
void show_lamp_of(struct round *round, unsigned line);
void show_mute(struct round *round);
void show_waiting_tone(struct round *round);
void show_zip_tone(struct round *round);
void show_beep(struct round *round);
void show_idle_prompt(struct phone *phone, bool always); /* the text of a phone in rest */

#endif
