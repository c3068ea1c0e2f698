/* Keys to calls. Each key is a function that finds its call and says what happens to it. */
#include "gateway/core/phone.h"

#include <assert.h>

#include "gateway/core/phone_search.h"

static const struct {
        const char *name;
        void (*press)(struct search *);
} keys[PHONE_KEYS] = {
        [PHONE_OFF_HOOK] = {"off-hook", press_off_hook},
        [PHONE_ON_HOOK] = {"on-hook", press_on_hook},
        [PHONE_LINE] = {"line", press_line},
        [PHONE_NEW_CALL] = {"new-call", press_new_call},
        [PHONE_ANSWER] = {"answer", press_answer},
        [PHONE_END_CALL] = {"end-call", press_end_call},
        [PHONE_HOLD] = {"hold", press_hold},
        [PHONE_RESUME] = {"resume", press_resume},
        [PHONE_TRANSFER] = {"transfer", press_transfer},
        [PHONE_DIRECT_TRANSFER] = {"direct-transfer", press_direct_transfer},
        [PHONE_CONFERENCE] = {"conference", press_conference},
        [PHONE_JOIN] = {"join", press_join},
        [PHONE_SELECT] = {"select", press_select},
        [PHONE_REMOVE_LAST] = {"remove-last", press_remove_last},
        [PHONE_REMOVE] = {"remove", press_remove},
        [PHONE_CONFERENCE_LIST] = {"conference-list", press_conference_list},
        [PHONE_FLASH] = {"flash", press_flash},
        [PHONE_PICKUP] = {"pickup", press_pickup},
        [PHONE_GROUP_PICKUP] = {"group-pickup", press_group_pickup},
        [PHONE_OTHER_PICKUP] = {"other-pickup", press_other_pickup},
        [PHONE_PARK] = {"park", press_park},
        [PHONE_PRIVATE] = {"private", press_private},
        [PHONE_MALICIOUS] = {"malicious", press_malicious},
        [PHONE_QUALITY] = {"quality", press_quality},
        [PHONE_STEAL] = {"steal", press_steal},
        [PHONE_BARGE] = {"barge", press_barge},
        [PHONE_DIGIT] = {"digit", press_digit},
        [PHONE_BACKSPACE] = {"backspace", press_backspace},
        [PHONE_DIAL] = {"dial", press_dial},
        [PHONE_NUMBER] = {"number", press_number},
        [PHONE_FORWARD_ALL] = {"forward-all", press_forward},
        [PHONE_FORWARD_BUSY] = {"forward-busy", press_forward},
        [PHONE_FORWARD_NO_ANSWER] = {"forward-no-answer", press_forward},
        [PHONE_DND] = {"do-not-disturb", press_dnd},
        [PHONE_CALL_BACK] = {"call-back", press_call_back},
        [PHONE_PICK_UP] = {"pick-up", press_pick_up},
        [PHONE_DIVERT] = {"divert", press_divert},
        [PHONE_ENBLOC] = {"enbloc", press_enbloc},
};

static void search_run(struct search *search)
{
        *search->out = (struct phone_steps){0};
        assert(search->press->key < PHONE_KEYS);
        keys[search->press->key].press(search);
}

void phone_press(const struct phone_view *view, const struct phone_press *press, struct phone_steps *out)
{
        search_run(&(struct search){.view = view, .press = press, .out = out});
}

/* The last step is the one that was meant; the first may only make room for it. */
bool phone_key_works(const struct phone_view *view, const struct phone_press *press)
{
        struct phone_steps steps;
        search_run(&(struct search){.view = view, .press = press, .out = &steps, .soon = true});
        if (steps.count == 0)
                return steps.dnd || steps.list != 0 || steps.recall;
        const struct phone_step *meant = &steps.at[steps.count - 1];
        enum call_state state = meant->call == PHONE_NEW_CALL_SLOT ? CALL_IDLE : view->calls[meant->call]->state;
        if (steps.count > 1 && steps.at[0].call == meant->call && steps.at[0].event == EV_HOLD)
                state = CALL_HELD;
        return call_takes(state, meant->event) || call_takes(phone_soon(state), meant->event);
}

const char *phone_key_name(enum phone_key key)
{
        return key < PHONE_KEYS ? keys[key].name : "unknown";
}
