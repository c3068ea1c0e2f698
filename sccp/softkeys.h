/* The soft keys we have and the sets they are shown in. Pure tables; the phone shows a set, we may hide keys of it. */
#ifndef SCCPGW_SCCP_SOFTKEYS_H
#define SCCPGW_SCCP_SOFTKEYS_H

#include <stddef.h>
#include <stdint.h>

#include "sccp/schema.h"

#define SCCP_SOFT_KEYS_ALL   0xFFFFFFFF
#define SCCP_SOFT_KEYS_MAX   32 /* of a template */
#define SCCP_SOFT_KEY_PLACES 16 /* of a set */
#define SCCP_SOFT_KEY_SETS   13 /* SCCP_SOFTKEYS_ON_HOOK and so on */

/* The soft keys of a phone: SCCP_SOFTKEY_... in their places, by set; none leaves a place free. */
struct sccp_soft_keys {
        uint8_t sets[SCCP_SOFT_KEY_SETS][SCCP_SOFT_KEY_PLACES];
};

void sccp_soft_keys_standard(struct sccp_soft_keys *out); /* as CallManager places them */

/* Names are those of configuration: "newcall". NONE: unknown; NULL behind the last. */
uint32_t sccp_soft_key_by_name(const char *name);
const char *sccp_soft_key_name_at(size_t index);

/* Other keys for one set: `count` events, of keys we have or NONE. */
void sccp_soft_keys_fill(struct sccp_soft_keys *keys, uint32_t set, const uint32_t *events, size_t count);

size_t sccp_soft_keys_count(const struct sccp_soft_keys *keys); /* different ones: the template has room for some */

/* What the phone is told: the keys that are in any set, and the sets. */
void sccp_soft_key_template(const struct sccp_soft_keys *keys, struct sccp_soft_key_template_res *out);
void sccp_soft_key_sets(const struct sccp_soft_keys *keys, struct sccp_soft_key_set_res *out);

/* The bit of SelectSoftKeys.valid_keys that shows the key `event` (SCCP_SOFTKEY_...) in `set` (SCCP_SOFTKEYS_...); 0
 * when the set does not have it. */
uint32_t sccp_soft_key_bit(const struct sccp_soft_keys *keys, uint32_t set, uint32_t event);

#endif
