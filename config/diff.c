/* Values are compared as they are printed: that two of them print alike is what makes them the same. */
#include "config/diff.h"

#include <stdlib.h>
#include <string.h>

#include "config/option.h"
#include "config/owned.h"
#include "gateway/base/text.h"

#define NAME_SIZE 256

/* Two structs of one scope, and the configurations that their references lead into. */
struct pair {
        const struct config *from, *to;
        const char *a, *b;
};

static const enum config_cost costs[] = {[LIVE] = CONFIG_LIVE,
                                         [REREGISTER] = CONFIG_REREGISTER,
                                         [RESET_PHONE] = CONFIG_RESET_PHONE,
                                         [RESTART] = CONFIG_RESTART};

static enum config_cost dearer(enum config_cost one, enum config_cost other)
{
        return one > other ? one : other;
}

static const void *pointer_at(const void *at)
{
        const void *pointer;
        memcpy(&pointer, at, sizeof pointer);
        return pointer;
}

static size_t count_at(const void *at)
{
        size_t count;
        memcpy(&count, at, sizeof count);
        return count;
}

static bool text_same(const char *one, const char *other)
{
        return one && other ? text_equal(one, other) : one == other;
}

static bool value_same(const struct option *option, const struct pair *pair, const char *a, const char *b, bool listed)
{
        struct printing one = {.option = option, .at = a, .config = pair->from};
        struct printing other = {.option = option, .at = b, .config = pair->to};
        if (!listed) {
                one.second = pair->a + option->second;
                other.second = pair->b + option->second;
        }
        return text_same(option->kind->print(&one), option->kind->print(&other));
}

static const char *items_of(const struct option *option, const char *base)
{
        return option->kind->in_place ? base + option->place : pointer_at(base + option->place);
}

static bool list_same(const struct option *option, const struct pair *pair)
{
        const char *a = items_of(option, pair->a), *b = items_of(option, pair->b);
        size_t count = count_at(pair->a + option->second);
        if ((a == NULL) != (b == NULL) || count != count_at(pair->b + option->second))
                return false;
        for (size_t i = 0; i < count; i++)
                if (!value_same(option, pair, a + i * option->kind->item, b + i * option->kind->item, true))
                        return false;
        return true;
}

static enum config_cost scope_cost(const struct scope *scope, const struct pair *pair);

static bool rules_same(const struct option *option, const struct pair *pair)
{
        const char *a = pointer_at(pair->a + option->place), *b = pointer_at(pair->b + option->place);
        size_t count = count_at(pair->a + option->second);
        if (count != count_at(pair->b + option->second))
                return false;
        for (size_t i = 0; i < count; i++) {
                struct pair rule = {pair->from, pair->to, a + i * option->size, b + i * option->size};
                if (scope_cost(option->scope, &rule) != CONFIG_SAME)
                        return false;
        }
        return true;
}

/* What holds in each state: sets that leave one out have the keys of the standard one. */
static bool softkeys_same(const struct option *option, const struct pair *pair)
{
        const struct config_softkeys *a = &pair->from->softkeys[count_at(pair->a + option->place)];
        const struct config_softkeys *b = &pair->to->softkeys[count_at(pair->b + option->place)];
        for (size_t i = 0; i < CONFIG_SOFTKEY_STATES; i++) {
                const struct config_texts *one = a->states[i].keys.at ? &a->states[i].keys
                                                                      : &pair->from->softkeys[0].states[i].keys;
                const struct config_texts *other = b->states[i].keys.at ? &b->states[i].keys
                                                                        : &pair->to->softkeys[0].states[i].keys;
                if (one->count != other->count || (one->at == NULL) != (other->at == NULL))
                        return false;
                for (size_t key = 0; key < one->count; key++)
                        if (!text_equal(one->at[key], other->at[key]))
                                return false;
        }
        return true;
}

static bool option_same(const struct option *option, const struct pair *pair)
{
        switch (option->kind->shape) {
        case SHAPE_VALUE:
                if (option->kind == &kind_softkeys_name)
                        return softkeys_same(option, pair);
                return value_same(option, pair, pair->a + option->place, pair->b + option->place, false);
        case SHAPE_LIST:
                return list_same(option, pair);
        case SHAPE_RULES:
                return rules_same(option, pair);
        case SHAPE_SECTION:
        case SHAPE_PBXS:
        case SHAPE_LINES:
        case SHAPE_PHONES:
        case SHAPE_PHONE_LINES:
        case SHAPE_BUTTONS:
        case SHAPE_LINE:
        case SHAPE_SOFTKEYS:
        case SHAPE_INCLUDE:
                break; /* looked at elsewhere, or no value */
        }
        return true;
}

static enum config_cost scope_cost(const struct scope *scope, const struct pair *pair)
{
        enum config_cost cost = CONFIG_SAME;
        for (const struct option *option = scope->options(); option->name; option++) {
                if (option->kind->shape == SHAPE_SECTION)
                        cost = dearer(cost, scope_cost(option->scope, pair));
                else if (!option_same(option, pair))
                        cost = dearer(cost, costs[option->cost]);
        }
        return cost;
}

static const struct scope *scope_below(const char *name)
{
        return option_find(option_scopes[0], name)->scope;
}

enum config_cost config_pbx_cost(const struct config *from, const struct config_pbx *a, const struct config *to,
                                 const struct config_pbx *b)
{
        return scope_cost(scope_below("pbx"), &(struct pair){from, to, (const char *)a, (const char *)b});
}

enum config_cost config_line_cost(const struct config *from, const struct config_line *a, const struct config *to,
                                  const struct config_line *b)
{
        return scope_cost(scope_below("lines"), &(struct pair){from, to, (const char *)a, (const char *)b});
}

static bool button_same(const struct config *from, const struct config_button *a, const struct config *to,
                        const struct config_button *b)
{
        if (a->kind != b->kind || a->ring != b->ring || a->blf != b->blf)
                return false;
        if (a->kind == BUTTON_LINE)
                return text_equal(from->lines[a->line].id, to->lines[b->line].id);
        return text_same(a->number, b->number) && text_same(a->label, b->label) && text_same(a->feature, b->feature) &&
               text_same(a->service, b->service);
}

enum config_cost config_phone_cost(const struct config *from, const struct config_phone *a, const struct config *to,
                                   const struct config_phone *b)
{
        bool same = a->n_buttons == b->n_buttons;
        for (size_t i = 0; same && i < a->n_buttons; i++)
                same = button_same(from, &a->buttons[i], to, &b->buttons[i]);
        struct pair pair = {from, to, (const char *)a, (const char *)b};
        return dearer(same ? CONFIG_SAME : CONFIG_RESET_PHONE, scope_cost(scope_below("phones"), &pair));
}

/* ---- all of it ---- */

struct diff {
        struct pair root;
        void (*visit)(void *owner, const struct config_change *change);
        void *owner;
};

static void tell(const struct diff *diff, enum config_change_kind kind, enum config_cost cost, const char *section,
                 const char *name)
{
        char text[NAME_SIZE];
        struct config_change change = {.kind = kind, .cost = cost, .name = text};
        if (cost == CONFIG_SAME)
                return;
        text_printf(text, sizeof text, "%s%s%s", section, *section ? "." : "", name);
        if (cost == CONFIG_RESTART)
                change.place = owned_place(diff->root.to, text);
        diff->visit(diff->owner, &change);
}

/* Phones and lines have taken over what stands under defaults: it costs what it costs them. */
static void diff_scope(const struct diff *diff, const char *path, const struct scope *scope)
{
        bool taken_over = text_equal(path, "defaults");
        char below[NAME_SIZE];
        for (const struct option *option = scope->options(); option->name; option++) {
                if (option->kind->shape == SHAPE_SECTION) {
                        text_printf(below, sizeof below, "%s%s%s", path, *path ? "." : "", option->name);
                        diff_scope(diff, below, option->scope);
                } else if (!option_same(option, &diff->root)) {
                        tell(diff, CONFIG_CHANGED, taken_over ? CONFIG_LIVE : costs[option->cost], path, option->name);
                }
        }
}

/* The things of one kind by their names, in order. */
struct named {
        const char *name;
        const void *thing;
};

static int compare_named(const void *a, const void *b)
{
        return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

/* Each begins with its name. */
static struct named *sorted(const void *things, size_t count, size_t size)
{
        struct named *list = calloc(count + 1, sizeof *list);
        for (size_t i = 0; list && i < count; i++) {
                list[i].thing = (const char *)things + i * size;
                list[i].name = pointer_at(list[i].thing);
        }
        if (list)
                qsort(list, count, sizeof *list, compare_named);
        return list;
}

struct collection {
        const char *section;
        size_t size, place, count; /* of one; of their pointer and number in struct config */
        enum config_cost (*cost)(const struct pair *pair);
};

static enum config_cost pbx_cost(const struct pair *p)
{
        return config_pbx_cost(p->from, (const void *)p->a, p->to, (const void *)p->b);
}

static enum config_cost line_cost(const struct pair *p)
{
        return config_line_cost(p->from, (const void *)p->a, p->to, (const void *)p->b);
}

static enum config_cost phone_cost(const struct pair *p)
{
        return config_phone_cost(p->from, (const void *)p->a, p->to, (const void *)p->b);
}

_Static_assert(offsetof(struct config_pbx, name) == 0 && offsetof(struct config_line, id) == 0 &&
                       offsetof(struct config_phone, name) == 0,
               "sorted() finds names at the front");

static const struct collection collections[] = {
        {"pbx", sizeof(struct config_pbx), offsetof(struct config, pbxs), offsetof(struct config, n_pbxs), pbx_cost},
        {"lines", sizeof(struct config_line), offsetof(struct config, lines), offsetof(struct config, n_lines),
         line_cost},
        {"phones", sizeof(struct config_phone), offsetof(struct config, phones), offsetof(struct config, n_phones),
         phone_cost},
};

static void diff_sorted(const struct diff *diff, const struct collection *all, const struct named *a,
                        const struct named *b)
{
        while (a->name || b->name) {
                int order = !a->name ? 1 : !b->name ? -1 : strcmp(a->name, b->name);
                struct pair pair = {diff->root.from, diff->root.to, a->thing, b->thing};
                if (order == 0)
                        tell(diff, CONFIG_CHANGED, all->cost(&pair), all->section, a->name);
                else
                        tell(diff, order < 0 ? CONFIG_REMOVED : CONFIG_ADDED, CONFIG_LIVE, all->section,
                             order < 0 ? a->name : b->name);
                a += order <= 0;
                b += order >= 0;
        }
}

static void diff_collection(const struct diff *diff, const struct collection *all)
{
        const char *from = diff->root.a, *to = diff->root.b;
        struct named *a = sorted(pointer_at(from + all->place), count_at(from + all->count), all->size);
        struct named *b = sorted(pointer_at(to + all->place), count_at(to + all->count), all->size);
        if (a && b)
                diff_sorted(diff, all, a, b);
        free(a);
        free(b);
}

void config_diff(const struct config *from, const struct config *to,
                 void (*visit)(void *owner, const struct config_change *change), void *owner)
{
        struct diff diff = {.root = {from, to, (const char *)from, (const char *)to}, .visit = visit, .owner = owner};
        diff_scope(&diff, "", option_scopes[0]);
        for (size_t i = 0; i < sizeof collections / sizeof collections[0]; i++)
                diff_collection(&diff, &collections[i]);
}
