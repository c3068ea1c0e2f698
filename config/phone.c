/* Phones and their keys. Several phones may have a line, each of them once. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "config/build.h"
#include "config/nearest.h"
#include "gateway/base/text.h"

#define NEAR_MAX 1000 /* more names than this are not searched for a similar one */

struct built_phone {
        struct config_phone phone;
        const struct node *key;
};

/* SEP and ATA are followed by a hardware address; other names are free. */
static bool has_good_address(const char *name)
{
        if (strncmp(name, "SEP", 3) != 0 && strncmp(name, "ATA", 3) != 0)
                return true;
        return strlen(name) == 15 && strspn(name + 3, "0123456789ABCDEF") == 12;
}

static const char *device_name(struct build *build, const struct node *key)
{
        char *name = arena_text(build->arena, key->text, strlen(key->text));
        for (char *at = name; *at; at++)
                *at = (char)toupper((unsigned char)*at);
        size_t len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
        if (!len || name[len] || len > CONFIG_DEVICE_NAME_MAX)
                report_error(build->report, key->place,
                             "a device name has 1 to %d letters, digits, _ and -, such as SEP001122334455",
                             CONFIG_DEVICE_NAME_MAX);
        else if (!has_good_address(name))
                report_warning(build->report, key->place, "%.3s is usually followed by 12 hexadecimal digits", name);
        return name;
}

static int compare_id(const void *id, const void *built)
{
        return strcmp(id, (*(struct built_line *const *)built)->line.id);
}

static struct built_line *named_line(struct build *build, const struct node *name)
{
        struct nearest nearest = {.word = name->text};
        if (name->from_secrets) {
                report_error(build->report, name->place, "the name of a line cannot be a secret");
                return NULL;
        }
        struct built_line **found = bsearch(name->text, build->named, build->n_named, sizeof(*build->named),
                                            compare_id);
        if (found)
                return *found;
        for (size_t i = 0; i < build->n_named && i < NEAR_MAX; i++)
                nearest_offer(&nearest, build->named[i]->line.id);
        if (nearest.best)
                report_error(build->report, name->place, "no line '%s' under lines; did you mean '%s'?", name->text,
                             nearest.best);
        else
                report_error(build->report, name->place, "no line '%s' under lines", name->text);
        return NULL;
}

/* The line a key names or holds, now this phone's; NULL when it cannot be (reported). `key` counts from 1. */
static struct built_line *claim_line(struct build *build, const struct config_phone *phone, size_t key,
                                     struct node *node)
{
        struct built_line *line = NULL;
        if (node->kind == NODE_MAPPING)
                line = build_line(build, arena_printf(build->arena, "%s/%zu", phone->name, key), node, node->place);
        else if (build_takes(build, node, NODE_TEXT, "line"))
                line = named_line(build, node);
        else if (node->empty)
                report_error(build->report, node->place, "a line is missing here");
        if (!line)
                return NULL;
        if (line->phone == phone->name)
                report_error(build->report, node->place, "line '%s' is on this phone already", line->line.id);
        line->phone = phone->name;
        return line;
}

static void read_line_key(struct build *build, const struct config_phone *phone, size_t key, struct node *node,
                          struct config_button *button)
{
        const struct built_line *line = claim_line(build, phone, key, node);
        button->line = line ? line->index : 0;
}

static void read_line(struct build *build, const struct config_phone *phone, size_t key, struct node *node,
                      struct config_button *button)
{
        button->kind = BUTTON_LINE;
        read_line_key(build, phone, key, node, button);
}

/* What a key is, by the one option that says it, and which others it may have. */
static const struct key_kind {
        const char *option;
        enum config_button_kind kind;
        const char *may[3];
} key_kinds[] = {
        {"line", BUTTON_LINE, {"ring"}},
        {"speeddial", BUTTON_SPEED_DIAL, {"label", "blf"}},
        {"feature", BUTTON_FEATURE, {"label"}},
        {"service", BUTTON_SERVICE, {"label"}},
};

static bool may_have(const struct key_kind *kind, const char *option)
{
        for (size_t i = 0; i < sizeof(kind->may) / sizeof(*kind->may) && kind->may[i]; i++)
                if (text_equal(kind->may[i], option))
                        return true;
        return text_equal(kind->option, option);
}

/* NULL: it does not say, or says two things (reported). */
static const struct key_kind *find_kind(struct build *build, const struct node *node)
{
        const struct key_kind *found = NULL;
        for (size_t i = 0; i < sizeof(key_kinds) / sizeof(*key_kinds); i++) {
                if (!node_child(node, key_kinds[i].option))
                        continue;
                if (found)
                        report_error(build->report, node->place, "a key with `%s` has no `%s`", found->option,
                                     key_kinds[i].option);
                else
                        found = &key_kinds[i];
        }
        if (!found)
                report_error(build->report, node->place, "a key needs `line`, `speeddial`, `feature` or `service`");
        return found;
}

static void refuse_others(struct build *build, const struct key_kind *kind, const struct node *node)
{
        static const char *const extras[] = {"label", "blf", "ring"};
        for (size_t i = 0; i < sizeof(extras) / sizeof(*extras); i++)
                if (node_child(node, extras[i]) && !may_have(kind, extras[i]))
                        report_error(build->report, node->place, "a key with `%s` has no `%s`", kind->option,
                                     extras[i]);
}

static const struct config_place *place_of(struct build *build, const struct node *node)
{
        struct config_place *place = arena_alloc(build->arena, sizeof(*place));
        build_remember_place(build, node, place);
        return place;
}

static void read_mapping_key(struct build *build, const struct config_phone *phone, size_t key, struct node *node,
                             struct config_button *button)
{
        const struct option *buttons = option_find(option_find(option_scopes[0], "phones")->scope, "buttons");
        build_scope(build, buttons->scope, node, node->place, button);
        const struct key_kind *kind = find_kind(build, node);
        if (!kind)
                return;
        button->kind = kind->kind;
        refuse_others(build, kind, node);
        if (kind->kind == BUTTON_LINE)
                read_line_key(build, phone, key, node_child(node, "line")->value, button);
        if (kind->kind == BUTTON_FEATURE)
                button->place = place_of(build, node_value(node, "feature"));
        if (kind->kind == BUTTON_SERVICE && !node_child(node, "label"))
                report_error(build->report, node->place, "a key with `service` needs a `label`");
        if (!button->label)
                button->label = kind->kind == BUTTON_FEATURE ? button->feature : button->number;
}

static void read_key(struct build *build, const struct config_phone *phone, size_t key, struct node *node,
                     struct config_button *button)
{
        if (node->kind == NODE_MAPPING)
                read_mapping_key(build, phone, key, node, button);
        else if (!node->broken && (node->kind != NODE_TEXT || !text_equal(node->text, "empty")))
                report_error(build->report, node->place, "a key is `empty` or a mapping such as {line: NAME}");
}

typedef void read_key_fn(struct build *, const struct config_phone *, size_t, struct node *, struct config_button *);

static void read_keys(struct build *build, struct config_phone *phone, const struct option *option,
                      const struct node *node, read_key_fn *read)
{
        if (!build_takes(build, node, NODE_LIST, option->name) || !build_counts(build, option, node))
                return;
        struct config_button *buttons = arena_alloc(build->arena, (node->count + 1) * sizeof(*buttons));
        phone->buttons = buttons;
        for (const struct child *item = node->first; item; item = item->next) {
                read(build, phone, phone->n_buttons + 1, item->value, &buttons[phone->n_buttons]);
                phone->n_buttons++;
        }
}

static void read_phone(struct build *build, const struct scope *scope, struct node *key, struct node *node,
                       struct config_phone *phone)
{
        const struct child *lines = node_child(node, "lines"), *buttons = node_child(node, "buttons");
        phone->name = device_name(build, key);
        phone->softkeys = build->config->defaults.softkeys;
        build_scope(build, scope, node, key->place, phone);
        build_remember_place(build, key, &phone->place);
        build_remember_place(build, node_value(node, "model"), &phone->model_place);
        build_remember_place(build, node_value(node, "addons"), &phone->addons_place);
        build_remember_place(build, node_value(node, "softkeys"), &phone->softkeys_place);
        if (!phone->timezone)
                phone->timezone = build->config->defaults.timezone;
        if (!phone->date_format)
                phone->date_format = build->config->defaults.date_format;
        if (!phone->charset)
                phone->charset = build->config->defaults.charset;
        if (lines && buttons)
                report_error(build->report, buttons->key->place, "a phone has `lines` or `buttons`, not both");
        if (lines)
                read_keys(build, phone, option_find(scope, "lines"), lines->value, read_line);
        else if (buttons)
                read_keys(build, phone, option_find(scope, "buttons"), buttons->value, read_key);
        if (!phone->n_buttons && (node->empty || node->kind == NODE_MAPPING))
                report_warning(build->report, key->place, "%s has no lines", phone->name);
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(((const struct built_phone *)a)->phone.name, ((const struct built_phone *)b)->phone.name);
}

/* Upper case has made one of two names that differ in the file; what does not differ there was reported by it. */
static void refuse_twins(struct build *build, const struct built_phone *phones, size_t count)
{
        for (size_t i = 1; i < count; i++) {
                const struct built_phone *before = &phones[i - 1], *phone = &phones[i];
                bool swap = node_compare_places(before->key, phone->key) > 0;
                if (text_equal(before->phone.name, phone->phone.name) &&
                    !text_equal(before->key->text, phone->key->text))
                        report_error(build->report, swap ? before->key->place : phone->key->place, "%s is given twice",
                                     phone->phone.name);
        }
}

void build_phones(struct build *build)
{
        const struct option *option = option_find(option_scopes[0], "phones");
        struct node *node = node_value(build->root, option->name);
        if (!build_takes(build, node, NODE_MAPPING, option->name) || !build_counts(build, option, node))
                return;
        struct built_phone *built = arena_alloc(build->scratch, (node->count + 1) * sizeof(*built));
        size_t count = 0;
        for (const struct child *child = node->first; child; child = child->next) {
                built[count].key = child->key;
                read_phone(build, option->scope, child->key, child->value, &built[count++].phone);
        }
        qsort(built, count, sizeof(*built), compare_names);
        refuse_twins(build, built, count);
        struct config_phone *phones = arena_alloc(build->arena, (count + 1) * sizeof(*phones));
        for (size_t i = 0; i < count; i++)
                phones[i] = built[i].phone;
        build->config->phones = phones;
        build->config->n_phones = count;
}
