/* The early dialogs of one INVITE of ours (RFC 3261 section 12.1, RFC 3262): one leg for each To tag that answers,
 * until a 2xx chooses one of them. A 2xx of another one later gets its ACK and BYE from sofia. */
#ifndef SCCPGW_SIP_FORK_H
#define SCCPGW_SIP_FORK_H

#include "sip/dialog.h"

struct sip_s;

/* The early dialog a response belongs to, made when it is its first; NULL without a To tag, or when there are too
 * many. */
struct fork *fork_of(struct dialog *dialog, const struct sip_s *response);

bool fork_is_reliable(const struct sip_s *response);

/* PRACK for a reliable response. False: a repetition or out of order, to be ignored. True for unreliable ones. */
bool fork_acknowledge(struct dialog *dialog, struct fork *fork, const struct sip_s *response);

/* The early dialog a request came in; NULL: none (any more). */
struct fork *fork_asking(struct dialog *dialog, const struct sip_s *request);

/* A 2xx: its leg becomes the dialog's, the others are dropped, ACK is sent. Returns what was known of it before; the
 * leg in it is not to be used. */
struct fork fork_choose(struct dialog *dialog, const struct sip_s *response);

void forks_drop(struct dialog *dialog);

#endif
