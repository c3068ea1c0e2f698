/* application/pidf+xml (RFC 3863) with rich presence (RFC 4480) and the notes PBXs put their states into. */
#ifndef SCCPGW_SIP_PIDF_H
#define SCCPGW_SIP_PIDF_H

#include "sip/sip.h"

/* NULL, or a sentence why it cannot be read. */
const char *pidf_read(const char *text, size_t len, enum sip_presence *out);

#endif
