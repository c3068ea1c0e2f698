#include "gateway/features.h"

#include <stdlib.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/core/cause.h"
#include "gateway/phone_show.h"
#include "gateway/phone_side.h"
#include "gateway/prompts.h"
#include "gateway/sip_side.h"
#include "gateway/state/state.h"
#include "sccp/charset.h"

#define LINES  "lines" /* sections of the state */
#define PHONES "phones"

#define REDIAL_SIZE 128

#define STATUS_BUSY    486
#define STATUS_DECLINE 603

static const enum call_purpose purposes[FORWARD_KINDS] = {
        [FORWARD_ALL] = CALL_FORWARD_ALL,
        [FORWARD_BUSY] = CALL_FORWARD_BUSY,
        [FORWARD_NO_ANSWER] = CALL_FORWARD_NO_ANSWER,
};

static const struct feature_codes *codes_of(const struct account *account)
{
        return &account->gateway->pbxs[account->pbx].codes;
}

/* What the PBX forwards is not forwarded here too. */
static bool is_ours(const struct account *account, enum forward_kind kind)
{
        return codes_of(account)->on[purposes[kind]] == NULL;
}

static void forwards_here(const struct account *account, struct forwards *out)
{
        *out = account->forwards;
        for (enum forward_kind kind = 0; kind < FORWARD_KINDS; kind++)
                if (!is_ours(account, kind))
                        *out->to[kind] = '\0';
}

/* Calls are forwarded while the phones are away: somebody has to take them. */
void features_keep(struct account *account)
{
        struct forwards here;
        forwards_here(account, &here);
        if (forward_keeps(&here) != account->state.kept)
                sip_side_line(account, forward_keeps(&here) ? LINE_KEEP : LINE_RELEASE);
}

void features_codes(const struct config_pbx *pbx, struct feature_codes *codes)
{
        *codes = (struct feature_codes){
                .on = {[CALL_FORWARD_ALL] = pbx->forward.all,
                       [CALL_FORWARD_BUSY] = pbx->forward.busy,
                       [CALL_FORWARD_NO_ANSWER] = pbx->forward.no_answer,
                       [CALL_DND] = pbx->forward.dnd},
                .off = {[CALL_FORWARD_ALL] = pbx->forward.all_off,
                        [CALL_FORWARD_BUSY] = pbx->forward.busy_off,
                        [CALL_FORWARD_NO_ANSWER] = pbx->forward.no_answer_off,
                        [CALL_DND] = pbx->forward.dnd_off},
        };
}

static enum dnd_mode dnd_named(const char *name)
{
        enum dnd_mode mode = DND_MODES - 1;
        while (mode > DND_OFF && !text_equal(dnd_name(mode), name))
                mode--;
        return mode;
}

/* Numbers dialled last are those of a phone, also on a line that several share. */
static const char *redial_of(const struct phone_line *line, char *name, size_t size)
{
        const char *id = line->config->id;
        if (line->account->n_lines < 2)
                return id;
        text_printf(name, size, "%s@%s", id, line->phone->config->name);
        return name;
}

void features_load_account(struct account *account)
{
        for (enum forward_kind kind = 0; kind < FORWARD_KINDS; kind++)
                TEXT_SET(account->forwards.to[kind],
                         state_get(account->gateway->state, LINES, account->config->id, forward_name(kind)));
}

void features_load_line(struct phone_line *line)
{
        const struct phone *phone = line->phone;
        const struct state *state = phone->gateway->state;
        const char *dialled = state_get(state, PHONES, phone->config->name, "redial");
        char place[REDIAL_SIZE];
        TEXT_SET(line->redial, state_get(state, LINES, redial_of(line, place, sizeof place), "redial"));
        if (*line->redial && text_equal(dialled, line->config->id))
                line->phone->dialled = line;
}

void features_load_dnd(struct phone *phone)
{
        phone->dnd = dnd_named(state_get(phone->gateway->state, PHONES, phone->config->name, "dnd"));
}

void features_load(struct phone *phone)
{
        features_load_dnd(phone);
        for (unsigned i = 0; i < phone->n_lines; i++) {
                features_load_account(phone->lines[i].account);
                features_load_line(&phone->lines[i]);
        }
}

bool features_init(struct gateway *gateway)
{
        gateway->state = state_open(gateway->config->node.state);
        if (!gateway->state)
                return false;
        for (size_t i = 0; i < gateway->n_phones; i++)
                features_load(gateway->phones[i]);
        return true;
}

void features_start(struct gateway *gateway)
{
        for (size_t i = 0; i < gateway->n_accounts; i++)
                if (gateway->accounts[i])
                        features_keep(gateway->accounts[i]);
}

void features_free(struct gateway *gateway)
{
        state_close(gateway->state);
}

struct forward_verdict features_decide(const struct phone_line *line, const struct sip_event *call, int busy)
{
        struct forwards here;
        const struct phone *phone = line->phone;
        bool decline = phone->gateway->config->calls.dnd_answer == DND_ANSWER_DECLINE;
        struct forward_facts facts = {.forwards = &here,
                                      .caller = call->party.number,
                                      .hops = call->diversions,
                                      .came_by = call->came_by,
                                      .away = phone->session == NULL,
                                      .dnd = phone->dnd,
                                      .dnd_status = decline ? STATUS_DECLINE : STATUS_BUSY,
                                      .busy = busy};
        forwards_here(line->account, &here);
        struct forward_verdict verdict = forward_decide(&facts);
        if (verdict.to) /* `here` goes, the line stays */
                for (enum forward_kind kind = 0; kind < FORWARD_KINDS; kind++)
                        if (verdict.to == here.to[kind])
                                verdict.to = line->account->forwards.to[kind];
        return verdict;
}

void features_rules(const struct phone_line *line, struct call_rules *rules)
{
        const struct account *account = line->account;
        const char *to = account->forwards.to[FORWARD_NO_ANSWER];
        rules->codes = codes_of(account);
        rules->no_answer_to = *to && is_ours(account, FORWARD_NO_ANSWER) ? to : NULL;
        rules->no_answer_ms = account->gateway->config->calls.forward_no_answer_s * 1000;
}

/* Where calls to a number of this gateway go at once. */
static const char *next_of(const void *owner, const char *number)
{
        const struct gateway *gateway = owner;
        for (size_t i = 0; i < gateway->n_accounts; i++) {
                const struct account *account = gateway->accounts[i];
                const char *to = account ? account->forwards.to[FORWARD_ALL] : "";
                if (account && text_equal(account->config->number, number))
                        return *to ? to : NULL;
        }
        return NULL;
}

/* The other phones of the line show it at once, its own one when the turn is over. */
static const char *set_forward(struct phone_line *line, enum forward_kind kind, const char *number)
{
        struct account *account = line->account;
        struct gateway *gateway = account->gateway;
        if (*number && is_ours(account, kind) && forward_loops(line->config->number, number, next_of, gateway))
                return "calls would go in a circle";
        TEXT_SET(account->forwards.to[kind], number);
        state_set(gateway->state, LINES, line->config->id, forward_name(kind), number);
        if (*number)
                log_info(line->config->number, "forwards calls (%s) to %s", forward_name(kind), number);
        else
                log_info(line->config->number, "does not forward calls (%s) any more", forward_name(kind));
        features_keep(account);
        phone_show_account(account, line->phone);
        return NULL;
}

const char *features_ask(struct phone_line *line, enum forward_kind kind, const char *number)
{
        struct phone *phone = line->phone;
        struct event event = {.kind = EV_SET, .purpose = purposes[kind]};
        TEXT_SET(event.number, number);
        const char *why = is_ours(line->account, kind) ? set_forward(line, kind, number) : NULL;
        struct call_slot *slot = is_ours(line->account, kind) ? NULL : bridge_call_new(line);
        if (slot)
                bridge_event(slot, &event);
        else if (!is_ours(line->account, kind))
                why = "there are too many calls";
        bridge_settle(phone);
        return why;
}

/* The user who typed the number hears that it was taken (flows.md 14). */
static void confirm(const struct call_slot *slot)
{
        struct sccp_message message = {.id = SCCP_START_TONE};
        if (!slot->phone->session || !slot->shown.known)
                return;
        message.start_tone = (struct sccp_start_tone){
                .tone = SCCP_TONE_ZIP, .line = slot->line->instance, .call_ref = slot->id};
        sccp_session_send(slot->phone->session, &message);
}

static void refuse(const struct call_slot *slot, const char *what, int status)
{
        struct prompt_text why = prompt_text(cause_outcome(status, 0)->prompt, "");
        log_warning(slot->line->config->number, "the PBX does not take %s (%s): %s", what, slot->call.number,
                    cause_outcome(status, 0)->name);
        phone_side_notify(slot->phone, why.label, why.text);
}

void features_set(struct call_slot *slot, int status)
{
        const struct call *call = &slot->call;
        enum forward_kind kind = forward_of_purpose(call->purpose);
        if (status)
                refuse(slot, kind < FORWARD_KINDS ? "the forward" : "do not disturb", status);
        else if (kind < FORWARD_KINDS && set_forward(slot->line, kind, call->transfer_to) != NULL)
                phone_side_notify(slot->phone, SCCP_LABEL_NEWER(SCCP_NEW_LABEL_CFWDALL_LOOP_DETECTED), "");
        else
                confirm(slot);
}

/* The PBX of every line that has a code for it hears of it; here it holds at once. */
static void dnd_tell(struct phone *phone, bool on)
{
        struct event event = {.kind = EV_SET, .purpose = CALL_DND};
        TEXT_SET(event.number, on ? "on" : "");
        for (unsigned i = 0; i < phone->n_lines; i++) {
                struct phone_line *line = &phone->lines[i];
                struct call_slot *slot = codes_of(line->account)->on[CALL_DND] ? bridge_call_new(line) : NULL;
                if (slot)
                        bridge_event(slot, &event);
        }
}

void features_dnd(struct phone *phone, enum dnd_mode mode)
{
        bool told = (phone->dnd != DND_OFF) == (mode != DND_OFF);
        if (phone->dnd == mode)
                return;
        phone->dnd = mode;
        state_set(phone->gateway->state, PHONES, phone->config->name, "dnd", mode == DND_OFF ? "" : dnd_name(mode));
        log_info(phone->config->name, "do not disturb: %s", dnd_name(mode));
        if (!told)
                dnd_tell(phone, mode != DND_OFF);
        bridge_settle(phone);
}

void features_dnd_key(struct phone *phone)
{
        static const enum dnd_mode next[][DND_MODES] = {
                [DND_KEY_OFF] = {DND_OFF, DND_OFF, DND_OFF},
                [DND_KEY_REJECT] = {DND_REJECT, DND_OFF, DND_OFF},
                [DND_KEY_SILENT] = {DND_SILENT, DND_OFF, DND_OFF},
                [DND_KEY_CYCLE] = {DND_REJECT, DND_SILENT, DND_OFF},
        };
        features_dnd(phone, next[phone->gateway->config->calls.dnd][phone->dnd]);
}

bool features_forwards(const struct phone_line *line, enum forward_kind kind)
{
        return *line->account->forwards.to[kind];
}

void features_dialled(struct phone_line *line, const char *number)
{
        struct phone *phone = line->phone;
        struct state *state = phone->gateway->state;
        char place[REDIAL_SIZE];
        if (!text_equal(line->redial, number))
                state_set(state, LINES, redial_of(line, place, sizeof place), "redial", number);
        if (phone->dialled != line)
                state_set(state, PHONES, phone->config->name, "redial", line->config->id);
        TEXT_SET(line->redial, number);
        phone->dialled = line;
}

void features_profile(const struct phone_line *line, struct sccp_forwards *out)
{
        TEXT_SET(out->all, line->account->forwards.to[FORWARD_ALL]);
        TEXT_SET(out->busy, line->account->forwards.to[FORWARD_BUSY]);
        TEXT_SET(out->no_answer, line->account->forwards.to[FORWARD_NO_ANSWER]);
}

static void show_lamp(const struct phone_line *line, enum forward_kind kind, bool on)
{
        static const uint32_t keys[FORWARD_KINDS] = {[FORWARD_ALL] = SCCP_BUTTON_FORWARD_ALL,
                                                     [FORWARD_BUSY] = SCCP_BUTTON_FORWARD_BUSY,
                                                     [FORWARD_NO_ANSWER] = SCCP_BUTTON_FORWARD_NO_ANSWER};
        struct sccp_message message = {.id = SCCP_SET_LAMP};
        message.set_lamp = (struct sccp_set_lamp){
                .stimulus = keys[kind], .instance = line->instance, .mode = on ? SCCP_LAMP_ON : SCCP_LAMP_OFF};
        sccp_session_send(line->phone->session, &message);
}

/* ForwardStat, then the lamps of the keys (flows.md 14). */
static void show_forwards(struct phone_line *line, struct forwards *shown)
{
        struct sccp_forwards told;
        bool changed[FORWARD_KINDS], any = false;
        for (enum forward_kind kind = 0; kind < FORWARD_KINDS; kind++)
                any |= changed[kind] = !text_equal(shown->to[kind], line->account->forwards.to[kind]);
        if (!any)
                return;
        features_profile(line, &told);
        sccp_session_forwards(line->phone->session, line->instance, &told);
        for (enum forward_kind kind = 0; kind < FORWARD_KINDS; kind++)
                if (changed[kind])
                        show_lamp(line, kind, *line->account->forwards.to[kind]);
        *shown = line->account->forwards;
}

void features_show(struct phone *phone)
{
        for (unsigned i = 0; i < phone->n_lines && i < sccp_session_lines(phone->session); i++)
                show_forwards(&phone->lines[i], &phone->lines[i].forwards_shown);
}
