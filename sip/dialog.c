#include "sip/dialog.h"

#include <sofia-sip/nta.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sip/digits.h"
#include "sip/hangup.h"
#include "sip/orphan.h"
#include "sip/refer.h"
#include "sip/referred.h"

static struct dialog **bucket(struct sip *sip, uint32_t id)
{
        return &sip->dialogs[id & (SIP_DIALOG_BUCKETS - 1)];
}

struct dialog *dialog_by_id(const struct sip *sip, uint32_t id)
{
        struct dialog *dialog = *bucket((struct sip *)sip, id);
        while (dialog && dialog->id != id)
                dialog = dialog->next_named;
        return id == 0 ? NULL : dialog;
}

uint32_t dialog_new_id(struct sip *sip)
{
        uint32_t id;
        do
                id = ++sip->next_dialog | SIP_DIALOG_INCOMING;
        while (dialog_by_id(sip, id));
        return id;
}

static void dialog_name(struct dialog *dialog, uint32_t id)
{
        dialog->id = id;
        dialog->named_link = bucket(dialog->sip, id);
        dialog->next_named = *dialog->named_link;
        if (dialog->next_named)
                dialog->next_named->named_link = &dialog->next_named;
        *dialog->named_link = dialog;
}

void dialog_unname(struct dialog *dialog)
{
        if (dialog->id == 0)
                return;
        *dialog->named_link = dialog->next_named;
        if (dialog->next_named)
                dialog->next_named->named_link = dialog->named_link;
        dialog->id = 0;
}

struct dialog *dialog_new(struct sip *sip, uint32_t id, uint32_t line)
{
        struct dialog *dialog = id == 0 || dialog_by_id(sip, id) ? NULL : calloc(1, sizeof *dialog);
        if (!dialog)
                return NULL;
        dialog->sip = sip;
        dialog->line = line;
        dialog->outgoing = (id & SIP_DIALOG_INCOMING) == 0;
        dialog->sdp.id = (uint64_t)room_random() << 31 | room_random() >> 1;
        text_printf(dialog->subject, sizeof dialog->subject, "dialog %x", id);
        dialog_name(dialog, id);
        dialog->link = &sip->first_dialog;
        dialog->next = sip->first_dialog;
        if (dialog->next)
                dialog->next->link = &dialog->next;
        sip->first_dialog = dialog;
        atomic_fetch_add_explicit(&sip->dialogs_open, 1, memory_order_relaxed);
        return dialog;
}

static void leg_drop(struct dialog *dialog)
{
        if (dialog->leg)
                nta_leg_destroy(dialog->leg);
        dialog->leg = NULL;
}

void dialog_free(struct dialog *dialog)
{
        orphan_drop(dialog);
        leg_drop(dialog);
        *dialog->link = dialog->next;
        if (dialog->next)
                dialog->next->link = dialog->link;
        for (size_t i = 0; i < dialog->n_tried; i++)
                free(dialog->tried[i]);
        atomic_fetch_sub_explicit(&dialog->sip->dialogs_open, 1, memory_order_relaxed);
        room_timer_clear(dialog->sip, &dialog->alarm);
        free(dialog->refer_to);
        free(dialog->diversion);
        free(dialog->replaces);
        free(dialog->referred_by);
        crypto_wipe(dialog, sizeof *dialog);
        free(dialog);
}

static void gone_free(struct timer *timer)
{
        dialog_free(dialog_of_alarm(timer));
}

static const char *const state_names[] = {
        [DIALOG_CALLING] = "calling",   [DIALOG_CANCELLED] = "cancelled", [DIALOG_OFFERED] = "offered",
        [DIALOG_ACCEPTED] = "accepted", [DIALOG_TALKING] = "talking",     [DIALOG_ENDING] = "ending",
        [DIALOG_GONE] = "gone",
};

void dialog_enter(struct dialog *dialog, enum dialog_state state)
{
        log_debug(dialog->subject, "%s -> %s", state_names[dialog->state], state_names[state]);
        dialog->state = state;
}

void dialog_gone(struct dialog *dialog)
{
        if (dialog->state == DIALOG_GONE)
                return;
        dialog_unname(dialog);
        dialog_enter(dialog, DIALOG_GONE);
        if (dialog->invite)
                nta_outgoing_destroy(dialog->invite);
        orphan_make(dialog);
        if (dialog->incoming)
                nta_incoming_destroy(dialog->incoming);
        if (dialog->change)
                nta_incoming_destroy(dialog->change);
        for (size_t i = 0; i < dialog->n_forks; i++)
                nta_leg_destroy(dialog->forks[i].leg);
        if (!dialog->orphan)
                leg_drop(dialog);
        refer_clear(dialog);
        digits_clear(dialog);
        referred_clear(dialog);
        room_timer_clear(dialog->sip, &dialog->retry);
        dialog_alarm(dialog, dialog->orphan ? ORPHAN_WAIT_MS : 0, gone_free);
}

void dialogs_end(struct sip *sip)
{
        for (struct dialog *dialog = sip->first_dialog; dialog; dialog = dialog->next) {
                dialog_unname(dialog);
                hangup(dialog, 0, 0, "");
        }
}

struct sip_event dialog_event(const struct dialog *dialog, enum sip_event_kind kind)
{
        return (struct sip_event){.kind = kind, .line = dialog->line, .dialog = dialog->id};
}

void dialog_post(const struct dialog *dialog, const struct sip_event *event)
{
        if (dialog->id != 0)
                room_post(dialog->sip, event);
}

void dialog_alarm(struct dialog *dialog, int64_t wait_ms, void (*expired)(struct timer *timer))
{
        dialog->alarm.expired = expired;
        room_timer_set(dialog->sip, &dialog->alarm, wait_ms);
}

struct dialog *dialog_of_alarm(struct timer *timer)
{
        return (struct dialog *)((char *)timer - offsetof(struct dialog, alarm));
}

struct dialog *dialog_of_retry(struct timer *timer)
{
        return (struct dialog *)((char *)timer - offsetof(struct dialog, retry));
}

void dialog_reason(int cause, const char *text, char out[DIALOG_REASON_SIZE])
{
        char clean[SIP_REASON_MAX];
        out[0] = '\0';
        if (cause <= 0)
                return;
        TEXT_SET(clean, text);
        for (char *c = clean; *c; c++) {
                if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ')
                        *c = ' ';
        }
        text_printf(out, DIALOG_REASON_SIZE, clean[0] ? "Q.850;cause=%d;text=\"%s\"" : "Q.850;cause=%d", cause, clean);
}
