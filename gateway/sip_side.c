#include "gateway/sip_side.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/bridge.h"
#include "gateway/core/cause.h"
#include "gateway/digits_side.h"
#include "gateway/fork.h"
#include "gateway/mail_side.h"
#include "gateway/refer_side.h"
#include "gateway/text_side.h"
#include "gateway/trace_sip.h"
#include "gateway/watch.h"

#define EVENTS_PER_TURN 256 /* then phones get their turn */
#define DISCARD_PORT    9   /* of a call without audio: no port at all would refuse it (RFC 3264 section 8.4 of old) */

/* In relay mode the core leaves the address out: the port is the relay's, the address is chosen by the sip thread
 * towards each peer. */
static struct audio local_audio(const struct call_slot *slot)
{
        struct audio audio = slot->call.local;
        audio.plain = audio.rtp.ip.family != 0;
        if (!audio.plain)
                audio.rtp.port = slot->call.relayed ? slot->ports.sip : DISCARD_PORT;
        return audio;
}

/* Only a call that still rings: RFC 3891 section 6. The tags are those of who called, to whom it goes. */
static void take_place(const struct call_names *call, struct sip_command *command)
{
        command->must_replace = *call->call_id;
        if (*call->call_id)
                text_printf(command->replaces, sizeof command->replaces, "%s;to-tag=%s;from-tag=%s;early-only",
                            call->call_id, call->remote_tag, call->local_tag);
}

bool sip_side_dial(struct call_slot *slot)
{
        struct gateway *gateway = slot->phone->gateway;
        struct sip_command command = {.kind = SIP_CMD_INVITE, .line = slot->line->account->index, .dialog = slot->id};
        command.audio = local_audio(slot);
        command.anonymous = slot->call.anonymous;
        TEXT_SET(command.party.number, slot->call.number);
        TEXT_SET(command.uri, slot->refer_uri ? slot->refer_uri : "");
        TEXT_SET(command.replaces, slot->refer_replaces ? slot->refer_replaces : "");
        take_place(&slot->call.pickup, &command);
        if (sip_queue_waits(gateway) || !sip_send(gateway->sip, &command))
                return false;
        trace_sip_command(gateway, &command);
        slot->dialog = slot->id;
        return true;
}

void sip_side_send(struct call_slot *slot, enum sip_command_kind kind, int status, int cause)
{
        struct sip_command command = {.kind = kind,
                                      .line = slot->line->account->index,
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

void sip_side_send_away(struct gateway *gateway, uint32_t dialog, const char *to, enum redirect_reason reason)
{
        struct sip_command command = {.kind = SIP_CMD_REDIRECT, .dialog = dialog, .redirect = redirects[reason]};
        TEXT_SET(command.party.number, to);
        sip_side_command(gateway, &command);
}

void sip_side_redirect(struct call_slot *slot, enum redirect_reason reason)
{
        log_info(slot->line->config->number, "call %u from %s is sent to %s", slot->id,
                 slot->call.parties.calling.number, slot->call.transfer_to);
        sip_side_send_away(slot->phone->gateway, slot->dialog, slot->call.transfer_to, reason);
}

void sip_side_forget(struct call_slot *slot)
{
        if (slot->dialog & SIP_DIALOG_INCOMING)
                id_map_remove(&slot->phone->gateway->dialogs, slot->dialog);
        slot->dialog = 0;
}

struct party sip_side_party(const struct sip_party *from)
{
        struct party party;
        TEXT_SET(party.name, from->name);
        TEXT_SET(party.number, from->number);
        return party;
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

/* What may come is only what was agreed on again. */
static bool ends_offer(enum sip_event_kind kind)
{
        return kind == SIP_OFFER_ANSWERED || kind == SIP_OFFER_FAILED || kind == SIP_ACKED;
}

static void on_dialog_event(struct gateway *gateway, const struct sip_event *event)
{
        struct call_slot *slot = bridge_call_by_dialog(gateway, event->dialog);
        struct event translated;
        if (!slot || !translate(event, &translated))
                return; /* the call ended while this was on its way */
        struct phone *phone = slot->phone;
        if (fork_event(slot, &translated))
                return;
        if (event->kind == SIP_FAILED || event->kind == SIP_ENDED)
                sip_side_forget(slot);
        if (event->kind != SIP_IDENTITY && (*event->party.number || *event->party.name))
                bridge_event(slot, &(struct event){.kind = EV_IDENTITY, .party = translated.party});
        bridge_event(slot, &translated);
        if (ends_offer(event->kind))
                digits_side_may_come(slot);
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
                        sip_lines_state(gateway, &event);
                else if (event.kind == SIP_PBX_STATE)
                        sip_lines_pbx_state(gateway, &event);
                else if (event.kind == SIP_INCOMING && event.replaces)
                        refer_side_replacement(gateway, &event);
                else if (event.kind == SIP_INCOMING)
                        sip_incoming(gateway, &event);
                else if (event.kind == SIP_WATCHED && WATCH_IS_TARGET(event.watched.watch))
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
        crypto_wipe(&event, sizeof event); /* its keys */
}

static struct sip_pbx_settings pbx_settings(const struct config_pbx *pbx)
{
        return (struct sip_pbx_settings){.name = pbx->name,
                                         .address = pbx->address,
                                         .transport = pbx->transport == TRANSPORT_TCP ? SIP_TCP : SIP_UDP,
                                         .domain = pbx->domain,
                                         .outbound_proxy = pbx->outbound_proxy,
                                         .expires_s = pbx->expires_s,
                                         .qualify_s = pbx->qualify_s};
}

void sip_side_pbx(struct gateway *gateway, uint32_t pbx)
{
        struct sip_pbx_settings settings = pbx_settings(gateway->pbxs[pbx].config);
        struct sip_command command = {.kind = SIP_CMD_PBX_SET, .pbx = pbx, .serial = gateway->pbxs[pbx].serial};
        struct sip_place *place = &command.place;
        TEXT_SET(place->name, settings.name);
        TEXT_SET(place->address, settings.address ? settings.address : "");
        TEXT_SET(place->domain, settings.domain ? settings.domain : "");
        TEXT_SET(place->outbound_proxy, settings.outbound_proxy ? settings.outbound_proxy : "");
        place->transport = settings.transport;
        place->expires_s = settings.expires_s;
        place->qualify_s = settings.qualify_s;
        sip_side_command(gateway, &command);
}

bool sip_side_start(struct gateway *gateway, char *why, size_t why_size)
{
        const struct config *config = gateway->config;
        struct sip_pbx_settings pbxs[SIP_PBXS_MAX];
        if (!sip_queue_start(gateway)) {
                text_printf(why, why_size, "out of memory");
                return false;
        }
        for (size_t i = 0; i < config->n_pbxs; i++)
                pbxs[i] = pbx_settings(&config->pbxs[i]);
        struct sip_settings settings = {
                .listen = config->sip.listen.at,
                .n_listen = config->sip.listen.count,
                .addresses = config->node.address.at,
                .n_addresses = config->node.address.count,
                .keepalive_s = config->sip.keepalive_s,
                .pbxs = pbxs,
                .n_pbxs = config->n_pbxs,
                .open_registrar = config->sip.registrar == REGISTRAR_OPEN,
                .user_agent = "sccpgw/" SCCPGW_VERSION,
                .dscp = config->media.dscp_sip,
                .srtp = config->media.srtp,
                .srtp_suites = gateway->srtp_suites,
                .ring_timeout_s = config->calls.ring_timeout_s,
        };
        gateway->sip = sip_start(&settings, why, why_size);
        if (!gateway->sip)
                return false;
        gateway->sip_ready.ready = on_sip_ready;
        loop_fd_start(gateway->loop, &gateway->sip_ready, sip_fd(gateway->sip), LOOP_READ);
        for (size_t i = 0; i < gateway->n_accounts; i++)
                if (gateway->accounts[i])
                        sip_side_line_add(gateway->accounts[i]);
        return true;
}

void sip_side_stop(struct gateway *gateway, unsigned deadline_ms)
{
        if (gateway->sip) {
                loop_fd_stop(&gateway->sip_ready);
                sip_queue_flush(gateway);
                sip_stop(gateway->sip, deadline_ms);
        }
        sip_queue_free(gateway);
}
