#include "gateway/phone_pieces.h"

#include "gateway/base/text.h"
#include "gateway/mail_side.h"
#include "gateway/phone_keys.h"
#include "gateway/phone_side.h"
#include "gateway/prompts.h"
#include "sccp/display.h"
#include "sccp/takes.h"

/* The core's words in SCCP's. */
static const uint32_t call_states[] = {
        [LOOK_ON_HOOK] = SCCP_CALL_STATE_ON_HOOK,
        [LOOK_OFF_HOOK] = SCCP_CALL_STATE_OFF_HOOK,
        [LOOK_PROCEED] = SCCP_CALL_STATE_PROCEED,
        [LOOK_RING_OUT] = SCCP_CALL_STATE_RING_OUT,
        [LOOK_RING_IN] = SCCP_CALL_STATE_RING_IN,
        [LOOK_CONNECTED] = SCCP_CALL_STATE_CONNECTED,
        [LOOK_HOLD] = SCCP_CALL_STATE_HOLD,
        [LOOK_PARK] = SCCP_CALL_STATE_CALL_PARK,
        [LOOK_REMOTE] = SCCP_CALL_STATE_CALL_REMOTE_MULTILINE,
        [LOOK_REMOTE_HOLD] = SCCP_CALL_STATE_REMOTE_HOLD,
        [LOOK_TRANSFER] = SCCP_CALL_STATE_CALL_TRANSFER,
        [LOOK_BUSY] = SCCP_CALL_STATE_BUSY,
        [LOOK_CONGESTION] = SCCP_CALL_STATE_CONGESTION,
        [LOOK_INVALID_NUMBER] = SCCP_CALL_STATE_INVALID_NUMBER,
};

static const uint32_t key_sets[] = {
        [LOOK_KEYS_ON_HOOK] = SCCP_SOFTKEYS_ON_HOOK,
        [LOOK_KEYS_OFF_HOOK] = SCCP_SOFTKEYS_OFF_HOOK,
        [LOOK_KEYS_DIGITS] = SCCP_SOFTKEYS_DIGITS_FOLLOWING,
        [LOOK_KEYS_RING_OUT] = SCCP_SOFTKEYS_RING_OUT,
        [LOOK_KEYS_RING_IN] = SCCP_SOFTKEYS_RING_IN,
        [LOOK_KEYS_CONNECTED] = SCCP_SOFTKEYS_CONNECTED,
        [LOOK_KEYS_ON_HOLD] = SCCP_SOFTKEYS_ON_HOLD,
        [LOOK_KEYS_CONSULT] = SCCP_SOFTKEYS_OFF_HOOK_WITH_FEATURES,
        [LOOK_KEYS_CONSULTING] = SCCP_SOFTKEYS_CONNECTED_TRANSFERABLE,
        [LOOK_KEYS_CONFERENCE] = SCCP_SOFTKEYS_CONNECTED_CONFERENCE,
        [LOOK_KEYS_REMOTE] = SCCP_SOFTKEYS_ON_HOOK_WITH_STEALABLE_CALL,
        [LOOK_KEYS_REMOTE_SECRET] = SCCP_SOFTKEYS_IN_USE_HINT,
};

static const uint32_t tones[] = {
        [LOOK_TONE_SILENT] = SCCP_TONE_SILENCE,
        [LOOK_TONE_INSIDE_DIAL] = SCCP_TONE_INSIDE_DIAL,
        [LOOK_TONE_OUTSIDE_DIAL] = SCCP_TONE_OUTSIDE_DIAL,
        [LOOK_TONE_RINGBACK] = SCCP_TONE_ALERTING,
        [LOOK_TONE_BUSY] = SCCP_TONE_LINE_BUSY,
        [LOOK_TONE_REORDER] = SCCP_TONE_REORDER,
        [LOOK_TONE_ZIP] = SCCP_TONE_ZIP,
};

static const uint32_t lamps[] = {
        [LOOK_LAMP_OFF] = SCCP_LAMP_OFF,
        [LOOK_LAMP_ON] = SCCP_LAMP_ON,
        [LOOK_LAMP_WINK] = SCCP_LAMP_WINK,
        [LOOK_LAMP_BLINK] = SCCP_LAMP_BLINK,
};

static const uint32_t rings[] = {
        [PHONE_RING_OFF] = SCCP_RING_OFF,
        [PHONE_RING_INSIDE] = SCCP_RING_INSIDE,
        [PHONE_RING_OUTSIDE] = SCCP_RING_OUTSIDE,
        [PHONE_RING_FLASH] = SCCP_RING_FLASH_ONLY,
        [PHONE_RING_SILENT] = SCCP_RING_FLASH_ONLY,
        [PHONE_RING_FEATURE] = SCCP_RING_FEATURE,
        [PHONE_RING_URGENT] = SCCP_RING_PRECEDENCE,
        [PHONE_RING_BELLCORE_1] = SCCP_RING_BELLCORE1,
        [PHONE_RING_BELLCORE_2] = SCCP_RING_BELLCORE2,
        [PHONE_RING_BELLCORE_3] = SCCP_RING_BELLCORE3,
        [PHONE_RING_BELLCORE_4] = SCCP_RING_BELLCORE4,
        [PHONE_RING_BELLCORE_5] = SCCP_RING_BELLCORE5,
        [PHONE_RING_REMINDER] = SCCP_RING_FEATURE,
};

/* A signal, and then the phone is quiet again by itself. */
static bool rings_once(enum phone_ring ring)
{
        return ring == PHONE_RING_SILENT || ring == PHONE_RING_REMINDER;
}

static void send_message(const struct round *round, const struct sccp_message *message)
{
        sccp_session_send(round->phone->session, message);
}

/* In another call's turn it can only go off: the phone may not know yet whose ringing comes. */
static void show_ringer(struct round *round)
{
        struct phone_look *shown = &round->phone->shown.look;
        bool on = round->look.ring != PHONE_RING_OFF;
        if (shown->ring == round->look.ring && shown->ring_reference == round->look.ring_reference &&
            shown->ring_count == round->look.ring_count)
                return;
        if (on && round->slot && round->slot->id != round->look.ring_reference)
                return;
        struct sccp_message message = {.id = SCCP_SET_RINGER};
        message.set_ringer = (struct sccp_set_ringer){
                .mode = rings[round->look.ring],
                .duration = rings_once(round->look.ring) ? SCCP_RING_DURATION_SINGLE : SCCP_RING_DURATION_NORMAL,
                .line = on ? round->look.ring_line : shown->ring_line,
                .call_ref = on ? round->look.ring_reference : shown->ring_reference};
        send_message(round, &message);
        shown->ring = round->look.ring;
        shown->ring_line = round->look.ring_line;
        shown->ring_reference = round->look.ring_reference;
        shown->ring_count = round->look.ring_count;
}

static void show_speaker(struct round *round)
{
        if (round->phone->shown.look.speaker == round->look.speaker)
                return;
        struct sccp_message message = {.id = SCCP_SET_SPEAKER_MODE};
        message.set_speaker_mode.mode = round->look.speaker ? SCCP_SWITCH_ON : SCCP_SWITCH_OFF;
        send_message(round, &message);
        round->phone->shown.look.speaker = round->look.speaker;
}

void show_mute(struct round *round)
{
        if (round->phone->shown.look.mute == round->look.mute)
                return;
        struct sccp_message message = {.id = SCCP_SET_MICRO_MODE};
        message.set_micro_mode.mode = round->look.mute ? SCCP_SWITCH_OFF : SCCP_SWITCH_ON;
        send_message(round, &message);
        round->phone->shown.look.mute = round->look.mute;
}

void show_lamp_of(struct round *round, unsigned line)
{
        enum look_lamp lamp = phone_lamp(round->view, line);
        if (round->phone->shown.lamps[line] == lamp)
                return;
        struct sccp_message message = {.id = SCCP_SET_LAMP};
        message.set_lamp = (struct sccp_set_lamp){.stimulus = SCCP_BUTTON_LINE, .instance = line, .mode = lamps[lamp]};
        send_message(round, &message);
        round->phone->shown.lamps[line] = (uint8_t)lamp;
}

/* It begins to blink in the turn of the call that rings, not in that of another one on the line. */
static void show_lamp(struct round *round)
{
        unsigned line = round->slot->line->instance;
        if (round->now->lamp == LOOK_LAMP_BLINK || phone_lamp(round->view, line) != LOOK_LAMP_BLINK)
                show_lamp_of(round, line);
}

static void send_state(const struct round *round, uint32_t state)
{
        struct sccp_message message = {.id = SCCP_CALL_STATE};
        message.call_state = (struct sccp_call_state){.state = state,
                                                      .line = round->slot->line->instance,
                                                      .call_ref = round->slot->id,
                                                      .priority = SCCP_PRIORITY_NORMAL};
        send_message(round, &message);
}

/* As with real call managers: a 7911 sends no audio otherwise, and a phone that is on hook opens no channel. A phone
 * that came back to a held call has not heard of it yet. */
static void show_picked_up(struct round *round)
{
        enum look_state from = round->old->shown, to = round->now->shown;
        bool held = from == LOOK_HOLD || from == LOOK_TRANSFER;
        bool put_away = to == LOOK_HOLD || to == LOOK_TRANSFER || to == LOOK_PARK;
        if (from == LOOK_ON_HOOK || (!put_away && (held || from == LOOK_RING_IN || from == LOOK_REMOTE)))
                send_state(round, SCCP_CALL_STATE_OFF_HOOK);
}

/* Older phones know only their own hold (field-guide 2.2). */
static uint32_t call_state_of(const struct round *round)
{
        bool newer = sccp_session_model(round->phone->session)->family == SCCP_FAMILY_NEWER;
        return call_states[round->now->shown == LOOK_REMOTE_HOLD && !newer ? LOOK_HOLD : round->now->shown];
}

static void show_state(struct round *round)
{
        uint32_t state = call_state_of(round);
        if (round->now->shown == round->old->shown)
                return;
        if (round->now->shown == LOOK_REMOTE_HOLD && round->old->shown == LOOK_ON_HOOK)
                send_state(round, call_states[LOOK_REMOTE]); /* no call of ours begins on hold */
        send_state(round, state);
}

/* Before the state that says where the call got to: phones fill their list of placed calls from it. */
static void show_dialled(struct round *round)
{
        if (round->slot->dialled_due)
                phone_side_dialled(round->slot);
        round->slot->dialled_due = false;
}

static void show_plane(struct round *round)
{
        struct sccp_message message = {.id = SCCP_ACTIVATE_CALL_PLANE};
        if (round->phone->shown.look.plane_line == round->look.plane_line)
                return;
        round->phone->shown.look.plane_line = round->look.plane_line;
        if (!round->look.plane_line)
                return; /* on hook says it */
        message.activate_call_plane.line = round->look.plane_line;
        send_message(round, &message);
}

#define STEALABLE_VERSION 8 /* older phones have no keys of their own for calls that can be taken (flows.md 18) */

/* 69xx phones do not know the keys of a conference (field-guide B9). */
static uint32_t key_set(const struct phone *phone, enum look_keys keys)
{
        bool lacks = sccp_session_model(phone->session)->traits & SCCP_TRAIT_NO_CONFERENCE_KEYS;
        bool old = sccp_session_version(phone->session) < STEALABLE_VERSION;
        if (old && keys == LOOK_KEYS_REMOTE)
                return SCCP_SOFTKEYS_IN_USE_HINT;
        return key_sets[lacks && keys == LOOK_KEYS_CONFERENCE ? LOOK_KEYS_CONNECTED : keys];
}

/* The keys of no call belong to line 0, call 0: they stick otherwise (field-guide D6). */
static void show_keys(struct round *round)
{
        bool call = round->now->keys != LOOK_KEYS_ON_HOOK, same = round->now->keys == round->old->keys;
        if (same && !call)
                return;
        struct sccp_message message = {.id = SCCP_SELECT_SOFT_KEYS};
        struct sccp_select_soft_keys *select = &message.select_soft_keys;
        select->line = call ? round->slot->line->instance : 0;
        select->call_ref = call ? round->slot->id : 0;
        select->set = key_set(round->phone, round->now->keys);
        select->valid_keys = phone_keys_valid(round->phone, round->view, select->set, select->line, select->call_ref);
        if (call && same && select->valid_keys == round->slot->shown.valid_keys)
                return;
        send_message(round, &message);
        if (call)
                round->slot->shown.valid_keys = select->valid_keys;
}

static void send_prompt(const struct phone *phone, unsigned line, uint32_t reference, uint16_t label, const char *text)
{
        struct sccp_reader reader = sccp_session_reader(phone->session);
        struct sccp_message message;
        if (sccp_prompt(&message, &reader, line, reference, label, text))
                sccp_session_send(phone->session, &message);
}

static void clear_prompt(const struct round *round)
{
        struct sccp_message message = {.id = SCCP_CLEAR_PROMPT_STATUS};
        message.clear_prompt_status = (struct sccp_clear_prompt_status){.line = round->slot->line->instance,
                                                                        .call_ref = round->slot->id};
        send_message(round, &message);
}

static void show_prompt(struct round *round)
{
        if (round->now->prompt == round->old->prompt && text_equal(round->now->text, round->old->text))
                return;
        struct prompt_text prompt = prompt_text(round->now->prompt, round->now->text);
        if (round->now->prompt == PROMPT_NONE)
                clear_prompt(round);
        else
                send_prompt(round->phone, round->slot->line->instance, round->slot->id, prompt.label, prompt.text);
}

#define BANNER_SECONDS 10 /* as real call managers do, flows.md 1 */

static void send_banner(const struct round *round)
{
        struct sccp_reader reader = sccp_session_reader(round->phone->session);
        struct prompt_text from = prompt_text(round->now->prompt, round->now->text);
        struct sccp_message message;
        if (!sccp_banner(&message, &reader, BANNER_SECONDS, SCCP_NOTICE_CALL_FORWARD, from.label, from.text))
                return;
        send_message(round, &message);
        round->phone->shown.banner = round->slot->id;
}

/* Only phones with a free text line have a banner. */
static void show_banner(struct round *round)
{
        bool ringing = round->now->shown == LOOK_RING_IN, rang = round->old->shown == LOOK_RING_IN;
        if (sccp_session_model(round->phone->session)->prompt != SCCP_PROMPT_NORMAL)
                return;
        if (ringing && !rang) {
                send_banner(round);
        } else if (!ringing && round->phone->shown.banner == round->slot->id) {
                struct sccp_message message = {.id = SCCP_CLEAR_PRI_NOTIFY};
                message.clear_pri_notify.priority = SCCP_NOTICE_CALL_FORWARD;
                send_message(round, &message);
                round->phone->shown.banner = 0;
        }
}

static void show_selected(struct round *round)
{
        struct sccp_message message = {.id = SCCP_CALL_SELECT_STAT};
        if (round->now->selected == round->old->selected || round->now->shown == LOOK_ON_HOOK)
                return;
        message.call_select_stat = (struct sccp_call_select_stat){
                .selected = round->now->selected, .call_ref = round->slot->id, .line = round->slot->line->instance};
        send_message(round, &message);
}

static void show_quiet(struct round *round)
{
        struct sccp_message message = {.id = SCCP_STOP_TONE};
        if (round->now->tone == round->old->tone || round->old->tone == LOOK_TONE_SILENT)
                return;
        message.stop_tone = (struct sccp_stop_tone){.line = round->slot->line->instance, .call_ref = round->slot->id};
        send_message(round, &message);
}

static uint32_t tone_of(const struct round *round)
{
        bool dial = round->now->tone == LOOK_TONE_INSIDE_DIAL;
        return dial && mail_stutters(round->slot->line) ? SCCP_TONE_MESSAGE_WAITING_INDICATOR : tones[round->now->tone];
}

static void show_tone(struct round *round)
{
        struct sccp_message message = {.id = SCCP_START_TONE};
        if (round->now->tone == round->old->tone || round->now->tone == LOOK_TONE_SILENT)
                return;
        message.start_tone = (struct sccp_start_tone){
                .tone = tone_of(round), .line = round->slot->line->instance, .call_ref = round->slot->id};
        send_message(round, &message);
}

static void show_statistics(struct round *round)
{
        struct sccp_message message = {.id = SCCP_CONNECTION_STATISTICS_REQ};
        if (!round->slot->had_media)
                return;
        struct sccp_connection_statistics_req *request = &message.connection_statistics_req;
        text_copy(request->number, sizeof request->number, round->slot->line->config->number);
        request->call_ref = round->slot->id;
        send_message(round, &message);
        round->slot->had_media = false;
}

static void show_time(struct round *round)
{
        if (round->now->shown != round->old->shown)
                sccp_session_send_time(round->phone->session);
}

void (*const show_piece[PIECES])(struct round *round) = {
        [RINGER] = show_ringer,       [SPEAKER] = show_speaker,   [LAMP] = show_lamp,
        [PICKED_UP] = show_picked_up, [PLANE] = show_plane,       [DIALLED] = show_dialled,
        [STATE] = show_state,         [KEYS] = show_keys,         [PROMPT] = show_prompt,
        [BANNER] = show_banner,       [INFO] = show_info,         [QUIET] = show_quiet,
        [TONE] = show_tone,           [SELECTED] = show_selected, [STATISTICS] = show_statistics,
        [TIME] = show_time,
};

/* One that ends by itself and may sound beside audio. */
static void send_short_tone(const struct round *round, uint32_t tone, unsigned line, uint32_t reference)
{
        struct sccp_message message = {.id = SCCP_START_TONE};
        message.start_tone = (struct sccp_start_tone){.tone = tone, .line = line, .call_ref = reference};
        send_message(round, &message);
}

void show_waiting_tone(struct round *round)
{
        struct phone_look *shown = &round->phone->shown.look;
        bool due = round->look.waiting_for && shown->waiting_for != round->look.waiting_for;
        shown->waiting_for = round->look.waiting_for;
        if (due)
                send_short_tone(round, SCCP_TONE_CALL_WAITING, round->look.waiting_line, round->look.waiting_reference);
}

/* Whoever speaks now was not asked for. */
void show_zip_tone(struct round *round)
{
        struct phone_look *shown = &round->phone->shown.look;
        bool due = round->look.zip_reference && shown->zip_reference != round->look.zip_reference;
        shown->zip_reference = round->look.zip_reference;
        if (due)
                send_short_tone(round, SCCP_TONE_ZIP, round->look.zip_line, round->look.zip_reference);
}

/* Who is in a call is reminded of the other one in it. */
void show_beep(struct round *round)
{
        struct phone_look *shown = &round->phone->shown.look;
        bool due = round->look.beeps > shown->beeps;
        shown->beeps = round->look.beeps;
        if (due)
                send_short_tone(round, SCCP_TONE_BEEP_BONK, round->look.beep_line, round->look.beep_reference);
}

/* The text of a phone in rest: what its user should know about its lines. */
void show_idle_prompt(struct phone *phone, bool always)
{
        char text[sizeof phone->shown.idle];
        struct prompt_text idle = idle_text(phone, text, sizeof text);
        if (!always && text_equal(text, phone->shown.idle))
                return;
        TEXT_SET(phone->shown.idle, text);
        send_prompt(phone, 0, 0, idle.label, idle.text);
}
