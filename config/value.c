/* One option: a value or a list of them, from the file or from the option's preset. What a value may not be is said
 * here, once for all options. */
#include <assert.h>
#include <string.h>

#include "config/build.h"
#include "gateway/base/text.h"

static void *at(void *base, size_t place)
{
        return (char *)base + place;
}

bool build_takes(struct build *build, const struct node *node, enum node_kind kind, const char *name)
{
        static const char *const wanted[] = {
                [NODE_TEXT] = "one value", [NODE_LIST] = "a list", [NODE_MAPPING] = "a mapping (name: value)"};
        if (!node || node->empty || node->broken)
                return false;
        if (node->kind == kind)
                return true;
        report_error(build->report, node->place, "%s must be %s, not %s", name, wanted[kind], node_kind_name(node));
        return false;
}

bool build_counts(struct build *build, const struct option *option, const struct node *node)
{
        long count = (long)node->count;
        if (count < option->min)
                report_error(build->report, node->place, "%s must not be empty", option->name);
        if (count > option->max)
                report_error(build->report, node->place, "%s has at most %ld items, not %ld", option->name, option->max,
                             count);
        return count >= option->min && count <= option->max;
}

/* The preset as if it had been written: a text, or a list of what its commas separate. */
static struct node *preset_node(struct build *build, const struct option *option)
{
        struct node *node = arena_alloc(build->scratch, sizeof(*node));
        *node = (struct node){.kind = NODE_TEXT, .text = option->preset, .place = build->root->place};
        if (option->kind->shape != SHAPE_LIST)
                return node;
        node->kind = NODE_LIST;
        for (const char *item = option->preset; *item;) {
                size_t len = strcspn(item, ",");
                struct node *value = arena_alloc(build->scratch, sizeof(*value));
                *value = (struct node){.kind = NODE_TEXT, .text = arena_text(build->scratch, item, len)};
                node_append(build->scratch, node, NULL, value);
                item += len + strspn(item + len, ", ");
        }
        return node;
}

/* A problem inside a text is shown where it is, as far as escapes in quotes let us count. */
static struct place inside(const struct node *node, size_t offset)
{
        struct place place = node->place;
        if (offset && !node->from_secrets)
                place.column += (unsigned)offset + node->quoted;
        return place;
}

/* What came from secrets.yaml must never be shown, so only options that are masked may take it. */
static bool may_be_secret(struct build *build, const struct option *option, const struct node *node)
{
        if (!node->from_secrets || option->secret)
                return true;
        report_error(build->report, node->place, "%s is shown to people: use !env or write it here, not !secret",
                     option->name);
        return false;
}

static bool read_text(struct build *build, const struct option *option, const struct node *node, void *to, void *second)
{
        struct reading reading = {.option = option,
                                  .at = to,
                                  .second = second,
                                  .arena = build->arena,
                                  .config = build->config,
                                  .folder = build->folder};
        if (!may_be_secret(build, option, node))
                return false;
        if (option->kind->read(&reading, node->text))
                return true;
        report_error(build->report, inside(node, reading.offset), "%s %s", option->name, reading.reason);
        return false;
}

void build_value(struct build *build, const struct option *option, struct node *node, void *base)
{
        if ((!node || node->empty) && option->preset)
                node = preset_node(build, option);
        if (build_takes(build, node, NODE_TEXT, option->name))
                read_text(build, option, node, at(base, option->place), at(base, option->second));
}

static bool is_listed_before(const struct node *list, const struct child *item)
{
        for (const struct child *before = list->first; before != item; before = before->next)
                if (before->value->kind == NODE_TEXT && text_equal(before->value->text, item->value->text))
                        return true;
        return false;
}

static bool is_good_item(struct build *build, const struct option *option, const struct node *list,
                         const struct child *item)
{
        const struct node *value = item->value;
        if (value->empty)
                report_error(build->report, value->place, "%s has an empty item", option->name);
        if (!build_takes(build, value, NODE_TEXT, option->name))
                return false;
        if (option->kind->repeats || !is_listed_before(list, item))
                return true;
        report_error(build->report, value->place, "%s has '%s' twice", option->name,
                     value->from_secrets ? "a secret" : value->text);
        return false;
}

static void store_list(const struct option *option, void *base, const void *items, size_t count)
{
        if (option->kind->in_place)
                memcpy(at(base, option->place), items, count * option->kind->item);
        else
                memcpy(at(base, option->place), &items, sizeof(items));
        memcpy(at(base, option->second), &count, sizeof(count));
}

/* One value alone is a list of one. */
static struct node *as_list(struct build *build, struct node *node)
{
        if (node->kind != NODE_TEXT)
                return node;
        struct node *list = arena_alloc(build->scratch, sizeof(*list));
        *list = (struct node){.kind = NODE_LIST, .place = node->place};
        node_append(build->scratch, list, NULL, node);
        return list;
}

void build_list(struct build *build, const struct option *option, struct node *node, void *base)
{
        const struct kind *kind = option->kind;
        if ((!node || node->empty) && option->preset)
                node = preset_node(build, option);
        if (!node || node->empty || node->broken)
                return;
        node = as_list(build, node);
        if (!build_takes(build, node, NODE_LIST, option->name) || !build_counts(build, option, node))
                return;
        size_t count = 0;
        char *items = arena_alloc(build->arena, (node->count + 1) * kind->item);
        for (const struct child *item = node->first; item; item = item->next)
                if (is_good_item(build, option, node, item))
                        count += read_text(build, option, item->value, items + count * kind->item, NULL);
        store_list(option, base, items, count);
}

const char *build_name(struct build *build, struct node *key)
{
        static const struct option name = {
                .name = "a name", .kind = &kind_id, .size = sizeof(char *), .min = 1, .max = 63};
        const char *text = NULL;
        build_value(build, &name, key, &text);
        return text;
}
