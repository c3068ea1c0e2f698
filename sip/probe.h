/* Asking a PBX whether it is there: an OPTIONS over the same path, route and transport as its lines' requests
 * (RFC 3261 section 11). It keeps the bindings of NATs and firewalls on the way open, too. What answers mean is decided
 * in health.c. */
#ifndef SCCPGW_SIP_PROBE_H
#define SCCPGW_SIP_PROBE_H

#include "sip/health.h"
#include "sip/pbx.h"

void probe_start(struct pbx *pbx); /* if it has an address and is to be asked */
void probe_stop(struct pbx *pbx);
void probe_due(struct timer *timer); /* of its question_timer */
void probes_start(struct sip *sip);  /* of every PBX */
void probes_stop(struct sip *sip);

/* Why a request failed, in words for the log: the phrase of the answer, or what happened when there was none. */
struct sip_s;
void probe_reason(const struct sip_s *response, char reason[SIP_REASON_MAX]);

/* What a REGISTER to the PBX came to: its final status, from nobody when it was made up here. Reports a change by
 * SIP_PBX_STATE, before the caller reports what it means for the line; `reason` goes with it. */
void probe_learn(struct pbx *pbx, int64_t sent_ms, int status, bool nobody, const char *reason);

#endif
