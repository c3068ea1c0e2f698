/* The SIP side of the gateway: the core's words to commands for the sip thread, its events to the core's words, and
 * the registrations of the lines. */
#ifndef SCCPGW_GATEWAY_SIP_SIDE_H
#define SCCPGW_GATEWAY_SIP_SIDE_H

#include "gateway/gateway.h"

bool sip_side_start(struct gateway *gateway, char *why, size_t why_size);
void sip_side_stop(struct gateway *gateway, unsigned deadline_ms);

void sip_side_line_add(struct account *account);
void sip_side_line_remove(struct account *account);
void sip_side_line_anew(struct account *account);                    /* it registers anew; its calls go on */
void sip_side_pbx(struct gateway *gateway, uint32_t pbx);            /* the one at that place has become another */
void sip_side_line_texts(const struct account *account, int status); /* SIP_CMD_LINE_TEXTS */
void sip_side_line(struct account *account, enum line_event event);  /* its phones came or went */

bool sip_side_dial(struct call_slot *slot); /* false: the sip thread cannot take more calls now */
/* Anything else about the call's dialog, with call.local as description where the command wants one. */
void sip_side_send(struct call_slot *slot, enum sip_command_kind kind, int status, int cause);
void sip_side_redirect(struct call_slot *slot, enum redirect_reason reason); /* to call.transfer_to */
void sip_side_forget(struct call_slot *slot); /* the dialog is over: its name may be used again */

/* For the files of this side: a party in the core's words; a caller nobody has answered yet is sent elsewhere. */
struct party sip_side_party(const struct sip_party *from);
void sip_side_send_away(struct gateway *gateway, uint32_t dialog, const char *to, enum redirect_reason reason);

#define NEWS_LINES 20 /* lines of log about registrations that fail, or calls turned away, */
#define NEWS_S     60 /* in so many seconds */

/* sip_queue.c: a command of a kind that cannot fail, which waits when the queue is full. */
void sip_side_command(struct gateway *gateway, const struct sip_command *command);
bool sip_queue_start(struct gateway *gateway);       /* false: no memory */
bool sip_queue_waits(const struct gateway *gateway); /* commands do: it is no time for more calls */
void sip_queue_flush(struct gateway *gateway);       /* one last try */
void sip_queue_free(struct gateway *gateway);

/* sip_lines.c, sip_incoming.c: events of the sip thread. */
void sip_lines_state(struct gateway *gateway, const struct sip_event *event);
void sip_lines_pbx_state(struct gateway *gateway, const struct sip_event *event);
void sip_incoming(struct gateway *gateway, const struct sip_event *event);
void sip_incoming_join(struct phone *phone); /* it has just come: callers that ring its lines elsewhere ring it too */

#endif
