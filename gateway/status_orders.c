/* Verbs that end things: a call, or what a phone does. */
#include <stdlib.h>

#include "gateway/bridge.h"
#include "gateway/roster.h"
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

/* The phone itself waits for the end of its calls (flows.md 5). */
static void order(struct gateway *gateway, const struct http_request *request, bool restart, struct http_reply *reply)
{
        struct phone *phone = roster_phone(gateway, request->name);
        if (!phone) {
                http_refuse(reply, 404, "no phone of that name is configured");
        } else if (!phone->session) {
                http_refuse(reply, 409, "the phone is away");
        } else if (bridge_calls(phone)) {
                http_refuse(reply, 409, "the phone is in a call");
        } else {
                log_info(phone->config->name, "an operator has it %s", restart ? "register anew" : "start anew");
                sccp_session_reset(phone->session, restart);
                json_reply(reply, json_pack("{s:s}", "told", restart ? "restart" : "reset"));
        }
}

void status_reset(void *owner, const struct http_request *request, struct http_reply *reply)
{
        order(owner, request, false, reply);
}

void status_restart(void *owner, const struct http_request *request, struct http_reply *reply)
{
        order(owner, request, true, reply);
}
