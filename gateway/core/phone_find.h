/* Private to phone.c and phone_look.c: finding one of a phone's calls. */
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

unsigned phone_count_on(const struct phone_view *view, unsigned line);

#endif
