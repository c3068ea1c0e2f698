#include "gateway/phone_show.h"

#include "gateway/bridge.h"
#include "gateway/feature_keys.h"
#include "gateway/features.h"
#include "gateway/mail_side.h"
#include "gateway/phone_pieces.h"
#include "gateway/text_side.h"

/* What changes comes in this order, by the state that is shown now. Real call managers: flows.md 6.1 to 7.1, 9.1, 11;
 * field-guide 4.2. */
static const uint8_t orders[][PIECES] = {
        [LOOK_ON_HOOK] = {QUIET, STATISTICS, LAMP, PROMPT, BANNER, STATE, KEYS, TIME, SPEAKER, RINGER},
        [LOOK_OFF_HOOK] = {RINGER, SPEAKER, LAMP, QUIET, STATE, KEYS, BANNER, PROMPT, PLANE, TONE},
        [LOOK_PROCEED] = {RINGER, SPEAKER, LAMP, PICKED_UP, PLANE, QUIET, DIALLED, STATE, INFO, KEYS, PROMPT},
        [LOOK_RING_OUT] = {RINGER, SPEAKER, LAMP, PICKED_UP, PLANE, QUIET, DIALLED, TONE, STATE, KEYS, PROMPT, INFO},
        [LOOK_RING_IN] = {STATE, KEYS, PROMPT, BANNER, INFO, LAMP, RINGER},
        [LOOK_CONNECTED] = {RINGER, SPEAKER, LAMP, PICKED_UP, PLANE, QUIET, DIALLED, STATE, KEYS, BANNER, PROMPT, INFO,
                            SELECTED},
        [LOOK_HOLD] = {TIME, LAMP, QUIET, PICKED_UP, STATE, PROMPT, INFO, SPEAKER, KEYS, SELECTED},
        [LOOK_PARK] = {LAMP, QUIET, PICKED_UP, STATE, KEYS, PROMPT, INFO},
        [LOOK_REMOTE] = {RINGER, QUIET, STATISTICS, STATE, LAMP, BANNER, INFO, KEYS, PROMPT, SPEAKER},
        [LOOK_REMOTE_HOLD] = {RINGER, QUIET, STATISTICS, STATE, LAMP, BANNER, KEYS, PROMPT, INFO, SPEAKER},
        [LOOK_TRANSFER] = {TIME, LAMP, QUIET, PICKED_UP, STATE, PROMPT, INFO, SPEAKER, KEYS, SELECTED},
        [LOOK_BUSY] = {RINGER, SPEAKER, LAMP, PICKED_UP, PLANE, QUIET, DIALLED, TONE, STATE, KEYS, INFO, PROMPT},
        [LOOK_CONGESTION] = {RINGER, SPEAKER, LAMP, PICKED_UP, PLANE, QUIET, DIALLED, TONE, STATE, KEYS, INFO, PROMPT},
        [LOOK_INVALID_NUMBER] = {RINGER, SPEAKER, LAMP, PICKED_UP, PLANE, QUIET, DIALLED, STATE, KEYS, INFO, PROMPT,
                                 TONE},
};

static void show_call(struct round *round, struct call_slot *slot, const struct look *now)
{
        const uint8_t *order = orders[now->shown];
        round->slot = slot;
        round->now = now;
        round->old = &slot->shown.look;
        /* a call that came and went in one turn is nothing to the phone */
        if (slot->shown.known || now->shown != LOOK_ON_HOOK)
                for (int i = 0; order[i] != END_OF_PIECES; i++)
                        show_piece[order[i]](round);
        slot->shown.known = now->shown != LOOK_ON_HOOK;
        slot->shown.look = *now;
        round->slot = NULL;
        round->now = round->old = NULL;
}

/* Calls that give something up come first, so that what the phone has one of is free for the others; those that ring
 * come last, after the tone that announces them in the ear of who talks (flows.md 10). */
enum turn { GIVES_UP, GOES_ON, RINGS };

static enum turn turn_of(const struct look *now)
{
        if (now->shown == LOOK_ON_HOOK || now->shown == LOOK_HOLD || now->shown == LOOK_TRANSFER ||
            now->shown == LOOK_REMOTE || now->shown == LOOK_REMOTE_HOLD)
                return GIVES_UP;
        return now->shown == LOOK_RING_IN ? RINGS : GOES_ON;
}

static void show_calls(struct round *round, enum turn turn)
{
        for (struct call_slot *slot = round->phone->calls; slot; slot = slot->next) {
                struct look now;
                call_look(&slot->call, &now);
                if (turn_of(&now) == turn)
                        show_call(round, slot, &now);
        }
}

void phone_show(struct phone *phone)
{
        const struct call *calls[CALLS_PER_PHONE_MAX];
        struct phone_view view = bridge_view(phone, calls);
        struct round round = {.phone = phone, .view = &view};
        phone_look(&view, &round.look);

        show_calls(&round, GIVES_UP);
        show_calls(&round, GOES_ON);
        show_mute(&round);
        show_zip_tone(&round);
        show_waiting_tone(&round);
        show_beep(&round);
        show_calls(&round, RINGS);
        for (unsigned line = 1; line <= phone->n_lines; line++)
                show_lamp_of(&round, line);
        show_piece[RINGER](&round);
        show_piece[SPEAKER](&round);
        show_piece[PLANE](&round);
        mail_show(phone, phone_count_own(&view) > 0);
        feature_keys_show(phone, &view);
        features_show(phone);
        if (!phone_count_own(&view))
                show_idle_prompt(phone, false);
        text_show_waiting(phone, &view);
}

/* Its slot is none of the phone's any more. */
void phone_show_gone(struct call_slot *slot)
{
        const struct call *calls[CALLS_PER_PHONE_MAX];
        const struct look now = {.shown = LOOK_ON_HOOK, .keys = LOOK_KEYS_ON_HOOK};
        if (slot->phone->session) {
                struct phone_view view = bridge_view(slot->phone, calls);
                struct round round = {.phone = slot->phone, .view = &view};
                phone_look(&view, &round.look);
                show_call(&round, slot, &now);
        }
        slot->shown = (struct call_shown){0};
}

void phone_show_account(const struct account *account, const struct phone *but)
{
        for (const struct phone_line *line = account->lines; line; line = line->next)
                if (line->phone != but && line->phone->session)
                        phone_show(line->phone);
}

static void show_idle_keys(struct phone *phone, const struct phone_view *view)
{
        struct look now = {.shown = LOOK_ON_HOOK, .keys = LOOK_KEYS_ON_HOOK};
        struct look old = {.shown = LOOK_OFF_HOOK, .keys = LOOK_KEYS_OFF_HOOK};
        struct round round = {.phone = phone, .view = view, .now = &now, .old = &old};
        show_piece[KEYS](&round);
}

/* A phone whose user sees no call shows the keys of rest, whatever calls he does not see. */
void phone_show_keys(struct phone *phone)
{
        const struct call *calls[CALLS_PER_PHONE_MAX];
        struct phone_view view = bridge_view(phone, calls);
        for (size_t i = 0; i < view.n_calls; i++)
                if (!call_is_hidden(calls[i]))
                        return;
        show_idle_keys(phone, &view);
}

void phone_show_idle(struct phone *phone)
{
        /* sent to the models that want it: sccp/takes.c */
        static const struct sccp_message hook_flash = {.id = SCCP_SET_HOOK_FLASH_DETECT};

        const struct call *calls[CALLS_PER_PHONE_MAX];
        struct phone_view view = bridge_view(phone, calls);
        sccp_session_send(phone->session, &hook_flash);
        show_idle_keys(phone, &view);
        mail_show(phone, false);
        feature_keys_show(phone, &view);
        features_show(phone);
        show_idle_prompt(phone, true);
        text_show_waiting(phone, &view);
}

void phone_show_silence(struct phone *phone)
{
        struct sccp_message message = {.id = SCCP_STOP_TONE};
        sccp_session_send(phone->session, &message);
        message = (struct sccp_message){.id = SCCP_SET_SPEAKER_MODE};
        message.set_speaker_mode.mode = SCCP_SWITCH_OFF;
        sccp_session_send(phone->session, &message);
        phone->shown.look.speaker = false;
}
