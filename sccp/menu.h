/* A list on the display of a phone that shows XML (UserToDeviceDataV1): names to choose from, keys under them. What the
 * user does comes back as SCCP_INPUT_CHOICE with the application, the call and "WORD/VALUE". Cisco's "IP Phone Services
 * Application Development Notes" describe the objects; field-guide 1.E and B14 which phones have them. Pure. */
#ifndef SCCPGW_SCCP_MENU_H
#define SCCPGW_SCCP_MENU_H

#include "sccp/display.h"

struct sccp_menu {
        struct sccp_message message; /* to be sent when all was put in */
        uint32_t application;        /* SCCP_APPLICATION_... */
        bool full;                   /* something had no room: what is there is whole */
};

bool sccp_menu_shown(const struct sccp_reader *reader); /* false: this phone shows none */

void sccp_menu_begin(struct sccp_menu *menu, uint32_t application, uint32_t line, uint32_t call_ref, const char *title);
void sccp_menu_item(struct sccp_menu *menu, const char *name, uint32_t value);
void sccp_menu_key(struct sccp_menu *menu, unsigned place, const char *label, const char *word);
void sccp_menu_end(struct sccp_menu *menu); /* with a key to leave it at the fourth place */

#endif
