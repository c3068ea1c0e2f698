/* Private to phone.c and the files of its keys: conferences at the PBX's focus (RFC 4579), where the PBX has one. The
 * phone calls the focus (call.at_focus), and the calls with the same call.gathers are sent after it. */
#ifndef SCCPGW_CORE_PHONE_FOCUS_H
#define SCCPGW_CORE_PHONE_FOCUS_H

#include "gateway/core/phone_find.h"

/* All of `joins` (by index in view.calls) and the active call meet there; no steps: they cannot. */
void phone_focus_gather(const struct phone_view *view, const bool *joins, int active, bool soon,
                        struct phone_steps *out);

/* One of the two is at the focus and the other goes there in the phone's place. */
void phone_focus_hand_over(const struct phone_view *view, int a, int b, struct phone_steps *out);

/* As conference_due(). */
bool phone_focus_due(const struct phone_view *view, struct phone_step *step);

#endif
