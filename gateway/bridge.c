/* Slots, and the way of an event through the core. What actions mean outside is in perform.c. */
#include "gateway/bridge.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/call_back.h"
#include "gateway/conference_side.h"
#include "gateway/core/cause.h"
#include "gateway/digits_side.h"
#include "gateway/events.h"
#include "gateway/features.h"
#include "gateway/fork.h"
#include "gateway/nudge.h"
#include "gateway/perform.h"
#include "gateway/phone_reset.h"
#include "gateway/phone_show.h"
#include "gateway/phone_side.h"
#include "gateway/refer_side.h"
#include "gateway/roster.h"
#include "gateway/shared.h"
#include "gateway/trace.h"

_Static_assert(CALLS_PER_PHONE_MAX <= PHONE_STEPS_MAX, "a key may mean something to every call of a phone");

#define SLOTS_MIN 256
#define SLOTS_MAX 16384 /* two calls on each of 8,000 lines at once */

static uint32_t slots_for(size_t lines)
{
        uint32_t slots = SLOTS_MIN;
        while (slots < 2 * lines && slots < SLOTS_MAX)
                slots *= 2;
        return slots;
}

bool bridge_init(struct gateway *gateway)
{
        uint32_t slots = slots_for(roster_lines_max(gateway));
        gateway->slots = calloc(slots, sizeof *gateway->slots);
        return gateway->slots && id_pool_init(&gateway->ids, slots) && id_map_init(&gateway->dialogs, slots);
}

void bridge_free(struct gateway *gateway)
{
        for (uint32_t i = 0; gateway->slots && i < gateway->ids.slots; i++) {
                events_call_flush(&gateway->slots[i]);
                loop_timer_stop(&gateway->slots[i].timer);
                nudge_stop(&gateway->slots[i]);
                digits_side_stop(&gateway->slots[i]);
                refer_side_forget(&gateway->slots[i]);
        }
        free(gateway->slots);
        gateway->slots = NULL;
        id_pool_free(&gateway->ids);
        id_map_free(&gateway->dialogs);
}

static void on_call_timer(struct loop_timer *timer)
{
        struct call_slot *slot = (struct call_slot *)((char *)timer - offsetof(struct call_slot, timer));
        struct phone *phone = slot->phone;
        bridge_event(slot, &(struct event){.kind = EV_TIMEOUT});
        bridge_settle(phone);
}

struct call_slot *bridge_call_new(struct phone_line *line)
{
        struct phone *phone = line->phone;
        struct gateway *gateway = phone->gateway;
        uint32_t id = phone->n_calls < CALLS_PER_PHONE_MAX ? id_take(&gateway->ids) : 0;
        if (!id)
                return NULL;
        struct call_slot *slot = &gateway->slots[id_slot(&gateway->ids, id)];
        events_call_flush(slot);
        *slot = (struct call_slot){
                .id = id,
                .gateway = gateway,
                .last_id = id,
                .phone = phone,
                .line = line,
                .next = phone->calls,
                .timer.expired = on_call_timer,
                .began_ms = loop_now_ms(gateway->loop),
                .call = {.reference = id, .line = line->instance, .age = ++gateway->ages},
        };
        nudge_init(slot);
        slot->call.shared = line->account->n_lines > 1;
        TEXT_SET(slot->call.self.name, line->config->name);
        TEXT_SET(slot->call.self.number, line->config->number);
        phone->calls = slot;
        phone->n_calls++;
        return slot;
}

/* Of the relay's work for them there is a limit. */
static void count_converted(struct call_slot *slot, bool converted)
{
        struct gateway *gateway = slot->phone->gateway;
        gateway->converted += converted;
        gateway->converted -= slot->converted;
        slot->converted = converted;
}

static void call_free(struct call_slot *slot)
{
        struct gateway *gateway = slot->phone->gateway;
        struct call_slot **at = &slot->phone->calls;
        while (*at != slot)
                at = &(*at)->next;
        *at = slot->next;
        slot->phone->n_calls--;
        count_converted(slot, false);
        loop_timer_stop(&slot->timer);
        nudge_stop(slot);
        digits_side_stop(slot);
        refer_side_forget(slot);
        id_give(&gateway->ids, slot->id);
        crypto_wipe(&slot->call, sizeof slot->call);
        crypto_wipe(&slot->phone_keys, sizeof slot->phone_keys);
        slot->id = 0;
}

struct call_slot *bridge_call(struct gateway *gateway, uint32_t id)
{
        if (!id_valid(&gateway->ids, id))
                return NULL;
        struct call_slot *slot = &gateway->slots[id_slot(&gateway->ids, id)];
        return slot->done ? NULL : slot;
}

struct call_slot *bridge_call_by_dialog(struct gateway *gateway, uint32_t dialog)
{
        uint32_t id = dialog & SIP_DIALOG_INCOMING ? id_map_get(&gateway->dialogs, dialog) : dialog;
        struct call_slot *slot = bridge_call(gateway, id);
        return slot && slot->dialog == dialog ? slot : NULL;
}

/* Acks may carry neither party nor call (7912, 69xx): then the only channel that waits is meant. */
struct call_slot *bridge_call_by_party(struct phone *phone, uint32_t party, uint32_t reference)
{
        struct call_slot *waiting = NULL;
        for (struct call_slot *slot = phone->calls; slot; slot = slot->next) {
                if (slot->done)
                        continue;
                if (party ? slot->party == party : reference && slot->id == reference)
                        return slot;
                if (slot->call.rx == RX_PENDING)
                        waiting = slot;
        }
        return party || reference ? NULL : waiting;
}

static struct call_rules rules_of(const struct call_slot *slot)
{
        const struct gateway *gateway = slot->phone->gateway;
        struct call_rules rules = {
                .plan = &gateway->plan,
                .audio = phone_side_audio(slot->phone),
                .direct = gateway->config->media.mode == MEDIA_DIRECT,
                .chooses = gateway->config->media.mode == MEDIA_AUTO,
                .way = phone_side_way(slot->phone),
                .no_conversion = gateway->converted >= gateway->config->media.transcode_max,
                .no_digit_info = gateway->config->media.dtmf == DTMF_RFC4733,
                .in_service = slot->line->account->state.state == LINE_IN_SERVICE,
                .hotline = slot->line->config->hotline,
                .hotline_ms = slot->line->config->hotline_ms,
                .anonymous = slot->line->config->privacy == PRIVACY_ON,
                .conference_ends = gateway->config->calls.conference_on_hangup == CONFERENCE_END,
                .transfer_bridge = gateway->config->calls.transfer_bridge == BRIDGE_ON,
                .ring_timeout_ms = gateway->config->calls.ring_timeout_s * 1000,
                .secret = slot->phone->config->privacy == PRIVACY_ON,
                .survive_ms = gateway->config->calls.survive_s * 1000,
        };
        features_rules(slot->line, &rules);
        return rules;
}

static const char *call_subject(const struct call_slot *slot, char *text, size_t size)
{
        text_printf(text, size, "call %u line %s", slot->id, slot->line->config->number);
        return text;
}

/* What operators read: one line when a call begins to go anywhere, is answered, and ends. */
static void log_life(struct call_slot *slot, enum call_state from)
{
        const struct call *call = &slot->call;
        char subject[96];
        int64_t now = loop_now_ms(slot->phone->gateway->loop);
        if (call->state == from || call_is_setting(call->purpose) || call->remote_of)
                return;
        call_subject(slot, subject, sizeof subject);
        if (from == CALL_IDLE && call->purpose == CALL_BACK)
                log_info(subject, "rings its user up: %s is free", call->parties.calling.number);
        else if (from == CALL_IDLE && call->incoming)
                log_info(subject, "from %s \"%s\"", call->parties.calling.number, call->parties.calling.name);
        else if (call->state == CALL_CALLING)
                log_info(subject, "to %s", call->number);
        else if (call->state == CALL_TALKING && !slot->answered_ms) {
                slot->answered_ms = now;
                slot->codec = call->stream.codec;
                slot->direct = call->direct;
                events_call(slot, "call.answered");
                log_info(subject, "answered, %s",
                         codec_info(call->stream.codec) ? codec_info(call->stream.codec)->name : "no codec");
        } else if (call->state == CALL_FAILED && call->outcome)
                log_info(subject, "failed: %s%s%s", call->outcome->name, *call->reason ? ", " : "", call->reason);
        else if (call->state == CALL_IDLE)
                log_info(subject, "ended after %lld s%s", (long long)(now - slot->began_ms) / 1000,
                         slot->answered_ms ? "" : ", not answered");
}

/* A handset that was lifted and put back was no call. */
static void count_life(struct call_slot *slot, enum call_state from)
{
        const struct call *call = &slot->call;
        struct gateway *gateway = slot->phone->gateway;
        if (call_is_setting(call->purpose) || call->purpose == CALL_BACK)
                return;
        bool began = call->state != from && (call->incoming ? from == CALL_IDLE : call->state == CALL_CALLING);
        bool ended = call->state != from && call->state == CALL_IDLE && (call->incoming || *call->number) &&
                     !slot->uncounted && !call->remote_of;
        enum call_result result = slot->answered_ms ? CALL_ANSWERED : call->outcome ? CALL_REFUSED : CALL_UNANSWERED;
        if (began && !call->remote_of)
                *(call->incoming ? &slot->phone->calls_in : &slot->phone->calls_out) += 1;
        if (began && !call->remote_of)
                events_call(slot, "call.started");
        if (ended)
                gateway->totals.calls[call->incoming][result]++;
        if (ended)
                events_call_ended(slot);
}

void bridge_event(struct call_slot *slot, const struct event *event)
{
        struct event failure;
        while (event) {
                struct actions actions;
                struct call_rules rules = rules_of(slot);
                enum call_state from = slot->call.state;
                bool taken = call_step(&slot->call, event, &rules, &actions);
                log_debug(slot->line->config->number, "call %u: %s --%s--> %s%s", slot->id, call_state_name(from),
                          event_name(event->kind), call_state_name(slot->call.state), taken ? "" : " (ignored)");
                if (trace_on(slot->phone->gateway))
                        trace_line(slot->phone->gateway, slot->phone->config->name,
                                   "= call %u line %s: %s --%s--> %s%s", slot->id, slot->line->config->number,
                                   call_state_name(from), event_name(event->kind), call_state_name(slot->call.state),
                                   taken ? "" : " (ignored)");
                count_converted(slot, slot->call.relayed && media_is_converted(&slot->call.stream));
                log_life(slot, from);
                count_life(slot, from);
                event = perform(slot, &actions, &failure) ? NULL : &failure;
                if (!slot->streams)
                        events_call_flush(slot);
                fork_step(slot);
        }
}

bool bridge_is_analog(const struct phone *phone)
{
        const struct sccp_model *model = phone->session ? sccp_session_model(phone->session) : NULL;
        return model && model->traits & SCCP_TRAIT_HOOK_FLASH && !(model->traits & SCCP_TRAIT_SOFT_KEYS);
}

struct phone_view bridge_view(const struct phone *phone, const struct call *calls[CALLS_PER_PHONE_MAX])
{
        const struct config *config = phone->gateway->config;
        bool analog = bridge_is_analog(phone);
        enum config_transfer on_hook = config->calls.transfer_on_hook;
        struct phone_view view = {.calls = calls,
                                  .codes = {.pickup = config->calls.pickup,
                                            .group_pickup = config->calls.group_pickup,
                                            .directed_pickup = config->calls.directed_pickup,
                                            .other_pickup = config->calls.other_pickup,
                                            .park = config->calls.park},
                                  .focus = config->calls.conference,
                                  .silent = phone->dnd == DND_SILENT,
                                  .transfer_on_hook = on_hook == TRANSFER_ON || (on_hook == TRANSFER_AUTO && analog),
                                  .conference_ends = config->calls.conference_on_hangup == CONFERENCE_END,
                                  .n_lines = phone->n_lines,
                                  .max_per_line = config->calls.max_per_line,
                                  .busy_trigger = config->calls.busy_trigger};
        for (const struct call_slot *slot = phone->calls; slot; slot = slot->next)
                if (!slot->done && slot->call.state != CALL_IDLE)
                        calls[view.n_calls++] = &slot->call;
        return view;
}

size_t bridge_calls(const struct phone *phone)
{
        size_t count = 0;
        for (const struct call_slot *slot = phone->calls; slot; slot = slot->next)
                count += !call_is_remote(&slot->call);
        return count;
}

void bridge_forget(const struct phone *phone)
{
        const struct gateway *gateway = phone->gateway;
        for (uint32_t i = 0; gateway->slots && i < gateway->ids.slots; i++)
                if (!gateway->slots[i].id && gateway->slots[i].phone == phone)
                        gateway->slots[i].line = NULL;
}

static void settle(struct phone *phone)
{
        shared_take(phone);
        conference_side_settle(phone);
        if (phone->session)
                phone_show(phone);
        nudge_settle(phone);
        shared_follow(phone);
        for (struct call_slot *slot = phone->calls, *next; slot && !phone->unsettled; slot = next) {
                next = slot->next; /* what ended just now, with a call of another phone, is to be shown first */
                if (slot->done)
                        call_free(slot);
        }
        call_back_settle(phone);
        if (phone->reset_due && !bridge_calls(phone))
                phone_reset_soon(phone->gateway);
}

/* What changes on one phone may change others of its lines, and they this one. */
void bridge_settle(struct phone *phone)
{
        phone->unsettled = true;
        if (phone->settling)
                return;
        phone->settling = true;
        while (phone->unsettled) {
                phone->unsettled = false;
                settle(phone);
        }
        phone->settling = false;
}
