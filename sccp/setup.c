/* The setup is one block: the struct, its entries, then all texts packed, so that an idle phone costs a few hundred
 * bytes. */
#include "sccp/setup.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sccp/charset.h"

#define KEY_LAMP 254 /* for the time of laying out: no SCCP_BUTTON_... has this number */
#define LINE_OPTIONS                                                                                                   \
        (SCCP_LINE_OPTION_ORIGINALLY_DIALED | SCCP_LINE_OPTION_REDIRECTED_DIALED | SCCP_LINE_OPTION_CALLING_NUMBER |   \
         SCCP_LINE_OPTION_CALLING_NAME)

struct entry {
        const char *number, *label, *name;
        uint8_t dial;   /* speed dials: the n-th of the profile */
        uint8_t status; /* busy lamps: SCCP_BLF_... */
        bool lamp;
};

struct key {
        uint8_t type; /* SCCP_BUTTON_... */
        uint8_t instance;
};

struct sccp_setup {
        const char *description, *timezone;
        char date_template[7];
        uint8_t n_keys;
        uint8_t n_lines, n_speed_dials;
        uint8_t n_key_dials;          /* speed dials that have a key */
        uint8_t n_lamps;              /* on line keys */
        uint8_t lamps[SCCP_KEYS_MAX]; /* which button of the profile each of them is */
        uint16_t dropped;
        bool old;
        uint16_t max_calls, busy_trigger;
        const struct sccp_addon *addons[SCCP_ADDONS_MAX];
        struct key keys[SCCP_KEYS_MAX];
        struct entry *lines;       /* n_lines, then n_lamps */
        struct entry *speed_dials; /* n_speed_dials, behind these */
};

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
static struct key fixed_key(char letter, size_t place)
{
        const struct fixed_key *fixed = fixed_keys;
        while (fixed->letter != letter) {
                fixed++;
                assert(fixed < fixed_keys + sizeof fixed_keys / sizeof *fixed_keys);
        }
        return (struct key){fixed->type, fixed->by_place ? (uint8_t)(place + 1) : 1};
}

/* Lines find keys in the order of the profile, and so do the other buttons: two cursors say what is left. */
struct layout {
        const struct sccp_profile *profile;
        size_t line, other; /* first button of that kind without a key; n_buttons: none left */
        struct sccp_setup *setup;
};

static bool is_line(const struct sccp_profile_button *button)
{
        return button->kind == SCCP_SLOT_LINE;
}

static bool is_dial(const struct sccp_profile_button *button)
{
        return button->kind == SCCP_SLOT_SPEED_DIAL || button->kind == SCCP_SLOT_BUSY_LAMP;
}

static size_t next_button(const struct sccp_profile *profile, size_t from, bool line)
{
        while (from < profile->n_buttons && is_line(&profile->buttons[from]) != line)
                from++;
        return from;
}

/* Until all lines are placed the instance counts lamps only. */
static void place_lamp(struct layout *layout, size_t button, char letter, struct key *key)
{
        struct sccp_setup *setup = layout->setup;
        if (!layout->profile->old) {
                *key = (struct key){SCCP_BUTTON_BLF_SPEED_DIAL, ++setup->n_speed_dials};
        } else if (letter != 'M' || setup->n_lamps == SCCP_KEYS_MAX) {
                *key = (struct key){SCCP_BUTTON_SPEED_DIAL, ++setup->n_speed_dials};
        } else {
                setup->lamps[setup->n_lamps] = (uint8_t)button;
                *key = (struct key){KEY_LAMP, ++setup->n_lamps};
        }
}

static void place_button(struct layout *layout, size_t *cursor, char letter, struct key *key)
{
        if (*cursor == layout->profile->n_buttons)
                return;
        const struct sccp_profile_button *button = &layout->profile->buttons[*cursor];
        if (button->kind == SCCP_SLOT_LINE)
                *key = (struct key){SCCP_BUTTON_LINE, ++layout->setup->n_lines};
        else if (button->kind == SCCP_SLOT_SPEED_DIAL)
                *key = (struct key){SCCP_BUTTON_SPEED_DIAL, ++layout->setup->n_speed_dials};
        else if (button->kind == SCCP_SLOT_BUSY_LAMP)
                place_lamp(layout, *cursor, letter, key);
        *cursor = next_button(layout->profile, *cursor + 1, is_line(button));
}

static void place_key(struct layout *layout, char letter, struct key *key, size_t place)
{
        switch (letter) {
        case 'L':
                place_button(layout, &layout->line, letter, key);
                break;
        case 'S':
                place_button(layout, &layout->other, letter, key);
                break;
        case 'M':
                place_button(layout, layout->line < layout->other ? &layout->line : &layout->other, letter, key);
                break;
        default:
                *key = fixed_key(letter, place);
        }
}

static unsigned count_left(const struct layout *layout)
{
        unsigned left = 0;
        for (size_t i = 0; i < layout->profile->n_buttons; i++) {
                const struct sccp_profile_button *button = &layout->profile->buttons[i];
                size_t cursor = is_line(button) ? layout->line : layout->other;
                left += i >= cursor && button->kind != SCCP_SLOT_EMPTY;
        }
        return left;
}

/* Speed dials without a key, as many as phones can ask for. */
static unsigned count_abbreviated(const struct layout *layout)
{
        unsigned count = 0;
        for (size_t i = layout->other; i < layout->profile->n_buttons; i++)
                count += is_dial(&layout->profile->buttons[i]);
        unsigned room = SCCP_SPEED_DIALS_MAX - layout->setup->n_speed_dials;
        return count < room ? count : room;
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

/* Fills keys and counts; the texts follow when their size is known. */
static void lay_out(struct sccp_setup *setup, const struct sccp_profile *profile, const struct sccp_model *model)
{
        struct layout layout = {.profile = profile,
                                .line = next_button(profile, 0, true),
                                .other = next_button(profile, 0, false),
                                .setup = setup};
        size_t own = strlen(model->keys);
        setup->n_keys = (uint8_t)count_keys(profile, model);
        for (size_t place = 0; place < setup->n_keys; place++) {
                setup->keys[place] = (struct key){SCCP_BUTTON_UNDEFINED, 0};
                place_key(&layout, place < own ? model->keys[place] : 'M', &setup->keys[place], place);
        }
        setup->dropped = (uint16_t)count_left(&layout);
        setup->n_key_dials = setup->n_speed_dials;
        setup->n_speed_dials = (uint8_t)(setup->n_speed_dials + count_abbreviated(&layout));
        for (size_t place = 0; place < setup->n_keys; place++)
                if (setup->keys[place].type == KEY_LAMP)
                        setup->keys[place] = (struct key){SCCP_BUTTON_LINE,
                                                          (uint8_t)(setup->n_lines + setup->keys[place].instance)};
}

static bool has_line_key(const struct sccp_setup *setup, size_t button)
{
        return memchr(setup->lamps, (int)button, setup->n_lamps) != NULL;
}

static size_t text_size(const char *text)
{
        return text ? strlen(text) + 1 : 1;
}

static size_t profile_text_size(const struct sccp_profile *profile)
{
        size_t size = text_size(profile->description) + text_size(profile->timezone);
        for (size_t i = 0; i < profile->n_buttons; i++) {
                const struct sccp_profile_button *button = &profile->buttons[i];
                size += text_size(button->number) + text_size(button->label) + text_size(button->name);
                if (button->kind == SCCP_SLOT_BUSY_LAMP) /* its label may stand for its name */
                        size += text_size(button->label);
        }
        return size;
}

/* Copies to *at, moves it on, and returns the copy. */
static const char *pack(char **at, const char *text)
{
        char *copy = memcpy(*at, text ? text : "", text_size(text));
        *at += text_size(text);
        return copy;
}

static void pack_buttons(struct sccp_setup *setup, const struct sccp_profile *profile, char **at)
{
        unsigned lines = 0, lamps = setup->n_lines, speed_dials = 0;
        uint8_t dial = 0;
        for (size_t i = 0; i < profile->n_buttons; i++) {
                const struct sccp_profile_button *button = &profile->buttons[i];
                struct entry *entry = NULL;
                bool dials = is_dial(button);
                bool on_line_key = dials && has_line_key(setup, i);
                dial = (uint8_t)(dial + dials);
                if (button->kind == SCCP_SLOT_LINE && lines < setup->n_lines)
                        entry = &setup->lines[lines++];
                else if (on_line_key)
                        entry = &setup->lines[lamps++];
                else if (dials && speed_dials < setup->n_speed_dials)
                        entry = &setup->speed_dials[speed_dials++];
                if (entry)
                        *entry = (struct entry){.number = pack(at, on_line_key ? "" : button->number),
                                                .label = pack(at, button->label),
                                                .name = pack(at, on_line_key ? button->label : button->name),
                                                .dial = dial,
                                                .lamp = button->kind == SCCP_SLOT_BUSY_LAMP && !setup->old &&
                                                        speed_dials <= setup->n_key_dials};
        }
}

struct sccp_setup *sccp_setup_new(const struct sccp_profile *profile, const struct sccp_model *model)
{
        struct sccp_setup plan = {0};
        lay_out(&plan, profile, model);
        size_t entries = (size_t)plan.n_lines + plan.n_lamps + plan.n_speed_dials;
        struct sccp_setup *setup = malloc(sizeof *setup + entries * sizeof(struct entry) + profile_text_size(profile));
        if (!setup)
                return NULL;
        *setup = plan;
        setup->lines = (struct entry *)(setup + 1);
        setup->speed_dials = setup->lines + setup->n_lines + setup->n_lamps;
        char *at = (char *)(setup->lines + entries);
        setup->description = pack(&at, profile->description);
        setup->timezone = pack(&at, profile->timezone);
        TEXT_SET(setup->date_template, profile->date_template);
        setup->old = profile->old;
        memcpy(setup->addons, profile->addons, sizeof setup->addons);
        setup->max_calls = profile->max_calls;
        setup->busy_trigger = profile->busy_trigger;
        pack_buttons(setup, profile, &at);
        return setup;
}

void sccp_setup_free(struct sccp_setup *setup)
{
        free(setup);
}

unsigned sccp_setup_lines(const struct sccp_setup *setup)
{
        return setup->n_lines;
}

unsigned sccp_setup_speed_dials(const struct sccp_setup *setup)
{
        return setup->n_speed_dials;
}

unsigned sccp_setup_dropped(const struct sccp_setup *setup)
{
        return setup->dropped;
}

const char *sccp_setup_description(const struct sccp_setup *setup)
{
        return setup->description;
}

const char *sccp_setup_date_template(const struct sccp_setup *setup)
{
        return setup->date_template;
}

const struct sccp_addon *sccp_setup_addon(const struct sccp_setup *setup, unsigned index)
{
        return index < SCCP_ADDONS_MAX ? setup->addons[index] : NULL;
}

const char *sccp_setup_timezone(const struct sccp_setup *setup)
{
        return setup->timezone;
}

unsigned sccp_setup_line_on_key(const struct sccp_setup *setup, uint32_t index)
{
        bool line = index >= 1 && index <= setup->n_keys && setup->keys[index - 1].type == SCCP_BUTTON_LINE &&
                    setup->keys[index - 1].instance <= setup->n_lines;
        return line ? setup->keys[index - 1].instance : 0;
}

/* Places behind the last key are undefined ones too, as CallManager 4.1 fills them. */
void sccp_setup_button_template(const struct sccp_setup *setup, struct sccp_button_template *out)
{
        memset(out, 0, sizeof *out);
        out->n_buttons = out->total = setup->n_keys;
        for (size_t i = 0; i < SCCP_KEYS_MAX; i++)
                out->buttons[i].type = SCCP_BUTTON_UNDEFINED;
        for (size_t i = 0; i < setup->n_keys; i++)
                out->buttons[i] = (struct sccp_button){setup->keys[i].instance, setup->keys[i].type};
}

static const struct entry *entry_at(const struct entry *entries, unsigned count, uint32_t instance)
{
        static const struct entry empty = {.number = "", .label = "", .name = ""};
        return instance >= 1 && instance <= count ? &entries[instance - 1] : &empty;
}

void sccp_setup_line(const struct sccp_setup *setup, uint32_t instance, const struct sccp_charset *charset,
                     struct sccp_line_stat *out)
{
        const struct entry *line = entry_at(setup->lines, sccp_setup_line_keys(setup), instance);
        *out = (struct sccp_line_stat){.line = instance, .options = LINE_OPTIONS};
        sccp_text_put(out->number, sizeof out->number, line->number, charset);
        sccp_text_put(out->full_name, sizeof out->full_name, line->name, charset);
        sccp_text_put(out->label, sizeof out->label, line->label, charset);
}

void sccp_setup_line_dynamic(const struct sccp_setup *setup, uint32_t instance, const struct sccp_charset *charset,
                             struct sccp_line_stat_dynamic *out)
{
        const struct entry *line = entry_at(setup->lines, sccp_setup_line_keys(setup), instance);
        *out = (struct sccp_line_stat_dynamic){.line = instance, .options = LINE_OPTIONS};
        sccp_text_put(out->number, sizeof out->number, line->number, charset);
        sccp_text_put(out->full_name, sizeof out->full_name, line->name, charset);
        sccp_text_put(out->label, sizeof out->label, line->label, charset);
}

void sccp_setup_speed_dial(const struct sccp_setup *setup, uint32_t instance, const struct sccp_charset *charset,
                           struct sccp_speed_dial_stat *out)
{
        const struct entry *dial = entry_at(setup->speed_dials, setup->n_speed_dials, instance);
        *out = (struct sccp_speed_dial_stat){.index = instance};
        sccp_text_put(out->number, sizeof out->number, dial->number, charset);
        sccp_text_put(out->label, sizeof out->label, dial->label, charset);
}

void sccp_setup_call_counts(const struct sccp_setup *setup, uint32_t first, struct sccp_call_count_res *out)
{
        *out = (struct sccp_call_count_res){.total_lines = setup->n_lines, .first_line = first};
        for (uint32_t line = first; line <= setup->n_lines && out->n_lines < SCCP_LINES_MAX; line++)
                out->lines[out->n_lines++] = (struct sccp_call_count){setup->max_calls, setup->busy_trigger};
}

unsigned sccp_setup_line_keys(const struct sccp_setup *setup)
{
        return (unsigned)setup->n_lines + setup->n_lamps;
}

unsigned sccp_setup_dial_of(const struct sccp_setup *setup, uint32_t instance)
{
        return entry_at(setup->speed_dials, setup->n_speed_dials, instance)->dial;
}

unsigned sccp_setup_dial_of_line(const struct sccp_setup *setup, uint32_t line)
{
        return line > setup->n_lines ? entry_at(setup->lines, sccp_setup_line_keys(setup), line)->dial : 0;
}

struct sccp_busy_lamp sccp_setup_busy_lamp(const struct sccp_setup *setup, unsigned dial)
{
        for (uint32_t i = setup->n_lines; i < sccp_setup_line_keys(setup); i++)
                if (setup->lines[i].dial == dial)
                        return (struct sccp_busy_lamp){.instance = i + 1, .on_line_key = true};
        for (uint32_t i = 0; i < setup->n_speed_dials; i++)
                if (setup->speed_dials[i].dial == dial && setup->speed_dials[i].lamp)
                        return (struct sccp_busy_lamp){.instance = i + 1};
        return (struct sccp_busy_lamp){0};
}

void sccp_setup_busy_lamp_set(struct sccp_setup *setup, unsigned dial, uint32_t status)
{
        struct sccp_busy_lamp lamp = sccp_setup_busy_lamp(setup, dial);
        if (lamp.instance && !lamp.on_line_key)
                setup->speed_dials[lamp.instance - 1].status = (uint8_t)status;
}

bool sccp_setup_feature(const struct sccp_setup *setup, uint32_t instance, const struct sccp_charset *charset,
                        struct sccp_feature_stat_dynamic *out)
{
        const struct entry *entry = entry_at(setup->speed_dials, setup->n_speed_dials, instance);
        if (!entry->lamp)
                return false;
        *out = (struct sccp_feature_stat_dynamic){
                .index = instance, .type = SCCP_BUTTON_BLF_SPEED_DIAL, .status = entry->status};
        sccp_text_put(out->label, sizeof out->label, entry->label, charset);
        return true;
}
