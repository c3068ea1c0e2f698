/* Private to the files of keys: keys that concern several calls at once because of a conference. */
#ifndef SCCPGW_CORE_PHONE_CONFERENCE_H
#define SCCPGW_CORE_PHONE_CONFERENCE_H

#include "gateway/core/phone_find.h"

/* The held call and the active one talk to each other and to the phone. False: that means nothing. */
bool phone_conference_meet(const struct phone_view *view, int held, int active, bool soon, struct phone_steps *out);
void phone_conference_join(const struct phone_view *view, int active, bool soon, struct phone_steps *out);
void phone_conference_remove_last(const struct phone_view *view, int active, struct phone_steps *out);

/* One of the two is a conference and the other becomes a member in the phone's place. */
void phone_conference_hand_over(const struct phone_view *view, int a, int b, struct phone_steps *out);

/* The user hangs up: of a conference the phone leaves, or everybody; any other call ends. */
void phone_conference_hang_up(const struct phone_view *view, int i, struct phone_steps *out);

bool phone_conference_may_grow(const struct phone_view *view, int i, struct phone_steps *out); /* false: said in out */

#endif
