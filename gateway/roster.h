/* Who is there: the phones and lines of the configuration, which several phones may share, and those handed out to
 * unknown phones. Each stays where it is until it is removed, so pointers to it stay good. */
#ifndef SCCPGW_GATEWAY_ROSTER_H
#define SCCPGW_GATEWAY_ROSTER_H

#include "gateway/gateway.h"
#include "gateway/settings.h"

bool roster_init(struct gateway *gateway); /* from gateway->settings; false: no memory */
void roster_free(struct gateway *gateway);

/* With all numbers that may be handed out. */
size_t roster_phones_max(const struct gateway *gateway);
size_t roster_lines_max(const struct gateway *gateway);

struct phone *roster_phone(const struct gateway *gateway, const char *name);   /* case does not matter; NULL: unknown */
struct account *roster_account(const struct gateway *gateway, uint32_t index); /* NULL: there is none (any more) */
struct account *roster_line(const struct gateway *gateway, const char *id);    /* by its name in the configuration */

/* The place of a line's PBX in gateway->pbxs. */
uint32_t roster_pbx(const struct gateway *gateway, const struct settings *settings, const struct config_line *config);

/* For a reload. What is told to nobody here: phones, sip/ and who watches are the caller's. NULL or false: no memory.
 * rebind: the same phone or line as another configuration has it; its lines stay. renew: of a phone without calls and
 * session, whose lines are made anew; lines that no phone has any more stay, for the caller. */
struct phone *roster_phone_add(struct gateway *gateway, struct settings *settings, const struct config_phone *config);
void roster_phone_rebind(struct phone *phone, struct settings *settings, const struct config_phone *config);
bool roster_phone_renew(struct phone *phone, struct settings *settings, const struct config_phone *config);
void roster_phone_remove(struct phone *phone); /* likewise; freed */
void roster_account_rebind(struct account *account, struct settings *settings, const struct config_line *config);
void roster_account_free(struct account *account); /* no phone has it */

/* A phone nobody configured gets a number of its own (sccp.unknown_phones: auto); NULL when all are taken,
 * or none are to be handed out. roster_can_hand_out only asks. roster_refill makes its configuration anew. */
bool roster_can_hand_out(const struct gateway *gateway);
struct phone *roster_hand_out(struct gateway *gateway, const char *name);
const struct config_phone *roster_refill(struct phone *phone, const struct config *config);

#endif
