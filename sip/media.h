/* A dialog's session descriptions: our audio to the text of a body, and bodies of messages to their audio. */
#ifndef SCCPGW_SIP_MEDIA_H
#define SCCPGW_SIP_MEDIA_H

#include "sip/dialog.h"

struct sip_s;

enum media_found { MEDIA_NONE, MEDIA_GOOD, MEDIA_BAD };

/* Reads the body of a message, an offer or an answer to ours; remembers the m= lines of an offer for the answer. With
 * keys in it, `out` has those of both sides. BAD is logged. */
enum media_found media_read(struct dialog *dialog, const struct sip_s *message, bool offer, struct audio *out);

/* Is this the description the peer sent last, byte for byte? Then nothing changes but timers. */
bool media_is_known(const struct dialog *dialog, const struct sip_s *message);

/* Writes our side of the session, an offer or the answer to theirs; an empty address becomes the one of the dialog's
 * path. */
void media_write(struct dialog *dialog, const struct audio *audio, bool offer, char out[SDP_TEXT_SIZE]);

/* A body that is no session description: to be answered 415. */
bool media_is_foreign(const struct sip_s *message);

#endif
