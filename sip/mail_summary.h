/* application/simple-message-summary (RFC 3842 section 5.2): is there voicemail, how much, and where to fetch it. */
#ifndef SCCPGW_SIP_MAIL_SUMMARY_H
#define SCCPGW_SIP_MAIL_SUMMARY_H

#include "sip/sip.h"

#define MAIL_SUMMARY_SIZE_MAX 4096
#define MAIL_COUNT_MAX        99999 /* more is cut to this */

/* NULL, or a sentence why it cannot be read; `out` is then empty. Classes other than voice are passed over. */
const char *mail_summary_read(const char *text, size_t len, struct sip_mail *out);

#endif
