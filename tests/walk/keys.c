/* What users do: mostly what the phone shows, sometimes anything at all. */
#include <string.h>

#include "gateway/base/text.h"
#include "tests/walk/walk.h"

static struct face_call *any_call(struct handset *handset)
{
        struct face_call *calls[FACE_CALLS];
        unsigned n = 0;
        for (int i = 0; i < FACE_CALLS; i++)
                if (handset->face.calls[i].ref)
                        calls[n++] = &handset->face.calls[i];
        return n ? calls[walk_random(n)] : NULL;
}

/* Some call, none, or one of nobody's. */
static uint32_t any_reference(struct handset *handset, uint32_t *line)
{
        const struct face_call *call = any_call(handset);
        *line = call ? call->line : walk_random(3);
        if (call && walk_chance(75))
                return call->ref;
        if (walk_chance(20))
                *line = walk_random(200);
        return walk_chance(85) ? 0 : 0x70000000u + walk_random(9);
}

/* ---- soft keys ---- */

static void send_soft_key(struct handset *handset, uint32_t key, uint32_t line, uint32_t ref)
{
        struct sccp_message message = {.id = SCCP_SOFT_KEY_EVENT};
        message.soft_key_event = (struct sccp_soft_key_event){.event = key, .line = line, .call_ref = ref};
        handset_send(handset, &message);
}

static unsigned shown_keys(const struct face *face, uint32_t set, uint32_t mask, uint32_t out[16])
{
        unsigned n = 0;
        for (int i = 0; set < 16 && i < 16; i++)
                if (face->sets[set][i] && mask >> i & 1)
                        out[n++] = face->sets[set][i];
        return n;
}

/* As the gateway knows them. */
static const struct call_slot *calls_of(const struct handset *handset)
{
        const struct gateway *gateway = walk_now->gateway;
        for (size_t i = 0; i < gateway->n_phones; i++)
                if (strcmp(gateway->phones[i]->config->name, handset->name) == 0)
                        return gateway->phones[i]->calls;
        return NULL;
}

/* While a channel is being opened, or the PBX told of a setting, keys do not flicker: what is shown may have to wait.
 */
static bool is_settled(const struct handset *handset)
{
        for (const struct call_slot *slot = calls_of(handset); slot; slot = slot->next)
                if (slot->call.rx == RX_PENDING || slot->call.state == CALL_AGREEING ||
                    slot->call.state == CALL_JOINING || slot->call.state == CALL_TELLING)
                        return false;
        return true;
}

/* Keys that need others before or behind them would be rare. */
static bool leads_on(uint32_t key)
{
        static const uint32_t keys[] = {
                SCCP_SOFTKEY_TRANSFER,        SCCP_SOFTKEY_CONFERENCE, SCCP_SOFTKEY_JOIN, SCCP_SOFTKEY_RESUME,
                SCCP_SOFTKEY_DIRECT_TRANSFER, SCCP_SOFTKEY_SELECT,     SCCP_SOFTKEY_PARK, SCCP_SOFTKEY_ANSWER,
                SCCP_SOFTKEY_CONFERENCE_LIST, SCCP_SOFTKEY_BARGE};
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
                if (keys[i] == key)
                        return true;
        return false;
}

static bool press_shown(struct handset *handset)
{
        const struct face *face = &handset->face;
        const struct face_call *call = any_call(handset);
        uint32_t keys[16], set = call ? call->key_set : face->idle_key_set,
                           mask = call ? call->key_mask : face->idle_key_mask;
        unsigned n = shown_keys(face, set, mask, keys);
        if (!n)
                return false;
        handset->pressed = keys[walk_random(n)];
        for (unsigned tries = 0; tries < 3 && !leads_on(handset->pressed) && walk_chance(60); tries++)
                handset->pressed = keys[walk_random(n)];
        handset->pressed_shown = is_settled(handset);
        send_soft_key(handset, handset->pressed, call ? call->line : 0, call ? call->ref : 0);
        handset->pressed_shown = false;
        return true;
}

static bool press_any_soft_key(struct handset *handset)
{
        uint32_t line, ref = any_reference(handset, &line);
        if (!(handset->kind->traits & KIND_SOFT_KEYS) && walk_chance(80))
                return false;
        send_soft_key(handset, walk_random(105), line, ref);
        return true;
}

/* ---- hard keys ---- */

static void send_stimulus(struct handset *handset, uint32_t stimulus, uint32_t instance)
{
        struct sccp_message message = {.id = SCCP_STIMULUS, .omitted = 1};
        message.stimulus = (struct sccp_stimulus){.stimulus = stimulus, .instance = instance};
        handset_send(handset, &message);
}

static bool press_line_key(struct handset *handset)
{
        send_stimulus(handset, SCCP_BUTTON_LINE, 1 + walk_random(walk_chance(90) ? 3 : 100));
        return true;
}

static bool press_hard_key(struct handset *handset)
{
        static const uint32_t keys[] = {
                SCCP_BUTTON_HOLD,
                SCCP_BUTTON_TRANSFER,
                SCCP_BUTTON_LAST_NUMBER_REDIAL,
                SCCP_BUTTON_FORWARD_ALL,
                SCCP_BUTTON_FORWARD_BUSY,
                SCCP_BUTTON_FORWARD_NO_ANSWER,
                SCCP_BUTTON_CONFERENCE,
                SCCP_BUTTON_CALL_PARK,
                SCCP_BUTTON_CALL_PICKUP,
                SCCP_BUTTON_DO_NOT_DISTURB,
                SCCP_BUTTON_CONF_LIST,
                SCCP_BUTTON_REMOVE_LAST_PARTICIPANT,
                SCCP_BUTTON_NEW_CALL,
                SCCP_BUTTON_GROUP_CALL_PICKUP,
                SCCP_BUTTON_OTHER_PICKUP,
                SCCP_BUTTON_END_CALL,
                SCCP_BUTTON_PRIVACY,
                SCCP_BUTTON_SELECT,
                SCCP_BUTTON_MALICIOUS_CALL,
                SCCP_BUTTON_QRT,
                SCCP_BUTTON_VOICEMAIL,
                SCCP_BUTTON_MESSAGES,
                SCCP_BUTTON_SPEED_DIAL,
                SCCP_BUTTON_BLF_SPEED_DIAL,
                SCCP_BUTTON_HOLD,
                SCCP_BUTTON_TRANSFER,
                SCCP_BUTTON_CONFERENCE,
        };
        uint32_t key = keys[walk_random(sizeof keys / sizeof keys[0])];
        if (walk_chance(3))
                key = walk_random(256);
        send_stimulus(handset, key, walk_chance(90) ? 1 + walk_random(4) : walk_random(200));
        return true;
}

/* ---- hook and digits ---- */

static bool lift(struct handset *handset)
{
        struct sccp_message message = {.id = SCCP_OFF_HOOK};
        uint32_t line, ref = any_reference(handset, &line);
        if (handset->kind->traits & KIND_BARE_HOOK)
                message.omitted = 2;
        else if (walk_chance(60))
                message.off_hook = (struct sccp_off_hook){.line = line, .call_ref = ref};
        handset_send(handset, &message);
        return true;
}

static bool put_down(struct handset *handset)
{
        struct sccp_message message = {.id = SCCP_ON_HOOK};
        uint32_t line, ref = any_reference(handset, &line);
        if (handset->kind->traits & KIND_BARE_HOOK)
                message.omitted = 2;
        else if (!(handset->kind->traits & KIND_ZERO_ON_HOOK) && walk_chance(70))
                message.on_hook = (struct sccp_on_hook){.line = line, .call_ref = ref};
        handset_send(handset, &message);
        return true;
}

static bool flash(struct handset *handset)
{
        struct sccp_message message = {.id = SCCP_HOOK_FLASH, .omitted = 2};
        if (!(handset->kind->traits & KIND_NO_TEXT) && walk_chance(90))
                return false;
        handset_send(handset, &message);
        return true;
}

static void send_digit(struct handset *handset, char digit)
{
        struct sccp_message message = {.id = SCCP_KEYPAD_BUTTON};
        struct sccp_keypad_button *m = &message.keypad_button;
        const struct face_call *call = face_active_call(&handset->face);
        face_typed(&handset->face, digit);
        m->button = digit == '*' ? 14 : digit == '#' ? 15 : digit == '+' ? 16 : (uint32_t)(digit - '0');
        message.omitted = handset->kind->traits & KIND_KEYS_NO_LINE ? 4 : 2;
        if (call && !(handset->kind->traits & KIND_KEYS_NO_LINE)) {
                m->line = call->line;
                m->call_ref = call->ref;
        }
        handset_send(handset, &message);
}

static bool dial(struct handset *handset)
{
        static const char digits[] = "0123456789*#+", *const numbers[] = {"2001", "2002#", "91234",
                                                                          "77",   "1002",  "112"};
        const struct face_call *call = face_active_call(&handset->face);
        bool typing = call && call->state == SCCP_CALL_STATE_OFF_HOOK;
        if (!typing && walk_chance(80))
                return false;
        if (typing && walk_chance(60)) {
                for (const char *at = numbers[walk_random(6)]; *at && handset_here(handset); at++)
                        send_digit(handset, *at);
                return true;
        }
        send_digit(handset, digits[walk_random(sizeof digits - 1)]);
        return true;
}

static bool dial_whole(struct handset *handset)
{
        static const char *const numbers[] = {"2001", "2002", "+49-30 5", "77", "", "1002"};
        struct sccp_message message = {.id = SCCP_ENBLOC_CALL};
        TEXT_SET(message.enbloc_call.called_number, numbers[walk_random(6)]);
        message.enbloc_call.line = walk_random(3);
        handset_send(handset, &message);
        return true;
}

static bool holds_conference(const struct handset *handset)
{
        for (const struct call_slot *slot = calls_of(handset); slot; slot = slot->next)
                if (slot->call.host && slot->call.state == CALL_HELD)
                        return true;
        return false;
}

static uint32_t hurried_key(const struct handset *handset, const struct call *call)
{
        static const uint32_t keys[] = {SCCP_SOFTKEY_JOIN, SCCP_SOFTKEY_JOIN, SCCP_SOFTKEY_DIRECT_TRANSFER,
                                        SCCP_SOFTKEY_TRANSFER};
        if (call->host)
                return SCCP_SOFTKEY_END_CALL;
        return holds_conference(handset) ? SCCP_SOFTKEY_DIRECT_TRANSFER : keys[walk_random(4)];
}

/* Moments too short to be met by chance: a channel is just being opened, or somebody just transferred. */
static bool hurry(struct handset *handset)
{
        for (const struct call_slot *slot = calls_of(handset); slot; slot = slot->next) {
                const struct call *call = &slot->call;
                bool opens = call->state == CALL_OPENING || call->state == CALL_RESUMING;
                if (call->handed && walk_chance(50))
                        put_down(handset);
                else if (opens && handset->kind->traits & KIND_SOFT_KEYS)
                        send_soft_key(handset, hurried_key(handset, call), call->line, slot->id);
                else if (call->state == CALL_BARGING && walk_chance(10))
                        handset_send(handset, &(struct sccp_message){.id = SCCP_UNREGISTER_REQ, .omitted = 1});
                else
                        continue;
                return true;
        }
        return false;
}

/* Who talks and holds somebody brings them together: conferences would be rare. */
static bool gather(struct handset *handset)
{
        const struct call_slot *talks = NULL;
        bool holds = false;
        for (const struct call_slot *slot = calls_of(handset); slot; slot = slot->next) {
                talks = slot->call.state == CALL_TALKING ? slot : talks;
                holds |= slot->call.state == CALL_HELD;
        }
        if (!talks || !holds || !(handset->kind->traits & KIND_SOFT_KEYS))
                return false;
        send_soft_key(handset, walk_chance(50) ? SCCP_SOFTKEY_JOIN : SCCP_SOFTKEY_CONFERENCE, talks->call.line,
                      talks->id);
        return true;
}

/* ---- lists, and what phones say by themselves ---- */

static bool choose(struct handset *handset)
{
        struct sccp_message message = {.id = SCCP_DEVICE_TO_USER_DATA_V1};
        struct sccp_device_to_user_data_v1 *data = &message.device_to_user_data_v1;
        const struct face_call *call = any_call(handset);
        char text[32];
        if (!call || !handset->face.menu[0])
                return false;
        text_printf(text, sizeof text, "remove/%u", walk_chance(80) ? call->ref + walk_random(3) : walk_random(999));
        for (size_t i = 0; i < walk_now->gateway->n_phones; i++)
                for (const struct call_slot *slot = walk_now->gateway->phones[i]->calls; slot; slot = slot->next)
                        if (strcmp(slot->phone->config->name, handset->name) == 0 && walk_chance(40))
                                text_printf(text, sizeof text, "remove/%u", slot->id); /* of the list it was shown */
        data->application = handset->face.menu_application;
        data->line = handset->face.menu_line;
        data->call_ref = handset->face.menu_ref;
        data->n_data = (uint32_t)strlen(text);
        memcpy(data->data, text, data->n_data);
        handset_send(handset, &message);
        return true;
}

static bool fail_media(struct handset *handset)
{
        struct sccp_message message = {.id = SCCP_MEDIA_TRANSMISSION_FAILURE};
        if (walk_chance(90))
                return false;
        message.media_transmission_failure.party_id = handset->party;
        handset_send(handset, &message);
        return true;
}

static bool ask_again(struct handset *handset)
{
        static const enum sccp_id questions[] = {SCCP_TIME_DATE_REQ,   SCCP_BUTTON_TEMPLATE_REQ, SCCP_SOFT_KEY_SET_REQ,
                                                 SCCP_CONFIG_STAT_REQ, SCCP_VERSION_REQ,         SCCP_SERVER_REQ,
                                                 SCCP_KEEP_ALIVE};
        struct sccp_message message = {.id = questions[walk_random(7)]};
        bool soft = message.id == SCCP_SOFT_KEY_SET_REQ;
        if (soft && !(handset->kind->traits & KIND_SOFT_KEYS))
                return false;
        handset_send(handset, &message);
        return true;
}

static bool ack_anything(struct handset *handset)
{
        struct sccp_message message = {.id = SCCP_OPEN_RECEIVE_CHANNEL_ACK};
        struct sccp_open_receive_channel_ack *ack = &message.open_receive_channel_ack;
        ip_parse("10.0.0.9", &ack->addr);
        ack->port = walk_random(70000);
        ack->party_id = handset->party - walk_random(2);
        if (!ack->party_id || ack->party_id > handset->party || walk_chance(80))
                return false;
        handset_send(handset, &message);
        return true;
}

static const struct {
        unsigned weight;
        bool (*press)(struct handset *handset);
} ways[] = {
        {60, press_shown},    {12, press_any_soft_key},
        {20, press_line_key}, {30, press_hard_key},
        {16, lift},           {12, put_down},
        {12, flash},          {50, dial},
        {4, dial_whole},      {6, choose},
        {2, fail_media},      {2, ask_again},
        {1, ack_anything},    {60, hurry},
        {60, gather},
};

void keys_press(struct handset *handset)
{
        unsigned sum = 0;
        for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
                sum += ways[i].weight;
        for (unsigned tries = 0; tries < 20; tries++) {
                unsigned drawn = walk_random(sum), i = 0;
                while (drawn >= ways[i].weight)
                        drawn -= ways[i++].weight;
                if (ways[i].press(handset))
                        return;
        }
}

/* Whatever the phone: put down what is up, take up what is held and put it down. */
void keys_hang_up(struct handset *handset)
{
        const struct face_call *call = any_call(handset);
        if (call && handset->kind->traits & KIND_SOFT_KEYS)
                send_soft_key(handset, SCCP_SOFTKEY_END_CALL, call->line, call->ref);
        else if (call && (call->state == SCCP_CALL_STATE_HOLD || call->state == SCCP_CALL_STATE_RING_IN ||
                          call->state == SCCP_CALL_STATE_CALL_TRANSFER))
                send_stimulus(handset, SCCP_BUTTON_LINE, 1);
        else
                put_down(handset);
}
