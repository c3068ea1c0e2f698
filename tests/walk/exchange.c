/* Commands: each has to make sense for who is told. */
#include "tests/walk/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "tests/walk/cover.h"
#include "tests/walk/walk.h"

struct exchange_dialog *exchange_dialog(struct sip *sip, uint32_t id)
{
        for (unsigned i = 0; id && i < EXCHANGE_DIALOGS; i++)
                if (sip->dialogs[i].id == id)
                        return &sip->dialogs[i];
        return NULL;
}

bool exchange_underway(const struct sip *sip, uint32_t dialog)
{
        for (unsigned i = 0; i < sip->count; i++)
                if (sip->events[(sip->first + i) % EXCHANGE_EVENTS].dialog == dialog)
                        return true;
        return false;
}

void exchange_post(struct sip *sip, const struct sip_event *event)
{
        LAW(sip->count < EXCHANGE_EVENTS, "events of the PBX are taken");
        sip->events[(sip->first + sip->count++) % EXCHANGE_EVENTS] = *event;
        cover_event(event->kind);
        walk_note("  sip: event %d dialog %x line %u status %d audio %u", (int)event->kind, event->dialog, event->line,
                  event->status,
                  event->kind >= SIP_INCOMING && event->kind <= SIP_OFFER_ANSWERED ? event->audio.n_codecs : 0);
}

/* ---- the interface ---- */

struct sip *sip_start(const struct sip_settings *settings, char *why, size_t why_size)
{
        struct sip *sip = calloc(1, sizeof *sip);
        (void)why, (void)why_size;
        LAW(sip, "room for the lines");
        sip->n_pbxs = settings->n_pbxs;
        walk_now->exchange = sip;
        return sip;
}

int sip_fd(const struct sip *sip)
{
        (void)sip;
        return EXCHANGE_DESCRIPTOR;
}

bool sip_next(struct sip *sip, struct sip_event *event)
{
        if (!sip->count)
                return false;
        *event = sip->events[sip->first];
        sip->first = (sip->first + 1) % EXCHANGE_EVENTS;
        sip->count--;
        return true;
}

void sip_stop(struct sip *sip, unsigned deadline_ms)
{
        (void)deadline_ms;
        sip->stopped = true;
}

void exchange_free(struct sip *sip)
{
        LAW(sip->stopped, "the SIP side was stopped");
        free(sip);
}

/* ---- commands ---- */

static void dialog_drop(struct exchange_dialog *dialog)
{
        *dialog = (struct exchange_dialog){0};
}

static void audio_law(const struct sip_command *command)
{
        const struct audio *audio = &command->audio;
        LAW(audio->n_codecs > 0, "dialog %x: a description has codecs", command->dialog);
        LAW(audio->rtp.port, "dialog %x: a description has a port", command->dialog);
}

static void line_command(struct sip *sip, const struct sip_command *command)
{
        struct exchange_line *line = &sip->lines[command->line];
        LAW(command->line < EXCHANGE_LINES, "a line there is");
        LAW((command->kind == SIP_CMD_LINE_ADD) != line->known, "a line is added once and known then");
        switch ((unsigned)command->kind) {
        case SIP_CMD_LINE_ADD:
                LAW(command->account.pbx < sip->n_pbxs, "a line has a PBX");
                line->known = true;
                break;
        case SIP_CMD_LINE_UP:
                LAW(!line->up, "line %u comes up once", command->line);
                line->up = true;
                line->state = SIP_LINE_TRYING;
                break;
        case SIP_CMD_LINE_DOWN:
                LAW(line->up, "line %u goes down when it is up", command->line);
                line->up = false;
                line->state = SIP_LINE_DOWN;
                break;
        case SIP_CMD_LINE_TEXTS:
                line->texts = command->status;
                break;
        }
}

static void watch_command(struct sip *sip, const struct sip_command *command)
{
        LAW(command->watch < EXCHANGE_WATCHES, "a watch has a number there is");
        struct exchange_watch *watch = &sip->watches[command->watch];
        if (command->kind == SIP_CMD_UNWATCH) {
                LAW(watch->on, "watch %u ends once", command->watch);
                *watch = (struct exchange_watch){0};
                return;
        }
        LAW(sip->lines[command->line].known, "who watches is a line: %u", command->line);
        LAW(!watch->on || strcmp(watch->wish.target, command->wish.target) == 0, "watch %u is of one target",
            command->watch);
        *watch = (struct exchange_watch){.on = true, .line = command->line, .wish = command->wish};
}

static void invite(struct sip *sip, const struct sip_command *command)
{
        LAW(command->dialog && !(command->dialog & SIP_DIALOG_INCOMING), "a call of ours has a name of ours");
        LAW(!exchange_dialog(sip, command->dialog), "a call has a name of its own: %x", command->dialog);
        LAW(*command->party.number || *command->uri, "somebody is called");
        LAW(sip->lines[command->line].known, "a line calls");
        audio_law(command);
        unsigned i = 0;
        while (i < EXCHANGE_DIALOGS && sip->dialogs[i].id)
                i++;
        LAW(i < EXCHANGE_DIALOGS, "dialogs end");
        sip->dialogs[i] = (struct exchange_dialog){
                .id = command->dialog, .line = command->line, .phase = PHASE_CALLING};
}

static void ring(struct sip *sip, struct exchange_dialog *dialog, const struct sip_command *command)
{
        (void)sip;
        LAW(dialog->phase == PHASE_OFFERED && !dialog->rung, "dialog %x rings once, when it was offered",
            command->dialog);
        dialog->rung = true;
}

static void answer(struct sip *sip, struct exchange_dialog *dialog, const struct sip_command *command)
{
        (void)sip;
        LAW(dialog->phase == PHASE_OFFERED, "dialog %x is answered when it was offered", command->dialog);
        audio_law(command);
        LAW(dialog->offerless || command->audio.n_codecs == 1, "dialog %x: an answer names one codec", command->dialog);
        dialog->phase = PHASE_ACCEPTED;
}

static void refuse(struct sip *sip, struct exchange_dialog *dialog, const struct sip_command *command)
{
        (void)sip;
        LAW(dialog->phase == PHASE_OFFERED, "dialog %x is refused when it was offered", command->dialog);
        LAW(command->kind == SIP_CMD_REDIRECT ? *command->party.number != '\0' : command->status >= 400,
            "dialog %x: a refusal has a status, a caller is sent somewhere", command->dialog);
        dialog_drop(dialog);
}

static void end(struct sip *sip, struct exchange_dialog *dialog, const struct sip_command *command)
{
        (void)sip, (void)command;
        dialog_drop(dialog);
}

static void offer(struct sip *sip, struct exchange_dialog *dialog, const struct sip_command *command)
{
        (void)sip;
        LAW(dialog->phase == PHASE_UP || dialog->phase == PHASE_ACCEPTED, "dialog %x: an offer in a dialog that is up",
            command->dialog);
        LAW(dialog->exchange != EXCHANGE_OFFERING && !dialog->waiting, "dialog %x: one offer at a time",
            command->dialog);
        audio_law(command);
        if (dialog->phase == PHASE_UP && dialog->exchange == EXCHANGE_QUIET)
                dialog->exchange = EXCHANGE_OFFERING;
        else
                dialog->waiting = true;
}

static void session_next(struct exchange_dialog *dialog)
{
        dialog->exchange = dialog->waiting ? EXCHANGE_OFFERING : EXCHANGE_QUIET;
        dialog->waiting = false;
}

static void take_offer(struct sip *sip, struct exchange_dialog *dialog, const struct sip_command *command)
{
        bool offerless = dialog->offerless;
        LAW(dialog->phase == PHASE_UP && dialog->exchange == EXCHANGE_ASKED, "dialog %x: an answer to an offer",
            command->dialog);
        audio_law(command);
        LAW(offerless || command->audio.n_codecs == 1, "dialog %x: an answer names one codec", command->dialog);
        session_next(dialog);
        dialog->offerless = false;
        if (offerless) /* theirs is in the ACK */
                exchange_answer_offer(sip, dialog);
}

static void decline(struct sip *sip, struct exchange_dialog *dialog, const struct sip_command *command)
{
        (void)sip;
        LAW(dialog->phase == PHASE_UP && dialog->exchange == EXCHANGE_ASKED, "dialog %x: a refusal of an offer",
            command->dialog);
        LAW(command->status >= 400, "dialog %x: a refusal has a status", command->dialog);
        session_next(dialog);
}

static void refer_news(struct sip *sip, struct exchange_dialog *dialog, const struct sip_command *command)
{
        (void)sip;
        LAW(dialog->referred, "dialog %x: news for who asked for them", command->dialog);
        dialog->referred = command->status < 200;
}

static void transfer(struct sip *sip, struct exchange_dialog *dialog, const struct sip_command *command)
{
        bool up = dialog->phase == PHASE_UP; /* else its ACK is on the way */
        LAW((up || dialog->phase == PHASE_ACCEPTED) && !dialog->referring,
            "dialog %x: one transfer at a time, of who is there", command->dialog);
        LAW(!command->target || !*command->party.number, "dialog %x: is sent to one", command->dialog);
        LAW(!command->target || exchange_dialog(sip, command->target) || exchange_underway(sip, command->target) ||
                    sip->late,
            "dialog %x: is sent to somebody who is there", command->dialog);
        dialog->referring = true;
        if (!up || (!exchange_dialog(sip, command->target) && !*command->party.number))
                exchange_nobody_there(sip, dialog);
}

static void digit(struct sip *sip, struct exchange_dialog *dialog, const struct sip_command *command)
{
        (void)sip, (void)dialog;
        LAW(command->digit, "dialog %x: a key is told", command->dialog);
}

static void (*const dialog_commands[EXCHANGE_COMMANDS])(struct sip *, struct exchange_dialog *,
                                                        const struct sip_command *) = {
        [SIP_CMD_RING] = ring,         [SIP_CMD_ANSWER] = answer,  [SIP_CMD_REJECT] = refuse,
        [SIP_CMD_REDIRECT] = refuse,   [SIP_CMD_END] = end,        [SIP_CMD_OFFER] = offer,
        [SIP_CMD_ACCEPT] = take_offer, [SIP_CMD_REFUSE] = decline, [SIP_CMD_REFER_NEWS] = refer_news,
        [SIP_CMD_TRANSFER] = transfer, [SIP_CMD_DIGIT] = digit,
};

static void dialog_command(struct sip *sip, const struct sip_command *command)
{
        struct exchange_dialog *dialog = exchange_dialog(sip, command->dialog);
        if (dialog)
                dialog_commands[command->kind](sip, dialog, command);
        else /* its end is on the way, or was while the command waited for room */
                LAW(exchange_underway(sip, command->dialog) || sip->late, "command %d for dialog %x, which is gone",
                    (int)command->kind, command->dialog);
}

bool sip_send(struct sip *sip, const struct sip_command *command)
{
        if (sip->full) {
                sip->late = true;
                return false;
        }
        cover_command(command->kind);
        walk_note("  sip: command %d dialog %x line %u watch %u status %d", (int)command->kind, command->dialog,
                  command->line, command->watch, command->status);
        if (command->kind <= SIP_CMD_LINE_TEXTS)
                line_command(sip, command);
        else if (command->kind == SIP_CMD_WATCH || command->kind == SIP_CMD_UNWATCH)
                watch_command(sip, command);
        else if (command->kind == SIP_CMD_INVITE)
                invite(sip, command);
        else
                dialog_command(sip, command);
        return true;
}

/* ---- what happens unasked ---- */

static struct exchange_dialog *any_dialog(struct sip *sip)
{
        unsigned live[EXCHANGE_DIALOGS], n = 0;
        for (unsigned i = 0; i < EXCHANGE_DIALOGS; i++)
                if (sip->dialogs[i].id)
                        live[n++] = i;
        return n ? &sip->dialogs[live[walk_random(n)]] : NULL;
}

bool exchange_act(struct sip *sip)
{
        unsigned what = walk_random(100);
        struct exchange_dialog *dialog = any_dialog(sip);
        if (what < 12)
                return exchange_invite(sip);
        if (what < 17)
                return exchange_line_news(sip);
        if (what < 25)
                return exchange_watch_news(sip);
        if (what < 27)
                return exchange_other_news(sip);
        return dialog && exchange_say(sip, dialog);
}

bool exchange_hang_up(struct sip *sip)
{
        for (unsigned i = 0; i < EXCHANGE_DIALOGS; i++)
                if (sip->dialogs[i].id) {
                        exchange_end(sip, &sip->dialogs[i]);
                        return true;
                }
        return false;
}

/* ACKs, answers to our offers, news of transfers: in time. */
bool exchange_help(struct sip *sip)
{
        for (unsigned i = 0; i < EXCHANGE_DIALOGS; i++) {
                struct exchange_dialog *dialog = &sip->dialogs[i];
                if (dialog->phase == PHASE_ACCEPTED)
                        exchange_confirm(sip, dialog);
                else if (dialog->exchange == EXCHANGE_OFFERING)
                        exchange_answer_offer(sip, dialog);
                else if (dialog->referring)
                        exchange_final_news(sip, dialog);
                else
                        continue;
                return true;
        }
        return false;
}
