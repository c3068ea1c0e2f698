/* Verbs that end things: a call. */
#include <stdlib.h>

#include "gateway/bridge.h"
#include "gateway/status_json.h"

void status_hangup(void *owner, const struct http_request *request, struct http_reply *reply)
{
        struct gateway *gateway = owner;
        char *end;
        unsigned long id = strtoul(request->name, &end, 10);
        struct call_slot *slot = *end || id > UINT32_MAX ? NULL : bridge_call(gateway, (uint32_t)id);
        if (!slot || call_is_remote(&slot->call)) {
                http_refuse(reply, 404, "there is no call of that number");
                return;
        }
        struct phone *phone = slot->phone;
        log_info(phone->config->name, "call %u: an operator hangs up", slot->id);
        bridge_event(slot, &(struct event){.kind = EV_HANG_UP});
        bridge_settle(phone);
        json_reply(reply, json_pack("{s:I}", "ended", (json_int_t)id));
}
