#include "sccp/layout.h"

#include <assert.h>
#include <string.h>

#define KEY_LAMP 254 /* for the time of laying out: no SCCP_BUTTON_... has this number */

/* Keys a model has anyway. The 7931 numbers the last four by their place. */
static const struct fixed_key {
        char letter;
        uint8_t type;
        bool by_place;
} fixed_keys[] = {
        {'h', SCCP_BUTTON_HOLD, false},
        {'t', SCCP_BUTTON_TRANSFER, false},
        {'r', SCCP_BUTTON_LAST_NUMBER_REDIAL, false},
        {'v', SCCP_BUTTON_VOICEMAIL, false},
        {'p', SCCP_BUTTON_CALL_PARK, false},
        {'f', SCCP_BUTTON_FORWARD_ALL, false},
        {'c', SCCP_BUTTON_CONFERENCE, false},
        {'d', SCCP_BUTTON_DISPLAY, false},
        {'m', SCCP_BUTTON_MESSAGES, true},
        {'y', SCCP_BUTTON_DIRECTORY, true},
        {'e', SCCP_BUTTON_HEADSET, true},
        {'a', SCCP_BUTTON_APPLICATION, true},
};

/* models.def uses no letter that has no row. */
static struct sccp_laid_key fixed_key(char letter, size_t place)
{
        const struct fixed_key *fixed = fixed_keys;
        while (fixed->letter != letter) {
                fixed++;
                assert(fixed < fixed_keys + sizeof fixed_keys / sizeof *fixed_keys);
        }
        return (struct sccp_laid_key){fixed->type, fixed->by_place ? (uint8_t)(place + 1) : 1};
}

/* Buttons of a class find keys in the order of the profile: a cursor each says what is left. */
enum class { LINES, DIALS, OTHERS, CLASSES };

struct cursors {
        const struct sccp_profile *profile;
        size_t at[CLASSES]; /* first button of that class without a key; n_buttons: none left */
        struct sccp_laid_keys *layout;
};

static enum class class_of(const struct sccp_profile_button *button) {
        switch (button->kind){
                case SCCP_SLOT_LINE : return LINES;
                case SCCP_SLOT_EMPTY : case SCCP_SLOT_SPEED_DIAL : case SCCP_SLOT_BUSY_LAMP : return DIALS;
                case SCCP_SLOT_FEATURE : case SCCP_SLOT_SERVICE : return OTHERS;
        }
return DIALS;
}

static bool is_dial(const struct sccp_profile_button *button)
{
        return button->kind == SCCP_SLOT_SPEED_DIAL || button->kind == SCCP_SLOT_BUSY_LAMP;
}

static size_t next_button(const struct sccp_profile *profile, size_t from, enum class class)
{
        while (from < profile->n_buttons && class_of(&profile->buttons[from]) != class)
                from++;
        return from;
}

static struct sccp_laid_key number_line(struct sccp_laid_keys *layout, size_t button)
{
        layout->lines[layout->n_lines] = (uint8_t)button;
        return (struct sccp_laid_key){SCCP_BUTTON_LINE, ++layout->n_lines};
}

static struct sccp_laid_key number_dial(struct sccp_laid_keys *layout, size_t button, uint32_t type)
{
        layout->dials[layout->n_dials] = (uint8_t)button;
        return (struct sccp_laid_key){(uint8_t)type, ++layout->n_dials};
}

static struct sccp_laid_key number_service(struct sccp_laid_keys *layout, size_t button)
{
        layout->services[layout->n_services] = (uint8_t)button;
        return (struct sccp_laid_key){SCCP_BUTTON_SERVICE_URL, ++layout->n_services};
}

/* Until all lines are placed the instance counts lamps only. */
static struct sccp_laid_key number_lamp(struct sccp_laid_keys *layout, size_t button)
{
        layout->lamps[layout->n_lamps] = (uint8_t)button;
        return (struct sccp_laid_key){KEY_LAMP, ++layout->n_lamps};
}

static struct sccp_laid_key key_for(const struct cursors *cursors, size_t place, char letter)
{
        const struct sccp_profile_button *button = &cursors->profile->buttons[place];
        struct sccp_laid_keys *layout = cursors->layout;
        switch (button->kind) {
        case SCCP_SLOT_EMPTY:
                break;
        case SCCP_SLOT_LINE:
                return number_line(layout, place);
        case SCCP_SLOT_SPEED_DIAL:
                return number_dial(layout, place, SCCP_BUTTON_SPEED_DIAL);
        case SCCP_SLOT_BUSY_LAMP:
                if (!cursors->profile->old)
                        return number_dial(layout, place, SCCP_BUTTON_BLF_SPEED_DIAL);
                return letter == 'M' ? number_lamp(layout, place) : number_dial(layout, place, SCCP_BUTTON_SPEED_DIAL);
        case SCCP_SLOT_FEATURE:
                return number_dial(layout, place, button->type);
        case SCCP_SLOT_SERVICE:
                return number_service(layout, place);
        }
        return (struct sccp_laid_key){SCCP_BUTTON_UNDEFINED, 0};
}

static void place_button(struct cursors *cursors, enum class class, char letter, struct sccp_laid_key *key)
{
        size_t button = cursors->at[class];
        if (button == cursors->profile->n_buttons)
                return;
        *key = key_for(cursors, button, letter);
        cursors->at[class] = next_button(cursors->profile, button + 1, class);
}

static enum class first_of_all(const struct cursors *cursors) {
        enum class first = LINES; for (enum class class = DIALS; class < CLASSES;
                                       class ++) if (cursors->at[class] < cursors->at[first]) first = class;
        return first;
}

static void place_key(struct cursors *cursors, char letter, struct sccp_laid_key *key, size_t place)
{
        switch (letter) {
        case 'L':
                place_button(cursors, LINES, letter, key);
                break;
        case 'S':
                place_button(cursors, DIALS, letter, key);
                break;
        case 'M':
                place_button(cursors, first_of_all(cursors), letter, key);
                break;
        default:
                *key = fixed_key(letter, place);
        }
}

static unsigned count_left(const struct cursors *cursors)
{
        unsigned left = 0;
        for (size_t i = 0; i < cursors->profile->n_buttons; i++) {
                const struct sccp_profile_button *button = &cursors->profile->buttons[i];
                left += i >= cursors->at[class_of(button)] && button->kind != SCCP_SLOT_EMPTY;
        }
        return left;
}

/* Speed dials without a key, as many as phones can ask for. */
static void number_abbreviated(const struct cursors *cursors)
{
        for (size_t i = cursors->at[DIALS]; i < cursors->profile->n_buttons; i++)
                if (is_dial(&cursors->profile->buttons[i]) && cursors->layout->n_dials < SCCP_SPEED_DIALS_MAX)
                        number_dial(cursors->layout, i, SCCP_BUTTON_SPEED_DIAL);
}

/* Keys of add-ons follow the phone's own, as far as a template has entries. */
static size_t count_keys(const struct sccp_profile *profile, const struct sccp_model *model)
{
        size_t keys = strlen(model->keys);
        assert(keys <= SCCP_KEYS_MAX);
        for (size_t i = 0; i < SCCP_ADDONS_MAX && profile->addons[i]; i++)
                keys += profile->addons[i]->keys;
        return keys < SCCP_KEYS_MAX ? keys : SCCP_KEYS_MAX;
}

void sccp_lay_out(struct sccp_laid_keys *layout, const struct sccp_profile *profile, const struct sccp_model *model)
{
        struct cursors cursors = {.profile = profile, .layout = layout};
        size_t own = strlen(model->keys);
        assert(profile->n_buttons <= UINT8_MAX);
        *layout = (struct sccp_laid_keys){.n_keys = (uint8_t)count_keys(profile, model)};
        for (enum class class = LINES; class < CLASSES; class ++)
                cursors.at[class] = next_button(profile, 0, class);
        for (size_t place = 0; place < layout->n_keys; place++) {
                layout->keys[place] = (struct sccp_laid_key){SCCP_BUTTON_UNDEFINED, 0};
                place_key(&cursors, place < own ? model->keys[place] : 'M', &layout->keys[place], place);
        }
        layout->dropped = (uint16_t)count_left(&cursors);
        layout->n_key_dials = layout->n_dials;
        number_abbreviated(&cursors);
        for (size_t place = 0; place < layout->n_keys; place++)
                if (layout->keys[place].type == KEY_LAMP)
                        layout->keys[place] = (struct sccp_laid_key){
                                SCCP_BUTTON_LINE, (uint8_t)(layout->n_lines + layout->keys[place].instance)};
}
