/* Conferences of one phone's calls: what has to happen to whom when somebody came or went.
 *
 * A conference is calls with the same call.conference. One of them is the host: its phone side is the phone's one audio
 * channel, and the phone shows it as the conference; the others are members out of sight. On hold the host's channel is
 * closed and everybody else goes on. A conference without a host is one whose phone has left (call.parted).
 * Every member keeps its own dialog, which is active: only the relay's side towards it speaks in the mixer. */
#ifndef SCCPGW_CORE_CONFERENCE_H
#define SCCPGW_CORE_CONFERENCE_H

#include "gateway/core/phone.h"

#define CONFERENCE_PARTIES_MAX 8 /* the phone is one of them */

/* Among a phone's calls, the next one that has to know how its conference has changed; false: all is settled. Called
 * again after the event was given, until it says so. */
bool conference_due(const struct phone_view *view, struct phone_step *step);

/* Who inherits a conference from a host that is over: index of the member that joined first, -1: nobody. */
int conference_heir(const struct phone_view *view, uint32_t conference);

unsigned conference_calls(const struct phone_view *view, uint32_t conference);
bool conference_has(const struct call *call, uint32_t conference); /* the call takes part in it */

#endif
