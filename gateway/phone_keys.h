/* Keys of a phone as presses of the core. A soft key that would do nothing now is hidden: what a key does is asked of
 * the same rules that act on it, so that the two cannot differ. */
#ifndef SCCPGW_GATEWAY_PHONE_KEYS_H
#define SCCPGW_GATEWAY_PHONE_KEYS_H

#include "gateway/gateway.h"

/* False: the key means nothing to this phone. */
bool phone_key_press(const struct phone *phone, const struct sccp_input *input, struct phone_press *press);

/* SelectSoftKeys.valid_keys: all bits but those of keys of `set` that would do nothing, pressed with this line and call
 * (0, 0: the keys of no call). */
uint32_t phone_keys_valid(const struct phone *phone, const struct phone_view *view, uint32_t set, unsigned line,
                          uint32_t reference);

#endif
