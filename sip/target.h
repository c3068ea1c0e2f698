/* Where a call of ours goes: through the line's PBX, or without one to a line or softphone known here; and where it
 * goes next when it is redirected. */
#ifndef SCCPGW_SIP_TARGET_H
#define SCCPGW_SIP_TARGET_H

#include "sip/dialog.h"

struct sip_s;

/* Sets the dialog's request URI, route and path. False: nobody has this number. */
bool target_find(struct dialog *dialog, const struct account *account, const char *number);

/* Calls this URI, through the line's PBX where it is one of its places. False: it is none to call. */
bool target_take(struct dialog *dialog, const char *uri);

/* The URI of a number as `account` calls it, for others to call; false when it is too long. */
bool target_uri(const struct account *account, const struct path *path, const char *number, char out[SIP_URI_SIZE]);

/* Takes the best Contact of a 3xx that was not tried in this call; false when there is none, or after too many. */
bool target_redirect(struct dialog *dialog, const struct sip_s *response);

#endif
