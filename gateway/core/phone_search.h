/* Private to phone.c and the files of its keys (phone_*.c): a key finds its call and says what happens to it, and to
 * the others. */
#ifndef SCCPGW_CORE_PHONE_SEARCH_H
#define SCCPGW_CORE_PHONE_SEARCH_H

#include "gateway/core/call.h"
#include "gateway/core/phone.h"
#include "gateway/core/phone_find.h"

struct search {
        const struct phone_view *view;
        const struct phone_press *press;
        struct phone_steps *out;
        bool soon; /* what would be done in a moment counts too */
};

/* Calls are indices in view.calls, or NO_CALL. */
const struct call *search_call(const struct search *s, int i);
int search_named(const struct search *s); /* the one the press names */
bool search_is(const struct search *s, int i, enum call_state state);
bool search_is_up(const struct search *s, int i);
bool search_is_on_hold(const struct search *s, int i);            /* also by another phone of its line */
int search_oldest_on_hold(const struct search *s, unsigned line); /* our own first */
bool search_is_typing(const struct search *s, int i);
bool search_can_leave(const struct search *s, int i); /* held, and not being transferred yet */
bool search_rings_there(const struct call *call);
enum call_state search_state(const struct search *s, int i);

/* How a call in that state makes room for another one; EVENT_KINDS: it cannot. */
enum event_kind search_put_away(enum call_state state);

void search_add(struct search *s, int call, unsigned line, enum event_kind event);
void search_give(struct search *s, int i, enum event_kind event);      /* NO_CALL: nothing */
void search_give_active(struct search *s, enum event_kind event);      /* ... unless another one is named */
void search_take_over(struct search *s, int i, enum event_kind event); /* ... from the active call, if that can be */
void search_begin(struct search *s, enum event_kind event);            /* the last step begins a call, if one may */

/* The transfer, or conference, that one of the two calls was begun for. False: nothing to complete. */
bool phone_transfer_complete(struct search *s, int active);
void phone_transfer_consult(struct search *s, int active, enum call_purpose purpose);

/* phone_talk.c */
void press_off_hook(struct search *s);
void press_on_hook(struct search *s);
void press_line(struct search *s);
void press_new_call(struct search *s);
void press_answer(struct search *s);
void press_end_call(struct search *s);
void press_resume(struct search *s);
void press_hold(struct search *s);
void press_digit(struct search *s);
void press_backspace(struct search *s);
void press_dial(struct search *s);
void press_number(struct search *s);
void press_enbloc(struct search *s);

/* phone_transfer.c */
void press_transfer(struct search *s);
void press_direct_transfer(struct search *s);
void press_flash(struct search *s);

/* phone_conference.c */
void press_conference(struct search *s);
void press_join(struct search *s);
void press_select(struct search *s);
void press_remove_last(struct search *s);
void press_remove(struct search *s);
void press_conference_list(struct search *s);

/* phone_set.c */
void press_forward(struct search *s);
void press_dnd(struct search *s);
void press_call_back(struct search *s);
void press_divert(struct search *s);

/* phone_share.c: calls of other phones of a line */
void press_steal(struct search *s);
void press_barge(struct search *s);

/* phone_code.c */
void press_pickup(struct search *s);
void press_pick_up(struct search *s);
void press_other_pickup(struct search *s);
void press_group_pickup(struct search *s);
void press_park(struct search *s);
void press_private(struct search *s);
void press_malicious(struct search *s);
void press_quality(struct search *s);

#endif
