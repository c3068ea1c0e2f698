/* The setup is one block: the struct, its entries, then all texts packed, so that an idle phone costs a few hundred
 * bytes. */
#include "sccp/setup.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "sccp/charset.h"
#include "sccp/layout.h"
#include "sccp/softkeys.h"

#define LINE_OPTIONS                                                                                                   \
        (SCCP_LINE_OPTION_ORIGINALLY_DIALED | SCCP_LINE_OPTION_REDIRECTED_DIALED | SCCP_LINE_OPTION_CALLING_NUMBER |   \
         SCCP_LINE_OPTION_CALLING_NAME)

struct entry {
        const char *number, *label, *name;
        uint8_t dial;    /* speed dials: the n-th of the profile */
        uint8_t status;  /* busy lamps: SCCP_BLF_...; features: 1: on */
        uint8_t feature; /* SCCP_BUTTON_... of a feature; 0: it is none */
        bool lamp;
};

struct sccp_setup {
        const char *description, *timezone;
        char date_template[7];
        uint8_t n_keys;
        uint8_t n_lines, n_speed_dials;
        uint8_t n_lamps; /* on line keys */
        uint8_t n_services;
        uint16_t dropped;
        uint16_t max_calls, busy_trigger;
        const struct sccp_addon *addons[SCCP_ADDONS_MAX];
        struct sccp_soft_keys soft_keys;
        struct sccp_laid_key keys[SCCP_KEYS_MAX];
        struct entry *lines;            /* n_lines, then n_lamps */
        struct entry *speed_dials;      /* n_speed_dials, features among them, behind these */
        struct entry *services;         /* n_services: number is the address */
        struct sccp_forwards *forwards; /* n_lines */
};

static bool is_dial(const struct sccp_profile_button *button)
{
        return button->kind == SCCP_SLOT_SPEED_DIAL || button->kind == SCCP_SLOT_BUSY_LAMP;
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

/* Which speed dial of the profile button `place` is, 1-based; 0: none. */
static uint8_t dial_number(const struct sccp_profile *profile, size_t place)
{
        uint8_t dial = 0;
        for (size_t i = 0; i <= place; i++)
                dial = (uint8_t)(dial + is_dial(&profile->buttons[i]));
        return is_dial(&profile->buttons[place]) ? dial : 0;
}

static struct entry pack_button(const struct sccp_profile *profile, size_t place, char **at)
{
        const struct sccp_profile_button *button = &profile->buttons[place];
        return (struct entry){.number = pack(at, button->number),
                              .label = pack(at, button->label),
                              .name = pack(at, button->name),
                              .dial = dial_number(profile, place),
                              .feature = button->kind == SCCP_SLOT_FEATURE ? (uint8_t)button->type : 0};
}

/* A line key without a number that only shows something. */
static struct entry pack_lamp(const struct sccp_profile *profile, size_t place, char **at)
{
        const char *label = profile->buttons[place].label;
        return (struct entry){.number = pack(at, ""),
                              .label = pack(at, label),
                              .name = pack(at, label),
                              .dial = dial_number(profile, place)};
}

static void pack_buttons(struct sccp_setup *setup, const struct sccp_profile *profile,
                         const struct sccp_laid_keys *layout, char **at)
{
        static const struct sccp_forwards none;
        for (size_t i = 0; i < layout->n_lines; i++) {
                const struct sccp_forwards *forwards = profile->buttons[layout->lines[i]].forwards;
                setup->lines[i] = pack_button(profile, layout->lines[i], at);
                setup->forwards[i] = *(forwards ? forwards : &none);
        }
        for (size_t i = 0; i < layout->n_lamps; i++)
                setup->lines[layout->n_lines + i] = pack_lamp(profile, layout->lamps[i], at);
        for (size_t i = 0; i < layout->n_services; i++)
                setup->services[i] = pack_button(profile, layout->services[i], at);
        for (size_t i = 0; i < layout->n_dials; i++) {
                const struct sccp_profile_button *button = &profile->buttons[layout->dials[i]];
                setup->speed_dials[i] = pack_button(profile, layout->dials[i], at);
                setup->speed_dials[i].lamp = button->kind == SCCP_SLOT_BUSY_LAMP && !profile->old &&
                                             i < layout->n_key_dials;
        }
}

struct sccp_setup *sccp_setup_new(const struct sccp_profile *profile, const struct sccp_model *model)
{
        struct sccp_laid_keys layout;
        sccp_lay_out(&layout, profile, model);
        size_t line_keys = (size_t)layout.n_lines + layout.n_lamps;
        size_t entries = line_keys + layout.n_dials + layout.n_services;
        struct sccp_setup *setup = malloc(sizeof *setup + entries * sizeof(struct entry) +
                                          layout.n_lines * sizeof(struct sccp_forwards) + profile_text_size(profile));
        if (!setup)
                return NULL;
        struct entry *first = (struct entry *)(setup + 1);
        struct sccp_forwards *forwards = (struct sccp_forwards *)(first + entries);
        char *at = (char *)(forwards + layout.n_lines);
        *setup = (struct sccp_setup){.n_keys = layout.n_keys,
                                     .n_lines = layout.n_lines,
                                     .n_speed_dials = layout.n_dials,
                                     .n_lamps = layout.n_lamps,
                                     .n_services = layout.n_services,
                                     .dropped = layout.dropped,
                                     .max_calls = profile->max_calls,
                                     .busy_trigger = profile->busy_trigger,
                                     .lines = first,
                                     .speed_dials = first + line_keys,
                                     .services = first + line_keys + layout.n_dials,
                                     .forwards = forwards,
                                     .description = pack(&at, profile->description)};
        setup->timezone = pack(&at, profile->timezone);
        if (profile->soft_keys)
                setup->soft_keys = *profile->soft_keys;
        else
                sccp_soft_keys_standard(&setup->soft_keys);
        TEXT_SET(setup->date_template, profile->date_template);
        memcpy(setup->addons, profile->addons, sizeof setup->addons);
        memcpy(setup->keys, layout.keys, sizeof setup->keys);
        pack_buttons(setup, profile, &layout, &at);
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

void sccp_setup_soft_key_template(const struct sccp_setup *setup, struct sccp_soft_key_template_res *out)
{
        sccp_soft_key_template(&setup->soft_keys, out);
}

void sccp_setup_soft_key_sets(const struct sccp_setup *setup, struct sccp_soft_key_set_res *out)
{
        sccp_soft_key_sets(&setup->soft_keys, out);
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

void sccp_setup_feature_set(struct sccp_setup *setup, uint32_t instance, bool on)
{
        if (sccp_setup_feature_type(setup, instance))
                setup->speed_dials[instance - 1].status = on;
}

uint32_t sccp_setup_feature_type(const struct sccp_setup *setup, uint32_t instance)
{
        return entry_at(setup->speed_dials, setup->n_speed_dials, instance)->feature;
}

uint32_t sccp_setup_feature_of(const struct sccp_setup *setup, uint32_t type)
{
        for (uint32_t i = 0; i < setup->n_speed_dials; i++)
                if (setup->speed_dials[i].feature == type)
                        return i + 1;
        return 0;
}

bool sccp_setup_feature(const struct sccp_setup *setup, uint32_t instance, const struct sccp_charset *charset,
                        struct sccp_feature_stat_dynamic *out)
{
        const struct entry *entry = entry_at(setup->speed_dials, setup->n_speed_dials, instance);
        if (!entry->lamp && !entry->feature)
                return false;
        *out = (struct sccp_feature_stat_dynamic){.index = instance,
                                                  .type = entry->lamp ? SCCP_BUTTON_BLF_SPEED_DIAL : entry->feature,
                                                  .status = entry->status};
        sccp_text_put(out->label, sizeof out->label, entry->label, charset);
        return true;
}

void sccp_setup_service(const struct sccp_setup *setup, uint32_t instance, const struct sccp_charset *charset,
                        struct sccp_service_url_stat *out)
{
        const struct entry *service = entry_at(setup->services, setup->n_services, instance);
        *out = (struct sccp_service_url_stat){.index = instance};
        TEXT_SET(out->url, service->number);
        sccp_text_put(out->label, sizeof out->label, service->label, charset);
}

#define FORWARD_ACTIVE     1
#define FORWARD_ACTIVE_V18 2
#define FORWARD_VERSION    18

void sccp_setup_forwards(const struct sccp_setup *setup, uint32_t instance, unsigned version,
                         struct sccp_forward_stat *out)
{
        static const struct sccp_forwards none;
        bool known = instance >= 1 && instance <= setup->n_lines;
        const struct sccp_forwards *forwards = known ? &setup->forwards[instance - 1] : &none;
        uint32_t active = version >= FORWARD_VERSION ? FORWARD_ACTIVE_V18 : FORWARD_ACTIVE;
        *out = (struct sccp_forward_stat){.line = instance};
        out->all_active = *forwards->all ? active : 0;
        out->busy_active = *forwards->busy ? active : 0;
        out->no_answer_active = *forwards->no_answer ? active : 0;
        out->active = out->all_active || out->busy_active || out->no_answer_active ? active : 0;
        TEXT_SET(out->all_number, forwards->all);
        TEXT_SET(out->busy_number, forwards->busy);
        TEXT_SET(out->no_answer_number, forwards->no_answer);
}

void sccp_setup_forwards_set(struct sccp_setup *setup, uint32_t instance, const struct sccp_forwards *forwards)
{
        if (instance >= 1 && instance <= setup->n_lines)
                setup->forwards[instance - 1] = *forwards;
}
