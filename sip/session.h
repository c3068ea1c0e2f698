/* Changes of a session that stands: re-INVITE and UPDATE from either side, one offer and its answer at a time
 * (RFC 3261 section 14, RFC 3311, RFC 3264). */
#ifndef SCCPGW_SIP_SESSION_H
#define SCCPGW_SIP_SESSION_H

#include "sip/dialog.h"

struct nta_incoming_s;
struct sip_s;

/* Commands. */
void session_offer(struct dialog *dialog, const struct audio *audio);
void session_accept(struct dialog *dialog, const struct audio *audio);
void session_refuse(struct dialog *dialog, int status);

/* Their re-INVITE or UPDATE; returns the status for nta: 0, or a final one. */
int session_changed(struct dialog *dialog, struct nta_incoming_s *irq, const struct sip_s *sip);

/* The dialog has just become confirmed: timers run, an offer that had to wait goes out. */
void session_begin(struct dialog *dialog);

/* An exchange is over: an offer that waited for it goes out. */
void session_next(struct dialog *dialog);

/* Does a message say that somebody else speaks now (RFC 4916, and PBXs that send P-Asserted-Identity)? */
bool session_party(struct dialog *dialog, const struct sip_s *message, struct sip_party *out);

/* The session timer wants a refresh: UPDATE where the peer knows it, else re-INVITE with the same description. */
void session_refresh(struct dialog *dialog);

#endif
