/* SUBSCRIBE requests of one watch: waiting for their turn, sent, answered. */
#ifndef SCCPGW_SIP_SUBSCRIBE_H
#define SCCPGW_SIP_SUBSCRIBE_H

#include "sip/watch.h"

struct sip_contact_s;
struct sip_route_s;

/* Sends what watch->asked_s and its dialog say: at once as the next step of an attempt, else when it is its turn. */
void subscribe_send(struct watch *watch, bool at_once);
void subscribe_done(struct watch *watch);    /* no request is under way: the turn goes to another */
void subscribe_abandon(struct watch *watch); /* before it is freed: takes it out of everything */

/* Takes what begins the dialog or moves its target. `reverse`: of a response (RFC 3261 section 12.1). */
void subscribe_dialog(struct watch *watch, const char *tag, const struct sip_contact_s *contact,
                      const struct sip_route_s *record_route, bool reverse);

const char *subscribe_package(const struct watch *watch); /* event package */
const char *subscribe_type(const struct watch *watch);    /* media type of its bodies */
const char *subscribe_target(const struct watch *watch);  /* number */

#endif
