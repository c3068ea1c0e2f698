/* The table of looks: a state nobody gave a row cannot exist, the compiler counts them. */
#include "gateway/core/look.h"

#include "gateway/base/text.h"
#include "gateway/core/call.h"
#include "gateway/core/cause.h"

#define STATUS_RINGS 180

static const struct row {
        enum look_state shown;
        enum look_keys keys;
        enum look_lamp lamp;
        enum look_tone tone;
        enum look_prompt prompt;
} rows[] = {
        [CALL_IDLE] = {LOOK_ON_HOOK, LOOK_KEYS_ON_HOOK, LOOK_LAMP_OFF, LOOK_TONE_SILENT, PROMPT_NONE},
        [CALL_OFF_HOOK] = {LOOK_OFF_HOOK, LOOK_KEYS_OFF_HOOK, LOOK_LAMP_ON, LOOK_TONE_INSIDE_DIAL, PROMPT_ENTER_NUMBER},
        [CALL_DIALING] = {LOOK_OFF_HOOK, LOOK_KEYS_DIGITS, LOOK_LAMP_ON, LOOK_TONE_SILENT, PROMPT_ENTER_NUMBER},
        [CALL_PREPARING] = {LOOK_PROCEED, LOOK_KEYS_RING_OUT, LOOK_LAMP_ON, LOOK_TONE_SILENT, PROMPT_PROCEED},
        [CALL_CALLING] = {LOOK_PROCEED, LOOK_KEYS_RING_OUT, LOOK_LAMP_ON, LOOK_TONE_SILENT, PROMPT_PROCEED},
        [CALL_RINGBACK] = {LOOK_RING_OUT, LOOK_KEYS_RING_OUT, LOOK_LAMP_ON, LOOK_TONE_RINGBACK, PROMPT_RING_OUT},
        [CALL_EARLY] = {LOOK_RING_OUT, LOOK_KEYS_RING_OUT, LOOK_LAMP_ON, LOOK_TONE_SILENT, PROMPT_RING_OUT},
        [CALL_OFFERED] = {LOOK_RING_IN, LOOK_KEYS_RING_IN, LOOK_LAMP_BLINK, LOOK_TONE_SILENT, PROMPT_FROM},
        /* Off hook before connected: a 7911 sends no audio otherwise (field-guide M2), and CUCM does so too. */
        [CALL_ANSWERING] = {LOOK_OFF_HOOK, LOOK_KEYS_CONNECTED, LOOK_LAMP_ON, LOOK_TONE_SILENT, PROMPT_FROM},
        [CALL_AGREEING] = {LOOK_CONNECTED, LOOK_KEYS_CONNECTED, LOOK_LAMP_ON, LOOK_TONE_SILENT, PROMPT_CONNECTED},
        [CALL_OPENING] = {LOOK_CONNECTED, LOOK_KEYS_CONNECTED, LOOK_LAMP_ON, LOOK_TONE_SILENT, PROMPT_CONNECTED},
        [CALL_TALKING] = {LOOK_CONNECTED, LOOK_KEYS_CONNECTED, LOOK_LAMP_ON, LOOK_TONE_SILENT, PROMPT_CONNECTED},
        [CALL_HELD] = {LOOK_HOLD, LOOK_KEYS_ON_HOLD, LOOK_LAMP_WINK, LOOK_TONE_SILENT, PROMPT_HOLD},
        [CALL_RESUMING] = {LOOK_OFF_HOOK, LOOK_KEYS_CONNECTED, LOOK_LAMP_ON, LOOK_TONE_SILENT, PROMPT_CONNECTED},
        [CALL_AWAY] = {LOOK_HOLD, LOOK_KEYS_ON_HOLD, LOOK_LAMP_WINK, LOOK_TONE_SILENT, PROMPT_HOLD}, /* to nobody */
        [CALL_LEAVING] = {LOOK_ON_HOOK, LOOK_KEYS_ON_HOOK, LOOK_LAMP_OFF, LOOK_TONE_SILENT, PROMPT_NONE},
        [CALL_JOINING] = {LOOK_HOLD, LOOK_KEYS_ON_HOLD, LOOK_LAMP_WINK, LOOK_TONE_SILENT, PROMPT_HOLD},
        [CALL_MEMBER] = {LOOK_ON_HOOK, LOOK_KEYS_ON_HOOK, LOOK_LAMP_OFF, LOOK_TONE_SILENT, PROMPT_NONE},
        [CALL_REMOTE] = {LOOK_REMOTE, LOOK_KEYS_REMOTE, LOOK_LAMP_ON, LOOK_TONE_SILENT, PROMPT_IN_USE_REMOTE},
        [CALL_REMOTE_HELD] = {LOOK_REMOTE_HOLD, LOOK_KEYS_ON_HOLD, LOOK_LAMP_WINK, LOOK_TONE_SILENT, PROMPT_HOLD},
        [CALL_BARGING] = {LOOK_OFF_HOOK, LOOK_KEYS_CONNECTED, LOOK_LAMP_ON, LOOK_TONE_SILENT, PROMPT_BARGE},
        [CALL_BARGED] = {LOOK_CONNECTED, LOOK_KEYS_CONNECTED, LOOK_LAMP_ON, LOOK_TONE_SILENT, PROMPT_BARGE},
        /* shown, tone and prompt come from the outcome */
        [CALL_TELLING] = {LOOK_ON_HOOK, LOOK_KEYS_ON_HOOK, LOOK_LAMP_OFF, LOOK_TONE_SILENT, PROMPT_NONE},
        [CALL_FAILED] = {LOOK_CONGESTION, LOOK_KEYS_OFF_HOOK, LOOK_LAMP_ON, LOOK_TONE_REORDER,
                         PROMPT_TEMPORARY_FAILURE},
};

_Static_assert(sizeof rows / sizeof *rows == CALL_STATE_COUNT, "every call state has a look");

/* What a PBX says when there is nothing to pick up differs; it is never about a number or its user. */
static bool is_about_a_party(enum look_prompt prompt)
{
        return prompt == PROMPT_UNKNOWN_NUMBER || prompt == PROMPT_BUSY || prompt == PROMPT_DECLINED ||
               prompt == PROMPT_NO_ANSWER || prompt == PROMPT_TEMPORARY_FAILURE;
}

static void look_failed(const struct call *call, struct look *out)
{
        out->shown = call->outcome->shown;
        out->tone = call->outcome->tone;
        out->prompt = call->outcome->prompt;
        if (call->purpose == CALL_PICKUP && is_about_a_party(out->prompt)) {
                out->shown = LOOK_CONGESTION;
                out->tone = LOOK_TONE_REORDER;
                out->prompt = PROMPT_NO_PICKUP;
        }
}

/* "Alice (1001)", or what there is of it. */
static void party_print(const struct party *party, char out[LOOK_TEXT_SIZE])
{
        if (*party->name && *party->number)
                text_printf(out, LOOK_TEXT_SIZE, "%s (%s)", party->name, party->number);
        else
                text_copy(out, LOOK_TEXT_SIZE, *party->name ? party->name : party->number);
}

static void look_text(const struct call *call, struct look *out)
{
        switch (out->prompt) {
        case PROMPT_PROCEED:
        case PROMPT_RING_OUT:
        case PROMPT_FROM:
        case PROMPT_CALL_BACK:
        case PROMPT_CONNECTED:
                party_print(call->incoming ? &call->parties.calling : &call->parties.called, out->text);
                break;
        case PROMPT_DECLINED:
                TEXT_SET(out->text, call->reason);
                break;
        case PROMPT_NONE:
        case PROMPT_ENTER_NUMBER:
        case PROMPT_HOLD:
        case PROMPT_HELD_BY_FAR:
        case PROMPT_TRANSFER:
        case PROMPT_TRANSFERRING:
        case PROMPT_TRANSFER_FAILED:
        case PROMPT_PARKING:
        case PROMPT_PARK_FAILED:
        case PROMPT_PICKUP:
        case PROMPT_NO_PICKUP:
        case PROMPT_PRIVATE:
        case PROMPT_FROM_PRIVATE:
        case PROMPT_CONFERENCE:
        case PROMPT_CONFERENCE_FAILED:
        case PROMPT_IN_USE_REMOTE:
        case PROMPT_BARGE:
        case PROMPT_BARGE_FAILED:
        case PROMPT_BUSY:
        case PROMPT_TEMPORARY_FAILURE:
        case PROMPT_UNKNOWN_NUMBER:
        case PROMPT_NO_ANSWER:
        case PROMPT_NOT_REGISTERED:
        case PROMPT_NO_COMMON_CODEC:
        case PROMPT_NO_CHANNEL:
        case PROMPT_NO_PORTS:
        case PROMPT_LOOP:
                break;
        }
}

static void look_info(const struct call *call, struct look *out)
{
        bool typing = !call->incoming && !*call->parties.called.number && !call->at_focus;
        if (call->state == CALL_IDLE || call_is_hidden(call) || typing)
                return;
        if (call_is_remote(call) && call->seen.secret)
                return;
        out->info = call->incoming ? INFO_INCOMING : INFO_OUTGOING;
        out->parties = call->parties;
        if (call->host || call->at_focus)
                *(call->incoming ? &out->parties.calling : &out->parties.called) = (struct party){.name = "Conference"};
}

/* Keys of a call that was begun for another one (field-guide B9). */
static void look_consult(const struct call *call, struct look *out)
{
        if (out->keys == LOOK_KEYS_OFF_HOOK)
                out->keys = LOOK_KEYS_CONSULT;
        else if (out->keys == LOOK_KEYS_CONNECTED && call->purpose == CALL_CONSULT)
                out->keys = LOOK_KEYS_CONSULTING;
}

static void look_parking(const struct call *call, struct look *out)
{
        if (call->transfer == TRANSFER_SENT) {
                out->shown = LOOK_PARK;
                out->prompt = PROMPT_PARKING;
        } else if (call->transfer == TRANSFER_FAILED) {
                out->prompt = PROMPT_PARK_FAILED;
        }
}

static void look_typing(const struct call *call, struct look *out)
{
        if (call->purpose == CALL_PICKUP)
                out->prompt = PROMPT_PICKUP;
        else if (call->anonymous)
                out->prompt = PROMPT_PRIVATE;
}

/* A number for a setting: set 6 from the beginning (flows.md 14). */
static void look_setting(struct look *out)
{
        if (out->keys == LOOK_KEYS_OFF_HOOK && out->shown == LOOK_OFF_HOOK) {
                out->keys = LOOK_KEYS_DIGITS;
                out->tone = LOOK_TONE_ZIP;
        }
}

static void look_held(const struct call *call, struct look *out)
{
        if (call->consulting || call->transfer == TRANSFER_SENT)
                out->shown = LOOK_TRANSFER;
        if (call->gathers && !call->at_focus)
                out->prompt = PROMPT_CONFERENCE;
        else if (call->transfer == TRANSFER_SENT)
                out->prompt = call->transfer_news >= STATUS_RINGS ? PROMPT_RING_OUT : PROMPT_TRANSFERRING;
        else if (call->transfer == TRANSFER_FAILED)
                out->prompt = PROMPT_TRANSFER_FAILED;
        else if (call->apart)
                out->prompt = PROMPT_CONFERENCE_FAILED;
        else if (call->consulting == CALL_CONFER)
                out->prompt = PROMPT_CONFERENCE;
        else if (call->consulting)
                out->prompt = PROMPT_TRANSFER;
}

/* flows.md 13: one call that is the conference. A member whose phone side nobody uses is on hook for the phone, as with
 * real call managers: phones know one call at a time that is connected. */
static void look_conference(const struct call *call, struct look *out)
{
        if (call->state == CALL_JOINING && call->parted)
                *out = (struct look){.keys = LOOK_KEYS_ON_HOOK};
        if (call->apart && call->state == CALL_TALKING)
                out->prompt = PROMPT_CONFERENCE_FAILED;
        if ((!call->host && !call->at_focus) || out->keys != LOOK_KEYS_CONNECTED)
                return;
        out->keys = LOOK_KEYS_CONFERENCE;
        out->prompt = PROMPT_CONFERENCE;
}

static void look_remote(const struct call *call, struct look *out)
{
        if (call->seen.secret)
                out->keys = LOOK_KEYS_REMOTE_SECRET;
        if (call->apart && call->state == CALL_REMOTE)
                out->prompt = PROMPT_BARGE_FAILED;
}

void call_look(const struct call *call, struct look *out)
{
        const struct row *row = &rows[call->state];
        *out = (struct look){
                .shown = row->shown,
                .keys = row->keys,
                .lamp = row->lamp,
                .tone = row->tone,
                .prompt = row->prompt,
        };
        if (call->state == CALL_FAILED)
                look_failed(call, out);
        if (call->state == CALL_DIALING && call->outside_tone)
                out->tone = LOOK_TONE_OUTSIDE_DIAL;
        if ((call->purpose == CALL_CONSULT || call->purpose == CALL_CONFER) && call->partner)
                look_consult(call, out);
        if (call_is_setting(call->purpose))
                look_setting(out);
        if (call->state == CALL_HELD || call->state == CALL_JOINING)
                look_held(call, out);
        if (call->state == CALL_REMOTE || call->state == CALL_REMOTE_HELD)
                look_remote(call, out);
        if (call_held_by_far(call))
                out->prompt = PROMPT_HELD_BY_FAR;
        if (call->parking && call_is_up(call->state))
                look_parking(call, out);
        if (out->prompt == PROMPT_ENTER_NUMBER)
                look_typing(call, out);
        if (out->prompt == PROMPT_FROM && call->purpose == CALL_BACK)
                out->prompt = PROMPT_CALL_BACK;
        if (out->prompt == PROMPT_FROM && !*call->parties.calling.number && !*call->parties.calling.name)
                out->prompt = PROMPT_FROM_PRIVATE;
        look_conference(call, out);
        out->selected = call->selected && !call_is_hidden(call);
        look_text(call, out);
        look_info(call, out);
}

const char *look_lamp_name(enum look_lamp lamp)
{
        static const char *const names[] = {
                [LOOK_LAMP_OFF] = "off", [LOOK_LAMP_ON] = "on", [LOOK_LAMP_WINK] = "wink", [LOOK_LAMP_BLINK] = "blink"};
        return lamp < sizeof names / sizeof names[0] ? names[lamp] : "off";
}
