/* Headers that ask for a ring or for an answer without a hand: Alert-Info (RFC 3261, 7462), Call-Info with
 * answer-after, Answer-Mode and Priv-Answer-Mode (RFC 5373), in the spellings PBXs are known to use. What is not
 * understood asks for nothing: an unknown ring is an ordinary one. */
#ifndef SCCPGW_SIP_ALERTING_H
#define SCCPGW_SIP_ALERTING_H

#include <stddef.h>

#include "gateway/base/alerting.h"

struct sip_s; /* sofia's sip_t */

#define ALERTING_AFTER_MAX 60 /* seconds; who asks for more is an ordinary caller */

void alerting_read(const struct sip_s *request, struct alerting *out);

/* The pieces, on header values (pointer and length). Each adds what it finds. */
void alerting_alert_info(const char *value, size_t len, struct alerting *out);
void alerting_call_info(const char *value, size_t len, struct alerting *out);
void alerting_answer_mode(const char *value, size_t len, struct alerting *out);

#endif
