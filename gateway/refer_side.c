#include "gateway/refer_side.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/core/phone_find.h"
#include "gateway/sip_side.h"

#define STATUS_NO_CALL  481
#define STATUS_BUSY     486
#define STATUS_ERROR    500
#define STATUS_DECLINED 603

void refer_side_transfer(struct call_slot *slot, const struct call_slot *target)
{
        struct sip_command command = {.kind = SIP_CMD_TRANSFER,
                                      .line = slot->line->account->index,
                                      .dialog = slot->dialog,
                                      .target = target ? target->dialog : 0,
                                      .to_focus = target && target->call.at_focus};
        TEXT_SET(command.party.number, slot->call.transfer_to);
        sip_side_command(slot->phone->gateway, &command);
}

static bool keep(struct call_slot *slot, const struct sip_event *event)
{
        slot->refer_uri = strdup(event->uri);
        slot->refer_replaces = *event->replaces_header ? strdup(event->replaces_header) : NULL;
        return slot->refer_uri && (slot->refer_replaces || !*event->replaces_header);
}

bool refer_side_focus(struct call_slot *slot, const char *uri)
{
        slot->refer_uri = strdup(uri);
        return slot->refer_uri;
}

/* Whoever was sent to the focus is there now, as far as anybody told us. */
void refer_side_arrived(struct call_slot *focus, const char *name)
{
        size_t room = (focus->guests ? strlen(focus->guests) : 0) + strlen(name) + 2;
        char *guests = malloc(room);
        if (!guests)
                return;
        text_printf(guests, room, "%s%s%s", focus->guests ? focus->guests : "", focus->guests ? "\n" : "", name);
        free(focus->guests);
        focus->guests = guests;
}

void refer_side_forget(struct call_slot *slot)
{
        free(slot->guests);
        slot->guests = NULL;
        free(slot->refer_uri);
        free(slot->refer_replaces);
        slot->refer_uri = slot->refer_replaces = NULL;
}

/* 0: it may be followed. The phone has one ear: another call of it is not disturbed. */
static int why_not_referred(const struct call_slot *slot)
{
        const struct call *calls[CALLS_PER_PHONE_MAX];
        struct phone_view view = bridge_view(slot->phone, calls);
        int active = phone_find_active(&view);
        if (slot->call.referred || slot->call.conference || !call_takes(slot->call.state, EV_REFERRED))
                return STATUS_DECLINED;
        if (active != NO_CALL && calls[active] != &slot->call)
                return STATUS_BUSY;
        return phone_count_on(&view, slot->line->instance) >= view.max_per_line ? STATUS_BUSY : 0;
}

static void call_whom(struct call_slot *slot, const struct sip_event *event)
{
        struct call_slot *other = bridge_call_new(slot->line);
        struct event number = {.kind = EV_NUMBER, .purpose = CALL_REFERRED, .partner = slot->id};
        struct event referred = {.kind = EV_REFERRED, .partner = other ? other->id : 0};
        struct event nothing = {.kind = EV_PARTNER, .partner = referred.partner, .status = STATUS_ERROR};
        TEXT_SET(number.number, event->party.number);
        bridge_event(slot, &referred);
        if (other && keep(other, event)) {
                bridge_event(other, &number);
                return;
        }
        if (other)
                other->done = true;
        bridge_event(slot, &nothing);
}

void refer_side_referred(struct gateway *gateway, const struct sip_event *event)
{
        struct call_slot *slot = bridge_call_by_dialog(gateway, event->dialog);
        if (!slot)
                return;
        int status = why_not_referred(slot);
        log_info(slot->phone->config->name, "call %u: is sent to %s%s", slot->id, event->party.number,
                 status ? ": not now" : "");
        if (status)
                sip_side_send(slot, SIP_CMD_REFER_NEWS, status, 0);
        else
                call_whom(slot, event);
        bridge_settle(slot->phone);
}

static void reject(struct gateway *gateway, uint32_t line, uint32_t dialog, int status)
{
        struct sip_command command = {.kind = SIP_CMD_REJECT, .line = line, .dialog = dialog, .status = status};
        sip_side_command(gateway, &command);
}

void refer_side_replacement(struct gateway *gateway, const struct sip_event *event)
{
        struct call_slot *slot = bridge_call_by_dialog(gateway, event->replaces);
        if (!slot || !call_takes(slot->call.state, EV_REPLACED)) {
                reject(gateway, event->line, event->dialog, STATUS_NO_CALL);
                return;
        }
        struct event replaced = {.kind = EV_REPLACED,
                                 .audio = event->audio,
                                 .audio_bad = event->audio_bad,
                                 .party = sip_side_party(&event->party)};
        slot->replacement = event->dialog;
        bridge_event(slot, &replaced);
        bridge_settle(slot->phone);
}

void refer_side_replace(struct call_slot *slot)
{
        log_info(slot->phone->config->name, "call %u: another party takes the place of its far end", slot->id);
        sip_side_send(slot, SIP_CMD_END, 0, 16);
        sip_side_forget(slot);
        slot->dialog = slot->replacement;
        slot->replacement = 0;
        id_map_set(&slot->phone->gateway->dialogs, slot->dialog, slot->id);
}

void refer_side_refuse(struct call_slot *slot, int status)
{
        reject(slot->phone->gateway, slot->line->account->index, slot->replacement, status);
        slot->replacement = 0;
}
