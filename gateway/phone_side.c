#include "gateway/phone_side.h"

#include <stdlib.h>

#include "gateway/barge.h"
#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/busy_lamp.h"
#include "gateway/call_back.h"
#include "gateway/check_phones.h"
#include "gateway/conference_list.h"
#include "gateway/events.h"
#include "gateway/feature_keys.h"
#include "gateway/features.h"
#include "gateway/list_lamp.h"
#include "gateway/media_side.h"
#include "gateway/phone_back.h"
#include "gateway/phone_keys.h"
#include "gateway/phone_reset.h"
#include "gateway/phone_secret.h"
#include "gateway/phone_server.h"
#include "gateway/phone_show.h"
#include "gateway/refer_side.h"
#include "gateway/roster.h"
#include "gateway/settings.h"
#include "gateway/shared.h"
#include "gateway/sip_side.h"
#include "gateway/soft_keys.h"
#include "gateway/text_side.h"
#include "gateway/token_side.h"
#include "gateway/trace.h"
#include "sccp/others.h"

static size_t fill_profile(struct gateway *gateway, const struct phone *phone)
{
        const struct config_phone *config = phone->config;
        size_t n = config->n_buttons < PROFILE_BUTTONS_MAX ? config->n_buttons : PROFILE_BUTTONS_MAX;
        unsigned lines = 0;
        for (size_t i = 0; i < n; i++) {
                const struct config_button *button = &config->buttons[i];
                struct sccp_profile_button *slot = &gateway->profile[i];
                *slot = (struct sccp_profile_button){.kind = SCCP_SLOT_EMPTY};
                if (button->kind == BUTTON_SPEED_DIAL) {
                        slot->kind = button->blf ? SCCP_SLOT_BUSY_LAMP : SCCP_SLOT_SPEED_DIAL;
                        slot->number = button->number;
                        slot->label = button->label;
                } else if (button->kind == BUTTON_LINE && lines < phone->n_lines) {
                        const struct config_line *line = phone->lines[lines++].config;
                        slot->kind = SCCP_SLOT_LINE;
                        slot->number = line->number;
                        slot->label = line->label;
                        slot->name = *line->name ? line->name : line->number;
                        slot->forwards = &gateway->profile_forwards[i];
                        features_profile(&phone->lines[lines - 1], &gateway->profile_forwards[i]);
                } else if (button->kind == BUTTON_FEATURE) {
                        slot->kind = SCCP_SLOT_FEATURE;
                        slot->type = feature_key_type(button->feature);
                        slot->label = button->label;
                } else if (button->kind == BUTTON_SERVICE) {
                        slot->kind = SCCP_SLOT_SERVICE;
                        slot->number = button->service;
                        slot->label = button->label;
                }
        }
        return n;
}

/* What is no phone is turned away, named in the configuration or not; NULL: it may be one. The text lives until the
 * next call. */
static const char *refuse_other(struct gateway *gateway, uint32_t device_type)
{
        const struct sccp_other *other = sccp_other_by_type(device_type);
        if (!other)
                return NULL;
        text_printf(gateway->refusal, sizeof gateway->refusal, "Not a phone: %s", other->what);
        return gateway->refusal;
}

/* NULL: welcome. */
static const char *admit(struct gateway *gateway, const char *name, struct sccp_profile *profile)
{
        if (gateway->stopping)
                return "Gateway is stopping";
        struct phone *phone = roster_phone(gateway, name);
        if (phone && !phone_reset_admit(phone))
                phone = NULL;
        if (gateway->draining && !(phone && phone->session))
                return "Gateway is draining";
        if (!phone && gateway->config->sccp.unknown_phones == UNKNOWN_AUTO) {
                phone = roster_hand_out(gateway, name);
                if (!phone)
                        return "No numbers left";
                log_info(name, "gets number %s", phone->lines[0].config->number);
                sip_side_line_add(phone->lines[0].account);
                features_load(phone);
        }
        if (!phone)
                return "Unknown phone";
        const struct config_phone *config = phone->config;
        *profile = (struct sccp_profile){.description = config->description,
                                         .date_template = config->date_format,
                                         .timezone = config->timezone,
                                         .charset = config->charset,
                                         .max_calls = (uint16_t)gateway->config->calls.max_per_line,
                                         .busy_trigger = (uint16_t)gateway->config->calls.busy_trigger,
                                         .soft_keys = &phone->settings->soft_keys[config->softkeys],
                                         .buttons = gateway->profile,
                                         .n_buttons = fill_profile(gateway, phone)};
        if (config->model)
                profile->model = sccp_model_by_name(config->model);
        profile_addons(config, profile);
        return NULL;
}

/* Whoever sets it up finds it there. */
static void note_knock(struct gateway *gateway, const char *name, uint32_t device_type, const struct endpoint *from,
                       const char *refusal)
{
        struct knock knock = {.device_type = device_type, .from = *from, .at_ms = loop_now_ms(gateway->loop)};
        TEXT_SET(knock.name, name);
        TEXT_SET(knock.text, refusal);
        knocks_add(&gateway->knocks, &knock);
        gateway->totals.unknown_phones++;
        struct jsonl line;
        char address[ENDPOINT_TEXT_SIZE];
        events_begin(&line, "phone.unknown");
        jsonl_text(&line, "phone", name);
        jsonl_text(&line, "model", sccp_model_by_type(device_type)->name);
        jsonl_text(&line, "address", endpoint_print(from, address));
        jsonl_text(&line, "reason", refusal);
        events_send(gateway, &line);
}

static const char *on_admit(void *owner, const char *name, uint32_t device_type, const struct endpoint *from,
                            struct sccp_profile *profile)
{
        struct gateway *gateway = owner;
        const char *refusal = refuse_other(gateway, device_type);
        if (refusal) /* nothing in the configuration would admit it */
                return refusal;
        refusal = admit(gateway, name, profile);
        if (!refusal)
                knocks_remove(&gateway->knocks, name);
        else if (!roster_phone(gateway, name))
                note_knock(gateway, name, device_type, from, refusal);
        return refusal;
}

/* One that comes back without a word keeps the reason it had. */
static void keep_reason(struct phone *phone)
{
        const char *reason = sccp_session_last_reason(phone->session);
        if (*reason)
                TEXT_SET(phone->last_reason, reason);
}

/* Only the phone itself knows its model for certain. */
static void say_no_soft_keys(struct phone *phone)
{
        const struct sccp_model *model = sccp_session_model(phone->session);
        if (phone->keys_said || !phone->config->softkeys_place.file || phone_has_soft_keys(model))
                return;
        phone->keys_said = true;
        log_warning(phone->config->name, "a %s has no soft keys: those of its configuration are left out", model->name);
}

static void phone_line_up(struct phone_line *line)
{
        line->there = true;
        sip_side_line(line->account, LINE_PHONE_UP);
        text_line_up(line->account);
}

/* The account stays registered while one of its phones is there. */
static void phone_line_down(struct phone_line *line)
{
        bool any = false;
        line->there = false;
        for (const struct phone_line *other = line->account->lines; other; other = other->next)
                any |= other->there;
        if (!any)
                sip_side_line(line->account, LINE_PHONE_DOWN);
        text_line_up(line->account);
}

static void on_up(void *owner, struct sccp_session *session)
{
        struct phone *phone = roster_phone(owner, sccp_session_name(session));
        phone->session = session;
        phone->since_ms = loop_now_ms(phone->gateway->loop);
        phone->registrations++;
        phone->clear_only = false;
        phone->shown = (struct phone_shown){0};
        sccp_session_user_set(session, phone);
        keep_reason(phone);
        for (unsigned i = 0; i < phone->n_lines && i < sccp_session_lines(session); i++)
                phone_line_up(&phone->lines[i]);
        for (unsigned i = sccp_session_lines(session); i < phone->n_lines; i++)
                phone_line_down(&phone->lines[i]);
        for (unsigned i = 0; i < phone->n_lines; i++)
                phone->lines[i].forwards_shown = (struct forwards){0};
        events_phone(phone, "phone.registered", *phone->last_reason ? phone->last_reason : NULL);
        phone_show_idle(phone);
        say_no_soft_keys(phone);
        busy_lamps_begin(phone);
        phone_back(phone);
        shared_phone_up(phone);
        sip_incoming_join(phone);
}

static void on_down(void *owner, struct sccp_session *session, enum sccp_down_reason reason)
{
        struct phone *phone = sccp_session_user(session);
        struct gateway *gateway = owner;
        gateway->totals.downs[reason]++;
        if (!phone || phone->session != session)
                return;
        events_phone(phone, "phone.lost", sccp_down_text(reason));
        phone->session = NULL;
        phone_back_forget(phone);
        phone->since_ms = loop_now_ms(gateway->loop);
        enum event_kind kind = reason == SCCP_DOWN_UNREGISTERED ? EV_PHONE_LOST : EV_PHONE_AWAY;
        for (struct call_slot *slot = phone->calls, *next; slot; slot = next) {
                next = slot->next;
                bridge_event(slot, &(struct event){.kind = kind});
        }
        bridge_settle(phone);
        busy_lamps_end(phone);
        list_lamps_end(phone);
        call_back_end(phone);
        for (unsigned i = 0; i < phone->n_lines; i++)
                phone_line_down(&phone->lines[i]);
        if (phone->reset_due)
                phone_reset_soon(gateway);
}

static bool on_in_call(void *owner, struct sccp_session *session)
{
        const struct phone *phone = sccp_session_user(session);
        (void)owner;
        return phone && bridge_calls(phone);
}

static void on_seen(void *owner, const struct sccp_seen *seen)
{
        trace_message(owner, seen);
}

/* False: nothing came of it. */
static bool press_key(struct phone *phone, const struct phone_press *press)
{
        const struct call *calls[CALLS_PER_PHONE_MAX];
        struct call_slot *slots[CALLS_PER_PHONE_MAX];
        struct phone_view view = bridge_view(phone, calls);
        struct phone_steps steps;
        struct phone *heir = NULL;
        for (size_t i = 0; i < view.n_calls; i++)
                slots[i] = (struct call_slot *)((const char *)calls[i] - offsetof(struct call_slot, call));

        phone_press(&view, press, &steps);
        for (unsigned i = 0; i < steps.count; i++) {
                const struct phone_step *step = &steps.at[i];
                struct call_slot *slot = step->call == PHONE_NEW_CALL_SLOT
                                                 ? bridge_call_new(&phone->lines[step->line - 1])
                                                 : slots[step->call];
                struct event event = {.kind = step->event, .digit = press->digit};
                event.purpose = step->purpose;
                event.partner = step->partner;
                TEXT_SET(event.prefix, step->prefix);
                TEXT_SET(event.instead, press->instead);
                event.pickup = press->pickup;
                TEXT_SET(event.number, step->number ? step->number : press->number);
                if (slot && step->event == EV_HANG_UP && !heir && (heir = barge_bequeath(slot)) != NULL)
                        continue;
                if (slot && (step->purpose != CALL_FOCUS || refer_side_focus(slot, step->number)))
                        bridge_event(slot, &event);
                else
                        phone_side_notify(phone, SCCP_LABEL_HIGH_TRAFFIC_TRY_AGAIN_LATER, "");
        }
        if (heir)
                bridge_settle(heir);
        if (steps.dnd)
                features_dnd_key(phone);
        if (steps.recall)
                call_back_key(phone, steps.recall == PHONE_RECALL_CALL ? slots[steps.recalled] : NULL);
        if (steps.refused)
                phone_side_notify(phone, SCCP_LABEL_LINE_IN_USE, "");
        if (steps.list)
                conference_list_show(phone, steps.list);
        if (steps.full)
                phone_side_notify(phone, SCCP_LABEL_EXCEED_MAXIMUM_PARTIES, "");
        if (steps.silence)
                phone_show_silence(phone);
        return steps.count || steps.dnd || steps.recall || steps.refused || steps.full || steps.list || steps.silence;
}

/* C5: a number dialled while a call is up is a row of keys for the far end. */
static bool press_digits(struct phone *phone, const struct phone_press *press)
{
        struct phone_press key = {.key = PHONE_DIGIT, .line = press->line};
        const struct call_slot *active = phone->calls;
        while (active && (active->done || !call_is_active(&active->call)))
                active = active->next;
        if (!active || active->call.rx == RX_CLOSED)
                return false;
        for (const char *at = press->number; *at; at++) {
                key.digit = *at;
                press_key(phone, &key);
        }
        return true;
}

static void close_stale_channel(struct phone *phone, const struct sccp_input *input)
{
        struct sccp_message message = {.id = SCCP_CLOSE_RECEIVE_CHANNEL};
        message.close_receive_channel = (struct sccp_close_receive_channel){
                .conference_id = input->reference, .party_id = input->party, .call_ref = input->reference};
        if (input->party)
                sccp_session_send(phone->session, &message);
}

/* An ack that nobody waits for any more leaves a channel open on the phone: it is told to close it (flows.md 8). */
static void on_channel(struct phone *phone, const struct sccp_input *input)
{
        struct call_slot *slot = bridge_call_by_party(phone, input->party, input->reference);
        struct event event = {.rtp = input->endpoint};
        if (!slot) {
                log_debug(phone->config->name, "media news of a call that is over");
                if (input->kind == SCCP_INPUT_RX_OPENED)
                        close_stale_channel(phone, input);
                return;
        }
        event.kind = input->kind == SCCP_INPUT_RX_OPENED   ? EV_RX_OPEN
                     : input->kind == SCCP_INPUT_RX_FAILED ? EV_RX_FAILED
                                                           : EV_TX_FAILED;
        if (event.kind == EV_RX_FAILED && slot->call.rx == RX_PENDING && phone_secret_refused(slot)) {
                phone_side_open_rx_again(slot);
                return;
        }
        if (event.kind != EV_RX_OPEN)
                log_warning(phone->config->name, "call %u: the phone refuses its audio channel, status %u", slot->id,
                            input->status);
        bridge_event(slot, &event);
}

static void on_input(void *owner, struct sccp_session *session, const struct sccp_input *input)
{
        struct phone *phone = sccp_session_user(session);
        struct phone_press press;
        bool known;
        (void)owner;
        if (!phone || phone->session != session)
                return;
        switch (input->kind) {
        case SCCP_INPUT_RX_OPENED:
        case SCCP_INPUT_RX_FAILED:
        case SCCP_INPUT_TX_FAILED:
                on_channel(phone, input);
                break;
        case SCCP_INPUT_STATISTICS:
                media_side_statistics(phone, input);
                break;
        case SCCP_INPUT_SUBSCRIBE:
                list_lamp_asked(phone, input);
                break;
        case SCCP_INPUT_REASON:
                keep_reason(phone);
                break;
        case SCCP_INPUT_OFF_HOOK:
        case SCCP_INPUT_ON_HOOK:
        case SCCP_INPUT_DIGIT:
        case SCCP_INPUT_NUMBER:
        case SCCP_INPUT_LINE_KEY:
        case SCCP_INPUT_SPEED_DIAL:
        case SCCP_INPUT_FLASH:
        case SCCP_INPUT_SOFT_KEY:
        case SCCP_INPUT_MESSAGES:
        case SCCP_INPUT_CHOICE:
                known = phone_key_press(phone, input, &press);
                if (known && press.key == PHONE_ENBLOC && press_digits(phone, &press))
                        break;
                if (!known && input->kind == SCCP_INPUT_CHOICE)
                        break; /* somebody only looked */
                if (!known || (!press_key(phone, &press) && input->kind == SCCP_INPUT_SOFT_KEY))
                        phone_side_notify(phone, SCCP_LABEL_KEY_IS_NOT_ACTIVE, "");
                break;
        }
        bridge_settle(phone);
}

void phone_side_hang_up_all(struct gateway *gateway)
{
        for (size_t i = 0; i < gateway->n_phones; i++) {
                struct phone *phone = gateway->phones[i];
                for (struct call_slot *slot = phone->calls; slot; slot = slot->next)
                        bridge_event(slot, &(struct event){.kind = EV_HANG_UP});
                if (phone->calls)
                        bridge_settle(phone);
        }
}

/* Their sessions are gone already: what one of them stops to watch is news for another. */
void phone_side_forget(struct gateway *gateway)
{
        for (size_t i = 0; i < gateway->n_phones; i++)
                gateway->phones[i]->session = NULL;
        for (size_t i = 0; i < gateway->n_phones; i++) {
                busy_lamps_end(gateway->phones[i]);
                list_lamps_end(gateway->phones[i]);
                call_back_end(gateway->phones[i]);
                phone_back_forget(gateway->phones[i]);
        }
}

bool phone_side_start(struct gateway *gateway, char *why, size_t why_size)
{
        static const struct sccp_handlers handlers = {.admit = on_admit,
                                                      .token = token_side,
                                                      .up = on_up,
                                                      .down = on_down,
                                                      .input = on_input,
                                                      .in_call = on_in_call,
                                                      .seen = on_seen};
        struct sccp_server_settings settings = phone_server_settings(gateway);
        gateway->server = sccp_server_new(gateway->loop, &settings, &handlers, gateway, why, why_size);
        return gateway->server != NULL;
}

void phone_side_update(struct gateway *gateway)
{
        struct sccp_server_settings settings = phone_server_settings(gateway);
        if (!sccp_server_update(gateway->server, &settings))
                log_error("sccp", "out of memory: what phones are told stays as it was");
}
