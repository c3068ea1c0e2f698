/* What was pressed at a phone, in words of the core; and the other way round, which soft keys would do something. */
#include "gateway/phone_keys.h"

#include "gateway/base/text.h"
#include "gateway/busy_lamp.h"
#include "gateway/call_back.h"
#include "gateway/conference_list.h"
#include "gateway/features.h"
#include "gateway/mail_side.h"
#include "gateway/settings.h"
#include "sccp/softkeys.h"

static const char *speed_dial_number(const struct phone *phone, unsigned instance)
{
        for (size_t i = 0; i < phone->config->n_buttons; i++)
                if (phone->config->buttons[i].kind == BUTTON_SPEED_DIAL && --instance == 0)
                        return phone->config->buttons[i].number;
        return NULL;
}

/* A party that rings is answered in its place: by taking the place of the call, where it has told its names, else by
 * the code of the PBX. */
static void pick_up(const struct phone *phone, const struct presence_look *look, struct phone_press *press)
{
        const char *code = phone->gateway->config->calls.directed_pickup;
        bool names = *look->pickup.call_id && *look->other.number;
        char by_code[PARTY_NUMBER_SIZE];
        if (!names && !code)
                return;
        text_printf(by_code, sizeof by_code, "%s%s", code ? code : "", press->number);
        press->key = PHONE_PICK_UP;
        press->pickup = names ? look->pickup : (struct call_names){.call_id = ""};
        TEXT_SET(press->number, names ? look->other.number : by_code);
        TEXT_SET(press->instead, names && code ? by_code : "");
}

static bool speed_dial(const struct phone *phone, unsigned instance, struct phone_press *press)
{
        const char *number = speed_dial_number(phone, instance);
        const struct presence_look *look = busy_lamp_look(phone, instance);
        press->key = PHONE_NUMBER;
        TEXT_SET(press->number, number ? number : "");
        if (look && look->state == PRESENCE_RINGING)
                pick_up(phone, look, press);
        return number != NULL;
}

/* The latest number of the line, if the key names one that has any, else the latest of the phone; on its line unless
 * the key names another. */
static bool redial(const struct phone *phone, struct phone_press *press)
{
        const struct phone_line *line = press->line ? &phone->lines[press->line - 1] : phone->dialled;
        if (line && !*line->redial)
                line = phone->dialled;
        if (!line)
                return false;
        TEXT_SET(press->number, line->redial);
        if (!press->line)
                press->line = line->instance;
        return true;
}

static const struct {
        uint32_t soft_key;
        enum phone_key key;
} soft_keys[] = {
        {SCCP_SOFTKEY_REDIAL, PHONE_NUMBER},
        {SCCP_SOFTKEY_NEW_CALL, PHONE_NEW_CALL},
        {SCCP_SOFTKEY_HOLD, PHONE_HOLD},
        {SCCP_SOFTKEY_RESUME, PHONE_RESUME},
        {SCCP_SOFTKEY_END_CALL, PHONE_END_CALL},
        {SCCP_SOFTKEY_ANSWER, PHONE_ANSWER},
        {SCCP_SOFTKEY_BACKSPACE, PHONE_BACKSPACE},
        {SCCP_SOFTKEY_DIAL, PHONE_DIAL},
        {SCCP_SOFTKEY_TRANSFER, PHONE_TRANSFER},
        {SCCP_SOFTKEY_DIRECT_TRANSFER, PHONE_DIRECT_TRANSFER},
        {SCCP_SOFTKEY_PICKUP, PHONE_PICKUP},
        {SCCP_SOFTKEY_GROUP_PICKUP, PHONE_GROUP_PICKUP},
        {SCCP_SOFTKEY_PARK, PHONE_PARK},
        {SCCP_SOFTKEY_OTHER_PICKUP, PHONE_OTHER_PICKUP},
        {SCCP_SOFTKEY_PRIVATE, PHONE_PRIVATE},
        {SCCP_SOFTKEY_MCID, PHONE_MALICIOUS},
        {SCCP_SOFTKEY_INTERCEPT, PHONE_STEAL},
        {SCCP_SOFTKEY_BARGE, PHONE_BARGE},
        {SCCP_SOFTKEY_QRT, PHONE_QUALITY},
        {SCCP_SOFTKEY_FORWARD_ALL, PHONE_FORWARD_ALL},
        {SCCP_SOFTKEY_FORWARD_BUSY, PHONE_FORWARD_BUSY},
        {SCCP_SOFTKEY_FORWARD_NO_ANSWER, PHONE_FORWARD_NO_ANSWER},
        {SCCP_SOFTKEY_DND, PHONE_DND},
        {SCCP_SOFTKEY_CALLBACK, PHONE_CALL_BACK},
        {SCCP_SOFTKEY_DIVERT, PHONE_DIVERT},
        {SCCP_SOFTKEY_IMMEDIATE_DIVERT, PHONE_DIVERT},
        {SCCP_SOFTKEY_TRANSFER_VOICEMAIL, PHONE_DIVERT},
        {SCCP_SOFTKEY_CONFERENCE, PHONE_CONFERENCE},
        {SCCP_SOFTKEY_JOIN, PHONE_JOIN},
        {SCCP_SOFTKEY_SELECT, PHONE_SELECT},
        {SCCP_SOFTKEY_REMOVE_LAST, PHONE_REMOVE_LAST},
        {SCCP_SOFTKEY_CONFERENCE_LIST, PHONE_CONFERENCE_LIST},
};

/* The line a key without one is for: that of the call the user is in, else the first. */
static struct phone_line *line_of_press(const struct phone *phone, const struct phone_press *press)
{
        unsigned line = press->line ? press->line : 1;
        for (const struct call_slot *slot = phone->calls; slot; slot = slot->next)
                if (press->reference ? slot->id == press->reference : !press->line && call_is_active(&slot->call))
                        line = slot->line->instance;
        return line <= phone->n_lines ? &phone->lines[line - 1] : NULL;
}

static bool forward(const struct phone *phone, struct phone_press *press, enum forward_kind kind)
{
        const struct phone_line *line = line_of_press(phone, press);
        press->line = line ? line->instance : 0;
        press->active = line && features_forwards(line, kind);
        return line != NULL;
}

static bool call_back(const struct phone *phone, struct phone_press *press)
{
        const struct phone_line *line = line_of_press(phone, press);
        press->active = call_back_number(phone) != NULL;
        return press->active || (line && call_back_possible(line));
}

/* To where the line's callers leave messages. */
static bool divert(const struct phone *phone, struct phone_press *press)
{
        const struct phone_line *line = line_of_press(phone, press);
        const char *number = line ? phone->gateway->pbxs[line->account->pbx].config->voicemail : NULL;
        TEXT_SET(press->number, number);
        return number != NULL;
}

/* What a key needs beside itself; false: it means nothing here. */
static bool complete(const struct phone *phone, struct phone_press *press)
{
        switch ((unsigned)press->key) {
        case PHONE_NUMBER:
                return redial(phone, press);
        case PHONE_FORWARD_ALL:
                return forward(phone, press, FORWARD_ALL);
        case PHONE_FORWARD_BUSY:
                return forward(phone, press, FORWARD_BUSY);
        case PHONE_FORWARD_NO_ANSWER:
                return forward(phone, press, FORWARD_NO_ANSWER);
        case PHONE_DND:
                return phone->gateway->config->calls.dnd != DND_KEY_OFF;
        case PHONE_DIVERT:
                return divert(phone, press);
        case PHONE_CALL_BACK:
                return call_back(phone, press);
        }
        return true;
}

/* False: the key means nothing here. */
static bool translate_soft_key(const struct phone *phone, const struct sccp_input *input, struct phone_press *press)
{
        for (size_t i = 0; i < sizeof soft_keys / sizeof soft_keys[0]; i++) {
                if (soft_keys[i].soft_key != input->key)
                        continue;
                press->key = soft_keys[i].key;
                return complete(phone, press);
        }
        return false;
}

/* Small business phones say line 1 whatever the line; the call is right (field guide B10). */
static unsigned line_meant(const struct phone *phone, const struct sccp_input *input)
{
        if (sccp_session_model(phone->session)->traits & SCCP_TRAIT_SPCP)
                for (const struct call_slot *slot = phone->calls; slot; slot = slot->next)
                        if (input->reference && slot->id == input->reference)
                                return slot->line->instance;
        return input->line;
}

bool phone_key_press(const struct phone *phone, const struct sccp_input *input, struct phone_press *press)
{
        *press = (struct phone_press){.line = input->line, .reference = input->reference, .digit = input->digit};
        switch (input->kind) {
        case SCCP_INPUT_OFF_HOOK:
                press->key = PHONE_OFF_HOOK;
                return true;
        case SCCP_INPUT_ON_HOOK:
                press->key = PHONE_ON_HOOK;
                return true;
        case SCCP_INPUT_DIGIT:
                press->key = PHONE_DIGIT;
                return true;
        case SCCP_INPUT_NUMBER:
                press->key = PHONE_ENBLOC;
                TEXT_SET(press->number, input->number);
                return *press->number;
        case SCCP_INPUT_LINE_KEY:
                press->key = PHONE_LINE;
                press->line = line_meant(phone, input);
                return true;
        case SCCP_INPUT_SPEED_DIAL:
                return speed_dial(phone, input->instance, press);
        case SCCP_INPUT_MESSAGES:
                press->key = PHONE_NUMBER;
                return mail_number(phone, input->line, press->number, sizeof press->number, &press->line);
        case SCCP_INPUT_FLASH:
                press->key = PHONE_FLASH;
                return true;
        case SCCP_INPUT_CHOICE:
                return conference_list_choice(input, press);
        case SCCP_INPUT_SOFT_KEY:
                return translate_soft_key(phone, input, press);
        case SCCP_INPUT_RX_OPENED:
        case SCCP_INPUT_RX_FAILED:
        case SCCP_INPUT_TX_FAILED:
        case SCCP_INPUT_STATISTICS:
        case SCCP_INPUT_SUBSCRIBE:
        case SCCP_INPUT_REASON:
                break;
        }
        return false;
}

/* Phones without a microphone but the handset's are answered by lifting it (field-guide B12). */
static bool is_useless(const struct phone *phone, uint32_t soft_key)
{
        uint32_t traits = sccp_session_model(phone->session)->traits;
        return soft_key == SCCP_SOFTKEY_ANSWER && traits & SCCP_TRAIT_NO_HANDSFREE;
}

uint32_t phone_keys_valid(const struct phone *phone, const struct phone_view *view, uint32_t set, unsigned line,
                          uint32_t reference)
{
        const struct sccp_soft_keys *keys = &phone->settings->soft_keys[phone->config->softkeys];
        uint32_t valid = SCCP_SOFT_KEYS_ALL;
        for (size_t i = 0; i < sizeof soft_keys / sizeof soft_keys[0]; i++) {
                struct sccp_input input = {.kind = SCCP_INPUT_SOFT_KEY,
                                           .key = soft_keys[i].soft_key,
                                           .line = line,
                                           .reference = reference};
                uint32_t bit = sccp_soft_key_bit(keys, set, soft_keys[i].soft_key);
                struct phone_press press;
                if (bit && (is_useless(phone, soft_keys[i].soft_key) || !phone_key_press(phone, &input, &press) ||
                            !phone_key_works(view, &press)))
                        valid &= ~bit;
        }
        return valid;
}
