/* The phone side of the gateway: what users do becomes words of the core, and the core's wishes for one phone's
 * channels become SCCP messages. How calls look is in phone_show. */
#ifndef SCCPGW_GATEWAY_PHONE_SIDE_H
#define SCCPGW_GATEWAY_PHONE_SIDE_H

#include "gateway/gateway.h"

bool phone_side_start(struct gateway *gateway, char *why, size_t why_size);
void phone_side_update(struct gateway *gateway);      /* by another configuration */
void phone_side_hang_up_all(struct gateway *gateway); /* every call ends as if its phone hung up */

void phone_side_forget(struct gateway *gateway); /* the server is gone, and with it all phones */

/* What this phone can do with audio: its own codecs in configured order. */
struct audio phone_side_audio(const struct phone *phone);
struct way_rules phone_side_way(const struct phone *phone);  /* when its audio may leave the relay */
uint8_t phone_side_digits_out(const struct call_slot *slot); /* as what it sends them; 0: not in this call */
uint8_t phone_side_digits_in(const struct call_slot *slot);  /* as what it hears them; 0: not at all */
struct ip phone_side_our_address(const struct phone *phone);

/* Nothing is sent to a phone that is away. */
void phone_side_open_rx(struct call_slot *slot);
void phone_side_open_rx_again(struct call_slot *slot); /* instead of one that the phone refused */
void phone_side_close_rx(struct call_slot *slot);
void phone_side_start_tx(struct call_slot *slot, const struct endpoint *to);
void phone_side_stop_tx(struct call_slot *slot);
void phone_side_dialled(struct call_slot *slot);
void phone_side_backspace(struct call_slot *slot);
void phone_side_answered_elsewhere(struct call_slot *slot);
void phone_side_notify(struct phone *phone, uint16_t label, const char *text); /* shown for some seconds */

#endif
