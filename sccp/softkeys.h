/* The soft keys we have and the sets they are shown in. Pure tables; the phone shows a set, we may hide keys of it. */
#ifndef SCCPGW_SCCP_SOFTKEYS_H
#define SCCPGW_SCCP_SOFTKEYS_H

#include "sccp/schema.h"

#define SCCP_SOFT_KEYS_ALL 0xFFFFFFFF

void sccp_soft_key_template(struct sccp_soft_key_template_res *out);
void sccp_soft_key_sets(struct sccp_soft_key_set_res *out);

/* The bit of SelectSoftKeys.valid_keys that shows `key` (SCCP_SOFTKEY_...) in `set` (SCCP_SOFTKEYS_...); 0 when the set
 * does not have it. */
uint32_t sccp_soft_key_bit(uint32_t set, uint32_t key);

#endif
