/* Voicemail: what PBXs tell of the lines' mailboxes, and what phones show of it: the lamp, an icon beside each line,
 * the text of a phone in rest, a stuttering dial tone where there is no lamp, and the number of the Messages key.
 * Who is believed and what is counted is core/mail.h. Facts: flows.md 16, field-guide 1.I, B11. */
#ifndef SCCPGW_GATEWAY_MAIL_SIDE_H
#define SCCPGW_GATEWAY_MAIL_SIDE_H

#include "gateway/gateway.h"

/* The line is known to the SIP side: its mailbox is asked for whenever it is registered. */
void mail_line_added(const struct account *account);

/* SIP_WATCHED about a line's mailbox, or SIP_MAIL. */
void mail_event(struct gateway *gateway, const struct sip_event *event);

void mail_show(struct phone *phone, bool in_call); /* lamps, as far as they changed */
bool mail_waits(const struct phone *phone);
bool mail_stutters(const struct phone_line *line); /* its dial tone has to say it */

/* What the Messages key dials, and on which line; `line` is the one it was pressed for, 0: none. False: nobody knows a
 * number. */
bool mail_number(const struct phone *phone, unsigned line, char *number, size_t size, unsigned *on);

#endif
