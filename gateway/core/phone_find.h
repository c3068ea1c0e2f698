/* Private to phone*.c and alert.c: finding one of a phone's calls. */
#ifndef SCCPGW_CORE_PHONE_FIND_H
#define SCCPGW_CORE_PHONE_FIND_H

#include "gateway/core/call.h"
#include "gateway/core/phone.h"

#define NO_CALL (-1)

/* Indices in view.calls, or NO_CALL. `line` 0: on any line. */
int phone_find_active(const struct phone_view *view);
int phone_find_reference(const struct phone_view *view, uint32_t reference);
int phone_find_oldest(const struct phone_view *view, enum call_state state, unsigned line);
int phone_find_newest(const struct phone_view *view, enum call_state state);

/* The other call of a consultation, or of one for a conference: the one `i` was begun for, or that was begun for it;
 * NO_CALL: none is there. */
int phone_find_pair(const struct phone_view *view, int i);

enum phone_ring phone_ring_of(const struct call *call); /* alert.c */
enum call_state phone_soon(enum call_state state);      /* what it will be when the channel that is opened is open */

unsigned phone_count(const struct phone_view *view, enum call_state state);
/* Those that can be seen: a call that only waits for the outcome of a transfer takes no place, nor one of another
 * phone. */
unsigned phone_count_on(const struct phone_view *view, unsigned line);

#endif
