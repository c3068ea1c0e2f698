/* Commands from the other side of the house, by kind. */
#include "sip/account.h"
#include "sip/call_in.h"
#include "sip/call_out.h"
#include "sip/digits.h"
#include "sip/hangup.h"
#include "sip/probe.h"
#include "sip/redirect.h"
#include "sip/refer.h"
#include "sip/referred.h"
#include "sip/session.h"
#include "sip/watch.h"

static void line_add(struct sip *sip, const struct sip_command *command)
{
        account_add(sip, command->line, &command->account);
}

static void line_remove(struct sip *sip, const struct sip_command *command)
{
        account_remove(sip, command->line);
}

static void line_up(struct sip *sip, const struct sip_command *command)
{
        account_up(sip, command->line);
}

static void line_down(struct sip *sip, const struct sip_command *command)
{
        account_down(sip, command->line);
}

static void line_texts(struct sip *sip, const struct sip_command *command)
{
        struct account *account = account_by_line(sip, command->line);
        if (account)
                account->texts = command->status;
}

static void pbx_put(struct sip *sip, const struct sip_command *command)
{
        const struct sip_place *place = &command->place;
        struct sip_pbx_settings settings = {.name = place->name,
                                            .address = *place->address ? place->address : NULL,
                                            .transport = place->transport,
                                            .domain = *place->domain ? place->domain : NULL,
                                            .outbound_proxy = *place->outbound_proxy ? place->outbound_proxy : NULL,
                                            .expires_s = place->expires_s,
                                            .qualify_s = place->qualify_s};
        char why[256];
        if (pbx_set(sip, command->pbx, command->serial, &settings, why, sizeof why))
                probe_start(sip->pbxs[command->pbx]);
        else
                log_error(place->name, "%s", why);
}

static void pbx_take_away(struct sip *sip, const struct sip_command *command)
{
        pbx_remove(sip, command->pbx);
}

static void ring_timeout(struct sip *sip, const struct sip_command *command)
{
        sip->ring_timeout_s = command->seconds;
}

static void watch_begin(struct sip *sip, const struct sip_command *command)
{
        watch_add(sip, command->watch, command->line, &command->wish);
}

static void watch_end(struct sip *sip, const struct sip_command *command)
{
        watch_remove(sip, command->watch);
}

static void ring(struct dialog *dialog, const struct sip_command *command)
{
        (void)command;
        call_in_ring(dialog);
}

static void answer(struct dialog *dialog, const struct sip_command *command)
{
        call_in_answer(dialog, &command->audio);
}

static void redirect_caller(struct dialog *dialog, const struct sip_command *command)
{
        redirect(dialog, command->party.number, command->redirect);
}

static void end(struct dialog *dialog, const struct sip_command *command)
{
        hangup(dialog, command->status, command->cause, command->reason);
}

static void offer(struct dialog *dialog, const struct sip_command *command)
{
        session_offer(dialog, &command->audio);
}

static void accept_offer(struct dialog *dialog, const struct sip_command *command)
{
        session_accept(dialog, &command->audio);
}

static void refuse_offer(struct dialog *dialog, const struct sip_command *command)
{
        session_refuse(dialog, command->status);
}

static void refer_news(struct dialog *dialog, const struct sip_command *command)
{
        referred_news(dialog, command->status);
}

static void digit(struct dialog *dialog, const struct sip_command *command)
{
        digits_send(dialog, command->digit, command->digit_ms);
}

static void transfer(struct dialog *dialog, const struct sip_command *command)
{
        struct dialog *target = command->target ? dialog_by_id(dialog->sip, command->target) : NULL;
        if (command->to_focus)
                refer_to_focus(dialog, target);
        else
                refer_send(dialog, target, command->party.number);
}

/* One of the two: on the room, or on the dialog it names. */
static const struct handler {
        void (*room)(struct sip *, const struct sip_command *);
        void (*dialog)(struct dialog *, const struct sip_command *);
} handlers[] = {
        [SIP_CMD_LINE_ADD] = {.room = line_add},
        [SIP_CMD_LINE_REMOVE] = {.room = line_remove},
        [SIP_CMD_LINE_UP] = {.room = line_up},
        [SIP_CMD_LINE_DOWN] = {.room = line_down},
        [SIP_CMD_LINE_TEXTS] = {.room = line_texts},
        [SIP_CMD_WATCH] = {.room = watch_begin},
        [SIP_CMD_UNWATCH] = {.room = watch_end},
        [SIP_CMD_PBX_SET] = {.room = pbx_put},
        [SIP_CMD_PBX_REMOVE] = {.room = pbx_take_away},
        [SIP_CMD_RING_TIMEOUT] = {.room = ring_timeout},
        [SIP_CMD_INVITE] = {.room = call_out},
        [SIP_CMD_RING] = {.dialog = ring},
        [SIP_CMD_ANSWER] = {.dialog = answer},
        [SIP_CMD_REJECT] = {.dialog = end},
        [SIP_CMD_END] = {.dialog = end},
        [SIP_CMD_OFFER] = {.dialog = offer},
        [SIP_CMD_ACCEPT] = {.dialog = accept_offer},
        [SIP_CMD_REFUSE] = {.dialog = refuse_offer},
        [SIP_CMD_REFER_NEWS] = {.dialog = refer_news},
        [SIP_CMD_REDIRECT] = {.dialog = redirect_caller},
        [SIP_CMD_DIGIT] = {.dialog = digit},
        [SIP_CMD_TRANSFER] = {.dialog = transfer},
};

void command_perform(struct sip *sip, const struct sip_command *command)
{
        const struct handler *handler = &handlers[command->kind];
        if (handler->room) {
                handler->room(sip, command);
                return;
        }
        struct dialog *dialog = dialog_by_id(sip, command->dialog);
        if (dialog)
                handler->dialog(dialog, command);
        else
                log_debug("sip", "command %d for dialog %x, which is gone", command->kind, command->dialog);
}
