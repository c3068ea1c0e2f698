/* What a user types into a number: the dial plan says whether that is enough, too little or wrong, and what is sent.
 * Patterns are text: digits and * # + stand for themselves, x is any digit, [2-9] one of those, . one or more of
 * anything (only at the end), and ! at the very end: send at once. The first pattern that matches wins. A pattern that
 * breaks these rules never matches a whole number. */
#ifndef SCCPGW_CORE_DIAL_H
#define SCCPGW_CORE_DIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/core/event.h"

#define DIAL_DIGITS_MAX 31 /* typed digits; one more is not taken, the number goes out as it is */

struct dial_rule {
        const char *match;
        unsigned strip;      /* digits taken off the front before the number is sent */
        const char *prepend; /* put in front after that; NULL or "": nothing */
        bool outside_tone;   /* the outside dial tone is heard after the literal digits at the front of the pattern */
};

/* Without rules any number is good and ends by the timer, the terminator or the Dial key. */
struct dial_plan {
        const struct dial_rule *rules;
        size_t n_rules;
        char terminator;   /* ends a number that has begun; 0: none */
        unsigned first_ms; /* until the first digit; not 0 */
        unsigned next_ms;  /* between digits; not 0 */
};

enum dial_answer {
        DIAL_MORE,     /* go on: the timer decides */
        DIAL_COMPLETE, /* send it now */
        DIAL_INVALID,  /* nothing in the plan begins like this */
};

/* What is known after another digit; `digits` is all that was typed, without the terminator. */
enum dial_answer dial_check(const struct dial_plan *plan, const char *digits);

/* The typing is over: DIAL_COMPLETE with the number to send in `number`, or DIAL_INVALID. */
enum dial_answer dial_finish(const struct dial_plan *plan, const char *digits, char number[PARTY_NUMBER_SIZE]);

/* The outside dial tone is due after exactly these digits. */
bool dial_outside_tone(const struct dial_plan *plan, const char *digits);

#endif
