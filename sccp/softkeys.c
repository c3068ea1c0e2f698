/* Template and sets are fixed: what a phone may not do now is hidden by the mask of SelectSoftKeys, so that keys keep
 * their places (field guide 1.C). Only keys that do something are listed. */
#include "sccp/softkeys.h"

#include <string.h>

#include "gateway/base/text.h"

#define SET_SIZE 16 /* keys of a set on the wire */
#define NO_KEY   SCCP_SOFTKEY_NONE
#define HELP     300 /* info_index = 300 + event, as CallManager 4.1 numbers its help texts */

/* Label codes are shown in the phone's language; Dial has none (field guide D13). */
static const struct template_key {
        uint32_t event;
        const char *label;
} template_keys[] = {
        {SCCP_SOFTKEY_REDIAL, "\x80\x01"},
        {SCCP_SOFTKEY_NEW_CALL, "\x80\x02"},
        {SCCP_SOFTKEY_HOLD, "\x80\x03"},
        {SCCP_SOFTKEY_RESUME, "\x80\x0A"},
        {SCCP_SOFTKEY_END_CALL, "\x80\x09"},
        {SCCP_SOFTKEY_ANSWER, "\x80\x0B"},
        {SCCP_SOFTKEY_BACKSPACE, "\x80\x08"},
        {SCCP_SOFTKEY_DIAL, "Dial"},
        {SCCP_SOFTKEY_TRANSFER, "\x80\x04"},
        {SCCP_SOFTKEY_DIRECT_TRANSFER, "\x80\x4D"},
        {SCCP_SOFTKEY_CONFERENCE, "\x80\x0D"},
        {SCCP_SOFTKEY_JOIN, "\x80\x0F"},
        {SCCP_SOFTKEY_SELECT, "\x80\x4E"},
        {SCCP_SOFTKEY_REMOVE_LAST, "\x80\x39"},
        {SCCP_SOFTKEY_CONFERENCE_LIST, "\x80\x4F"},
};

#define TEMPLATE_KEYS (sizeof template_keys / sizeof *template_keys)

/* NO_KEY keeps a place free: EndCall stays under the same finger, as with real call managers. */
static const uint32_t sets[][SET_SIZE] = {
        [SCCP_SOFTKEYS_ON_HOOK] = {SCCP_SOFTKEY_REDIAL, SCCP_SOFTKEY_NEW_CALL},
        [SCCP_SOFTKEYS_CONNECTED] = {SCCP_SOFTKEY_HOLD, SCCP_SOFTKEY_END_CALL, SCCP_SOFTKEY_TRANSFER,
                                     SCCP_SOFTKEY_DIRECT_TRANSFER, SCCP_SOFTKEY_CONFERENCE, SCCP_SOFTKEY_JOIN,
                                     SCCP_SOFTKEY_SELECT, SCCP_SOFTKEY_REMOVE_LAST, SCCP_SOFTKEY_CONFERENCE_LIST},
        [SCCP_SOFTKEYS_ON_HOLD] = {SCCP_SOFTKEY_RESUME, SCCP_SOFTKEY_NEW_CALL, SCCP_SOFTKEY_END_CALL,
                                   SCCP_SOFTKEY_DIRECT_TRANSFER, SCCP_SOFTKEY_SELECT},
        [SCCP_SOFTKEYS_RING_IN] = {SCCP_SOFTKEY_ANSWER, SCCP_SOFTKEY_END_CALL},
        [SCCP_SOFTKEYS_OFF_HOOK] = {SCCP_SOFTKEY_REDIAL, SCCP_SOFTKEY_END_CALL},
        [SCCP_SOFTKEYS_CONNECTED_TRANSFERABLE] = {SCCP_SOFTKEY_HOLD, SCCP_SOFTKEY_END_CALL, SCCP_SOFTKEY_TRANSFER,
                                                  SCCP_SOFTKEY_CONFERENCE},
        [SCCP_SOFTKEYS_DIGITS_FOLLOWING] = {SCCP_SOFTKEY_BACKSPACE, SCCP_SOFTKEY_END_CALL, SCCP_SOFTKEY_DIAL},
        [SCCP_SOFTKEYS_CONNECTED_CONFERENCE] = {SCCP_SOFTKEY_HOLD, SCCP_SOFTKEY_END_CALL, SCCP_SOFTKEY_CONFERENCE,
                                                SCCP_SOFTKEY_REMOVE_LAST, SCCP_SOFTKEY_CONFERENCE_LIST,
                                                SCCP_SOFTKEY_TRANSFER, SCCP_SOFTKEY_JOIN, SCCP_SOFTKEY_SELECT},
        [SCCP_SOFTKEYS_RING_OUT] = {NO_KEY, SCCP_SOFTKEY_END_CALL, SCCP_SOFTKEY_TRANSFER},
        [SCCP_SOFTKEYS_OFF_HOOK_WITH_FEATURES] = {SCCP_SOFTKEY_REDIAL, SCCP_SOFTKEY_END_CALL},
        [SCCP_SOFTKEYS_IN_USE_HINT] = {SCCP_SOFTKEY_REDIAL, SCCP_SOFTKEY_NEW_CALL},
        [SCCP_SOFTKEYS_ON_HOOK_WITH_STEALABLE_CALL] = {SCCP_SOFTKEY_REDIAL, SCCP_SOFTKEY_NEW_CALL},
};

#define SETS (sizeof sets / sizeof *sets)

/* 1-based place in the template, 0 for NO_KEY. */
static uint8_t template_place(uint32_t event)
{
        for (uint8_t i = 0; i < TEMPLATE_KEYS; i++)
                if (template_keys[i].event == event)
                        return (uint8_t)(i + 1);
        return 0;
}

void sccp_soft_key_template(struct sccp_soft_key_template_res *out)
{
        memset(out, 0, sizeof *out);
        out->n_keys = out->total = TEMPLATE_KEYS;
        for (size_t i = 0; i < TEMPLATE_KEYS; i++) {
                TEXT_SET(out->keys[i].label, template_keys[i].label);
                out->keys[i].event = template_keys[i].event;
        }
}

void sccp_soft_key_sets(struct sccp_soft_key_set_res *out)
{
        memset(out, 0, sizeof *out);
        out->n_sets = out->total = SETS;
        for (size_t set = 0; set < SETS; set++)
                for (size_t key = 0; key < SET_SIZE; key++) {
                        uint32_t event = sets[set][key];
                        out->sets[set].template_index[key] = template_place(event);
                        out->sets[set].info_index[key] = event ? (uint16_t)(HELP + event) : 0;
                }
}

uint32_t sccp_soft_key_bit(uint32_t set, uint32_t key)
{
        if (set >= SETS || key == NO_KEY)
                return 0;
        for (unsigned place = 0; place < SET_SIZE; place++)
                if (sets[set][place] == key)
                        return 1u << place;
        return 0;
}
