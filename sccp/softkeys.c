/* Template and sets of a phone stay as they are: what it may not do now is hidden by the mask of SelectSoftKeys, so
 * that keys keep their places (field guide 1.C). Only keys that do something are listed: a new one is a row of the
 * table and its places in the standard sets. */
#include "sccp/softkeys.h"

#include <assert.h>
#include <string.h>

#include "gateway/base/text.h"

#define SET_SIZE SCCP_SOFT_KEY_PLACES
#define NO_KEY   SCCP_SOFTKEY_NONE
#define HELP     300 /* info_index = 300 + event, as CallManager 4.1 numbers its help texts */

/* Label codes are shown in the phone's language; Dial has none (field guide D13). Names are those of configuration.
 * No conference barge: a 7970, 7971 or IP Communicator does not register when the template has it (field guide 1.E). */
static const struct template_key {
        uint32_t event;
        const char *label;
        const char *name;
} template_keys[] = {
        {SCCP_SOFTKEY_REDIAL, "\x80\x01", "redial"},
        {SCCP_SOFTKEY_NEW_CALL, "\x80\x02", "newcall"},
        {SCCP_SOFTKEY_HOLD, "\x80\x03", "hold"},
        {SCCP_SOFTKEY_RESUME, "\x80\x0A", "resume"},
        {SCCP_SOFTKEY_END_CALL, "\x80\x09", "endcall"},
        {SCCP_SOFTKEY_ANSWER, "\x80\x0B", "answer"},
        {SCCP_SOFTKEY_BACKSPACE, "\x80\x08", "back"},
        {SCCP_SOFTKEY_DIAL, "Dial", "dial"},
        {SCCP_SOFTKEY_TRANSFER, "\x80\x04", "transfer"},
        {SCCP_SOFTKEY_DIRECT_TRANSFER, "\x80\x4D", "dirtrfr"},
        {SCCP_SOFTKEY_PICKUP, "\x80\x11", "pickup"},
        {SCCP_SOFTKEY_GROUP_PICKUP, "\x80\x12", "gpickup"},
        {SCCP_SOFTKEY_OTHER_PICKUP, "\x80\x5B", "opickup"},
        {SCCP_SOFTKEY_PARK, "\x80\x0E", "park"},
        {SCCP_SOFTKEY_PRIVATE, "\x80\x36", "private"},
        {SCCP_SOFTKEY_MCID, "\x80\x4C", "mcid"},
        {SCCP_SOFTKEY_QRT, "\x80\x4B", "qrt"},
        {SCCP_SOFTKEY_INTERCEPT, "\x80\x3C", "intrcpt"},
        {SCCP_SOFTKEY_BARGE, "\x80\x43", "barge"},
        {SCCP_SOFTKEY_FORWARD_ALL, "\x80\x05", "cfwdall"},
        {SCCP_SOFTKEY_FORWARD_BUSY, "\x80\x06", "cfwdbusy"},
        {SCCP_SOFTKEY_FORWARD_NO_ANSWER, "\x80\x07", "cfwdnoanswer"},
        {SCCP_SOFTKEY_DND, "\x80\x3F", "dnd"},
        {SCCP_SOFTKEY_CALLBACK, "\x80\x41", "callback"},
        {SCCP_SOFTKEY_DIVERT, "\x80\x50", "idivert"},
        {SCCP_SOFTKEY_CONFERENCE, "\x80\x0D", "confrn"},
        {SCCP_SOFTKEY_JOIN, "\x80\x0F", "join"},
        {SCCP_SOFTKEY_SELECT, "\x80\x4E", "select"},
        {SCCP_SOFTKEY_REMOVE_LAST, "\x80\x39", "rmlstc"},
        {SCCP_SOFTKEY_CONFERENCE_LIST, "\x80\x4F", "conflist"},
};

#define TEMPLATE_KEYS (sizeof template_keys / sizeof *template_keys)

/* NO_KEY keeps a place free: EndCall stays under the same finger, as with real call managers. */
static const uint8_t standard[SCCP_SOFT_KEY_SETS][SET_SIZE] = {
        [SCCP_SOFTKEYS_ON_HOOK] = {SCCP_SOFTKEY_REDIAL, SCCP_SOFTKEY_NEW_CALL, SCCP_SOFTKEY_FORWARD_ALL,
                                   SCCP_SOFTKEY_DND, SCCP_SOFTKEY_PICKUP, SCCP_SOFTKEY_GROUP_PICKUP,
                                   SCCP_SOFTKEY_OTHER_PICKUP, SCCP_SOFTKEY_FORWARD_BUSY, SCCP_SOFTKEY_FORWARD_NO_ANSWER,
                                   SCCP_SOFTKEY_PRIVATE, SCCP_SOFTKEY_CALLBACK},
        [SCCP_SOFTKEYS_CONNECTED] = {SCCP_SOFTKEY_HOLD, SCCP_SOFTKEY_END_CALL, SCCP_SOFTKEY_TRANSFER, SCCP_SOFTKEY_PARK,
                                     SCCP_SOFTKEY_DIRECT_TRANSFER, SCCP_SOFTKEY_DIVERT, SCCP_SOFTKEY_FORWARD_ALL,
                                     SCCP_SOFTKEY_CONFERENCE, SCCP_SOFTKEY_JOIN, SCCP_SOFTKEY_SELECT,
                                     SCCP_SOFTKEY_REMOVE_LAST, SCCP_SOFTKEY_CONFERENCE_LIST, SCCP_SOFTKEY_MCID,
                                     SCCP_SOFTKEY_QRT},
        [SCCP_SOFTKEYS_ON_HOLD] = {SCCP_SOFTKEY_RESUME, SCCP_SOFTKEY_NEW_CALL, SCCP_SOFTKEY_END_CALL,
                                   SCCP_SOFTKEY_DIRECT_TRANSFER, SCCP_SOFTKEY_SELECT, SCCP_SOFTKEY_DIVERT},
        [SCCP_SOFTKEYS_RING_IN] = {SCCP_SOFTKEY_ANSWER, SCCP_SOFTKEY_END_CALL, SCCP_SOFTKEY_DIVERT},
        [SCCP_SOFTKEYS_OFF_HOOK] = {SCCP_SOFTKEY_REDIAL, SCCP_SOFTKEY_END_CALL, SCCP_SOFTKEY_FORWARD_ALL,
                                    SCCP_SOFTKEY_PRIVATE, SCCP_SOFTKEY_PICKUP, SCCP_SOFTKEY_GROUP_PICKUP,
                                    SCCP_SOFTKEY_OTHER_PICKUP, SCCP_SOFTKEY_CALLBACK},
        [SCCP_SOFTKEYS_CONNECTED_TRANSFERABLE] = {SCCP_SOFTKEY_HOLD, SCCP_SOFTKEY_END_CALL, SCCP_SOFTKEY_TRANSFER,
                                                  SCCP_SOFTKEY_CONFERENCE, SCCP_SOFTKEY_MCID, SCCP_SOFTKEY_QRT},
        [SCCP_SOFTKEYS_DIGITS_FOLLOWING] = {SCCP_SOFTKEY_BACKSPACE, SCCP_SOFTKEY_END_CALL, SCCP_SOFTKEY_DIAL,
                                            SCCP_SOFTKEY_PRIVATE},
        [SCCP_SOFTKEYS_CONNECTED_CONFERENCE] = {SCCP_SOFTKEY_HOLD, SCCP_SOFTKEY_END_CALL, SCCP_SOFTKEY_CONFERENCE,
                                                SCCP_SOFTKEY_REMOVE_LAST, SCCP_SOFTKEY_CONFERENCE_LIST,
                                                SCCP_SOFTKEY_TRANSFER, SCCP_SOFTKEY_JOIN, SCCP_SOFTKEY_SELECT},
        [SCCP_SOFTKEYS_RING_OUT] = {NO_KEY, SCCP_SOFTKEY_END_CALL, SCCP_SOFTKEY_TRANSFER, SCCP_SOFTKEY_CALLBACK},
        [SCCP_SOFTKEYS_OFF_HOOK_WITH_FEATURES] = {SCCP_SOFTKEY_REDIAL, SCCP_SOFTKEY_END_CALL, SCCP_SOFTKEY_CALLBACK},
        [SCCP_SOFTKEYS_IN_USE_HINT] = {SCCP_SOFTKEY_REDIAL, SCCP_SOFTKEY_NEW_CALL, SCCP_SOFTKEY_BARGE,
                                       SCCP_SOFTKEY_INTERCEPT},
        [SCCP_SOFTKEYS_ON_HOOK_WITH_STEALABLE_CALL] = {SCCP_SOFTKEY_REDIAL, SCCP_SOFTKEY_NEW_CALL, SCCP_SOFTKEY_BARGE,
                                                       SCCP_SOFTKEY_INTERCEPT},
        [SCCP_SOFTKEYS_ON_HOLD_CONFERENCE] = {SCCP_SOFTKEY_RESUME, SCCP_SOFTKEY_NEW_CALL, SCCP_SOFTKEY_END_CALL},
};

/* By event, NULL: no key we have. */
static const struct template_key *key_of(uint32_t event)
{
        for (size_t i = 0; i < TEMPLATE_KEYS; i++)
                if (template_keys[i].event == event)
                        return &template_keys[i];
        return NULL;
}

void sccp_soft_keys_standard(struct sccp_soft_keys *out)
{
        memcpy(out->sets, standard, sizeof out->sets);
}

uint32_t sccp_soft_key_by_name(const char *name)
{
        for (size_t i = 0; i < TEMPLATE_KEYS; i++)
                if (text_equal(template_keys[i].name, name))
                        return template_keys[i].event;
        return NO_KEY;
}

const char *sccp_soft_key_name_at(size_t index)
{
        return index < TEMPLATE_KEYS ? template_keys[index].name : NULL;
}

void sccp_soft_keys_fill(struct sccp_soft_keys *keys, uint32_t set, const uint32_t *events, size_t count)
{
        assert(set < SCCP_SOFT_KEY_SETS && count <= SET_SIZE);
        memset(keys->sets[set], NO_KEY, SET_SIZE);
        for (size_t i = 0; i < count; i++) {
                assert(events[i] == NO_KEY || key_of(events[i]));
                keys->sets[set][i] = (uint8_t)events[i];
        }
}

static bool is_used(const struct sccp_soft_keys *keys, uint32_t event)
{
        for (uint32_t set = 0; set < SCCP_SOFT_KEY_SETS; set++)
                if (sccp_soft_key_bit(keys, set, event))
                        return true;
        return false;
}

/* In the order of the table. */
static size_t keys_used(const struct sccp_soft_keys *keys, const struct template_key *used[TEMPLATE_KEYS])
{
        size_t count = 0;
        for (size_t i = 0; i < TEMPLATE_KEYS; i++)
                if (is_used(keys, template_keys[i].event))
                        used[count++] = &template_keys[i];
        return count;
}

size_t sccp_soft_keys_count(const struct sccp_soft_keys *keys)
{
        const struct template_key *used[TEMPLATE_KEYS];
        return keys_used(keys, used);
}

void sccp_soft_key_template(const struct sccp_soft_keys *keys, struct sccp_soft_key_template_res *out)
{
        const struct template_key *used[TEMPLATE_KEYS];
        size_t count = keys_used(keys, used);
        memset(out, 0, sizeof *out);
        out->n_keys = out->total = (uint32_t)(count < SCCP_SOFT_KEYS_MAX ? count : SCCP_SOFT_KEYS_MAX);
        for (size_t i = 0; i < out->n_keys; i++) {
                TEXT_SET(out->keys[i].label, used[i]->label);
                out->keys[i].event = used[i]->event;
        }
}

/* 1-based place in the template, 0 for NO_KEY and for what found no room. */
static uint8_t template_place(const struct sccp_soft_key_template_res *template, uint32_t event)
{
        for (uint8_t i = 0; i < template->n_keys; i++)
                if (template->keys[i].event == event)
                        return (uint8_t)(i + 1);
        return 0;
}

void sccp_soft_key_sets(const struct sccp_soft_keys *keys, struct sccp_soft_key_set_res *out)
{
        struct sccp_soft_key_template_res template;
        sccp_soft_key_template(keys, &template);
        memset(out, 0, sizeof *out);
        out->n_sets = out->total = SCCP_SOFT_KEY_SETS;
        for (size_t set = 0; set < SCCP_SOFT_KEY_SETS; set++)
                for (size_t place = 0; place < SET_SIZE; place++) {
                        uint32_t event = keys->sets[set][place];
                        out->sets[set].template_index[place] = template_place(&template, event);
                        out->sets[set].info_index[place] = event ? (uint16_t)(HELP + event) : 0;
                }
}

uint32_t sccp_soft_key_bit(const struct sccp_soft_keys *keys, uint32_t set, uint32_t event)
{
        if (set >= SCCP_SOFT_KEY_SETS || event == NO_KEY)
                return 0;
        for (unsigned place = 0; place < SET_SIZE; place++)
                if (keys->sets[set][place] == event)
                        return 1u << place;
        return 0;
}
