#include "tests/walk/cover.h"

#include <string.h>

#include "gateway/core/call.h"
#include "gateway/core/phone.h"
#include "tests/walk/exchange.h"

static struct cover {
        unsigned long rules[CALL_STATE_COUNT][EVENT_KINDS]; /* the event came in that state */
        unsigned long actions[ACTION_KINDS];
        unsigned long keys[PHONE_KEYS];
        unsigned long commands[EXCHANGE_COMMANDS];
        unsigned long events[EXCHANGE_KINDS];
} cover;

/* The linker puts these before the real ones (--wrap). */
bool __real_call_step(struct call *call, const struct event *event, const struct call_rules *rules,
                      struct actions *out);
bool __wrap_call_step(struct call *call, const struct event *event, const struct call_rules *rules,
                      struct actions *out);
void __real_phone_press(const struct phone_view *view, const struct phone_press *press, struct phone_steps *out);
void __wrap_phone_press(const struct phone_view *view, const struct phone_press *press, struct phone_steps *out);

bool __wrap_call_step(struct call *call, const struct event *event, const struct call_rules *rules, struct actions *out)
{
        cover.rules[call->state][event->kind]++;
        bool taken = __real_call_step(call, event, rules, out);
        for (unsigned i = 0; i < out->count; i++)
                cover.actions[out->at[i].kind]++;
        return taken;
}

void __wrap_phone_press(const struct phone_view *view, const struct phone_press *press, struct phone_steps *out)
{
        cover.keys[press->key]++;
        __real_phone_press(view, press, out);
}

void cover_command(enum sip_command_kind kind)
{
        cover.commands[kind]++;
}

void cover_event(enum sip_event_kind kind)
{
        cover.events[kind]++;
}

bool cover_read(const char *path)
{
        struct cover other;
        FILE *file = fopen(path, "rb");
        bool read = file && fread(&other, sizeof other, 1, file) == 1;
        if (file)
                fclose(file);
        unsigned long *to = (unsigned long *)&cover, *from = (unsigned long *)&other;
        for (size_t i = 0; read && i < sizeof cover / sizeof *to; i++)
                to[i] += from[i];
        return read;
}

bool cover_write(const char *path)
{
        FILE *file = fopen(path, "wb");
        bool written = file && fwrite(&cover, sizeof cover, 1, file) == 1;
        return file && fclose(file) == 0 && written;
}

static const char *const commands[EXCHANGE_COMMANDS] = {
        [SIP_CMD_LINE_ADD] = "line-add",
        [SIP_CMD_LINE_REMOVE] = "line-remove",
        [SIP_CMD_LINE_UP] = "line-up",
        [SIP_CMD_LINE_DOWN] = "line-down",
        [SIP_CMD_LINE_TEXTS] = "line-texts",
        [SIP_CMD_INVITE] = "invite",
        [SIP_CMD_RING] = "ring",
        [SIP_CMD_ANSWER] = "answer",
        [SIP_CMD_REJECT] = "reject",
        [SIP_CMD_REDIRECT] = "redirect",
        [SIP_CMD_END] = "end",
        [SIP_CMD_OFFER] = "offer",
        [SIP_CMD_ACCEPT] = "accept",
        [SIP_CMD_REFUSE] = "refuse",
        [SIP_CMD_REFER_NEWS] = "refer-news",
        [SIP_CMD_TRANSFER] = "transfer",
        [SIP_CMD_DIGIT] = "digit",
        [SIP_CMD_WATCH] = "watch",
        [SIP_CMD_UNWATCH] = "unwatch",
};

static const char *const events[EXCHANGE_KINDS] = {
        [SIP_LINE_STATE] = "line-state",
        [SIP_PBX_STATE] = "pbx-state",
        [SIP_INCOMING] = "incoming",
        [SIP_PROGRESS] = "progress",
        [SIP_ANSWERED] = "answered",
        [SIP_ACKED] = "acked",
        [SIP_OFFERED] = "offered",
        [SIP_OFFER_ANSWERED] = "offer-answered",
        [SIP_OFFER_FAILED] = "offer-failed",
        [SIP_REFERRED] = "referred",
        [SIP_TRANSFER_NEWS] = "transfer-news",
        [SIP_IDENTITY] = "identity",
        [SIP_FAILED] = "failed",
        [SIP_ENDED] = "ended",
        [SIP_DIGIT] = "digit",
        [SIP_WATCHED] = "watched",
        [SIP_MAIL] = "mail",
        [SIP_TEXT] = "text",
};

void cover_print(FILE *to)
{
        fprintf(to, "keys\n");
        for (enum phone_key key = 0; key < PHONE_KEYS; key++)
                fprintf(to, "  %-20s %10lu\n", phone_key_name(key), cover.keys[key]);
        fprintf(to, "actions\n");
        for (enum action_kind kind = 0; kind < ACTION_KINDS; kind++)
                fprintf(to, "  %-20s %10lu\n", action_name(kind), cover.actions[kind]);
        fprintf(to, "commands of the SIP side\n");
        for (int kind = 0; kind < EXCHANGE_COMMANDS; kind++)
                fprintf(to, "  %-20s %10lu\n", commands[kind], cover.commands[kind]);
        fprintf(to, "events of the SIP side\n");
        for (int kind = 0; kind < EXCHANGE_KINDS; kind++)
                fprintf(to, "  %-20s %10lu\n", events[kind], cover.events[kind]);
        fprintf(to, "events of calls, by state\n");
        for (enum call_state state = 0; state < CALL_STATE_COUNT; state++)
                for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++)
                        if (cover.rules[state][kind])
                                fprintf(to, "  %-10s %-18s %10lu%s\n", call_state_name(state), event_name(kind),
                                        cover.rules[state][kind], call_takes(state, kind) ? "" : "  no rule");
}

#define IN(state) (1u << CALL_##state)

/* Rules of the core that nothing outside it ever needs: it is told less than it could stand. One that is met after all
 * fails the table, like one that is missing here. */
static const struct exception {
        enum event_kind kind;
        unsigned states;
} impossible[] = {
        /* a phone in a call may not unregister, and one that is lost is first away */
        {EV_PHONE_LOST, ~(IN(AWAY) | IN(LEAVING) | IN(TELLING) | IN(JOINING) | IN(MEMBER) | IN(REMOTE) |
                          IN(REMOTE_HELD) | IN(BARGING) | IN(BARGED))},
        /* sip/ refuses offers in a dialog that is not up (sip/change_in.c) */
        {EV_REOFFER, IN(CALLING) | IN(RINGBACK) | IN(EARLY) | IN(OFFERED) | IN(ANSWERING) | IN(AGREEING)},
        /* only we may end it yet, else it fails (sip/inside.c) */
        {EV_ENDED, IN(CALLING) | IN(RINGBACK) | IN(EARLY)},
};

/* Possible, and met by a run or not: several things have to come together within a moment. */
static const struct exception rare[] = {
        {EV_JOIN, IN(OPENING) | IN(LEAVING)}, {EV_PART, IN(OPENING) | IN(RESUMING)}, {EV_ALONE, IN(OPENING)},
        {EV_PARTNER, IN(RESUMING)},           {EV_PHONE_LOST, IN(BARGING)},
};

static bool is_among(const struct exception *exceptions, size_t n, enum call_state state, enum event_kind kind)
{
        for (size_t i = 0; i < n; i++)
                if (exceptions[i].kind == kind && exceptions[i].states & 1u << state)
                        return true;
        return false;
}

static bool is_impossible(enum call_state state, enum event_kind kind)
{
        return is_among(impossible, sizeof impossible / sizeof *impossible, state, kind);
}

static bool is_rare(enum call_state state, enum event_kind kind)
{
        return is_among(rare, sizeof rare / sizeof *rare, state, kind);
}

static unsigned tell(FILE *to, const char *what, const char *name, const char *more)
{
        fprintf(to, "never met: %s %s%s%s\n", what, name, *more ? " in " : "", more);
        return 1;
}

unsigned cover_surprises(FILE *to)
{
        unsigned surprises = 0;
        for (enum call_state state = 0; state < CALL_STATE_COUNT; state++)
                for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++)
                        if (call_takes(state, kind) && cover.rules[state][kind] && is_impossible(state, kind)) {
                                fprintf(to, "met, and said to be impossible: event %s in %s\n", event_name(kind),
                                        call_state_name(state));
                                surprises++;
                        }
        return surprises;
}

unsigned cover_missing(FILE *to)
{
        unsigned missing = 0;
        for (enum phone_key key = 0; key < PHONE_KEYS; key++)
                missing += cover.keys[key] ? 0 : tell(to, "key", phone_key_name(key), "");
        for (enum action_kind kind = 0; kind < ACTION_KINDS; kind++)
                missing += cover.actions[kind] ? 0 : tell(to, "action", action_name(kind), "");
        for (int kind = 0; kind < EXCHANGE_COMMANDS; kind++)
                if (kind != SIP_CMD_LINE_REMOVE) /* nobody sends it yet */
                        missing += cover.commands[kind] ? 0 : tell(to, "command", commands[kind], "");
        for (int kind = 0; kind < EXCHANGE_KINDS; kind++)
                missing += cover.events[kind] ? 0 : tell(to, "event", events[kind], "");
        for (enum call_state state = 0; state < CALL_STATE_COUNT; state++)
                for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++)
                        if (call_takes(state, kind) && !cover.rules[state][kind] && !is_impossible(state, kind) &&
                            !is_rare(state, kind))
                                missing += tell(to, "event", event_name(kind), call_state_name(state));
        return missing;
}
