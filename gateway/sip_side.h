/* The SIP side of the gateway: the core's words to commands for the sip thread, its events to the core's words, and
 * the registrations of the lines. */
#ifndef SCCPGW_GATEWAY_SIP_SIDE_H
#define SCCPGW_GATEWAY_SIP_SIDE_H

#include "gateway/gateway.h"

bool sip_side_start(struct gateway *gateway, char *why, size_t why_size);
void sip_side_stop(struct gateway *gateway, unsigned deadline_ms);

void sip_side_line_add(struct phone_line *line);
void sip_side_line(struct phone_line *line, enum line_event event); /* its phone came or went */

bool sip_side_dial(struct call_slot *slot); /* false: the sip thread cannot take more calls now */
/* Anything else about the call's dialog, with call.local as description where the command wants one. */
void sip_side_send(struct call_slot *slot, enum sip_command_kind kind, int status, int cause);
void sip_side_forget(struct call_slot *slot); /* the dialog is over: its name may be used again */

/* For the files of this side: a command of a kind that cannot fail, which waits when the queue is full; a party in the
 * core's words. */
void sip_side_command(struct gateway *gateway, const struct sip_command *command);
struct party sip_side_party(const struct sip_party *from);

#endif
