#include "gateway/sip_side.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/core/cause.h"
#include "gateway/digits_side.h"
#include "gateway/features.h"
#include "gateway/mail_side.h"
#include "gateway/nudge.h"
#include "gateway/phone_show.h"
#include "gateway/phone_side.h"
#include "gateway/refer_side.h"
#include "gateway/text_side.h"
#include "gateway/trace_sip.h"
#include "gateway/watch.h"

#define EVENTS_PER_TURN 256 /* then phones get their turn */
#define BACKLOG_TRY_MS  20
#define DISCARD_PORT    9  /* of a call without audio: no port at all would refuse it (RFC 3264 section 8.4 of old) */
#define NEWS_LINES      20 /* lines of log about registrations that fail, or calls turned away, */
#define NEWS_S          60 /* in so many seconds */
#define OUTSIDE_DIGITS  7  /* longer numbers are not extensions: they ring as calls from outside */

/* Commands that found the queue full wait here in their order. New calls are refused meanwhile, so that it is finite:
 * what is left are the endings of calls and the registrations of lines. */
struct sip_backlog {
        struct sip_command *commands;
        size_t first, count, room;
};

static bool backlog_grow(struct sip_backlog *backlog)
{
        size_t room = backlog->room ? 2 * backlog->room : 64;
        struct sip_command *commands = malloc(room * sizeof *commands);
        if (!commands)
                return false;
        for (size_t i = 0; i < backlog->count; i++)
                commands[i] = backlog->commands[(backlog->first + i) % backlog->room];
        free(backlog->commands);
        *backlog = (struct sip_backlog){.commands = commands, .count = backlog->count, .room = room};
        return true;
}

void sip_side_command(struct gateway *gateway, const struct sip_command *command)
{
        struct sip_backlog *backlog = gateway->backlog;
        trace_sip_command(gateway, command);
        if (!backlog->count && sip_send(gateway->sip, command))
                return;
        if (backlog->count == backlog->room && !backlog_grow(backlog)) {
                log_error("sip", "out of memory: a command is lost");
                return;
        }
        assert(backlog->count < backlog->room);
        backlog->commands[(backlog->first + backlog->count++) % backlog->room] = *command;
        if (!loop_timer_running(&gateway->backlog_timer))
                loop_timer_start(gateway->loop, &gateway->backlog_timer, BACKLOG_TRY_MS);
}

static void on_backlog_timer(struct loop_timer *timer)
{
        struct gateway *gateway = (struct gateway *)((char *)timer - offsetof(struct gateway, backlog_timer));
        struct sip_backlog *backlog = gateway->backlog;
        while (backlog->count && sip_send(gateway->sip, &backlog->commands[backlog->first])) {
                backlog->first = (backlog->first + 1) % backlog->room;
                backlog->count--;
        }
        if (backlog->count)
                loop_timer_start(gateway->loop, timer, BACKLOG_TRY_MS);
}

/* In relay mode the core leaves the address out: the port is the relay's, the address is configured or chosen by the
 * sip thread towards each peer. */
static struct audio local_audio(const struct call_slot *slot)
{
        struct audio audio = slot->call.local;
        if (!slot->call.direct)
                audio.rtp = (struct endpoint){.ip = slot->phone->gateway->config->node.address,
                                              .port = slot->call.relayed ? slot->ports.sip : DISCARD_PORT};
        return audio;
}

bool sip_side_dial(struct call_slot *slot)
{
        struct gateway *gateway = slot->phone->gateway;
        struct sip_command command = {.kind = SIP_CMD_INVITE, .line = slot->line->index, .dialog = slot->id};
        command.audio = local_audio(slot);
        command.anonymous = slot->call.anonymous;
        TEXT_SET(command.party.number, slot->call.number);
        TEXT_SET(command.uri, slot->refer_uri ? slot->refer_uri : "");
        TEXT_SET(command.replaces, slot->refer_replaces ? slot->refer_replaces : "");
        if (gateway->backlog->count || !sip_send(gateway->sip, &command))
                return false;
        trace_sip_command(gateway, &command);
        slot->dialog = slot->id;
        return true;
}

void sip_side_send(struct call_slot *slot, enum sip_command_kind kind, int status, int cause)
{
        struct sip_command command = {.kind = kind,
                                      .line = slot->line->index,
                                      .dialog = slot->dialog,
                                      .status = status,
                                      .cause = cause,
                                      .audio = local_audio(slot)};
        sip_side_command(slot->phone->gateway, &command);
}

static const enum sip_redirect redirects[] = {[REDIRECT_ALWAYS] = SIP_REDIRECT_ALWAYS,
                                              [REDIRECT_BUSY] = SIP_REDIRECT_BUSY,
                                              [REDIRECT_NO_ANSWER] = SIP_REDIRECT_NO_ANSWER,
                                              [REDIRECT_BY_USER] = SIP_REDIRECT_BY_USER};

static void redirect(struct gateway *gateway, uint32_t dialog, const char *to, enum redirect_reason reason)
{
        struct sip_command command = {.kind = SIP_CMD_REDIRECT, .dialog = dialog, .redirect = redirects[reason]};
        TEXT_SET(command.party.number, to);
        sip_side_command(gateway, &command);
}

void sip_side_redirect(struct call_slot *slot, enum redirect_reason reason)
{
        log_info(slot->line->config->number, "call %u from %s is sent to %s", slot->id,
                 slot->call.parties.calling.number, slot->call.transfer_to);
        redirect(slot->phone->gateway, slot->dialog, slot->call.transfer_to, reason);
}

void sip_side_forget(struct call_slot *slot)
{
        if (slot->dialog & SIP_DIALOG_INCOMING)
                id_map_remove(&slot->phone->gateway->dialogs, slot->dialog);
        slot->dialog = 0;
}

void sip_side_line_add(struct phone_line *line)
{
        const struct config_line *config = line->config;
        struct gateway *gateway = line->phone->gateway;
        struct sip_command command = {.kind = SIP_CMD_LINE_ADD, .line = line->index};
        struct sip_account *account = &command.account;
        TEXT_SET(account->number, config->number);
        TEXT_SET(account->name, config->name);
        TEXT_SET(account->user, config->user);
        TEXT_SET(account->auth_user, config->auth_user);
        TEXT_SET(account->password, config->password);
        account->pbx = (uint32_t)config->pbx;
        sip_side_command(gateway, &command);
        mail_line_added(line);
}

static void line_event(struct phone_line *line, enum line_event event, int status)
{
        struct gateway *gateway = line->phone->gateway;
        enum line_state from = line->state.state;
        enum line_action action = line_step(&line->state, event, status);
        if (line->state.state != from)
                log_debug(line->config->number, "%s --%s--> %s", line_state_name(from), line_event_name(event),
                          line_state_name(line->state.state));
        struct sip_command command = {.line = line->index, .kind = SIP_CMD_LINE_UP};
        switch (action) {
        case LINE_DO_UNREGISTER:
                command.kind = SIP_CMD_LINE_DOWN;
                sip_side_command(gateway, &command);
                break;
        case LINE_DO_REGISTER:
                sip_side_command(gateway, &command);
                break;
        case LINE_DO_NOTHING:
                break;
        }
}

void sip_side_line_texts(struct phone_line *line, int status)
{
        struct sip_command command = {.kind = SIP_CMD_LINE_TEXTS, .line = line->index, .status = status};
        sip_side_command(line->phone->gateway, &command);
}

void sip_side_line(struct phone_line *line, enum line_event event)
{
        line_event(line, event, 0);
}

/* What of the configuration most likely is wrong; words of the line's options. */
static const char *refusal_hint(int status)
{
        switch (status) {
        case 401:
        case 403:
        case 407:
                return " (wrong password or auth_user?)";
        case 404:
                return " (wrong user or pbx.domain?)";
        default:
                return "";
        }
}

/* One line per change; that an outage of a PBX hits all of its lines goes without saying. */
static void log_pbx_state(const char *name, const struct pbx_state *before, const struct sip_event *event)
{
        if (event->pbx_state == SIP_PBX_UP)
                log_info(name, before->known ? "answers again" : "answers");
        else if (event->status)
                log_warning(name, "answers, but does not serve: %d %s", event->status, event->reason);
        else
                log_warning(name, "does not answer: %s%s", event->reason,
                            before->known ? "" : " (is pbx.address right?)");
}

static void on_pbx_state(struct gateway *gateway, const struct sip_event *event)
{
        struct pbx_state *pbx = &gateway->pbxs[event->pbx];
        bool up = event->pbx_state == SIP_PBX_UP;
        if (!pbx->known || pbx->up != up) {
                log_pbx_state(gateway->config->pbxs[event->pbx].name, pbx, event);
                pbx->recovered = pbx->known && up;
                pbx->since_ms = loop_now_ms(gateway->loop);
        }
        pbx->known = true;
        pbx->up = up;
        pbx->rtt_ms = event->rtt_ms;
}

/* Operators read when a line comes into service, and why one does not. */
static void log_line_state(struct gateway *gateway, const struct phone_line *line, const struct sip_event *event)
{
        const char *number = line->config->number;
        bool refused = event->line_state == SIP_LINE_REFUSED;
        const struct pbx_state *pbx = &gateway->pbxs[line->config->pbx];
        if (!line->state.has_pbx)
                return;
        if (event->line_state == SIP_LINE_REGISTERED)
                log_info(number, "registered at %s", gateway->config->pbxs[line->config->pbx].name);
        else if (!refused && pbx->known && !pbx->up) /* that has been said */
                log_debug(number, "not registered: %d %s, next try in %u s", event->status, event->reason,
                          event->retry_s);
        else if (log_allowed(&gateway->unregistered, NEWS_LINES, NEWS_S))
                log_warning(number, "%s: %d %s%s, next try in %u s",
                            refused ? "registration refused" : "not registered", event->status, event->reason,
                            refused ? refusal_hint(event->status) : "", event->retry_s);
}

static void note_line_state(struct gateway *gateway, struct phone_line *line, const struct sip_event *event)
{
        if (event->line_state == SIP_LINE_REGISTERED)
                return;
        line->error = (struct line_error){
                .status = event->status, .retry_s = event->retry_s, .at_ms = loop_now_ms(gateway->loop)};
        TEXT_SET(line->error.reason, event->reason);
}

static void on_line_state(struct gateway *gateway, const struct sip_event *event)
{
        struct phone_line *line = event->line < gateway->n_lines ? &gateway->lines[event->line] : NULL;
        if (!line || !line->phone)
                return;
        switch (event->line_state) {
        case SIP_LINE_REGISTERED:
                line_event(line, LINE_REGISTERED, 0);
                watch_line_up(line);
                break;
        case SIP_LINE_REFUSED:
                line_event(line, LINE_REFUSED, event->status);
                break;
        case SIP_LINE_UNREACHABLE:
                line_event(line, LINE_UNREACHABLE, event->status);
                break;
        case SIP_LINE_DOWN:
        case SIP_LINE_TRYING:
                return;
        }
        note_line_state(gateway, line, event);
        log_line_state(gateway, line, event);
        if (line->phone->session)
                phone_show(line->phone);
}

struct party sip_side_party(const struct sip_party *from)
{
        struct party party;
        TEXT_SET(party.name, from->name);
        TEXT_SET(party.number, from->number);
        return party;
}

static bool from_outside(const struct sip_party *caller)
{
        return !*caller->number || *caller->number == '+' || strlen(caller->number) >= OUTSIDE_DIGITS;
}

static void refuse_incoming(struct gateway *gateway, const struct sip_event *event, int status)
{
        struct sip_command command = {
                .kind = SIP_CMD_REJECT, .line = event->line, .dialog = event->dialog, .status = status};
        sip_side_command(gateway, &command);
}

/* Everything that needs no call is answered before one exists. */
static struct forward_verdict decide(struct gateway *gateway, const struct phone_line *line,
                                     const struct sip_event *event)
{
        if (!line || !line->phone)
                return (struct forward_verdict){.status = 480};
        if (gateway->stopping || gateway->backlog->count)
                return (struct forward_verdict){.status = 503};
        const struct call *calls[CALLS_PER_PHONE_MAX];
        struct phone_view view = bridge_view(line->phone, calls);
        struct forward_verdict verdict = features_decide(line, event, phone_refuses(&view, line->instance));
        if (!verdict.to && !verdict.status)
                verdict.status = phone_refuses_alone(&view, &event->alerting,
                                                     phone_may_answer_alone(line->phone, &event->alerting),
                                                     gateway->config->calls.auto_answer_busy == ANSWER_BUSY_REJECT);
        return verdict;
}

static void on_incoming(struct gateway *gateway, const struct sip_event *event)
{
        struct phone_line *line = event->line < gateway->n_lines ? &gateway->lines[event->line] : NULL;
        struct forward_verdict verdict = decide(gateway, line, event);
        if (verdict.to) {
                log_info(line->config->number, "call from %s is sent to %s", event->party.number, verdict.to);
                redirect(gateway, event->dialog, verdict.to, verdict.reason);
                return;
        }
        int status = verdict.status;
        struct call_slot *slot = status ? NULL : bridge_call_new(line);
        if (!slot) {
                if (log_allowed(&gateway->turned_away, NEWS_LINES, NEWS_S))
                        log_info(line ? line->config->number : "sip", "call from %s refused with %d",
                                 event->party.number, status ? status : 503);
                refuse_incoming(gateway, event, status ? status : 503);
                return;
        }
        slot->dialog = event->dialog;
        id_map_set(&gateway->dialogs, event->dialog, slot->id);

        struct event offer = {.kind = EV_OFFER,
                              .audio = event->audio,
                              .audio_bad = event->audio_bad,
                              .outside = from_outside(&event->party),
                              .alerting = event->alerting,
                              .unheard = line->unheard,
                              .stays = verdict.stays};
        if (!phone_may_answer_alone(line->phone, &event->alerting))
                offer.alerting.answer = false;
        offer.parties.calling = sip_side_party(&event->party);
        offer.parties.called = slot->call.self;
        offer.parties.original_called = slot->call.self;
        if (*event->called && !text_equal(event->called, line->config->number)) {
                offer.parties.original_called = (struct party){0};
                TEXT_SET(offer.parties.original_called.number, event->called);
        }
        offer.parties.last_redirecting = offer.parties.original_called;
        if (*event->diverted_by) {
                offer.parties.last_redirecting = (struct party){0};
                TEXT_SET(offer.parties.last_redirecting.number, event->diverted_by);
        }
        bridge_event(slot, &offer);
        nudge_offered(slot);
        bridge_settle(line->phone);
}

/* What an event of a dialog is to the core; false: nothing. */
static bool translate(const struct sip_event *from, struct event *to)
{
        bool audio = from->audio.n_codecs || from->audio_bad;
        *to = (struct event){.audio = from->audio,
                             .audio_bad = from->audio_bad,
                             .status = from->status,
                             .q850 = from->cause,
                             .elsewhere = from->elsewhere,
                             .party = sip_side_party(&from->party)};
        TEXT_SET(to->reason, from->reason);
        switch (from->kind) {
        case SIP_PROGRESS:
                to->kind = audio ? EV_EARLY : EV_PROGRESS;
                return true;
        case SIP_ANSWERED:
                to->kind = EV_ANSWERED;
                return true;
        case SIP_ACKED:
                to->kind = EV_ACK_AUDIO;
                return true;
        case SIP_OFFERED:
                to->kind = EV_REOFFER;
                return true;
        case SIP_OFFER_ANSWERED:
                to->kind = EV_REOFFER_ANSWERED;
                return true;
        case SIP_OFFER_FAILED:
                to->kind = EV_REOFFER_FAILED;
                return true;
        case SIP_TRANSFER_NEWS:
                to->kind = EV_TRANSFER_NEWS;
                TEXT_SET(to->number, from->called);
                return true;
        case SIP_IDENTITY:
                to->kind = EV_IDENTITY;
                return true;
        case SIP_FAILED:
                to->kind = EV_FAILED;
                return true;
        case SIP_ENDED:
                to->kind = EV_ENDED;
                return true;
        case SIP_LINE_STATE:
        case SIP_PBX_STATE:
        case SIP_DIGIT:
        case SIP_REFERRED:
        case SIP_INCOMING:
        case SIP_WATCHED:
        case SIP_MAIL:
        case SIP_TEXT:
                break;
        }
        return false;
}

static void on_dialog_event(struct gateway *gateway, const struct sip_event *event)
{
        struct call_slot *slot = bridge_call_by_dialog(gateway, event->dialog);
        struct event translated;
        if (!slot || !translate(event, &translated))
                return; /* the call ended while this was on its way */
        struct phone *phone = slot->phone;
        if (event->kind == SIP_FAILED || event->kind == SIP_ENDED)
                sip_side_forget(slot);
        if (event->kind != SIP_IDENTITY && (*event->party.number || *event->party.name))
                bridge_event(slot, &(struct event){.kind = EV_IDENTITY, .party = translated.party});
        bridge_event(slot, &translated);
        bridge_settle(phone);
}

static void on_digit(struct gateway *gateway, const struct sip_event *event)
{
        struct call_slot *slot = bridge_call_by_dialog(gateway, event->dialog);
        if (slot)
                digits_side_heard(slot, event->digit, event->digit_ms);
}

static void on_sip_ready(struct loop_fd *fd, unsigned events)
{
        (void)events;
        struct gateway *gateway = (struct gateway *)((char *)fd - offsetof(struct gateway, sip_ready));
        struct sip_event event;
        for (int i = 0; i < EVENTS_PER_TURN && sip_next(gateway->sip, &event); i++) {
                trace_sip_event(gateway, &event);
                if (event.kind == SIP_LINE_STATE)
                        on_line_state(gateway, &event);
                else if (event.kind == SIP_PBX_STATE)
                        on_pbx_state(gateway, &event);
                else if (event.kind == SIP_INCOMING && event.replaces)
                        refer_side_replacement(gateway, &event);
                else if (event.kind == SIP_INCOMING)
                        on_incoming(gateway, &event);
                else if (event.kind == SIP_WATCHED && event.watched.watch >= gateway->room_lines)
                        watch_event(gateway, &event);
                else if (event.kind == SIP_TEXT)
                        text_received(gateway, &event);
                else if (event.kind == SIP_MAIL || event.kind == SIP_WATCHED)
                        mail_event(gateway, &event);
                else if (event.kind == SIP_DIGIT)
                        on_digit(gateway, &event);
                else if (event.kind == SIP_REFERRED)
                        refer_side_referred(gateway, &event);
                else
                        on_dialog_event(gateway, &event);
        }
}

bool sip_side_start(struct gateway *gateway, char *why, size_t why_size)
{
        const struct config *config = gateway->config;
        struct sip_pbx_settings *pbxs = calloc(config->n_pbxs, sizeof *pbxs);
        gateway->backlog = calloc(1, sizeof *gateway->backlog);
        gateway->pbxs = calloc(config->n_pbxs, sizeof *gateway->pbxs);
        if (!pbxs || !gateway->backlog || !gateway->pbxs) {
                free(pbxs);
                text_printf(why, why_size, "out of memory");
                return false;
        }
        for (size_t i = 0; i < config->n_pbxs; i++)
                pbxs[i] = (struct sip_pbx_settings){
                        .name = config->pbxs[i].name,
                        .address = config->pbxs[i].address,
                        .transport = config->pbxs[i].transport == TRANSPORT_TCP ? SIP_TCP : SIP_UDP,
                        .domain = config->pbxs[i].domain,
                        .outbound_proxy = config->pbxs[i].outbound_proxy,
                        .expires_s = config->pbxs[i].expires_s,
                        .qualify_s = config->pbxs[i].qualify_s,
                };
        struct sip_settings settings = {
                .listen = config->sip.listen.at,
                .n_listen = config->sip.listen.count,
                .address = config->node.address,
                .pbxs = pbxs,
                .n_pbxs = config->n_pbxs,
                .open_registrar = config->sip.registrar == REGISTRAR_OPEN,
                .user_agent = "sccpgw/" SCCPGW_VERSION,
                .dscp = config->media.dscp_sip,
                .ring_timeout_s = config->calls.ring_timeout_s,
                .max_lines = gateway->room_lines,
        };
        gateway->sip = sip_start(&settings, why, why_size);
        free(pbxs);
        if (!gateway->sip)
                return false;
        gateway->backlog_timer.expired = on_backlog_timer;
        gateway->sip_ready.ready = on_sip_ready;
        loop_fd_start(gateway->loop, &gateway->sip_ready, sip_fd(gateway->sip), LOOP_READ);
        for (size_t i = 0; i < gateway->n_lines; i++)
                if (gateway->lines[i].phone)
                        sip_side_line_add(&gateway->lines[i]);
        return true;
}

void sip_side_stop(struct gateway *gateway, unsigned deadline_ms)
{
        if (gateway->sip) {
                loop_fd_stop(&gateway->sip_ready);
                if (gateway->backlog->count)
                        on_backlog_timer(&gateway->backlog_timer);
                loop_timer_stop(&gateway->backlog_timer);
                sip_stop(gateway->sip, deadline_ms);
        }
        if (gateway->backlog)
                free(gateway->backlog->commands);
        free(gateway->backlog);
        free(gateway->pbxs);
}
