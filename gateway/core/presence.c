#include "gateway/core/presence.h"

#include <string.h>

#include "gateway/base/text.h"

/* What a lamp shows first. Only what rings at the party is ringing: a party that calls is busy. */
enum urgency { NOTHING, HELD, TALKING, BEGUN, RINGING };

static enum urgency urgency_of(const struct presence_dialog *dialog)
{
        switch (dialog->step) {
        case PRESENCE_BEGUN:
                return BEGUN;
        case PRESENCE_ALERTING:
                return dialog->outgoing ? BEGUN : RINGING;
        case PRESENCE_TALKING:
                return dialog->held ? HELD : TALKING;
        case PRESENCE_OVER:
                break;
        }
        return NOTHING;
}

void presence_holds(struct presence *presence, bool holds)
{
        if (!holds)
                *presence = (struct presence){.holds = false};
        presence->holds = holds;
}

void presence_whole(struct presence *presence)
{
        presence->told = true;
        presence->n_dialogs = 0;
}

static struct presence_dialog *find(struct presence *presence, uint64_t key)
{
        for (size_t i = 0; i < presence->n_dialogs; i++) {
                if (presence->dialogs[i].key == key)
                        return &presence->dialogs[i];
        }
        return NULL;
}

/* In the order they came, so that the oldest of equals is shown. */
static void take_out(struct presence *presence, struct presence_dialog *dialog)
{
        size_t after = presence->n_dialogs - (size_t)(dialog - presence->dialogs) - 1;
        memmove(dialog, dialog + 1, after * sizeof *dialog);
        presence->n_dialogs--;
}

static struct presence_dialog *least_urgent(struct presence *presence)
{
        struct presence_dialog *least = &presence->dialogs[0];
        for (size_t i = 1; i < presence->n_dialogs; i++) {
                if (urgency_of(&presence->dialogs[i]) <= urgency_of(least))
                        least = &presence->dialogs[i];
        }
        return least;
}

/* False: the new one is worth less than all there are. */
static bool room_make(struct presence *presence, const struct presence_dialog *dialog)
{
        if (presence->n_dialogs < PRESENCE_DIALOGS_MAX)
                return true;
        struct presence_dialog *least = least_urgent(presence);
        if (urgency_of(least) >= urgency_of(dialog))
                return false;
        take_out(presence, least);
        return true;
}

/* A report of a change need not repeat who it is with. */
static void update(struct presence_dialog *known, const struct presence_dialog *dialog)
{
        struct presence_dialog before = *known;
        *known = *dialog;
        if (!known->other.number[0] && !known->other.name[0])
                known->other = before.other;
        if (!known->call.call_id[0])
                known->call = before.call;
}

void presence_dialog(struct presence *presence, const struct presence_dialog *dialog)
{
        struct presence_dialog *known = find(presence, dialog->key);
        presence->told = true;
        if (dialog->step == PRESENCE_OVER) {
                if (known)
                        take_out(presence, known);
        } else if (known) {
                update(known, dialog);
        } else if (room_make(presence, dialog)) {
                presence->dialogs[presence->n_dialogs++] = *dialog;
        }
}

void presence_word(struct presence *presence, enum presence_state word)
{
        presence->word = word;
}

static const struct presence_dialog *most_urgent(const struct presence *presence)
{
        const struct presence_dialog *most = NULL;
        for (size_t i = 0; i < presence->n_dialogs; i++) {
                if (!most || urgency_of(&presence->dialogs[i]) > urgency_of(most))
                        most = &presence->dialogs[i];
        }
        return most;
}

void presence_look(const struct presence *presence, struct presence_look *out)
{
        const struct presence_dialog *dialog = most_urgent(presence);
        *out = (struct presence_look){.state = PRESENCE_UNKNOWN};
        if (!presence->holds)
                return;
        if (presence->told)
                out->state = PRESENCE_IDLE;
        if (presence->word > out->state)
                out->state = presence->word;
        if (!dialog)
                return;
        enum urgency urgency = urgency_of(dialog);
        out->state = urgency == RINGING ? PRESENCE_RINGING : PRESENCE_BUSY;
        out->outgoing = dialog->outgoing;
        out->held = urgency == HELD;
        out->other = dialog->other;
        if (urgency == RINGING)
                out->pickup = dialog->call;
}

static bool party_equal(const struct party *a, const struct party *b)
{
        return text_equal(a->name, b->name) && text_equal(a->number, b->number);
}

static bool call_equal(const struct call_names *a, const struct call_names *b)
{
        return text_equal(a->call_id, b->call_id) && text_equal(a->local_tag, b->local_tag) &&
               text_equal(a->remote_tag, b->remote_tag);
}

bool presence_look_equal(const struct presence_look *a, const struct presence_look *b)
{
        return a->state == b->state && a->outgoing == b->outgoing && a->held == b->held &&
               party_equal(&a->other, &b->other) && call_equal(&a->pickup, &b->pickup);
}

const char *presence_state_name(enum presence_state state)
{
        static const char *const names[] = {
                [PRESENCE_UNKNOWN] = "unknown", [PRESENCE_IDLE] = "idle", [PRESENCE_AWAY] = "away",
                [PRESENCE_DND] = "dnd",         [PRESENCE_BUSY] = "busy", [PRESENCE_RINGING] = "ringing",
        };
        return names[state];
}
