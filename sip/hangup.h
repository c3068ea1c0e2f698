/* How dialogs end: CANCEL, BYE or a refusal, whichever the state asks for, and the same from the other side. */
#ifndef SCCPGW_SIP_HANGUP_H
#define SCCPGW_SIP_HANGUP_H

#include "sip/dialog.h"

struct sip_s;

/* SIP_CMD_END, SIP_CMD_REJECT: `status` answers an INVITE that waits (0: what `cause` suggests). The name is given
 * back at once; what is left to be said to the peer is said without it. */
void hangup(struct dialog *dialog, int status, int cause, const char *reason);

/* The session is over and the peer shall know: BYE, and SIP_ENDED to the other side of the house. */
void hangup_lost(struct dialog *dialog, int cause, const char *reason);

/* BYE on the dialog's leg, which must be confirmed. */
void hangup_bye(struct dialog *dialog, int cause, const char *reason);

/* Their BYE or CANCEL: tells SIP_ENDED with what its Reason header says; the dialog is gone after it. */
void hangup_heard(struct dialog *dialog, const struct sip_s *request);

#endif
