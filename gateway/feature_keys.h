/* Keys beside the display that are soft keys (`{feature: NAME}`): pressed they are the same; a lamp shows whether what
 * they stand for is on. */
#ifndef SCCPGW_GATEWAY_FEATURE_KEYS_H
#define SCCPGW_GATEWAY_FEATURE_KEYS_H

#include "gateway/gateway.h"

/* The key (SCCP_BUTTON_...) of the soft key with that name; UNUSED: there is none. */
uint32_t feature_key_type(const char *name);

/* Adds errors for features nobody knows, or that a phone has twice. */
void feature_keys_check(const struct config_phone *phone, struct config_report *report);

void feature_keys_show(struct phone *phone, const struct phone_view *view); /* lamps, as far as they changed */

#endif
