/* Why a phone came, in words: the text of Alarm ("Name=SEP... Load=... Last=CM-aborted-TCP") and the XML of XmlAlarm,
 * which newer loads send. Pure; nothing of what a phone writes gets out but printable ASCII. */
#ifndef SCCPGW_SCCP_ALARM_H
#define SCCPGW_SCCP_ALARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCCP_REASON_SIZE 96

struct sccp_alarm_news {
        char reason[SCCP_REASON_SIZE]; /* "power-up (Initialized)"; empty: it does not say */
        char load[64];                 /* its firmware; empty: likewise */
        bool fresh;                    /* it has been switched on, or reset: nothing of before goes on */
        char line[256];                /* all of it in one line, for the log */
};

void sccp_alarm_text(const char *text, struct sccp_alarm_news *out);

/* `xml` is as it came: any bytes, no NUL at its end. It is searched, not parsed: phones write what no parser takes,
 * such as <not open> for an address, and no entity is ever expanded. */
void sccp_alarm_xml(const uint8_t *xml, size_t len, struct sccp_alarm_news *out);

#endif
